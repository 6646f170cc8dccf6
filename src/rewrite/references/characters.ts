/** The text of a literal, and where each of its characters stands in the file. */
import type { Span } from "../../model/span.ts";

export interface Characters {
  readonly text: string;
  /** One offset a character; undefined where they are not all written in one place. */
  readonly offsets: readonly number[] | undefined;
}

const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", "\\": "\\", "'": "'", '"': '"', "\n": "", a: "\u0007", b: "\b", f: "\f", v: "\v" };

/** Parts of a literal, in order; a replacement field is a name of its own length. */
export function charactersOf(parts: readonly { readonly text?: string; readonly span: Span | undefined }[], source: Buffer): Characters {
  let text = "";
  const offsets: number[] = [];
  let known = true;
  for (const part of parts) {
    const { span } = part;
    if (!span) known = false;
    else if (part.text === undefined) for (let at = span.start; at < span.end; at++) offsets.push(at);
    else known &&= walk(part.text, span.start, source, offsets);
    text += part.text ?? "_".repeat(span ? span.end - span.start : 0);
  }
  return { text, offsets: known ? offsets : undefined };
}

/** Finds every character of `text` as it is written from `at` on; false where an escape is not known. */
function walk(text: string, at: number, source: Buffer, offsets: number[]): boolean {
  for (const character of text) {
    while (source[at] === 92 && source[at + 1] === 10 && character !== "\\") at += 2;
    offsets.push(at);
    const code = character.charCodeAt(0);
    if (source[at] === 92 && escapes[String.fromCharCode(source[at + 1] ?? 0)] === character) at += 2;
    else if (source[at] !== code) return false;
    // `{{` of a format string
    else at += (code === 123 || code === 125) && source[at + 1] === code && !text.includes(character + character) ? 2 : 1;
  }
  return true;
}
