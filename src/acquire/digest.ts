/** The digest of a file of any size. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { fileFailure } from "../model/failure.ts";

/** SHA-256, hex. Throws Failure when the file cannot be read. */
export async function digestOfFile(path: string): Promise<string> {
  const digest = createHash("sha256");
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) digest.update(chunk as Buffer);
  } catch (error) {
    throw fileFailure(error, path);
  }
  return digest.digest("hex");
}
