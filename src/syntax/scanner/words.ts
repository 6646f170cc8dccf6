/** Words that somebody asked for: a hash table which the caller fills (words.ts beside the scanner's interface has the same hash). */
import { isWordOrDigit } from "./bytes";

/** A name that is wanted at the beginning of strings. */
export const WANTED: i32 = 1;
/** `__name__` and its like: of interest where they are taken apart. */
export const NAMESPACE: i32 = 2;
/** `__name__` and its like, compared or handed on. */
export const NAME: i32 = 4;
/** A call of interest when its first argument is `__name__` or the like. */
export const CALLED: i32 = 8;
/** Such a call was seen. */
export const RELATIVE: i32 = 16;
/** As an attribute the word means something else. */
export const NAME_ONLY: i32 = 256;

/** Above these bits stands the word's number. */
export const NUMBER_SHIFT: i32 = 12;

const SLOTS: u32 = 4096;
/** Slots of a hash and an interest, 32 bits each. */
const table: usize = memory.data(32768);

export function wordsAddress(): usize {
  return table;
}

// @ts-ignore: decorator
@inline
export function hashOf(hash: u32, byte: u8): u32 {
  return (hash ^ byte) * 0x01000193;
}

// @ts-ignore: decorator
@inline
export function interestOf(hash: u32): i32 {
  const slot = table + <usize>((hash >> 8) & (SLOTS - 1)) * 8;
  return load<u32>(slot) == hash ? load<i32>(slot, 4) : collided(hash, slot);
}

function collided(hash: u32, slot: usize): i32 {
  // Open addressing; an empty slot ends the search.
  while (load<i32>(slot, 4) != 0) {
    if (load<u32>(slot) == hash) return load<i32>(slot, 4);
    slot += 8;
    if (slot >= table + <usize>SLOTS * 8) slot = table;
  }
  return 0;
}

/** Whether the string whose opening quote is at `opening` begins with a wanted name; a `^` before it may make it a pattern. */
export function interestAt(opening: usize, end: usize): bool {
  const quote = load<u8>(opening);
  let at = opening + 1;
  if (load<u8>(at) == quote) {
    if (load<u8>(at + 1) != quote) return false;
    at += 2;
  }
  if (load<u8>(at) == 94) at++;
  let hash: u32 = 0;
  while (at < end && isWordOrDigit(load<u8>(at))) hash = hashOf(hash, load<u8>(at++));
  return (interestOf(hash) & WANTED) != 0;
}

/**
 * Whether the string whose opening quote is at `opening` looks like source code that imports a wanted name: its first word is `import` or
 * `from`, or it has several lines and one begins so.
 */
export function importsAt(opening: usize, close: usize): bool {
  const quote = load<u8>(opening);
  const triple = load<u8>(opening + 1) == quote && load<u8>(opening + 2) == quote;
  let at = afterBlanks(opening + (triple ? 3 : 1), close);
  if (!triple && endOfImport(at) == 0) return false;
  while (at < close) {
    const word = endOfImport(at);
    if (word) {
      at = word;
      while (load<u8>(at) == 32) at++;
      let hash: u32 = 0;
      while (at < close && isWordOrDigit(load<u8>(at))) hash = hashOf(hash, load<u8>(at++));
      if (interestOf(hash) & WANTED) return true;
    }
    // To the next line, or the next statement.
    while (at < close && load<u8>(at) != 10 && load<u8>(at) != 59 && !(load<u8>(at) == 92 && load<u8>(at + 1) == 110)) at++;
    at = afterBlanks(at, close);
  }
  return false;
}

/** After blanks, line ends and their escapes. */
function afterBlanks(at: usize, close: usize): usize {
  while (at < close) {
    const byte = load<u8>(at);
    if (byte == 92) {
      const next = load<u8>(at + 1);
      if (next != 110 && next != 10 && next != 13) return at;
      at += 2;
    } else if (byte == 32 || byte == 9 || byte == 10 || byte == 13 || byte == 59) at++;
    else return at;
  }
  return at;
}

/** After `import ` or `from `, or 0. */
function endOfImport(at: usize): usize {
  if (load<u32>(at) == 0x6d6f7266 && load<u8>(at + 4) == 32) return at + 5;
  return load<u32>(at) == 0x6f706d69 && load<u16>(at + 4) == 0x7472 && load<u8>(at + 6) == 32 ? at + 7 : 0;
}
