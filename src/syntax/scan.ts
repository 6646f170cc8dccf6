/**
 * One pass over the bytes of a file: finds its import statements, and whether there is any doubt that it is Python.
 *
 * A full parse costs some 5 MB/s; this costs a tenth of that, so most files never meet the parser. The scan follows tokens,
 * brackets, indentation and the alternation of operands and operators. Where that breaks it does not judge:
 * it reports a doubt, and the parser decides. Only indentation, which the grammar is lax about, is judged here.
 * It is one function over one state on purpose: it runs once per token of every file.
 */
import type { AnyImport, ScopeKind, SyntaxProblem } from "../model/facts.ts";
import { Class, CR, LF, afterNewline, classOf, endOfLine, endOfWord, skipBlanks } from "./bytes.ts";
import { isUnicodeWord } from "./encoding.ts";
import { isNameAt, readImport } from "./importStatement.ts";
import { keywordAt, keywordId } from "./keywords.ts";
import { endOfString, stringPrefix } from "./strings.ts";

export interface Scan {
  readonly imports: readonly AnyImport[];
  /** Where the scan lost its certainty: the parser has to decide. */
  readonly doubt: SyntaxProblem | undefined;
  /** Indentation or a character that no Python accepts; the grammar is lax about both. */
  readonly broken: SyntaxProblem | undefined;
  /** Places that the grammar does not know yet, or no more, each with text of the same length that it takes for the same thing. */
  readonly masks: readonly Mask[];
  /** `__lazy_modules__` (PEP 810) is named. */
  readonly namesLazyModules: boolean;
}

export interface Mask {
  readonly offset: number;
  readonly text: string;
}

/** What the grammar allows next. */
const enum State {
  /** A statement begins. */
  start,
  /** An operand has ended. */
  operand,
  /** An operand must follow. */
  need,
  /** An operand must follow; it may be starred. */
  needStarred,
  /** After an opening bracket, a comma, a lambda: operand, star, or the end of the list. */
  list,
  /** After the bracket of a subscription, which cannot be empty. */
  subscript,
  /** After a colon in square brackets: as in a list, and a comma may follow. */
  slice,
  /** After a star or a slash that may stand alone in a parameter list. */
  star,
  /** A statement that may end here, or go on with an operand. */
  optional,
  /** A statement that must end here. */
  end,
  /** `not` after an operand: `in` must follow. */
  notIn,
  /** After a soft keyword used as one: anything. */
  soft,
}

const K = keywordId;
const scopeKinds: readonly ScopeKind[] = ["module", "function", "class"];
const [PAREN, BRACKET, BRACE] = [40, 91, 123];
const closerOf: Readonly<Record<number, number>> = { [PAREN]: 41, [BRACKET]: 93, [BRACE]: 125 };

/** `source` is what `lexicalBytes` gives; `utf8` says that bytes above 127 are UTF-8. */
export function scan(source: Buffer, utf8 = true): Scan {
  const n = source.length;
  const imports: AnyImport[] = [];
  const masks: Mask[] = [];
  let doubt: SyntaxProblem | undefined;
  let broken: SyntaxProblem | undefined;
  let namesLazyModules = false;
  const suspect = (offset: number, reason: string): void => void (doubt ??= { offset, reason });

  // Indentation levels: column, namespace (index into scopeKinds), keyword of the last compound statement there.
  const columns = [0];
  const scopes = [0];
  const compounds = [0];
  let expectBlock = 0; // keyword of the header whose block must follow, 0 for none
  let blockScope = 0;

  // Open brackets: kind, and lambdas whose colon is still to come (index 0: outside all brackets).
  const brackets = [0];
  const lambdas = [0];

  let i = source[0] === 0xef && source[1] === 0xbb && source[2] === 0xbf ? 3 : 0;
  while (i < n) {
    // --- start of a physical line outside brackets: indentation
    let column = 0;
    for (; i < n; i++) {
      const byte = source[i]!;
      if (byte === 32) column++;
      else if (byte === 9) column = (column | 7) + 1;
      else if (byte === 12) column = 0;
      else break;
    }
    if (i >= n) break;
    let byte = source[i]!;
    if (byte === HASH_BYTE) i = endOfLine(source, i);
    if (i < n && (source[i] === LF || source[i] === CR)) {
      i = afterNewline(source, i);
      continue;
    }
    if (i >= n) break;
    const lineStart = i;
    let level = columns.length - 1;
    if (column > columns[level]!) {
      if (!expectBlock) broken ??= { offset: i, reason: "unexpected indent" };
      columns.push(column);
      scopes.push(blockScope);
      compounds.push(0);
      level++;
    } else {
      if (expectBlock) broken ??= { offset: i, reason: "expected an indented block" };
      if (column < columns[level]!) {
        while (column < columns[level]!) {
          if (compounds[level] === K.try) broken ??= { offset: i, reason: "expected 'except' or 'finally' block" };
          columns.pop();
          scopes.pop();
          compounds.pop();
          level--;
        }
        if (column !== columns[level]) {
          broken ??= { offset: i, reason: "unindent does not match any outer indentation level" };
          columns[level] = column;
        }
      }
    }
    expectBlock = 0;

    // --- the tokens of one logical line
    let state = State.start as State;
    let scope = scopes[level]!;
    let header = 0; // keyword of the compound statement whose colon is still to come
    let headerSeen = 0; // the same, after its colon
    let headerScope = scope;
    let softWord = 0; // the line starts with match, case or type
    let tokens = 0;
    let lastWasString = false;
    let firstOfLine = true;
    for (;;) {
      // blanks, comments, continuation lines
      byte = i < n ? source[i]! : LF;
      let kind = classOf[byte]!;
      if (kind === Class.blank) {
        i++;
        continue;
      }
      const depth = brackets.length - 1;
      if (kind === Class.hash) {
        i = endOfLine(source, i);
        continue;
      }
      if (kind === Class.backslash) {
        if (i + 1 < n && classOf[source[i + 1]!] === Class.newline) i = afterNewline(source, i + 1);
        else {
          suspect(i, "unexpected character after line continuation");
          i++;
        }
        continue;
      }
      if (kind === Class.newline) {
        if (depth > 0 && i < n) {
          i++;
          continue;
        }
        if (depth > 0) suspect(n - 1, "a bracket is never closed");
        else if (header) suspect(i, "expected ':'");
        else if (state === State.start) {
          if (headerSeen && tokens > 0) {
            expectBlock = headerSeen;
            blockScope = headerScope;
          }
        } else if (state !== State.operand && state !== State.end && state !== State.optional && state !== State.list && state !== State.soft) {
          suspect(i, "invalid syntax");
        }
        i = i < n ? afterNewline(source, i) : n;
        break;
      }

      const tokenStart = i;
      const wasString = lastWasString;
      lastWasString = false;

      if (kind === Class.word) {
        let high = byte;
        for (i++; i < n; i++) {
          const next: number = source[i]!;
          if (classOf[next] !== Class.word && classOf[next] !== Class.digit) break;
          high |= next;
        }
        if (high > 127 && utf8 && !isUnicodeWord(source, tokenStart, i)) broken ??= { offset: tokenStart, reason: "invalid character" };
        if (i < n && classOf[source[i]!] === Class.quote && i - tokenStart <= 2) {
          const prefix = stringPrefix(source, tokenStart, i);
          if (prefix) {
            i = endOfString(source, i, prefix);
            if (i < 0) {
              suspect(tokenStart, "unterminated string literal");
              i = n;
            }
            if (state === State.operand && !wasString && !(softWord && tokens === 1)) suspect(tokenStart, "invalid syntax");
            state = State.operand;
            lastWasString = true;
            if (softWord && tokens === 1) header = softHeader(softWord);
            tokens++;
            continue;
          }
        }
        const id = keywordAt(source, tokenStart, i);
        if (id === K.__lazy_modules__) namesLazyModules = true;
        if (id === 0 || id >= K.match) {
          if (state === State.start) {
            if (id === K.lazy) {
              const next = skipBlanks(source, i, false);
              const word = keywordAt(source, next, endOfWord(source, next));
              if (word === K.import || word === K.from) {
                masks.push({ offset: tokenStart, text: "    " });
                const statement = readImport(source, next, { start: tokenStart, end: next }, scopeKinds[scope]!);
                if (statement && endsStatement(source, statement.end)) {
                  imports.push(statement);
                  i = statement.end;
                  state = State.end;
                  tokens++;
                  continue;
                }
              }
            } else if (id && tokens === 0) softWord = id;
          } else if (state === State.operand || state === State.end || state === State.notIn) {
            if (softWord && tokens === 1) header = softHeader(softWord);
            else suspect(tokenStart, "invalid syntax");
          }
          state = State.operand;
          tokens++;
          continue;
        }

        // --- hard keywords
        tokens++;
        if (state === State.start) {
          if (firstOfLine && depth === 0) {
            const last = compounds[level]!;
            if (id === K.except || id === K.finally || id === K.else || id === K.elif) {
              if (!continues(id, last)) suspect(tokenStart, "invalid syntax");
            } else if (last === K.try) broken ??= { offset: lineStart, reason: "expected 'except' or 'finally' block" };
          }
          const first: boolean = firstOfLine;
          firstOfLine = false;
          switch (id) {
            case K.import:
            case K.from: {
              const statement = readImport(source, tokenStart, undefined, scopeKinds[scope]!);
              if (statement && endsStatement(source, statement.end)) {
                imports.push(statement);
                i = statement.end;
              } else if (doubt) suspect(tokenStart, "invalid syntax");
              else broken ??= { offset: tokenStart, reason: "invalid import statement" }; // the grammar is lax about commas
              state = State.end;
              if (first) compounds[level] = 0;
              continue;
            }
            case K.def:
            case K.class:
              headerScope = id === K.def ? 1 : 2;
              header = id;
              if (!isNameAt(source, skipBlanks(source, i, false))) suspect(tokenStart, "invalid syntax");
              state = State.need;
              break;
            case K.if:
            case K.elif:
            case K.while:
            case K.with:
              header = id;
              state = State.need;
              break;
            case K.for:
              header = id;
              state = State.needStarred;
              break;
            case K.except:
              header = id;
              state = State.optional;
              break;
            case K.else:
            case K.try:
            case K.finally:
              header = id;
              state = State.end;
              break;
            case K.async: {
              const next = skipBlanks(source, i, false);
              const word = next < n ? keywordAt(source, next, endOfWord(source, next)) : 0;
              if (word === K.def || word === K.for || word === K.with) firstOfLine = first;
              else state = State.operand; // a name in code older than Python 3.7
              break;
            }
            case K.pass:
            case K.break:
            case K.continue:
              state = State.end;
              break;
            case K.return:
            case K.raise:
            case K.yield:
              state = State.optional;
              break;
            case K.del:
            case K.assert:
              state = State.need;
              break;
            case K.global:
            case K.nonlocal:
              state = classOf[source[skipBlanks(source, i, false)] ?? 0] === Class.word ? State.need : State.operand;
              break;
            case K.lambda:
              lambdas[depth]!++;
              state = State.list;
              break;
            case K.not:
              state = State.need;
              break;
            case K.await:
              state = State.optional;
              break;
            default:
              suspect(tokenStart, "invalid syntax");
              state = State.need;
          }
          if (first) compounds[level] = header;
          continue;
        }
        switch (id) {
          case K.and:
          case K.or:
          case K.is:
          case K.if:
          case K.else:
          case K.as:
            if (state !== State.operand) suspect(tokenStart, "invalid syntax");
            state = State.need;
            break;
          case K.in:
            if (state !== State.operand && state !== State.notIn && state !== State.list) suspect(tokenStart, "invalid syntax");
            state = State.needStarred;
            break;
          case K.not:
            if (state === State.end) suspect(tokenStart, "invalid syntax");
            state = state === State.operand ? State.notIn : State.need;
            break;
          case K.for:
            if (state !== State.operand && state !== State.soft && state !== State.list) suspect(tokenStart, "invalid syntax");
            state = State.needStarred;
            break;
          case K.from:
            if (state !== State.operand && state !== State.optional) suspect(tokenStart, "invalid syntax");
            state = State.need;
            break;
          case K.lambda:
            if (state === State.operand || state === State.end) suspect(tokenStart, "invalid syntax");
            lambdas[depth]!++;
            state = State.list;
            break;
          case K.await:
          case K.yield:
            if (state === State.operand || state === State.end) suspect(tokenStart, "invalid syntax");
            state = State.optional;
            break;
          case K.async:
            state = State.soft;
            break;
          default:
            suspect(tokenStart, "invalid syntax");
            state = State.need;
        }
        continue;
      }

      // --- everything that is not a word; a line that starts with it cannot continue a try
      if (kind === Class.other) {
        if (byte === 0) suspect(i, "source code cannot contain null bytes");
        else if (byte === 96) {
          const opens: boolean = state !== State.operand;
          masks.push({ offset: i, text: opens ? "(" : ")" }); // Python 2's `x` is repr(x)
          suspect(i, "invalid syntax");
          state = opens ? State.list : State.operand;
        } else suspect(i, "invalid character");
        i++;
        tokens++;
        continue;
      }
      tokens++;
      if (kind === Class.quote) {
        i = endOfString(source, i, { raw: false, format: false });
        if (i < 0) {
          suspect(tokenStart, "unterminated string literal");
          i = n;
        }
        if (state === State.operand && !wasString) {
          if (softWord && tokens === 2) header = softHeader(softWord);
          else suspect(tokenStart, "invalid syntax");
        } else if (state === State.end) suspect(tokenStart, "invalid syntax");
        state = State.operand;
        lastWasString = true;
        continue;
      }
      if (kind === Class.dot && state !== State.operand) {
        if (i + 1 < n && classOf[source[i + 1]!] === Class.digit) kind = Class.digit;
        else if (source[i + 1] === 46 && source[i + 2] === 46) {
          i += 3;
          state = State.operand;
          continue;
        }
      }
      switch (kind) {
        case Class.digit:
          i = endOfNumber(source, i);
          if (state === State.operand || state === State.end) {
            if (softWord && tokens === 2) header = softHeader(softWord);
            else suspect(tokenStart, "invalid syntax");
          }
          state = State.operand;
          break;
        case Class.dot: {
          i++;
          const next = skipBlanks(source, i, depth > 0);
          if (state !== State.operand || !isNameAt(source, next)) {
            if (source[next] === 46 && softWord && tokens === 2) header = softHeader(softWord);
            else suspect(tokenStart, "invalid syntax");
            state = State.operand;
          } else i = endOfWord(source, next);
          break;
        }
        case Class.open:
          if (state === State.end || (byte === BRACE && state === State.operand)) {
            if (softWord && tokens === 2) header = softHeader(softWord);
            else suspect(i, "invalid syntax");
          }
          brackets.push(byte);
          lambdas.push(0);
          state = byte === BRACKET && state === State.operand ? State.subscript : State.list;
          i++;
          break;
        case Class.close: {
          const open = brackets[depth]!;
          if (depth === 0 || closerOf[open] !== byte) suspect(i, "unmatched bracket");
          if (state === State.need || state === State.needStarred || state === State.notIn || state === State.subscript) suspect(i, "invalid syntax");
          if (depth > 0) {
            brackets.pop();
            lambdas.pop();
          }
          state = State.operand;
          i++;
          break;
        }
        case Class.comma:
          if (state !== State.operand && state !== State.star && state !== State.optional && state !== State.slice) suspect(i, "invalid syntax");
          else if (header === K.except && depth === 0) masks.push({ offset: i, text: "|" }); // PEP 758
          state = State.list;
          i++;
          break;
        case Class.semicolon:
          if (depth > 0 || header || (state !== State.operand && state !== State.end && state !== State.optional && state !== State.list)) {
            suspect(i, "invalid syntax");
          }
          state = State.start;
          headerSeen = 0;
          firstOfLine = false;
          softWord = 0;
          i++;
          break;
        case Class.colon:
          if (i + 1 < n && source[i + 1] === 61 && !(depth > 0 && brackets[depth] === BRACKET && state !== State.operand)) {
            if (state !== State.operand) suspect(i, "invalid syntax");
            state = State.need;
            i += 2;
            break;
          }
          i++;
          if (lambdas[depth]! > 0) {
            lambdas[depth]!--;
            if (state === State.need || state === State.needStarred) suspect(tokenStart, "invalid syntax");
            state = State.need;
          } else if (depth === 0) {
            if (!header && (softWord === K.match || softWord === K.case) && tokens > 2) header = softWord;
            if (header) {
              if (state !== State.operand && state !== State.end && state !== State.optional && state !== State.list) suspect(tokenStart, "invalid syntax");
              headerSeen = header;
              if (header === K.def || header === K.class) scope = headerScope;
              header = 0;
              state = State.start;
              firstOfLine = false;
            } else {
              if (state !== State.operand) suspect(tokenStart, "invalid syntax");
              state = State.need;
            }
          } else if (brackets[depth] === BRACKET) {
            if (state === State.need || state === State.needStarred) suspect(tokenStart, "invalid syntax");
            state = State.slice;
          } else {
            const annotation = brackets[depth] === PAREN && depth === 1 && header === K.def;
            if (state !== State.operand || (brackets[depth] === PAREN && !annotation)) suspect(tokenStart, "invalid syntax");
            state = annotation ? State.needStarred : State.need;
          }
          break;
        default: {
          // operators
          const next = i + 1 < n ? source[i + 1]! : 0;
          if (byte === 61 && next !== 61) {
            // `=`
            if (state !== State.operand && state !== State.soft && !(state === State.list && depth === 0)) suspect(i, "invalid syntax");
            else if (depth > 0 && lambdas[depth] === 0 && brackets[depth] !== PAREN) {
              // PEP 696: the default of a type parameter; the grammar knows only bounds
              if (depth === 1 && brackets[1] === BRACKET && (header === K.def || header === K.class || softWord === K.type)) {
                const starAt = skipBlanks(source, i + 1, true);
                masks.push({ offset: i, text: "|" });
                if (source[starAt] === 42) masks.push({ offset: starAt, text: " " });
              }
              suspect(i, "invalid syntax");
            }
            state = State.needStarred;
            i++;
            break;
          }
          const size = operatorLength(byte, next, i + 2 < n ? source[i + 2]! : 0);
          i += size;
          const assigns = source[i - 1] === 61 && size > 1 && byte !== 61 && !(size === 2 && (byte === 33 || byte === 60 || byte === 62));
          if (byte === 42 && !assigns && state !== State.operand) {
            // a starred expression or parameter
            if (state === State.need || state === State.end || state === State.notIn) suspect(tokenStart, "invalid syntax");
            state = state === State.list || state === State.slice ? State.star : State.need;
          } else if (byte === 47 && size === 1 && state === State.list) state = State.star;
          else if (state === State.operand || state === State.soft) {
            if (byte === 126 || (byte === 33 && size === 1)) suspect(tokenStart, "invalid syntax");
            if (assigns && depth > 0) suspect(tokenStart, "invalid syntax");
            state = assigns ? State.needStarred : State.need;
          } else if (size === 1 && (byte === 43 || byte === 45 || byte === 126)) {
            if (state === State.end) suspect(tokenStart, "invalid syntax");
            state = State.need;
          } else if (byte === 64 && size === 1 && state === State.start && tokens === 1) state = State.need; // a decorator
          else {
            suspect(tokenStart, "invalid syntax");
            state = State.need;
          }
        }
      }
    }
    // --- end of a logical line
    if (brackets.length > 1) {
      brackets.length = 1;
      lambdas.length = 1;
    }
    lambdas[0] = 0;
    if (firstOfLine) {
      // it did not start with a hard keyword
      if (compounds[level] === K.try) broken ??= { offset: lineStart, reason: "expected 'except' or 'finally' block" };
      compounds[level] = softWord === K.match || softWord === K.case ? softWord : 0;
    }
  }
  if (expectBlock) broken ??= { offset: n, reason: "expected an indented block" };
  if (compounds.includes(K.try)) broken ??= { offset: n, reason: "expected 'except' or 'finally' block" };
  return { imports, doubt, broken, masks, namesLazyModules };
}

const HASH_BYTE = 35;

/** `match x` and `case x` begin a block; `type X` does not. */
function softHeader(id: number): number {
  return id === K.type || id === K.lazy ? 0 : id;
}

/** Whether the compound statement `id` (except, finally, else, elif) may follow `last` at the same level. */
function continues(id: number, last: number): boolean {
  if (id === K.except) return last === K.try || last === K.except;
  if (id === K.finally) return last === K.try || last === K.except || last === K.else;
  if (id === K.elif) return last === K.if || last === K.elif;
  return last === K.if || last === K.elif || last === K.for || last === K.while || last === K.except;
}

function endsStatement(source: Uint8Array, at: number): boolean {
  const i = skipBlanks(source, at, false);
  const kind = i < source.length ? classOf[source[i]!] : Class.newline;
  return kind === Class.newline || kind === Class.semicolon || kind === Class.hash;
}

function endOfNumber(source: Uint8Array, at: number): number {
  let i = at;
  const based = source[i] === 48 && ((source[i + 1] ?? 0) | 32) !== 101 && classOf[source[i + 1] ?? 0] === Class.word;
  for (; i < source.length; i++) {
    const kind = classOf[source[i]!];
    if (kind === Class.digit || (kind === Class.dot && !based)) continue;
    if (kind !== Class.word) return i;
    const letter = source[i]! | 32;
    if (source[i] === 95 || (based && ((letter >= 97 && letter <= 102) || letter === 120 || letter === 111 || letter === 108))) continue;
    if (!based && letter === 101 && i + 1 < source.length) {
      const sign = source[i + 1] === 43 || source[i + 1] === 45 ? 2 : 1;
      if (i + sign < source.length && classOf[source[i + sign]!] === Class.digit) {
        i += sign;
        continue;
      }
      return i;
    }
    return letter === 106 || letter === 108 ? i + 1 : i; // imaginary, or Python 2's long
  }
  return i;
}

/** Length of the operator that starts with `byte`. */
function operatorLength(byte: number, next: number, third: number): number {
  const doubled = next === byte && (byte === 42 || byte === 47 || byte === 60 || byte === 62);
  if (doubled) return third === 61 ? 3 : 2;
  if (next === 61 && byte !== 126) return 2;
  if ((byte === 45 && next === 62) || (byte === 60 && next === 62)) return 2;
  return 1;
}
