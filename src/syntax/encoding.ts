/** Source encodings (PEP 263): which bytes of a file are text in Python's sense, and which encodings let us tell. */
import { isUtf8 } from "node:buffer";
import type { SyntaxProblem } from "../model/facts.ts";
import { isIdentifier } from "../model/name.ts";
import { CR, LF, afterNewline, endOfLine } from "./bytes.ts";

const cookie = /^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)/;
const blankOrComment = /^[ \t\f]*(?:#.*)?$/;

/** The declared encoding, lower case with dashes, and where it is declared; undefined when there is no declaration. */
export function declaredEncoding(source: Buffer): { readonly name: string; readonly offset: number } | undefined {
  let at = source[0] === 0xef && source[1] === 0xbb && source[2] === 0xbf ? 3 : 0;
  if (source.indexOf("coding", at, "latin1") < 0) return undefined; // the usual case
  for (let line = 0; line < 2; line++) {
    const end = endOfLine(source, at);
    const text = source.toString("latin1", at, end);
    const match = cookie.exec(text);
    if (match?.[1]) return { name: match[1].toLowerCase().replaceAll("_", "-"), offset: at + text.indexOf(match[1]) };
    if (!blankOrComment.test(text)) return undefined; // a cookie in line 2 counts only after a comment
    at = afterNewline(source, end);
  }
  return undefined;
}

// In these an ASCII byte is always that ASCII character: the lexical grammar can be read off the bytes.
const asciiTransparent =
  /^(utf-?8(-sig)?|u8|utf|cp65001|(us-)?ascii|646|latin-?[1-9]|latin-?10|l[1-9]|iso-?8859(-?\d+(-\w+)?)?|8859|cp(37|1006|1250|1251|1252|1253|1254|1255|1256|1257|1258|437|720|737|775|850|852|855|856|857|858|860|861|862|863|864|865|866|869|874|1125|819)|windows-?125\d|ibm\d+|koi8-?[rtu]|kz-?1048|mac-?\w+|ptcp154|tis-?620|euc-?(jp|kr|jis-?2004|jisx0213|cn)|ujis|gb-?2312(-80)?|euckr|eucjp|euccn|hp-?roman8|viscii|utf-?8-\w+|(emacs-)?mule)$/;
// In these the second byte of a character may look like ASCII, even like a backslash or a quote.
const doubleByte = /^(shift-?jis|s-?jis|sjis|cp932|932|ms932|mskanji|ms-kanji|shift-?jis(x0213|-?2004)|gbk|936|cp936|ms936|gb18030(-2000)?|big5(-?tw|-?hkscs|hkscs)?|cp950|950|ms950|cp949|949|ms949|uhc|johab|cp1361)$/;

/**
 * The bytes with the same length in which every byte below 128 outside a character of several bytes is that ASCII character,
 * or the reason why there are none. Usually the very same buffer.
 */
export function lexicalBytes(source: Buffer): { readonly bytes: Buffer; readonly utf8: boolean } | SyntaxProblem {
  const declared = declaredEncoding(source);
  if (!declared || /^(utf-?8(-sig)?|u8|utf)$/.test(declared.name)) {
    if (isUtf8(source)) return { bytes: withoutLoneCarriageReturns(source), utf8: true };
    return { offset: declared?.offset ?? 0, reason: declared ? "the file is not valid UTF-8" : "the file is not valid UTF-8 and declares no encoding (PEP 263)" };
  }
  if (asciiTransparent.test(declared.name)) return { bytes: withoutLoneCarriageReturns(source), utf8: false };
  if (!doubleByte.test(declared.name)) return { offset: declared.offset, reason: `encoding '${declared.name}' is not supported` };
  const masked = Buffer.from(withoutLoneCarriageReturns(source));
  const singleKatakana = /jis|932|kanji/.test(declared.name);
  for (let i = 0; i < masked.length; i++) {
    const byte = masked[i] ?? 0;
    const lead = singleKatakana ? (byte > 0x80 && byte < 0xa0) || byte > 0xdf : byte > 0x80;
    if (!lead) continue;
    i++;
    if ((masked[i] ?? 0) >= 0x30) masked[i] = 0xa1;
  }
  return { bytes: masked, utf8: false };
}

/** A CR alone ends a line too, as an LF does. */
function withoutLoneCarriageReturns(source: Buffer): Buffer {
  let bytes = source;
  for (let at = source.indexOf(CR); at >= 0; at = source.indexOf(CR, at + 1)) {
    if (source[at + 1] === LF) continue;
    if (bytes === source) bytes = Buffer.from(source);
    bytes[at] = LF;
  }
  return bytes;
}

/**
 * The text for the parser: positions stay, every byte above 127 becomes a letter, for it can only be part of an
 * identifier, a string or a comment. `oldNames` reads `async`, `await` and `nonlocal` as the names that they are in older Pythons.
 */
export function parserText(source: Buffer, masks: readonly { readonly offset: number; readonly character: number }[], oldNames = false): string {
  let bytes = source;
  const own = (): Buffer => (bytes === source ? (bytes = Buffer.from(source)) : bytes);
  if (source[0] === 0xef && source[1] === 0xbb && source[2] === 0xbf) own().fill(32, 0, 3);
  for (const { offset, character } of masks) own()[offset] = character;
  for (let i = 0; i < bytes.length; i++) if ((bytes[i] ?? 0) > 127) own()[i] = 0xea;
  const text = bytes.toString("latin1");
  return oldNames ? text.replace(/\b(?:async(?!\s+(?:def|for|with)\b)|await|nonlocal|True|False)\b/g, (word) => word.replace(/^./, "_")) : text;
}

/** Whether the bytes at [start, end) are a UTF-8 identifier by the properties of PEP 3131. */
export function isUnicodeWord(source: Buffer, start: number, end: number): boolean {
  return isIdentifier(source.toString("utf8", start, end));
}
