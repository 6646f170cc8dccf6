/** Python's keywords, compared as numbers: up to eight bytes at a time. Ids above `LAST_HARD` are soft keywords (PEP 634, 695, 810). */
import { isWordOrDigit } from "./bytes";

export const AND: i32 = 1;
export const AS: i32 = 2;
export const ASSERT: i32 = 3;
export const ASYNC: i32 = 4;
export const AWAIT: i32 = 5;
export const BREAK: i32 = 6;
export const CLASS: i32 = 7;
export const CONTINUE: i32 = 8;
export const DEF: i32 = 9;
export const DEL: i32 = 10;
export const ELIF: i32 = 11;
export const ELSE: i32 = 12;
export const EXCEPT: i32 = 13;
export const FINALLY: i32 = 14;
export const FOR: i32 = 15;
export const FROM: i32 = 16;
export const GLOBAL: i32 = 17;
export const IF: i32 = 18;
export const IMPORT: i32 = 19;
export const IN: i32 = 20;
export const IS: i32 = 21;
export const LAMBDA: i32 = 22;
export const NONLOCAL: i32 = 23;
export const NOT: i32 = 24;
export const OR: i32 = 25;
export const PASS: i32 = 26;
export const RAISE: i32 = 27;
export const RETURN: i32 = 28;
export const TRY: i32 = 29;
export const WHILE: i32 = 30;
export const WITH: i32 = 31;
export const YIELD: i32 = 32;
export const MATCH: i32 = 33;
export const CASE: i32 = 34;
export const TYPE: i32 = 35;
export const LAZY: i32 = 36;
export const LAZY_MODULES: i32 = 37;
export const LAST_HARD: i32 = YIELD;

/** The id of the keyword at [start, end), or 0. Up to eight bytes after `end` may be read. */
export function keywordAt(start: usize, end: usize): i32 {
  const length = <i32>(end - start);
  if (length < 2 || length > 16) return 0;
  if (length > 8) return length == 16 && load<u64>(start) == 0x6d5f797a616c5f5f && load<u64>(start + 8) == 0x5f5f73656c75646f ? LAZY_MODULES : 0;
  const text = load<u64>(start) & (length == 8 ? u64.MAX_VALUE : (<u64>1 << (length * 8)) - 1);
  switch (length) {
    case 2:
      if (text == 0x7361) return AS; // as
      if (text == 0x6669) return IF; // if
      if (text == 0x6e69) return IN; // in
      if (text == 0x7369) return IS; // is
      if (text == 0x726f) return OR; // or
      return 0;
    case 3:
      if (text == 0x646e61) return AND; // and
      if (text == 0x666564) return DEF; // def
      if (text == 0x6c6564) return DEL; // del
      if (text == 0x726f66) return FOR; // for
      if (text == 0x746f6e) return NOT; // not
      if (text == 0x797274) return TRY; // try
      return 0;
    case 4:
      if (text == 0x66696c65) return ELIF; // elif
      if (text == 0x65736c65) return ELSE; // else
      if (text == 0x6d6f7266) return FROM; // from
      if (text == 0x73736170) return PASS; // pass
      if (text == 0x68746977) return WITH; // with
      if (text == 0x65736163) return CASE; // case
      if (text == 0x65707974) return TYPE; // type
      if (text == 0x797a616c) return LAZY; // lazy
      return 0;
    case 5:
      if (text == 0x636e797361) return ASYNC; // async
      if (text == 0x7469617761) return AWAIT; // await
      if (text == 0x6b61657262) return BREAK; // break
      if (text == 0x7373616c63) return CLASS; // class
      if (text == 0x6573696172) return RAISE; // raise
      if (text == 0x656c696877) return WHILE; // while
      if (text == 0x646c656979) return YIELD; // yield
      if (text == 0x686374616d) return MATCH; // match
      return 0;
    case 6:
      if (text == 0x747265737361) return ASSERT; // assert
      if (text == 0x747065637865) return EXCEPT; // except
      if (text == 0x6c61626f6c67) return GLOBAL; // global
      if (text == 0x74726f706d69) return IMPORT; // import
      if (text == 0x6164626d616c) return LAMBDA; // lambda
      if (text == 0x6e7275746572) return RETURN; // return
      return 0;
    case 7:
      if (text == 0x796c6c616e6966) return FINALLY; // finally
      return 0;
    case 8:
      if (text == 0x65756e69746e6f63) return CONTINUE; // continue
      if (text == 0x6c61636f6c6e6f6e) return NONLOCAL; // nonlocal
      return 0;
    default:
      return 0;
  }
}

/** Whether a name stands at `at`: no hard keyword, except those that some Python still takes for a name. */
export function isName(at: usize, end: usize): bool {
  const id = keywordAt(at, end);
  return id == 0 || id > LAST_HARD || id == ASYNC || id == AWAIT || id == NONLOCAL;
}

export function endOfWord(at: usize): usize {
  while (isWordOrDigit(load<u8>(at))) at++;
  return at;
}
