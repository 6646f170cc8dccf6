/** What is audited, seen alike whether it is a directory, an archive, or an archive inside an archive. */

export interface TreeFile {
  /** Below the tree's root, with slashes; never absolute, never with `..`. */
  readonly path: string;
  /** Where it lies on disk; undefined inside an archive. */
  readonly absolute?: string;
  /** The whole content. Throws Failure when it cannot be read. */
  read(): Buffer;
  /** The same, in memory that the next call of any file's `peek` takes again: for one look at each of very many files. */
  peek(): Buffer;
}

export interface Tree {
  readonly kind: "directory" | "zip" | "tar";
  /** Path of the tree from its ROOT: "" for the ROOT itself, `dist/x.whl` for an archive in it. */
  readonly prefix: string;
  /** The archives it lies in, outermost first, as paths from the ROOT (an archive that is the ROOT: its file name). */
  readonly chain: readonly string[];
  /** Last component of the tree's own name: `x.whl`, `site-packages`. */
  readonly name: string;
  /** Sorted by path. */
  readonly files: readonly TreeFile[];
}

/** Something that could not be read; the audit goes on without it. */
export interface Unreadable {
  /** From the ROOT. */
  readonly path: string;
  readonly reason: string;
}
