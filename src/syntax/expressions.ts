/**
 * The grammar's expression nodes → plain records (model/program.ts). What is not told apart here becomes an "other" that keeps its parts,
 * so that no expression is lost. Scopes are the business of program.ts, which is asked wherever a name or a scope of its own begins.
 */
import type { Expression, StringExpression, StringPart } from "../model/program.ts";
import type { Span } from "../model/span.ts";
import type { Scope } from "../model/scopes.ts";
import type { SyntaxNode as Node } from "./tree.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What program.ts does for expressions. */
export interface ScopeReader {
  /** The file, as a byte string. */
  readonly text: string;
  /** Notes a use of the name. */
  load(node: Node, scope: Scope): void;
  /** Expressions with a scope or a binding of their own: lambda, comprehension, walrus. */
  special(node: Node, scope: Scope): readonly Expression[] | undefined;
  found(expression: Expression): void;
}

/** What may stand anywhere. The grammar's nodes have them among their children; a line continuation has a node only where some token before it could go on. */
export function isExtra({ type }: Node): boolean {
  return type === "comment" || type === "line_continuation";
}

const nothing: readonly Expression[] = [];

function finish<T extends Expression>(expression: T, parts: readonly Expression[], reader: ScopeReader): T {
  for (const part of parts) (part as Mutable<Expression>).parent = expression;
  reader.found(expression);
  return expression;
}

function readAll(nodes: readonly (Node | null)[], scope: Scope, reader: ScopeReader): Expression[] {
  const all: Expression[] = [];
  for (const node of nodes) if (node && !isExtra(node)) all.push(readExpression(node, scope, reader));
  return all;
}

function other(node: Node, parts: readonly Expression[], reader: ScopeReader): Expression {
  return finish({ start: node.startIndex, end: node.endIndex, parent: undefined, kind: "other", type: node.type, parts }, parts, reader);
}

// Most of what this does is done once or twice before a run is over: it makes no closures and takes no array apart.
export function readExpression(node: Node, scope: Scope, reader: ScopeReader, use: "load" | "store" | "delete" = "load"): Expression {
  const { startIndex: start, endIndex: end } = node;
  const parent = undefined;
  switch (node.type) {
    case "identifier":
      reader.load(node, scope);
      return finish({ start, end, parent, kind: "name", name: reader.text.slice(start, end), scope }, nothing, reader);
    case "string":
    case "concatenated_string":
      return readString(node, scope, reader);
    case "attribute": {
      const inner = node.childForFieldName("object");
      const name = node.childForFieldName("attribute");
      if (!inner || !name) break;
      const object = readExpression(inner, scope, reader);
      return finish({ start, end, parent, kind: "attribute", object, name: reader.text.slice(name.startIndex, name.endIndex), nameStart: name.startIndex }, [object], reader);
    }
    case "call": {
      const called = node.childForFieldName("function");
      const list = node.childForFieldName("arguments");
      if (!called || !list) break;
      return readCall(node, called, list, scope, reader);
    }
    case "subscript": {
      const inner = node.childForFieldName("value");
      if (!inner) break;
      const object = readExpression(inner, scope, reader);
      const indices = readAll(node.childrenForFieldName("subscript"), scope, reader);
      return finish({ start, end, parent, kind: "subscript", object, indices, use }, [object, ...indices], reader);
    }
    case "binary_operator": {
      const first = node.childForFieldName("left");
      const second = node.childForFieldName("right");
      if (!first || !second) break;
      const left = readExpression(first, scope, reader);
      const right = readExpression(second, scope, reader);
      return finish({ start, end, parent, kind: "binary", operator: node.childForFieldName("operator")?.type ?? "", left, right }, [left, right], reader);
    }
    case "comparison_operator": {
      const operands: Expression[] = [];
      const operators: string[] = [];
      for (const child of node.children) {
        if (!child || isExtra(child)) continue;
        if (child.isNamed) operands.push(readExpression(child, scope, reader));
        else operators.push(child.type);
      }
      return finish({ start, end, parent, kind: "comparison", operators, operands }, operands, reader);
    }
    case "conditional_expression": {
      const children = node.namedChildren.filter((child) => child && !isExtra(child));
      if (!children[0] || !children[1] || !children[2]) break;
      const whenTrue = readExpression(children[0], scope, reader);
      const condition = readExpression(children[1], scope, reader);
      const whenFalse = readExpression(children[2], scope, reader);
      return finish({ start, end, parent, kind: "conditional", whenTrue, condition, whenFalse }, [whenTrue, condition, whenFalse], reader);
    }
    case "parenthesized_expression":
      return other(node, readAll(node.namedChildren, scope, reader), reader);
    case "dictionary": {
      const entries: { key: Expression; value: Expression }[] = [];
      const rest: Expression[] = [];
      for (const child of node.namedChildren) {
        if (!child || isExtra(child)) continue;
        const key = child.type === "pair" ? child.childForFieldName("key") : null;
        const value = child.type === "pair" ? child.childForFieldName("value") : null;
        if (key && value) entries.push({ key: readExpression(key, scope, reader), value: readExpression(value, scope, reader) });
        else rest.push(readExpression(child, scope, reader));
      }
      return finish({ start, end, parent, kind: "mapping", entries }, [...entries.flatMap(({ key, value }) => [key, value]), ...rest], reader);
    }
    case "tuple":
    case "list":
    case "set":
    case "expression_list": {
      const items = readAll(node.namedChildren, scope, reader);
      return finish({ start, end, parent, kind: "sequence", items }, items, reader);
    }
    default:
      break;
  }
  return other(node, reader.special(node, scope) ?? readAll(node.namedChildren, scope, reader), reader);
}

function readCall(node: Node, called: Node, list: Node, scope: Scope, reader: ScopeReader): Expression {
  const { startIndex: start, endIndex: end } = node;
  const callee = readExpression(called, scope, reader);
  const statement = node.parent?.type === "expression_statement";
  // `f(x for x in y)`
  if (list.type !== "argument_list") return finish({ start, end, parent: undefined, kind: "call", callee, positional: [readExpression(list, scope, reader)], keywords: [], spread: false, statement: false }, [callee], reader);
  const positional: Expression[] = [];
  const keywords: { name: string; value: Expression }[] = [];
  let spread = false;
  for (const child of list.namedChildren) {
    if (!child || isExtra(child)) continue;
    const name = child.type === "keyword_argument" ? child.childForFieldName("name") : null;
    const value = child.type === "keyword_argument" ? child.childForFieldName("value") : null;
    if (name && value) keywords.push({ name: reader.text.slice(name.startIndex, name.endIndex), value: readExpression(value, scope, reader) });
    else {
      if (child.type === "list_splat" || child.type === "dictionary_splat") spread = true;
      positional.push(readExpression(child, scope, reader));
    }
  }
  return finish({ start, end, parent: undefined, kind: "call", callee, positional, keywords, spread, statement }, [callee, ...positional, ...keywords.map(({ value }) => value)], reader);
}

function readString(whole: Node, scope: Scope, reader: ScopeReader): StringExpression {
  const strings = whole.type === "string" ? [whole] : whole.namedChildren;
  const parts: StringPart[] = [];
  const fields: Expression[] = [];
  let bytes = false;
  for (const string of strings) {
    const first = string?.namedChildren[0];
    if (string?.type !== "string" || first?.type !== "string_start") continue;
    const opening = reader.text.slice(first.startIndex, first.endIndex);
    const prefix = opening.replace(/["'].*$/, "").toLowerCase();
    const quote = opening.at(-1) ?? '"';
    if (prefix.includes("b")) bytes = true;
    const raw = prefix.includes("r");
    const format = prefix.includes("f") || prefix.includes("t");
    const last = string.namedChildren.at(-1);
    const end = last?.type === "string_end" ? last.startIndex : string.endIndex;
    let at = first.endIndex;
    for (const child of string.namedChildren) {
      if (child?.type !== "interpolation") continue;
      if (child.startIndex > at) parts.push(textPart(reader.text, { start: at, end: child.startIndex }, raw, format, quote));
      at = child.endIndex;
      const value = child.childForFieldName("expression");
      const specifier = child.namedChildren.find((part) => part?.type === "format_specifier");
      const formatted = child.namedChildren.some((part) => part?.type === "format_specifier" || part?.type === "type_conversion");
      for (const inner of specifier?.namedChildren ?? []) if (inner?.type === "interpolation" || inner?.type === "format_expression") fields.push(readExpression(inner, scope, reader));
      if (!value) continue;
      const expression = readExpression(value, scope, reader);
      fields.push(expression);
      parts.push({ kind: "field", span: { start: child.startIndex, end: child.endIndex }, value: expression, formatted });
    }
    if (end > at) parts.push(textPart(reader.text, { start: at, end }, raw, format, quote));
  }
  const statement = whole.parent?.type === "expression_statement";
  return finish({ start: whole.startIndex, end: whole.endIndex, parent: undefined, kind: "string", parts, statement, bytes }, fields, reader);
}

const simpleEscapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", "\\": "\\", "'": "'", '"': '"', "\n": "", a: "\u0007", b: "\b", f: "\f", v: "\v" };

function textPart(source: string, span: Span, raw: boolean, format: boolean, quote: string): StringPart {
  const written = source.slice(span.start, span.end);
  const unbraced = format ? written.replaceAll("{{", "{").replaceAll("}}", "}") : written;
  // Escapes by number are left as they are: no module's name needs them, and the text is not `plain` then.
  const text = raw || !unbraced.includes("\\") ? unbraced : unbraced.replace(/\\([^])/g, (whole, letter: string) => simpleEscapes[letter] ?? whole);
  return { kind: "text", span, text, plain: text === written, quote };
}
