/** No edit adds or removes a line: the backslash-newlines of a replaced span move to before the last word of its new text. */
import type { Edit, Rule } from "../model/edit.ts";
import type { Span } from "../model/span.ts";

const continuation = /\\(?:\r\n|\r|\n)[ \t\f]*/g;

/** Replaces `span`, which lies in a logical line outside brackets, by `text`. */
export function replaceSpan(source: Buffer, span: Span, text: string, rule: Rule): Edit {
  const kept = source.toString("latin1", span.start, span.end).match(continuation)?.join("") ?? "";
  if (kept === "") return { start: span.start, end: span.end, text, rule };
  const at = text.lastIndexOf(" ") + 1;
  return { start: span.start, end: span.end, text: text.slice(0, at) + kept + text.slice(at), rule };
}
