/** What of a namespace and its project can be imported, and a place outside both in which it may: as it is, and with the upstream libraries. */
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { mirror } from "../interpreter/mirror.ts";
import type { Zone } from "../interpreter/process.ts";
import type { Scratch } from "../interpreter/scratch.ts";
import { isIdentifier, keywords, topLevel } from "../model/name.ts";
import { type Relocation, relocationMap } from "../model/relocation.ts";
import type { RenameRecord } from "../model/renameRecord.ts";
import { renamesOf } from "./renamed.ts";
import { moduleNameOf } from "../plan/topLevels.ts";
import { undo } from "../rewrite/applyEdits.ts";
import { foreignDirectories } from "./installedFiles.ts";
import { provided } from "./consumer.ts";
import type { OpenNamespace } from "./gather.ts";
import type { OwningProject } from "./owningProject.ts";

export interface ImportableModule {
  readonly name: string;
  /** Its name upstream; undefined for a module of the project. */
  readonly original: string | undefined;
  readonly distribution: string | undefined;
  /** Absolute: its file in the project. */
  readonly file: string;
}

export interface Importable {
  readonly open: OpenNamespace;
  readonly project: OwningProject;
  readonly modules: readonly ImportableModule[];
  /** The project's copy, and the directories of it that go on `sys.path`. */
  readonly tree: string;
  readonly path: readonly string[];
  readonly zones: readonly Zone[];
  /** Upstream's files, restored from the copies. */
  readonly upstream: string;
  readonly aliases: readonly (readonly [string, string])[];
  /** The file of the project for one in the copy of it, or in the restored files. */
  locate(file: string): string | undefined;
}

export function prepare(open: OpenNamespace, project: OwningProject, scratch: Scratch): Importable {
  const { consumer, importRoot } = project;
  const { directory, manifest } = open;
  const relocations = manifest.distributions.flatMap((entry) => Object.entries(entry.relocations).map(([from, to]) => ({ from, to })));
  const own = project.installed ? new Set<string>() : provided(consumer, relocations);
  const tree = scratch.make("project");
  const inTree = (path: string): string => join(tree, relative(consumer.root, path));
  const tops = consumerPackages(open, project);
  mirrorProject(project, tree, [join(importRoot, topLevel(manifest.namespace)), ...tops.map(({ directory: top }) => top)]);
  const upstream = scratch.make("upstream");
  restore(open, upstream);
  const renames = renamesOf(open.renamed);
  if (open.renamed) restoreRenamed(open.renamed, project.importRoot, upstream);
  const originals = [...relocations, ...renames].map(({ from }) => from);
  return {
    open,
    project,
    modules: [...copyModules(open), ...consumerModules(open, project, tops).map((module) => ({ ...module, original: originalOf(module.name, renames) }))],
    tree,
    path: [...new Set([importRoot, ...tops.map(({ directory: top }) => dirname(top))].map(inTree))],
    zones: [...foreign(project, tops).map((each) => ({ directory: inTree(each), forbidden: [] })), { directory: inTree(directory), forbidden: [...originals, ...(manifest.isolated ?? [])] }, { directory: tree, forbidden: originals.filter((name) => !own.has(topLevel(name))) }],
    upstream,
    aliases: [...relocations, ...renames].map(({ from, to }) => [to, from] as const),
    locate: (file) => {
      for (const [from, to] of [[tree, consumer.root], [upstream, directory]] as const) if (file.startsWith(from + sep)) return join(to, relative(from, file));
      return undefined;
    },
  };
}

/** The packages, and the root's own small files: modules read versions and the like from there. What lies beside an installed project is others'. */
function mirrorProject({ consumer: { root }, installed, owned }: OwningProject, tree: string, packages: readonly string[]): void {
  const isOwn = (name: string): boolean => !name.startsWith(".") && (!installed || owned === undefined || owned.has(name));
  mirror(root, tree, (name, isDirectory) => (isDirectory ? /\.(egg-info|dist-info)$/.test(name) : isOwn(name)));
  for (const each of new Set(packages)) {
    if (each === root || !existsSync(each)) continue;
    mirror(each, join(tree, relative(root, each)));
    const above = dirname(each);
    if (above !== root) mirror(above, join(tree, relative(root, above)), (name, isDirectory) => isDirectory && /\.(egg-info|dist-info)$/.test(name));
  }
}

/** What other distributions installed into the project's packages is theirs. */
function foreign({ owned, importRoot }: OwningProject, tops: readonly TopPackage[]): string[] {
  return owned ? tops.flatMap(({ directory }) => foreignDirectories(importRoot, directory, owned)) : [];
}

function restore({ directory, manifest }: OpenNamespace, target: string): void {
  for (const { files } of manifest.distributions) {
    for (const file of files) {
      const source = join(directory, file.path);
      if (!statSync(source, { throwIfNoEntry: false })?.isFile()) continue; // the rule on drift says so
      const path = join(target, file.upstreamPath ?? file.path);
      mkdirSync(dirname(path), { recursive: true });
      const content = readFileSync(source);
      writeFileSync(path, file.edits.length === 0 ? content : Buffer.from(undo(content.toString("latin1"), file.edits), "latin1"));
    }
  }
}

/** A renamed package as it was, under its old name. */
function restoreRenamed({ files }: RenameRecord, importRoot: string, target: string): void {
  for (const { path, was, edits } of files) {
    const source = join(importRoot, path);
    if (!statSync(source, { throwIfNoEntry: false })?.isFile()) continue;
    const to = join(target, was);
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, Buffer.from(undo(readFileSync(source, "latin1"), edits), "latin1"));
  }
}

function originalOf(name: string, renames: readonly Relocation[]): string | undefined {
  if (renames.length === 0) return undefined;
  const back = relocationMap(renames.map(({ from, to }) => ({ from: to, to: from })));
  return toText(back.apply(toBytes(name)));
}

function copyModules({ directory, manifest }: OpenNamespace): ImportableModule[] {
  const back = relocationMap(manifest.distributions.flatMap((entry) => Object.entries(entry.relocations).map(([from, to]) => ({ from: to, to: from }))));
  const found = new Map<string, ImportableModule>();
  for (const { name: distribution, files } of manifest.distributions) {
    for (const { path } of files) {
      const module = moduleOf(path);
      if (module === undefined) continue;
      const name = `${manifest.namespace}.${module}`;
      const original = toText(back.apply(toBytes(name)));
      if (original !== undefined) found.set(name, { name, original, distribution, file: join(directory, path) });
    }
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Undefined for what is no module, and for `__main__`, whose import is meant to do something. */
function moduleOf(path: string): string | undefined {
  const parts = path.split("/");
  const name = moduleNameOf(parts.pop() ?? "");
  if (name === undefined || path.endsWith(".pyi") || name === "__main__" || !parts.every((part) => isIdentifier(part) && !keywords.has(part))) return undefined;
  return (name === "__init__" ? parts : [...parts, name]).join(".") || undefined;
}

interface TopPackage {
  readonly name: string;
  readonly directory: string;
}

/** The project's top-level packages, by its files. */
function consumerPackages({ consumerFiles }: OpenNamespace, { consumer }: OwningProject): TopPackage[] {
  const found = new Map<string, TopPackage>();
  for (const { path, package: of } of consumerFiles) {
    if (of === undefined) continue;
    const above = path.split("/").slice(0, -1);
    const directory = join(consumer.root, ...above.slice(0, above.length - of.split(".").length + 1));
    found.set(directory, { name: topLevel(of), directory });
  }
  return [...found.values()];
}

/** Of two packages of one name, such as `tests` in two places, the first is the one that Python finds. */
function consumerModules({ consumerFiles }: OpenNamespace, { consumer }: OwningProject, tops: readonly TopPackage[]): ImportableModule[] {
  const first = new Map<string, string>();
  for (const { name, directory } of tops) if (!first.has(name)) first.set(name, directory);
  return consumerFiles.flatMap(({ path, package: of }): ImportableModule[] => {
    const file = join(consumer.root, path);
    // A module that is a project of its own.
    if (of === undefined && tops.length === 0 && !path.includes("/")) {
      const alone = moduleOf(path);
      return alone === undefined ? [] : [{ name: alone, original: undefined, distribution: undefined, file }];
    }
    const top = of === undefined ? undefined : first.get(topLevel(of));
    if (of === undefined || top === undefined || !file.startsWith(top + sep)) return [];
    const name = moduleOf([...of.split("."), path.split("/").at(-1) ?? ""].join("/"));
    return name === undefined ? [] : [{ name, original: undefined, distribution: undefined, file }];
  });
}

function toBytes(name: string): string {
  return Buffer.from(name, "utf8").toString("latin1");
}

function toText(name: string | undefined): string | undefined {
  return name === undefined ? undefined : Buffer.from(name, "latin1").toString("utf8");
}
