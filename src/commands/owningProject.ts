/** Which project a namespace directory belongs to: the nearest directory above it that says so, or an installation that holds it. */
import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { ProjectFile } from "../acquire/project.ts";
import { fileFailure } from "../model/failure.ts";
import { MANIFEST_NAME, type Manifest } from "../model/manifest.ts";
import { filesInstalledWith } from "./installedFiles.ts";
import { type Consumer, findConsumer, parsePython } from "./consumer.ts";

export interface OwningProject {
  readonly consumer: Consumer;
  /** Absolute: the directory from which the namespace is imported. */
  readonly importRoot: string;
  /** It lies in site-packages, or the like, among others. */
  readonly installed: boolean;
  /** Below `importRoot`, of an installed project whose RECORD tells: other distributions may have parts in its package. */
  readonly owned?: ReadonlySet<string> | undefined;
}

const marks = ["pyproject.toml", "enisle.toml", "setup.py", "setup.cfg", ".git", ".hg"];
const MOST_LEVELS = 4;

/** Undefined where the directory does not lie as its manifest's namespace says. */
export async function findOwningProject(directory: string, manifest: Manifest): Promise<OwningProject | undefined> {
  const importRoot = climb(directory, manifest.namespace);
  if (importRoot === undefined) return undefined;
  const root = markedAbove(importRoot) ?? importRoot;
  const installed = root === importRoot && !marks.some((mark) => existsSync(join(root, mark))) && isInstallation(importRoot);
  const target = parsePython(manifest.targetPython);
  if (!installed) {
    const consumer = await findConsumer(root, manifest.namespace, target);
    return { consumer: { ...consumer, namespaceDirectory: directory }, importRoot, installed };
  }
  const top = manifest.namespace.split(".")[0] ?? "";
  const packages = [{ name: top, directory: join(importRoot, top) }];
  // Among others, only the package itself is the project's.
  const consumer: Consumer = { root, namespace: manifest.namespace, namespaceDirectory: directory, package: top, packages, configuration: { present: true }, configuredRoots: [], dependencies: [], target: target ?? [3, 9] };
  return { consumer, importRoot, installed, owned: filesInstalledWith(importRoot, `${manifest.namespace.replaceAll(".", "/")}/${MANIFEST_NAME}`) };
}

/** Of an installed project: without what other distributions installed into the package; and packages need no `__init__.py` (PEP 420). */
export function ownFiles(files: readonly ProjectFile[], { owned, consumer, importRoot, installed }: OwningProject): readonly ProjectFile[] {
  if (!installed || consumer.root !== importRoot) return files;
  return files.filter(({ path }) => owned?.has(path) ?? true).map((file) => ({ ...file, package: dirname(file.path) === "." ? undefined : dirname(file.path).replaceAll("/", ".") }));
}

function climb(directory: string, namespace: string): string | undefined {
  let at = directory;
  for (const part of namespace.split(".").toReversed()) {
    if (basename(at) !== part) return undefined;
    at = dirname(at);
  }
  return at;
}

function markedAbove(start: string): string | undefined {
  let at = start;
  for (let level = 0; level < MOST_LEVELS; level++, at = dirname(at)) {
    if (marks.some((mark) => existsSync(join(at, mark)))) return at;
    if (isInstallation(at) || dirname(at) === at) return undefined;
  }
  return undefined;
}

function isInstallation(directory: string): boolean {
  try {
    return readdirSync(directory).some((name) => name.endsWith(".dist-info") || (name.endsWith(".egg-info") && directory.endsWith("-packages")));
  } catch (error) {
    throw fileFailure(error, directory);
  }
}
