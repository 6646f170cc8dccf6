/** JSON (RFC 8259), and comments as many programs allow them. */
import type { ByteString } from "../../model/span.ts";
import { type Scalar, unescaped } from "./scalar.ts";

const token = /\/\/[^\n]*|\/\*[^]*?\*\/|"((?:[^"\\\n]|\\.)*)"|[{}[\],:]/g;

/** What stands before an error is read; a file that is no JSON gives few scalars, or none. */
export function readJson(source: ByteString): Scalar[] {
  const scalars: Scalar[] = [];
  const open: { readonly object: boolean; key: string | undefined }[] = [];
  for (const match of source.matchAll(token)) {
    const above = open.at(-1);
    const [text] = match;
    if (text === "{" || text === "[") open.push({ object: text === "{", key: undefined });
    else if (text === "}" || text === "]") open.pop();
    else if (text === ",") {
      if (above) above.key = undefined;
    } else if (match[1] !== undefined) {
      const isKey = above?.object === true && above.key === undefined;
      const value = unescaped(match[1]);
      if (isKey) above.key = value;
      const path = open.flatMap(({ key }) => key ?? []);
      const start = match.index + 1;
      scalars.push({ start, end: start + match[1].length, role: isKey ? "key" : "value", path, text: value, plain: value === match[1] });
    }
  }
  return scalars;
}
