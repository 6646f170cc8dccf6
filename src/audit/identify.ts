/** Finds the copies of indexed libraries in a tree by what their modules say, wherever they lie and whatever their directory is called. */
import { isVendoringName } from "./claim.ts";
import { type Comparison, type LocalModuleOf, type Placement, compare } from "./compare.ts";
import type { ReleaseIndex } from "./indexFile.ts";
import type { Library } from "./library.ts";
import { type Modules, baseName, directoryOf, stem } from "./modules.ts";
import { LEAST_PART, nearestModule, partsIn } from "./parts.ts";
import type { Evidence } from "../model/audit.ts";

/** A library that metadata, or a directory's name, says lies in `directory`; what is true of it, its modules have to show. */
export interface Suspicion {
  readonly library: number;
  readonly directory: string;
}

/** A module that names a library as its origin. */
export interface Trace {
  readonly path: string;
  /** Position in the index. */
  readonly library: number;
  readonly how: string;
}

/** What a copy must share with a release. */
const WHOLE = { similarity: 0.5, coverage: 0.3 };
const SUBSET = { similarity: 0.8, coverage: 0.04, modules: 2, matched: 1500 };
const NAMED = { similarity: 0.4, small: 800 };
/** Share of the text of a module that names its origin. */
const TRACED = 0.25;
const KEPT = { similarity: 0.1, matched: 3000 };
/** A copy of nothing but a few lines has no origin that its text could show. */
const LEAST = 60;

export interface Identified extends Comparison {
  readonly directory: string;
  /** Its place is called as the library's top level is. */
  readonly named: boolean;
  readonly hints?: readonly Evidence[];
}

/** `digests` are the relocation-proof digests of the modules that are to be looked up, by path. */
export function identify(index: ReleaseIndex, modules: Modules, digests: ReadonlyMap<string, string>, suspicions: readonly Suspicion[], moduleOf: LocalModuleOf, isOwn: (place: string, name: string) => boolean, belongsTo: (path: string) => string | undefined, traces: readonly Trace[]): Identified[] {
  const hits = new Map<number, string[]>();
  for (const [path, digest] of digests) {
    for (const library of index.lookup(digest)) {
      const known = hits.get(library);
      if (known) known.push(path);
      else hits.set(library, [path]);
    }
  }
  const suspected = new Map<number, Suspected>();
  const of = (library: number): Suspected => {
    const known = suspected.get(library) ?? { directories: new Set<string>(), places: [] };
    suspected.set(library, known);
    return known;
  };
  for (const { library, directory } of suspicions) of(library).directories.add(directory);
  for (const { library, top, place } of namesakes(index, modules)) of(library).places.push([top, place]);
  const found: Identified[] = [];
  for (const position of new Set([...hits.keys(), ...suspected.keys()])) {
    const library = index.library(position);
    for (const placement of placements(library, hits.get(position) ?? [], digests, suspected.get(position) ?? { directories: new Set(), places: [] }, modules)) {
      const directory = directoryOfPlacement(placement);
      if ([...placement.values()].every((place) => isOwn(place, library.name))) continue;
      const comparison = best(alternatives(placement, library).map((each) => compare(library, each, modules, namespacesOf(directory, modules), moduleOf)));
      if (!comparison) continue;
      const named = [...placement, ...comparison.placement].some(([top, place]) => isNamedLike(place, top));
      if (isCopy(comparison, named, directory) && (named || !isDeeper(comparison))) found.push({ ...comparison, directory, named });
    }
  }
  return [...found, ...partly(index, modules, digests, found, moduleOf, isOwn, belongsTo, traces)];
}

/** Python's own library: backports come from it. */
function isStandard(path: string, modules: Modules): boolean {
  for (let directory = directoryOf(path); directory !== ""; directory = directoryOf(directory)) if (modules.has(`${directory}/os.py`) && modules.has(`${directory}/abc.py`) && modules.has(`${directory}/site.py`)) return true;
  return modules.has("os.py") && modules.has("abc.py") && modules.has("site.py");
}

/** A single module may have had another name in another release: `pep8.py` was `pycodestyle.py` before. */
function alternatives(placement: Placement, { topLevels }: Library): Placement[] {
  const [[top, place] = ["", ""], other] = [...placement];
  if (other || !top.endsWith(".py") || !place.endsWith(".py")) return [placement];
  return [placement, ...topLevels.filter((each) => each !== top && each.endsWith(".py")).map((each) => new Map([[each, place]]))];
}

/** The first is kept where another does not resemble more. */
function best(comparisons: readonly (Comparison | undefined)[]): Comparison | undefined {
  return comparisons.reduce((first, each) => (each && (!first || each.similarity > first.similarity) ? each : first), undefined);
}

/** What is the library's lies in subpackages alone: a part of it, beside something else that its place holds. */
function isDeeper({ placement, differences: { same, relocated } }: Comparison): boolean {
  return ![...placement.values()].some((place) => place.endsWith(".py") || [...same, ...relocated].some((path) => directoryOf(path) === place && baseName(path) !== "__init__.py"));
}

/** Parts of libraries among what is left. */
function partly(index: ReleaseIndex, modules: Modules, digests: ReadonlyMap<string, string>, found: readonly Identified[], moduleOf: LocalModuleOf, isOwn: (place: string, name: string) => boolean, belongsTo: (path: string) => string | undefined, traces: readonly Trace[]): Identified[] {
  const taken = new Set(found.flatMap(({ placement }) => [...placement.values()]));
  const isTaken = (path: string): boolean => {
    for (let place = path; place !== ""; place = directoryOf(place)) if (taken.has(place)) return true;
    return false;
  };
  // Where the library itself is installed, or one under another name that installs the same modules, nothing was copied.
  const isLibrary = (path: string, library: Library): boolean =>
    belongsTo(path) === library.name || isStandard(path, modules) || library.topLevels.some((top) => {
      const at = `/${path}`.indexOf(`/${top}${top.endsWith(".py") ? "" : "/"}`);
      return at >= 0 && isOwn(path.slice(0, at + top.length), library.name);
    });
  const parts = partsIn({ index, digests, isTaken, isOwn: isLibrary }).flatMap((part) => {
    const library = index.library(part.library);
    const held = (at: Placement | undefined, least: number): Identified[] => {
      if (!at) return [];
      const directory = directoryOf([...at.values()][0] ?? "");
      const comparison = compare(library, at, modules, namespacesOf(directory, modules), moduleOf);
      const isHeld = comparison !== undefined && comparison.similarity >= least && comparison.matched >= LEAST_PART && comparison.differences.added.length <= comparison.pairedModules;
      return isHeld ? [{ ...comparison, directory, named: at === part.around }] : [];
    };
    const attempts = [[part.around, NAMED.similarity], [part.directory, WHOLE.similarity], [part.modules, SUBSET.similarity]] as const;
    for (const [at, least] of attempts) {
      const identified = held(at, least);
      if (identified.length > 0) return identified;
    }
    return [];
  });
  const partPlaces = new Set(parts.flatMap(({ placement }) => [...placement.values()]));
  const traced = traces.flatMap(({ path, library: position, how }) => {
    const library = index.library(position);
    const namespaces = namespacesOf(directoryOf(path), modules);
    const module = isTaken(path) || partPlaces.has(path) || partPlaces.has(directoryOf(path)) || isLibrary(path, library) ? undefined : moduleOf(path, namespaces);
    const upstream = module && nearestModule(module.whole(), library);
    const comparison = upstream === undefined ? undefined : compare(library, new Map([[upstream, path]]), modules, namespaces, moduleOf);
    const isHeld = comparison !== undefined && comparison.matched >= LEAST_PART && comparison.similarity >= TRACED;
    return isHeld ? [{ ...comparison, directory: directoryOf(path), named: false, hints: [{ kind: "header-comment" as const, detail: how, confidence: 0.5 }] }] : [];
  });
  return [...parts, ...traced];
}

/** Dotted names below which a copy in `directory` may have been relocated; longest first. */
export function namespacesOf(directory: string, modules: Modules): string[] {
  const full = modules.dotted(directory);
  return full === "" ? [] : [full];
}

/** Top levels found by the modules that lie at the right place below them, and those that are called like it. Those in one directory are one copy. */
function placements(library: Library, hits: readonly string[], digests: ReadonlyMap<string, string>, { directories, places: called }: Suspected, modules: Modules): Placement[] {
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
          // Tests that a release installs beside itself are no copy of it.
          if (/(?:^|_)tests?$/.test(top)) continue;
          if (upstream !== top && !upstream.startsWith(`${top}/`)) continue;
          const rest = upstream.slice(top.length);
          if (hit.endsWith(rest)) note(top, hit.slice(0, hit.length - rest.length));
          else if (rest === "/__init__.py") note(top, hit);
        }
      }
    }
  }
  for (const directory of directories) {
    for (const top of library.topLevels) {
      const place = directory === "" ? top : `${directory}/${top}`;
      // `six.py` may have become `six/__init__.py`.
      const asPackage = `${place.replace(/\.py$/, "")}/__init__.py`;
      if (modules.has(place) || (!top.endsWith(".py") && modules.below(place).length > 0)) note(top, place);
      else if (top.endsWith(".py") && modules.has(asPackage)) note(top, asPackage);
    }
  }
  for (const [top, place] of called) note(top, place);
  return [...byDirectory].flatMap(([directory, tops]) => {
    const ownPlace = (top: string): string => (directory === "" ? top : `${directory}/${top}`);
    const named = new Map([...tops].filter(([top, places]) => places.has(ownPlace(top))).map(([top]) => [top, ownPlace(top)]));
    const taken = new Set(named.values());
    // What lies at another place is a copy of its own (`yaml2` beside `yaml3`), unless the place is another top level's (a module that both hold).
    const others = [...tops].map(([top, places]) => [top, [...places].filter((place) => !taken.has(place)).sort()] as const);
    const most = Math.max(0, ...others.map(([, places]) => places.length));
    const rest = Array.from({ length: most }, (_, nth) => new Map(others.flatMap(([top, places]) => (places[nth] === undefined ? [] : [[top, places[nth]] as const]))));
    return named.size > 0 ? [named, ...rest] : rest;
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

interface Suspected {
  readonly directories: Set<string>;
  /** Top levels with the places that are called like them. */
  readonly places: (readonly [top: string, place: string])[];
}

/** Directories and modules that are called like a library's top level, but for underscores before it; not yet a reason to report anything. */
function* namesakes(index: ReleaseIndex, modules: Modules): Generator<{ readonly library: number; readonly top: string; readonly place: string }> {
  const tops = new Map<string, { library: number; top: string }[]>();
  index.libraries.forEach((entry, library) => {
    for (const top of entry.topLevels) {
      // Where there is but one it may be called like the distribution as well: `enum34.py` for `enum`.
      const names = new Set([bare(stem(top)), ...(entry.topLevels.length === 1 ? [entry.name.replaceAll("-", "_")] : [])]);
      for (const name of names) tops.set(name, [...(tops.get(name) ?? []), { library, top }]);
    }
  });
  const seen = new Set<string>();
  for (const file of modules.files) {
    for (let path = file; path !== "" && !seen.has(path); path = directoryOf(path)) {
      seen.add(path);
      const isModule = path.endsWith(".py");
      for (const { library, top } of tops.get(bare(stem(path))) ?? []) {
        // Below a namespace package (`jaraco/text`) the parent has to be right as well.
        const parent = directoryOf(top);
        if (parent !== "" && directoryOf(path) !== parent && !directoryOf(path).endsWith(`/${parent}`)) continue;
        if (isModule === top.endsWith(".py")) yield { library, top, place: path };
        else if (isModule) {
          // A package that became a module has to be a package of one module: `enum.py` for `enum/__init__.py`.
          if (stem(path) !== "__init__") yield { library, top, place: path };
        } else if (modules.has(`${path}/__init__.py`)) yield { library, top, place: `${path}/__init__.py` };
      }
    }
  }
}

function bare(name: string): string {
  return name.replace(/^_+(?=\w)/, "");
}

function isNamedLike(place: string, top: string): boolean {
  const wanted = stem(top);
  const name = stem(place) === "__init__" ? baseName(directoryOf(place)) : stem(place);
  return name.replace(/^_+/, "") === wanted.replace(/^_+/, "");
}

function isCopy({ similarity, coverage, matched, matchedModules, pairedModules, differences, library }: Comparison, named: boolean, directory: string): boolean {
  if (matched < LEAST) return false;
  // Stripped down, or formatted anew: who keeps it under its name in a directory for copies has said what it is.
  if (named && similarity >= KEPT.similarity && matched >= KEPT.matched && directory.split("/").some(isVendoringName)) return true;
  // A directory that holds a few of the library's modules among many others is not it: the library may hold copies itself.
  if (!named && differences.added.length > pairedModules) return false;
  if (similarity >= WHOLE.similarity && coverage >= WHOLE.coverage) return true;
  if (named && similarity >= (matched < NAMED.small ? WHOLE.similarity + 0.1 : NAMED.similarity) && (coverage >= 0.02 || library.modules.length === 1)) return true;
  return similarity >= SUBSET.similarity && coverage >= SUBSET.coverage && matchedModules >= SUBSET.modules && matched >= SUBSET.matched;
}
