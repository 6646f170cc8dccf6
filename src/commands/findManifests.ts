/** Every manifest below some directories: the namespace directories that a check looks at. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { Failure, fileFailure } from "../model/failure.ts";
import { MANIFEST_NAME, STAGING_NAME } from "../model/manifest.ts";

const skipped = new Set(["node_modules", "__pycache__", STAGING_NAME]);

export interface FoundRoot {
  /** Absolute: a namespace directory, or a project, package or module without copies. */
  readonly path: string;
  readonly bare: boolean;
}

/** In the order of the roots and sorted below each, each once. Throws Failure for a root that does not exist, or has no manifest below it and may not be without. */
export function findManifests(roots: readonly string[], mayBeBare: (root: string) => boolean = () => false): FoundRoot[] {
  const found = new Map<string, FoundRoot>();
  for (const root of roots) {
    const bare = mayBeBare(root);
    const below = bare && !statSync(root).isDirectory() ? [] : manifestsOf(root);
    if (below.length === 0 && bare) {
      found.set(root, { path: root, bare });
      continue;
    }
    if (below.length === 0) throw new Failure(`${root}: there is no ${MANIFEST_NAME} below it, so nothing was vendored here`, "Name a directory with vendored copies, or vendor something first: enisle vendor SOURCE…");
    for (const each of below.sort()) found.set(each, { path: each, bare: false });
  }
  return [...found.values()];
}

function manifestsOf(root: string): string[] {
  const stats = statSync(root, { throwIfNoEntry: false });
  if (!stats) throw new Failure(`${root}: no such file or directory`, "Name a directory with vendored copies.");
  if (!stats.isDirectory()) {
    if (basename(root) === MANIFEST_NAME) return [dirname(root)];
    throw new Failure(`${root}: is not a directory`, "Name a directory with vendored copies.");
  }
  return walk(root, true);
}

/** What lies below a manifest belongs to its copies: a manifest there came with one of them, and is theirs. */
function walk(directory: string, isRoot: boolean): string[] {
  if (existsSync(join(directory, MANIFEST_NAME))) return [directory];
  if (!isRoot && existsSync(join(directory, "pyvenv.cfg"))) return [];
  let entries;
  try {
    entries = readdirSync(directory, { withFileTypes: true });
  } catch (error) {
    throw fileFailure(error, directory);
  }
  return entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith(".") && !skipped.has(entry.name)).flatMap((entry) => walk(join(directory, entry.name), false));
}
