/** Byte classes of Python's lexical grammar, as a table: every byte of a file goes through it once. */

export const LF = 10;
export const CR = 13;
export const HASH = 35;
export const BACKSLASH = 92;

export const Class = {
  other: 0,
  /** Letters, underscore and every byte above 127: multi-byte characters can only be part of an identifier, a string or a comment. */
  word: 1,
  digit: 2,
  blank: 3,
  newline: 4,
  quote: 5,
  open: 6,
  close: 7,
  operator: 8,
  hash: 9,
  backslash: 10,
  comma: 11,
  colon: 12,
  semicolon: 13,
  dot: 14,
} as const;

export const classOf: Uint8Array = buildTable();

function buildTable(): Uint8Array {
  const table = new Uint8Array(256);
  const set = (characters: string, value: number): void => {
    for (const character of characters) table[character.charCodeAt(0)] = value;
  };
  set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_", Class.word);
  table.fill(Class.word, 128);
  set("0123456789", Class.digit);
  set(" \t\f", Class.blank);
  set("\n\r", Class.newline);
  set("\"'", Class.quote);
  set("([{", Class.open);
  set(")]}", Class.close);
  set("+-*/%@&|^~<>=!", Class.operator);
  set("#", Class.hash);
  set("\\", Class.backslash);
  set(",", Class.comma);
  set(":", Class.colon);
  set(";", Class.semicolon);
  set(".", Class.dot);
  return table;
}

/** Index after the line end at `at` (LF, CR or CRLF); `at` itself when there is none. */
export function afterNewline(source: Buffer, at: number): number {
  if (source[at] === CR) return source[at + 1] === LF ? at + 2 : at + 1;
  return source[at] === LF ? at + 1 : at;
}

/** Index of the next line end at or after `at`, or the length. In lexical bytes (encoding.ts) a CR stands only before an LF. */
export function endOfLine(source: Buffer, at: number): number {
  // Native search: comments are long, and code that has just been loaded is slow byte by byte.
  const end = source.indexOf(LF, at);
  if (end < 0) return source.length;
  return end > at && source[end - 1] === CR ? end - 1 : end;
}

/** Skips blanks and backslash-newlines; inside brackets newlines and comments too. */
export function skipBlanks(source: Buffer, at: number, inBrackets: boolean): number {
  let i = at;
  for (;;) {
    const kind = classOf[source[i] ?? 0];
    if (kind === Class.blank) i++;
    else if (kind === Class.backslash && classOf[source[i + 1] ?? 0] === Class.newline) i = afterNewline(source, i + 1);
    else if (inBrackets && kind === Class.newline) i++;
    else if (inBrackets && kind === Class.hash) i = endOfLine(source, i);
    else return i;
  }
}

/** Index after the identifier that starts at `at`. */
export function endOfWord(source: Buffer, at: number): number {
  let i = at;
  for (;;) {
    const kind = classOf[source[i] ?? 0];
    if (kind !== Class.word && kind !== Class.digit) return i;
    i++;
  }
}
