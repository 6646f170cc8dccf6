/** Hunks → text. A hunk may have moved; its context must stand as the patch has it, otherwise a three-way merge decides. */
import type { ByteString } from "../model/span.ts";
import type { FilePatch, Hunk } from "./parsePatch.ts";

export type Applied =
  | { readonly kind: "applied"; readonly text: ByteString }
  /** Every hunk is in the text already. */
  | { readonly kind: "present" }
  | { readonly kind: "rejected"; readonly hunk: Hunk; readonly number: number };

export function splitLines(text: ByteString): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

export function applyPatch(text: ByteString, { hunks }: Pick<FilePatch, "hunks">): Applied {
  const lines = splitLines(text);
  let [shift, from, present] = [0, 0, 0];
  for (const [index, hunk] of hunks.entries()) {
    const expected = Math.max(from, hunk.start - 1 + shift);
    const at = find(lines, hunk.before, expected, from);
    if (at !== undefined && hunk.before.length > 0) {
      lines.splice(at, hunk.before.length, ...hunk.after);
      shift = at - (hunk.start - 1) + hunk.after.length - hunk.before.length;
      from = at + hunk.after.length;
      continue;
    }
    const done = find(lines, hunk.after, expected, from);
    if (done === undefined || hunk.after.length <= hunk.leading + hunk.trailing) return { kind: "rejected", hunk, number: index + 1 };
    present++;
    from = done + hunk.after.length;
  }
  return present === hunks.length ? { kind: "present" } : { kind: "applied", text: lines.join("") };
}

/** The place nearest to the expected one; undefined too when two are equally near. */
function find(lines: readonly string[], wanted: readonly string[], expected: number, from: number): number | undefined {
  const fits = (at: number): boolean => at >= from && at + wanted.length <= lines.length && wanted.every((line, index) => lines[at + index] === line);
  for (let distance = 0; distance <= lines.length; distance++) {
    const [above, below] = [fits(expected - distance), fits(expected + distance)];
    if (distance > 0 && above && below) return undefined;
    if (above) return expected - distance;
    if (below) return expected + distance;
  }
  return undefined;
}
