/** The entries of a zip archive, checked before a byte of them is trusted. */
import { closeSync, openSync } from "node:fs";
import { Failure } from "../model/failure.ts";
import { type DirectoryEntry, readOrdinaryDirectory } from "./zipDirectory.ts";
import { type EntryLocator, LOCAL_HEADER, getAnother } from "./zipEntry.ts";

export interface ZipEntry {
  /** With slashes; never absolute, never with `..`. */
  readonly path: string;
  readonly size: number;
  readonly mode: number;
  readonly locator: EntryLocator;
}

const MAX_TOTAL = 4 * 2 ** 30;
const MAX_FILE = 2 ** 30;
// Deflate reaches 1032:1 on zeros; real archives stay below 50:1 as a whole.
const MAX_RATIO = 100;
const RATIO_SLACK = 64 * 2 ** 20;
const ENCRYPTED = 1;

/** Files of the archive at `path`, in its own order. Throws Failure for everything that is not a sound archive. */
export async function listZip(path: string, archiveSize: number): Promise<ZipEntry[]> {
  const entries: ZipEntry[] = [];
  let total = 0;
  for (const entry of ordinary(path, archiveSize) ?? (await (await import("./zipAnyDirectory.ts")).readAnyDirectory(path))) {
    const checked = check(path, entry);
    if (!checked) continue;
    total += checked.size;
    if (total > MAX_TOTAL || total > archiveSize * MAX_RATIO + RATIO_SLACK) {
      throw new Failure(`${path}: unpacks to more than ${Math.floor(total / 2 ** 20)} MiB from ${Math.ceil(archiveSize / 1024)} KiB, which no real distribution does`, getAnother);
    }
    entries.push(checked);
  }
  refuseClashes(path, entries);
  refuseOverlaps(path, entries);
  return entries;
}

function ordinary(path: string, archiveSize: number): DirectoryEntry[] | undefined {
  const descriptor = openSync(path, "r");
  try {
    return readOrdinaryDirectory(descriptor, archiveSize);
  } finally {
    closeSync(descriptor);
  }
}

// Every name that `check` may have something to say of: one search instead of a look at each part.
// eslint-disable-next-line no-control-regex
const UNUSUAL_NAME = /[\0\\:]|(?:^|\/)\.{0,2}(?:\/|$)/;

/** Undefined for a directory. */
function check(path: string, { name, flags, method, crc32, compressedSize, size, externalAttributes, offset }: DirectoryEntry): ZipEntry | undefined {
  const refuse = (reason: string): never => {
    throw new Failure(`${path}: entry '${name}' ${reason}`, getAnother);
  };
  const unusual = UNUSUAL_NAME.test(name);
  if (unusual) {
    if (name === "" || name.includes("\0")) refuse("has no usable name");
    if (name.startsWith("/") || /^[A-Za-z]:/.test(name) || name.includes("\\") || name.split("/").some((part) => part === ".." || part === ".")) refuse("climbs out of the archive");
  }
  const mode = externalAttributes >>> 16;
  const type = mode & 0o170000;
  if (unusual && name.endsWith("/")) return undefined;
  if (unusual && name.split("/").includes("")) refuse("has an empty component");
  if (type !== 0 && type !== 0o100000) refuse(type === 0o120000 ? "is a symbolic link" : "is no regular file");
  if ((flags & ENCRYPTED) !== 0) refuse("is encrypted");
  if (method !== 0 && method !== 8) refuse(`uses compression method ${method}, which wheels may not`);
  if (size > MAX_FILE) refuse(`is ${Math.floor(size / 2 ** 20)} MiB large`);
  return { path: name, size, mode: mode & 0o777, locator: { kind: "entry", archive: path, offset, compressedSize, method: method === 0 ? "stored" : "deflated", crc32 } };
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
