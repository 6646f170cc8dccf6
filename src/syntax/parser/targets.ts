/** What an assignment binds: the left side, read as an expression, as the pattern that it turned out to be. */
import { ParsedNode, fail } from "./node.ts";

const patterns = new Map([["tuple", "tuple_pattern"], ["parenthesized_expression", "tuple_pattern"], ["list", "list_pattern"], ["expression_list", "pattern_list"], ["list_splat", "list_splat_pattern"]]);

export function toPattern(node: ParsedNode): ParsedNode {
  if (node.type === "identifier" || node.type === "attribute" || node.type === "subscript") return node;
  const type = patterns.get(node.type) ?? fail();
  return new ParsedNode(type, node.startIndex, node.endIndex, node.namedChildren.map(toPattern));
}
