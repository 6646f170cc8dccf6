/** Pure: distributions → which names are relocated to where, and where in the namespace directory each file goes. */
import { type Distribution, type SourceFile, normalisedName } from "../model/distribution.ts";
import { Failure } from "../model/failure.ts";
import { type DottedName, isAtOrBelow, join, moduleOfFile, topLevel } from "../model/name.ts";
import { STAGING_NAME } from "../model/manifest.ts";
import type { Relocation } from "../model/relocation.ts";
import { type TopLevels, findTopLevels, moduleNameOf } from "./topLevels.ts";

export interface Placement {
  readonly file: SourceFile;
  /** Below the namespace directory. */
  readonly destination: string;
  /** Where the file is importable, for Python sources: the package in which its relative imports start. */
  readonly python: { readonly module: string; readonly package: string; readonly stub: boolean; readonly siblings: readonly string[] } | undefined;
  readonly compiled: boolean;
}

export interface Layout {
  readonly distribution: Distribution;
  readonly topLevels: TopLevels;
  readonly relocations: readonly Relocation[];
  readonly placements: readonly Placement[];
  /** What another one, the first by name, brings byte for byte: that file serves both, and is recorded for both. */
  readonly shared: readonly Placement[];
}

/** Throws Failure when two distributions want the same name or file, or one has nothing to import. */
export function layOut(distributions: readonly Distribution[], namespace: DottedName, project: DottedName): Layout[] {
  const found = distributions.map((distribution) => ({ distribution, topLevels: findTopLevels(distribution) }));
  const movingAnywhere = new Set(found.flatMap(({ topLevels }) => topLevels.moving));
  // Stubs of a namespace package go with any part of it that moves.
  const describes = (stub: string): boolean => [...movingAnywhere].some((name) => isAtOrBelow(name, stub.slice(0, -"-stubs".length)));
  const layouts = found.map(({ distribution, topLevels }): Layout => {
    const stubTargets = topLevels.stubs.filter(describes);
    // One that only requires others may come along with them.
    if (topLevels.moving.length === 0 && stubTargets.length === 0 && (topLevels.stubs.length > 0 || movingAnywhere.size === 0)) {
      const stubsOnly = topLevels.stubs.length > 0;
      throw new Failure(`${distribution.requirement}: holds no importable module${stubsOnly ? `, only stubs (${topLevels.stubs.join(", ")})` : ""}`,
        stubsOnly ? "Vendor it in one call with the distribution that the stubs describe." : "Name a distribution with Python modules.");
    }
    if (topLevels.topLevels.includes(project)) throw new Failure(`${distribution.requirement}: its top-level name '${project}' is the project's own package`, "Vendor it into a project with another name.");
    refuseStagingNames(distribution);
    const relocations = topLevels.moving.map((from) => ({ from, to: join(namespace, from) }));
    return { distribution, topLevels, relocations, placements: place(distribution, new Set(stubTargets)), shared: [] };
  });
  refuseSharedNames(layouts);
  return settleSharedFiles(layouts);
}

/** Such a directory is another run's work in progress to every later run, which deletes it or passes it by. */
function refuseStagingNames({ requirement, files }: Distribution): void {
  const staged = files.find(({ path }) => path.includes(STAGING_NAME) && path.split("/").some((part) => part.startsWith(STAGING_NAME)));
  if (staged) throw new Failure(`${requirement}: holds '${staged.path}', a name that this tool keeps for its own work in progress`, `It was most likely packed while a run was interrupted: take one that was not, or leave that out (drop in the configuration, --drop '**/${STAGING_NAME}*/**').`);
}

const placed = new WeakMap<Distribution["files"], Map<string, readonly Placement[]>>();

/** The same for a list of files that many projects get. */
function place({ files }: Distribution, stubs: ReadonlySet<string>): readonly Placement[] {
  const known = placed.get(files) ?? new Map<string, readonly Placement[]>();
  placed.set(files, known);
  const key = [...stubs].join();
  const placements = known.get(key) ?? placeAnew(files, stubs);
  known.set(key, placements);
  return placements;
}

function placeAnew(files: Distribution["files"], stubs: ReadonlySet<string>): Placement[] {
  const occupied = new Set(files.map((file) => file.path));
  const siblings = new Map<string, string[]>();
  for (const { path } of files) {
    const [directory, name] = split(path);
    const module = moduleNameOf(name);
    if (module === "__init__") append(siblings, split(directory)[0], split(directory)[1]);
    else if (module !== undefined) append(siblings, directory, module);
  }
  const trees = [...stubs];
  return files.map((file) => {
    const [directory, name] = split(file.path);
    const isStubTree = trees.find((stub) => file.path.startsWith(`${stub}/`));
    const merged = isStubTree === undefined ? file.path : `${isStubTree.slice(0, -"-stubs".length)}${file.path.slice(isStubTree.length)}`;
    const destination = isStubTree !== undefined && occupied.has(merged) ? file.path : merged;
    const source = /\.(py|pyi|pyw)$/.test(name) && !/^[^/]+\.dist-info\//.test(file.path);
    const within = source ? packageOf(merged) : "";
    const python = source ? { module: moduleOfFile(within, name) ?? "", package: within, stub: name.endsWith(".pyi"), siblings: siblings.get(directory) ?? [] } : undefined;
    return { file, destination, python, compiled: /\.(so|pyd)$/.test(name) };
  });
}

function packageOf(path: string): DottedName {
  return split(path)[0].replaceAll("/", ".");
}

function split(path: string): [directory: string, name: string] {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? ["", path] : [path.slice(0, slash), path.slice(slash + 1)];
}

function append(map: Map<string, string[]>, key: string, value: string): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

/** What one puts inside another's package, as plugins are, moves with it: only a name that both provide is one too many, unless it is the same package. */
function refuseSharedNames(layouts: readonly Layout[]): void {
  const owner = new Map<DottedName, Layout>();
  for (const layout of layouts) {
    for (const { from } of layout.relocations) {
      const other = owner.get(from);
      if (other && !areSame(other, layout, from.replaceAll(".", "/"))) throw clash(other, layout, `both provide the module '${from}'`, layout.placements.some(({ destination }) => destination === `${topLevel(from)}.py`) ? `${topLevel(from)}.py` : `${topLevel(from)}/**`);
      owner.set(from, layout);
    }
  }
}

/** A package, or a module, whose own file is the same in both: `path` is its name with slashes. */
function areSame(a: Layout, b: Layout, path: string): boolean {
  return [`${path}/__init__.py`, `${path}.py`].some((file) => isIdentical(a, b, file));
}

function isIdentical(a: Layout, b: Layout, path: string): boolean {
  const digest = digestOf(a, path);
  return digest !== undefined && digest === digestOf(b, path);
}

/** Hex; undefined where it is not known beforehand. */
function digestOf({ distribution: { digests, files } }: Layout, path: string): string | undefined {
  const record = digests ? undefined : files.find((file) => file.path === path)?.record;
  return digests?.get(path) ?? (record?.algorithm === "sha256" ? Buffer.from(record.digest, "base64url").toString("hex") : undefined);
}

/** `top`: the directory or file that both have. */
function clash(a: Layout, b: Layout, why: string, top: string): Failure {
  return new Failure(
    `${a.distribution.requirement} and ${b.distribution.requirement}: ${why}`,
    `One namespace holds one of each name: leave it out where it is not needed, as tests and documentation are not (drop in the configuration, --drop '${top}'), vendor only one of them, or give the other a namespace of its own.`,
  );
}

/**
 * Distributions that share a namespace package each bring its `__init__.py`, all doing the same: the first one's stands for all. Other
 * modules that are the same serve both, and those that are no modules, such as a README beside the packages, go into a directory of their distribution.
 * The first is the first by name: whose a file is does not depend on how the distributions were asked for.
 */
function settleSharedFiles(layouts: readonly Layout[]): Layout[] {
  const taken = new Map<string, Layout>();
  // A root-level `__init__.py` means nothing to an importer upstream; here it would run whenever the namespace is imported.
  const ownFiles = new Set(["__init__.py", "vendored.json"]);
  const byName = [...layouts].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : nameOf(a) > nameOf(b) ? 1 : 0));
  const settled = new Map(byName.map((layout): [Layout, Layout] => {
    const shared: Placement[] = [];
    const placements = layout.placements.flatMap((placement): Placement[] => {
      const { file, destination, python, compiled } = placement;
      if (ownFiles.has(destination)) return [aside(layout, placement)];
      const other = taken.get(destination);
      if (!other) {
        taken.set(destination, layout);
        return [placement];
      }
      if (layout.distribution.namespaceInits.has(file.path)) return [];
      if (!python && !compiled) return [aside(layout, placement)];
      if (!isIdentical(other, layout, file.path)) throw clash(other, layout, `both provide the file '${destination}'`, destination);
      shared.push(placement);
      return [];
    });
    return [layout, { ...layout, placements, shared }];
  }));
  return layouts.map((layout) => settled.get(layout) ?? layout);
}

function nameOf({ distribution }: Layout): string {
  return normalisedName(distribution.metadata.name);
}

function aside(layout: Layout, placement: Placement): Placement {
  return { ...placement, destination: `${nameOf(layout)}.files/${placement.destination}` };
}
