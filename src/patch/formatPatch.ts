/** Two texts → a unified diff. */
import { type StructuredPatch, structuredPatch } from "diff";
import type { ByteString } from "../model/span.ts";

/** Empty when the texts are the same. */
export function formatPatch(path: string, before: ByteString, after: ByteString): ByteString {
  return formatted(path, structuredPatch("", "", before, after, "", "", { context: 3, stripTrailingCr: false }));
}

/** The same, or undefined for texts that differ in more than `most` lines: looking for the best diff of those would take long. */
export function formatPatchWithin(most: number, path: string, before: ByteString, after: ByteString): ByteString | undefined {
  const found = structuredPatch("", "", before, after, "", "", { context: 3, stripTrailingCr: false, maxEditLength: most });
  return found && formatted(path, found);
}

function formatted(path: string, { hunks }: Pick<StructuredPatch, "hunks">): ByteString {
  if (hunks.length === 0) return "";
  return `--- a/${path}\n+++ b/${path}\n${hunks.map((hunk) => `@@ -${start(hunk.oldStart, hunk.oldLines)},${hunk.oldLines} +${start(hunk.newStart, hunk.newLines)},${hunk.newLines} @@\n${hunk.lines.join("\n")}\n`).join("")}`;
}

/** Of no lines the number is that of the line before them. */
function start(line: number, count: number): number {
  return count === 0 ? line - 1 : line;
}
