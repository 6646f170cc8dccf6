/** The digest of a file of any size. */
import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { fileFailure } from "../model/failure.ts";

const PIECE = 2 ** 20;

/** SHA-256, hex. Throws Failure when the file cannot be read. */
export function digestOfFile(path: string): string {
  const digest = createHash("sha256");
  const buffer = Buffer.allocUnsafeSlow(PIECE);
  try {
    const descriptor = openSync(path, "r");
    try {
      for (let length = readSync(descriptor, buffer); length > 0; length = readSync(descriptor, buffer)) digest.update(buffer.subarray(0, length));
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw fileFailure(error, path);
  }
  return digest.digest("hex");
}
