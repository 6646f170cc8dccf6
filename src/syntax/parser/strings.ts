/** String literals: where they end, and the replacement fields of those that have any (PEP 498, PEP 701, PEP 750). */
import { BACKSLASH, CR, LF } from "../bytes.ts";
import { readLambdaOrConditional, readStarList, readYield } from "./expressions.ts";
import { ParsedNode, fail } from "./node.ts";
import { Kind, type Tokens } from "./tokens.ts";

const [OPEN, CLOSE, UPPER_N] = [123, 125, 78];

/** One literal, or several side by side. */
export function readStrings(t: Tokens): ParsedNode {
  const first = readString(t);
  if (t.kind !== Kind.string) return first;
  const all = [first];
  while ((t.kind as Kind) === Kind.string) all.push(readString(t));
  return new ParsedNode("concatenated_string", first.startIndex, t.previousEnd, all);
}

function readString(t: Tokens): ParsedNode {
  const { source, start, end: textStart } = t;
  const quote = source[textStart - 1] ?? 0;
  const opening = t.text.slice(start, textStart);
  const triple = opening.endsWith('"""') || opening.endsWith("'''");
  const format = /^[a-z]?[ft]/i.test(opening);
  const raw = /^[a-z]?r/i.test(opening);
  const parts = [new ParsedNode("string_start", start, textStart)];
  let at = textStart;
  for (;;) {
    const byte = source[at];
    if (byte === undefined) fail();
    if (byte === BACKSLASH) {
      // The braces of "\N{DIGIT ONE}" are no field.
      if (format && !raw && source[at + 1] === UPPER_N && source[at + 2] === OPEN) {
        at = source.indexOf(CLOSE, at);
        if (at < 0) fail();
        at++;
      } else if (format && (source[at + 1] === OPEN || source[at + 1] === CLOSE)) at++;
      else at += source[at + 1] === CR && source[at + 2] === LF ? 3 : 2;
    } else if (byte === quote) {
      if (!triple || (source[at + 1] === quote && source[at + 2] === quote)) break;
      at++;
    } else if (!triple && (byte === LF || byte === CR)) fail();
    else if (format && byte === OPEN) {
      if (source[at + 1] === OPEN) at += 2;
      else {
        const field = readField(t, at, "interpolation");
        parts.push(field);
        at = field.endIndex;
      }
    } else if (format && byte === CLOSE) {
      if (source[at + 1] !== CLOSE) fail();
      at += 2;
    } else at++;
  }
  const end = at + (triple ? 3 : 1);
  parts.push(new ParsedNode("string_end", at, end));
  t.jump(end);
  return new ParsedNode("string", start, end, parts);
}

/** `{value=!r:format}` from its brace on; `t` is left on its last token. */
function readField(t: Tokens, open: number, type: "interpolation" | "format_expression"): ParsedNode {
  if (++t.depth > 150) fail();
  t.jump(open + 1);
  const value = t.isWord("yield") ? readYield(t) : readStarList(t, readLambdaOrConditional);
  if (t.isOperator("=")) t.advance();
  const children = [value];
  let conversion: ParsedNode | undefined;
  if (t.isOperator("!")) {
    const { start } = t;
    t.advance();
    if (t.kind !== Kind.name) fail();
    conversion = new ParsedNode("type_conversion", start, t.end);
    children.push(conversion);
    t.advance();
  }
  let end = t.end;
  let specifier: ParsedNode | undefined;
  if (t.isOperator(":") || t.isOperator(":=")) {
    specifier = readSpecifier(t, t.start);
    children.push(specifier);
    end = specifier.endIndex + 1;
    t.depth--;
  } else if (!t.isOperator("}")) fail();
  return new ParsedNode(type, open, end, children, { expression: value, type_conversion: conversion, format_specifier: specifier });
}

function readSpecifier(t: Tokens, colon: number): ParsedNode {
  const { source } = t;
  const fields: ParsedNode[] = [];
  let at = colon + 1;
  for (;;) {
    const byte = source[at];
    // A quote may end the string, and a line end too: neither occurs in formats as people write them.
    if (byte === undefined || byte === LF || byte === CR || byte === BACKSLASH || byte === 34 || byte === 39) fail();
    if (byte === CLOSE) break;
    if (byte === OPEN) {
      const field = readField(t, at, "format_expression");
      fields.push(field);
      at = field.endIndex;
    } else at++;
  }
  return new ParsedNode("format_specifier", colon, at, fields);
}
