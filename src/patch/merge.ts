/** Three-way merge, and the differences of two texts, by lines. */
import { diff3Merge, diffIndices } from "node-diff3";
import type { RecordedEdit } from "../model/manifest.ts";
import type { ByteString } from "../model/span.ts";
import { splitLines } from "./applyPatch.ts";

export interface Merged {
  readonly text: ByteString;
  /** How many places both sides changed; the text has markers there. */
  readonly conflicts: number;
}

/** What `ours` changed in `base`, done to `theirs`. */
export function mergeThreeWay(ours: ByteString, base: ByteString, theirs: ByteString, labels: { readonly ours: string; readonly theirs: string }): Merged {
  let conflicts = 0;
  const text = diff3Merge(splitLines(ours), splitLines(base), splitLines(theirs), { excludeFalseConflicts: true }).map((region) => {
    if (region.ok) return region.ok.join("");
    const conflict = region.conflict;
    if (!conflict) return "";
    conflicts++;
    const ended = (lines: readonly string[]): string => lines.join("").replace(/[^\n]$/, "$&\n");
    return `<<<<<<< ${labels.ours}\n${ended(conflict.a)}||||||| base\n${ended(conflict.o)}=======\n${ended(conflict.b)}>>>>>>> ${labels.theirs}\n`;
  });
  return { text: text.join(""), conflicts };
}

/** Edits that turn `now` back into `was`: for texts that a patch changed, where lines come and go. */
export function undoingEdits(now: ByteString, was: ByteString): RecordedEdit[] {
  const [nowLines, wasLines] = [splitLines(now), splitLines(was)];
  const starts = [0];
  for (const line of nowLines) starts.push((starts.at(-1) ?? 0) + line.length);
  return diffIndices(nowLines, wasLines).map(({ buffer1, buffer2 }) => {
    const [first, count] = buffer1;
    const at = starts[first] ?? now.length;
    return [at, (starts[first + count] ?? now.length) - at, buffer2[1] === 0 ? "" : wasLines.slice(buffer2[0], buffer2[0] + buffer2[1]).join("")];
  });
}
