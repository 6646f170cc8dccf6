/** Python's tokens, one at a time. Whatever is no token ends the attempt (`fail`): the grammar has the last word. */
import { BACKSLASH, Class, HASH, LF, CR, afterNewline, classOf, endOfLine, endOfWord, skipBlanks } from "../bytes.ts";
import { fail } from "./node.ts";

export const Kind = { end: 0, name: 1, number: 2, string: 3, operator: 4, newline: 5, indent: 6, dedent: 7 } as const;
export type Kind = (typeof Kind)[keyof typeof Kind];

const long = new Set(["**=", "//=", ">>=", "<<=", "...", "**", "//", ">>", "<<", "<=", ">=", "==", "!=", "<>", "->", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "@=", ":="]);
const prefixes = /^(?:[bruft]|br|rb|ur|fr|rf|tr|rt)$/i;
const hexadecimal = /0[xX][\da-fA-F_]+[lL]?|0[oO][0-7_]+[lL]?|0[bB][01_]+[lL]?/y;
const float = /(?:(?:\d[\d_]*)?\.\d[\d_]*(?:[eE][+-]?\d[\d_]*)?|\d[\d_]*\.(?:[eE][+-]?\d[\d_]*)?|\d[\d_]*[eE][+-]?\d[\d_]*)[jJ]?/y;
const integer = /\d[\d_]*[jJlL]?/y;

const [TAB, FORM_FEED] = [9, 12];

export interface Mark {
  readonly at: number;
  readonly kind: Kind;
  readonly start: number;
  readonly end: number;
  readonly previousEnd: number;
  readonly value: string;
  readonly depth: number;
  readonly indents: readonly number[];
  readonly dedents: number;
  readonly lineStart: boolean;
}

export class Tokens {
  readonly text: string;
  kind: Kind = Kind.newline;
  start = 0;
  /** After the token; of a string after its opening quotes. */
  end = 0;
  previousEnd = 0;
  /** The word of a name, the characters of an operator, `integer` or `float` for a number. */
  value = "";
  /** Open brackets: in them line ends are blanks. */
  depth = 0;
  private indents: number[] = [0];
  private dedents = 0;
  private lineStart = true;

  constructor(readonly source: Buffer) {
    this.text = source.toString("latin1");
    if (source[0] === 0xef && source[1] === 0xbb && source[2] === 0xbf) this.end = 3;
  }

  mark(): Mark {
    const { kind, start, end, previousEnd, value, depth, dedents, lineStart } = this;
    return { at: end, kind, start, end, previousEnd, value, depth, indents: [...this.indents], dedents, lineStart };
  }

  reset(mark: Mark): void {
    this.kind = mark.kind;
    this.start = mark.start;
    this.end = mark.end;
    this.previousEnd = mark.previousEnd;
    this.value = mark.value;
    this.depth = mark.depth;
    this.indents = [...mark.indents];
    this.dedents = mark.dedents;
    this.lineStart = mark.lineStart;
  }

  /** The next token is the first one at or after `at`, which `previousEnd` then is. */
  jump(at: number): void {
    this.end = at;
    this.advance();
  }

  /** The first byte after the current token that is no blank; 0 at the end. */
  byteAfter(): number {
    return this.source[skipBlanks(this.source, this.end, this.depth > 0)] ?? 0;
  }

  isOperator(value: string): boolean {
    return this.kind === Kind.operator && this.value === value;
  }

  isWord(value: string): boolean {
    return this.kind === Kind.name && this.value === value;
  }

  /** Goes on after an operator or word that has to be there. */
  expect(value: string): void {
    if ((this.kind !== Kind.operator && this.kind !== Kind.name) || this.value !== value) fail();
    this.advance();
  }

  /** Goes on after an operator or word if it is there. */
  accept(value: string): boolean {
    if ((this.kind !== Kind.operator && this.kind !== Kind.name) || this.value !== value) return false;
    this.advance();
    return true;
  }

  advance(): void {
    this.previousEnd = this.end;
    const { source } = this;
    if (this.dedents > 0) return this.dedent();
    if (this.lineStart && this.depth === 0) {
      if (this.enterLine()) return;
    }
    let at = this.end;
    if (source[at] === 32) at++;
    const first = classOf[source[at] ?? 0];
    if (first !== Class.word && first !== Class.open && first !== Class.close) at = skipBlanks(source, at, this.depth > 0);
    const byte = source[at];
    this.start = at;
    if (byte === undefined) return this.atEnd();
    switch (classOf[byte]) {
      case Class.word: {
        const end = endOfWord(source, at);
        const value = this.text.slice(at, end);
        if (classOf[source[end] ?? 0] === Class.quote && prefixes.test(value)) return this.string(end);
        return this.token(Kind.name, end, value);
      }
      case Class.digit:
        return this.number(at);
      case Class.quote:
        return this.string(at);
      case Class.hash:
        return this.newline(endOfLine(source, at));
      case Class.newline:
        return this.newline(at);
      case Class.open:
        if (++this.depth > 150) fail();
        return this.token(Kind.operator, at + 1, this.text.charAt(at));
      case Class.close:
        if (--this.depth < 0) fail();
        return this.token(Kind.operator, at + 1, this.text.charAt(at));
      case Class.dot:
        if (classOf[source[at + 1] ?? 0] === Class.digit) return this.number(at);
        break;
      case Class.operator:
      case Class.colon:
        break;
      case Class.comma:
      case Class.semicolon:
        return this.token(Kind.operator, at + 1, this.text.charAt(at));
      default:
        // Python 2's repr
        if (byte !== 96) fail();
    }
    const next = classOf[source[at + 1] ?? 0];
    for (let length = next === Class.operator || next === Class.dot ? 3 : 1; length > 1; length--) {
      const value = this.text.slice(at, at + length);
      if (long.has(value)) return this.token(Kind.operator, at + length, value);
    }
    this.token(Kind.operator, at + 1, this.text.charAt(at));
  }

  private token(kind: Kind, end: number, value: string): void {
    this.kind = kind;
    this.end = end;
    this.value = value;
  }

  private string(quote: number): void {
    const { source } = this;
    const triple = source[quote + 1] === source[quote] && source[quote + 2] === source[quote];
    this.token(Kind.string, quote + (triple ? 3 : 1), "");
  }

  private number(at: number): void {
    for (const [pattern, value] of [[hexadecimal, "integer"], [float, "float"], [integer, "integer"]] as const) {
      pattern.lastIndex = at;
      if (pattern.test(this.text)) return this.token(Kind.number, pattern.lastIndex, value);
    }
    fail();
  }

  private newline(at: number): void {
    this.start = at;
    if (at >= this.source.length) return this.atEnd();
    this.lineStart = true;
    this.token(Kind.newline, afterNewline(this.source, at), "");
  }

  /** The last line may lack its line end. */
  private atEnd(): void {
    this.start = this.source.length;
    if (this.depth > 0) fail();
    if (!this.lineStart) {
      this.lineStart = true;
      return this.token(Kind.newline, this.source.length, "");
    }
    this.dedents = this.indents.length - 1;
    this.indents = [0];
    if (this.dedents > 0) return this.dedent();
    this.token(Kind.end, this.source.length, "");
  }

  private dedent(): void {
    this.dedents--;
    this.token(Kind.dedent, this.end, "");
  }

  /** At the start of a logical line: skips empty ones; true where the token is the change of its indentation. */
  private enterLine(): boolean {
    const { source } = this;
    let at = this.end;
    let column = 0;
    for (;;) {
      const byte = source[at];
      if (byte === 32) column++;
      else if (byte === TAB) column = (column | 7) + 1;
      else if (byte === FORM_FEED) column = 0;
      else if (byte === LF || byte === CR || byte === HASH) {
        at = afterNewline(source, endOfLine(source, at));
        column = 0;
        continue;
      } else if (byte === BACKSLASH) fail();
      else break;
      at++;
    }
    if (at >= source.length) {
      this.end = source.length;
      this.atEnd();
      return true;
    }
    this.lineStart = false;
    this.start = this.end = at;
    const current = this.indents.at(-1) ?? 0;
    if (column === current) return false;
    if (column > current) {
      this.indents.push(column);
      this.token(Kind.indent, at, "");
      return true;
    }
    while (column < (this.indents.at(-1) ?? 0)) {
      this.indents.pop();
      this.dedents++;
    }
    if (column !== this.indents.at(-1)) fail();
    this.dedent();
    return true;
  }
}
