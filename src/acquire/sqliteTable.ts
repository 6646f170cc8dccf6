/**
 * Rows of one table of an SQLite database (sqlite.org/fileformat2.html), read from its pages, and from those that its write-ahead log has for them. Nothing
 * is locked, written or indexed: enough to look through a table once, without a library for all that SQLite can do.
 */
import { Failure } from "../model/failure.ts";
import type { RandomAccess } from "./randomAccess.ts";

export type Value = number | Buffer | null;

const MAGIC = "SQLite format 3\0";
const [INTERIOR, LEAF] = [5, 13];
const MAX_ROW = 256 * 2 ** 20;
const MAX_DEPTH = 40;

/** `path` is for messages. Throws Failure where there is no such table, or the database is none or damaged. */
export function* tableRows(file: RandomAccess, log: RandomAccess | undefined, table: string, path: string): Generator<readonly Value[]> {
  const database = new Pages(file, log, path);
  for (const [type, name, , root] of database.rows(1)) {
    if (!isText(type, "table") || !isText(name, table) || typeof root !== "number") continue;
    yield* database.rows(root);
    return;
  }
  throw new Failure(`${path}: has no table ${table}`, "Look at what made it.");
}

function isText(value: Value | undefined, text: string): boolean {
  return Buffer.isBuffer(value) && value.toString("latin1") === text;
}

class Pages {
  readonly #file: RandomAccess;
  readonly #log: RandomAccess | undefined;
  readonly #path: string;
  readonly #size: number;
  /** Bytes of a page that are used. */
  readonly #usable: number;
  /** Where the log has a page, by its number. */
  readonly #logged = new Map<number, number>();

  constructor(file: RandomAccess, log: RandomAccess | undefined, path: string) {
    [this.#file, this.#log, this.#path] = [file, log, path];
    const header = file.read(0, 100);
    if (header.length < 100 || header.toString("latin1", 0, 16) !== MAGIC) throw new Failure(`${path}: is no SQLite database`, "Look at what made it.");
    const size = header.readUInt16BE(16);
    this.#size = size === 1 ? 65_536 : size;
    this.#usable = this.#size - (header[20] ?? 0);
    if (this.#usable < 480) throw this.#damaged();
    if (log) this.#readLog(log);
  }

  /** Rows of the table whose tree begins at page `root`. */
  *rows(root: number): Generator<readonly Value[]> {
    yield* this.#below(root, new Set(), 0);
  }

  *#below(number: number, seen: Set<number>, depth: number): Generator<readonly Value[]> {
    if (seen.has(number) || depth > MAX_DEPTH) throw this.#damaged();
    seen.add(number);
    const page = this.#page(number);
    const start = number === 1 ? 100 : 0;
    const kind = page[start];
    if (kind !== INTERIOR && kind !== LEAF) throw this.#damaged();
    const count = page.readUInt16BE(start + 3);
    const cells = start + (kind === INTERIOR ? 12 : 8);
    if (cells + 2 * count > page.length) throw this.#damaged();
    for (let cell = 0; cell < count; cell++) {
      const at = page.readUInt16BE(cells + 2 * cell);
      if (at + 4 > page.length) throw this.#damaged();
      if (kind === INTERIOR) yield* this.#below(page.readUInt32BE(at), seen, depth + 1);
      else yield this.#row(page, at);
    }
    if (kind === INTERIOR) yield* this.#below(page.readUInt32BE(start + 8), seen, depth + 1);
  }

  #row(page: Buffer, at: number): Value[] {
    const [length, afterLength] = this.#varint(page, at);
    const [, body] = this.#varint(page, afterLength);
    // No row is longer than all that there is: a chain that runs in a circle would make it so.
    if (length > Math.min(MAX_ROW, this.#file.size + (this.#log?.size ?? 0))) throw this.#damaged();
    const record = this.#payload(page, body, length);
    const [headerLength, first] = this.#varint(record, 0);
    const values: Value[] = [];
    let data = headerLength;
    for (let type = first; type < headerLength; ) {
      const [code, next] = this.#varint(record, type);
      const size = code >= 12 ? (code - (code % 2 === 0 ? 12 : 13)) / 2 : ([0, 1, 2, 3, 4, 6, 8, 8, 0, 0][code] ?? 0);
      if (data + size > record.length) throw this.#damaged();
      const bytes = record.subarray(data, data + size);
      values.push(code >= 12 ? bytes : code === 0 ? null : code === 7 ? bytes.readDoubleBE() : code === 8 ? 0 : code === 9 ? 1 : code === 6 ? Number(bytes.readBigInt64BE()) : bytes.readIntBE(0, size));
      [type, data] = [next, data + size];
    }
    return values;
  }

  /** A long row goes on in a chain of overflow pages. */
  #payload(page: Buffer, at: number, length: number): Buffer {
    const most = this.#usable - 35;
    if (length <= most) return page.subarray(at, at + length);
    const least = Math.floor(((this.#usable - 12) * 32) / 255) - 23;
    const local = least + ((length - least) % (this.#usable - 4));
    const here = local <= most ? local : least;
    if (at + here + 4 > page.length) throw this.#damaged();
    const parts = [page.subarray(at, at + here)];
    let left = length - here;
    for (let next = page.readUInt32BE(at + here); left > 0; ) {
      const more = this.#page(next);
      const part = more.subarray(4, Math.min(this.#usable, 4 + left));
      parts.push(part);
      left -= part.length;
      next = more.readUInt32BE(0);
    }
    return Buffer.concat(parts);
  }

  #page(number: number): Buffer {
    const logged = this.#logged.get(number);
    const page = logged === undefined || !this.#log ? this.#file.read((number - 1) * this.#size, this.#size) : this.#log.read(logged, this.#size);
    if (number < 1 || page.length < this.#size) throw this.#damaged();
    return page;
  }

  /** What committed transactions wrote; frames of another salt are left from before. */
  #readLog(log: RandomAccess): void {
    const header = log.read(0, 32);
    if (header.length < 32 || (header.readUInt32BE(0) & ~1) >>> 0 !== 0x377f0682 || header.readUInt32BE(8) !== this.#size) return;
    const pending = new Map<number, number>();
    for (let at = 32; at + 24 + this.#size <= log.size; at += 24 + this.#size) {
      const frame = log.read(at, 24);
      if (Buffer.compare(frame.subarray(8, 16), header.subarray(16, 24)) !== 0) return;
      pending.set(frame.readUInt32BE(0), at + 24);
      if (frame.readUInt32BE(4) === 0) continue;
      for (const [page, place] of pending) this.#logged.set(page, place);
      pending.clear();
    }
  }

  #varint(bytes: Buffer, at: number): readonly [value: number, next: number] {
    let value = 0;
    for (let i = 0; i < 9; i++) {
      const byte = bytes[at + i];
      if (byte === undefined) throw this.#damaged();
      if (i === 8) return [value * 256 + byte, at + 9];
      value = value * 128 + (byte & 127);
      if (byte < 128) return [value, at + i + 1];
    }
    throw this.#damaged();
  }

  #damaged(): Failure {
    return new Failure(`${this.#path}: the database is damaged or cut off`, "Repair it, or look at a backup.");
  }
}
