/** What the rules look at: the manifests below the roots, and beside each line of them what lies on disk. Gathered by commands/, judged here. */
import type { Site } from "../model/edit.ts";
import type { Finding } from "../model/finding.ts";
import type { Manifest } from "../model/manifest.ts";

export interface Subject {
  readonly namespaces: readonly CheckedNamespace[];
}

export interface CheckedNamespace {
  /** The namespace directory as findings name it: relative, with slashes. */
  readonly label: string;
  readonly manifest: Manifest;
  /** False when the manifest's text is not what the tool writes: a line of it was changed. */
  readonly sealed: boolean;
  /** False when the directory does not lie where the manifest's namespace says. */
  readonly inPlace: boolean;
  /** The files that the manifest lists. */
  readonly files: readonly CheckedFile[];
  /** Labels of files in the directory that the manifest does not list. */
  readonly added: readonly string[];
  /** The project's own Python files. */
  readonly consumer: readonly CheckedSource[];
  /** Top-level names among the relocated ones that the project, or an installation beside it, has modules of its own for. */
  readonly provided: ReadonlyMap<string, Provider>;
  /** Labels of modules that have the namespace package's own name, or that of a copy's package, beside it. */
  readonly rivals: readonly string[];
  /** Unmet requirements (PEP 508) by distribution. */
  readonly missing: ReadonlyMap<string, readonly string[]>;
  /** Distributions that nothing names. */
  readonly unused: readonly string[];
  /** False when the project's configuration says other things about references than when the copies were made. */
  readonly settingsAreCurrent: boolean;
  /** The namespace's top-level package is called like a module of the standard library. */
  readonly hidesStandardLibrary: boolean;
}

/** Who else answers to a relocated top-level name: the project itself (then its imports of the name mean that), or what is installed beside it. */
export type Provider = "project" | "installation";

/** A Python file, read again and relocated again: what would still be rewritten is a leak. */
export interface CheckedSource {
  readonly label: string;
  readonly sites: readonly PlacedSite[];
  /** What the rewriter itself reports of the file as it is. */
  readonly findings: readonly Finding[];
}

export interface PlacedSite {
  /** In original names. */
  readonly name: string;
  readonly tier: Site["tier"];
  /** 1-based. */
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export interface CheckedFile extends CheckedSource {
  /** Undefined for a file that the tool made itself. */
  readonly distribution: string | undefined;
  readonly recorded: { readonly sha256Now: string; readonly sha256Upstream: string | undefined; readonly executable: boolean };
  /** Undefined: there is no such file. */
  readonly actual: ActualFile | undefined;
}

export type ActualFile =
  | { readonly kind: "file"; readonly sha256: string; readonly executable: boolean; /** Of the bytes without the recorded edits. */ readonly sha256Undone: string | undefined }
  | { readonly kind: "other"; /** Such as `a symbolic link`. */ readonly what: string };
