/** Finds the copies of indexed libraries in a tree by what their modules say, wherever they lie and whatever their directory is called. */
import { type Comparison, type FingerprintOf, type Placement, compare } from "./compare.ts";
import type { ReleaseIndex } from "./indexFile.ts";
import type { Library } from "./library.ts";
import { type Modules, baseName, directoryOf, stem } from "./modules.ts";

/** A library that metadata, or a directory's name, says lies in `directory`; what is true of it, its modules have to show. */
export interface Suspicion {
  readonly library: number;
  readonly directory: string;
}

/** What a copy must share with a release. */
const WHOLE = { similarity: 0.5, coverage: 0.3 };
const SUBSET = { similarity: 0.8, coverage: 0.04, modules: 2, matched: 1500 };
const NAMED = { similarity: 0.4 };
/** A copy of nothing but a few lines has no origin that its text could show. */
const LEAST = 60;

export interface Identified extends Comparison {
  readonly directory: string;
  /** Its place is called as the library's top level is. */
  readonly named: boolean;
}

/** `digests` are the relocation-proof digests of the modules that are to be looked up, by path. */
export function identify(index: ReleaseIndex, modules: Modules, digests: ReadonlyMap<string, string>, suspicions: readonly Suspicion[], fingerprintOf: FingerprintOf, isOwn: (place: string, name: string) => boolean): Identified[] {
  const hits = new Map<number, string[]>();
  for (const [path, digest] of digests) {
    for (const library of index.lookup(digest)) {
      const known = hits.get(library);
      if (known) known.push(path);
      else hits.set(library, [path]);
    }
  }
  const suspected = new Map<number, Set<string>>();
  for (const { library, directory } of [...suspicions, ...namesakes(index, modules)]) suspected.set(library, (suspected.get(library) ?? new Set()).add(directory));
  const found: Identified[] = [];
  for (const position of new Set([...hits.keys(), ...suspected.keys()])) {
    const library = index.library(position);
    for (const placement of placements(library, hits.get(position) ?? [], digests, suspected.get(position) ?? new Set(), modules)) {
      const directory = directoryOfPlacement(placement);
      if ([...placement.values()].every((place) => isOwn(place, library.name))) continue;
      const comparison = compare(library, placement, modules, namespacesOf(directory, modules), fingerprintOf);
      if (!comparison) continue;
      const named = [...placement].some(([top, place]) => isNamedLike(place, top));
      if (isCopy(comparison, named)) found.push({ ...comparison, directory, named });
    }
  }
  return found;
}

/** Dotted names below which a copy in `directory` may have been relocated; longest first. */
export function namespacesOf(directory: string, modules: Modules): string[] {
  const full = modules.dotted(directory);
  return full === "" ? [] : [full];
}

/** Top levels found by the modules that lie at the right place below them, and those that are called like it. Those in one directory are one copy. */
function placements(library: Library, hits: readonly string[], digests: ReadonlyMap<string, string>, directories: ReadonlySet<string>, modules: Modules): Placement[] {
  const byDirectory = new Map<string, Map<string, Set<string>>>();
  const note = (top: string, place: string): void => {
    const directory = directoryFor(place, top);
    const tops = byDirectory.get(directory) ?? new Map<string, Set<string>>();
    byDirectory.set(directory, tops.set(top, (tops.get(top) ?? new Set()).add(place)));
  };
  if (hits.length > 0) {
    const paths = new Map<string, string[]>();
    for (const { path, variants } of library.modules) for (const variant of variants) paths.set(variant.relocated, [...(paths.get(variant.relocated) ?? []), path]);
    for (const hit of hits) {
      for (const upstream of new Set(paths.get(digests.get(hit) ?? "") ?? [])) {
        for (const top of library.topLevels) {
          if (upstream !== top && !upstream.startsWith(`${top}/`)) continue;
          const rest = upstream.slice(top.length);
          if (hit.endsWith(rest) && (rest !== "" || hit !== "")) note(top, hit.slice(0, hit.length - rest.length));
        }
      }
    }
  }
  for (const directory of directories) {
    for (const top of library.topLevels) {
      const place = directory === "" ? top : `${directory}/${top}`;
      if (modules.has(place) || modules.below(place).length > 0) note(top, place);
    }
  }
  return [...byDirectory.values()].flatMap((tops) => {
    const most = Math.max(...[...tops.values()].map((places) => places.size));
    // Two places for one top level (`yaml2` and `yaml3`) are two copies.
    return Array.from({ length: most }, (_, nth) => new Map([...tops].flatMap(([top, places]) => {
      const place = [...places].sort()[nth];
      return place === undefined ? [] : [[top, place] as const];
    })));
  });
}

function directoryFor(place: string, top: string): string {
  if (place === top) return "";
  return place.endsWith(`/${top}`) ? place.slice(0, -top.length - 1) : directoryOf(place);
}

function directoryOfPlacement(placement: Placement): string {
  const [top = "", place = ""] = [...placement][0] ?? [];
  return directoryFor(place, top);
}

/** Directories and modules that are called like a library's top level; not yet a reason to report anything. */
function* namesakes(index: ReleaseIndex, modules: Modules): Generator<Suspicion> {
  const tops = new Map<string, { library: number; top: string }[]>();
  index.libraries.forEach((entry, library) => {
    for (const top of entry.topLevels) {
      const last = baseName(top);
      tops.set(last, [...(tops.get(last) ?? []), { library, top }]);
    }
  });
  const seen = new Set<string>();
  for (const file of modules.files) {
    for (let path = file; path !== "" && !seen.has(path); path = directoryOf(path)) {
      seen.add(path);
      for (const { library, top } of tops.get(baseName(path)) ?? []) if (path === top || path.endsWith(`/${top}`)) yield { library, directory: directoryFor(path, top) };
    }
  }
}

function isNamedLike(place: string, top: string): boolean {
  const wanted = stem(top);
  const name = stem(place) === "__init__" ? baseName(directoryOf(place)) : stem(place);
  return name.replace(/^_+/, "") === wanted.replace(/^_+/, "");
}

function isCopy({ similarity, coverage, matched, matchedModules, pairedModules, differences, library }: Comparison, named: boolean): boolean {
  if (matched < LEAST) return false;
  // A directory that holds a few of the library's modules among many others is not it: the library may hold copies itself.
  if (!named && differences.added.length > pairedModules) return false;
  if (similarity >= WHOLE.similarity && coverage >= WHOLE.coverage) return true;
  if (named && similarity >= NAMED.similarity && (coverage >= 0.02 || library.modules.length === 1)) return true;
  return similarity >= SUBSET.similarity && coverage >= SUBSET.coverage && matchedModules >= SUBSET.modules && matched >= SUBSET.matched;
}
