/** What the rules for references share while they look at one file. */
import type { CatalogueRow } from "../../model/catalogue.ts";
import type { DottedName } from "../../model/name.ts";
import type { CallExpression, Expression, Program } from "../../model/program.ts";
import type { Context } from "../context.ts";
import type { Collector } from "./collector.ts";
import type { Evaluator } from "./evaluate.ts";
import type { Names } from "./names.ts";
import type { Value } from "./values.ts";

export type Parameter = Extract<Value, { kind: "parameter" }>;

/** A parameter that its function hands on. */
export interface Importer {
  readonly parameter: Parameter;
  /** The callable that has it in the end; undefined where that is no call of the catalogue (`sys.modules[name]`), or takes other things too. */
  readonly row: CatalogueRow | undefined;
}

export interface Scene {
  readonly context: Context;
  readonly program: Program;
  readonly names: Names;
  readonly evaluate: Evaluator;
  readonly collector: Collector;
  /** Functions of the file that hand a parameter on to a catalogue call, by `keyOf`. */
  readonly importers: Map<string, Importer>;
  /** The same for functions that make a name of their own of what they are given: it stays as it is. */
  readonly ownNames: Set<string>;
  /** Of the importers, the calls that ask for the metadata of a distribution, by the same key. */
  readonly asked: Map<string, readonly { readonly call: CallExpression; readonly argument: Expression; readonly row: CatalogueRow }[]>;
  /** Attributes that are handed on by methods of a class, and whose assignment was not parsed. */
  readonly unseen: Set<string>;
  /** Which groups of entry points the file asks for: those in which copies declare some, others, and such as only running tells. */
  readonly groups: Set<"own" | "own, handed on" | "foreign" | "unknown">;
  /** Names that are handed to catalogue calls as modules: what they are compared with names modules too. */
  readonly moduleNames: Set<string>;
  /** What a function, a class or a method of another relocated module does with what it is given (takers.ts). */
  takerOf(name: DottedName, ofInstance: boolean): Taker | undefined;
  /** The call names a module that is known only at run time; `partly`: some of those that it may name are known, and were relocated. */
  opaque(call: CallExpression, argument: Expression, row: CatalogueRow, partly?: boolean): void;
}

/** A function of another module that hands on some of what it is given. */
export interface Taker {
  /** Dotted name and line, for people. */
  readonly where: string;
  /** How many parameters a call does not write: `self`. */
  readonly unwritten: 0 | 1;
  readonly taken: readonly Taken[];
}

export interface Taken {
  /** Of the parameter, `self` counted. */
  readonly index: number;
  readonly keyword: string;
  /** `module`: it is imported, or looked for; `left`: it is no name of a module, or the function makes another one of it; `uncertain`: the parameter is bound anew before. */
  readonly kind: "module" | "left" | "uncertain";
  /** Words by which the function has things of its own: `{"fast": …}[name]`. */
  readonly words: ReadonlySet<string>;
  /** How such words begin: `name.startswith("blue")`. */
  readonly beginnings: readonly string[];
  /** It looks what it is given up in something that others fill: a single word may be one of theirs. */
  readonly registry: boolean;
  /** Who has it in the end. */
  readonly callable: string;
}

export function keyOf({ owner, index }: Parameter): string {
  return `${owner} ${index}`;
}
