/** The directory of whatever archive, by yauzl. Loaded for those alone that zipDirectory.ts leaves. */
import { isAscii } from "node:buffer";
import yauzl, { type Entry, type ZipFile } from "yauzl";
import { Failure } from "../model/failure.ts";
import type { DirectoryEntry } from "./zipDirectory.ts";
import { getAnother } from "./zipEntry.ts";

const MAX_ENTRIES = 500_000;

/** Entries in the archive's order. Throws Failure for what is no archive, and for more entries than any distribution has. */
export async function readAnyDirectory(path: string): Promise<DirectoryEntry[]> {
  const zip = await open(path);
  if (zip.entryCount > MAX_ENTRIES) {
    zip.close();
    throw new Failure(`${path}: holds ${zip.entryCount} entries, more than ${MAX_ENTRIES}`, getAnother);
  }
  const entries: DirectoryEntry[] = [];
  await new Promise<void>((resolve, reject) => {
    zip.on("error", (error: Error) => reject(new Failure(`${path}: ${describe(error)}`, getAnother)));
    zip.on("end", resolve);
    zip.on("entry", (entry: Entry) => {
      entries.push({
        name: nameOf(entry), flags: entry.generalPurposeBitFlag, method: entry.compressionMethod, crc32: entry.crc32, compressedSize: entry.compressedSize,
        size: entry.uncompressedSize, externalAttributes: entry.externalFileAttributes, offset: entry.relativeOffsetOfLocalHeader,
      });
      zip.readEntry();
    });
    zip.readEntry();
  }).finally(() => zip.close());
  return entries;
}

function open(path: string): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    yauzl.open(path, { lazyEntries: true, autoClose: false, decodeStrings: false, validateEntrySizes: true }, (error, zip) => {
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
