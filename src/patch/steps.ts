/** The patches of one file, one after the other. One that does not fit any more is merged with what it made of the version before. */
import type { ByteString } from "../model/span.ts";
import { applyPatch } from "./applyPatch.ts";
import { mergeThreeWay } from "./merge.ts";
import type { FilePatch } from "./parsePatch.ts";

export interface PatchStep {
  /** The patch file, for messages. */
  readonly file: string;
  readonly patch: FilePatch;
  /** The version that the patch was made for, or last fitted: before it and after it. */
  readonly previous?: { readonly base: ByteString; readonly ours: ByteString };
}

export interface StepOutcome {
  readonly file: string;
  /** As the patch names it. */
  readonly path: string;
  /** `present`: the version has the change already. */
  readonly kind: "applied" | "present" | "merged" | "conflict";
  /** The hunk that does not fit. */
  readonly hunk?: string;
  /** Before and after the step; after a conflict, the text with markers. */
  readonly before: ByteString;
  readonly after: ByteString;
}

export interface Stepped {
  readonly text: ByteString;
  readonly outcomes: readonly StepOutcome[];
}

export function applySteps(text: ByteString, steps: readonly PatchStep[]): Stepped {
  const outcomes: StepOutcome[] = [];
  let now = text;
  for (const { file, patch, previous } of steps) {
    const result = applyPatch(now, patch);
    const about = { file, path: patch.path, before: now };
    if (result.kind === "applied") outcomes.push({ ...about, kind: "applied", after: (now = result.text) });
    else if (result.kind === "present") outcomes.push({ ...about, kind: "present", after: now });
    else {
      const hunk = `hunk ${result.number} (${result.hunk.header})`;
      const merged = previous && mergeThreeWay(previous.ours, previous.base, now, { ours: file, theirs: "upstream" });
      if (merged?.conflicts === 0) outcomes.push({ ...about, kind: "merged", hunk, after: (now = merged.text) });
      else outcomes.push({ ...about, kind: "conflict", hunk, after: merged?.text ?? now });
    }
  }
  return { text: now, outcomes };
}

/** For each patch what the text was before and after it, where all apply; `text` is the text before the first. */
export function historyFrom(text: ByteString, patches: readonly FilePatch[]): { base: ByteString; ours: ByteString }[] | undefined {
  const history = [];
  let base = text;
  for (const patch of patches) {
    const result = applyPatch(base, patch);
    if (result.kind !== "applied") return undefined;
    history.push({ base, ours: result.text });
    base = result.text;
  }
  return history;
}

/** The same, from the text after the last one. */
export function historyUpTo(text: ByteString, patches: readonly FilePatch[]): { base: ByteString; ours: ByteString }[] | undefined {
  let first = text;
  for (const patch of patches.toReversed()) {
    const result = applyPatch(first, inverse(patch));
    if (result.kind !== "applied") return undefined;
    first = result.text;
  }
  return historyFrom(first, patches);
}

function inverse({ path, hunks }: FilePatch): FilePatch {
  let shift = 0;
  return {
    path,
    hunks: hunks.map((hunk) => {
      const start = hunk.start + shift;
      shift += hunk.after.length - hunk.before.length;
      return { ...hunk, start, before: hunk.after, after: hunk.before };
    }),
  };
}
