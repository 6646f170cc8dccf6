/** Annotations and type parameters (PEP 484, PEP 695). The grammar tells `List[int]` in them from a subscript elsewhere, and so does this. */
import { isIdentifier, readExpression, readIdentifier, readItems } from "./expressions.ts";
import { ParsedNode, attempt, fail } from "./node.ts";
import { Kind, type Tokens } from "./tokens.ts";

/** Tokens after which an annotation is over. */
const ends = new Set([",", ")", "]", "=", ":", ";"]);

export function readType(t: Tokens): ParsedNode {
  const { start } = t;
  const wrap = (inner: ParsedNode): ParsedNode => new ParsedNode("type", start, inner.endIndex, [inner]);
  if (t.isOperator("*") || t.isOperator("**")) return wrap(readSplat(t));
  if (beginsGeneric(t)) {
    const mark = t.mark();
    const generic = attempt(() => readGeneric(t));
    if (generic) return wrap(generic);
    t.reset(mark);
  }
  return wrap(readExpression(t));
}

function readSplat(t: Tokens): ParsedNode {
  const { start } = t;
  t.advance();
  const name = readIdentifier(t);
  if (t.isOperator("[") || t.isOperator(".")) fail();
  return new ParsedNode("splat_type", start, t.previousEnd, [name]);
}

/** `List[int]`, and what may follow it in a type: `.member`, `| Set[int] | None`. Once no such name follows, the rest is an expression. */
function readGeneric(t: Tokens): ParsedNode {
  const { start } = t;
  let node = readMember(t);
  while (t.accept("|")) {
    const left = new ParsedNode("type", start, node.endIndex, [node]);
    const next = t.start;
    const generic = beginsGeneric(t);
    const right = generic ? readMember(t) : readExpression(t);
    node = new ParsedNode("union_type", start, t.previousEnd, [left, new ParsedNode("type", next, right.endIndex, [right])]);
    if (!generic) break;
  }
  if (t.kind !== Kind.newline && !(t.kind === Kind.operator && ends.has(t.value))) fail();
  return node;
}

function beginsGeneric(t: Tokens): boolean {
  return isIdentifier(t) && t.byteAfter() === 91;
}

function readMember(t: Tokens): ParsedNode {
  const { start } = t;
  const name = readIdentifier(t);
  const parameters = readTypeArguments(t);
  let node = new ParsedNode("generic_type", start, t.previousEnd, [name, parameters]);
  while (t.accept(".")) {
    const member = readIdentifier(t);
    node = new ParsedNode("member_type", start, t.previousEnd, [new ParsedNode("type", start, node.endIndex, [node]), member]);
  }
  return node;
}

function readTypeArguments(t: Tokens): ParsedNode {
  const { start } = t;
  t.expect("[");
  const types = readItems(t, "]", readType);
  if (types.length === 0) fail();
  t.expect("]");
  return new ParsedNode("type_parameter", start, t.previousEnd, types);
}

/** `[T: bound, *Ts, **P]` of a function, a class or a type alias. Defaults (PEP 696) are left to the grammar. */
export function readTypeParameters(t: Tokens): ParsedNode {
  const { start } = t;
  t.expect("[");
  const types = readItems(t, "]", (inner) => {
    const from = inner.start;
    if (inner.isOperator("*") || inner.isOperator("**")) {
      const splat = readSplat(inner);
      return new ParsedNode("type", from, inner.previousEnd, [splat]);
    }
    const name = readIdentifier(inner);
    if (!inner.accept(":")) return new ParsedNode("type", from, inner.previousEnd, [name]);
    const bound = readType(inner);
    const constrained = new ParsedNode("constrained_type", from, inner.previousEnd, [new ParsedNode("type", from, name.endIndex, [name]), bound]);
    return new ParsedNode("type", from, inner.previousEnd, [constrained]);
  });
  t.expect("]");
  return new ParsedNode("type_parameter", start, t.previousEnd, types);
}
