/** Every manifest below some directories, and every package that was renamed: what a check looks at. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join, sep } from "node:path";
import { Failure, fileFailure } from "../model/failure.ts";
import { MANIFEST_NAME, STAGING_NAME } from "../model/manifest.ts";
import { RENAME_RECORD } from "../model/renameRecord.ts";
import { findRename, renamedPlaces } from "./renamed.ts";

const skipped = new Set(["node_modules", "__pycache__", STAGING_NAME]);

export interface FoundRoot {
  /** Absolute: a namespace directory, or a project, package or module without copies. */
  readonly path: string;
  readonly bare: boolean;
}

/** In the order of the roots and sorted below each, each once. Throws Failure for a root that does not exist, or has nothing of this tool's below it and may not be without. */
export function findManifests(roots: readonly string[], mayBeBare: (root: string) => boolean = () => false): FoundRoot[] {
  const found = new Map<string, FoundRoot>();
  for (const root of roots) {
    const stats = statSync(root, { throwIfNoEntry: false });
    if (!stats) throw new Failure(`${root}: no such file or directory`, WAY_OUT);
    const isManifest = !stats.isDirectory() && basename(root) === MANIFEST_NAME;
    const below = isManifest ? { manifests: [dirname(root)], renamed: [] } : stats.isDirectory() ? walk(root, true) : { manifests: [], renamed: [] };
    // What has copies inside is looked at from its manifest.
    const renamed = below.renamed.filter((path) => !below.manifests.some((manifest) => manifest.startsWith(path + sep)));
    const alone = below.manifests.length + renamed.length === 0;
    if (alone && !(mayBeBare(root) || isRenamed(root))) {
      if (!stats.isDirectory()) throw new Failure(`${root}: is not a directory`, /\.(?:whl|zip|tar\.gz|tgz)$/.test(root) ? "Install or unpack it, and name the directory." : WAY_OUT);
      throw new Failure(`${root}: there is no ${MANIFEST_NAME} below it, so nothing was vendored here`, "Name a directory with vendored copies, or vendor something first: enisle vendor SOURCE…");
    }
    for (const path of alone ? [root] : renamed.sort()) found.set(path, { path, bare: true });
    for (const path of below.manifests.sort()) found.set(path, { path, bare: false });
  }
  return [...found.values()];
}

const WAY_OUT = "Name a directory with vendored copies.";

function isRenamed(root: string): boolean {
  return findRename(dirname(root), basename(root).split(".")[0] ?? "") !== undefined;
}

interface Below {
  readonly manifests: string[];
  /** Packages and modules of renamed distributions. */
  readonly renamed: string[];
}

/** What lies below a manifest belongs to its copies: a manifest there came with one of them, and is theirs. */
function walk(directory: string, isRoot: boolean): Below {
  if (existsSync(join(directory, MANIFEST_NAME))) return { manifests: [directory], renamed: [] };
  if (!isRoot && existsSync(join(directory, "pyvenv.cfg"))) return { manifests: [], renamed: [] };
  let entries;
  try {
    entries = readdirSync(directory, { withFileTypes: true });
  } catch (error) {
    throw fileFailure(error, directory);
  }
  const directories = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith(".") && !skipped.has(entry.name));
  const renames = directories.some(({ name }) => name.endsWith(".dist-info") && existsSync(join(directory, name, RENAME_RECORD)));
  const inner = directories.map((entry) => walk(join(directory, entry.name), false));
  return { manifests: inner.flatMap(({ manifests }) => manifests), renamed: [...(renames ? renamedPlaces(directory) : []), ...inner.flatMap(({ renamed }) => renamed)] };
}
