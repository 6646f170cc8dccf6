/** INI files as Python's configparser reads them: sections, `key = value` or `key: value`, values that go on in indented lines. */
import type { ByteString } from "../../model/span.ts";
import { type Scalar, trimmed } from "./scalar.ts";

/** Each line of a value is a scalar of its own. */
export function readIni(source: ByteString): Scalar[] {
  const scalars: Scalar[] = [];
  let section = "";
  let key: string | undefined;
  let start = 0;
  for (const raw of source.split(/(?<=\r\n|\n|\r(?!\n))/)) {
    const line = raw.replace(/[\r\n]+$/, "");
    const value = (from: number): void => {
      const comment = / [;#]/.exec(line.slice(from));
      const span = trimmed(source, start + from, start + (comment ? from + comment.index : line.length));
      if (span.end > span.start) scalars.push({ ...span, role: "value", path: [section, key ?? ""], text: source.slice(span.start, span.end), plain: true });
    };
    const header = /^\[([^\]]+)\]/.exec(line);
    if (header) [section, key] = [header[1]?.trim() ?? "", undefined];
    else if (/^\s*(?:[#;]|$)/.test(line)) {
      // A comment, or nothing: the value may go on after it.
    } else if (/^[ \t]/.test(line) && key !== undefined) value(0);
    else {
      const entry = /^\s*([^=:]*?)\s*[=:]/.exec(line);
      key = entry?.[1]?.toLowerCase();
      if (entry && key !== undefined) {
        scalars.push({ ...trimmed(source, start, start + (entry[0].length - 1)), role: "key", path: [section, key], text: key, plain: true });
        value(entry[0].length);
      }
    }
    start += raw.length;
  }
  return scalars;
}
