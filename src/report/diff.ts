/** Unified diffs that `git apply` takes: new, changed and deleted files, text or binary, any encoding. Pure: bytes in, bytes out. */
import { createHash } from "node:crypto";
import { deflateSync } from "node:zlib";
import { structuredPatch } from "diff";
import type { FileChange } from "../model/outcome.ts";

export function formatDiff(changes: readonly FileChange[]): Buffer {
  return Buffer.concat([...changes].filter((change) => !(change.before && change.after && change.before.equals(change.after)) || changesMode(change)).sort((a, b) => (a.path < b.path ? -1 : 1)).map(formatChange));
}

function changesMode({ before, after, executable, wasExecutable }: FileChange): boolean {
  return before !== undefined && after !== undefined && wasExecutable !== undefined && wasExecutable !== executable;
}

function formatChange(file: FileChange): Buffer {
  const { path, before, after, executable } = file;
  const mode = executable ? "100755" : "100644";
  const [old, now] = [quoted(`a/${path}`), quoted(`b/${path}`)];
  const header = [`diff --git ${old} ${now}`];
  if (!before) header.push(`new file mode ${mode}`);
  if (!after) header.push(`deleted file mode ${mode}`);
  const other = changesMode(file);
  if (other) header.push(`old mode ${executable ? "100644" : "100755"}`, `new mode ${mode}`);
  const [from, to] = [before ?? Buffer.alloc(0), after ?? Buffer.alloc(0)];
  if (from.equals(to)) return Buffer.from(`${header.join("\n")}\n`);
  if (from.includes(0) || to.includes(0)) return Buffer.from([...header, `index ${objectName(before)}..${objectName(after)}${before && after && !other ? ` ${mode}` : ""}`, "GIT binary patch", literal(to), literal(from), ""].join("\n"));
  header.push(`--- ${before ? old : "/dev/null"}`, `+++ ${after ? now : "/dev/null"}`);
  // Byte strings: whatever the encoding, lines are bytes between LFs.
  return Buffer.concat([Buffer.from(`${header.join("\n")}\n`), Buffer.from(hunks(from.toString("latin1"), to.toString("latin1")), "latin1")]);
}

function hunks(from: string, to: string): string {
  if (from === "" || to === "") return wholeFile(from, to);
  const { hunks: found } = structuredPatch("", "", from, to, "", "", { context: 3, stripTrailingCr: false });
  return found.map((hunk) => `@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@\n${hunk.lines.join("\n")}\n`).join("");
}

function wholeFile(from: string, to: string): string {
  const [sign, text] = from === "" ? ["+", to] : ["-", from];
  const lines = text.split("\n");
  const complete = lines.at(-1) === "";
  if (complete) lines.pop();
  const range = from === "" ? `@@ -0,0 +1,${lines.length} @@` : `@@ -1,${lines.length} +0,0 @@`;
  return `${range}\n${lines.map((line) => `${sign}${line}\n`).join("")}${complete ? "" : "\\ No newline at end of file\n"}`;
}

/** The name that git gives to the content: it applies a binary patch to nothing else. */
function objectName(content: Buffer | undefined): string {
  return content ? createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex") : "0".repeat(40);
}

/** A path as git writes it: in C's quotes when it holds anything unusual. */
function quoted(path: string): string {
  const bytes = Buffer.from(path, "utf8");
  if (!bytes.some((byte) => byte < 32 || byte > 126 || byte === 34 || byte === 92)) return path;
  const parts = [...bytes].map((byte) => (byte === 34 || byte === 92 ? `\\${String.fromCharCode(byte)}` : byte < 32 || byte > 126 ? `\\${byte.toString(8).padStart(3, "0")}` : String.fromCharCode(byte)));
  return `"${parts.join("")}"`;
}

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";

/** One side of a binary patch: deflated, in git's base 85, 52 bytes a line. */
function literal(content: Buffer): string {
  const packed = deflateSync(content);
  const lines = [`literal ${content.length}`];
  for (let at = 0; at < packed.length; at += 52) {
    const chunk = packed.subarray(at, at + 52);
    const length = chunk.length <= 26 ? String.fromCharCode(64 + chunk.length) : String.fromCharCode(70 + chunk.length);
    let line = length;
    for (let i = 0; i < chunk.length; i += 4) {
      let word = 0;
      for (let k = 0; k < 4; k++) word = word * 256 + (chunk[i + k] ?? 0);
      let digits = "";
      for (let k = 0; k < 5; k++) {
        digits = (alphabet[word % 85] ?? "") + digits;
        word = Math.floor(word / 85);
      }
      line += digits;
    }
    lines.push(line);
  }
  return `${lines.join("\n")}\n`;
}
