/** What an audit finds: copies, why it takes them for that, and the advisories that apply. */

export type State = "pristine" | "relocated" | "subset" | "patched" | "unknown";

export type EvidenceKind =
  | "manifest" | "pin-file" | "table" | "toml-pin" | "dist-info" | "egg-info" | "project-file" | "sbom" | "version-constant" | "directory-version" | "header-comment" | "fingerprint";

export interface Evidence {
  readonly kind: EvidenceKind;
  /** What it says, and where, in a sentence. */
  readonly detail: string;
  /** 0 to 1. */
  readonly confidence: number;
}

export type AdvisoryStatus = "affected" | "not_affected" | "unknown";
export type SeverityLevel = "critical" | "high" | "medium" | "low" | "none" | "unknown";

export interface AdvisoryMatch {
  readonly id: string;
  readonly aliases: readonly string[];
  /** Versions in which it is fixed; first the smallest one that helps this copy. */
  readonly fixed: readonly string[];
  readonly severity: SeverityLevel;
  readonly status: AdvisoryStatus;
  readonly why: string;
  readonly summary: string;
}

/** What differs from the release; paths from the ROOT, missing modules as the release has them. */
export interface CopyDifferences {
  readonly same: readonly string[];
  readonly relocated: readonly string[];
  readonly changed: readonly string[];
  readonly missing: readonly string[];
  readonly added: readonly string[];
}

/** What was changed in one module, relocation undone. */
export interface ModuleDiff {
  /** From the ROOT. */
  readonly path: string;
  /** Unified, from upstream's text; null where it is too long to be shown. */
  readonly text: string | null;
}

export interface Copy {
  /** Normalised (PEP 503). */
  readonly name: string;
  readonly version: string | null;
  /** Versions it can be: one when `version` is given. */
  readonly versions: readonly string[];
  /** Position of the ROOT among those audited. */
  readonly root: number;
  /** Relative to its ROOT; of a copy of several top levels the one it is named after. */
  readonly path: string;
  /** All of its top levels, `path` too. */
  readonly places: readonly string[];
  readonly chain: readonly string[];
  /** Name of the distribution or OS package it lies in. */
  readonly owner: string | null;
  /** Command that updates the owner. */
  readonly update: string | null;
  readonly namespace: string;
  readonly state: State;
  readonly evidence: readonly Evidence[];
  readonly differences: CopyDifferences | null;
  /** Of a patched copy, where the archive of its release is at hand. */
  readonly diffs?: readonly ModuleDiff[];
  readonly license: string | null;
  /** SHA-256 over the copy's modules: that of `sha256sum`'s output over them, sorted by path. */
  readonly sha256: string | null;
  readonly advisories: readonly AdvisoryMatch[];
}

export interface DatabaseInfo {
  /** When the database was last changed, ISO 8601 (the latest `modified` of its entries); null where no entry says. */
  readonly date: string | null;
  readonly entries: number;
  /** Of one that was downloaded: from where, and when (ISO 8601). */
  readonly download?: { readonly url: string; readonly fetched: string };
}

export interface AuditResult {
  readonly roots: readonly string[];
  readonly database: DatabaseInfo | null;
  readonly copies: readonly Copy[];
  /** Python modules that were looked at. */
  readonly files: number;
  /** SBOMs beside our manifests, where they were asked for. */
  readonly sboms?: readonly { readonly path: string; readonly state: "written" | "current" | "refused" }[];
}
