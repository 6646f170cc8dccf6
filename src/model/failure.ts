/** Thrown where the tool cannot run: bad usage, bad input, a missing file. Exit code 2, and nothing was written. */
export class Failure extends Error {
  /** `message` names the file; `wayOut` says in a sentence what the user can do. */
  constructor(
    message: string,
    readonly wayOut: string,
  ) {
    super(message);
    this.name = "Failure";
  }
}

/** Turns an error of the file system into a failure that names the file; anything else stays what it is. */
export function fileFailure(error: unknown, path: string): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (error instanceof Failure || code === undefined) return error;
  // Node gives such a name with replacement characters, and under those nothing is found.
  if (code === "ENOENT" && path.includes("\ufffd")) return new Failure(`${path}: the name of this file is not UTF-8`, "Rename it, or leave its directory out.");
  const known = reasons[code];
  return known ? new Failure(`${path}: ${known[0]}`, known[1]) : new Failure(`${path}: ${(error as Error).message}`, "Nothing was written.");
}

const reasons: Readonly<Record<string, readonly [string, string]>> = {
  ENOENT: ["no such file or directory", "Check the path."],
  EACCES: ["permission denied", "Change the permissions of the file or of its directory, or run as its owner."],
  EPERM: ["operation not permitted", "Change the permissions of the file or of its directory, or run as its owner."],
  EROFS: ["the file system is read-only", "Use a directory that can be written."],
  ENOSPC: ["no space left on the device", "Free some space and run again; nothing was changed."],
  EDQUOT: ["the disk quota is exceeded", "Free some space and run again; nothing was changed."],
  EFBIG: ["the file is too large for the file system or the process's limit", "Raise the limit and run again; nothing was changed."],
  EISDIR: ["is a directory", "Name a file."],
  ENOTDIR: ["a part of the path is not a directory", "Check the path."],
  ELOOP: ["too many symbolic links", "Check the links."],
  ENAMETOOLONG: ["the name is too long", "Use a shorter path."],
  EMFILE: ["too many open files", "Raise the limit of open files."],
  EBUSY: ["is in use: another file system is mounted there, or a program holds it", "Unmount it, or use another directory; a directory that is mounted as a whole cannot be exchanged."],
  EXDEV: ["lies on another file system than its directory", "Vendor into a tree that lies on one file system."],
};
