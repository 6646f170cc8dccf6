/** Byte classes of Python's lexical grammar. Addresses are those of the file in memory; a zero byte stands behind its end. */

export const OTHER: u8 = 0;
/** Letters, underscore and every byte above 127: multi-byte characters can only be part of an identifier, a string or a comment. */
export const WORD: u8 = 1;
export const DIGIT: u8 = 2;
export const BLANK: u8 = 3;
export const NEWLINE: u8 = 4;
export const QUOTE: u8 = 5;
export const OPEN: u8 = 6;
export const CLOSE: u8 = 7;
export const OPERATOR: u8 = 8;
export const HASH: u8 = 9;
export const BACKSLASH: u8 = 10;
export const COMMA: u8 = 11;
export const COLON: u8 = 12;
export const SEMICOLON: u8 = 13;
export const DOT: u8 = 14;

const table: usize = memory.data(256);

function set(characters: string, value: u8): void {
  for (let i = 0; i < characters.length; i++) store<u8>(table + characters.charCodeAt(i), value);
}

set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_", WORD);
memory.fill(table + 128, WORD, 128);
set("0123456789", DIGIT);
set(" \t\f", BLANK);
set("\n\r", NEWLINE);
set("\"'", QUOTE);
set("([{", OPEN);
set(")]}", CLOSE);
set("+-*/%@&|^~<>=!", OPERATOR);
set("#", HASH);
set("\\", BACKSLASH);
set(",", COMMA);
set(":", COLON);
set(";", SEMICOLON);
set(".", DOT);

// @ts-ignore: decorator
@inline
export function classAt(at: usize): u8 {
  return load<u8>(table + load<u8>(at));
}

// @ts-ignore: decorator
@inline
export function isWordOrDigit(byte: u8): bool {
  const kind = load<u8>(table + byte);
  return kind == WORD || kind == DIGIT;
}

/** After the line end at `at`. */
export function afterNewline(at: usize): usize {
  return load<u8>(at) == 13 && load<u8>(at + 1) == 10 ? at + 2 : at + 1;
}

/** The next line end, or `end`. */
export function endOfLine(at: usize, end: usize): usize {
  while (at < end && load<u8>(at) != 10) at++;
  return at > 0 && at < end && load<u8>(at - 1) == 13 ? at - 1 : at;
}

/** Skips blanks and backslash-newlines; inside brackets newlines and comments too. */
export function skipBlanks(at: usize, end: usize, inBrackets: bool): usize {
  while (at < end) {
    const kind = classAt(at);
    if (kind == BLANK) at++;
    else if (kind == BACKSLASH && classAt(at + 1) == NEWLINE) at = afterNewline(at + 1);
    else if (inBrackets && kind == NEWLINE) at++;
    else if (inBrackets && kind == HASH) at = endOfLine(at, end);
    else return at;
  }
  return end;
}
