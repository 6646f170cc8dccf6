/** The patterns of `case` (PEP 634). */
import { readAtom } from "./atoms.ts";
import { isIdentifier, readIdentifier, readItems } from "./expressions.ts";
import { ParsedNode, fail } from "./node.ts";
import { readStrings } from "./strings.ts";
import { Kind, type Tokens } from "./tokens.ts";

/** One pattern, with `as` where there is one. */
export function readPattern(t: Tokens): ParsedNode {
  const { start } = t;
  const wrap = (...inner: readonly ParsedNode[]): ParsedNode => new ParsedNode("case_pattern", start, t.previousEnd, inner);
  if (t.accept("*")) {
    const name = t.isWord("_") ? [] : [readIdentifier(t)];
    if (name.length === 0) t.advance();
    return wrap(new ParsedNode("splat_pattern", start, t.previousEnd, name));
  }
  const simple = readAlternatives(t);
  const pattern = wrap(...simple);
  if (!t.accept("as")) return pattern;
  const name = readIdentifier(t);
  return wrap(new ParsedNode("as_pattern", start, t.previousEnd, [pattern, name]));
}

/** Nothing for `_`. */
function readAlternatives(t: Tokens): readonly ParsedNode[] {
  const { start } = t;
  const first = readSimple(t);
  if (!t.isOperator("|")) return first;
  const all = [...first];
  while (t.accept("|")) all.push(...readSimple(t));
  return [new ParsedNode("union_pattern", start, t.previousEnd, all)];
}

function readSimple(t: Tokens): readonly ParsedNode[] {
  const { start } = t;
  if (t.kind === Kind.string) return [readStrings(t)];
  if (t.kind === Kind.number || t.isOperator("-")) return [readNumber(t)];
  if (t.isOperator("(") || t.isOperator("[")) return [readSequence(t)];
  if (t.isOperator("{")) return [readMapping(t)];
  if (!isIdentifier(t)) {
    if (!t.isWord("None") && !t.isWord("True") && !t.isWord("False")) fail();
    return [readAtom(t)];
  }
  if (t.isWord("_") && t.byteAfter() !== 46 && t.byteAfter() !== 40) {
    t.advance();
    return [];
  }
  const name = readDotted(t);
  if (!t.accept("(")) return [name];
  const parts = readItems(t, ")", readClassPart);
  t.expect(")");
  return [new ParsedNode("class_pattern", start, t.previousEnd, [name, ...parts])];
}

function readDotted(t: Tokens): ParsedNode {
  const { start } = t;
  const parts = [readIdentifier(t)];
  while (t.accept(".")) parts.push(readIdentifier(t));
  return new ParsedNode("dotted_name", start, t.previousEnd, parts);
}

function readClassPart(t: Tokens): ParsedNode {
  const { start } = t;
  if (!isIdentifier(t) || t.byteAfter() !== 61) return readPattern(t);
  const name = readIdentifier(t);
  t.expect("=");
  const value = readAlternatives(t);
  // Where the grammar finds a place for an `as` here, it is not this one.
  if (t.isWord("as")) fail();
  const keyword = new ParsedNode("keyword_pattern", start, t.previousEnd, [name, ...value]);
  return new ParsedNode("case_pattern", start, t.previousEnd, [keyword]);
}

/** `1`, `-1`, `1 + 2j`. The sign is no part of the number. */
function readNumber(t: Tokens): ParsedNode {
  const { start } = t;
  const one = (): ParsedNode => {
    if (t.kind !== Kind.number) fail();
    const node = new ParsedNode(t.value, t.start, t.end);
    t.advance();
    return node;
  };
  t.accept("-");
  const first = one();
  if (!t.accept("+") && !t.accept("-")) return first;
  const second = one();
  return new ParsedNode("complex_pattern", start, t.previousEnd, [first, second]);
}

function readSequence(t: Tokens): ParsedNode {
  const { start, value } = t;
  t.advance();
  const close = value === "(" ? ")" : "]";
  const parts = readItems(t, close, readPattern);
  t.expect(close);
  return new ParsedNode(value === "(" ? "tuple_pattern" : "list_pattern", start, t.previousEnd, parts);
}

function readMapping(t: Tokens): ParsedNode {
  const { start } = t;
  t.advance();
  const parts: ParsedNode[] = [];
  while (!t.isOperator("}")) {
    const from = t.start;
    if (t.accept("**")) {
      const name = readIdentifier(t);
      parts.push(new ParsedNode("splat_pattern", from, t.previousEnd, [name]));
    } else {
      const key = readSimple(t);
      t.expect(":");
      parts.push(...key, readPattern(t));
    }
    if (!t.accept(",")) break;
  }
  t.expect("}");
  return new ParsedNode("dict_pattern", start, t.previousEnd, parts);
}
