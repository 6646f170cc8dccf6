/** A file that may be a pickle: bytes → decision → bytes. */
import { applyEdits, undoable } from "../rewrite/applyEdits.ts";
import type { RewriteOptions } from "../rewrite/context.ts";
import { looksPickled, relocatePickle } from "../rewrite/pickles.ts";
import type { FileJob } from "./fileJob.ts";
import type { RelocatedText } from "./relocateText.ts";

/** Called by their names, or told by their bytes: libraries keep them under any name. Only what a copy holds is looked at. */
export function maybePickled({ content, place, inPlace, distribution }: FileJob, source: Buffer): boolean {
  return content ? content.kind === "pickle" : !place && !inPlace && distribution !== undefined && looksPickled(source);
}

/** Undefined where it is none. The content is the very same buffer when nothing changed. */
export function relocatePickled(source: Buffer, options: RewriteOptions): RelocatedText | undefined {
  const decision = options.relocations.relocations.some(({ from }) => source.includes(from, 0, "latin1")) ? relocatePickle(source, options) : undefined;
  if (!decision || decision.edits.length === 0) return decision && { content: source, undo: [], decision };
  const text = source.toString("latin1");
  return { content: Buffer.from(applyEdits(text, decision.edits), "latin1"), undo: undoable(text, decision.edits), decision };
}
