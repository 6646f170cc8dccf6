/** Every namespace below some directories, found by its manifest. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import { Failure } from "../model/failure.ts";
import { MANIFEST_NAME, STAGING_NAME } from "../model/manifest.ts";

export interface FoundNamespace {
  /** Absolute. */
  readonly directory: string;
  readonly manifestFile: string;
}

const skipped = new Set(["node_modules", "__pycache__", ".git", ".hg", ".svn", "proc", "sys", STAGING_NAME]);

/** Sorted; links to directories are not followed, and what cannot be read is passed over. */
export function namespacesBelow(roots: readonly string[]): FoundNamespace[] {
  const found = new Map<string, FoundNamespace>();
  const walk = (directory: string): void => {
    let entries;
    try {
      entries = readdirSync(directory, { withFileTypes: true });
    } catch {
      return;
    }
    if (entries.some((entry) => entry.name === MANIFEST_NAME && entry.isFile())) {
      found.set(directory, { directory, manifestFile: join(directory, MANIFEST_NAME) });
      return;
    }
    for (const entry of entries) if (entry.isDirectory() && !skipped.has(entry.name)) walk(join(directory, entry.name));
  };
  for (const root of roots) {
    if (!existsSync(root)) throw new Failure(`${root}: no such directory`, "Name directories that exist: --root DIR.");
    walk(root);
  }
  return [...found.values()].sort((a, b) => (a.directory < b.directory ? -1 : 1));
}

const markers = ["pyproject.toml", "enisle.toml", "setup.py", "setup.cfg", ".git", ".hg"];

export interface ProjectPlace {
  readonly root: string;
  /** An installed package, or one without any sign of a project: only it is looked at, and not what lies beside it. */
  readonly packageOnly: boolean;
}

/** The project that a namespace belongs to. `location` is what its manifest says of the place in the project. */
export function projectOf(directory: string, namespace: string, location: string | undefined): ProjectPlace {
  const up = (path: string): string | undefined => (directory.split(sep).join("/").endsWith(`/${path}`) ? directory.slice(0, directory.length - path.length - 1) || "/" : undefined);
  const isProject = (root: string): boolean => !/^(site|dist)-packages$/.test(basename(root)) && markers.some((name) => existsSync(join(root, name)));
  const stated = location === undefined ? undefined : up(location);
  if (stated !== undefined && isProject(stated)) return { root: stated, packageOnly: false };
  const plain = up(namespace.replaceAll(".", "/"));
  if (plain === undefined) return { root: stated ?? dirname(directory), packageOnly: true };
  return { root: plain, packageOnly: !isProject(plain) };
}

/** The `.dist-info/RECORD` of the installed distribution that a file belongs to; undefined where no installer knows it. */
export function recordOwning(root: string, file: string): string | undefined {
  const path = relative(root, file).split(sep).join("/");
  let entries: string[];
  try {
    entries = readdirSync(root).filter((name) => name.endsWith(".dist-info"));
  } catch {
    return undefined;
  }
  return entries.map((name) => join(root, name, "RECORD")).find((record) => existsSync(record) && readFileSync(record, "utf8").split("\n").some((line) => line.startsWith(`${path},`)));
}
