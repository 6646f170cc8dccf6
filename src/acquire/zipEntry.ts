/** Reads entries of a zip archive in place. Workers need only this, and not the library that reads the archive's directory. */
import { closeSync, openSync, readSync } from "node:fs";
import { crc32, inflateRawSync } from "node:zlib";
import type { Locator } from "../model/distribution.ts";
import { Failure } from "../model/failure.ts";

export type EntryLocator = Extract<Locator, { kind: "entry" }>;

export const getAnother = "Get the archive again, and look at what made it: pip would refuse it too.";
/** Bytes of a local header without the name. */
export const LOCAL_HEADER = 30;

/** Reads one entry; verifies its length and checksum. `open` gives a descriptor of the archive. */
export function readEntry(descriptor: number, entry: EntryLocator, path: string, size: number): Buffer {
  const damaged = (reason: string): Failure => new Failure(`${entry.archive}: entry '${path}' ${reason}`, getAnother);
  const header = readExactly(descriptor, entry.offset, LOCAL_HEADER);
  if (!header || header.readUInt32LE(0) !== 0x04034b50) throw damaged("has no local header");
  const start = entry.offset + LOCAL_HEADER + header.readUInt16LE(26) + header.readUInt16LE(28);
  const packed = readExactly(descriptor, start, entry.compressedSize);
  if (!packed) throw damaged("is cut off");
  let content: Buffer;
  try {
    // One output chunk of the right size: the default grows in 16 KiB steps.
    content = entry.method === "stored" ? packed : inflateRawSync(packed, { chunkSize: Math.max(64, size + 1), maxOutputLength: size + 1 });
  } catch {
    throw damaged("is damaged");
  }
  if (content.length !== size) throw damaged(`unpacks to another size than the ${size} bytes it declares`);
  if (crc32(content) !== entry.crc32) throw damaged("does not match its checksum");
  return content;
}

function readExactly(descriptor: number, position: number, length: number): Buffer | undefined {
  const buffer = Buffer.allocUnsafe(length);
  let done = 0;
  while (done < length) {
    const read = readSync(descriptor, buffer, done, length - done, position + done);
    if (read === 0) return undefined;
    done += read;
  }
  return buffer;
}

/** Descriptors of archives that stay open for a run, one each. */
export class OpenArchives {
  readonly #descriptors = new Map<string, number>();

  get(archive: string): number {
    let descriptor = this.#descriptors.get(archive);
    if (descriptor === undefined) this.#descriptors.set(archive, (descriptor = openSync(archive, "r")));
    return descriptor;
  }

  close(): void {
    for (const descriptor of this.#descriptors.values()) closeSync(descriptor);
    this.#descriptors.clear();
  }
}
