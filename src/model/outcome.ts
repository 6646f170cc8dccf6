/** What a command comes to, before anything is printed. */
import type { CheckResult } from "./checkResult.ts";
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
  /** What the file is now; missing where its mode stays. */
  readonly wasExecutable?: boolean;
}

export interface Outcome<Result> {
  readonly command: string;
  readonly result: Result;
  readonly findings: readonly Finding[];
  /** Given when a diff was asked for. */
  readonly changes: readonly FileChange[];
  /** What the run did besides, such as finishing one that was killed. */
  readonly notices: readonly string[];
}

/** A string that names what a relocated distribution holds; the path is relative to the project. */
export interface VerifiedString {
  readonly path: string;
  readonly line: number;
  readonly name: string;
  /** Why it was not rewritten. */
  readonly left?: string;
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
  /** Of this run. */
  readonly verified: readonly VerifiedString[];
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

export interface EjectedDistribution {
  readonly name: string;
  readonly version: string | null;
  /** What the project has to declare from now on. */
  readonly requirement: string;
}

export interface EjectResult {
  readonly namespace: string;
  readonly ejected: readonly EjectedDistribution[];
  /** With `--if-satisfied`: what the system does not provide. */
  readonly kept: readonly { readonly name: string; readonly version: string | null; readonly why: string }[];
  readonly project: { readonly files: number; readonly rewritten: number };
  readonly changed: boolean;
}

export interface UpdatedDistribution {
  readonly name: string;
  /** Null: it is new, or goes. */
  readonly from: string | null;
  readonly to: string | null;
}

export interface ProjectUpdateResult {
  readonly project: string;
  readonly namespace: string;
  readonly updated: readonly UpdatedDistribution[];
  readonly changed: boolean;
  /** Why nothing was changed here. */
  readonly failed: string | null;
}

export interface OutdatedDistribution {
  readonly project: string;
  readonly name: string;
  readonly version: string | null;
  /** The newest that the requirement admits. */
  readonly admitted: string | null;
  readonly newest: string;
  readonly requirement: string;
}

export interface UpdateResult {
  readonly projects: readonly ProjectUpdateResult[];
  /** With `--outdated`. */
  readonly outdated?: readonly OutdatedDistribution[];
  readonly changed: boolean;
}

export interface InitResult {
  readonly file: string;
  readonly namespace: string;
  /** What the project declares as its dependencies, and might vendor. */
  readonly dependencies: readonly string[];
  readonly changed: boolean;
}

export interface PatchResult {
  readonly distribution: string;
  /** The patch file, relative to the project. */
  readonly file: string;
  /** Whether it is applied before rewriting (upstream names) or after it. */
  readonly applied: "before" | "after";
  /** Below the namespace directory. */
  readonly files: readonly string[];
  readonly changed: boolean;
}

export interface WheelResult {
  /** File name of the result. */
  readonly wheel: string;
  /** Null: there is nothing inside. */
  readonly namespace: string | null;
  readonly distributions: readonly VendoredDistribution[];
  /** Requires-Dist lines that went, and those that what is inside brought. */
  readonly requires: { readonly removed: readonly string[]; readonly added: readonly string[] };
  readonly rewritten: number;
  readonly changed: boolean;
  /** What it is called now; maps are from old names to new ones. */
  readonly renamed?: { readonly name: string; readonly modules: Readonly<Record<string, string>>; readonly commands: Readonly<Record<string, string>>; readonly data: Readonly<Record<string, string>> };
}

export interface PlannedRelocation {
  readonly project: string;
  /** As its metadata spells it. */
  readonly distribution: string;
  readonly version: string;
  /** Chains of requirements: first the project's own, then those that they cannot be met with. */
  readonly because: readonly string[];
  /** Distributions that move along, because types would cross the boundary. */
  readonly with: readonly string[];
}

export interface PlanResult {
  readonly satisfiable: boolean;
  readonly minimal: "proven" | "bound";
  readonly shared: readonly { readonly name: string; readonly version: string }[];
  readonly relocations: readonly PlannedRelocation[];
  /** One line for a shell; empty where there is no plan. */
  readonly install: string;
  /** With `--apply`: what `check --together` found in an environment that the line installed. */
  readonly check?: CheckResult;
}
