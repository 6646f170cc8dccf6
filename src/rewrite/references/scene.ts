/** What the rules for references share while they look at one file. */
import type { CatalogueRow } from "../../model/catalogue.ts";
import type { CallExpression, Expression, Program } from "../../model/program.ts";
import type { Context } from "../context.ts";
import type { Collector } from "./collector.ts";
import type { Evaluator } from "./evaluate.ts";
import type { Names } from "./names.ts";
import type { Value } from "./values.ts";

export interface Scene {
  readonly context: Context;
  readonly program: Program;
  readonly names: Names;
  readonly evaluate: Evaluator;
  readonly collector: Collector;
  /** Functions of the file that hand a parameter on to a catalogue call, by name and index of the parameter. */
  readonly importers: Map<string, { readonly parameter: Extract<Value, { kind: "parameter" }>; readonly row: CatalogueRow | undefined }>;
  /** The same for functions that make a name of their own of what they are given: it stays as it is. */
  readonly ownNames: Set<string>;
  /** Of the importers, the calls that ask for the metadata of a distribution, by the same key. */
  readonly asked: Map<string, readonly { readonly call: CallExpression; readonly argument: Expression; readonly row: CatalogueRow }[]>;
  /** Attributes that are handed on by methods of a class, and whose assignment was not parsed. */
  readonly unseen: Set<string>;
  /** Which groups of entry points the file asks for: those in which copies declare some, others, and such as only running tells. */
  readonly groups: Set<"own" | "foreign" | "unknown">;
  /** Names that are handed to catalogue calls as modules: what they are compared with names modules too. */
  readonly moduleNames: Set<string>;
  /** The call names a module that is known only at run time; `partly`: some of those that it may name are known, and were relocated. */
  opaque(call: CallExpression, argument: Expression, row: CatalogueRow, partly?: boolean): void;
}
