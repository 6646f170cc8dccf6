/** Compound statements other than definitions. */
import { type Reading, readSuite } from "./block.ts";
import { beginsExpression, readExpression, readItems, readStarList, readStarred } from "./expressions.ts";
import { readTargets } from "./comprehensions.ts";
import { ParsedNode, attempt, fail } from "./node.ts";
import { readPattern } from "./patterns.ts";
import { Kind, type Tokens } from "./tokens.ts";

export function readIf(reading: Reading, type: "if_statement" | "elif_clause"): ParsedNode {
  const { t } = reading;
  const { start } = t;
  t.advance();
  const condition = readExpression(t);
  const consequence = readSuite(reading);
  const children = [condition, consequence];
  if (type === "if_statement") {
    while (t.isWord("elif")) children.push(readIf(reading, "elif_clause"));
    children.push(...readElse(reading));
  }
  return new ParsedNode(type, start, children.at(-1)?.endIndex ?? start, children);
}

function readElse(reading: Reading): readonly ParsedNode[] {
  return reading.t.isWord("else") ? [readClause(reading, "else_clause")] : [];
}

/** `else:`, `finally:` */
function readClause(reading: Reading, type: string): ParsedNode {
  const { t } = reading;
  const { start } = t;
  t.advance();
  const body = readSuite(reading);
  return new ParsedNode(type, start, body.endIndex, [body], { body });
}

export function readWhile(reading: Reading): ParsedNode {
  const { t } = reading;
  const { start } = t;
  t.advance();
  const condition = readExpression(t);
  const body = readSuite(reading);
  const children = [condition, body, ...readElse(reading)];
  return new ParsedNode("while_statement", start, children.at(-1)?.endIndex ?? start, children);
}

export function readFor(reading: Reading): ParsedNode {
  const { t } = reading;
  const { start } = t;
  t.advance();
  const left = readTargets(t);
  t.expect("in");
  const right = readStarList(t);
  const body = readSuite(reading);
  const alternative = readElse(reading);
  return new ParsedNode("for_statement", start, (alternative[0] ?? body).endIndex, [left, right, body, ...alternative], { left, right, body, alternative });
}

export function readTry(reading: Reading): ParsedNode {
  const { t } = reading;
  const { start } = t;
  t.advance();
  const body = readSuite(reading);
  const children = [body];
  while (t.isWord("except")) children.push(readExcept(reading));
  children.push(...readElse(reading));
  if (t.isWord("finally")) children.push(readClause(reading, "finally_clause"));
  if (children.length === 1) fail();
  return new ParsedNode("try_statement", start, children.at(-1)?.endIndex ?? start, children);
}

function readExcept(reading: Reading): ParsedNode {
  const { t } = reading;
  const { start } = t;
  t.advance();
  t.accept("*");
  let value: ParsedNode | undefined;
  if (!t.isOperator(":")) {
    const from = t.start;
    value = readExpression(t);
    // Both `except A, e` of Python 2 and `except A, B` (PEP 758): the grammar is shown `A | B`.
    while (t.accept(",")) {
      const right = readExpression(t);
      if (![value, right].every(({ type }) => type === "identifier" || type === "attribute" || type === "tuple" || type === "call" || type === "binary_operator")) fail();
      value = new ParsedNode("binary_operator", from, t.previousEnd, [value, right], { left: value, right, operator: new ParsedNode("|", right.startIndex, right.startIndex) });
    }
    value = readAlias(t, value);
  }
  const body = readSuite(reading);
  return new ParsedNode("except_clause", start, body.endIndex, value ? [value, body] : [body], { value });
}

/** `as target` after `value`, or `value` itself. */
function readAlias(t: Tokens, value: ParsedNode): ParsedNode {
  if (!t.accept("as")) return value;
  const from = t.start;
  const target = readStarred(t);
  const alias = new ParsedNode("as_pattern_target", from, t.previousEnd, [target]);
  return new ParsedNode("as_pattern", value.startIndex, t.previousEnd, [value, alias], { alias });
}

export function readWith(reading: Reading): ParsedNode {
  const { t } = reading;
  const { start } = t;
  t.advance();
  const from = t.start;
  const items = (t.isOperator("(") ? readParenthesisedItems(t) : undefined) ?? readWithItems(t, ":");
  if (items.length === 0) fail();
  const clause = new ParsedNode("with_clause", from, t.previousEnd, items);
  const body = readSuite(reading);
  return new ParsedNode("with_statement", start, body.endIndex, [clause, body], { body });
}

function readWithItems(t: Tokens, close: string): ParsedNode[] {
  return readItems(t, close, (inner) => {
    const from = inner.start;
    const value = readAlias(inner, readExpression(inner));
    return new ParsedNode("with_item", from, inner.previousEnd, [value], { value });
  });
}

/** `with (a as b, c):`; undefined, and nothing read, where the parenthesis is an expression's. */
function readParenthesisedItems(t: Tokens): ParsedNode[] | undefined {
  const mark = t.mark();
  const items = attempt(() => {
    t.advance();
    const found = readWithItems(t, ")");
    const last = t.source[t.previousEnd - 1];
    t.expect(")");
    if (!t.isOperator(":")) return undefined;
    return found.length > 1 || last === COMMA || found[0]?.namedChildren[0]?.type === "as_pattern" ? found : undefined;
  });
  if (!items) t.reset(mark);
  return items;
}

const COMMA = 44;

/** Undefined, and nothing read, where `match` is a name. */
export function readMatch(reading: Reading): ParsedNode | undefined {
  const { t } = reading;
  const mark = t.mark();
  const { start } = t;
  t.advance();
  const subjects = beginsExpression(t) ? attempt(() => {
    const list = readStarList(t);
    t.expect(":");
    if (t.kind !== Kind.newline) return undefined;
    t.advance();
    if ((t.kind as Kind) !== Kind.indent) return undefined;
    return list.type === "expression_list" ? list.namedChildren : [list];
  }) : undefined;
  if (!subjects) {
    t.reset(mark);
    return undefined;
  }
  const first = t.start;
  t.advance();
  const clauses: ParsedNode[] = [];
  while (t.kind !== Kind.dedent) clauses.push(readCase(reading));
  t.advance();
  const body = new ParsedNode("block", first, clauses.at(-1)?.endIndex ?? first, clauses);
  return new ParsedNode("match_statement", start, body.endIndex, [...subjects, body], { body });
}

function readCase(reading: Reading): ParsedNode {
  const { t } = reading;
  const { start } = t;
  t.expect("case");
  const patterns = readItems(t, ":", (inner) => readPattern(inner));
  if (patterns.length === 0) fail();
  const guards: ParsedNode[] = [];
  if (t.isWord("if")) {
    const from = t.start;
    t.advance();
    const condition = readExpression(t);
    guards.push(new ParsedNode("if_clause", from, t.previousEnd, [condition]));
  }
  const body = readSuite(reading);
  return new ParsedNode("case_clause", start, body.endIndex, [...patterns, ...guards, body]);
}
