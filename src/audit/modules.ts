/** The Python modules of a tree: where they lie, which directories are packages, what a directory is called in an import. */

export interface Modules {
  /** Paths of the `.py` files, sorted. */
  readonly files: readonly string[];
  has(path: string): boolean;
  isPackage(directory: string): boolean;
  /** `.py` files at or below a directory or file. */
  below(place: string): readonly string[];
  /** `pip._vendor` for `lib/pip/_vendor` where `lib` is no package; "" where nothing above is one. The last directory need not have an `__init__.py`. */
  dotted(directory: string): string;
}

/** `rootName` is the dotted name of the root itself, where it is a package: "" otherwise. */
export function modulesOf(paths: readonly string[], rootName = ""): Modules {
  const files = paths.filter((path) => path.endsWith(".py")).sort();
  const all = new Set(files);
  const packages = new Set(files.filter((path) => path.endsWith("/__init__.py")).map((path) => path.slice(0, -"/__init__.py".length)));
  if (all.has("__init__.py")) packages.add("");
  return {
    files,
    has: (path) => all.has(path),
    isPackage: (directory) => packages.has(directory),
    below(place) {
      if (all.has(place)) return [place];
      const prefix = place === "" ? "" : `${place}/`;
      const found: string[] = [];
      for (let at = lowerBound(files, prefix); at < files.length && (files[at] ?? "").startsWith(prefix); at++) found.push(files[at] ?? "");
      return found;
    },
    dotted(directory) {
      const parts = directory === "" ? [] : directory.split("/");
      if (packages.has("")) return [...(rootName === "" ? [] : [rootName]), ...parts].join(".");
      let first = parts.length;
      while (first > 1 && packages.has(parts.slice(0, first - 1).join("/"))) first--;
      if (first === parts.length && !packages.has(directory)) return "";
      return parts.slice(Math.max(0, first - 1)).join(".");
    },
  };
}

function lowerBound(sorted: readonly string[], wanted: string): number {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((sorted[middle] ?? "") < wanted) from = middle + 1;
    else to = middle;
  }
  return from;
}

export function directoryOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** The component of a path that importing names: without `.py`. */
export function stem(path: string): string {
  return baseName(path).replace(/\.py$/, "");
}
