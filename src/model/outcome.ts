/** What a command comes to, before anything is printed. */
import type { Rule, Site, Tier } from "./edit.ts";
import type { Finding } from "./finding.ts";

/** A file that a command changes or would change; paths relative to the project. */
export interface FileChange {
  readonly path: string;
  /** Undefined: the file is new. */
  readonly before: Buffer | undefined;
  /** Undefined: the file goes. */
  readonly after: Buffer | undefined;
  readonly executable: boolean;
}

export interface Outcome<Result> {
  readonly command: string;
  readonly result: Result;
  readonly findings: readonly Finding[];
  /** Given when a diff was asked for. */
  readonly changes: readonly FileChange[];
  /** What the run did besides, such as finishing one that was killed. */
  readonly notices: readonly string[];
  /** Verified strings that were rewritten in this run; paths relative to the project. */
  readonly verified?: readonly { readonly path: string; readonly line: number; readonly name: string }[];
}

export interface VendoredDistribution {
  readonly name: string;
  readonly version: string | null;
  readonly topLevels: readonly string[];
  readonly relocations: Readonly<Record<string, string>>;
  readonly files: number;
  readonly rewritten: number;
  readonly edits: { readonly proven: number; readonly verified: number };
  readonly missingRequirements: readonly string[];
}

export interface VendorResult {
  readonly namespace: string;
  readonly distributions: readonly VendoredDistribution[];
  readonly project: { readonly files: number; readonly rewritten: number; /** Data files: pyproject.toml and the like. */ readonly otherRewritten: number };
  readonly changed: boolean;
}

export interface RewriteResult {
  readonly relocations: Readonly<Record<string, string>>;
  readonly files: number;
  readonly rewritten: number;
  readonly edits: { readonly proven: number; readonly verified: number };
  readonly changed: boolean;
}

export interface ExplainedSite {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly name: string;
  readonly tier: Tier;
  readonly rule: Rule;
  /** `relocated`: it names the copy already. */
  readonly outcome: Site["outcome"] | "relocated";
  readonly why: string;
  /** The line before relocation, and after it. */
  readonly was: string;
  readonly now: string;
}

export interface ExplainResult {
  readonly path: string;
  readonly copyOf: { readonly name: string; readonly version: string | null } | null;
  readonly sites: readonly ExplainedSite[];
}

export interface IndexResult {
  readonly index: string;
  readonly bytes: number;
  readonly added: number;
  readonly releases: number;
  readonly libraries: readonly { readonly name: string; readonly releases: number; readonly oldest: string; readonly newest: string; readonly topLevels: readonly string[] }[];
}
