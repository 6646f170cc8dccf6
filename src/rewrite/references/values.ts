/** What an expression is known to be, as far as names of modules go. Every known character says where it is written. */
import type { Expression } from "../../model/program.ts";
import type { Span } from "../../model/span.ts";

/** Characters of a constant, and their place. */
export interface Piece {
  readonly text: string;
  /** Where these characters stand; undefined where a computation is between. */
  readonly span: Span | undefined;
  /** The file has exactly these characters there: no escapes. */
  readonly plain: boolean;
  /** The literal that it is a part of. */
  readonly literal: Expression | undefined;
  /** The value reaches this place through a name that is used elsewhere too: an edit of the literal would be seen there. */
  readonly shared: boolean;
  /** It comes from a constant of another module: what that says before relocation. The module, or a third one, may set it anew. */
  readonly elsewhere?: string;
}

export type Value =
  /** A string whose beginning is known; all of it where `complete`. `running`: a name that modules have at run time follows. */
  | { readonly kind: "text"; readonly text: string; readonly pieces: readonly Piece[]; readonly complete: boolean; readonly rest: Expression | undefined; readonly running: boolean }
  /** One of these. */
  | { readonly kind: "choice"; readonly values: readonly Value[] }
  | { readonly kind: "items"; readonly items: readonly Value[] }
  | { readonly kind: "table"; readonly entries: readonly (readonly [Value, Value])[] }
  /** Something with a dotted name: a module, a function of one. Several where imports are tried one after the other. */
  | { readonly kind: "object"; readonly names: readonly string[] }
  /** Begins with a name that a module has at run time, so it follows a relocation by itself; `original`: what it is without one. */
  | { readonly kind: "running"; readonly original: string | undefined }
  /** A parameter of a function of this file. */
  | { readonly kind: "parameter"; /** Where the name of its function stands (`Function.start`). */ readonly owner: number; readonly name: string; readonly index: number }
  | { readonly kind: "unknown" };

export const unknown: Value = { kind: "unknown" };

/** `elsewhere`: as in `Piece`. */
export function constant(text: string, elsewhere?: string): Value {
  return { kind: "text", text, pieces: text === "" ? [] : [{ text, span: undefined, plain: false, literal: undefined, shared: false, ...(elsewhere === undefined ? {} : { elsewhere }) }], complete: true, rest: undefined, running: false };
}

/** A collection may have so many elements of which any is meant. */
const MOST_ALTERNATIVES = 500;

/** One of these. Where there are too many, what the rest is is not known. */
export function choice(values: readonly Value[]): Value {
  const flat = values.flatMap((value) => (value.kind === "choice" ? value.values : [value]));
  if (flat.length > MOST_ALTERNATIVES) return { kind: "choice", values: [...flat.slice(0, MOST_ALTERNATIVES), unknown] };
  return flat.length === 1 ? (flat[0] ?? unknown) : { kind: "choice", values: flat };
}

/** The alternatives of a value: itself, where it is no choice. */
export function alternatives(value: Value): readonly Value[] {
  return value.kind === "choice" ? value.values : [value];
}

/** `left + right`. */
export function concatenated(left: Value, right: Value, rest: Expression | undefined): Value {
  if (left.kind === "choice") return choice(left.values.map((each) => concatenated(each, right, rest)));
  if (left.kind === "running") return { kind: "running", original: left.original !== undefined && right.kind === "text" && right.complete ? left.original + right.text : undefined };
  if (left.kind !== "text") return unknown;
  if (!left.complete) return left;
  if (right.kind === "choice" && right.values.length <= 50) return choice(right.values.map((each) => concatenated(left, each, rest)));
  if (left.text === "" && (right.kind === "running" || right.kind === "text")) return right;
  if (right.kind === "text") return { kind: "text", text: left.text + right.text, pieces: [...left.pieces, ...right.pieces], complete: right.complete, rest: right.rest, running: right.running };
  return { ...left, complete: false, rest, running: right.kind === "running" };
}

/** Everything inside it that may be a string: items, values and keys. */
export function stringsIn(value: Value): readonly Value[] {
  switch (value.kind) {
    case "choice":
      return value.values.flatMap(stringsIn);
    case "items":
      return value.items.flatMap(stringsIn);
    case "table":
      return value.entries.flatMap(([key, each]) => [...stringsIn(key), ...stringsIn(each)]);
    default:
      return [value];
  }
}

export type Text = Extract<Value, { kind: "text" }>;

/** Characters [from, to) of a text, or [0, from). */
export function cut(value: Text, from: number, to?: number): Text {
  const [start, end] = to === undefined ? [0, from] : [from, to];
  const pieces: Piece[] = [];
  let at = 0;
  for (const piece of value.pieces) {
    const [first, last] = [Math.max(start - at, 0), Math.min(end - at, piece.text.length)];
    if (first < last) {
      const span = piece.span && (piece.plain || first === 0) ? { start: piece.span.start + first, end: piece.span.start + last } : undefined;
      const { elsewhere, ...own } = piece;
      // Of a constant of another module only the whole is known in both forms.
      const both = elsewhere !== undefined && (last - first === piece.text.length || elsewhere === piece.text);
      pieces.push({ ...own, text: piece.text.slice(first, last), span, ...(both ? { elsewhere: elsewhere.slice(first, last + elsewhere.length - piece.text.length) } : {}) });
    }
    at += piece.text.length;
  }
  const whole = end >= value.text.length;
  return { ...value, text: value.text.slice(start, end), pieces, complete: whole ? value.complete : true, rest: whole ? value.rest : undefined, running: whole && value.running };
}

/** What the text would be had no constant of another module been relocated at its definition. */
export function unmoved({ pieces }: Text): string {
  return pieces.map(({ text, elsewhere }) => elsewhere ?? text).join("");
}

/** It has a constant of another module that was relocated at its definition. */
export function isMovedElsewhere({ pieces }: Text): boolean {
  return pieces.some(({ text, elsewhere }) => elsewhere !== undefined && elsewhere !== text);
}

/** The value as somebody sees it who has it by a name that others may read too. */
export function through(value: Value, isShared: () => boolean): Value {
  if (value.kind !== "text" && value.kind !== "choice" && value.kind !== "items" && value.kind !== "table") return value;
  return isShared() ? shared(value) : value;
}

function shared(value: Value): Value {
  switch (value.kind) {
    case "text":
      return { ...value, pieces: value.pieces.map((piece) => ({ ...piece, shared: true })) };
    case "choice":
      return { kind: "choice", values: value.values.map(shared) };
    case "items":
      return { kind: "items", items: value.items.map(shared) };
    case "table":
      return { kind: "table", entries: value.entries.map(([key, each]) => [shared(key), shared(each)]) };
    default:
      return value;
  }
}

/** `.items()`, `.values()`, `.keys()` of a dictionary. */
export function listed({ entries }: Extract<Value, { kind: "table" }>, method: string): Value {
  return { kind: "items", items: entries.map(([key, value]) => (method === "items" ? { kind: "items", items: [key, value] } : method === "keys" ? key : value)) };
}

/** What a dictionary has by a key; undefined where that is not known, or it has none of it. */
export function lookedUp(table: Extract<Value, { kind: "table" }>, key: Value): Value | undefined {
  return key.kind === "text" && key.complete ? table.entries.find(([each]) => each.kind === "text" && each.text === key.text)?.[1] : undefined;
}

/** As `enumerate` gives them. */
export function pairs(value: Value): Value {
  return value.kind === "items" ? { kind: "items", items: value.items.map((item) => ({ kind: "items", items: [unknown, item] })) } : unknown;
}

/** What iterating gives, as a list. Over `sys.modules`: names that modules have. */
export function elements(value: Value): Value {
  if (value.kind === "object" && value.names.includes("sys.modules")) return { kind: "items", items: [{ kind: "running", original: undefined }] };
  if (value.kind === "table") return { kind: "items", items: value.entries.map(([key]) => key) };
  // A parameter with a default: what callers give may hold anything.
  if (value.kind === "choice") return { kind: "items", items: value.values.flatMap((each) => { const known = elements(each); return known.kind === "items" ? known.items : [unknown]; }) };
  return value.kind === "items" ? value : unknown;
}

/** One of the elements. */
export function anyOf(value: Value): Value {
  return value.kind === "items" && value.items.length > 0 ? choice(value.items) : unknown;
}

/** What unpacking gives, by the places in the targets. */
export function pick(value: Value, path: readonly number[]): Value {
  return path.reduce((picked: Value, at) => choice(alternatives(picked).map((each) => (each.kind === "items" ? (each.items[at] ?? unknown) : unknown))), value);
}
