/** What the scanner is asked to look out for, as the hash table that it reads (scanner/words.ts). */

import type { WantedWord } from "../model/words.ts";

const SLOTS = 4096;

/** Slots of a hash and its interest, 32 bits each. */
export type WordTable = Uint32Array;

/** The scanner keeps the bits of interest below, and the word's number above. */
const NUMBER_SHIFT = 12;

/** `words` maps each word, as a byte string, to what it is wanted for. At most 3000 of them. */
export function wordTable(words: ReadonlyMap<string, WantedWord>): WordTable {
  if (words.size > 3000) throw new Error(`invariant: ${words.size} words are too many for the scanner's table`);
  const table = new Uint32Array(SLOTS * 2);
  for (const [word, { interest, number }] of words) {
    const hash = hashOf(word);
    let slot = (hash >>> 8) & (SLOTS - 1);
    while (table[slot * 2 + 1] !== 0 && table[slot * 2] !== hash) slot = (slot + 1) % SLOTS;
    table[slot * 2] = hash;
    table[slot * 2 + 1] = (table[slot * 2 + 1] ?? 0) | interest | (number << NUMBER_SHIFT);
  }
  return table;
}

function hashOf(word: string): number {
  let hash = 0;
  for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), 0x01000193) >>> 0;
  return hash;
}

export const noWords: WordTable = wordTable(new Map());
