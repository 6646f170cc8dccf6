/** The result of an earlier audit, as `--format json` printed it: for baselines, and for what changed since. */
import { readFileSync } from "node:fs";
import type { AdvisoryStatus } from "../model/audit.ts";
import { Failure, fileFailure } from "../model/failure.ts";
import { keyOf } from "./auditGate.ts";

export interface EarlierCopy {
  readonly name: string;
  readonly version: string | null;
  readonly versions: readonly string[];
  readonly path: string;
  readonly state: string;
  readonly advisories: readonly { readonly id: string; readonly status: AdvisoryStatus }[];
}

export interface EarlierAudit {
  readonly copies: readonly EarlierCopy[];
  readonly findings: readonly { readonly code: string; readonly path?: string; readonly message: string }[];
}

/** Throws Failure where the file is no such result. */
export function earlierAudit(path: string): EarlierAudit {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    if (error instanceof SyntaxError) throw new Failure(`${path}: is no valid JSON: ${error.message}`, "Make it with: enisle audit --format json -o FILE");
    throw fileFailure(error, path);
  }
  const { command, result, findings } = value as { command?: unknown; result?: { copies?: unknown }; findings?: unknown };
  const isCopy = (each: unknown): boolean => typeof (each as EarlierCopy)?.name === "string" && typeof (each as EarlierCopy).path === "string" && Array.isArray((each as EarlierCopy).advisories);
  if (command !== "audit" || !Array.isArray(result?.copies) || !result.copies.every(isCopy) || !Array.isArray(findings)) throw new Failure(`${path}: is no result of an audit`, "Make it with: enisle audit --format json -o FILE");
  return { copies: result.copies as EarlierCopy[], findings: findings as EarlierAudit["findings"] };
}

/** What the earlier audit found already, see `keyOf`. */
export function keysOf({ findings }: EarlierAudit): ReadonlySet<string> {
  return new Set(findings.map((each) => keyOf(each as Parameters<typeof keyOf>[0])));
}
