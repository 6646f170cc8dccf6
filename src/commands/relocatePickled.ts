/** A file that may be a pickle: bytes → decision → bytes. */
import { inspectPickle } from "../inspect/pickles.ts";
import type { LocalFinding } from "../model/edit.ts";
import { applyEdits, undoable } from "../rewrite/applyEdits.ts";
import type { RewriteOptions } from "../rewrite/context.ts";
import { looksPickled, namesClasses, relocatePickle } from "../rewrite/pickles.ts";
import type { FileJob } from "./fileJob.ts";
import type { RelocatedText } from "./relocateText.ts";

/** Called by their names, or told by their bytes: libraries keep them under any name. Only what a copy holds is looked at. */
export function maybePickled({ content, place, inPlace, distribution }: FileJob, source: Buffer): boolean {
  return content ? content.kind === "pickle" : !place && !inPlace && distribution !== undefined && looksPickled(source);
}

/** A pickle of the project: whoever wrote it may write it anew, and other programs may read it, so that it stays as it is, and a finding says what it names. */
export function leavePickled(source: Buffer, options: RewriteOptions): RelocatedText {
  const { relocations, inventory } = options;
  const decision = relocations.relocations.some(({ from }) => source.includes(from, 0, "latin1")) ? relocatePickle(source, options) : { sites: [] };
  const names = [...new Set(decision?.sites.map(({ name }) => name))].sort();
  const message = (named: string): string => `${named}: it was left`;
  const findings = decision
    ? names.slice(0, 1).map((): LocalFinding => ({ code: "data-reference", message: message(namesClasses(names)), offset: 0 }))
    : inspectPickle(source, relocations, inventory.isModule).map((each): LocalFinding => ({ ...each, code: "data-reference", message: message(each.message) }));
  return { content: source, undo: [], decision: { edits: [], sites: (decision?.sites ?? []).map((site) => ({ ...site, outcome: "reported", why: "a pickle of the project" })), findings } };
}

/** Undefined where it is none. The content is the very same buffer when nothing changed. */
export function relocatePickled(source: Buffer, options: RewriteOptions): RelocatedText | undefined {
  const decision = options.relocations.relocations.some(({ from }) => source.includes(from, 0, "latin1")) ? relocatePickle(source, options) : undefined;
  if (!decision || decision.edits.length === 0) return decision && { content: source, undo: [], decision };
  const text = source.toString("latin1");
  return { content: Buffer.from(applyEdits(text, decision.edits), "latin1"), undo: undoable(text, decision.edits), decision };
}
