/**
 * Finds the end of a string literal. In f- and t-strings (PEP 498, 750) a replacement field is Python code in which
 * any quote may stand again (PEP 701); what older Pythons accept is a subset of that. 0 stands for "it does not end".
 */
import { CLOSE, COLON, HASH, NEWLINE, OPEN, QUOTE, WORD, classAt, endOfLine } from "./bytes";
import { endOfWord } from "./keywords";
import { SEEN_WORD, TEXT_AT, noteInterest, offset, record } from "./report";
import { NAME, NAMESPACE, NAME_ONLY, NUMBER_SHIFT, hashOf, interestAt, interestOf } from "./words";

export const RAW: i32 = 1;
export const FORMAT: i32 = 2;

/** RAW and FORMAT of the prefix spelled by [start, end), or -1 when it is none. */
export function stringPrefix(start: usize, end: usize): i32 {
  if (end - start > 2) return -1;
  let found = 0;
  for (let i = start; i < end; i++) {
    const letter = load<u8>(i) | 32;
    if (letter == 114) found |= RAW;
    else if (letter == 102 || letter == 116) found |= FORMAT;
    else if (letter != 98 && letter != 117) return -1;
  }
  return found;
}

/** After the string whose opening quote is at `at`, or 0. */
export function endOfString(at: usize, end: usize, prefix: i32): usize {
  const quote = load<u8>(at);
  const triple = load<u8>(at + 1) == quote && load<u8>(at + 2) == quote;
  if (!triple && load<u8>(at + 1) == quote) return at + 2;
  const format = (prefix & FORMAT) != 0;
  let i = at + (triple ? 3 : 1);
  while (i < end) {
    const byte = load<u8>(i);
    if (byte == quote) {
      if (!triple) return i + 1;
      if (load<u8>(i + 1) == quote && load<u8>(i + 2) == quote) return i + 3;
      i++;
    } else if (byte == 92) {
      if (format && load<u8>(i + 1) == 123) i++; // `\{` starts a field
      else if (format && !(prefix & RAW) && load<u8>(i + 1) == 78 && load<u8>(i + 2) == 123) i = afterNamedEscape(i + 3, end);
      else i += load<u8>(i + 1) == 13 && load<u8>(i + 2) == 10 ? 3 : 2;
    } else if ((byte == 10 || byte == 13) && !triple) return 0;
    else if (byte == 123 && format) {
      if (load<u8>(i + 1) == 123) i += 2;
      else {
        i = endOfField(i + 1, end, quote, triple);
        if (!i) return 0;
      }
    } else i++;
  }
  return 0;
}

/** After `\N{NAME}`, whose name starts at `at`. */
function afterNamedEscape(at: usize, end: usize): usize {
  while (at < end && load<u8>(at) != 125 && classAt(at) != NEWLINE && classAt(at) != QUOTE) at++;
  return load<u8>(at) == 125 ? at + 1 : at;
}

/** After the `}` of a replacement field whose code starts at `at`, or 0. */
function endOfField(at: usize, end: usize, quote: u8, triple: bool): usize {
  let depth = 0;
  while (at < end) {
    const kind = classAt(at);
    if (kind == WORD) {
      const start = at;
      at = endOfWord(at);
      if (classAt(at) == QUOTE) {
        const prefix = stringPrefix(start, at);
        if (interestAt(at, end)) record(TEXT_AT, offset(at), 0, 0);
        at = endOfString(at, end, prefix < 0 ? 0 : prefix);
        if (!at) return 0;
      } else noteField(start, at);
    } else if (kind == QUOTE) {
      if (interestAt(at, end)) record(TEXT_AT, offset(at), 0, 0);
      at = endOfString(at, end, 0);
      if (!at) return 0;
    } else if (kind == OPEN) {
      depth++;
      at++;
    } else if (kind == CLOSE) {
      if (depth == 0) return load<u8>(at) == 125 ? at + 1 : 0;
      depth--;
      at++;
    } else if (kind == HASH) at = endOfLine(at, end);
    else if (load<u8>(at) == 33 && load<u8>(at + 1) == 61) at += 2;
    else if (kind == COLON && depth == 0) return endOfFormat(at + 1, end, quote, triple);
    else at++;
  }
  return 0;
}

/** A word in a field: names of modules are taken apart and asked for there too. */
function noteField(start: usize, after: usize): void {
  let hash: u32 = 0;
  for (let at = start; at < after; at++) hash = hashOf(hash, load<u8>(at));
  const found = interestOf(hash);
  if (!found) return;
  const interest = found & ((1 << NUMBER_SHIFT) - 1) & ~NAME_ONLY;
  const next = load<u8>(after);
  noteInterest((interest & NAMESPACE) == 0 ? interest : next == 46 || next == 91 ? NAMESPACE : NAME);
  if (found >> NUMBER_SHIFT) record(SEEN_WORD, found >> NUMBER_SHIFT, offset(start), 0);
}

/** After the `}` that ends a field whose format specification starts at `at`, or 0. */
function endOfFormat(at: usize, end: usize, quote: u8, triple: bool): usize {
  while (at < end) {
    const byte = load<u8>(at);
    if (byte == 125) return at + 1;
    if (byte == 123) {
      at = endOfField(at + 1, end, quote, triple);
      if (!at) return 0;
    } else if (byte == quote && (!triple || (load<u8>(at + 1) == quote && load<u8>(at + 2) == quote))) return 0;
    else if (byte == 92) at += 2;
    else if (!triple && (byte == 10 || byte == 13)) return 0;
    else at++;
  }
  return 0;
}

/** After the number that starts at `at`. */
export function endOfNumber(at: usize): usize {
  const next = load<u8>(at + 1) | 32;
  const based = load<u8>(at) == 48 && (next == 120 || next == 111 || next == 98);
  if (based) return endOfWord(at);
  while (true) {
    const byte = load<u8>(at);
    if ((byte >= 48 && byte <= 57) || byte == 46 || byte == 95) at++;
    else if ((byte | 32) == 101) {
      const signed: usize = load<u8>(at + 1) == 43 || load<u8>(at + 1) == 45 ? 2 : 1;
      const digit = load<u8>(at + signed);
      if (digit < 48 || digit > 57) return at;
      at += signed;
    } else return (byte | 32) == 106 || (byte | 32) == 108 ? at + 1 : at; // imaginary, or Python 2's long
  }
}
