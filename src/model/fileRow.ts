/** Rows of the catalogue of places in data files. */
import type { TextFormat } from "./textFormat.ts";

export type FileMeaning =
  /** `a.b:c`, `a.b.c` or `a.b`, with extras behind it. */
  | "object"
  /** `name = a.b:c`. */
  | "entry-point"
  /** `call:a.b:c`, or `egg:Distribution#name`. */
  | "paste-use"
  /** A logger's name. */
  | "logger";

export interface FileRow {
  readonly formats: readonly TextFormat[];
  /** Regular expression on the file's name; missing: every name. */
  readonly file?: string;
  /** Regular expressions for the last keys of a path, each on a whole key. */
  readonly path: readonly string[];
  readonly role: "key" | "value";
  readonly meaning: FileMeaning;
  /** Keys that the mapping has in which the path starts, with the text of their values. */
  readonly beside?: Readonly<Record<string, string>>;
  /** Only in files of the project: a copy's own are kept as upstream has them. */
  readonly projectOnly?: true;
}
