/** Simple statements. Functions begin at the current token and leave the one behind the statement: `;` or the end of the line. */
import type { AnyImport } from "../../model/facts.ts";
import {
  beginsExpression, isIdentifier, isOperand, readExpression, readIdentifier, readStarList, readYield,
} from "./expressions.ts";
import { ParsedNode, attempt, fail } from "./node.ts";
import { readStrings } from "./strings.ts";
import { toPattern } from "./targets.ts";
import { Kind, type Tokens } from "./tokens.ts";
import { readType, readTypeParameters } from "./types.ts";

/** The import statements that the scanner found, by the offset of their first word, `lazy` included. */
export type Imports = ReadonlyMap<number, AnyImport>;

const augmented = new Set(["+=", "-=", "*=", "/=", "//=", "%=", "**=", "&=", "|=", "^=", ">>=", "<<=", "@="]);

export function readSimpleStatement(t: Tokens, imports: Imports): ParsedNode {
  const { start } = t;
  const node = (type: string, children: readonly ParsedNode[] = [], fields?: Readonly<Record<string, ParsedNode | undefined>>): ParsedNode => new ParsedNode(type, start, t.previousEnd, children, fields);
  const statement = t.kind === Kind.name ? imports.get(start) : undefined;
  if (statement) return readImport(t, statement);
  switch (t.kind === Kind.name ? t.value : "") {
    case "import":
    case "from":
      return fail();
    case "pass":
    case "break":
    case "continue": {
      const type = `${t.value}_statement`;
      t.advance();
      return node(type);
    }
    case "return": {
      t.advance();
      const value = beginsExpression(t) ? [readStarList(t)] : [];
      return node("return_statement", value);
    }
    case "raise": {
      t.advance();
      const value = beginsExpression(t) ? [readStarList(t)] : [];
      const cause = t.accept("from") ? readExpression(t) : undefined;
      return node("raise_statement", cause ? [...value, cause] : value, { cause });
    }
    case "del": {
      t.advance();
      const value = readStarList(t);
      return node("delete_statement", [value]);
    }
    case "assert": {
      t.advance();
      const parts = [readExpression(t)];
      if (t.accept(",")) parts.push(readExpression(t));
      return node("assert_statement", parts);
    }
    case "global":
    case "nonlocal": {
      const type = `${t.value}_statement`;
      t.advance();
      const names = [readIdentifier(t)];
      while (t.accept(",")) names.push(readIdentifier(t));
      return node(type, names);
    }
    case "print":
    case "exec":
    case "type":
      return readSoft(t) ?? readExpressionStatement(t);
    default:
      return readExpressionStatement(t);
  }
}

function endsStatement(t: Tokens): boolean {
  return t.kind === Kind.newline || t.isOperator(";");
}

/** Statements whose first word is a name elsewhere; undefined, and nothing read, where this is an expression. */
function readSoft(t: Tokens): ParsedNode | undefined {
  const { value } = t;
  const mark = t.mark();
  if (value === "type") {
    t.advance();
    if (isIdentifier(t)) return readTypeAlias(t, mark.start);
    t.reset(mark);
    return undefined;
  }
  t.advance();
  const shift = value === "print" && t.isOperator(">>");
  const operand = isOperand(t) || t.isWord("lambda") || (t.isWord("not") && !/^not\s+in\b/.test(t.text.slice(t.start, t.start + 20)));
  if (shift || operand || t.isOperator("{") || t.isOperator("~") || t.isOperator("`")) return value === "print" ? readPrint(t, mark.start) : readExec(t, mark.start);
  t.reset(mark);
  const expression = attempt(() => {
    const whole = readExpressionStatement(t);
    return endsStatement(t) ? whole : undefined;
  });
  if (expression) return expression;
  t.reset(mark);
  t.advance();
  return value === "print" && beginsExpression(t) ? readPrint(t, mark.start) : fail();
}

function readPrint(t: Tokens, start: number): ParsedNode {
  const parts: ParsedNode[] = [];
  const shift = t.start;
  if (t.accept(">>")) {
    const file = readExpression(t);
    parts.push(new ParsedNode("chevron", shift, t.previousEnd, [file]));
  } else parts.push(readExpression(t));
  while (t.accept(",")) if (!endsStatement(t)) parts.push(readExpression(t));
  return new ParsedNode("print_statement", start, t.previousEnd, parts);
}

function readExec(t: Tokens, start: number): ParsedNode {
  // The grammar takes a name or one literal, and no operator after it.
  const code = t.kind === Kind.string ? readStrings(t) : readIdentifier(t);
  if (code.type === "concatenated_string") fail();
  const parts = [code];
  if (t.accept("in")) {
    parts.push(readExpression(t));
    while (t.accept(",")) parts.push(readExpression(t));
  }
  if (!endsStatement(t)) fail();
  return new ParsedNode("exec_statement", start, t.previousEnd, parts, { code });
}

function readTypeAlias(t: Tokens, start: number): ParsedNode {
  const from = t.start;
  const name = readIdentifier(t);
  let inner = name;
  if (t.isOperator("[")) {
    const parameters = readTypeParameters(t);
    inner = new ParsedNode("generic_type", from, t.previousEnd, [name, parameters]);
  }
  const left = new ParsedNode("type", from, t.previousEnd, [inner]);
  t.expect("=");
  const right = readType(t);
  return new ParsedNode("type_alias_statement", start, t.previousEnd, [left, right], { left, right });
}

function readExpressionStatement(t: Tokens): ParsedNode {
  const { start } = t;
  const node = (children: readonly ParsedNode[]): ParsedNode => new ParsedNode("expression_statement", start, t.previousEnd, children);
  if (t.isWord("yield")) {
    const inner = readYield(t);
    return node([inner]);
  }
  const left = readStarList(t);
  if (endsStatement(t)) return node(left.type === "expression_list" ? left.namedChildren : [left]);
  if (t.kind === Kind.operator && augmented.has(t.value)) {
    const target = toPattern(left);
    t.advance();
    const right = t.isWord("yield") ? readYield(t) : readStarList(t);
    return node([new ParsedNode("augmented_assignment", start, t.previousEnd, [target, right], { left: target, right })]);
  }
  const assignment = readAssignment(t, left);
  return node([assignment]);
}

/** `= value`, `: type = value`, and `= target = value` after the target `left`. */
function readAssignment(t: Tokens, left: ParsedNode): ParsedNode {
  const { startIndex: start } = left;
  const target = toPattern(left);
  const type = t.accept(":") ? readType(t) : undefined;
  const right = t.accept("=") ? readValue(t) : undefined;
  if (!type && !right) fail();
  return new ParsedNode("assignment", start, t.previousEnd, [target, ...(type ? [type] : []), ...(right ? [right] : [])], { left: target, type, right });
}

function readValue(t: Tokens): ParsedNode {
  if (t.isWord("yield")) return readYield(t);
  const value = readStarList(t);
  return t.isOperator("=") ? readAssignment(t, value) : value;
}

/** The scanner has read it: program.ts asks for its place only. */
function readImport(t: Tokens, statement: AnyImport): ParsedNode {
  const start = statement.lazy?.end ?? statement.start;
  t.jump(statement.end);
  if (statement.kind === "import") return new ParsedNode("import_statement", start, statement.end);
  if (statement.level > 0 || statement.module.name !== "__future__") return new ParsedNode("import_from_statement", start, statement.end);
  const names = statement.names.map(({ start: from, end, written, alias }) => {
    const name = new ParsedNode("dotted_name", written.start, written.end, [new ParsedNode("identifier", written.start, written.end)]);
    return alias ? new ParsedNode("aliased_import", from, end, [name, new ParsedNode("identifier", alias.start, alias.end)]) : name;
  });
  return new ParsedNode("future_import_statement", start, statement.end, names);
}
