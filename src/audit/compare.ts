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

/** A file of the tree: its digests, and its parts where those are asked for, which costs more. */
export interface LocalModule {
  readonly exact: string;
  relocated(): string;
  whole(): Fingerprint;
}

/** A file of the tree, with these namespaces undone; undefined where it cannot be read. */
export type LocalModuleOf = (path: string, namespaces: readonly string[]) => LocalModule | undefined;

/** A module missing weighs far less than one that is there and differs: subsets are common. It decides between releases that are else alike. */
const MISSING = 0.02;

interface Pair {
  readonly local: string;
  readonly module: LocalModule;
  /** The release's own module that it is, but for relocation. */
  readonly known: Variant | undefined;
  /** Its digest; bytes that are a release's have that of the release. */
  readonly relocated: string;
  /** What the module weighs, by the release's own count where it is the release's. */
  readonly weight: number;
  readonly upstream: string;
  readonly variants: readonly Variant[];
}

export function compare(library: Library, placement: Placement, modules: Modules, namespaces: readonly string[], moduleOf: LocalModuleOf): Comparison | undefined {
  const pairs: Pair[] = [];
  const placed = [...placement];
  for (const { path, variants } of library.modules) {
    const [top, place] = placed.find(([candidate]) => path === candidate || path.startsWith(`${candidate}/`)) ?? [];
    if (top === undefined || place === undefined) continue;
    // A package may have become a module: `enum/__init__.py` is `enum34.py` then.
    const local = place.endsWith(".py") && !top.endsWith(".py") ? (path === `${top}/__init__.py` ? place : "") : place + path.slice(top.length);
    const module = modules.has(local) ? moduleOf(local, namespaces) : undefined;
    if (!module) continue;
    const same = variants.find((variant) => variant.exact === module.exact);
    const relocated = same ? same.relocated : module.relocated();
    const known = same ?? variants.find((variant) => variant.relocated === relocated);
    pairs.push({ local, module, known, relocated, weight: known ? known.weight : module.whole().weight, upstream: path, variants });
  }
  if (pairs.length === 0) return undefined;
  const versions = rank(library, pairs, [...placement.keys()]);
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

interface Ranked {
  readonly version: number;
  readonly score: number;
  readonly matched: number;
  readonly local: number;
  readonly upstream: number;
  readonly modules: number;
}

interface Totals {
  /** Text of each release. */
  readonly weights: Float64Array;
  /** Of each release and top level: its modules, each as heavy as it ever was, since how long a module that is not there would be says nothing. */
  readonly modules: ReadonlyMap<string, Float64Array>;
}

const totalsOf = new WeakMap<Library, Totals>();

function totals(library: Library): Totals {
  let known = totalsOf.get(library);
  if (!known) {
    const count = library.versions.length;
    const weights = new Float64Array(count);
    const modules = new Map(library.topLevels.map((top) => [top, new Float64Array(count)]));
    for (const { path, variants } of library.modules) {
      const below = modules.get(library.topLevels.find((top) => path === top || path.startsWith(`${top}/`)) ?? "");
      for (const variant of variants) {
        for (const version of variant.versions) {
          weights[version] = (weights[version] ?? 0) + variant.weight;
          if (below) below[version] = (below[version] ?? 0) + heaviest(variants);
        }
      }
    }
    totalsOf.set(library, (known = { weights, modules }));
  }
  return known;
}

function heaviest(variants: readonly Variant[]): number {
  return variants.reduce((most, variant) => Math.max(most, variant.weight), 1);
}

/** Every release with its share of the copy, best first. */
function rank(library: Library, pairs: readonly Pair[], tops: readonly string[]): Ranked[] {
  const count = library.versions.length;
  const { weights: upstream, modules } = totals(library);
  const [matched, shared, present, here] = [new Float64Array(count), new Float64Array(count), new Float64Array(count), new Float64Array(count)];
  let local = 0;
  for (const pair of pairs) {
    const { module, weight: own, variants } = pair;
    local += Math.max(1, own);
    const parts = lazily(() => partsOf(pair, library));
    for (const variant of variants) {
      const isSame = variant.exact === module.exact || variant.relocated === pair.relocated;
      const weight = isSame ? Math.max(1, own) : sharedWeight(parts(), own, variant, library);
      for (const version of variant.versions) {
        matched[version] = (matched[version] ?? 0) + weight;
        present[version] = (present[version] ?? 0) + variant.weight;
        here[version] = (here[version] ?? 0) + heaviest(variants);
        // Comments are in no part: a module that is the same to the byte decides between releases that differ in them alone.
        if (isSame) shared[version] = (shared[version] ?? 0) + (variant.exact === module.exact ? 1.25 : 1);
      }
    }
  }
  const ranked = library.versions.map((_, version) => {
    const [found, whole] = [matched[version] ?? 0, upstream[version] ?? 0];
    const changed = Math.max(0, (present[version] ?? 0) - found);
    // Modules that are missing are counted, not weighed: how long a module that is not there would be says nothing.
    // Top levels that are not there at all say nothing of the version: how many modules they have is their own affair.
    const missing = Math.max(0, tops.reduce((sum, top) => sum + (modules.get(top)?.[version] ?? 0), 0) - (here[version] ?? 0));
    const score = (found + (shared[version] ?? 0)) / Math.max(1, local + pairs.length + changed + MISSING * missing);
    return { version, score, matched: found, local, upstream: whole, modules: shared[version] ?? 0 };
  });
  return ranked.filter((each) => each.matched > 0 || each.modules > 0).sort((a, b) => b.score - a.score || b.version - a.version);
}

/** Weight of the parts that both have. */
function sharedWeight(own: ReadonlySet<number>, weight: number, variant: Variant, library: Library): number {
  let shared = 0;
  for (const part of variant.parts) if (own.has(library.parts.hashes[part] ?? 0)) shared += library.parts.weights[part] ?? 0;
  return Math.min(shared, weight);
}

/** Hashes of a module's parts: the release's own where it is the release's, so that its text need not be looked at again. */
function partsOf({ module, known }: Pair, library: Library): ReadonlySet<number> {
  return new Set(known ? known.parts.map((part) => library.parts.hashes[part] ?? 0) : module.whole().parts.map((part) => part.hash));
}

function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

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
    else (variant.exact === pair.module.exact ? same : variant.relocated === pair.relocated ? relocated : changed).push(pair.local);
  }
  for (const place of placement.values()) {
    if (place.endsWith(".py")) continue;
    for (const path of modules.below(place)) if (!paired.has(path) && isKeptModule(path.slice(place.length + 1))) added.push(path);
  }
  return { same, relocated, changed, missing, added };
}
