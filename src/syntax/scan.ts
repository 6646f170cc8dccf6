/**
 * The scanner, seen from outside: bytes in, facts out. It is WebAssembly (its source is in scanner/, compiled by the build), because it runs
 * once per byte of every file and most runs are over before a JavaScript engine would have made machine code of it.
 */
import type { AnyImport, ScopeKind, SeenWord, SyntaxProblem, WantedString } from "../model/facts.ts";
import type { Span } from "../model/span.ts";
import { isUnicodeWord } from "./encoding.ts";
import { readImport } from "./importStatement.ts";
import type { WordTable } from "./words.ts";

export interface Scan {
  readonly imports: readonly AnyImport[];
  /** Where the scan lost its certainty: the parser has to decide. */
  readonly doubt: SyntaxProblem | undefined;
  /** Indentation or a character that no Python accepts; the grammar is lax about both. */
  readonly broken: SyntaxProblem | undefined;
  /** Places that the grammar does not know yet, or no more, each with a character that makes it take them for the same thing. */
  readonly masks: readonly Mask[];
  /** `__lazy_modules__` (PEP 810) is named. */
  readonly namesLazyModules: boolean;
  /** Strings that begin with a wanted name, in order. */
  readonly strings: readonly WantedString[];
  /** What the words of the file are of interest for (words.ts). */
  readonly interest: number;
  /** The table's numbered words that stand in the file, in order. */
  readonly words: readonly SeenWord[];
  /** Offsets of strings that import a wanted name, or that stand in a field of another one. */
  readonly texts: readonly number[];
  /** Bodies of functions; inner ones before the outer. */
  readonly bodies: readonly Span[];
}

export interface Mask {
  readonly offset: number;
  readonly character: number;
}

/** Scans what `lexicalBytes` gives; `utf8` says that bytes above 127 are UTF-8; `words` are looked out for. */
export type Scanner = (source: Buffer, utf8: boolean, words: WordTable) => Scan;

interface Exports {
  readonly memory: WebAssembly.Memory;
  inputAddress(): number;
  scan(length: number): number;
  recordsAddress(): number;
  wordsAddress(): number;
  shape(length: number): number;
}

const scopeKinds: readonly ScopeKind[] = ["module", "function", "class"];
/** In the order of scanner/report.ts. */
const reasons: readonly string[] = [
  "invalid syntax", "unexpected indent", "expected an indented block", "unindent does not match any outer indentation level",
  "expected 'except' or 'finally' block", "unterminated string literal", "a bracket is never closed", "expected ':'", "unmatched bracket",
  "invalid import statement", "source code cannot contain null bytes", "invalid character", "unexpected character after line continuation",
];
const [IMPORT_AT, DOUBT, BROKEN, MASK, UNICODE_WORD, NAMES_LAZY_MODULES, STRING_AT, INTEREST, SEEN_WORD, FUNCTION_BODY, TEXT_AT] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
const PAGE = 65536;
/** Behind the input stand zero bytes, so that the scanner need not look for the end at every step. */
const PADDING = 32;

interface Instance {
  readonly exports: Exports;
  /** Copies a text to where the scanner reads it. */
  put(source: Uint8Array): void;
}

/** `module` holds the compiled scanner. */
export function instantiate(module: Uint8Array): Instance {
  const exports = new WebAssembly.Instance(new WebAssembly.Module(module)).exports as unknown as Exports;
  const input = exports.inputAddress();
  let bytes = new Uint8Array(exports.memory.buffer);
  return {
    exports,
    put(source) {
      const missing = input + source.length + 2 * PADDING + 1024 - exports.memory.buffer.byteLength;
      if (missing > 0) exports.memory.grow(Math.ceil(missing / PAGE));
      if (bytes.buffer !== exports.memory.buffer) bytes = new Uint8Array(exports.memory.buffer);
      bytes.set(source, input);
      bytes.fill(0, input + source.length, input + source.length + PADDING);
    },
  };
}

/** `module` holds the compiled scanner. */
export function loadScanner(module: Uint8Array): Scanner {
  const { exports, put } = instantiate(module);
  let known: WordTable | undefined;
  return (source, utf8, words) => {
    if (known !== words) new Uint32Array(exports.memory.buffer, exports.wordsAddress(), words.length).set(words);
    known = words;
    put(source);
    const count = exports.scan(source.length);
    return interpret(source, utf8, new Int32Array(exports.memory.buffer, exports.recordsAddress(), count * 4));
  };
}

/** The grammar takes lines in the parentheses of an import for lines of the block, when they are indented less. */
function maskLineEnds(source: Buffer, start: number, end: number, masks: Mask[]): void {
  const newline = source.indexOf(10, start);
  if (newline < 0 || newline >= end) return;
  let comment = false;
  for (let at = start; at < end; at++) {
    if (source[at] === 35) comment = true;
    if (source[at] === 10) comment = false;
    if (comment || source[at] === 10 || source[at] === 13 || source[at] === 92) masks.push({ offset: at, character: 32 });
  }
}

function interpret(source: Buffer, utf8: boolean, records: Int32Array): Scan {
  const imports: AnyImport[] = [];
  const masks: Mask[] = [];
  const strings: WantedString[] = [];
  const words: SeenWord[] = [];
  const texts: number[] = [];
  const bodies: Span[] = [];
  let interest = 0;
  let [doubt, broken]: (SyntaxProblem | undefined)[] = [];
  let namesLazyModules = false;
  for (let at = 0; at < records.length; at += 4) {
    const kind = records[at] ?? 0;
    const a = records[at + 1] ?? 0;
    const b = records[at + 2] ?? 0;
    const c = records[at + 3] ?? 0;
    if ((kind & 15) === IMPORT_AT) {
      const statement = readImport(source, { start: a, end: c }, b < 0 ? undefined : { start: b, end: a }, scopeKinds[kind >> 4] ?? "module");
      if (!statement) throw new Error(`invariant: the scanner saw an import at byte ${a} that cannot be read`);
      imports.push(statement);
      maskLineEnds(source, a, c, masks);
    } else if (kind === MASK) masks.push({ offset: a, character: b });
    else if (kind === DOUBT) doubt = { offset: a, reason: reasons[b] ?? "" };
    else if (kind === BROKEN) broken ??= { offset: a, reason: reasons[b] ?? "" };
    else if ((kind & 15) === STRING_AT) strings.push({ start: a, opening: b, end: c, raw: (kind & 16) !== 0, format: (kind & 32) !== 0, statement: (kind & 64) !== 0, adjacent: (kind & 128) !== 0 });
    else if (kind === INTEREST) interest = a;
    else if (kind === SEEN_WORD) words.push({ number: a, offset: b });
    else if (kind === TEXT_AT) texts.push(a);
    else if (kind === FUNCTION_BODY) bodies.push({ start: a, end: b });
    else if (kind === NAMES_LAZY_MODULES) namesLazyModules = true;
    else if (kind === UNICODE_WORD && utf8 && !isUnicodeWord(source, a, b)) broken ??= { offset: a, reason: "invalid character" };
  }
  return { imports, doubt, broken, masks, namesLazyModules, strings, interest, words, texts, bodies };
}
