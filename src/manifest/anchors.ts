/**
 * Edits in files that people go on editing. Beside its offset an edit keeps the lines it stands in, so that it is found again after other lines
 * came, went or moved, and undone there.
 */
import type { AnchoredEdit, RecordedEdit } from "../model/manifest.ts";
import type { ByteString } from "../model/span.ts";

/** `edits` are those that lead back from `text`. */
export function anchor(text: ByteString, edits: readonly RecordedEdit[]): AnchoredEdit[] {
  return edits.map(([at, length, was]) => {
    const start = text.lastIndexOf("\n", at - 1) + 1;
    const end = text.indexOf("\n", at + length);
    return [at, length, was, at - start, text.slice(start, end < 0 ? text.length : end)];
  });
}

export interface Reanchored {
  readonly edits: readonly RecordedEdit[];
  /** Edits whose text is not there any more, or not in one certain place: those lines are the user's now. */
  readonly lost: readonly AnchoredEdit[];
}

interface Block {
  readonly text: string;
  /** Offset of the lines when they were recorded. */
  readonly line: number;
  readonly edits: readonly AnchoredEdit[];
}

/** Finds the edits in a text that changed since they were recorded. */
export function reanchor(text: ByteString, anchored: readonly AnchoredEdit[]): Reanchored {
  const blocks = group(anchored);
  const candidates = blocks.map((block) => occurrences(text, block.text));
  const chosen = longestChain(blocks, candidates);
  const edits: RecordedEdit[] = [];
  const lost: AnchoredEdit[] = [];
  blocks.forEach((block, index) => {
    const at = chosen[index];
    if (at !== undefined) {
      for (const [offset, length, was] of block.edits) edits.push([at + offset - block.line, length, was]);
      return;
    }
    const [low, high] = gap(text, blocks, chosen, index);
    for (const edit of block.edits) {
      const found = within(text, edit, low, high);
      if (found === undefined) lost.push(edit);
      else edits.push([found, edit[1], edit[2]]);
    }
  });
  edits.sort((a, b) => a[0] - b[0]);
  const apart = edits.filter((edit, index) => index === 0 || edit[0] >= (edits[index - 1]?.[0] ?? 0) + (edits[index - 1]?.[1] ?? 0));
  return apart.length === edits.length ? { edits, lost } : { edits: [], lost: anchored };
}

/** Edits that stand in the same lines are found together. */
function group(anchored: readonly AnchoredEdit[]): Block[] {
  const blocks: { text: string; edits: AnchoredEdit[]; line: number }[] = [];
  for (const edit of anchored) {
    const line = edit[0] - edit[3];
    const last = blocks.at(-1);
    if (last?.line === line && last.text === edit[4]) last.edits.push(edit);
    else blocks.push({ text: edit[4], edits: [edit], line });
  }
  return blocks;
}

/** Offsets at which whole lines of the text are exactly those of the block. */
function occurrences(text: ByteString, block: string): number[] {
  const found: number[] = [];
  for (let at = text.indexOf(block); at >= 0; at = text.indexOf(block, at + 1)) {
    const end = at + block.length;
    if ((at === 0 || text[at - 1] === "\n") && (end === text.length || text[end] === "\n")) found.push(at);
    if (block === "") break;
  }
  return found;
}

/** As many blocks as can be had in their order, each at one place: the longest common subsequence. */
function longestChain(blocks: readonly Block[], candidates: readonly (readonly number[])[]): (number | undefined)[] {
  const places = [...new Set(candidates.flat())].sort((a, b) => a - b);
  const best: number[][] = Array.from({ length: blocks.length + 1 }, () => Array.from<number>({ length: places.length + 1 }).fill(0));
  const fits = (block: number, place: number): boolean => candidates[block]?.includes(places[place] ?? -1) === true;
  for (let i = blocks.length - 1; i >= 0; i--) {
    for (let j = places.length - 1; j >= 0; j--) {
      const skip = Math.max(best[i + 1]?.[j] ?? 0, best[i]?.[j + 1] ?? 0);
      (best[i] ?? [])[j] = fits(i, j) ? Math.max(skip, 1 + (best[i + 1]?.[j + 1] ?? 0)) : skip;
    }
  }
  const chosen: (number | undefined)[] = blocks.map(() => undefined);
  for (let [i, j] = [0, 0]; i < blocks.length && j < places.length; ) {
    if (fits(i, j) && best[i]?.[j] === 1 + (best[i + 1]?.[j + 1] ?? 0)) chosen[i++] = places[j++];
    else if ((best[i + 1]?.[j] ?? 0) >= (best[i]?.[j + 1] ?? 0)) i++;
    else j++;
  }
  return chosen;
}

/** The text between the nearest blocks above and below that were found. */
function gap(text: ByteString, blocks: readonly Block[], chosen: readonly (number | undefined)[], index: number): [low: number, high: number] {
  let [low, high] = [0, text.length];
  for (let i = index - 1; i >= 0; i--) {
    const at = chosen[i];
    if (at !== undefined) {
      low = at + (blocks[i]?.text.length ?? 0);
      break;
    }
  }
  for (let i = index + 1; i < blocks.length; i++) {
    const at = chosen[i];
    if (at !== undefined) {
      high = at;
      break;
    }
  }
  return [low, high];
}

/** The line was edited around it (indented, given a comment): the edit is there when its text is, exactly once. */
function within(text: ByteString, [, length, , column, block]: AnchoredEdit, low: number, high: number): number | undefined {
  const now = block.slice(column, column + length);
  if (now.trim() === "") return undefined;
  const at = text.indexOf(now, low);
  if (at < 0 || at + now.length > high) return undefined;
  const again = text.indexOf(now, at + 1);
  return again >= 0 && again + now.length <= high ? undefined : at;
}
