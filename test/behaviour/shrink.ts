/** Makes a program that behaves differently smaller, as long as it still does. Works on its text: what becomes invalid differs no more. */
import { difference, type Run, type Tolerance } from "./compare.ts";
import { type Named, runBoth } from "./project.ts";

const indentOf = (line: string): number => line.length - line.trimStart().length;
const without = (items: readonly string[], dropped: number): readonly string[] => items.filter((_, at) => at !== dropped);

/** Where the block that a line opens ends; the next line when it opens none. */
function blockEnd(lines: readonly string[], at: number): number {
  const indent = indentOf(lines[at] ?? "");
  let end = at + 1;
  while (end < lines.length && indentOf(lines[end] ?? "") > indent) end += 1;
  return end;
}

/** Whole runs of lines left out; many are invalid Python, and then go the way of all that does not differ. */
function withoutRuns(lines: readonly string[]): readonly (readonly string[])[] {
  return [16, 8, 4, 2].flatMap((size) =>
    Array.from({ length: Math.max(0, Math.ceil((lines.length - size) / (size / 2))) }, (_, step) => step * (size / 2))
      .map((start) => [...lines.slice(0, start), ...lines.slice(blockEnd(lines, start + size - 1))]));
}

function withoutPieces(lines: readonly string[], at: number): readonly (readonly string[])[] {
  const line = lines[at] ?? "";
  return ["; ", ", "].flatMap((separator) => {
    const pieces = line.split(separator);
    if (pieces.length < 2) return [];
    return pieces.map((_, dropped) => [...lines.slice(0, at), without(pieces, dropped).join(separator), ...lines.slice(at + 1)]);
  });
}

function smaller(lines: readonly string[]): readonly (readonly string[])[] {
  return [...withoutRuns(lines), ...lines.flatMap((line, at) => {
    const end = blockEnd(lines, at);
    const [head, tail, inner] = [lines.slice(0, at), lines.slice(end), lines.slice(at + 1, end)];
    const shift = indentOf(inner[0] ?? "") - indentOf(line);
    const dissolved = end > at + 1 ? [[...head, ...inner.map((each) => each.slice(shift)), ...tail]] : [];
    return [[...head, ...tail], ...dissolved, ...withoutPieces(lines, at)];
  })];
}

const failed = (run: Run | undefined): boolean => run?.trace.some(([sort]) => sort === "ended") ?? true;

/**
 * A smaller program that still behaves differently after the relocation; not necessarily the smallest.
 * One that ran to its end before the relocation still does.
 */
export function shrink(program: Named, tolerance: Tolerance = "unmentioned"): Named {
  const prefix = program.name.startsWith("host.") ? "host.prog_s" : "prog_s";
  const mayFail = failed(runBoth([program]).before[program.name]);
  for (let { source } = program; ; ) {
    const candidates = smaller(source.split("\n")).map((lines, at) => ({ name: `${prefix}${at}`, source: lines.join("\n") }));
    if (candidates.length === 0) return { name: program.name, source };
    const { before, after } = runBoth(candidates);
    const best = candidates
      .filter(({ name }) => before[name] && after[name] && difference(before[name], after[name], tolerance) !== undefined)
      .filter(({ name }) => mayFail || !failed(before[name]))
      .sort((a, b) => a.source.length - b.source.length)[0];
    if (best === undefined) return { name: program.name, source };
    source = best.source;
  }
}
