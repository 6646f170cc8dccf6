/** A small seeded source of chance (mulberry32), so that a seed and a number name one program on every machine. */
export interface Chance {
  /** A whole number from 0 to `below` - 1. */
  readonly below: (below: number) => number;
  /** True with the given probability. */
  readonly odds: (probability: number) => boolean;
  /** One of the choices. */
  readonly pick: <T>(choices: readonly T[]) => T;
  /** One of the choices, by weight. */
  readonly weighed: <T extends { readonly weight: number }>(choices: readonly T[]) => T;
}

/** Start a source of chance; two of the same seed tell the same. */
export function chance(seed: number): Chance {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  const pick = <T>(choices: readonly T[]): T => {
    const choice = choices[below(choices.length)];
    if (choice === undefined) throw new Error("nothing to pick from");
    return choice;
  };
  return {
    below,
    pick,
    odds: (probability) => next() < probability,
    weighed: (choices) => {
      let left = next() * choices.reduce((sum, { weight }) => sum + weight, 0);
      return choices.find(({ weight }) => (left -= weight) < 0) ?? pick(choices);
    },
  };
}
