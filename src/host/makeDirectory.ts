/** Makes a directory and those above it. Not with Node's `recursive`: that goes round for ever where a file system takes no directories, such as /proc. */
import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";

/** `path` is absolute. Throws the file system's error. */
export function makeDirectory(path: string, mode?: number): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  if (dirname(path) !== path) makeDirectory(dirname(path), mode);
  try {
    mkdirSync(path, mode);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    // Another process was there before, or something else is.
    if (!statSync(path).isDirectory()) throw Object.assign(error as Error, { code: "ENOTDIR" });
  }
}
