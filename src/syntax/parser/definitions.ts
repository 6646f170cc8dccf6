/** Functions and classes. */
import { type Reading, readAsync, readSuite } from "./block.ts";
import { readArgument } from "./arguments.ts";
import { readExpression, readIdentifier, readItems } from "./expressions.ts";
import { ParsedNode, fail } from "./node.ts";
import { readParameters } from "./parameters.ts";
import { Kind } from "./tokens.ts";
import { readType, readTypeParameters } from "./types.ts";

export function readDecorated(reading: Reading): ParsedNode {
  const { t } = reading;
  const { start } = t;
  const decorators: ParsedNode[] = [];
  while (t.isOperator("@")) {
    const from = t.start;
    t.advance();
    const expression = readExpression(t);
    decorators.push(new ParsedNode("decorator", from, t.previousEnd, [expression]));
    if (t.kind !== Kind.newline) fail();
    t.advance();
  }
  const definition = t.isWord("def") ? readFunction(reading) : t.isWord("class") ? readClass(reading) : t.isWord("async") ? (readAsync(reading) ?? fail()) : fail();
  return new ParsedNode("decorated_definition", start, definition.endIndex, [...decorators, definition], { definition });
}

export function readFunction(reading: Reading): ParsedNode {
  const { t } = reading;
  const { start } = t;
  t.advance();
  const name = readIdentifier(t);
  const stepped = stepOverHeader(reading);
  if (stepped) return new ParsedNode("function_definition", start, stepped.endIndex, [name, stepped], { name, body: stepped });
  const types = t.isOperator("[") ? readTypeParameters(t) : undefined;
  const parameters = readParameters(t);
  const result = t.accept("->") ? readType(t) : undefined;
  const body = readSuite(reading);
  const children = [name, types, parameters, result, body].filter((child) => child !== undefined);
  return new ParsedNode("function_definition", start, body.endIndex, children, { name, type_parameters: types, parameters, return_type: result, body });
}

/** From the parentheses of a `def` to its body, where there are no strings, which may name modules, and no comments, which may hold anything. */
const plainHeader = /\((?:[^()'"#]|\((?:[^()'"#]|\([^()'"#]*\))*\))*\)[ \t]*(?:->[^:'"#\r\n]*)?:[ \t]*\r?\n[ \t]*/y;

/** The body of a function that is stepped over; nobody looks at its header either (see program.ts). Undefined, and nothing read, elsewhere. */
function stepOverHeader(reading: Reading): ParsedNode | undefined {
  const { t, hidden } = reading;
  if (hidden.size === 0 || !t.isOperator("(")) return undefined;
  plainHeader.lastIndex = t.start;
  if (!plainHeader.test(t.text) || !hidden.has(plainHeader.lastIndex)) return undefined;
  t.depth--;
  t.jump(t.text.lastIndexOf(":", plainHeader.lastIndex));
  return readSuite(reading);
}

export function readClass(reading: Reading): ParsedNode {
  const { t } = reading;
  const { start } = t;
  t.advance();
  const name = readIdentifier(t);
  const types = t.isOperator("[") ? readTypeParameters(t) : undefined;
  let bases: ParsedNode | undefined;
  const from = t.start;
  if (t.accept("(")) {
    const items = readItems(t, ")", readArgument);
    t.expect(")");
    bases = new ParsedNode("argument_list", from, t.previousEnd, items);
  }
  const body = readSuite(reading);
  const children = [name, types, bases, body].filter((child) => child !== undefined);
  return new ParsedNode("class_definition", start, body.endIndex, children, { name, type_parameters: types, superclasses: bases, body });
}
