/** The clauses of comprehensions, and what `for` binds. */
import { readDisjunction, readLambda, readPrimary } from "./expressions.ts";
import { ParsedNode, fail } from "./node.ts";
import { toPattern } from "./targets.ts";
import type { Tokens } from "./tokens.ts";

export function isComprehension(t: Tokens): boolean {
  return t.isWord("for") || t.isWord("async");
}

/** The clauses of a comprehension, and its closing bracket. */
export function readComprehension(t: Tokens, type: string, start: number, body: ParsedNode, close: string): ParsedNode {
  const children = [body];
  while (isComprehension(t)) {
    const clause = t.start;
    t.accept("async");
    t.expect("for");
    const left = readTargets(t);
    t.expect("in");
    const right = [readIterable(t)];
    while (t.accept(",")) if (!t.isWord("for") && !t.isWord("if") && !t.isOperator(close)) right.push(readIterable(t));
    children.push(new ParsedNode("for_in_clause", clause, t.previousEnd, [left, ...right], { left, right }));
    while (t.isWord("if")) {
      const condition = t.start;
      t.advance();
      const test = t.isWord("lambda") ? readLambda(t) : readDisjunction(t);
      if (t.isOperator(":=")) fail();
      children.push(new ParsedNode("if_clause", condition, t.previousEnd, [test]));
    }
  }
  t.expect(close);
  return new ParsedNode(type, start, t.previousEnd, children, { body });
}

function readIterable(t: Tokens): ParsedNode {
  return t.isWord("lambda") ? readLambda(t) : readDisjunction(t);
}

/** What `for` binds, up to `in`. */
export function readTargets(t: Tokens): ParsedNode {
  const { start } = t;
  const one = (inner: Tokens): ParsedNode => {
    const from = inner.start;
    const star = inner.accept("*");
    const target = readPrimary(inner);
    return toPattern(star ? new ParsedNode("list_splat", from, inner.previousEnd, [target]) : target);
  };
  const first = one(t);
  if (!t.isOperator(",")) return first;
  const items = [first];
  while (t.accept(",")) if (!t.isWord("in")) items.push(one(t));
  return new ParsedNode("pattern_list", start, t.previousEnd, items);
}
