/** A distribution as acquired: what it is called, what it holds, and where each file's bytes can be read. */

/** Where the bytes of a file are. Plain data, so that it can be sent to a worker. */
export type Locator =
  | {
      readonly kind: "entry";
      /** Absolute path of the archive. */
      readonly archive: string;
      /** Offset of the entry's local header. */
      readonly offset: number;
      readonly compressedSize: number;
      readonly method: "stored" | "deflated";
      readonly crc32: number;
    }
  | { readonly kind: "file"; readonly path: string }
  /** A relocated file on disk, with what brings back its original bytes. */
  | { readonly kind: "relocated"; readonly path: string; readonly edits: readonly (readonly [number, number, string])[] };

export interface SourceFile {
  /** Where an installer would put it, below site-packages, with slashes. */
  readonly path: string;
  /** Bytes, uncompressed. */
  readonly size: number;
  readonly executable: boolean;
  readonly locator: Locator;
  /** `sha256=…` as RECORD has it (base64url without padding), when it is known beforehand. */
  readonly record: { readonly algorithm: string; readonly digest: string } | undefined;
}

export interface Metadata {
  readonly name: string;
  readonly version: string | null;
  /** Requires-Dist lines (PEP 508). */
  readonly requires: readonly string[];
  readonly licenseExpression: string | null;
  /** Paths of licence files, as `path` of a SourceFile. */
  readonly licenseFiles: readonly string[];
}

export interface SourceIdentity {
  /** `sdist`, `vcs`, and `directory` where it is a source tree, were built into a wheel by pip. */
  readonly kind: "wheel" | "directory" | "sdist" | "vcs";
  /** File name, without its directory: the manifest holds no machine path. For `vcs` the reference with its commit. */
  readonly file: string;
  /** Of the archive; of a directory, and of what was built from a source tree or version control: of the sorted list of its files' digests. Hex. */
  readonly sha256: string;
  /** Of version control (PEP 610), without credentials. */
  readonly directUrl?: DirectUrl;
}

/** The keys are those of `direct_url.json`. */
export interface DirectUrl {
  readonly url: string;
  readonly vcs_info: { readonly vcs: string; readonly requested_revision?: string; readonly commit_id: string };
  readonly subdirectory?: string;
}

export interface Distribution {
  readonly metadata: Metadata;
  readonly source: SourceIdentity;
  /** What the user typed. */
  readonly requirement: string;
  /** It came along because another one requires it. */
  readonly dependency?: true;
  /** Upstream files that an earlier run left out, where the files come from a copy. */
  readonly dropped?: readonly string[];
  readonly files: readonly SourceFile[];
  /** Files of the archive that are not importable content: scripts, headers, .pth files. */
  readonly leftOut: readonly string[];
  /** `__init__.py` files that only declare a namespace package (pkgutil, pkg_resources). */
  readonly namespaceInits: ReadonlySet<string>;
  /** Its licence files go elsewhere than into the copy: it has some. */
  readonly licensesBeside?: true;
  /** SHA-256 (hex) that files must have, by path: of copies whose originals are restored, and of directories. */
  readonly digests?: ReadonlyMap<string, string>;
}

/** The normalised name of PEP 503. */
export function normalisedName(name: string): string {
  return name.replace(/[-_.]+/g, "-").toLowerCase();
}
