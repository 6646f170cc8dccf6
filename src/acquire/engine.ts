/** What fetches, resolves and builds: pip, or uv where the user prefers it. Both are run with the user's own configuration. */
import type { Host } from "../host/host.ts";
import type { SourceIdentity } from "../model/distribution.ts";
import type { ArchiveCache } from "./cache.ts";
import type { RequirementSet } from "./requirementLine.ts";

/** One distribution of a resolution; the names are those of pip's installation report. */
export interface ReportedItem {
  readonly download_info: {
    readonly url: string;
    readonly archive_info?: { readonly hashes?: Readonly<Record<string, string>> };
    readonly vcs_info?: { readonly vcs: string; readonly requested_revision?: string; readonly commit_id: string };
    readonly dir_info?: unknown;
    readonly subdirectory?: string;
  };
  readonly is_direct: boolean;
  readonly is_yanked?: boolean;
  readonly requested: boolean;
  readonly metadata: { readonly name: string; readonly version: string; readonly requires_dist?: readonly string[]; readonly requires_python?: string };
}

export interface Resolution {
  readonly items: readonly ReportedItem[];
  /** Interpreter and platform: what a wheel that is built here may depend on. */
  readonly system: string;
  /** What the engine said of a yanked candidate. */
  readonly yanked: string | undefined;
}

/** Where the wheel of a distribution lies. */
export interface Place {
  /** Absolute path of a wheel. */
  readonly path: string;
  /** What the wheel was built from here, unless it was the wheel itself that was fetched. */
  readonly builtFrom: SourceIdentity | undefined;
}

/** Options are given as pip and uv both spell them, one word an element: `--find-links DIR`, `--no-index`, `--only-binary :all:`, `--no-deps`, `-c FILE`. */
export interface Engine {
  readonly name: "pip" | "uv";
  /** Private: requirement lines may hold credentials. */
  readonly directory: string;
  /** What would be installed for these lines. Throws Failure where that is nothing. */
  resolve(lines: readonly string[], options: readonly string[]): Promise<Resolution>;
  /** The same where a conflict is an answer and no failure: then the engine's log, redacted. Throws Failure for all else, such as a network that is down. */
  attempt(lines: readonly string[], options: readonly string[]): Promise<{ readonly items: readonly ReportedItem[] } | { readonly log: string }>;
  /** The variables of markers (PEP 508) as the engine's interpreter has them, and the engine's own version. */
  environment(): Promise<Readonly<Record<string, string>>>;
  /** Versions that the index has, newest first: all of them, or at least the newest and the newest that `specifier` admits. */
  versions(name: string, options: readonly string[], specifier: string): Promise<string[]>;
  /** Fetches or builds the wheels of these items, verified; by normalised name. */
  obtain(items: readonly ReportedItem[], wanted: RequirementSet, resolution: Resolution, sources: readonly string[]): Promise<ReadonlyMap<string, Place>>;
  /** How its Python is run. */
  python(): Promise<readonly string[]>;
  close(): void;
}

export interface EngineOptions {
  readonly engine: "pip" | "uv";
  /** How pip is run, such as `["python3", "-m", "pip"]`; for uv the interpreter in front of it counts. */
  readonly pip: readonly string[];
  /** Ask no index: the cache, and the folders of `findLinks`. */
  readonly offline: boolean;
}

export async function openEngine(options: EngineOptions, host: Host, cache: ArchiveCache): Promise<Engine> {
  if (options.engine === "uv") return new (await import("./uv.ts")).Uv(options, host, cache);
  return new (await import("./pip.ts")).Pip(options.pip, host, cache);
}

export function isWheel(item: ReportedItem): boolean {
  return new URL(item.download_info.url).pathname.endsWith(".whl");
}
