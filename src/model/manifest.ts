/** `vendored.json`: what lies in a namespace directory, where it came from, and how to get the original bytes back. */
import type { SourceIdentity } from "./distribution.ts";

/** `[offset in the file as it is now, length there, what stood in its place]`; bytes, the text with one character a byte. */
export type RecordedEdit = readonly [at: number, length: number, was: string];

/** A recorded edit in a file that people edit too, with `column` in the lines `block` that it stands in. */
export type AnchoredEdit = readonly [at: number, length: number, was: string, column: number, block: string];

/** A file of the project that was rewritten to use the copies. */
export interface ManifestProjectFile {
  /** Relative to the project, with slashes. */
  readonly path: string;
  /** Hex digest of the file as the tool left it. */
  readonly sha256Now: string;
  readonly edits: readonly AnchoredEdit[];
}

export interface ManifestFile {
  /** Below the namespace directory, with slashes. */
  readonly path: string;
  /** Where the archive has it, when that is not `path`. */
  readonly upstreamPath?: string;
  /** Hex digests of the file as the archive has it, and as it lies in the namespace. */
  readonly sha256Upstream: string;
  readonly sha256Now: string;
  readonly executable?: true;
  /** How many of the edits rewrite verified strings; none where it is missing. */
  readonly verified?: number;
  readonly edits: readonly RecordedEdit[];
}

export interface ManifestPatch {
  /** Relative to the project. */
  readonly file: string;
  /** Hex. */
  readonly sha256: string;
  /** Applied after rewriting: it uses relocated names. */
  readonly after?: true;
}

export interface ManifestDistribution {
  readonly name: string;
  readonly version: string | null;
  /** Package URL (`pkg:pypi/name@version`). */
  readonly purl: string;
  readonly source: SourceIdentity;
  /** As the user asked for it. */
  readonly requirement: string;
  /** It came along because another one requires it. */
  readonly dependency?: true;
  readonly requires: readonly string[];
  readonly license: { readonly expression: string | null; readonly files: readonly string[] };
  readonly topLevels: readonly string[];
  readonly relocations: Readonly<Record<string, string>>;
  readonly patches: readonly ManifestPatch[];
  /** The globs; `!` in front of one that keeps. */
  readonly dropped: readonly string[];
  /** Upstream files that the globs left out. */
  readonly droppedFiles?: readonly string[];
  /** Files of the archive that are no importable content. */
  readonly leftOut: readonly string[];
  /** `__init__.py` files that only declare a namespace package. */
  readonly namespaceInits: readonly string[];
  readonly accepted: readonly { readonly code: string; readonly reason: string }[];
  readonly files: readonly ManifestFile[];
}

export interface Manifest {
  readonly schema: 1;
  /** Name and version of the tool that wrote it: another one may decide differently. */
  readonly tool: string;
  readonly namespace: string;
  /** The oldest Python the copies were rewritten for. */
  readonly targetPython: string;
  /** Digest of the settings that decide about references; missing where all are the defaults. */
  readonly settings?: string;
  /** Modules that the copies must not find: their imports go to the namespace, where there are none. */
  readonly isolated?: readonly string[];
  /** Files that the tool made, with their digests. */
  readonly generated: readonly { readonly path: string; readonly sha256: string }[];
  /** Where the namespace directory lies in the project: other than the namespace says in a `src` layout. */
  readonly location?: string;
  /** There was an empty `__init__.py` before anything was vendored. */
  readonly emptyInit?: true;
  /** What was rewritten outside the namespace directory. */
  readonly project?: readonly ManifestProjectFile[];
  readonly distributions: readonly ManifestDistribution[];
}

export const MANIFEST_NAME = "vendored.json";

/** The copies as CycloneDX, beside the manifest; where it lies, every run keeps it true. The manifest does not list it: it says nothing that the manifest does not. */
export const SBOM_NAME = "vendored.cdx.json";

/** Directory of a run that is not finished, in the root of what it changes. */
export const STAGING_NAME = ".enisle-staging";
