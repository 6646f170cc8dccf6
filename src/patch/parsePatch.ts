/** Unified diffs → hunks. Byte strings throughout: a patch has no encoding of its own. */
import { Failure } from "../model/failure.ts";
import type { ByteString } from "../model/span.ts";

export interface Hunk {
  /** 1-based line in the old file where it is expected. */
  readonly start: number;
  /** Lines with their ends, in the old and in the new file. */
  readonly before: readonly ByteString[];
  readonly after: readonly ByteString[];
  /** How many of the first and of the last lines are context. */
  readonly leading: number;
  readonly trailing: number;
  readonly header: string;
}

export interface FilePatch {
  /** As written, without `a/` and `b/`. */
  readonly path: string;
  readonly hunks: readonly Hunk[];
}

/** `file` is for messages. Throws Failure for damage, and for patches that create, delete, rename or hold binary changes. */
export function parsePatch(text: ByteString, file: string): FilePatch[] {
  const lines = text.split("\n");
  const wrong = (at: number, why: string): Failure => new Failure(`${file}:${at + 1}: ${why}`, "Use a unified diff, as `git diff` or `diff -u` writes it.");
  const patches: { path: string; hunks: Hunk[] }[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? "";
    if (/^(GIT binary patch|rename from |copy from )/.test(line)) throw wrong(at, "renames, copies and binary changes cannot be applied to a copy");
    if (line.startsWith("--- ") && (lines[at + 1] ?? "").startsWith("+++ ")) {
      const [from, to] = [pathOf(line), pathOf(lines[at + 1] ?? "")];
      if (from === "/dev/null" || to === "/dev/null") throw wrong(at, "a patch that creates or deletes a file cannot be applied to a copy: use drop to leave files out");
      patches.push({ path: to, hunks: [] });
      at++;
      continue;
    }
    const header = /^@@ -(\d+)(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(line);
    if (!header) continue;
    const current = patches.at(-1);
    if (!current) throw wrong(at, "a hunk stands before the names of its file");
    const [oldCount, newCount] = [Number(header[2] ?? 1), Number(header[3] ?? 1)];
    const { hunk, next } = readHunk(lines, at + 1, oldCount, newCount, Number(header[1]), line.trimEnd());
    if (!hunk) throw wrong(at, "the hunk has other line counts than its header says");
    current.hunks.push(hunk);
    at = next - 1;
  }
  if (!patches.some((patch) => patch.hunks.length > 0)) throw wrong(0, "holds no hunk");
  return patches.filter((patch) => patch.hunks.length > 0);
}

function pathOf(line: string): string {
  const name = line.slice(4).split("\t")[0]?.trimEnd() ?? "";
  return name === "/dev/null" ? name : name.replace(/^"(.*)"$/, "$1").replace(/^[ab]\//, "");
}

function readHunk(lines: readonly string[], first: number, oldCount: number, newCount: number, start: number, header: string): { hunk: Hunk | undefined; next: number } {
  const [before, after, kinds]: [string[], string[], string[]] = [[], [], []];
  let at = first;
  while (at < lines.length && (before.length < oldCount || after.length < newCount)) {
    const line = lines[at] ?? "";
    const kind = line[0] ?? " "; // editors strip the blank of an empty context line
    const content = `${line.slice(1)}\n`;
    if (kind === " ") {
      before.push(content);
      after.push(content);
    } else if (kind === "-") before.push(content);
    else if (kind === "+") after.push(content);
    else if (kind !== "\\") return { hunk: undefined, next: at };
    if (kind === "\\") trimLast(kinds.at(-1) ?? " ", before, after);
    else kinds.push(kind);
    at++;
  }
  if (lines[at]?.startsWith("\\")) {
    trimLast(kinds.at(-1) ?? " ", before, after);
    at++;
  }
  if (before.length !== oldCount || after.length !== newCount) return { hunk: undefined, next: at };
  const changed = kinds.findIndex((kind) => kind !== " ");
  const leading = changed < 0 ? kinds.length : changed;
  return { hunk: { start, before, after, leading, trailing: changed < 0 ? 0 : kinds.length - 1 - kinds.findLastIndex((kind) => kind !== " "), header }, next: at };
}

/** `\ No newline at end of file` belongs to the line before it. */
function trimLast(kind: string, before: string[], after: string[]): void {
  const cut = (list: string[]): void => void list.push((list.pop() ?? "").replace(/\n$/, ""));
  if (kind !== "+") cut(before);
  if (kind !== "-") cut(after);
}
