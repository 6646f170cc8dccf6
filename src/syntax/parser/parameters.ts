/** Parameters of functions and lambdas. */
import { readExpression, readIdentifier, readItems } from "./expressions.ts";
import { ParsedNode, fail } from "./node.ts";
import type { Tokens } from "./tokens.ts";
import { readType } from "./types.ts";

export function readParameters(t: Tokens): ParsedNode {
  const { start } = t;
  t.expect("(");
  const items = readItems(t, ")", (inner) => readParameter(inner, true));
  t.expect(")");
  return new ParsedNode("parameters", start, t.previousEnd, items);
}

export function readLambdaParameters(t: Tokens): ParsedNode {
  const { start } = t;
  const items = readItems(t, ":", (inner) => readParameter(inner, false));
  return new ParsedNode("lambda_parameters", start, items.at(-1)?.endIndex ?? fail(), items);
}

function readParameter(t: Tokens, typed: boolean): ParsedNode {
  const { start } = t;
  if (t.accept("/")) return new ParsedNode("positional_separator", start, t.previousEnd);
  const stars = t.isOperator("*") || t.isOperator("**") ? t.value : "";
  if (stars !== "") {
    t.advance();
    if (stars === "*" && t.isOperator(",")) return new ParsedNode("keyword_separator", start, t.previousEnd);
  }
  const name = t.isOperator("(") && stars === "" ? readTuple(t) : readIdentifier(t);
  const target = stars === "" ? name : new ParsedNode(stars === "*" ? "list_splat_pattern" : "dictionary_splat_pattern", start, t.previousEnd, [name]);
  const type = typed && t.accept(":") ? readType(t) : undefined;
  if (t.isOperator("=") && stars === "") {
    t.advance();
    const value = readExpression(t);
    if (!type) return new ParsedNode("default_parameter", start, t.previousEnd, [target, value], { name: target, value });
    return new ParsedNode("typed_default_parameter", start, t.previousEnd, [target, type, value], { name: target, type, value });
  }
  return type ? new ParsedNode("typed_parameter", start, t.previousEnd, [target, type], { type }) : target;
}

/** Python 2: `def f(a, (b, c)):` */
function readTuple(t: Tokens): ParsedNode {
  const { start } = t;
  t.expect("(");
  const items = readItems(t, ")", (inner) => (inner.isOperator("(") ? readTuple(inner) : readIdentifier(inner)));
  t.expect(")");
  return new ParsedNode("tuple_pattern", start, t.previousEnd, items);
}
