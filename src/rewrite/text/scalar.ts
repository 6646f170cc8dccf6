/** Data files as lists of their strings, each with its place: all that is needed to find names of modules, and to change them without touching another byte. */
import type { ByteString, Span } from "../../model/span.ts";

/** A key, or a value that is a string; `start` and `end` are those of its characters, without quotes. */
export interface Scalar extends Span {
  readonly role: "key" | "value";
  /** Keys above it, outermost first, and for a key itself last; items of lists have the path of their list. */
  readonly path: readonly string[];
  /** As the file's readers see it. */
  readonly text: ByteString;
  /** The file has exactly these characters there. */
  readonly plain: boolean;
}

/** Cuts blanks off both ends. */
export function trimmed(source: ByteString, start: number, end: number): Span {
  let [from, to] = [start, end];
  while (from < to && /\s/.test(source[from] ?? "")) from++;
  while (to > from && /\s/.test(source[to - 1] ?? "")) to--;
  return { start: from, end: to };
}

const controls: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f" };

/** The text of a string with JSON's or TOML's escapes. */
export function unescaped(text: ByteString): ByteString {
  if (!text.includes("\\")) return text;
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))/g, (_, short?: string, long?: string, character = "") => {
    const code = short ?? long;
    return code === undefined ? (controls[character] ?? character) : Buffer.from(String.fromCodePoint(Math.min(parseInt(code, 16), 0x10ffff)), "utf8").toString("latin1");
  });
}
