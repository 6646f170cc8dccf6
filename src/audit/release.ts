/** A release as the index keeps it: the fingerprints of its modules. Tests and build files are no part of what is vendored and are left out. */
import type { Fingerprint } from "./fingerprint.ts";

export interface ReleaseModule {
  /** Below site-packages: `requests/adapters.py`. */
  readonly path: string;
  readonly fingerprint: Fingerprint;
}

export interface Release {
  /** Normalised (PEP 503). */
  readonly name: string;
  /** As the release spells it. */
  readonly version: string;
  readonly modules: readonly ReleaseModule[];
}

const left = /(?:^|\/)(?:(?:\w+_)?tests?|testing\/tests|[^/]+\.(?:dist-info|egg-info|data)|__pycache__|node_modules|docs?|examples?|benchmarks?)\//;

/** Whether a file of a wheel, or below an sdist's package root, is a module that the index keeps. */
export function isKeptModule(path: string): boolean {
  return path.endsWith(".py") && !left.test(`${path.includes("/") ? path : `./${path}`}`) && !/^(?:setup|conftest|noxfile|tasks|fabfile|runtests|run_tests|ez_setup|distribute_setup)\.py$/.test(path);
}

/**
 * The module paths below which everything lies: `requests`, `six.py`, and within namespace packages `jaraco/text`, `jaraco/context.py`.
 * `paths` are without the `__init__.py` files that only declare a namespace.
 */
export function topLevelsOf(paths: readonly string[]): string[] {
  const packages = new Set(paths.filter((path) => path.endsWith("/__init__.py")).map((path) => path.slice(0, -"/__init__.py".length)));
  const tops = new Set<string>();
  for (const path of paths) {
    const parts = path.split("/");
    let depth = 1;
    while (depth < parts.length && !packages.has(parts.slice(0, depth).join("/"))) depth++;
    tops.add(parts.slice(0, depth).join("/"));
  }
  return [...tops].sort();
}

/**
 * The modules of an unpacked sdist, by their path in it, each with the path that installing gives it: those of its packages, and the modules beside
 * `setup.py`; neither scripts nor what only building needs. `topLevels` are what its `top_level.txt` says, where there is one.
 */
export function installedPaths(paths: readonly string[], name: string, topLevels: readonly string[]): Map<string, string> {
  const sources = paths.filter((path) => path.endsWith(".py"));
  const base = sourceRoot(sources);
  const below = sources.filter((path) => path.startsWith(base)).map((path) => ({ path, rest: path.slice(base.length) }));
  const own = name.replace(/[.]/g, "/").replace(/-/g, "_");
  const has = (rest: string): boolean => below.some((each) => each.rest === rest);
  // `package_dir = {"wrapt": "src"}`: the root is the package itself.
  const top = topLevels.length === 1 ? (topLevels[0] ?? own) : own;
  if (has("__init__.py") && !has(`${top}/__init__.py`) && !has(`${own}/__init__.py`)) return new Map(below.map(({ path, rest }) => [path, `${own.includes("/") ? own : top}/${rest}`]));
  const isTop = (rest: string): boolean => {
    const first = rest.split("/", 1)[0] ?? "";
    if (topLevels.length > 0) return topLevels.includes(first.replace(/\.py$/, ""));
    return rest.includes("/") ? has(`${first}/__init__.py`) || rest.split("/").some((_, depth, parts) => depth > 0 && depth < 3 && has(`${parts.slice(0, depth + 1).join("/")}/__init__.py`)) : !/^(?:__init__|test_\w*|\w*_tests?|conf)\.py$/.test(rest);
  };
  return new Map(below.filter(({ rest }) => isTop(rest)).map(({ path, rest }) => [path, rest]));
}

/** Directories of an unpacked sdist below which its modules lie: the outermost ones that hold a package or a module. */
function sourceRoot(paths: readonly string[]): string {
  const top = /^[^/]+\//.exec(paths[0] ?? "")?.[0] ?? "";
  const base = paths.every((path) => path.startsWith(top)) ? top : "";
  for (const folder of ["src/", "lib3/", "python3/", "lib/", "Lib/", "python/"]) {
    if (paths.some((path) => path.startsWith(`${base}${folder}`) && /^[^/]+\/__init__\.py$|^\w+\.py$/.test(path.slice(base.length + folder.length)) && !path.endsWith("setup.py"))) return `${base}${folder}`;
  }
  return base;
}
