/** Bytes that are read by place: a file, or an archive that was unpacked from another one into memory. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { fileFailure } from "../model/failure.ts";

export interface RandomAccess {
  readonly size: number;
  /** Fewer bytes than `length` only at the end. */
  read(offset: number, length: number): Buffer;
  close(): void;
}

export function ofBuffer(content: Buffer): RandomAccess {
  return { size: content.length, read: (offset, length) => content.subarray(offset, offset + length), close: () => undefined };
}

/** Throws Failure when the file cannot be opened, or is no regular file. */
export function ofFile(path: string): RandomAccess {
  try {
    const descriptor = openSync(path, "r");
    return {
      size: fstatSync(descriptor).size,
      read(offset, length) {
        const buffer = Buffer.allocUnsafe(length);
        let filled = 0;
        for (let read = -1; read !== 0 && filled < length; filled += read) read = readSync(descriptor, buffer, filled, length - filled, offset + filled);
        return buffer.subarray(0, filled);
      },
      close: () => closeSync(descriptor),
    };
  } catch (error) {
    throw fileFailure(error, path);
  }
}
