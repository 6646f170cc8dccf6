/** What a rewriting pass may know: the file's place, its facts, the relocations. */
import type { DottedName } from "../model/name.ts";
import type { FileFacts } from "../model/facts.ts";
import type { RelocationMap } from "../model/relocation.ts";

/** `[3, 7]`: the oldest Python on which the result must run. */
export type PythonVersion = readonly [major: number, minor: number];

export interface FilePlace {
  /** The package in which relative imports of the file start, in original names; undefined where the file is in no package or it is not known. */
  readonly package: DottedName | undefined;
  /** A `.pyi` file (PEP 484). */
  readonly stub: boolean;
  /** Modules and packages in the file's own directory: in Python 2 they win over top-level ones. */
  readonly siblings: ReadonlySet<string>;
}

export interface RewriteOptions {
  readonly relocations: RelocationMap;
  readonly target: PythonVersion;
}

export interface Context {
  readonly place: FilePlace;
  readonly options: RewriteOptions;
  readonly facts: FileFacts;
  readonly source: Buffer;
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
