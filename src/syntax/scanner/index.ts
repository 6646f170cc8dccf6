/**
 * The pass over a file: logical lines, and in each the alternation of operands and operators. Where that breaks the scanner does not
 * judge: it reports a doubt, and the parser decides. Only indentation, which the grammar is lax about, is judged here.
 * What is found goes to report.ts; scan.ts, on the other side, is the only caller.
 */
import {
  BACKSLASH, BLANK, CLOSE, COLON, COMMA, DIGIT, DOT, HASH, NEWLINE, OPEN, OPERATOR, QUOTE, SEMICOLON, WORD, afterNewline, classAt, endOfLine, isWordOrDigit, skipBlanks,
} from "./bytes";
import { endOfImport } from "./imports";
import {
  AND, AS, ASSERT, ASYNC, AWAIT, BREAK, CASE, CLASS, CONTINUE, DEF, DEL, ELIF, ELSE, EXCEPT, FINALLY, FOR, FROM, GLOBAL, IF, IMPORT, IN, IS,
  LAMBDA, LAST_HARD, LAZY, LAZY_MODULES, MATCH, NONLOCAL, NOT, OR, PASS, RAISE, RETURN, TRY, TYPE, WHILE, WITH, YIELD, endOfWord, isName, keywordAt,
} from "./keywords";
import { beginLevels, currentScope, endOfFile, endStatement, enterLine, startStatement } from "./levels";
import {
  CHARACTER, CONTINUATION, IMPORT_AT, IMPORT_SYNTAX, NEVER_CLOSED, NO_COLON, NULL_BYTE, SYNTAX, UNICODE_WORD, UNMATCHED, UNTERMINATED, beginReport, inDoubt,
  ADJACENT, SEEN_WORD, STATEMENT, STRING_AT, TEXT_AT, mask, noteInterest, noteLazyModules, offset, record, reject, reportAddress, reportCount, suspect, takeInterest,
} from "./report";
import { get, set } from "./numbers";
import { shapeOf } from "./shape";
import { endOfNumber, endOfString, stringPrefix } from "./strings";
import { CALLED, NAME, NAMESPACE, NAME_ONLY, NUMBER_SHIFT, RELATIVE, hashOf, importsAt, interestAt, interestOf } from "./words";

// What the grammar allows next.
/** A statement begins. */
const START: i32 = 0;
/** An operand has ended. */
const OPERAND: i32 = 1;
/** An operand must follow. */
const NEED: i32 = 2;
/** An operand must follow; it may be starred. */
const NEED_STARRED: i32 = 3;
/** After an opening bracket, a comma, a lambda: operand, star, or the end of the list. */
const LIST: i32 = 4;
/** After the bracket of a subscription, which cannot be empty. */
const SUBSCRIPT: i32 = 5;
/** After a colon in square brackets: as in a list, and a comma may follow. */
const SLICE: i32 = 6;
/** After a star or a slash that may stand alone in a parameter list. */
const STAR: i32 = 7;
/** A statement that may end here, or go on with an operand. */
const OPTIONAL: i32 = 8;
/** A statement that must end here. */
const END: i32 = 9;
/** `not` after an operand: `in` must follow. */
const NOT_IN: i32 = 10;
/** After a soft keyword used as one: anything. */
const SOFT: i32 = 11;

let i: usize = 0;
let end: usize = 0;
let state: i32 = START;

// The logical line.
let scope: i32 = 0;
/** Keyword of the compound statement whose colon is still to come; `seen` the same after its colon. */
let header: i32 = 0;
let seen: i32 = 0;
let headerScope: i32 = 0;
/** The line starts with match, case or type. */
let softWord: i32 = 0;
let tokens: i32 = 0;
let wasString = false;
/** Nothing but the first statement of the line can be a clause of a compound one. */
let atLineStart = true;
let compound: i32 = 0;

// Open brackets: kind, and lambdas whose colon is still to come (index 0: outside all brackets).
const MOST_BRACKETS: i32 = 4096; // Python itself allows 200
const brackets: usize = memory.data(16384);
const lambdas: usize = memory.data(16384);
let depth: i32 = 0;

// A block must follow the line before.
let block = false;
let blockScope: i32 = 0;
let blockBody = false;

/** Where the file's bytes are to be put. */
export function inputAddress(): usize {
  return (__heap_base + 15) & ~15;
}

/** Scans `length` bytes at `inputAddress()`, behind which stand sixteen zero bytes. Returns the number of records at `recordsAddress()`. */
export function scan(length: i32): i32 {
  const source = inputAddress();
  i = source;
  end = source + length;
  beginReport(end + 16, source);
  beginLevels();
  block = false;
  depth = 0;
  set(lambdas, 0, 0);
  if (load<u8>(i) == 0xef && load<u8>(i + 1) == 0xbb && load<u8>(i + 2) == 0xbf) i += 3;
  while (i < end) {
    const column = indentation();
    if (i >= end) break;
    if (classAt(i) == HASH) i = endOfLine(i, end);
    if (i < end && classAt(i) == NEWLINE) {
      i = afterNewline(i);
      continue;
    }
    if (i >= end) break;
    logicalLine(column);
  }
  endOfFile(end, block);
  takeInterest();
  return reportCount();
}

/** Where the table of wanted words is to be put: see words.ts. */
export { wordsAddress } from "./words";

/** Of the text that lies at the input's address; nothing is scanned for it. */
export function shape(length: i32): u32 {
  return shapeOf(inputAddress(), length);
}

export function recordsAddress(): usize {
  return reportAddress();
}

function indentation(): i32 {
  let column = 0;
  for (; i < end; i++) {
    const byte = load<u8>(i);
    if (byte == 32) column++;
    else if (byte == 9) column = (column | 7) + 1;
    else if (byte == 12) column = 0;
    else break;
  }
  return column;
}

function logicalLine(column: i32): void {
  const start = i;
  enterLine(i, column, block, blockScope, blockBody);
  block = false;
  state = START;
  scope = headerScope = currentScope();
  header = seen = softWord = tokens = compound = 0;
  wasString = false;
  atLineStart = true;
  while (token()) {}
  depth = 0;
  set(lambdas, 0, 0);
  if (atLineStart) {
    // It did not start with a hard keyword.
    startStatement(start, 0);
    compound = softWord == MATCH || softWord == CASE ? softWord : 0;
  }
  endStatement(compound);
}

/** One token; false at the end of the logical line. */
function token(): bool {
  if (i >= end) {
    endOfLogicalLine();
    return false;
  }
  const kind = classAt(i);
  if (kind == BLANK) {
    i++;
    return true;
  }
  if (kind == NEWLINE) {
    if (depth > 0) {
      i++;
      return true;
    }
    endOfLogicalLine();
    i = afterNewline(i);
    return false;
  }
  if (kind == HASH) {
    i = endOfLine(i, end);
    return true;
  }
  if (kind == BACKSLASH) {
    if (classAt(i + 1) == NEWLINE) i = afterNewline(i + 1);
    else {
      suspect(i, CONTINUATION);
      i++;
    }
    return true;
  }
  const string = wasString;
  wasString = false;
  tokens++;
  switch (kind) {
    case WORD:
      word(string);
      break;
    case QUOTE:
      stringFrom(i, 0, string);
      break;
    case DIGIT:
      number();
      break;
    case DOT:
      dot();
      break;
    case OPEN:
      open();
      break;
    case CLOSE:
      close();
      break;
    case COMMA:
      comma();
      break;
    case COLON:
      colon();
      break;
    case SEMICOLON:
      semicolon();
      break;
    case OPERATOR:
      operator();
      break;
    default:
      other();
  }
  return true;
}

function endOfLogicalLine(): void {
  if (depth > 0) suspect(end - 1, NEVER_CLOSED);
  else if (header) suspect(i, NO_COLON);
  else if (state == START) {
    if (seen) {
      block = true;
      blockScope = headerScope;
      blockBody = seen == DEF;
    }
  } else if (state != OPERAND && state != END && state != OPTIONAL && state != LIST && state != SOFT) suspect(i, SYNTAX);
}

/** An operand stands where an operator should: right only after a soft keyword at the start of the line. */
function unexpectedOperand(at: usize): void {
  if (softWord && tokens == 2) header = softWord == TYPE || softWord == LAZY ? 0 : softWord;
  else suspect(at, SYNTAX);
}

function word(afterString: bool): void {
  const start = i;
  let high: u8 = 0;
  let byte = load<u8>(i);
  let hash: u32 = 0;
  while (true) {
    high |= byte;
    hash = hashOf(hash, byte);
    byte = load<u8>(++i);
    const kind = classAt(i);
    if (kind != WORD && kind != DIGIT) break;
  }
  noteWord(start, interestOf(hash));
  if (high > 127) record(UNICODE_WORD, offset(start), offset(i), 0);
  if (i - start <= 2 && classAt(i) == QUOTE) {
    const prefix = stringPrefix(start, i);
    if (prefix >= 0) return stringFrom(start, prefix, afterString);
  }
  const id = keywordAt(start, i);
  if (id == 0 || id > LAST_HARD) return name(start, id);
  if (state == START) startWithKeyword(start, id);
  else keywordInside(start, id);
}

/** The word from `start` to `i` is one that somebody asked for: `import_module`, `__name__` before a dot, `version` before `(__name__`. */
function noteWord(start: usize, interest: i32): void {
  if (!interest) return;
  if (interest & CALLED) {
    let at = skipBlanks(i, end, true);
    if (load<u8>(at) == 40) at = skipBlanks(at + 1, end, true);
    if (load<u16>(at) == 0x5f5f) noteInterest(RELATIVE);
  }
  if (interest & NAMESPACE) {
    // `__name__` alone follows a relocation by itself; taken apart or compared it may not.
    const at = skipBlanks(i, end, depth > 0);
    const next = load<u8>(at);
    if (next == 46 || next == 91) noteInterest(NAMESPACE);
    else if (next == 61 || next == 33 || next == 37 || next == 43 || state == NEED || state == NEED_STARRED || classAt(at) == WORD) noteInterest(NAME);
    else return;
  } else noteInterest(interest & ((1 << NUMBER_SHIFT) - 1));
  if (interest >> NUMBER_SHIFT) record(SEEN_WORD, interest >> NUMBER_SHIFT, offset(start), 0);
}

function name(start: usize, id: i32): void {
  if (id == LAZY_MODULES) noteLazyModules();
  if (state == START) {
    if (id == LAZY && lazyImport(start)) return;
    if (id && id != LAZY_MODULES && tokens == 1) softWord = id;
  } else if (state == OPERAND || state == END || state == NOT_IN) unexpectedOperand(start);
  state = OPERAND;
}

/** `lazy import` and `lazy from` (PEP 810); the grammar does not know the word, so it is blanked out for it. */
function lazyImport(start: usize): bool {
  const next = skipBlanks(i, end, false);
  const id = keywordAt(next, endOfWord(next));
  if (id != IMPORT && id != FROM) return false;
  for (let at = start; at < i; at++) mask(at, 32);
  const after = endOfImport(next, end);
  if (!after) return false;
  record(IMPORT_AT + 16 * scope, offset(next), offset(start), offset(after));
  i = after;
  state = END;
  return true;
}

function startWithKeyword(start: usize, id: i32): void {
  const first = atLineStart && depth == 0;
  if (first && !startStatement(start, id)) suspect(start, SYNTAX);
  atLineStart = false;
  switch (id) {
    case IMPORT:
    case FROM: {
      const after = endOfImport(start, end);
      if (after) {
        record(IMPORT_AT + 16 * scope, offset(start), -1, offset(after));
        i = after;
      } else if (inDoubt()) suspect(start, SYNTAX);
      else reject(start, IMPORT_SYNTAX); // the grammar is lax about commas
      state = END;
      break;
    }
    case DEF:
    case CLASS: {
      headerScope = id == DEF ? 1 : 2;
      header = id;
      const next = skipBlanks(i, end, false);
      if (classAt(next) != WORD || !isName(next, endOfWord(next))) suspect(start, SYNTAX);
      state = NEED;
      break;
    }
    case IF:
    case ELIF:
    case WHILE:
    case WITH:
      header = id;
      state = NEED;
      break;
    case FOR:
      header = id;
      state = NEED_STARRED;
      break;
    case EXCEPT:
      header = id;
      state = OPTIONAL;
      break;
    case ELSE:
    case TRY:
    case FINALLY:
      header = id;
      state = END;
      break;
    case ASYNC: {
      const next = skipBlanks(i, end, false);
      const following = keywordAt(next, endOfWord(next));
      if (following == DEF || following == FOR || following == WITH) {
        atLineStart = first;
        return;
      }
      state = OPERAND; // a name in code older than Python 3.7
      break;
    }
    case PASS:
    case BREAK:
    case CONTINUE:
      state = END;
      break;
    case RETURN:
    case RAISE:
    case YIELD:
    case AWAIT:
      state = OPTIONAL;
      break;
    case DEL:
    case ASSERT:
    case NOT:
      state = NEED;
      break;
    case GLOBAL:
    case NONLOCAL:
      state = classAt(skipBlanks(i, end, false)) == WORD ? NEED : OPERAND;
      break;
    case LAMBDA:
      set(lambdas, depth, get(lambdas, depth) + 1);
      state = LIST;
      break;
    default:
      suspect(start, SYNTAX);
      state = NEED;
  }
  if (first) compound = header;
}

function keywordInside(start: usize, id: i32): void {
  let right = true;
  switch (id) {
    case AND:
    case OR:
    case IS:
    case IF:
    case ELSE:
    case AS:
      right = state == OPERAND;
      state = NEED;
      break;
    case IN:
      right = state == OPERAND || state == NOT_IN || state == LIST;
      state = NEED_STARRED;
      break;
    case NOT:
      right = state != END;
      state = state == OPERAND ? NOT_IN : NEED;
      break;
    case FOR:
      right = state == OPERAND || state == SOFT || state == LIST;
      state = NEED_STARRED;
      break;
    case FROM:
      right = state == OPERAND || state == OPTIONAL;
      state = NEED;
      break;
    case LAMBDA:
      right = state != OPERAND && state != END;
      set(lambdas, depth, get(lambdas, depth) + 1);
      state = LIST;
      break;
    case AWAIT:
    case YIELD:
      right = state != OPERAND && state != END;
      state = OPTIONAL;
      break;
    case ASYNC:
      state = SOFT;
      break;
    default:
      right = false;
      state = NEED;
  }
  if (!right) suspect(start, SYNTAX);
}

function stringFrom(start: usize, prefix: i32, afterString: bool): void {
  const opening = i;
  const statement = state == START;
  i = endOfString(i, end, prefix);
  if (i && interestAt(opening, end)) record(STRING_AT + 16 * (prefix | (statement ? STATEMENT : 0) | (afterString ? ADJACENT : 0)), offset(start), offset(opening), offset(i));
  if (i && !statement && importsAt(opening, i)) record(TEXT_AT, offset(start), 0, 0);
  if (!i) {
    suspect(start, UNTERMINATED);
    i = end;
  } else if (i > end) i = end;
  if (state == OPERAND && !afterString) unexpectedOperand(start);
  else if (state == END) suspect(start, SYNTAX);
  state = OPERAND;
  wasString = true;
}

function number(): void {
  const start = i;
  i = endOfNumber(i);
  if (state == OPERAND || state == END) unexpectedOperand(start);
  state = OPERAND;
}

function dot(): void {
  if (state != OPERAND) {
    if (classAt(i + 1) == DIGIT) return number();
    if (load<u8>(i + 1) == 46 && load<u8>(i + 2) == 46) {
      i += 3;
      state = OPERAND;
      return;
    }
  }
  const start = i;
  const next = skipBlanks(i + 1, end, depth > 0);
  let after = next;
  let hash: u32 = 0;
  while (isWordOrDigit(load<u8>(after))) hash = hashOf(hash, load<u8>(after++));
  if (state == OPERAND && classAt(next) == WORD && isName(next, after)) {
    i = after;
    const interest = interestOf(hash);
    // The `__name__` of something else: only compared with a wanted string it matters.
    if (interest & NAMESPACE) {
      const behind = skipBlanks(i, end, depth > 0);
      const byte = load<u8>(behind);
      if (byte != 61 && byte != 33 && byte != 46 && classAt(behind) != WORD) return;
      noteInterest(NAME);
      record(SEEN_WORD, interest >> NUMBER_SHIFT, offset(next), 0);
    } else if (!(interest & NAME_ONLY)) noteWord(next, interest);
    return;
  }
  i++;
  unexpectedOperand(start);
  state = OPERAND;
}

function open(): void {
  const byte = load<u8>(i);
  if (state == END || (byte == 123 && state == OPERAND)) unexpectedOperand(i);
  if (depth + 1 < MOST_BRACKETS) depth++;
  else suspect(i, SYNTAX);
  set(brackets, depth, byte);
  set(lambdas, depth, 0);
  state = byte == 91 && state == OPERAND ? SUBSCRIPT : LIST;
  i++;
}

function close(): void {
  const byte: i32 = load<u8>(i);
  // ASCII puts closing brackets one or two behind opening ones.
  if (depth == 0 || (byte != get(brackets, depth) + 1 && byte != get(brackets, depth) + 2)) suspect(i, UNMATCHED);
  if (state == NEED || state == NEED_STARRED || state == NOT_IN || state == SUBSCRIPT) suspect(i, SYNTAX);
  if (depth > 0) depth--;
  state = OPERAND;
  i++;
}

function comma(): void {
  if (state != OPERAND && state != STAR && state != OPTIONAL && state != SLICE) suspect(i, SYNTAX);
  else if (header == EXCEPT && depth == 0) mask(i, 124); // PEP 758
  state = LIST;
  i++;
}

function semicolon(): void {
  if (depth > 0 || header || (state != OPERAND && state != END && state != OPTIONAL && state != LIST)) suspect(i, SYNTAX);
  state = START;
  seen = softWord = 0;
  atLineStart = false;
  i++;
}

function colon(): void {
  const start = i;
  const bracket = depth > 0 ? get(brackets, depth) : 0;
  if (load<u8>(i + 1) == 61 && !(bracket == 91 && state != OPERAND)) {
    if (state != OPERAND) suspect(i, SYNTAX);
    state = NEED;
    i += 2;
    return;
  }
  i++;
  if (get(lambdas, depth) > 0) {
    set(lambdas, depth, get(lambdas, depth) - 1);
    if (state == NEED || state == NEED_STARRED) suspect(start, SYNTAX);
    state = NEED;
  } else if (depth == 0) colonOutside(start);
  else if (bracket == 91) {
    if (state == NEED || state == NEED_STARRED) suspect(start, SYNTAX);
    state = SLICE;
  } else {
    const annotation = bracket == 40 && depth == 1 && header == DEF;
    if (state != OPERAND || (bracket == 40 && !annotation)) suspect(start, SYNTAX);
    state = annotation ? NEED_STARRED : NEED;
  }
}

function colonOutside(start: usize): void {
  if (!header && (softWord == MATCH || softWord == CASE) && tokens > 2) header = softWord;
  if (!header) {
    if (state != OPERAND) suspect(start, SYNTAX);
    state = NEED; // an annotation
    return;
  }
  if (state != OPERAND && state != END && state != OPTIONAL && state != LIST) suspect(start, SYNTAX);
  seen = header;
  if (header == DEF || header == CLASS) scope = headerScope;
  header = 0;
  state = START;
  if (seen <= LAST_HARD) atLineStart = false;
}

function operator(): void {
  const start = i;
  const byte = load<u8>(i);
  const next = load<u8>(i + 1);
  if (byte == 61 && next != 61) return equals();
  const size = operatorLength(byte, next);
  i += size;
  const comparison = size == 2 && (byte == 33 || byte == 60 || byte == 62);
  const assigns = size > 1 && load<u8>(i - 1) == 61 && byte != 61 && !comparison;
  if (byte == 42 && !assigns && state != OPERAND) {
    // a starred expression or parameter
    if (state == NEED || state == END || state == NOT_IN) suspect(start, SYNTAX);
    state = state == LIST || state == SLICE ? STAR : NEED;
  } else if (byte == 47 && size == 1 && state == LIST) state = STAR;
  else if (state == OPERAND || state == SOFT) {
    if (byte == 126 || (byte == 33 && size == 1) || (assigns && depth > 0)) suspect(start, SYNTAX);
    state = assigns ? NEED_STARRED : NEED;
  } else if (size == 1 && (byte == 43 || byte == 45 || byte == 126)) {
    if (state == END) suspect(start, SYNTAX);
    state = NEED;
  } else {
    if (!(byte == 64 && size == 1 && state == START && tokens == 1)) suspect(start, SYNTAX); // else a decorator
    state = NEED;
  }
}

/** `=`: an assignment, a keyword argument, a default. */
function equals(): void {
  if (state != OPERAND && state != SOFT && !(state == LIST && depth == 0)) suspect(i, SYNTAX);
  else if (depth > 0 && get(lambdas, depth) == 0 && get(brackets, depth) != 40) {
    // PEP 696: the default of a type parameter; the grammar knows only bounds
    if (depth == 1 && get(brackets, 1) == 91 && (header == DEF || header == CLASS || softWord == TYPE)) {
      const star = skipBlanks(i + 1, end, true);
      mask(i, 124);
      if (load<u8>(star) == 42) mask(star, 32);
    }
    suspect(i, SYNTAX);
  }
  state = NEED_STARRED;
  i++;
}

function operatorLength(byte: u8, next: u8): i32 {
  if (next == byte && (byte == 42 || byte == 47 || byte == 60 || byte == 62)) return load<u8>(i + 2) == 61 ? 3 : 2;
  if (next == 61 && byte != 126) return 2;
  return (byte == 45 && next == 62) || (byte == 60 && next == 62) ? 2 : 1;
}

function other(): void {
  const byte = load<u8>(i);
  if (byte == 96) {
    // Python 2's `x` is repr(x)
    const opens = state != OPERAND;
    mask(i, opens ? 40 : 41);
    suspect(i, SYNTAX);
    state = opens ? LIST : OPERAND;
  } else suspect(i, byte == 0 ? NULL_BYTE : CHARACTER);
  i++;
}
