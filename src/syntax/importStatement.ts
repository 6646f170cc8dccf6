/** Reads one import statement from the bytes of a file: the grammar is small enough to need no parse tree. */
import type { AnyImport, Alias, ImportedName, ScopeKind, WrittenName } from "../model/facts.ts";
import type { Span } from "../model/span.ts";
import { Class, classOf, endOfWord, skipBlanks } from "./bytes.ts";
import { isKeyword } from "./keywords.ts";

const [PAREN_OPEN, PAREN_CLOSE, STAR] = [40, 41, 42];

/**
 * The statement whose `import` or `from` is at `at`, or undefined when what stands there is no well-formed import.
 * `lazy` is the span of a `lazy` keyword before it; the statement then starts there.
 */
export function readImport(source: Buffer, at: number, lazy: Span | undefined, scope: ScopeKind): AnyImport | undefined {
  const start = lazy?.start ?? at;
  const afterKeyword = endOfWord(source, at);
  const shared = { start, lazy, scope };
  if (word(source, at, afterKeyword) === "import") {
    const names = readNames(source, skipBlanks(source, afterKeyword, false), false, true);
    const last = names?.at(-1);
    return names && last && { ...shared, kind: "import", end: last.end, names };
  }
  const module = readModule(source, skipBlanks(source, afterKeyword, false));
  if (!module) return undefined;
  const importAt = skipBlanks(source, module.written.end, false);
  const afterImport = endOfWord(source, importAt);
  if (word(source, importAt, afterImport) !== "import") return undefined;
  const listAt = skipBlanks(source, afterImport, false);
  const from = { ...shared, kind: "from" as const, level: module.level, module: module.written };
  if (source[listAt] === STAR) return { ...from, end: listAt + 1, names: [], star: true, list: { start: listAt, end: listAt + 1 } };
  const parenthesised = source[listAt] === PAREN_OPEN;
  const names = readNames(source, parenthesised ? skipBlanks(source, listAt + 1, true) : listAt, parenthesised, false);
  const last = names?.at(-1);
  if (!names || !last) return undefined;
  const end = parenthesised ? closingParenthesis(source, last.end) : last.end;
  return end < 0 ? undefined : { ...from, end, names, star: false, list: { start: listAt, end } };
}

function closingParenthesis(source: Buffer, at: number): number {
  let i = skipBlanks(source, at, true);
  if (classOf[source[i] ?? 0] === Class.comma) i = skipBlanks(source, i + 1, true);
  return source[i] === PAREN_CLOSE ? i + 1 : -1;
}

function readModule(source: Buffer, at: number): { readonly level: number; readonly written: WrittenName } | undefined {
  let [level, i, end] = [0, at, at];
  while (classOf[source[i] ?? 0] === Class.dot) {
    level++;
    end = i + 1;
    i = skipBlanks(source, end, false);
  }
  const name = isNameAt(source, i) ? readDotted(source, i, false) : undefined;
  if (name) return { level, written: level === 0 ? name : { ...name, start: at } };
  return level > 0 ? { level, written: { start: at, end, name: "", parts: [] } } : undefined;
}

function word(source: Buffer, start: number, end: number): string {
  return source.toString("latin1", start, end);
}

/** Whether a name stands at `at`: no hard keyword, except those that some Python still takes for a name. */
function isNameAt(source: Buffer, at: number): boolean {
  return classOf[source[at] ?? 0] === Class.word && !isKeyword(word(source, at, endOfWord(source, at)));
}

function readDotted(source: Buffer, at: number, inBrackets: boolean): WrittenName | undefined {
  const parts: Span[] = [];
  let i = at;
  for (;;) {
    if (!isNameAt(source, i)) return undefined;
    const end = endOfWord(source, i);
    parts.push({ start: i, end });
    const next = skipBlanks(source, end, inBrackets);
    if (classOf[source[next] ?? 0] !== Class.dot) {
      return { start: at, end, name: parts.map((part) => word(source, part.start, part.end)).join("."), parts };
    }
    i = skipBlanks(source, next + 1, inBrackets);
  }
}

/** Names with their aliases from `at` on; undefined when malformed. A trailing comma is for parentheses only. */
function readNames(source: Buffer, at: number, inBrackets: boolean, dotted: boolean): ImportedName[] | undefined {
  const names: ImportedName[] = [];
  let i = at;
  while (isNameAt(source, i)) {
    const written = dotted ? readDotted(source, i, inBrackets) : readWord(source, i);
    if (!written) return undefined;
    const alias = readAlias(source, written.end, inBrackets);
    if (alias === null) return undefined;
    const end = alias?.end ?? written.end;
    const next = skipBlanks(source, end, inBrackets);
    const comma = classOf[source[next] ?? 0] === Class.comma ? next : undefined;
    names.push({ start: i, end, written, alias, comma });
    i = next;
    if (comma === undefined) return names;
    i = skipBlanks(source, i + 1, inBrackets);
  }
  return inBrackets && source[i] === PAREN_CLOSE ? names : undefined;
}

function readWord(source: Buffer, at: number): WrittenName {
  const end = endOfWord(source, at);
  return { start: at, end, name: word(source, at, end), parts: [{ start: at, end }] };
}

/** `as x` after `at`; undefined when there is none, null when it is malformed. */
function readAlias(source: Buffer, at: number, inBrackets: boolean): Alias | undefined | null {
  const asAt = skipBlanks(source, at, inBrackets);
  const afterAs = endOfWord(source, asAt);
  if (afterAs === asAt) return undefined;
  if (word(source, asAt, afterAs) !== "as") return null;
  const start = skipBlanks(source, afterAs, inBrackets);
  if (classOf[source[start] ?? 0] !== Class.word) return null;
  const end = endOfWord(source, start);
  return { start, end, name: word(source, start, end) };
}
