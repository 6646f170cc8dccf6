/** From the name of a distribution to the modules it is: where below a directory they lie. */
import { normalisedName } from "../model/distribution.ts";
import { type Claim, isVendoringName } from "./claim.ts";
import type { ReleaseIndex } from "./indexFile.ts";
import { type Modules, baseName, directoryOf } from "./modules.ts";

export interface Found {
  readonly directory: string;
  readonly places: readonly string[];
}

export interface Places {
  /** Positions in the index of the library of this name. */
  library(name: string): number | undefined;
  /** Whether a directory is one of a claim's patterns: `a`, `a/*` (directories for copies directly below), `a/**` (all below). */
  isAmong(directory: string, patterns: readonly string[]): boolean;
  /** Directories of the claim, the likeliest first, with the places in each: `pip/_vendor/requests`. Those in which there is nothing are left out. */
  find(claim: Claim): readonly Found[];
  /** The library whose top level is called so; undefined where there is none, or more than one. */
  nameOf(topLevel: string): string | undefined;
}

/** `paths` are all files of the tree: a library may be an extension module and nothing else. */
export function placesIn(modules: Modules, paths: readonly string[], index: ReleaseIndex | undefined): Places {
  const byName = new Map((index?.libraries ?? []).map((entry, position) => [entry.name, position]));
  const directories = new Set<string>();
  for (const file of modules.files) for (let path = directoryOf(file); !directories.has(path); path = directoryOf(path)) directories.add(path);
  const holding = new Set([...directories].filter((path) => isVendoringName(baseName(path))));
  const holders = [...holding].sort();
  const children = new Map<string, Map<string, string>>();
  /** Where anything of a name lies: most names that a list has are nowhere. */
  const parents = new Map<string, string[]>();
  const compiled = paths.filter((path) => /\.(?:so|pyd)$/.test(path));
  for (const path of [...directories, ...modules.files, ...compiled]) {
    if (path === "") continue;
    const parent = directoryOf(path);
    let known = children.get(parent);
    if (!known) children.set(parent, (known = new Map()));
    // `setproctitle.cpython-311-x86_64-linux-gnu.so`
    const isCompiled = /\.(?:so|pyd)$/.test(path);
    const key = (isCompiled ? (baseName(path).split(".", 1)[0] ?? "") : baseName(path).replace(/\.py$/, "")).toLowerCase();
    const before = known.size;
    if (!known.has(key) || !/\.(?:py|so|pyd)$/.test(path)) known.set(key, path);
    if (known.size === before) continue;
    const others = parents.get(key);
    if (others) others.push(parent);
    else parents.set(key, [parent]);
  }
  const order = new Map([...holders, ...[...directories].filter((path) => !holding.has(path))].map((path, position) => [path, position]));
  const isAt = (directory: string, pattern: string): boolean => {
    if (!pattern.endsWith("*")) return directory === pattern;
    const base = pattern.replace(/\/?\*{1,2}$/, "");
    if (!pattern.endsWith("**")) return holding.has(directory) && directoryOf(directory) === base;
    return base === "" || directory.startsWith(`${base}/`) || (directory === base && !holding.has(directory));
  };
  const known = new Map<string, { readonly tops: readonly string[]; readonly own: readonly string[] }>();
  const called = (name: string): { readonly tops: readonly string[]; readonly own: readonly string[] } => {
    let made = known.get(name);
    if (!made) {
      const position = byName.get(normalisedName(name));
      made = { tops: [...(position === undefined ? [] : (index?.libraries[position]?.topLevels ?? [])), ...spellings(name)], own: [...new Set([name, normalisedName(name), ...spellings(name)])] };
      known.set(name, made);
    }
    return made;
  };
  const at = (directory: string, top: string): string | undefined => {
    let place: string | undefined = directory;
    for (const part of top.replace(/\.py$/, "").split("/")) place = place === undefined ? undefined : children.get(place)?.get(part.toLowerCase());
    return place;
  };
  const placesAt = (directory: string, tops: readonly string[], own: readonly string[]): string[] => {
    const direct = tops.flatMap((top) => at(directory, top) ?? []);
    if (direct.length > 0) return outermost(direct);
    // In a directory of its own: `_vendor/lark-parser/lark`, `third_party/six-1.16.0/six.py`.
    for (const each of own) {
      const inside = children.get(directory)?.get(each.toLowerCase());
      if (inside === undefined || /\.(?:py|so|pyd)$/.test(inside)) continue;
      const found = tops.flatMap((top) => at(inside, top) ?? at(inside, `src/${top}`) ?? []);
      if (found.length > 0) return outermost(found);
    }
    return [];
  };
  const search = ({ name, directories: patterns, topLevels }: Claim): Found[] => {
    const { tops: usual, own } = called(name);
    const tops = [...new Set([...(topLevels ?? []), ...usual])];
    const near = [...new Set([...tops.map(firstPart), ...own.map((each) => each.toLowerCase())].flatMap((key) => parents.get(key) ?? []))];
    const wanted = [...new Set(patterns.flatMap((pattern) => near.filter((directory) => isAt(directory, pattern)).sort((a, b) => (order.get(a) ?? -1) - (order.get(b) ?? -1))))];
    return wanted.flatMap((directory) => {
      const found = placesAt(directory, tops, own);
      return found.length === 0 ? [] : [{ directory, places: found }];
    });
  };
  const claims = new Map<Claim, readonly Found[]>();
  return {
    library: (name) => byName.get(normalisedName(name)),
    nameOf(topLevel) {
      const named = (index?.libraries ?? []).filter((entry) => entry.topLevels.some((top) => top.replace(/\.py$/, "") === topLevel));
      return named.length === 1 ? named[0]?.name : undefined;
    },
    isAmong: (directory, patterns) => patterns.some((pattern) => isAt(directory, pattern)),
    find(claim) {
      let found = claims.get(claim);
      if (!found) claims.set(claim, (found = search(claim)));
      return found;
    },
  };
}

function outermost(places: readonly string[]): string[] {
  const unique = [...new Set(places)].sort();
  return unique.filter((place) => !unique.some((other) => other !== place && place.startsWith(`${other}/`)));
}

function firstPart(top: string): string {
  return (top.split("/", 1)[0] ?? "").replace(/\.py$/, "").toLowerCase();
}

/** What the top level of a distribution of this name is usually called. */
function spellings(name: string): string[] {
  const plain = name.toLowerCase();
  const forms = [plain, plain.replace(/[-.]/g, "_"), plain.replace(/[-_.]/g, ""), plain.replaceAll(".", "/"), plain.replace(/-/g, "/"), plain.replace(/^python[-_.]|[-_.]python$|[-_.]py$/g, "").replace(/[-.]/g, "_"), plain.replace(/^py[-_]?(?=[a-z]{3})/, "").replace(/[-.]/g, "_")];
  return [...new Set(forms)].filter((form) => form !== "" && !form.startsWith("/"));
}
