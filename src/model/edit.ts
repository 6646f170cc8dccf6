/** What rewriting a file comes to: edits, and for every site what was done and why. */
import type { DottedName } from "./name.ts";
import type { Finding } from "./finding.ts";
import type { Span } from "./span.ts";

/** The rules by which sites are rewritten; `explain` prints them. */
export type Rule =
  | "import" | "from-import" | "lazy-modules" | "partial-namespace" | "relative-outside"
  | "module-call" | "import-call" | "object-call" | "logger-name" | "own-metadata" | "code-text" | "command" | "catalogue"
  | "sys-modules" | "module-comparison" | "module-name" | "derived-name"
  | "verified-string" | "ambiguous-string" | "by-hand" | "entry-point" | "data-file" | "pickled-name";

/** Replaces source[start, end) by `text`. Edits of a file never overlap and never add or remove a line. */
export interface Edit extends Span {
  readonly text: string;
  readonly rule: Rule;
}

/** How sure the tool is that a site names a module (see the design's four tiers). */
export type Tier = "proven" | "verified" | "ambiguous" | "opaque";

/** A place that names a relocated module. */
export interface Site extends Span {
  /** What the site names, in original names. */
  readonly name: DottedName;
  readonly tier: Tier;
  readonly rule: Rule;
  /** `left`: stays as it is on purpose; `reported`: there is a finding. */
  readonly outcome: "rewritten" | "left" | "reported";
  /** Why, in a sentence. */
  readonly why: string;
}

/** Findings of the core carry an offset; whoever knows the file turns it into line and column. */
export type LocalFinding = Pick<Finding, "code" | "message"> & { readonly offset: number };

export interface Decision {
  readonly edits: readonly Edit[];
  readonly sites: readonly Site[];
  readonly findings: readonly LocalFinding[];
  /** The edits call functions of the generated helper. */
  readonly needsHelper?: boolean;
  /** Indices of the configuration's exceptions that left something. */
  readonly usedExceptions?: readonly number[];
}

export const nothing: Decision = { edits: [], sites: [], findings: [] };

export function merge(all: readonly Decision[]): Decision {
  const decisions = all.filter((decision) => decision !== nothing);
  if (decisions.length <= 1) return decisions[0] ?? nothing;
  return {
    edits: decisions.flatMap((decision) => decision.edits),
    sites: decisions.flatMap((decision) => decision.sites),
    findings: decisions.flatMap((decision) => decision.findings),
    ...(decisions.some((decision) => decision.needsHelper) ? { needsHelper: true } : {}),
  };
}
