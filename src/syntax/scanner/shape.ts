/** The names of the first functions and classes at the beginning of a line, as one number (shape.ts on the other side says what for). Sixteen bytes a step, for it passes over all of a system. */
import { isWordOrDigit } from "./bytes";
import { hashOf } from "./words";

/** More names tell no more apart. */
const NAMES: i32 = 8;
const NEWLINE: i8 = 10;
const DOT: u8 = 46;

let hash: u32 = 0;
let names: i32 = 0;

/** 0 for a text without any. Behind the text stand zero bytes, one more than a step has. */
export function shapeOf(source: usize, length: i32): u32 {
  const end = source + length;
  hash = 0x811c9dc5;
  names = 0;
  const hasMark = load<u8>(source) == 0xef && load<u8>(source + 1) == 0xbb && load<u8>(source + 2) == 0xbf;
  line(hasMark ? source + 3 : source);
  for (let at = source; at < end && names < NAMES; at += 16) {
    // A line end, and behind it the first letter of a keyword.
    const behind = v128.load(at + 1);
    const letters = v128.or(v128.or(i8x16.eq(behind, i8x16.splat(97)), i8x16.eq(behind, i8x16.splat(99))), i8x16.eq(behind, i8x16.splat(100)));
    let hits = i8x16.bitmask(v128.and(i8x16.eq(v128.load(at), i8x16.splat(NEWLINE)), letters));
    for (; hits != 0 && names < NAMES; hits &= hits - 1) line(at + <usize>ctz(hits) + 1);
  }
  return names == 0 ? 0 : max<u32>(hash, 1);
}

function line(at: usize): void {
  let start = at;
  if (load<u32>(at) == 0x20666564) start += 4; // "def "
  else if (load<u32>(at) == 0x73616c63 && load<u16>(at + 4) == 0x2073) start += 6; // "class "
  else if (load<u32>(at) == 0x6e797361 && load<u16>(at + 4) == 0x2063 && load<u32>(at + 6) == 0x20666564) start += 10; // "async def "
  else return;
  let end = start;
  while (isWordOrDigit(load<u8>(end))) end++;
  // In a docstring `class a.B` may stand, of which relocation changes the first name.
  if (end == start || load<u8>(end) == DOT) return;
  for (let i = start; i < end; i++) hash = hashOf(hash, load<u8>(i));
  hash = hashOf(hash, 0);
  names++;
}
