/**
 * Finds the end of a string literal. In f- and t-strings (PEP 498, 750) a replacement field is Python code in which
 * any quote may stand again (PEP 701); what older Pythons accept is a subset of that.
 */
import { BACKSLASH, Class, CR, LF, afterNewline, classOf, endOfLine } from "./bytes.ts";

const [BRACE_OPEN, BRACE_CLOSE, UPPER_N] = [123, 125, 78];

export interface Prefix {
  readonly raw: boolean;
  readonly format: boolean;
}

/** The prefix spelled by source[start, end), or undefined when it is none (`rb`, `F`, `ur` and Python 2's `ur` are). */
export function stringPrefix(source: Uint8Array, start: number, end: number): Prefix | undefined {
  if (end - start > 2) return undefined;
  let [raw, format] = [false, false];
  for (let i = start; i < end; i++) {
    const letter = (source[i] ?? 0) | 32;
    if (letter === 114) raw = true;
    else if (letter === 102 || letter === 116) format = true;
    else if (letter !== 98 && letter !== 117) return undefined;
  }
  return { raw, format };
}

/** Index after the string whose opening quote is at `quoteAt`, or -1 when it does not end. */
export function endOfString(source: Uint8Array, quoteAt: number, prefix: Prefix): number {
  const quote = source[quoteAt] ?? 0;
  const triple = source[quoteAt + 1] === quote && source[quoteAt + 2] === quote;
  if (!triple && source[quoteAt + 1] === quote) return quoteAt + 2;
  let i = quoteAt + (triple ? 3 : 1);
  while (i < source.length) {
    const byte = source[i];
    if (byte === quote) {
      if (!triple) return i + 1;
      if (source[i + 1] === quote && source[i + 2] === quote) return i + 3;
      i++;
    } else if (byte === BACKSLASH) {
      if (prefix.format && source[i + 1] === BRACE_OPEN) i++; // `\{` starts a field
      else if (prefix.format && !prefix.raw && source[i + 1] === UPPER_N && source[i + 2] === BRACE_OPEN) i = namedEscape(source, i + 3);
      else i = source[i + 1] === CR && source[i + 2] === LF ? i + 3 : i + 2;
    } else if (byte === LF || byte === CR) {
      if (!triple) return -1;
      i++;
    } else if (byte === BRACE_OPEN && prefix.format) {
      if (source[i + 1] === BRACE_OPEN) i += 2;
      else {
        i = endOfField(source, i + 1, quote, triple);
        if (i < 0) return -1;
      }
    } else i++;
  }
  return -1;
}

/** Index after `\N{NAME}`, whose name starts at `at`. */
function namedEscape(source: Uint8Array, at: number): number {
  let i = at;
  while (i < source.length && classOf[source[i] ?? 0] !== Class.newline && source[i] !== BRACE_CLOSE && classOf[source[i] ?? 0] !== Class.quote) i++;
  return source[i] === BRACE_CLOSE ? i + 1 : i;
}

/** Index after the `}` of a replacement field whose code starts at `at`, or -1. */
function endOfField(source: Uint8Array, at: number, quote: number, triple: boolean): number {
  let depth = 0;
  let i = at;
  while (i < source.length) {
    const byte = source[i] ?? 0;
    const kind = classOf[byte];
    if (kind === Class.word) {
      const start = i;
      while (classOf[source[i] ?? 0] === Class.word || classOf[source[i] ?? 0] === Class.digit) i++;
      if (classOf[source[i] ?? 0] === Class.quote) {
        i = endOfString(source, i, stringPrefix(source, start, i) ?? { raw: false, format: false });
        if (i < 0) return -1;
      }
    } else if (kind === Class.quote) {
      i = endOfString(source, i, { raw: false, format: false });
      if (i < 0) return -1;
    } else if (kind === Class.open) {
      depth++;
      i++;
    } else if (kind === Class.close) {
      if (depth === 0) return byte === BRACE_CLOSE ? i + 1 : -1;
      depth--;
      i++;
    } else if (kind === Class.hash) i = endOfLine(source, i);
    else if (byte === 33 && source[i + 1] === 61) i += 2;
    else if (kind === Class.colon && depth === 0) {
      const end = endOfFormatSpec(source, i + 1, quote, triple);
      return end;
    } else if (kind === Class.newline) i = afterNewline(source, i);
    else i++;
  }
  return -1;
}

/** Index after the `}` that ends a field whose format specification starts at `at`, or -1. */
function endOfFormatSpec(source: Uint8Array, at: number, quote: number, triple: boolean): number {
  let i = at;
  while (i < source.length) {
    const byte = source[i];
    if (byte === BRACE_CLOSE) return i + 1;
    if (byte === BRACE_OPEN) {
      i = endOfField(source, i + 1, quote, triple);
      if (i < 0) return -1;
    } else if (byte === quote && (!triple || (source[i + 1] === quote && source[i + 2] === quote))) return -1;
    else if (byte === BACKSLASH) i += 2;
    else if (!triple && (byte === LF || byte === CR)) return -1;
    else i++;
  }
  return -1;
}
