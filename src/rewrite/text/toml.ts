/** TOML 1.0: tables, dotted keys, strings of all four kinds, arrays and inline tables. Whoever edits what it finds has the result parsed by a real parser. */
import type { ByteString } from "../../model/span.ts";
import { type Scalar, unescaped } from "./scalar.ts";

const token = /#[^\n]*|"""[^]*?"""|'''[^]*?'''|"((?:[^"\\\n]|\\.)*)"|'([^'\n]*)'|[A-Za-z0-9_+-][\w:+-]*|\[\[|\]\]|[{}[\],=.]|\n/g;

interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly plain: boolean;
}

export function readToml(source: ByteString): Scalar[] {
  const scalars: Scalar[] = [];
  let table: readonly string[] = [];
  /** Brackets open in a value: of arrays, and of inline tables with their path. */
  const open: { readonly inline: boolean; readonly path: readonly string[] }[] = [];
  let header: Word[] | undefined;
  let words: Word[] = [];
  let path: readonly string[] | undefined; // of the value that is read; undefined: a key is read
  const above = (): readonly string[] => open.at(-1)?.path ?? table;
  for (const match of source.matchAll(token)) {
    const [text, double, single] = match;
    const quoted = double ?? single;
    if (text.startsWith("#")) continue;
    if (text === "\n") {
      if (open.length > 0) continue;
      if (header) table = header.map((word) => word.text);
      [header, words, path] = [undefined, [], undefined];
    } else if (header || (path === undefined && open.length === 0 && words.length === 0 && text.startsWith("["))) {
      if (!header) header = [];
      else if (quoted !== undefined || /^[\w-]/.test(text)) header.push(wordOf(match, quoted));
    } else if (path === undefined) {
      if (text === "=") {
        path = [...above(), ...words.map((word) => word.text)];
        words.forEach((word, index) => scalars.push({ ...word, role: "key", path: path?.slice(0, above().length + index + 1) ?? [] }));
        words = [];
      } else if (text === "}") path = open.pop()?.path;
      else if (quoted !== undefined || /^[\w-]/.test(text)) words.push(wordOf(match, quoted));
    } else if (text === "{" || text === "[" || text === "[[") {
      for (const bracket of text) open.push({ inline: bracket === "{", path });
      if (text === "{") path = undefined;
    } else if (text === "}" || text === "]" || text === "]]") {
      for (let count = text.length; count > 0; count--) path = open.pop()?.path ?? path;
    } else if (text === ",") {
      if (open.at(-1)?.inline) path = undefined;
    } else if (quoted !== undefined) scalars.push({ ...wordOf(match, quoted), role: "value", path });
  }
  return scalars;
}

function wordOf(match: RegExpMatchArray, quoted: string | undefined): Word {
  const start = (match.index ?? 0) + (quoted === undefined ? 0 : 1);
  const written = quoted ?? match[0];
  const text = match[1] === undefined ? written : unescaped(written);
  return { text, start, end: start + written.length, plain: text === written };
}
