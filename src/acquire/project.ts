/** The consumer: where its packages are, and which of its files are its own Python sources. */
import { type Dirent, closeSync, existsSync, lstatSync, openSync, readFileSync, readSync, readdirSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import type { Configuration, ProjectFileSettings } from "../config/read.ts";
import type { Host } from "../host/host.ts";
import { Failure, fileFailure } from "../model/failure.ts";
import { isIdentifier } from "../model/name.ts";
import { MAX_PICKLE_SIZE, MAX_TEXT_SIZE, isPickleName, textFormatOf } from "../model/textFormat.ts";
import { MANIFEST_NAME, STAGING_NAME } from "../model/manifest.ts";

export interface ProjectPackage {
  readonly name: string;
  /** Absolute. */
  readonly directory: string;
}

export interface ProjectFile {
  /** Relative to the project, with slashes. */
  readonly path: string;
  /** Absolute, links resolved: the file that is replaced. */
  readonly real: string;
  readonly size: number;
  /** The package it lies in, for relative imports; undefined outside packages. */
  readonly package: string | undefined;
  readonly siblings: readonly string[];
}

/** Top-level packages: directories with an `__init__.py` in the root, in `src`, and where the build configuration says. */
export function findPackages(root: string, { configuration, project }: ProjectFileSettings): ProjectPackage[] {
  if (configuration.packages) return configuration.packages.map((path) => ({ name: basename(path), directory: resolve(root, path) }));
  const found = packageRoots(root, project.packageRoots).flatMap((base) =>
    entries(base).filter((entry) => entry.isDirectory() && isIdentifier(entry.name) && existsSync(join(base, entry.name, "__init__.py"))).map((entry) => ({ name: entry.name, directory: join(base, entry.name) })),
  );
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Directories in which top-level modules of the project may lie; those that exist. */
export function packageRoots(root: string, configured: readonly string[]): string[] {
  return [...new Set([...configured, ".", "src", "lib"].map((base) => resolve(root, base)))].filter((base) => existsSync(base));
}

function entries(directory: string): Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    throw fileFailure(error, directory);
  }
}

/** The project's own package: the one named like the project, or the only one. */
export function ownPackage(packages: readonly ProjectPackage[], name: string | undefined, root: string): ProjectPackage {
  const wanted = name?.replace(/[-.]+/g, "_").toLowerCase();
  const named = packages.find((candidate) => candidate.name.toLowerCase() === wanted);
  const ordinary = packages.filter((candidate) => !["tests", "test", "docs", "doc", "examples", "scripts", "tools", "benchmarks"].includes(candidate.name));
  const only = named ?? (ordinary.length === 1 ? ordinary[0] : undefined);
  if (only) return only;
  const why = ordinary.length === 0 ? "has no package" : `has several packages (${ordinary.map((candidate) => candidate.name).join(", ")})`;
  throw new Failure(`${root}: ${why}, so there is no default namespace`, "Name one: --namespace PACKAGE._vendor");
}

// Build output, environments and caches, by their usual names; environments under other names show themselves by a marker file.
const skippedNames = new Set([
  "__pycache__", "node_modules", "build", "dist", "site-packages", "dist-packages", "venv", "env", "virtualenv", "__pypackages__", STAGING_NAME,
]);
const skippedSuffix = /\.(egg-info|dist-info|egg|data)$/;
const environmentMarkers = ["pyvenv.cfg", "conda-meta"];
const otherVendoring = [MANIFEST_NAME, "vendor.txt", "vendored.txt", "_vendor.txt", "vendor_versions.txt"];
const vendorNames = new Set(["_vendor", "_vendored", "vendor", "vendored", "_vendoring", "extern", "third_party", "_third_party", "thirdparty"]);

/** Data files and pickles below the root that version control does not ignore and that have one of the `words` in them; environments and the like are left out as above. */
export async function listProjectText(root: string, { exclude }: Configuration, excluded: readonly string[], words: readonly string[], host: Host): Promise<ProjectFile[]> {
  const candidates = new Set<string>();
  walk(root, new Set(excluded), candidates, true, (path) => textFormatOf(basename(path)) !== undefined || isPickleName(basename(path)));
  const found = [...candidates].sort().filter((path) => mentions(path, words));
  if (found.length === 0) return [];
  const dropped = exclude ? new Set(await (await import("fast-glob")).default([...exclude], { cwd: root, absolute: true, dot: true })) : new Set<string>();
  const ignored = ignoredFiles(root, host);
  const files = found.filter((path) => !ignored.has(path) && !dropped.has(path)).map((path) => describe(root, path));
  return [...new Map(files.map((file) => [file.real, file])).values()];
}

function mentions(path: string, words: readonly string[]): boolean {
  try {
    if (statSync(path).size > (isPickleName(basename(path)) ? MAX_PICKLE_SIZE : MAX_TEXT_SIZE)) return false;
    const content = readFileSync(path);
    return words.some((word) => content.includes(word));
  } catch (error) {
    throw fileFailure(error, path);
  }
}

/**
 * With a configuration: the project's packages, and what `include` lists. Without: every Python file below the root that version control
 * does not ignore. Never: environments, build output, namespaces that some tool vendored, `excluded` directories.
 */
export async function listProjectFiles(root: string, packages: readonly ProjectPackage[], configuration: Configuration, excluded: readonly string[], host: Host): Promise<ProjectFile[]> {
  const starts = configuration.present ? packages.map((each) => each.directory) : [root];
  const skip = new Set(excluded);
  const found = new Set<string>();
  for (const start of starts) walk(start, skip, found, true);
  // Loaded where it is needed: most projects list no globs, and it takes as long as relocating a small library.
  const glob = configuration.include || configuration.exclude ? (await import("fast-glob")).default : undefined;
  if (glob && configuration.include) {
    const more = await glob([...configuration.include], { cwd: root, absolute: true, ignore: ["**/node_modules/**", "**/__pycache__/**", "**/.*/**"] });
    for (const path of more) if (isPython(path) && !isBelowAny(path, skip)) found.add(path);
  }
  const ignored = configuration.present ? new Set<string>() : ignoredFiles(root, host);
  const dropped = glob && configuration.exclude ? new Set(await glob([...configuration.exclude], { cwd: root, absolute: true, dot: true })) : new Set<string>();
  const files = [...found].filter((path) => !ignored.has(path) && !dropped.has(path)).sort().map((path) => describe(root, path));
  // A file and links to it are one, called by its own name: a patch of a link would not apply.
  const byReal = new Map<string, ProjectFile>();
  for (const file of files) {
    const known = byReal.get(file.real);
    if (!known || lstatSync(join(root, known.path)).isSymbolicLink()) byReal.set(file.real, file);
  }
  return [...byReal.values()];
}

function walk(directory: string, skip: ReadonlySet<string>, found: Set<string>, isRoot: boolean, wanted: (path: string) => boolean = isPython): void {
  const here = entries(directory);
  const names = new Set(here.map((entry) => entry.name));
  if (!isRoot) {
    if (environmentMarkers.some((marker) => names.has(marker))) return;
    if (otherVendoring.some((marker) => names.has(marker)) && (names.has(MANIFEST_NAME) || vendorNames.has(basename(directory)))) return;
    if (vendorNames.has(basename(directory)) && here.some((entry) => entry.name.endsWith(".dist-info") || entry.name.endsWith(".egg-info"))) return;
  }
  for (const entry of here) {
    const path = join(directory, entry.name);
    if (entry.name.startsWith(".") || skip.has(path)) continue;
    if (entry.isDirectory()) {
      // A package may be called build, or virtualenv.
      const skipped = skippedNames.has(entry.name) && !existsSync(join(path, "__init__.py"));
      if (!skipped && !skippedSuffix.test(entry.name)) walk(path, skip, found, false, wanted);
    } else if (wanted(path)) {
      if (entry.isFile()) found.add(path);
      else if (entry.isSymbolicLink()) addLinked(path, found);
    }
  }
}

/** A link to a file of the project is replaced where the file lies; links out of it and links to directories are not followed. */
function addLinked(path: string, found: Set<string>): void {
  try {
    if (statSync(path).isFile()) found.add(path);
  } catch {
    // A dangling link names no file.
  }
}

function isPython(path: string): boolean {
  if (/\.(py|pyi|pyw)$/.test(path)) return true;
  return !basename(path).includes(".") && hasPythonShebang(path);
}

function hasPythonShebang(path: string): boolean {
  let descriptor: number | undefined;
  try {
    if (!statSync(path).isFile()) return false;
    descriptor = openSync(path, "r");
    const head = Buffer.alloc(80);
    const length = readSync(descriptor, head, 0, head.length, 0);
    return /^#!.*\bpython[\d.]*\b/.test(head.toString("latin1", 0, length));
  } catch {
    return false;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function isBelowAny(path: string, directories: ReadonlySet<string>): boolean {
  for (let at = path; dirname(at) !== at; at = dirname(at)) if (directories.has(at)) return true;
  return false;
}

/** Files that git ignores; none outside a work tree. */
function ignoredFiles(root: string, host: Host): Set<string> {
  if (!isInWorkTree(root)) return new Set();
  const listed = host.run("git", ["-C", root, "ls-files", "--others", "--ignored", "--exclude-standard", "-z", "--", "."], root);
  if (!listed || listed.status !== 0) {
    throw new Failure(`${root}: is in a git work tree, and git could not list what it ignores`, "Install git, or list the project's files in [tool.enisle] (packages, include).");
  }
  return new Set(listed.stdout.split("\0").filter((path) => path !== "").map((path) => join(root, path)));
}

function isInWorkTree(root: string): boolean {
  for (let at = root; ; at = dirname(at)) {
    if (existsSync(join(at, ".git"))) return true;
    if (dirname(at) === at) return false;
  }
}

/** Every Python file and every pickle below the root, except below `excluded`. */
export function listEveryFile(root: string, excluded: readonly string[]): ProjectFile[] {
  const skip = new Set(excluded);
  const below = (directory: string): string[] => entries(directory).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (skip.has(path) || entry.name === STAGING_NAME || (directory === root && entry.name.endsWith(".dist-info"))) return [];
    return entry.isDirectory() ? below(path) : entry.isFile() && (isPickleName(entry.name) ? statSync(path).size <= MAX_PICKLE_SIZE : isPython(path)) ? [path] : [];
  });
  return below(root).map((path) => describe(root, path));
}

/** Files of the project that an earlier run rewrote, and that are listed no more: they are to be led back or rewritten all the same. */
export function alsoListed(root: string, listed: readonly ProjectFile[], recorded: readonly string[]): ProjectFile[] {
  const known = new Set(listed.map((file) => file.path));
  return recorded.filter((path) => !known.has(path) && statSync(join(root, path), { throwIfNoEntry: false })?.isFile()).map((path) => describe(root, join(root, path)));
}

function describe(root: string, path: string): ProjectFile {
  try {
    const real = realpathSync.native(path);
    const directory = dirname(path);
    return { path: relative(root, path).split(sep).join("/"), real, size: statSync(real).size, package: packageOf(directory, root), siblings: [] };
  } catch (error) {
    if (path.includes("\ufffd")) throw new Failure(`${path}: the name of this file is not UTF-8`, "Rename it, or leave its directory out of the project: list packages and include in [tool.enisle].");
    throw fileFailure(error, path);
  }
}

function packageOf(directory: string, root: string): string | undefined {
  const parts: string[] = [];
  for (let at = directory; at.length > root.length && existsSync(join(at, "__init__.py")); at = dirname(at)) parts.unshift(basename(at));
  return parts.length > 0 ? parts.join(".") : undefined;
}

/** Modules and packages beside a file: what Python 2 finds before the top level. */
export function siblingsOf(file: string): string[] {
  return entries(dirname(file)).flatMap((entry) => {
    if (entry.isDirectory()) return existsSync(join(dirname(file), entry.name, "__init__.py")) ? [entry.name] : [];
    return /^(.+)\.py$/.exec(entry.name)?.[1] ?? [];
  });
}

/** Answers whether the project has a top-level module or package of its own of some name. */
export function topLevelsOf(root: string, configured: readonly string[]): (name: string) => boolean {
  let bases: (readonly [base: string, names: ReadonlySet<string>])[] | undefined;
  return (name) =>
    (bases ??= packageRoots(root, configured).map((base) => [base, new Set(readdirSync(base))])).some(([base, names]) => {
      if (names.has(`${name}.py`)) return true;
      const directory = join(base, name);
      return names.has(name) && statSync(directory, { throwIfNoEntry: false })?.isDirectory() === true && readdirSync(directory).some((file) => file.endsWith(".py"));
    });
}

export function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw fileFailure(error, path);
  }
}

/** True for a file that its owner may execute. */
export function isExecutable(path: string): boolean {
  return ((statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o100) !== 0;
}
