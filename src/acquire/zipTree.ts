/** Zip archives for the audit: unlike an archive that is vendored, one with an odd entry is still read, and what is odd is said. */
import { inflateRawSync, crc32 } from "node:zlib";
import { Failure } from "../model/failure.ts";
import type { TreeFile, Unreadable } from "../model/tree.ts";
import type { RandomAccess } from "./randomAccess.ts";

const END = 0x06054b50;
const END64 = 0x06064b50;
const LOCATOR64 = 0x07064b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const MAX_COMMENT = 65_557;
const MAX_DIRECTORY = 256 * 2 ** 20;
const MAX_ENTRIES = 500_000;
/** No module, and no archive inside an archive, is larger. */
export const MAX_ENTRY = 512 * 2 ** 20;
const MAX_RATIO = 100;
const RATIO_SLACK = 64 * 2 ** 20;

/** `path` is for messages, `problem` is told of every entry that is left out. Throws Failure when the whole cannot be read. */
export function readZip(archive: RandomAccess, path: string, problem: (unreadable: Unreadable) => void): TreeFile[] {
  const { at, length, count, shift } = directoryOf(archive, path);
  if (count > MAX_ENTRIES || length > MAX_DIRECTORY) throw new Failure(`${path}: holds ${count} entries, more than an archive of modules has`, "Look at what made it.");
  const directory = archive.read(at, length);
  const files = new Map<string, TreeFile>();
  let cursor = 0;
  let total = 0;
  for (let entry = 0; entry < count; entry++) {
    if (cursor + 46 > directory.length || directory.readUInt32LE(cursor) !== CENTRAL) throw new Failure(`${path}: the archive's directory is damaged`, "Get the archive again.");
    const nameLength = directory.readUInt16LE(cursor + 28);
    const next = cursor + 46 + nameLength + directory.readUInt16LE(cursor + 30) + directory.readUInt16LE(cursor + 32);
    const name = nameOf(directory.subarray(cursor + 46, cursor + 46 + nameLength));
    const method = directory.readUInt16LE(cursor + 10);
    const [packed, size] = [directory.readUInt32LE(cursor + 20), directory.readUInt32LE(cursor + 24)];
    const mode = directory.readUInt32LE(cursor + 38) >>> 16;
    const reason = name.endsWith("/") ? "" : oddity(name, method, directory.readUInt16LE(cursor + 8), mode, packed, size);
    if (reason !== undefined) {
      if (reason !== "") problem({ path: `${path}/${name}`, reason });
    } else if (files.has(name)) problem({ path: `${path}/${name}`, reason: "stands in the archive twice" });
    else {
      total += size;
      if (total > archive.size * MAX_RATIO + RATIO_SLACK) throw new Failure(`${path}: unpacks to more than ${MAX_RATIO} times its size, which no real archive does`, "Look at what made it.");
      const read = reader(archive, `${path}/${name}`, { at: directory.readUInt32LE(cursor + 42) + shift, packed, size, method, crc: directory.readUInt32LE(cursor + 16) });
      files.set(name, { path: name, read, peek: read });
    }
    cursor = next;
  }
  return [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Where the central directory lies. `shift`: bytes that stand before the archive, as in executables that carry one. */
function directoryOf(archive: RandomAccess, path: string): { at: number; length: number; count: number; shift: number } {
  const tailAt = Math.max(0, archive.size - MAX_COMMENT);
  const tail = archive.read(tailAt, archive.size - tailAt);
  const found = tail.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  if (found < 0 || found + 22 > tail.length || tail.readUInt32LE(found) !== END) throw new Failure(`${path}: is not a zip archive, or is cut off`, "Get the archive again.");
  let [count, length, offset, end] = [tail.readUInt16LE(found + 10), tail.readUInt32LE(found + 12), tail.readUInt32LE(found + 16), tailAt + found];
  if (found >= 20 && tail.readUInt32LE(found - 20) === LOCATOR64) {
    const at = Number(tail.readBigUInt64LE(found - 12));
    const record = archive.read(at, 56);
    if (record.length === 56 && record.readUInt32LE(0) === END64) [count, length, offset, end] = [Number(record.readBigUInt64LE(32)), Number(record.readBigUInt64LE(40)), Number(record.readBigUInt64LE(48)), at];
  }
  const shift = Math.max(0, end - length - offset);
  if (offset + shift + length > archive.size) throw new Failure(`${path}: the archive is damaged or cut off`, "Get the archive again.");
  return { at: offset + shift, length, count, shift };
}

/** File names are bytes; those that are no UTF-8 are shown one character a byte. */
function nameOf(bytes: Buffer): string {
  const text = bytes.toString("utf8");
  return text.includes("\ufffd") ? bytes.toString("latin1") : text;
}

/** Why an entry is left out. */
function oddity(name: string, method: number, flags: number, mode: number, packed: number, size: number): string | undefined {
  if (isUnsafe(name)) return "has a name that climbs out of the archive";
  const type = mode & 0o170000;
  if (type !== 0 && type !== 0o100000) return type === 0o120000 ? "is a symbolic link" : "is no regular file";
  if ((flags & 1) !== 0) return "is encrypted";
  if (method !== 0 && method !== 8) return `uses compression method ${method}`;
  if (size > MAX_ENTRY || packed > MAX_ENTRY) return `is ${Math.floor(size / 2 ** 20)} MiB large`;
  return undefined;
}

/** A name that would be read, or shown, as a place outside the archive. */
export function isUnsafe(name: string): boolean {
  return name === "" || name.startsWith("/") || /^[A-Za-z]:/.test(name) || name.includes("\\") || name.includes("\0") || name.split("/").some((part) => part === ".." || part === "." || part === "");
}

function reader(archive: RandomAccess, path: string, entry: { at: number; packed: number; size: number; method: number; crc: number }): () => Buffer {
  return () => {
    const damaged = (why: string): Failure => new Failure(`${path}: ${why}`, "Get the archive again.");
    const header = archive.read(entry.at, 30);
    if (header.length < 30 || header.readUInt32LE(0) !== LOCAL) throw damaged("the entry has no local header");
    const bytes = archive.read(entry.at + 30 + header.readUInt16LE(26) + header.readUInt16LE(28), entry.packed);
    let content: Buffer;
    try {
      content = entry.method === 0 ? bytes : inflateRawSync(bytes, { maxOutputLength: Math.max(1, entry.size) });
    } catch {
      throw damaged("the entry is damaged");
    }
    if (content.length !== entry.size) throw damaged("the entry unpacks to another size than it declares");
    if (crc32(content) !== entry.crc) throw damaged("the entry does not match its checksum");
    return content;
  };
}
