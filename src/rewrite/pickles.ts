/**
 * Pickles: a program for a stack machine, in which opcodes name modules (PEP 307, 3154, 574). What names a relocated one is edited, with
 * the lengths before it. Only where every opcode to the file's end is understood; nothing is ever loaded.
 */
import type { Decision, Edit, Site } from "../model/edit.ts";
import type { DottedName } from "../model/name.ts";
import type { Relocation } from "../model/relocation.ts";
import type { RewriteOptions } from "./context.ts";

/** A text that an opcode pushes: `lengthAt` is undefined where it ends with its line. */
interface Literal {
  readonly text: string;
  readonly start: number;
  readonly lengthAt: number | undefined;
  readonly lengthSize: number;
  /** How often it was pushed, and how many of those times for the name of a module. */
  pushed: number;
  asModule: number;
}

interface Read {
  readonly modules: readonly Literal[];
  /** Places and lengths of PEP 3154's frames. */
  readonly frames: readonly { readonly at: number; readonly length: number }[];
}

const WITHOUT = "(.012NQRabde}]lostu)\x81\x85\x86\x87\x88\x89\x8f\x90\x91\x92\x97\x98";
const LINES: Readonly<Record<string, number>> = { F: 1, I: 1, L: 1, P: 1, S: 1, V: 1, g: 1, p: 1, c: 2, i: 2 };
const FIXED: Readonly<Record<string, number>> = { K: 1, h: 1, q: 1, "\x82": 1, "\x80": 1, M: 2, "\x83": 2, J: 4, j: 4, r: 4, "\x84": 4, G: 8 };
const COUNTED: Readonly<Record<string, number>> = { U: 1, C: 1, "\x8a": 1, "\x8c": 1, T: 4, B: 4, X: 4, "\x8b": 4, "\x8d": 8, "\x8e": 8, "\x96": 8 };
const TEXTS = "UTX\x8c\x8d";

/** The beginning of a pickle of protocol 2 or newer, and an end. */
export function looksPickled(source: Buffer): boolean {
  return source.length > 3 && source[0] === 0x80 && (source[1] ?? 0) >= 2 && (source[1] ?? 0) <= 5 && source[source.length - 1] === 0x2e;
}

/** Undefined where the file is no pickle, or several, from its first byte to its last. */
function readPickle(source: Buffer): Read | undefined {
  const modules: Literal[] = [];
  const frames: { at: number; length: number }[] = [];
  let memo = new Map<number, Literal | undefined>();
  /** The two topmost of the stack, as far as they are texts. */
  const top: { last: Literal | undefined; before: Literal | undefined } = { last: undefined, before: undefined };
  const push = (literal: Literal | undefined): void => {
    if (literal) literal.pushed++;
    [top.before, top.last] = [top.last, literal];
  };
  let at = 0;
  for (let ended = true; at < source.length; ) {
    const opcode = String.fromCharCode(source[at++] ?? 0);
    ended = false;
    if (opcode === ".") {
      memo = new Map();
      push(undefined);
      ended = true;
    } else if (opcode === "\x95") {
      if (at + 8 > source.length) return undefined;
      frames.push({ at, length: Number(source.readBigUInt64LE(at)) });
      at += 8;
    } else if (opcode === "\x94") memo.set(memo.size, top.last);
    else if (opcode === "\x93") {
      if (!top.before || !top.last) return undefined;
      top.before.asModule++;
      modules.push(top.before);
      push(undefined);
    } else if (WITHOUT.includes(opcode)) push(undefined);
    else if (LINES[opcode] !== undefined) {
      const end = source.indexOf(10, at);
      if (end < 0) return undefined;
      const line = source.toString("latin1", at, end);
      if (opcode === "p") memo.set(Number(line), top.last);
      else if (opcode === "g") push(memo.get(Number(line)));
      else if (opcode === "c" || opcode === "i") {
        modules.push({ text: line, start: at, lengthAt: undefined, lengthSize: 0, pushed: 1, asModule: 1 });
        push(undefined);
      } else push(undefined);
      at = LINES[opcode] === 2 ? source.indexOf(10, end + 1) + 1 : end + 1;
      if (at === 0) return undefined;
    } else if (FIXED[opcode] !== undefined) {
      const size = FIXED[opcode];
      if (at + size > source.length) return undefined;
      const number = size === 1 ? source[at] : size === 4 && opcode !== "J" ? source.readUInt32LE(at) : 0;
      if (opcode === "q" || opcode === "r") memo.set(number ?? 0, top.last);
      else if (opcode === "h" || opcode === "j") push(memo.get(number ?? 0));
      else if (opcode !== "\x80") push(undefined);
      at += size;
    } else if (COUNTED[opcode] !== undefined) {
      const size = COUNTED[opcode];
      if (at + size > source.length) return undefined;
      const length = size === 1 ? (source[at] ?? 0) : size === 4 ? source.readUInt32LE(at) : Number(source.readBigUInt64LE(at));
      const start = at + size;
      if (start + length > source.length) return undefined;
      push(TEXTS.includes(opcode) && length < 500 ? { text: source.toString("latin1", start, start + length), start, lengthAt: at, lengthSize: size, pushed: 0, asModule: 0 } : undefined);
      at = start + length;
    } else return undefined;
    if (at === source.length) return ended ? { modules, frames } : undefined;
  }
  return undefined;
}

/** Undefined where the file is no pickle that can be read. */
export function relocatePickle(source: Buffer, { relocations, inventory }: RewriteOptions): Decision | undefined {
  const read = readPickle(source);
  if (!read) return undefined;
  const edits: Edit[] = [];
  const sites: Site[] = [];
  const left = new Set<DottedName>();
  for (const literal of new Set(read.modules)) {
    const relocation = relocations.covering(literal.text);
    if (!relocation || relocation.absent || !inventory.isModule(literal.text)) continue;
    const lengths = literal.pushed === literal.asModule ? editsOf(literal, relocation) : undefined;
    if (lengths) edits.push(...lengths);
    else left.add(literal.text);
    const site = { start: literal.start, end: literal.start + literal.text.length, name: literal.text, tier: "proven", rule: "pickled-name" } as const;
    sites.push(lengths ? { ...site, outcome: "rewritten", why: "the module of a class in a pickle" } : { ...site, outcome: "reported", why: "the text is data of the pickle too" });
  }
  for (const { at, length } of read.frames) {
    const within = edits.filter(({ start }) => start >= at + 8 && start < at + 8 + length);
    const longer = within.reduce((sum, { start, end, text }) => sum + text.length - (end - start), 0);
    if (longer !== 0) edits.push({ start: at, end: at + 8, text: littleEndian(length + longer, 8), rule: "pickled-name" });
  }
  return { edits: edits.sort((a, b) => a.start - b.start), sites, findings: left.size > 0 ? [{ code: "pickled-name", message: namesClasses([...left].sort()), offset: 0 }] : [] };
}

/** The name and its length; undefined where the length has no room. */
function editsOf({ start, lengthAt, lengthSize, text }: Literal, { from, to }: Relocation): Edit[] | undefined {
  const name: Edit = { start, end: start + from.length, text: to, rule: "pickled-name" };
  if (lengthAt === undefined) return [name];
  const length = text.length + to.length - from.length;
  return lengthSize === 1 && length > 255 ? undefined : [{ start: lengthAt, end: lengthAt + lengthSize, text: littleEndian(length, lengthSize), rule: "pickled-name" }, name];
}

function littleEndian(value: number, size: number): string {
  return Array.from({ length: size }, (_, index) => String.fromCharCode(Math.floor(value / 256 ** index) % 256)).join("");
}

/** What a finding says of a pickle that keeps these names. */
export function namesClasses(names: readonly DottedName[]): string {
  return `the pickle names classes of ${names.slice(0, 4).map((name) => `'${name}'`).join(", ")}, and is loaded by those names`;
}
