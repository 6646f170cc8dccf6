/** The entries of a zip archive, checked before a byte of them is trusted. Reading the directory is yauzl's work. */
import { isAscii } from "node:buffer";
import { close, openSync, readSync } from "node:fs";
import yauzl, { type Entry, type ZipFile } from "yauzl";
import { Failure } from "../model/failure.ts";
import { type EntryLocator, LOCAL_HEADER, getAnother } from "./zipEntry.ts";

export interface ZipEntry {
  /** With slashes; never absolute, never with `..`. */
  readonly path: string;
  readonly size: number;
  readonly mode: number;
  readonly locator: EntryLocator;
}

const WINDOW = 2 ** 20;
const READS_IN_ONE_GO = 64;
const MAX_ENTRIES = 500_000;
const MAX_TOTAL = 4 * 2 ** 30;
const MAX_FILE = 2 ** 30;
// Deflate reaches 1032:1 on zeros; real archives stay below 50:1 as a whole.
const MAX_RATIO = 100;
const RATIO_SLACK = 64 * 2 ** 20;

/** Files of the archive at `path`, in its own order. Throws Failure for everything that is not a sound archive. */
export async function listZip(path: string, archiveSize: number): Promise<ZipEntry[]> {
  const zip = await open(path, archiveSize);
  const entries: ZipEntry[] = [];
  let total = 0;
  if (zip.entryCount > MAX_ENTRIES) throw new Failure(`${path}: holds ${zip.entryCount} entries, more than ${MAX_ENTRIES}`, getAnother);
  await new Promise<void>((resolve, reject) => {
    zip.on("error", (error: Error) => reject(new Failure(`${path}: ${describe(error)}`, getAnother)));
    zip.on("end", resolve);
    zip.on("entry", (entry: Entry) => {
      try {
        const checked = check(path, entry);
        if (checked) {
          total += checked.size;
          if (total > MAX_TOTAL || total > archiveSize * MAX_RATIO + RATIO_SLACK) {
            throw new Failure(`${path}: unpacks to more than ${Math.floor(total / 2 ** 20)} MiB from ${Math.ceil(archiveSize / 1024)} KiB, which no real distribution does`, getAnother);
          }
          entries.push(checked);
        }
        zip.readEntry();
      } catch (error) {
        reject(error);
      }
    });
    zip.readEntry();
  }).finally(() => zip.close());
  refuseClashes(path, entries);
  refuseOverlaps(path, entries);
  return entries;
}

/** The directory is read through a window, instead of in three reads an entry. */
class DirectoryReader extends yauzl.RandomAccessReader {
  readonly #descriptor: number;
  readonly #window = Buffer.allocUnsafeSlow(WINDOW);
  #start = 0;
  #end = 0;
  #reads = 0;

  constructor(path: string) {
    super();
    this.#descriptor = openSync(path, "r");
  }

  override read(buffer: Buffer, offset: number, length: number, position: number, callback: (error: Error | null) => void): void {
    if (length > WINDOW) readSync(this.#descriptor, buffer, offset, length, position);
    else {
      if (position < this.#start || position + length > this.#end) {
        this.#start = position;
        this.#end = position + readSync(this.#descriptor, this.#window, 0, WINDOW, position);
      }
      if (position + length > this.#end) return callback(new Error("too short: it was cut while it was read"));
      this.#window.copy(buffer, offset, position - this.#start, position - this.#start + length);
    }
    // At once, but not always: the stack grows with every entry.
    if (++this.#reads % READS_IN_ONE_GO === 0) queueMicrotask(() => callback(null));
    else callback(null);
  }

  override close(callback: (error: Error | null) => void): void {
    close(this.#descriptor, callback);
  }
}

function open(path: string, size: number): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    yauzl.fromRandomAccessReader(new DirectoryReader(path), size, { lazyEntries: true, autoClose: false, decodeStrings: false, validateEntrySizes: true }, (error, zip) => {
      if (error) reject(new Failure(`${path}: ${describe(error)}`, getAnother));
      else resolve(zip);
    });
  });
}

function describe(error: Error): string {
  if (/end of central directory|too short|signature/i.test(error.message)) return "is not a zip archive, or is cut off";
  return `damaged or unsafe archive: ${error.message}`;
}

/** ASCII in nearly every wheel, and then the same in UTF-8 as in code page 437. */
function nameOf({ fileNameRaw, generalPurposeBitFlag, extraFields }: Entry): string {
  // A field of the Unicode name (0x7075) may give another one.
  return extraFields.length === 0 && isAscii(fileNameRaw) ? fileNameRaw.toString("latin1") : yauzl.getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, true);
}

/** Undefined for a directory. */
function check(path: string, entry: Entry): ZipEntry | undefined {
  const name = nameOf(entry);
  const refuse = (reason: string): never => {
    throw new Failure(`${path}: entry '${name}' ${reason}`, getAnother);
  };
  if (name === "" || name.includes("\0")) refuse("has no usable name");
  if (name.startsWith("/") || /^[A-Za-z]:/.test(name) || name.includes("\\") || name.split("/").some((part) => part === ".." || part === ".")) refuse("climbs out of the archive");
  const mode = (entry.externalFileAttributes >>> 16) & 0xffff;
  const type = mode & 0o170000;
  if (name.endsWith("/")) return undefined;
  if (name.split("/").includes("")) refuse("has an empty component");
  if (type !== 0 && type !== 0o100000) refuse(type === 0o120000 ? "is a symbolic link" : "is no regular file");
  if (entry.isEncrypted()) refuse("is encrypted");
  if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8) refuse(`uses compression method ${entry.compressionMethod}, which wheels may not`);
  if (entry.uncompressedSize > MAX_FILE) refuse(`is ${Math.floor(entry.uncompressedSize / 2 ** 20)} MiB large`);
  return {
    path: name,
    size: entry.uncompressedSize,
    mode: mode & 0o777,
    locator: {
      kind: "entry", archive: path, offset: entry.relativeOffsetOfLocalHeader, compressedSize: entry.compressedSize,
      method: entry.compressionMethod === 0 ? "stored" : "deflated", crc32: entry.crc32,
    },
  };
}

// eslint-disable-next-line no-control-regex
const NOT_ASCII = /[^\x00-\x7f]/;

/** Two names that one file system would take for the same file, or a file where a directory is needed. */
function refuseClashes(path: string, entries: readonly ZipEntry[]): void {
  const seen = new Map<string, string>();
  const directories = new Set<string>();
  for (const entry of entries) {
    const key = (NOT_ASCII.test(entry.path) ? entry.path.normalize("NFC") : entry.path).toLowerCase();
    const other = seen.get(key);
    if (other !== undefined) throw new Failure(`${path}: holds '${other}' and '${entry.path}', which ${other === entry.path ? "are the same name" : "differ only in case or in Unicode form"}`, getAnother);
    seen.set(key, entry.path);
    for (let slash = key.lastIndexOf("/"); slash > 0 && !directories.has(key.slice(0, slash)); slash = key.lastIndexOf("/", slash - 1)) directories.add(key.slice(0, slash));
  }
  for (const directory of directories) {
    const file = seen.get(directory);
    if (file !== undefined) throw new Failure(`${path}: '${file}' is both a file and a directory`, getAnother);
  }
}

/** Entries that share bytes are how small archives unpack to huge ones. */
function refuseOverlaps(path: string, entries: readonly ZipEntry[]): void {
  let end = 0;
  for (const entry of entries.toSorted((a, b) => a.locator.offset - b.locator.offset)) {
    if (entry.locator.offset < end) throw new Failure(`${path}: entry '${entry.path}' overlaps another`, getAnother);
    end = entry.locator.offset + LOCAL_HEADER + entry.locator.compressedSize;
  }
}
