/** Reads entries of a zip archive in place. Workers need only this, and not the library that reads the archive's directory. */
import { closeSync, openSync, readSync } from "node:fs";
import { crc32, gunzipSync, inflateRawSync } from "node:zlib";
import type { Locator } from "../model/distribution.ts";
import { Failure } from "../model/failure.ts";

export type EntryLocator = Extract<Locator, { kind: "entry" }>;

export const getAnother = "Get the archive again, and look at what made it: pip would refuse it too.";
/** Bytes of a local header without the name. */
export const LOCAL_HEADER = 30;

export interface EntryRequest {
  readonly entry: EntryLocator;
  /** For messages. */
  readonly path: string;
  readonly size: number;
}

const GZIP_HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);

/** An open archive, read through a window: entries lie one behind the other, and so are they asked for. */
export class ArchiveReader {
  readonly #descriptor: number;
  #window = Buffer.alloc(0);
  #start = 0;

  constructor(archive: string) {
    this.#descriptor = openSync(archive, "r");
  }

  /** Reads one entry; verifies its length and its checksum. */
  read(entry: EntryLocator, path: string, size: number): Buffer {
    const damaged = (reason: string): Failure => new Failure(`${entry.archive}: entry '${path}' ${reason}`, getAnother);
    const packed = this.#packed(entry);
    if (!packed) throw damaged("is cut off, or has no local header");
    let content: Buffer;
    try {
      // One output chunk of the right size: the default grows in 16 KiB steps. A stored entry is copied out of the window.
      content = entry.method === "stored" ? Buffer.from(packed) : inflateRawSync(packed, { chunkSize: Math.max(64, size + 1), maxOutputLength: size + 1 });
    } catch {
      throw damaged("is damaged");
    }
    if (content.length !== size) throw damaged(`unpacks to another size than the ${size} bytes it declares`);
    if (crc32(content) !== entry.crc32) throw damaged("does not match its checksum");
    return content;
  }

  /**
   * Reads entries that lie near one another. They are handed to zlib as the members of one gzip file (RFC 1952), because a call costs more than
   * inflating a small file; zlib compares length and checksum. Undefined when anything is wrong: `read` finds out which entry it is.
   */
  readAll(requests: readonly EntryRequest[]): Buffer[] | undefined {
    const parts: Buffer[] = [];
    let total = 0;
    for (const { entry, size } of requests) {
      if (entry.method === "stored") continue;
      const packed = this.#packed(entry);
      if (!packed) return undefined;
      const trailer = Buffer.allocUnsafe(8);
      trailer.writeUInt32LE(entry.crc32, 0);
      trailer.writeUInt32LE(size, 4);
      parts.push(GZIP_HEADER, Buffer.from(packed), trailer);
      total += size;
    }
    let content: Buffer;
    try {
      content = parts.length === 0 ? Buffer.alloc(0) : gunzipSync(Buffer.concat(parts), { chunkSize: Math.max(64, total + 1), maxOutputLength: total + 1 });
    } catch {
      return undefined;
    }
    if (content.length !== total) return undefined;
    let at = 0;
    return requests.map(({ entry, path, size }) => (entry.method === "stored" ? this.read(entry, path, size) : content.subarray(at, (at += size))));
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #packed(entry: EntryLocator): Buffer | undefined {
    const header = this.#bytes(entry.offset, LOCAL_HEADER);
    if (!header || header.readUInt32LE(0) !== 0x04034b50) return undefined;
    return this.#bytes(entry.offset + LOCAL_HEADER + header.readUInt16LE(26) + header.readUInt16LE(28), entry.compressedSize);
  }

  /** Valid until the next call. */
  #bytes(position: number, length: number): Buffer | undefined {
    const at = position - this.#start;
    if (at >= 0 && at + length <= this.#window.length) return this.#window.subarray(at, at + length);
    const window = this.#window.length >= length ? this.#window : Buffer.allocUnsafeSlow(Math.max(WINDOW, length));
    let filled = 0;
    for (let read = -1; read !== 0 && filled < window.length; filled += read) read = readSync(this.#descriptor, window, filled, window.length - filled, position + filled);
    [this.#window, this.#start] = [window.subarray(0, filled), position];
    return filled >= length ? this.#window.subarray(0, length) : undefined;
  }
}

const WINDOW = 1 << 20;

/** Archives that stay open for a run, one reader each. */
export class OpenArchives {
  readonly #readers = new Map<string, ArchiveReader>();

  get(archive: string): ArchiveReader {
    let reader = this.#readers.get(archive);
    if (!reader) this.#readers.set(archive, (reader = new ArchiveReader(archive)));
    return reader;
  }

  close(): void {
    for (const reader of this.#readers.values()) reader.close();
    this.#readers.clear();
  }
}
