/** Compares what a program told before the relocation with what it told after it. */

/** Sort of event, number of the point, names bound there with what they stand for, and values. See `world/witness.py`. */
export type Told = readonly [string, number, readonly (readonly [string, unknown])[], readonly string[]];

export interface Run {
  readonly trace: readonly Told[];
  /** Points of modules and functions that do not mention the namespace's root, and in which no nested scope does. */
  readonly unmentioned?: readonly number[];
  /** Points of modules and functions in which, and in whose nested scopes, no name would mean a root bound there. */
  readonly unseen?: readonly number[];
}

/** Where the root may be bound after the rewrite though it was not before: `unmentioned` is the stricter. */
export type Tolerance = "unmentioned" | "unseen";

const isRoot = ([name, stands]: readonly [string, unknown]): boolean => name === "host" && stands === "module host";

/** What has to be the same; the one thing that may be new is left out. */
function comparable(told: Told | undefined, before: Told | undefined, tolerant: readonly number[]): string {
  if (told === undefined) return "nothing more";
  const [sort, number, names, values] = told;
  const tolerated = sort === "point" && tolerant.includes(number) && !before?.[2].some(([name]) => name === "host");
  return JSON.stringify([sort, number, tolerated ? names.filter((each) => !isRoot(each)) : names, values]);
}

/** The first difference between two runs of one program, in words, or undefined. */
export function difference(before: Run, after: Run, tolerance: Tolerance = "unmentioned"): string | undefined {
  for (let at = 0; at < Math.max(before.trace.length, after.trace.length); at += 1) {
    const was = comparable(before.trace[at], undefined, []);
    const is = comparable(after.trace[at], before.trace[at], before[tolerance] ?? []);
    if (was !== is) return `before: ${was}\nafter:  ${is}`;
  }
  return undefined;
}
