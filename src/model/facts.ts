/** What syntax/ reports about a file: plain records, no tree-sitter node. All offsets are those of the byte string (see span.ts). */
import type { DottedName } from "./name.ts";
import type { Program } from "./program.ts";
import type { Span } from "./span.ts";

/** A dotted name as written; `parts` are its components, which blanks and backslash-newlines may separate. */
export interface WrittenName extends Span {
  readonly name: DottedName;
  readonly parts: readonly Span[];
}

export interface Alias extends Span {
  readonly name: string;
}

/** `a.b as x` in an import statement, or `x as y` after `from … import`. */
export interface ImportedName extends Span {
  readonly written: WrittenName;
  readonly alias: Alias | undefined;
  /** Offset of the comma after it. */
  readonly comma: number | undefined;
}

/** The nearest enclosing block that has a namespace of its own. */
export type ScopeKind = "module" | "function" | "class";

interface StatementFacts extends Span {
  /** The `lazy` soft keyword (PEP 810) with the blanks after it. */
  readonly lazy: Span | undefined;
  readonly names: readonly ImportedName[];
  readonly scope: ScopeKind;
}

/** `import a.b as x, c`. `start` is that of `lazy` or `import`. */
export interface ImportStatement extends StatementFacts {
  readonly kind: "import";
}

/** `from ..a.b import c as d, e`; `from . import *` has no names. */
export interface FromStatement extends StatementFacts {
  readonly kind: "from";
  /** Number of leading dots. */
  readonly level: number;
  /** The dots and the name, without the blanks around them. */
  readonly module: WrittenName;
  readonly star: boolean;
  /** The names with their parentheses, or the star. */
  readonly list: Span;
}

export type AnyImport = ImportStatement | FromStatement;

/** A string literal that begins with a name that was asked for, perhaps after a `^`. */
export interface WantedString extends Span {
  /** Offset of the opening quote; the prefix is before it. */
  readonly opening: number;
  readonly raw: boolean;
  /** An f- or t-string. */
  readonly format: boolean;
  /** It begins a statement: most likely a docstring. */
  readonly statement: boolean;
  /** It continues the string before it. */
  readonly adjacent: boolean;
}

/** A wanted word in the file, by its number. */
export interface SeenWord {
  readonly number: number;
  readonly offset: number;
}

export interface SyntaxProblem {
  readonly offset: number;
  readonly reason: string;
}

export interface FileFacts {
  readonly imports: readonly AnyImport[];
  /** `__lazy_modules__` (PEP 810) is named somewhere. */
  readonly namesLazyModules: boolean;
  /** The file's bytes with what only looks like ASCII masked; same offsets. */
  readonly lexical: Buffer;
  /** Strings that begin with a wanted name. */
  readonly strings: readonly WantedString[];
  /** What the file's words are of interest for (model/words.ts). */
  readonly interest: number;
  /** The wanted words that have a number, in order. */
  readonly words: readonly SeenWord[];
  /** Offsets of strings that import a wanted name, or that begin with it in a field of another string. */
  readonly texts: readonly number[];
  /** Names, expressions and scopes. The one question that needs a parse of the whole file. */
  program(): Program;
  /** The same without the bodies of functions that hold none of these offsets: a parse costs by the byte. */
  programAround(offsets: readonly number[]): Program;
  /** The facts of source code that is text in this file; undefined where it is none. */
  nested(text: string): FileFacts | undefined;
}
