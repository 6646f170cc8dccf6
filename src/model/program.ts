/**
 * A file's expressions as plain records, with the scopes that its names belong to: what the analysis of references works on.
 * Statements are kept only as far as they bind names or hold expressions.
 */
import type { Occurrence, ScopeFacts } from "./scopes.ts";
import type { Scope } from "./scopes.ts";
import type { Span } from "./span.ts";
import type { AnyImport } from "./facts.ts";

interface Node extends Span {
  /** The expression that this one is part of; undefined for that of a statement. */
  readonly parent: Expression | undefined;
}

/** A string literal, or several that stand side by side. Its parts are in order. */
export interface StringExpression extends Node {
  readonly kind: "string";
  readonly parts: readonly StringPart[];
  /** It is a statement of its own: a docstring, or the like. */
  readonly statement: boolean;
  readonly bytes: boolean;
}

export type StringPart =
  | {
      readonly kind: "text";
      /** The text's place, without quotes. */
      readonly span: Span;
      /** The text as Python sees it, as a byte string. */
      readonly text: string;
      /** False where it holds escapes, so that its characters are not those of the file. */
      readonly plain: boolean;
      /** Character that quotes it. */
      readonly quote: string;
    }
  | { readonly kind: "field"; readonly span: Span; readonly value: Expression; /** It has a conversion or a format. */ readonly formatted: boolean };

export interface NameExpression extends Node {
  readonly kind: "name";
  readonly name: string;
  readonly scope: Scope;
}

export interface AttributeExpression extends Node {
  readonly kind: "attribute";
  readonly object: Expression;
  readonly name: string;
  readonly nameStart: number;
}

export interface CallExpression extends Node {
  readonly kind: "call";
  readonly callee: Expression;
  readonly positional: readonly Expression[];
  readonly keywords: readonly { readonly name: string; readonly value: Expression }[];
  /** `*args` or `**kwargs` are among its arguments. */
  readonly spread: boolean;
  /** It is a statement of its own: nobody has its value. */
  readonly statement: boolean;
}

export interface SubscriptExpression extends Node {
  readonly kind: "subscript";
  readonly object: Expression;
  readonly indices: readonly Expression[];
  /** What is done with it. */
  readonly use: "load" | "store" | "delete";
}

export interface BinaryExpression extends Node {
  readonly kind: "binary";
  readonly operator: string;
  readonly left: Expression;
  readonly right: Expression;
}

/** `a == b`, `a in b`, `a < b < c`. */
export interface ComparisonExpression extends Node {
  readonly kind: "comparison";
  readonly operators: readonly string[];
  readonly operands: readonly Expression[];
}

export interface ConditionalExpression extends Node {
  readonly kind: "conditional";
  readonly condition: Expression;
  readonly whenTrue: Expression;
  readonly whenFalse: Expression;
}

/** Tuple, list or set. */
export interface SequenceExpression extends Node {
  readonly kind: "sequence";
  readonly items: readonly Expression[];
}

export interface MappingExpression extends Node {
  readonly kind: "mapping";
  readonly entries: readonly { readonly key: Expression; readonly value: Expression }[];
}

/** `a and b`, a parenthesis, and whatever else: only its parts matter. */
export interface OtherExpression extends Node {
  readonly kind: "other";
  /** The grammar's word for it. */
  readonly type: string;
  readonly parts: readonly Expression[];
}

export type Expression =
  | StringExpression
  | NameExpression
  | AttributeExpression
  | CallExpression
  | SubscriptExpression
  | BinaryExpression
  | ComparisonExpression
  | ConditionalExpression
  | SequenceExpression
  | MappingExpression
  | OtherExpression;

/** A place where a name gets a value. */
export interface Binding {
  readonly name: string;
  /** Where it stands; see `owner`. */
  readonly scope: Scope;
  readonly start: number;
  readonly how:
    | { readonly kind: "assign"; readonly value: Expression; /** Where in nested tuples: `(a, (b, c)) = …` gives c [1, 1]. */ readonly path: readonly number[] }
    | { readonly kind: "iterate"; readonly iterable: Expression; readonly path: readonly number[] }
    | { readonly kind: "parameter"; readonly default: Expression | undefined; readonly function: string; /** Where the function's name stands; -1 for a lambda. */ readonly owner: number; readonly index: number }
    | { readonly kind: "import"; readonly statement: AnyImport; readonly index: number }
    | { readonly kind: "definition" }
    | { readonly kind: "other" };
}

/** `match subject: case "literal":`, the literal alone or one of alternatives (PEP 634). */
export interface MatchedLiteral {
  readonly subject: Expression;
  readonly literal: Expression;
}

/** A statement that assigns: `a = b`, `a.b = c`, `a[b] = c`. */
export interface Assignment {
  readonly target: Expression;
  readonly value: Expression;
}

export interface Function {
  readonly name: string;
  /** Where its name stands. */
  readonly start: number;
  readonly end: number;
  readonly scope: Scope;
  /** The scope of its body. */
  readonly inner: Scope;
  readonly parameters: readonly string[];
}

export interface Program extends ScopeFacts {
  readonly occurrences: readonly Occurrence[];
  /** Every expression, parents before their parts. */
  readonly expressions: readonly Expression[];
  readonly bindings: readonly Binding[];
  readonly assignments: readonly Assignment[];
  readonly functions: readonly Function[];
  readonly matches: readonly MatchedLiteral[];
  readonly module: Scope;
  /** Bodies of functions that were left out. */
  readonly hidden: readonly Span[];
}
