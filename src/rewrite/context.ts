/** What a rewriting pass may know: the file's place, its facts, the relocations. */
import type { DottedName } from "../model/name.ts";
import type { Catalogue } from "../model/catalogue.ts";
import type { Decision } from "../model/edit.ts";
import type { FileFacts } from "../model/facts.ts";
import type { Program } from "../model/program.ts";
import type { RelocationMap } from "../model/relocation.ts";

/** `[3, 7]`: the oldest Python on which the result must run. */
export type PythonVersion = readonly [major: number, minor: number];

/** What the relocated distributions hold, and what they are. */
export interface Inventory {
  /** True for a module or package of a relocated distribution. */
  isModule(name: DottedName): boolean;
  /** True for a package with modules below it. */
  isPackage(name: DottedName): boolean;
  /** True for a module, or an attribute of one as far as its source says. */
  has(name: DottedName): boolean;
  /** True where it is certain that importing the name fails: no module, and nothing that the package above it could make of it. */
  lacks(name: DottedName): boolean;
  /** Where an object that is known by this name comes from: itself, or what relocated modules re-export under it. */
  origins(name: DottedName): readonly DottedName[];
  /** A module of the relocated distributions and what is looked for in it: `a.b.C.d` → `["a.b", "C", "d"]`; undefined where there is none. */
  split(name: DottedName): readonly string[] | undefined;
  /** A module's own text, as it was before relocation; undefined where it has none, or cannot be read. */
  source(module: DottedName): ModuleSource | undefined;
  /** The relocated distribution of that name (PEP 503 normalises it). `renamed`: it stays installed, under this name. */
  distribution(name: string): { readonly version: string | null; readonly renamed?: string | undefined } | undefined;
  /** Groups of entry points that are called like what moves, and move along. */
  readonly groups: ReadonlySet<string>;
  /** Groups in which the copies declare entry points of their own, which nobody has registered. */
  readonly entryPointGroups: ReadonlySet<string>;
  /** True for a file or a directory of files of a package, by its path below it; Python modules do not count. */
  hasFile(within: DottedName, path: string): boolean;
  /** True for a group of entry points, other than commands, that a relocated distribution declares, and for a beginning of one up to a dot. */
  declaresGroup(name: string): boolean;
  /** Normalised names of what the relocated distributions require, extras aside. */
  readonly requires: ReadonlySet<string>;
  /** Some distribution has its `.dist-info` beside its modules: a copy may ask for that of another, or for its own, by names that only running tells. */
  readonly holdsMetadata: boolean;
  /** Names of the relocated distributions, as their metadata spells them. */
  readonly distributionNames: readonly string[];
}

/** The text of a relocated module, for questions that names alone do not answer. */
export interface ModuleSource {
  readonly place: FilePlace;
  readonly facts: FileFacts;
  readonly source: Buffer;
  /** Of all of it; undefined where it does not parse. */
  program(): Program | undefined;
}

export const emptyInventory: Inventory = { split: () => undefined, source: () => undefined, isModule: () => false, isPackage: () => false, has: () => false, lacks: () => false, origins: (name) => [name], distribution: () => undefined, groups: new Set(), entryPointGroups: new Set(), declaresGroup: () => false, hasFile: () => false, holdsMetadata: false, distributionNames: [], requires: new Set() };

export interface FilePlace {
  /** The file's own name as a module, in original names; undefined where it is not known. */
  readonly module: DottedName | undefined;
  /** The package in which relative imports of the file start, in original names; undefined where the file is in no package or it is not known. */
  readonly package: DottedName | undefined;
  /** A `.pyi` file (PEP 484). */
  readonly stub: boolean;
  /** Modules and packages in the file's own directory: in Python 2 they win over top-level ones. */
  readonly siblings: ReadonlySet<string>;
  /** Relative to the project, for exceptions of the configuration; undefined where there is none. */
  readonly path?: string;
}

export interface RewriteOptions {
  readonly relocations: RelocationMap;
  readonly target: PythonVersion;
  readonly inventory: Inventory;
  readonly catalogue: Catalogue;
  /** Whether verified strings are rewritten, or only listed. */
  readonly verified: "rewrite" | "report";
  /** Name of the generated module in the namespace that look-ups at run time go through; undefined where none can be made. */
  readonly helper: DottedName | undefined;
  /** Strings that the configuration leaves as they are, with the path below which. */
  readonly leave: readonly { readonly string: string; readonly path?: string }[];
  /** Look-ups of metadata whose distribution only running tells stay as they are. */
  readonly leavesLookUps?: true;
  /** Names that are known only at run time go through the helper too. */
  readonly runtimeMap: boolean;
}

export interface Context {
  readonly place: FilePlace;
  readonly options: RewriteOptions;
  readonly facts: FileFacts;
  readonly source: Buffer;
  /** It is what relocation made, looked at once more: what only running tells has been told, and is looked for no more. */
  readonly again: boolean;
  /** What is decided about another relocated module, constants of third ones aside; undefined where that is not asked. */
  decideBeside?(module: ModuleSource): Decision;
  /** Decides about source code that is text in this file. */
  decideNested(facts: FileFacts, source: Buffer): Decision;
}

export function isBefore(target: PythonVersion, major: number, minor: number): boolean {
  return target[0] < major || (target[0] === major && target[1] < minor);
}

/** True where `import a` means a module of the file's own package first (PEP 328: Python 2 without the future import). */
export function hasImplicitRelativeImports({ options, facts, place }: Context): boolean {
  return options.target[0] < 3 && place.package !== undefined && place.package !== "" && !hasFuture(facts, "absolute_import");
}

export function hasFuture(facts: FileFacts, feature: string): boolean {
  return facts.imports.some((statement) => statement.kind === "from" && statement.module.name === "__future__" && statement.names.some((name) => name.written.name === feature));
}
