/** Reads one import statement from the bytes of a file: the grammar is small enough to need no parse tree. */
import type { Alias, AnyImport, FromStatement, ImportedName, ScopeKind, WrittenName } from "../model/facts.ts";
import type { Span } from "../model/span.ts";
import { Class, classOf, endOfWord, skipBlanks } from "./bytes.ts";
import { isKeyword, namesKeyword } from "./keywords.ts";

const [PAREN_OPEN, PAREN_CLOSE, STAR] = [40, 41, 42];

/**
 * The statement at `span`, whose first word is `import` or `from`, or undefined when it is not well-formed.
 * `lazy` is the span of a `lazy` keyword before it; the statement then starts there.
 */
export function readImport(source: Buffer, span: Span, lazy: Span | undefined, scope: ScopeKind): AnyImport | undefined {
  const afterKeyword = endOfWord(source, span.start);
  const at = skipBlanks(source, afterKeyword, false);
  if (source[span.start] === LOWER_F) {
    const module = readModule(source, at);
    return module && new LazyFrom(source, span, lazy, scope, module.level, module.written);
  }
  const names = readNames(source, at, false, true);
  const last = names?.at(-1);
  return names && last && { start: lazy?.start ?? span.start, lazy, scope, kind: "import", end: last.end, names };
}

const LOWER_F = 102;

/** Most from-imports are decided by their module alone: the names are read when somebody asks. */
class LazyFrom implements FromStatement {
  readonly kind = "from";
  readonly start: number;
  readonly end: number;
  #list: { readonly span: Span; readonly names: readonly ImportedName[]; readonly star: boolean } | undefined;

  constructor(
    private readonly source: Buffer,
    span: Span,
    readonly lazy: Span | undefined,
    readonly scope: ScopeKind,
    readonly level: number,
    readonly module: WrittenName,
  ) {
    this.start = lazy?.start ?? span.start;
    this.end = span.end;
  }

  get names(): readonly ImportedName[] {
    return this.#read().names;
  }

  get star(): boolean {
    return this.#read().star;
  }

  get list(): Span {
    return this.#read().span;
  }

  #read(): { readonly span: Span; readonly names: readonly ImportedName[]; readonly star: boolean } {
    if (this.#list) return this.#list;
    const { source } = this;
    const start = skipBlanks(source, endOfWord(source, skipBlanks(source, this.module.end, false)), false);
    const star = source[start] === STAR;
    const parenthesised = source[start] === PAREN_OPEN;
    const names = star ? [] : (readNames(source, parenthesised ? skipBlanks(source, start + 1, true) : start, parenthesised, false) ?? []);
    return (this.#list = { span: { start, end: this.end }, names, star });
  }
}

function readModule(source: Buffer, at: number): { readonly level: number; readonly written: WrittenName } | undefined {
  let level = 0;
  let i = at;
  let end = at;
  while (classOf[source[i] ?? 0] === Class.dot) {
    level++;
    end = i + 1;
    i = skipBlanks(source, end, false);
  }
  const name = isNameAt(source, i) ? readDotted(source, i, false) : undefined;
  if (name) return { level, written: level === 0 ? name : new DottedName(at, name.end, name.name, () => name.parts) };
  return level > 0 ? { level, written: { start: at, end, name: "", parts: [] } } : undefined;
}

function word(source: Buffer, start: number, end: number): string {
  return source.toString("latin1", start, end);
}

/** Whether a name stands at `at`: no hard keyword, except those that some Python still takes for a name. */
function isNameAt(source: Buffer, at: number): boolean {
  return classOf[source[at] ?? 0] === Class.word && !isKeyword(word(source, at, endOfWord(source, at)));
}

/** The components are looked for when somebody asks: of most names only the text is wanted. */
class DottedName implements WrittenName {
  constructor(
    readonly start: number,
    readonly end: number,
    readonly name: string,
    private readonly find: () => readonly Span[],
  ) {}

  get parts(): readonly Span[] {
    return this.find();
  }
}

/** Of a name without blanks. */
function partsOf(name: string, at: number): Span[] {
  let next = at;
  return name.split(".").map((part) => {
    const start = next;
    next += part.length + 1;
    return { start, end: start + part.length };
  });
}

const plainName = /^(?:[A-Za-z_\x80-\xff][\w\x80-\xff]*\.)*[A-Za-z_\x80-\xff][\w\x80-\xff]*$/;

function readDotted(source: Buffer, at: number, inBrackets: boolean): WrittenName | undefined {
  let plain = at;
  for (let kind = classOf[source[plain] ?? 0]; kind === Class.word || kind === Class.digit || kind === Class.dot; kind = classOf[source[plain] ?? 0]) plain++;
  const whole = word(source, at, plain);
  if (plainName.test(whole) && !namesKeyword(whole) && classOf[source[skipBlanks(source, plain, inBrackets)] ?? 0] !== Class.dot) return new DottedName(at, plain, whole, () => partsOf(whole, at));
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
