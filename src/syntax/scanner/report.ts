/** What the scanner has to say, as records of four 32-bit numbers in memory: kind, and three offsets or numbers. */

/** An import statement: offset of its keyword, offset of `lazy` or -1, its end. The kind is this plus 16 times the scope (0 module, 1 function, 2 class). */
export const IMPORT_AT: i32 = 1;
/** The scanner lost its certainty: offset, reason. */
export const DOUBT: i32 = 2;
/** No Python accepts this: offset, reason. */
export const BROKEN: i32 = 3;
/** A place that the grammar does not know: offset, replacement (see scan.ts). */
export const MASK: i32 = 4;
/** An identifier with bytes above 127: offsets of its start and end. */
export const UNICODE_WORD: i32 = 5;
/** `__lazy_modules__` is named. */
export const NAMES_LAZY_MODULES: i32 = 6;

/** A string that begins with a wanted word: offsets of its prefix, its opening quote, its end. The kind is this plus 16 times what follows and the prefix (strings.ts). */
export const STRING_AT: i32 = 7;
/** The interests (words.ts) of all words in the file. */
export const INTEREST: i32 = 8;
/** A numbered word of the table (words.ts): its number, its offset. */
export const SEEN_WORD: i32 = 9;
/** The body of a function: offset of its first statement, and of the first one after it. */
export const FUNCTION_BODY: i32 = 10;
/** A string that imports a wanted name, or one in a field of another that begins with it: its offset. */
export const TEXT_AT: i32 = 11;
/** The string begins a statement: a docstring, most likely. */
export const STATEMENT: i32 = 4;
/** A string stands right before it, which it continues. */
export const ADJACENT: i32 = 8;

// Reasons, by place in the table of scan.ts.
export const SYNTAX: i32 = 0;
export const INDENT: i32 = 1;
export const NO_BLOCK: i32 = 2;
export const DEDENT: i32 = 3;
export const NO_HANDLER: i32 = 4;
export const UNTERMINATED: i32 = 5;
export const NEVER_CLOSED: i32 = 6;
export const NO_COLON: i32 = 7;
export const UNMATCHED: i32 = 8;
export const IMPORT_SYNTAX: i32 = 9;
export const NULL_BYTE: i32 = 10;
export const CHARACTER: i32 = 11;
export const CONTINUATION: i32 = 12;

let first: usize = 0;
let next: usize = 0;
let source: usize = 0;
let doubted = false;
let wasBroken = false;
let lazyModules = false;
let interests: i32 = 0;

export function beginReport(at: usize, text: usize): void {
  first = next = (at + 7) & ~7;
  source = text;
  doubted = wasBroken = lazyModules = false;
  interests = 0;
}

export function reportCount(): i32 {
  return <i32>((next - first) >> 4);
}

export function reportAddress(): usize {
  return first;
}

export function inDoubt(): bool {
  return doubted;
}

export function record(kind: i32, a: i32, b: i32, c: i32): void {
  if (next + 16 > <usize>memory.size() << 16) memory.grow(16);
  store<i32>(next, kind);
  store<i32>(next, a, 4);
  store<i32>(next, b, 8);
  store<i32>(next, c, 12);
  next += 16;
}

export function offset(at: usize): i32 {
  return <i32>(at - source);
}

/** Only the first doubt counts. */
export function suspect(at: usize, reason: i32): void {
  if (doubted) return;
  doubted = true;
  record(DOUBT, offset(at), reason, 0);
}

export function reject(at: usize, reason: i32): void {
  if (wasBroken) return;
  wasBroken = true;
  record(BROKEN, offset(at), reason, 0);
}

export function mask(at: usize, character: i32): void {
  record(MASK, offset(at), character, 0);
}

export function noteLazyModules(): void {
  if (!lazyModules) record(NAMES_LAZY_MODULES, 0, 0, 0);
  lazyModules = true;
}

export function noteInterest(interest: i32): void {
  interests |= interest;
}

export function takeInterest(): void {
  if (interests) record(INTEREST, interests, 0, 0);
}
