/** Edits → text, and back. */
import MagicString from "magic-string";
import type { Edit } from "../model/edit.ts";
import type { ByteString } from "../model/span.ts";

/** Applies edits that are sorted and do not overlap; throws when they do: that would be a defect of ours. */
export function applyEdits(source: ByteString, edits: readonly Edit[]): ByteString {
  const text = new MagicString(source);
  let last = 0;
  for (const edit of edits) {
    if (edit.start < last || edit.end < edit.start) throw new Error(`invariant: edits overlap at byte ${edit.start}`);
    last = edit.end;
    if (edit.start === edit.end) text.appendLeft(edit.start, edit.text);
    else text.update(edit.start, edit.end, edit.text);
  }
  return text.toString();
}

/** Enough to undo one edit: where its text lies in the result, how long it is there, and what stood in its place. */
export type UndoableEdit = readonly [at: number, length: number, was: ByteString];

export function undoable(source: ByteString, edits: readonly Edit[]): UndoableEdit[] {
  let shift = 0;
  return edits.map((edit) => {
    const at = edit.start + shift;
    shift += edit.text.length - (edit.end - edit.start);
    return [at, edit.text.length, source.slice(edit.start, edit.end)];
  });
}

/** The text before the edits. */
export function undo(result: ByteString, edits: readonly UndoableEdit[]): ByteString {
  let [text, last] = ["", 0];
  for (const [at, length, was] of edits) {
    text += result.slice(last, at) + was;
    last = at + length;
  }
  return text + result.slice(last);
}
