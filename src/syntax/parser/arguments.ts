/** Arguments of calls and classes. */
import { isComprehension, readComprehension } from "./comprehensions.ts";
import { readExpression, readItems, readStarred } from "./expressions.ts";
import { ParsedNode } from "./node.ts";
import type { Tokens } from "./tokens.ts";

export function readArguments(t: Tokens): ParsedNode {
  const { start } = t;
  t.advance();
  const items = readItems(t, ")", readArgument);
  const [first] = items;
  if (first && items.length === 1 && isComprehension(t)) return readComprehension(t, "generator_expression", start, first, ")");
  t.expect(")");
  return new ParsedNode("argument_list", start, t.previousEnd, items);
}

export function readArgument(t: Tokens): ParsedNode {
  const { start } = t;
  if (t.accept("**")) {
    const inner = readExpression(t);
    return new ParsedNode("dictionary_splat", start, t.previousEnd, [inner]);
  }
  if (t.isOperator("*")) return readStarred(t);
  const first = readExpression(t);
  if (first.type !== "identifier" || !t.accept("=")) return first;
  const value = readExpression(t);
  return new ParsedNode("keyword_argument", start, t.previousEnd, [first, value], { name: first, value });
}
