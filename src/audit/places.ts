/** From the name of a distribution to the modules it is: where below a directory they lie. */
import { normalisedName } from "../model/distribution.ts";
import { isVendoringName } from "./claim.ts";
import type { ReleaseIndex } from "./indexFile.ts";
import { type Modules, baseName, directoryOf } from "./modules.ts";

export interface Places {
  /** Positions in the index of the library of this name. */
  library(name: string): number | undefined;
  /** Concrete directories for a claim's patterns: `a`, `a/*` (directories for copies directly below), `a/**` (all below). */
  directories(patterns: readonly string[]): string[];
  /** Places of the top levels of `name` below `directory`: `pip/_vendor/requests`. */
  find(name: string, directory: string, topLevels: readonly string[] | undefined): string[];
  /** The library whose top level is called so; undefined where there is none, or more than one. */
  nameOf(topLevel: string): string | undefined;
}

/** `paths` are all files of the tree: a library may be an extension module and nothing else. */
export function placesIn(modules: Modules, paths: readonly string[], index: ReleaseIndex | undefined): Places {
  const byName = new Map((index?.libraries ?? []).map((entry, position) => [entry.name, position]));
  const directories = new Set<string>();
  for (const file of modules.files) for (let path = directoryOf(file); !directories.has(path); path = directoryOf(path)) directories.add(path);
  const holders = [...directories].filter((path) => isVendoringName(baseName(path))).sort();
  const children = new Map<string, Map<string, string>>();
  const compiled = paths.filter((path) => /\.(?:so|pyd)$/.test(path));
  for (const path of [...directories, ...modules.files, ...compiled]) {
    if (path === "") continue;
    const parent = directoryOf(path);
    const known = children.get(parent) ?? new Map<string, string>();
    if (known.size === 0) children.set(parent, known);
    // `setproctitle.cpython-311-x86_64-linux-gnu.so`
    const isCompiled = /\.(?:so|pyd)$/.test(path);
    const key = (isCompiled ? (baseName(path).split(".", 1)[0] ?? "") : baseName(path).replace(/\.py$/, "")).toLowerCase();
    if (!known.has(key) || !/\.(?:py|so|pyd)$/.test(path)) known.set(key, path);
  }
  const at = (directory: string, top: string): string | undefined => {
    let place: string | undefined = directory;
    for (const part of top.replace(/\.py$/, "").split("/")) place = place === undefined ? undefined : children.get(place)?.get(part.toLowerCase());
    return place;
  };
  return {
    library: (name) => byName.get(normalisedName(name)),
    nameOf(topLevel) {
      const named = (index?.libraries ?? []).filter((entry) => entry.topLevels.some((top) => top.replace(/\.py$/, "") === topLevel));
      return named.length === 1 ? named[0]?.name : undefined;
    },
    directories: (patterns) => [...new Set(patterns.flatMap((pattern) => {
      const base = pattern.replace(/\/?\*{1,2}$/, "");
      const inside = (path: string): boolean => base === "" || path.startsWith(`${base}/`);
      if (pattern.endsWith("**")) return [...holders.filter(inside), ...[...directories].filter((path) => (inside(path) || path === base) && !holders.includes(path))];
      if (pattern.endsWith("*")) return holders.filter((path) => directoryOf(path) === base);
      return [pattern];
    }))],
    find(name, directory, topLevels) {
      const position = byName.get(normalisedName(name));
      const tops = [...new Set([...(topLevels ?? []), ...(position === undefined ? [] : (index?.libraries[position]?.topLevels ?? [])), ...spellings(name)])];
      const direct = tops.flatMap((top) => at(directory, top) ?? []);
      if (direct.length > 0) return outermost(direct);
      // In a directory of its own: `_vendor/lark-parser/lark`, `third_party/six-1.16.0/six.py`.
      for (const own of [name, normalisedName(name), ...spellings(name)]) {
        const inside = children.get(directory)?.get(own.toLowerCase());
        if (inside === undefined || /\.(?:py|so|pyd)$/.test(inside)) continue;
        const found = tops.flatMap((top) => at(inside, top) ?? at(inside, `src/${top}`) ?? []);
        if (found.length > 0) return outermost(found);
      }
      return [];
    },
  };
}

function outermost(places: readonly string[]): string[] {
  const unique = [...new Set(places)].sort();
  return unique.filter((place) => !unique.some((other) => other !== place && place.startsWith(`${other}/`)));
}

/** What the top level of a distribution of this name is usually called. */
function spellings(name: string): string[] {
  const plain = name.toLowerCase();
  const forms = [plain, plain.replace(/[-.]/g, "_"), plain.replace(/[-_.]/g, ""), plain.replaceAll(".", "/"), plain.replace(/-/g, "/"), plain.replace(/^python[-_.]|[-_.]python$|[-_.]py$/g, "").replace(/[-.]/g, "_"), plain.replace(/^py[-_]?(?=[a-z]{3})/, "").replace(/[-.]/g, "_")];
  return [...new Set(forms)].filter((form) => form !== "" && !form.startsWith("/"));
}
