/** A project without copies, beside which others are imported: nothing was vendored into it, and still it must share nothing with them. */
import { existsSync, statSync } from "node:fs";
import { basename, dirname, join, sep } from "node:path";
import { alsoListed, findPackages, listProjectFiles, ownPackage } from "../acquire/project.ts";
import { readSettings } from "../config/read.ts";
import type { Host } from "../host/host.ts";
import { Failure } from "../model/failure.ts";
import { MANIFEST_NAME, type Manifest } from "../model/manifest.ts";
import { isIdentifier } from "../model/name.ts";
import { moduleNameOf } from "../plan/topLevels.ts";
import { TOOL } from "../version.ts";
import type { Consumer } from "./consumer.ts";
import type { OpenNamespace } from "./gather.ts";
import { filesInstalledWith } from "./installedFiles.ts";
import { type OwningProject, ownFiles } from "./owningProject.ts";
import { findRename } from "./renamed.ts";

/** `root` is a package, a module's file, or a source tree. Throws Failure for anything else. */
export async function openBare(root: string, host: Host): Promise<OpenNamespace> {
  const { directory, name, importRoot } = await locate(root);
  const renamed = findRename(importRoot, name);
  const namespace = `${name}._vendor`;
  const manifest: Manifest = { schema: 1, tool: TOOL, namespace, targetPython: renamed?.targetPython ?? "2.7", generated: [], distributions: [] };
  const isModule = directory === undefined;
  const consumer: Consumer = {
    root: importRoot, namespace, namespaceDirectory: join(directory ?? importRoot, "_vendor"), package: name, packages: directory === undefined ? [] : [{ name, directory }],
    configuration: { present: true }, configuredRoots: [], dependencies: [], target: [3, 9],
  };
  const consumerFiles = isModule ? alsoListed(importRoot, [], [basename(root)]) : await listProjectFiles(importRoot, consumer.packages, consumer.configuration, [], host);
  const project: OwningProject = { consumer, importRoot, installed: true, owned: isModule ? (filesInstalledWith(importRoot, basename(root)) ?? new Set([basename(root)])) : filesInstalledWith(importRoot, `${name}/__init__.py`) };
  return { directory: directory ?? root, manifest, bare: true, renamed, sealed: true, project, consumerFiles: ownFiles(consumerFiles, project), textFiles: [], present: [] };
}

async function locate(root: string): Promise<{ readonly directory: string | undefined; readonly name: string; readonly importRoot: string }> {
  if (!statSync(root).isDirectory()) {
    const name = moduleNameOf(basename(root));
    if (name === undefined) throw new Failure(`${root}: is neither a directory nor a module`, "Name a project's directory, an installed package or module.");
    return { directory: undefined, name, importRoot: dirname(root) };
  }
  const packaged = existsSync(join(root, "__init__.py"));
  if (packaged && isIdentifier(basename(root))) return { directory: root, name: basename(root), importRoot: dirname(root) };
  const settings = await readSettings(root);
  const packages = findPackages(root, settings);
  if (packages.length === 0) throw new Failure(`${root}: there is no ${MANIFEST_NAME} below it, and no package of its own either`, "Name a project's directory, an installed package or module.");
  const own = ownPackage(packages, settings.project.name, root);
  return { directory: own.directory, name: own.name, importRoot: dirname(own.directory) };
}

/** What may be opened so: a directory with Python files of its own, or a module. */
export function mayBeBare(root: string): boolean {
  const stats = statSync(root, { throwIfNoEntry: false });
  return stats !== undefined && (stats.isDirectory() || (/\.(?:py|so|pyd)$/.test(root) && !root.endsWith(sep)));
}
