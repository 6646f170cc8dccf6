/** Single files of copies: read with what the system knows of them, written, or taken over from the copy that is replaced. */
import { type Stats, closeSync, fstatSync, linkSync, lstatSync, openSync, readSync, writeSync } from "node:fs";
import { fileFailure } from "../model/failure.ts";

/** A file of the old copy, as it was when it was verified. */
export interface VerifiedFile {
  readonly path: string;
  readonly sha256: string;
  readonly stats: Stats;
}

/** Its bytes, and what the system knows of it. */
export function readFile(path: string): { readonly content: Buffer; readonly stats: Stats } {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, "r");
    const stats = fstatSync(descriptor);
    const content = Buffer.allocUnsafeSlow(stats.size);
    let at = 0;
    for (let read = 1; at < content.length && read > 0; at += read) read = readSync(descriptor, content, at, content.length - at, null);
    return { content: at < content.length ? content.subarray(0, at) : content, stats };
  } catch (error) {
    throw fileFailure(error, path);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

export function writeFile(target: string, content: Buffer, executable: boolean): void {
  try {
    const descriptor = openSync(target, "wx", executable ? 0o755 : 0o644);
    try {
      for (let at = 0; at < content.length; ) at += writeSync(descriptor, content, at);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw fileFailure(error, target);
  }
}

const user = process.geteuid?.();

/** A file that is written now would have this mode and this owner, and nobody else has it under another name. */
export function isAsNew({ mode, uid, nlink }: Stats, executable: boolean, umask: number): boolean {
  return nlink === 1 && (mode & 0o7777) === ((executable ? 0o755 : 0o644) & ~umask) && uid === user;
}

/** The old copy's file takes its place in the new one, if it is still what was verified and the file system can do it. */
export function link({ path, stats }: VerifiedFile, target: string): boolean {
  try {
    const now = lstatSync(path); // a link to a file is another thing than the file
    if (now.ino !== stats.ino || now.size !== stats.size || now.mtimeMs !== stats.mtimeMs || now.ctimeMs !== stats.ctimeMs) return false;
    linkSync(path, target);
    return true;
  } catch {
    return false;
  }
}
