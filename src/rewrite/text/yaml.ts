/**
 * YAML, as far as lines tell: block mappings and lists with plain or quoted scalars that end on their line. Flow collections, block texts and values over
 * several lines are passed over, so that nothing in them is taken for a name.
 */
import type { ByteString } from "../../model/span.ts";
import { type Scalar, trimmed } from "./scalar.ts";

const key = /^(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\s#"'&*!|>%@`{}[\],?:-][^#]*?|[^\s:#]+?))[ \t]*:(?=[ \t]|$)/;

export function readYaml(source: ByteString): Scalar[] {
  const scalars: Scalar[] = [];
  /** Open mappings, by the column of their keys. */
  let open: { readonly column: number; readonly key: string }[] = [];
  let textAbove = -1;
  let start = 0;
  for (const raw of source.split(/(?<=\n)/)) {
    const line = raw.replace(/[\r\n]+$/, "");
    const at = start;
    start += raw.length;
    if (/^\s*(?:#|$)/.test(line)) continue;
    let column = line.search(/[^ ]/);
    if (textAbove >= 0 && column > textAbove) continue; // a block text, or a value that goes on
    textAbove = -1;
    if (/^(?:---|\.\.\.|%)/.test(line)) {
      open = [];
      continue;
    }
    for (let dash = /^-[ ]+/.exec(line.slice(column)); dash; dash = /^-[ ]+/.exec(line.slice(column))) {
      open = open.filter((each) => each.column <= column && (each.column < column || line[column] === "-"));
      column += dash[0].length;
    }
    const rest = line.slice(column);
    const found = key.exec(rest);
    open = open.filter((each) => each.column < column);
    let from = column;
    if (found) {
      const [whole, double, single, plain] = found;
      const name = double ?? single ?? plain ?? "";
      open.push({ column, key: name });
      const first = at + column + (plain === undefined ? 1 : 0);
      scalars.push({ start: first, end: first + name.length, role: "key", path: open.map((each) => each.key), text: name, plain: double?.includes("\\") !== true });
      from += whole.length;
    }
    const indicator = line.slice(from).trim();
    if (indicator === "" || /^[&!]/.test(indicator)) continue;
    if (/^[|>][-+\d]*(?:\s+#.*)?$/.test(indicator) || /^[{[]/.test(indicator)) {
      textAbove = found ? column : Math.max(0, column - 1);
      continue;
    }
    const value = scalarAt(source, at + from, at + line.length);
    if (value) scalars.push({ ...value, role: "value", path: open.map((each) => each.key) });
    textAbove = found ? column : Math.max(0, column - 1);
  }
  return scalars;
}

function scalarAt(source: ByteString, start: number, end: number): Omit<Scalar, "role" | "path"> | undefined {
  const span = trimmed(source, start, end);
  const text = source.slice(span.start, span.end);
  const quoted = /^(?:"((?:[^"\\]|\\.)*)"|'((?:[^']|'')*)')[ \t]*(?:#.*)?$/.exec(text);
  if (quoted) {
    const inner = quoted[1] ?? quoted[2] ?? "";
    return { start: span.start + 1, end: span.start + 1 + inner.length, text: inner, plain: !inner.includes("\\") && !inner.includes("''") };
  }
  if (/^["'*&!|>%@`]/.test(text)) return undefined;
  const bare = text.replace(/[ \t]+#.*$/, "");
  return { start: span.start, end: span.start + bare.length, text: bare, plain: true };
}
