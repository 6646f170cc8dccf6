/** Names, literals, and what stands in brackets. */
import { isComprehension, readComprehension } from "./comprehensions.ts";
import { constants, readExpression, readIdentifier, readItems, readStarList, readStarred, readYield } from "./expressions.ts";
import { ParsedNode, fail } from "./node.ts";
import { readStrings } from "./strings.ts";
import { Kind, type Tokens } from "./tokens.ts";

export function readAtom(t: Tokens): ParsedNode {
  const { start, value } = t;
  switch (t.kind) {
    case Kind.name: {
      const constant = constants.get(value);
      if (constant === undefined) return readIdentifier(t);
      t.advance();
      return new ParsedNode(constant, start, t.previousEnd);
    }
    case Kind.number:
      t.advance();
      return new ParsedNode(value, start, t.previousEnd);
    case Kind.string:
      return readStrings(t);
    case Kind.operator:
      if (value === "(") return readParenthesis(t);
      if (value === "[") return readList(t);
      if (value === "{") return readBraces(t);
      if (value === "...") {
        t.advance();
        return new ParsedNode("ellipsis", start, t.previousEnd);
      }
      if (value === "`") return readRepr(t);
  }
  return fail();
}

/** Python 2's `x`: repr(x), as a parenthesis is one. */
function readRepr(t: Tokens): ParsedNode {
  const { start } = t;
  t.advance();
  const inner = readStarList(t);
  t.expect("`");
  return inner.type === "expression_list" ? new ParsedNode("tuple", start, t.previousEnd, inner.namedChildren) : new ParsedNode("parenthesized_expression", start, t.previousEnd, [inner]);
}

function readParenthesis(t: Tokens): ParsedNode {
  const { start } = t;
  t.advance();
  if (t.isWord("yield")) {
    const inner = readYield(t);
    t.expect(")");
    return new ParsedNode("parenthesized_expression", start, t.previousEnd, [inner]);
  }
  if (t.accept(")")) return new ParsedNode("tuple", start, t.previousEnd);
  const first = readStarred(t);
  if (isComprehension(t)) return readComprehension(t, "generator_expression", start, first, ")");
  if (t.accept(")")) return first.type === "list_splat" ? fail() : new ParsedNode("parenthesized_expression", start, t.previousEnd, [first]);
  t.expect(",");
  const items = [first, ...readItems(t, ")", readStarred)];
  t.expect(")");
  return new ParsedNode("tuple", start, t.previousEnd, items);
}

function readList(t: Tokens): ParsedNode {
  const { start } = t;
  t.advance();
  const items = readItems(t, "]", readStarred);
  const [first] = items;
  if (first && items.length === 1 && isComprehension(t)) return readComprehension(t, "list_comprehension", start, first, "]");
  t.expect("]");
  return new ParsedNode("list", start, t.previousEnd, items);
}

function readBraces(t: Tokens): ParsedNode {
  const { start } = t;
  t.advance();
  const items = readItems(t, "}", readEntry);
  const [first] = items;
  const mapping = !first || first.type === "pair" || first.type === "dictionary_splat";
  if (items.some((item) => (item.type === "pair" || item.type === "dictionary_splat") !== mapping)) fail();
  if (first && items.length === 1 && isComprehension(t)) return readComprehension(t, first.type === "pair" ? "dictionary_comprehension" : "set_comprehension", start, first, "}");
  t.expect("}");
  return new ParsedNode(mapping ? "dictionary" : "set", start, t.previousEnd, items);
}

function readEntry(t: Tokens): ParsedNode {
  const { start } = t;
  if (t.accept("**")) {
    const inner = readExpression(t);
    return new ParsedNode("dictionary_splat", start, t.previousEnd, [inner]);
  }
  const key = readStarred(t);
  if (!t.accept(":")) return key;
  const value = readExpression(t);
  return new ParsedNode("pair", start, t.previousEnd, [key, value], { key, value });
}
