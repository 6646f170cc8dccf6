/** Two texts → a unified diff. */
import { structuredPatch } from "diff";
import type { ByteString } from "../model/span.ts";

/** Empty when the texts are the same. */
export function formatPatch(path: string, before: ByteString, after: ByteString): ByteString {
  const { hunks } = structuredPatch("", "", before, after, "", "", { context: 3, stripTrailingCr: false });
  if (hunks.length === 0) return "";
  return `--- a/${path}\n+++ b/${path}\n${hunks.map((hunk) => `@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@\n${hunk.lines.join("\n")}\n`).join("")}`;
}
