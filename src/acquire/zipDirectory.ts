/**
 * The directory of an ordinary archive, such as a wheel is: no comment, no extra fields, no Zip64, nothing encrypted (APPNOTE 4.3.12, 4.3.16).
 * yauzl takes a dozen calls an entry, a tenth of a whole run on a wheel of a few thousand files; it stays the judge of every other archive.
 */
import { readSync } from "node:fs";

/** What the directory says of an entry, before anything of it is believed. */
export interface DirectoryEntry {
  readonly name: string;
  /** Bits of the general purpose flag. */
  readonly flags: number;
  readonly method: number;
  readonly crc32: number;
  readonly compressedSize: number;
  readonly size: number;
  readonly externalAttributes: number;
  /** Of the local header. */
  readonly offset: number;
}

const END_LENGTH = 22;
const END_SIGNATURE = 0x06054b50;
const ENTRY_LENGTH = 46;
const ENTRY_SIGNATURE = 0x02014b50;
const LARGEST_DIRECTORY = 16 * 2 ** 20;
/** How hard it was compressed, sizes behind the content, a name in UTF-8. */
const HARMLESS_FLAGS = 0x080e;
const ZIP64 = 0xffffffff;
// oxlint-disable-next-line no-control-regex
const ASCII = /^[\x00-\x7f]*$/;

/** Entries in the archive's order; undefined for anything out of the ordinary, sound or not. */
export function readOrdinaryDirectory(descriptor: number, archiveSize: number): DirectoryEntry[] | undefined {
  const end = readAt(descriptor, archiveSize - END_LENGTH, END_LENGTH);
  if (!end || end.readUInt32LE(0) !== END_SIGNATURE || end.readUInt32LE(4) !== 0 || end.readUInt16LE(20) !== 0) return undefined;
  const [count, length, start] = [end.readUInt16LE(10), end.readUInt32LE(12), end.readUInt32LE(16)];
  if (count === 0xffff || count !== end.readUInt16LE(8) || length > LARGEST_DIRECTORY || start + length !== archiveSize - END_LENGTH) return undefined;
  const directory = readAt(descriptor, start, length);
  if (!directory) return undefined;
  const entries: DirectoryEntry[] = [];
  let at = 0;
  for (; entries.length < count; ) {
    if (at + ENTRY_LENGTH > length || directory.readUInt32LE(at) !== ENTRY_SIGNATURE) return undefined;
    const [flags, method] = [directory.readUInt16LE(at + 8), directory.readUInt16LE(at + 10)];
    const [compressedSize, size, offset] = [directory.readUInt32LE(at + 20), directory.readUInt32LE(at + 24), directory.readUInt32LE(at + 42)];
    const nameEnd = at + ENTRY_LENGTH + directory.readUInt16LE(at + 28);
    // Lengths of the extra fields and the comment, which stand side by side, and the number of the disk.
    if (directory.readUInt32LE(at + 30) !== 0 || directory.readUInt16LE(at + 34) !== 0 || (flags & ~HARMLESS_FLAGS) !== 0 || nameEnd > length) return undefined;
    if (compressedSize === ZIP64 || size === ZIP64 || offset === ZIP64 || (method === 0 && compressedSize !== size)) return undefined;
    const name = directory.toString("latin1", at + ENTRY_LENGTH, nameEnd);
    if (!ASCII.test(name)) return undefined;
    entries.push({ name, flags, method, crc32: directory.readUInt32LE(at + 16), compressedSize, size, externalAttributes: directory.readUInt32LE(at + 38), offset });
    at = nameEnd;
  }
  return at === length ? entries : undefined;
}

function readAt(descriptor: number, position: number, length: number): Buffer | undefined {
  if (position < 0) return undefined;
  const bytes = Buffer.allocUnsafe(length);
  let filled = 0;
  for (let read = -1; read !== 0 && filled < length; filled += read) read = readSync(descriptor, bytes, filled, length - filled, position + filled);
  return filled === length ? bytes : undefined;
}
