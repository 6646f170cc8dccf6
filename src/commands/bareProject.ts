/** A project without copies, beside which others are imported: nothing was vendored into it, and still it must share nothing with them. */
import { existsSync, statSync } from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import { alsoListed, findPackages, listProjectFiles, ownPackage } from "../acquire/project.ts";
import { readSettings } from "../config/read.ts";
import type { Host } from "../host/host.ts";
import { normalisedName } from "../model/distribution.ts";
import { Failure } from "../model/failure.ts";
import { MANIFEST_NAME, type Manifest } from "../model/manifest.ts";
import { isIdentifier } from "../model/name.ts";
import { moduleNameOf } from "../plan/topLevels.ts";
import { TOOL } from "../version.ts";
import type { Consumer } from "./consumer.ts";
import type { OpenNamespace } from "./gather.ts";
import { installationAbove, ownersOf } from "./installedFiles.ts";
import { type OwningProject, ownFiles } from "./owningProject.ts";
import { findRename } from "./renamed.ts";

/** `root` is an installed package or module, or a source tree. Throws Failure for anything else. */
export async function openBare(root: string, host: Host): Promise<OpenNamespace> {
  const { directory, name, importRoot, owned } = locateInstalled(root) ?? (await locate(root));
  const renamed = findRename(importRoot, name);
  const namespace = `${name}._vendor`;
  const manifest: Manifest = { schema: 1, tool: TOOL, namespace, targetPython: renamed?.targetPython ?? "2.7", generated: [], distributions: [] };
  const consumer: Consumer = {
    root: importRoot, namespace, namespaceDirectory: join(directory ?? importRoot, "_vendor"), package: name, packages: directory === undefined ? [] : [{ name, directory }],
    configuration: { present: true }, configuredRoots: [], dependencies: [], target: [3, 9],
  };
  const listed = directory === undefined ? alsoListed(importRoot, [], [basename(root)]) : await listProjectFiles(importRoot, consumer.packages, consumer.configuration, [], host);
  const project: OwningProject = { consumer, importRoot, installed: true, owned };
  return { directory: directory ?? root, manifest, bare: true, renamed, sealed: true, project, consumerFiles: ownFiles(listed, project), textFiles: [], present: [] };
}

interface Located {
  /** Of the top-level package; undefined for a module. */
  readonly directory: string | undefined;
  readonly name: string;
  readonly importRoot: string;
  readonly owned?: ReadonlySet<string>;
}

/** What lies where distributions are installed is what one of them installed. */
function locateInstalled(root: string): Located | undefined {
  const importRoot = installationAbove(dirname(root));
  if (importRoot === undefined) return undefined;
  const inner = relative(importRoot, root).split(sep).join("/");
  const owners = ownersOf(importRoot, inner);
  const top = inner.split("/")[0] ?? "";
  const owner = owners.length === 1 ? owners[0] : owners.find(({ name }) => normalisedName(name) === normalisedName(top));
  if (owners.length > 1 && !owner) throw new Failure(`${root}: holds parts of several distributions (${owners.map(({ name }) => name).join(", ")})`, "Name the part that is meant.");
  if (!statSync(root).isDirectory()) return { directory: undefined, name: moduleOf(root), importRoot, owned: owner?.paths ?? new Set([inner]) };
  return owner && { directory: join(importRoot, top), name: top, importRoot, owned: owner.paths };
}

async function locate(root: string): Promise<Located> {
  if (!statSync(root).isDirectory()) return { directory: undefined, name: moduleOf(root), importRoot: dirname(root), owned: new Set([basename(root)]) };
  if (existsSync(join(root, "__init__.py")) && isIdentifier(basename(root))) return { directory: root, name: basename(root), importRoot: dirname(root) };
  const settings = await readSettings(root);
  const packages = findPackages(root, settings);
  if (packages.length === 0) throw new Failure(`${root}: there is no ${MANIFEST_NAME} below it, and no package of its own either`, "Name a project's directory, an installed package or module.");
  const own = ownPackage(packages, settings.project.name, root);
  return { directory: own.directory, name: own.name, importRoot: dirname(own.directory) };
}

function moduleOf(file: string): string {
  const name = moduleNameOf(basename(file));
  if (name === undefined) throw new Failure(`${file}: is neither a directory nor a module`, "Name a project's directory, an installed package or module.");
  return name;
}

/** What may be opened so: a directory with Python files of its own, or a module. */
export function mayBeBare(root: string): boolean {
  const stats = statSync(root, { throwIfNoEntry: false });
  return stats !== undefined && (stats.isDirectory() || (/\.(?:py|so|pyd)$/.test(root) && !root.endsWith(sep)));
}
