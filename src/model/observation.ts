/** What a file of a copy shows of the world outside it: gathered file by file, and told once per distribution. */
import type { DottedName } from "./name.ts";

export type Observation =
  /** An import of something that is neither relocated nor in the standard library; `guarded`: inside a `try` or an `except`. */
  | { readonly kind: "outside"; readonly name: DottedName; /** As it is written, which tells parts of namespace packages apart. */ readonly written: DottedName; readonly guarded: boolean; readonly line: number }
  /** An import of a name that is kept out of the copies: it was redirected into the namespace. */
  | { readonly kind: "isolated"; readonly name: DottedName; readonly line: number }
  /** State that all code in the process shares. */
  | { readonly kind: "process-state"; readonly what: string; /** Two copies in one process get into each other's way. */ readonly conflicts: boolean; readonly line: number }
  /** Original names that an extension module shows and does not import. */
  | { readonly kind: "shown-names"; readonly names: readonly DottedName[]; readonly line: number }
  /** Entry points that the distribution declared, as `group: name`. */
  | { readonly kind: "entry-points"; readonly declared: readonly string[]; readonly line: number };

/** With an offset in place of the line, before the file's lines are counted. */
export type LocalObservation = Observation extends infer Each ? (Each extends Observation ? Omit<Each, "line"> & { readonly offset: number } : never) : never;
