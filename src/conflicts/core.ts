/** The few lines of many that cannot be met together: QuickXplain (Junker), with the resolver as the judge. */
import type { Line } from "../model/plan.ts";

/**
 * A smallest (no line can go) set of lines that still fails. `fails` is asked about sets of lines; all of `lines` fail, `fixed` are always there.
 * About k·log(n/k) questions for k of n lines.
 */
export async function smallestCore(lines: readonly Line[], fails: (lines: readonly Line[]) => Promise<boolean>): Promise<readonly Line[]> {
  const explain = async (background: readonly Line[], added: boolean, rest: readonly Line[]): Promise<readonly Line[]> => {
    if (added && (await fails(background))) return [];
    if (rest.length === 1) return rest;
    const half = rest.length >> 1;
    const [first, second] = [rest.slice(0, half), rest.slice(half)];
    const right = await explain([...background, ...first], first.length > 0, second);
    const left = await explain([...background, ...right], right.length > 0, first);
    return [...left, ...right];
  };
  return lines.length === 0 ? [] : explain([], false, lines);
}
