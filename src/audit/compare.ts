/** A place held against a library's releases: how much of it comes from there, from which release, and what was changed. */
import type { Fingerprint } from "./fingerprint.ts";
import type { Library, Variant } from "./library.ts";
import type { Modules } from "./modules.ts";
import { isKeptModule } from "./release.ts";

/** Where the top levels of a library are thought to lie: `requests` at `pip/_vendor/requests`. */
export type Placement = ReadonlyMap<string, string>;

export interface Comparison {
  readonly library: Library;
  readonly placement: Placement;
  /** Releases that the copy resembles most, all alike, oldest first. */
  readonly versions: readonly string[];
  /** Share of the copy's text, in modules that the library has too, that is the release's. */
  readonly similarity: number;
  /** Share of the release's text that is in the copy. */
  readonly coverage: number;
  /** Weight of the text that is the release's. */
  readonly matched: number;
  /** Modules of the copy that are the release's, with some weight. */
  readonly matchedModules: number;
  /** Modules of the copy that the library has too. */
  readonly pairedModules: number;
  readonly differences: Differences;
  /** How much it resembles each release, 0 to about 1. */
  readonly scores: ReadonlyMap<string, number>;
  /** What differs from another of the releases. */
  differencesFrom(version: string): Differences;
}

export interface Differences {
  /** Same bytes. */
  readonly same: readonly string[];
  /** Nothing but imports differs. */
  readonly relocated: readonly string[];
  readonly changed: readonly string[];
  /** Paths as the release has them. */
  readonly missing: readonly string[];
  readonly added: readonly string[];
}

/** Fingerprint of a file of the tree, with these namespaces undone; undefined where it cannot be read. */
export type FingerprintOf = (path: string, namespaces: readonly string[]) => Fingerprint | undefined;

/** A module missing weighs less than one that is there and differs: subsets are common. */
const MISSING = 0.2;

interface Pair {
  readonly local: string;
  readonly fingerprint: Fingerprint;
  readonly upstream: string;
  readonly variants: readonly Variant[];
}

export function compare(library: Library, placement: Placement, modules: Modules, namespaces: readonly string[], fingerprintOf: FingerprintOf): Comparison | undefined {
  const pairs: Pair[] = [];
  const known = new Map<string, readonly Variant[]>();
  const placed = [...placement];
  for (const { path, variants } of library.modules) {
    const [top, place] = placed.find(([candidate]) => path === candidate || path.startsWith(`${candidate}/`)) ?? [];
    if (top === undefined || place === undefined) {
      known.set(path, variants);
      continue;
    }
    const local = localPath(place, path.slice(top.length), modules);
    known.set(path, variants);
    const fingerprint = local === undefined ? undefined : fingerprintOf(local, namespaces);
    if (local !== undefined && fingerprint) pairs.push({ local, fingerprint, upstream: path, variants });
  }
  if (pairs.length === 0) return undefined;
  const versions = rank(library, pairs);
  const best = versions[0];
  if (!best) return undefined;
  const differences = differ(library, best.version, pairs, placement, modules);
  const ties = versions.filter((each) => each.score >= best.score - 1e-9);
  return {
    library, placement,
    versions: ties.map((each) => library.versions[each.version] ?? "").sort((a, b) => library.versions.indexOf(a) - library.versions.indexOf(b)),
    similarity: best.matched / Math.max(1, best.local),
    coverage: best.matched / Math.max(1, best.upstream),
    matched: best.matched,
    matchedModules: best.modules,
    pairedModules: pairs.length,
    differences,
    scores: new Map(versions.map((each) => [library.versions[each.version] ?? "", each.score])),
    differencesFrom: (version) => differ(library, library.versions.indexOf(version), pairs, placement, modules),
  };
}

/** `six.py` may have become `six/__init__.py`. */
function localPath(place: string, rest: string, modules: Modules): string | undefined {
  const path = place + rest;
  return modules.has(path) ? path : undefined;
}

interface Ranked {
  readonly version: number;
  readonly score: number;
  readonly matched: number;
  readonly local: number;
  readonly upstream: number;
  readonly modules: number;
}

/** Every release with its share of the copy, best first. */
function rank(library: Library, pairs: readonly Pair[]): Ranked[] {
  const count = library.versions.length;
  const [matched, upstream, shared] = [new Float64Array(count), new Float64Array(count), new Float64Array(count)];
  for (const { variants } of library.modules) for (const variant of variants) for (const version of variant.versions) upstream[version] = (upstream[version] ?? 0) + variant.weight;
  let local = 0;
  const [present, missing] = [new Float64Array(count), new Float64Array(count)];
  const paired = new Set(pairs.map((pair) => pair.upstream));
  // Modules are counted, not weighed: how long a module that is not there would be says nothing.
  for (const { path, variants } of library.modules) if (!paired.has(path)) for (const variant of variants) for (const version of variant.versions) missing[version] = (missing[version] ?? 0) + 1;
  for (const { fingerprint, variants } of pairs) {
    local += Math.max(1, fingerprint.weight);
    for (const variant of variants) {
      const weight = weightOfMatch(fingerprint, variant, library);
      for (const version of variant.versions) {
        matched[version] = (matched[version] ?? 0) + weight;
        present[version] = (present[version] ?? 0) + variant.weight;
        // Comments are in no part: a module that is the same to the byte decides between releases that differ in them alone.
        if (variant.relocated === fingerprint.relocated || variant.exact === fingerprint.exact) shared[version] = (shared[version] ?? 0) + (variant.exact === fingerprint.exact ? 1.25 : 1);
      }
    }
  }
  const average = local / Math.max(1, pairs.length);
  const ranked = library.versions.map((_, version) => {
    const [found, whole, here] = [matched[version] ?? 0, upstream[version] ?? 0, present[version] ?? 0];
    const changed = Math.max(0, here - found);
    const score = (found + (shared[version] ?? 0)) / Math.max(1, local + pairs.length + changed + MISSING * (missing[version] ?? 0) * average);
    return { version, score, matched: found, local, upstream: whole, modules: shared[version] ?? 0 };
  });
  return ranked.filter((each) => each.matched > 0 || each.modules > 0).sort((a, b) => b.score - a.score || b.version - a.version);
}

const EMPTY_WEIGHT = 1;

function weightOfMatch(fingerprint: Fingerprint, variant: Variant, library: Library): number {
  if (variant.exact === fingerprint.exact || variant.relocated === fingerprint.relocated) return Math.max(EMPTY_WEIGHT, fingerprint.weight);
  let own = partsOf.get(fingerprint);
  if (!own) partsOf.set(fingerprint, (own = new Set(fingerprint.parts.map((part) => part.hash))));
  let shared = 0;
  for (const part of variant.parts) if (own.has(library.parts.hashes[part] ?? 0)) shared += library.parts.weights[part] ?? 0;
  return Math.min(shared, fingerprint.weight);
}

const partsOf = new WeakMap<Fingerprint, Set<number>>();

function differ(library: Library, version: number, pairs: readonly Pair[], placement: Placement, modules: Modules): Differences {
  const [same, relocated, changed, missing]: [string[], string[], string[], string[]] = [[], [], [], []];
  const byUpstream = new Map(pairs.map((pair) => [pair.upstream, pair]));
  const paired = new Set(pairs.map((pair) => pair.local));
  const added: string[] = [];
  for (const { path, variants } of library.modules) {
    const variant = variants.find((each) => each.versions.includes(version));
    const pair = byUpstream.get(path);
    if (!variant) {
      if (pair) added.push(pair.local);
    } else if (!pair) missing.push(path);
    else (variant.exact === pair.fingerprint.exact ? same : variant.relocated === pair.fingerprint.relocated ? relocated : changed).push(pair.local);
  }
  for (const [top, place] of placement) {
    if (top.endsWith(".py")) continue;
    for (const path of modules.below(place)) if (!paired.has(path) && isKeptModule(path.slice(place.length + 1))) added.push(path);
  }
  return { same, relocated, changed, missing, added };
}
