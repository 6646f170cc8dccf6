/**
 * The grammar's expression nodes → plain records (model/program.ts). What is not told apart here becomes an "other" that keeps its parts,
 * so that no expression is lost. Scopes are the business of program.ts, which is asked wherever a name or a scope of its own begins.
 */
import type { Expression, StringExpression, StringPart } from "../model/program.ts";
import type { Span } from "../model/span.ts";
import type { Scope } from "../model/scopes.ts";
import type { Node } from "./tree.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What program.ts does for expressions. */
export interface ScopeReader {
  readonly source: Buffer;
  /** Notes a use of the name. */
  load(node: Node, scope: Scope): void;
  /** Expressions with a scope or a binding of their own: lambda, comprehension, walrus. */
  special(node: Node, scope: Scope): readonly Expression[] | undefined;
  found(expression: Expression): void;
}

const sequences = new Set(["tuple", "list", "set", "expression_list"]);

export function readExpression(node: Node, scope: Scope, reader: ScopeReader, use: "load" | "store" | "delete" = "load"): Expression {
  const base = { start: node.startIndex, end: node.endIndex, parent: undefined };
  const read = (child: Node): Expression => readExpression(child, scope, reader);
  const finish = <T extends Expression>(expression: T, parts: readonly Expression[]): T => {
    for (const part of parts) (part as Mutable<Expression>).parent = expression;
    reader.found(expression);
    return expression;
  };
  const other = (parts: readonly Expression[]): Expression => finish({ ...base, kind: "other", type: node.type, parts }, parts);
  switch (node.type) {
    case "identifier":
      reader.load(node, scope);
      return finish({ ...base, kind: "name", name: reader.source.toString("latin1", node.startIndex, node.endIndex), scope }, []);
    case "string":
    case "concatenated_string":
      return readString(node, read, finish);
    case "attribute": {
      const [object, name] = [node.childForFieldName("object"), node.childForFieldName("attribute")];
      if (!object || !name) break;
      const inner = read(object);
      return finish({ ...base, kind: "attribute", object: inner, name: reader.source.toString("latin1", name.startIndex, name.endIndex), nameStart: name.startIndex }, [inner]);
    }
    case "call": {
      const [callee, list] = [node.childForFieldName("function"), node.childForFieldName("arguments")];
      if (!callee || !list) break;
      const called = read(callee);
      if (list.type !== "argument_list") return finish({ ...base, kind: "call", callee: called, positional: [read(list)], keywords: [], spread: false, statement: false }, [called]);
      const positional: Expression[] = [];
      const keywords: { name: string; value: Expression }[] = [];
      const statement = node.parent?.type === "expression_statement";
      let spread = false;
      for (const child of list.namedChildren) {
        if (!child || child.type === "comment") continue;
        const [name, value] = child.type === "keyword_argument" ? [child.childForFieldName("name"), child.childForFieldName("value")] : [];
        if (name && value) keywords.push({ name: reader.source.toString("latin1", name.startIndex, name.endIndex), value: read(value) });
        else {
          if (child.type === "list_splat" || child.type === "dictionary_splat") spread = true;
          positional.push(read(child));
        }
      }
      return finish({ ...base, kind: "call", callee: called, positional, keywords, spread, statement }, [called, ...positional, ...keywords.map(({ value }) => value)]);
    }
    case "subscript": {
      const object = node.childForFieldName("value");
      if (!object) break;
      const inner = read(object);
      const indices = node.childrenForFieldName("subscript").flatMap((child) => (child ? [read(child)] : []));
      return finish({ ...base, kind: "subscript", object: inner, indices, use }, [inner, ...indices]);
    }
    case "binary_operator": {
      const [left, right, operator] = [node.childForFieldName("left"), node.childForFieldName("right"), node.childForFieldName("operator")];
      if (!left || !right) break;
      const parts = [read(left), read(right)] as const;
      return finish({ ...base, kind: "binary", operator: operator?.type ?? "", left: parts[0], right: parts[1] }, parts);
    }
    case "comparison_operator": {
      const operands: Expression[] = [];
      const operators: string[] = [];
      for (const child of node.children) {
        if (!child || child.type === "comment") continue;
        if (child.isNamed) operands.push(read(child));
        else operators.push(child.type);
      }
      return finish({ ...base, kind: "comparison", operators, operands }, operands);
    }
    case "conditional_expression": {
      const [then, condition, otherwise] = node.namedChildren.filter((child) => child && child.type !== "comment");
      if (!then || !condition || !otherwise) break;
      const parts = [read(then), read(condition), read(otherwise)] as const;
      return finish({ ...base, kind: "conditional", whenTrue: parts[0], condition: parts[1], whenFalse: parts[2] }, parts);
    }
    case "parenthesized_expression": {
      const inner = node.namedChildren.filter((child) => child && child.type !== "comment");
      return other(inner.flatMap((child) => (child ? [read(child)] : [])));
    }
    case "dictionary": {
      const entries: { key: Expression; value: Expression }[] = [];
      const rest: Expression[] = [];
      for (const child of node.namedChildren) {
        const [key, value] = child?.type === "pair" ? [child.childForFieldName("key"), child.childForFieldName("value")] : [];
        if (key && value) entries.push({ key: read(key), value: read(value) });
        else if (child && child.type !== "comment") rest.push(read(child));
      }
      return finish({ ...base, kind: "mapping", entries }, [...entries.flatMap(({ key, value }) => [key, value]), ...rest]);
    }
    default:
      break;
  }
  if (sequences.has(node.type)) {
    const items = node.namedChildren.flatMap((child) => (child && child.type !== "comment" ? [read(child)] : []));
    return finish({ ...base, kind: "sequence", items }, items);
  }
  const special = reader.special(node, scope);
  if (special) return other(special);
  return other(node.namedChildren.flatMap((child) => (child && child.type !== "comment" ? [read(child)] : [])));

  function readString(whole: Node, readField: typeof read, done: typeof finish): StringExpression {
    const strings = whole.type === "string" ? [whole] : whole.namedChildren.filter((child) => child?.type === "string");
    const parts: StringPart[] = [];
    const fields: Expression[] = [];
    let bytes = false;
    for (const string of strings) {
      const first = string?.namedChildren[0];
      if (!string || first?.type !== "string_start") continue;
      const opening = reader.source.toString("latin1", first.startIndex, first.endIndex);
      const prefix = opening.replace(/["'].*$/, "").toLowerCase();
      const quote = opening.at(-1) ?? '"';
      if (prefix.includes("b")) bytes = true;
      const raw = prefix.includes("r");
      const format = prefix.includes("f") || prefix.includes("t");
      const last = string.namedChildren.at(-1);
      const end = last?.type === "string_end" ? last.startIndex : string.endIndex;
      let at = first.endIndex;
      const addText = (to: number): void => {
        if (to > at) parts.push(textPart(reader.source, { start: at, end: to }, raw, format, quote));
      };
      for (const child of string.namedChildren) {
        if (child?.type !== "interpolation") continue;
        addText(child.startIndex);
        at = child.endIndex;
        const value = child.childForFieldName("expression");
        const specifier = child.namedChildren.find((part) => part?.type === "format_specifier");
        const formatted = child.namedChildren.some((part) => part?.type === "format_specifier" || part?.type === "type_conversion");
        for (const inner of specifier?.namedChildren ?? []) if (inner?.type === "interpolation" || inner?.type === "format_expression") fields.push(readField(inner));
        if (!value) continue;
        const expression = readField(value);
        fields.push(expression);
        parts.push({ kind: "field", span: { start: child.startIndex, end: child.endIndex }, value: expression, formatted });
      }
      addText(end);
    }
    const statement = whole.parent?.type === "expression_statement";
    return done({ ...base, kind: "string", parts, statement, bytes }, fields);
  }
}

const simpleEscapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", "\\": "\\", "'": "'", '"': '"', "\n": "", a: "\u0007", b: "\b", f: "\f", v: "\v" };

function textPart(source: Buffer, span: Span, raw: boolean, format: boolean, quote: string): StringPart {
  const written = source.toString("latin1", span.start, span.end);
  const unbraced = format ? written.replaceAll("{{", "{").replaceAll("}}", "}") : written;
  // Escapes by number are left as they are: no module's name needs them, and the text is not `plain` then.
  const text = raw || !unbraced.includes("\\") ? unbraced : unbraced.replace(/\\([^])/g, (whole, letter: string) => simpleEscapes[letter] ?? whole);
  return { kind: "text", span, text, plain: text === written, quote };
}
