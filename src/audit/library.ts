/** One library in the index: all its releases, with what several of them have in common kept once. */
import type { Release } from "./release.ts";
import { compareVersions } from "./pep440.ts";
import { topLevelsOf } from "./release.ts";

/** A content that a module had in some releases. */
export interface Variant {
  readonly exact: string;
  readonly relocated: string;
  /** See `Fingerprint`; 0 also where the module is too light to be looked up. */
  readonly shape: number;
  readonly weight: number;
  /** Positions in `versions`. */
  readonly versions: readonly number[];
  /** Positions in `parts`. */
  readonly parts: readonly number[];
}

export interface LibraryModule {
  readonly path: string;
  readonly variants: readonly Variant[];
}

export interface Library {
  readonly name: string;
  /** In PEP 440's order, oldest first. */
  readonly versions: readonly string[];
  readonly topLevels: readonly string[];
  readonly modules: readonly LibraryModule[];
  /** The hash of every part, and its weight. */
  readonly parts: { readonly hashes: Uint32Array; readonly weights: Uint32Array };
}

/** The order of the releases given does not matter. A version given twice counts once: the first is kept. */
export function libraryOf(name: string, releases: readonly Release[]): Library {
  const unique = [...new Map([...releases].reverse().map((release) => [release.version, release])).values()].sort((a, b) => compareVersions(a.version, b.version) || (a.version < b.version ? -1 : 1));
  const positions = new Map<number, number>();
  const hashes: number[] = [];
  const weights: number[] = [];
  const modules = new Map<string, Map<string, { exact: string; relocated: string; shape: number; weight: number; versions: number[]; parts: number[] }>>();
  unique.forEach((release, version) => {
    for (const { path, fingerprint } of release.modules) {
      let variants = modules.get(path);
      if (!variants) modules.set(path, (variants = new Map()));
      const known = variants.get(fingerprint.exact);
      if (known) known.versions.push(version);
      else {
        const parts = fingerprint.parts.map(({ hash, weight }) => {
          let position = positions.get(hash);
          if (position === undefined) {
            positions.set(hash, (position = hashes.length));
            hashes.push(hash);
            weights.push(weight);
          }
          return position;
        });
        variants.set(fingerprint.exact, { exact: fingerprint.exact, relocated: fingerprint.relocated, shape: fingerprint.shape, weight: fingerprint.weight, versions: [version], parts });
      }
    }
  });
  const paths = [...modules.keys()].sort();
  return {
    name,
    versions: unique.map((release) => release.version),
    topLevels: topLevelsOf(paths),
    modules: paths.map((path) => ({ path, variants: [...(modules.get(path)?.values() ?? [])] })),
    parts: { hashes: Uint32Array.from(hashes), weights: Uint32Array.from(weights) },
  };
}

/** The releases again, for adding one more. */
export function releasesOf(library: Library): Release[] {
  return library.versions.map((version, position) => ({
    name: library.name,
    version,
    modules: library.modules.flatMap(({ path, variants }) =>
      variants.filter((variant) => variant.versions.includes(position)).map((variant) => ({
        path,
        fingerprint: {
          exact: variant.exact, relocated: variant.relocated, shape: variant.shape, weight: variant.weight,
          parts: variant.parts.map((part) => ({ hash: library.parts.hashes[part] ?? 0, weight: library.parts.weights[part] ?? 0 })),
        },
      })),
    ),
  }));
}
