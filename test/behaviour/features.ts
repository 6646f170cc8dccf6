/** Counts what generated programs exercise, so that nobody has to believe it. */
import type { Program } from "./generate.ts";
import type { ScopeKind } from "./scope.ts";

const kinds: readonly ScopeKind[] = ["module", "function", "class"];

/** In how many programs a feature occurs, in all and by the kind of scope it occurs in. */
export function countFeatures(programs: readonly Program[]): ReadonlyMap<string, Readonly<Record<ScopeKind | "all", number>>> {
  const counts = new Map<string, Record<ScopeKind | "all", number>>();
  for (const { features } of programs) {
    for (const [feature, found] of features) {
      const row = counts.get(feature) ?? { all: 0, module: 0, function: 0, class: 0 };
      row.all += 1;
      for (const kind of found) row[kind] += 1;
      counts.set(feature, row);
    }
  }
  return counts;
}

/** The counts as a table, most frequent first. */
export function tabulate(programs: readonly Program[]): string {
  const rows = [...countFeatures(programs)].sort(([, a], [, b]) => b.all - a.all);
  const line = (name: string, cells: readonly (string | number)[]): string => name.padEnd(34) + cells.map((cell) => String(cell).padStart(9)).join("");
  return [
    line(`of ${programs.length} programs, so many have`, ["all", ...kinds]),
    ...rows.map(([feature, row]) => line(feature, [row.all, ...kinds.map((kind) => row[kind])])),
  ].join("\n");
}
