/** The bytes of one file of a distribution, for the few that are needed before its copy is made. */
import { readFileSync } from "node:fs";
import type { SourceFile } from "../model/distribution.ts";
import { fileFailure } from "../model/failure.ts";
import { ArchiveReader } from "./zipEntry.ts";

/** Of files in archives and directories; a copy that lies in a namespace has its own way. */
export function contentOf({ locator, path, size }: SourceFile): Buffer {
  try {
    if (locator.kind !== "entry") return readFileSync(locator.path);
    const archive = new ArchiveReader(locator.archive);
    try {
      return archive.read(locator, path, size);
    } finally {
      archive.close();
    }
  } catch (error) {
    throw fileFailure(error, locator.kind === "entry" ? locator.archive : locator.path);
  }
}
