/** Where a place of a Python file stands, told from its text: the headers of the blocks around it, and whether it is code at all. */
import type { ByteString } from "./span.ts";

/** First lines of the blocks around the line of `offset`, innermost first: `try:`, `def f(x):`. */
export function headersAround(text: ByteString, offset: number): string[] {
  const headers: string[] = [];
  let end = lineStart(text, offset);
  let depth = indentation(text, end);
  while (depth > 0 && end > 0) {
    const start = lineStart(text, end - 1);
    const line = text.slice(start, end);
    const own = indentation(text, start);
    if (own < depth && /^[ \t\f]*(?:[a-z]\w*\b)/.test(line) && /\S/.test(line)) {
      // `if (a and` … `b):` is found by its first line, a lone bracket is no header.
      headers.push(line.trim());
      depth = own;
    }
    end = start;
  }
  const [beside] = /^[ \t]*(?:try|else|finally|except\b[^:]*|if\b[^:]*|with\b[^:]*)[ \t]*:(?=[ \t]*\S)/.exec(text.slice(lineStart(text, offset), offset)) ?? [];
  return beside === undefined ? headers : [beside.trim(), ...headers];
}

function lineStart(text: ByteString, offset: number): number {
  // A negative place would be taken for the first one.
  return offset <= 0 ? 0 : text.lastIndexOf("\n", offset - 1) + 1;
}

function indentation(text: ByteString, start: number): number {
  let width = 0;
  for (let at = start; ; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 32) width++;
    else if (unit === 9) width += 8 - (width % 8);
    else return width;
  }
}

/** True where `offset` is in no string and no comment. Reads the file from its beginning, so ask about few places. */
export function isCode(text: ByteString, offset: number): boolean {
  const token = /#[^\n]*|(?:[rR]?)("""|'''|"|')/g;
  for (token.lastIndex = 0; ; ) {
    const match = token.exec(text);
    if (!match || match.index >= offset) return true;
    const quote = match[1];
    if (quote === undefined) {
      if (match.index + match[0].length > offset) return false;
      continue;
    }
    const close = endOfString(text, match.index + match[0].length, quote);
    if (close > offset) return false;
    token.lastIndex = close;
  }
}

function endOfString(text: ByteString, from: number, quote: string): number {
  for (let at = from; at < text.length; at++) {
    const unit = text[at];
    if (unit === "\\") at++;
    else if (quote.length === 1 && unit === "\n") return at + 1;
    else if (text.startsWith(quote, at)) return at + quote.length;
  }
  return text.length;
}
