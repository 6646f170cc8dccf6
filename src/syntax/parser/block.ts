/** Statements in their blocks, and the whole file. Bodies of functions that were not asked for are stepped over. */
import { readFor, readIf, readMatch, readTry, readWhile, readWith } from "./compound.ts";
import { readClass, readDecorated, readFunction } from "./definitions.ts";
import { ParsedNode, fail } from "./node.ts";
import { type Imports, readSimpleStatement } from "./statements.ts";
import { Kind, type Tokens } from "./tokens.ts";

export interface Reading {
  readonly t: Tokens;
  readonly imports: Imports;
  /** Ends of the bodies to step over, by their starts; each is a line end. */
  readonly hidden: ReadonlyMap<number, number>;
}

export function readModule(reading: Reading): ParsedNode {
  const { t } = reading;
  t.advance();
  const statements: ParsedNode[] = [];
  while (t.kind !== Kind.end) readStatement(reading, statements);
  return new ParsedNode("module", 0, t.source.length, statements);
}

function readStatement(reading: Reading, into: ParsedNode[]): void {
  const compound = readCompound(reading);
  if (compound) into.push(compound);
  else readLine(reading, into);
}

function readLine({ t, imports }: Reading, into: ParsedNode[]): void {
  do into.push(readSimpleStatement(t, imports));
  while (t.accept(";") && (t.kind as Kind) !== Kind.newline);
  if (t.kind !== Kind.newline) fail();
  t.advance();
}

/** Undefined where no compound statement begins. */
function readCompound(reading: Reading): ParsedNode | undefined {
  const { t } = reading;
  if (t.isOperator("@")) return readDecorated(reading);
  if (t.kind !== Kind.name) return undefined;
  switch (t.value) {
    case "if":
      return readIf(reading, "if_statement");
    case "while":
      return readWhile(reading);
    case "for":
      return readFor(reading);
    case "try":
      return readTry(reading);
    case "with":
      return readWith(reading);
    case "def":
      return readFunction(reading);
    case "class":
      return readClass(reading);
    case "async":
      return readAsync(reading);
    case "match":
      return readMatch(reading);
    default:
      return undefined;
  }
}

export function readAsync(reading: Reading): ParsedNode | undefined {
  const { t } = reading;
  const mark = t.mark();
  t.advance();
  if (t.isWord("def")) return readFunction(reading);
  if (t.isWord("for")) return readFor(reading);
  if (t.isWord("with")) return readWith(reading);
  t.reset(mark);
  return undefined;
}

/** `: suite` */
export function readSuite(reading: Reading): ParsedNode {
  const { t } = reading;
  t.expect(":");
  const statements: ParsedNode[] = [];
  const first = t.start;
  if (t.kind !== Kind.newline) {
    readLine(reading, statements);
    return new ParsedNode("block", first, statements.at(-1)?.endIndex ?? first, statements);
  }
  t.advance();
  if ((t.kind as Kind) !== Kind.indent) fail();
  const { start } = t;
  const end = reading.hidden.get(start);
  if (end !== undefined) {
    t.jump(end);
    if ((t.kind as Kind) !== Kind.newline) fail();
    statements.push(new ParsedNode("expression_statement", start, start + 1, [new ParsedNode("integer", start, start + 1)]));
  }
  t.advance();
  while ((t.kind as Kind) !== Kind.dedent) readStatement(reading, statements);
  t.advance();
  return new ParsedNode("block", start, statements.at(-1)?.endIndex ?? start, statements);
}
