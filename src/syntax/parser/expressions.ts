/** Expressions, by the precedence of their operators. Functions begin at the current token and leave the first one behind the expression. */
import { isKeyword } from "../keywords.ts";
import { readArguments } from "./arguments.ts";
import { readAtom } from "./atoms.ts";
import { OperatorNode, ParsedNode, fail } from "./node.ts";
import { readLambdaParameters } from "./parameters.ts";
import { Kind, type Tokens } from "./tokens.ts";

type Reader = (t: Tokens) => ParsedNode;

const precedence = new Map([["|", 1], ["^", 2], ["&", 3], ["<<", 4], [">>", 4], ["+", 5], ["-", 5], ["*", 6], ["/", 6], ["//", 6], ["%", 6], ["@", 6]]);

/** What most often stands behind an expression, and never continues one. */
const closing = new Set([",", ")", "]", "}", ":", "=", ";"]);
const comparing = new Set(["<", ">", "<=", ">=", "==", "!=", "<>"]);

export const constants = new Map([["True", "true"], ["False", "false"], ["None", "none"]]);

/** Whether the current token may begin an operand: no operator, and no keyword. */
export function isOperand(t: Tokens): boolean {
  return t.kind === Kind.number || t.kind === Kind.string || isIdentifier(t) || (t.kind === Kind.name && constants.has(t.value));
}

/** A name, soft keywords and those of other Pythons included. */
export function isIdentifier(t: Tokens): boolean {
  return t.kind === Kind.name && !isKeyword(t.value) && !constants.has(t.value) && t.value !== "nonlocal";
}

export function readIdentifier(t: Tokens): ParsedNode {
  if (!isIdentifier(t)) fail();
  const node = new ParsedNode("identifier", t.start, t.end);
  t.advance();
  return node;
}

/** An expression, or `name := value` (PEP 572). */
export function readExpression(t: Tokens): ParsedNode {
  const { start } = t;
  const expression = readLambdaOrConditional(t);
  if (!t.isOperator(":=")) return expression;
  if (expression.type !== "identifier") fail();
  t.advance();
  const value = readLambdaOrConditional(t);
  return new ParsedNode("named_expression", start, t.previousEnd, [expression, value], { name: expression, value });
}

export function readLambdaOrConditional(t: Tokens): ParsedNode {
  if (t.isWord("lambda")) return readLambda(t);
  const { start } = t;
  // Most expressions are one operand: the operators' functions are not asked one after the other.
  const operand = beginsPrimary(t) ? readPrimary(t) : undefined;
  if (operand && (t.kind === Kind.newline || (t.kind === Kind.operator && closing.has(t.value)))) return operand;
  const then = readDisjunction(t, operand);
  if (!t.accept("if")) return then;
  const condition = readDisjunction(t);
  t.expect("else");
  const otherwise = readLambdaOrConditional(t);
  return new ParsedNode("conditional_expression", start, t.previousEnd, [then, condition, otherwise]);
}

export function readLambda(t: Tokens): ParsedNode {
  const { start } = t;
  t.advance();
  const parameters = t.isOperator(":") ? undefined : readLambdaParameters(t);
  t.expect(":");
  const body = readLambdaOrConditional(t);
  return new ParsedNode("lambda", start, t.previousEnd, parameters ? [parameters, body] : [body], { parameters, body });
}

function beginsPrimary(t: Tokens): boolean {
  if (t.kind === Kind.operator) return t.value === "(" || t.value === "[" || t.value === "{";
  return t.kind === Kind.string || t.kind === Kind.number || (t.kind === Kind.name && t.value !== "not" && t.value !== "await");
}

/** `first`, here and below, is the first operand where it has been read already. */
export function readDisjunction(t: Tokens, first?: ParsedNode): ParsedNode {
  return readBoolean(t, "or", readConjunction, first);
}

function readConjunction(t: Tokens, first?: ParsedNode): ParsedNode {
  return readBoolean(t, "and", readNegation, first);
}

function readBoolean(t: Tokens, word: string, part: (t: Tokens, first?: ParsedNode) => ParsedNode, first: ParsedNode | undefined): ParsedNode {
  const start = first?.startIndex ?? t.start;
  let left = part(t, first);
  while (t.accept(word)) {
    const right = part(t);
    left = new ParsedNode("boolean_operator", start, t.previousEnd, [left, right], { left, right });
  }
  return left;
}

function readNegation(t: Tokens, first?: ParsedNode): ParsedNode {
  const { start } = t;
  if (first || !t.accept("not")) return readComparison(t, first);
  const argument = readNegation(t);
  return new ParsedNode("not_operator", start, t.previousEnd, [argument], { argument });
}

function readComparison(t: Tokens, first: ParsedNode | undefined): ParsedNode {
  const start = first?.startIndex ?? t.start;
  const left = readBinary(t, 1, first);
  let operator = comparisonOperator(t);
  if (!operator) return left;
  const operands = [left];
  const children: ParsedNode[] = [left];
  for (; operator; operator = comparisonOperator(t)) {
    const operand = readBinary(t, 1);
    operands.push(operand);
    children.push(operator, operand);
  }
  return new ParsedNode("comparison_operator", start, t.previousEnd, operands, undefined, children);
}

function comparisonOperator(t: Tokens): ParsedNode | undefined {
  const { start, value } = t;
  if (t.kind === Kind.operator) {
    if (!comparing.has(value)) return undefined;
    t.advance();
    return new OperatorNode(value, start, t.previousEnd);
  }
  if (t.kind !== Kind.name) return undefined;
  if (t.accept("in")) return new OperatorNode("in", start, t.previousEnd);
  if (t.accept("is")) return new OperatorNode(t.accept("not") ? "is not" : "is", start, t.previousEnd);
  if (!t.accept("not")) return undefined;
  t.expect("in");
  return new OperatorNode("not in", start, t.previousEnd);
}

/** Operands and operators of at least `least` (see `precedence`). */
/** Each is a level of the tree: with more of them whoever walks it would run out of stack, some threads before others. */
const MOST_OPERANDS = 1000;

function readBinary(t: Tokens, least: number, first?: ParsedNode): ParsedNode {
  const start = first?.startIndex ?? t.start;
  let left = first ? readPower(t, first) : readUnary(t);
  for (let operands = 1; ; operands++) {
    if (operands > MOST_OPERANDS) throw new RangeError(`more than ${MOST_OPERANDS} operands in a row`);
    const rank = t.kind === Kind.operator ? precedence.get(t.value) : undefined;
    if (rank === undefined || rank < least) return left;
    const operator = new OperatorNode(t.value, t.start, t.end);
    t.advance();
    const right = readBinary(t, rank + 1);
    left = new ParsedNode("binary_operator", start, t.previousEnd, [left, right], { left, right, operator });
  }
}

function readUnary(t: Tokens): ParsedNode {
  const { start } = t;
  if (t.kind === Kind.operator && (t.value === "-" || t.value === "+" || t.value === "~")) {
    t.advance();
    const argument = readUnary(t);
    return new ParsedNode("unary_operator", start, t.previousEnd, [argument], { argument });
  }
  if (t.isWord("await") && isAwait(t)) {
    t.advance();
    const argument = readUnary(t);
    return new ParsedNode("await", start, t.previousEnd, [argument]);
  }
  return readPower(t, readPrimary(t));
}

function readPower(t: Tokens, left: ParsedNode): ParsedNode {
  const { startIndex: start } = left;
  if (!t.isOperator("**")) return left;
  const operator = new OperatorNode("**", t.start, t.end);
  t.advance();
  const right = readUnary(t);
  return new ParsedNode("binary_operator", start, t.previousEnd, [left, right], { left, right, operator });
}

/** In old Pythons `await` is a name. */
function isAwait(t: Tokens): boolean {
  const mark = t.mark();
  t.advance();
  const operand = isOperand(t) || (t.kind === Kind.operator && ["(", "[", "{", "-", "+", "~", "..."].includes(t.value));
  t.reset(mark);
  return operand;
}

export function readPrimary(t: Tokens): ParsedNode {
  const { start } = t;
  let node = readAtom(t);
  for (;;) {
    if (t.kind !== Kind.operator) return node;
    if (t.value === ".") {
      t.advance();
      const attribute = readIdentifier(t);
      node = new ParsedNode("attribute", start, t.previousEnd, [node, attribute], { object: node, attribute });
    } else if (t.value === "(") {
      const list = readArguments(t);
      node = new ParsedNode("call", start, t.previousEnd, [node, list], { function: node, arguments: list });
    } else if (t.value === "[") {
      t.advance();
      const subscript = readItems(t, "]", readIndex);
      if (subscript.length === 0) fail();
      t.expect("]");
      node = new ParsedNode("subscript", start, t.previousEnd, [node, ...subscript], { value: node, subscript });
    } else return node;
  }
}

/** Items with commas between them up to `close`, which stays. */
export function readItems(t: Tokens, close: string, item: Reader): ParsedNode[] {
  const items: ParsedNode[] = [];
  while (!t.isOperator(close)) {
    items.push(item(t));
    if (!t.accept(",")) break;
  }
  return items;
}

function readIndex(t: Tokens): ParsedNode {
  const { start } = t;
  const first = t.isOperator(":") ? undefined : readStarred(t);
  if (!t.isOperator(":")) return first ?? fail();
  const parts = first ? [first] : [];
  while (t.accept(":")) if (!t.isOperator(":") && !t.isOperator(",") && !t.isOperator("]")) parts.push(readExpression(t));
  return new ParsedNode("slice", start, t.previousEnd, parts);
}

/** An expression, perhaps with a star before it. */
export function readStarred(t: Tokens): ParsedNode {
  const { start } = t;
  if (!t.accept("*")) return readExpression(t);
  const inner = readLambdaOrConditional(t);
  return new ParsedNode("list_splat", start, t.previousEnd, [inner]);
}

/** `a`, or `a, b` as one node; a comma may end it. */
export function readStarList(t: Tokens, item: Reader = readExpression): ParsedNode {
  const { start } = t;
  const one: Reader = (inner) => (inner.isOperator("*") ? readStarred(inner) : item(inner));
  const first = one(t);
  if (!t.isOperator(",")) return first;
  const items = [first];
  while (t.accept(",")) {
    if (!beginsExpression(t)) break;
    items.push(one(t));
  }
  return new ParsedNode("expression_list", start, t.previousEnd, items);
}

export function beginsExpression(t: Tokens): boolean {
  if (t.kind === Kind.operator) return ["(", "[", "{", "-", "+", "~", "*", "`", "..."].includes(t.value);
  return isOperand(t) || t.isWord("not") || t.isWord("lambda");
}

export function readYield(t: Tokens): ParsedNode {
  const { start } = t;
  t.expect("yield");
  const inner = t.accept("from") ? readExpression(t) : beginsExpression(t) ? readStarList(t) : undefined;
  return new ParsedNode("yield", start, t.previousEnd, inner ? [inner] : []);
}
