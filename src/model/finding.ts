/** Something that a person must know or decide about the code. The shape is the one promised for JSON results. */
import { type FindingCode, type Severity, codes } from "../diagnostics/codes.ts";
import { positionAt } from "./span.ts";
import type { LocalFinding } from "./edit.ts";

export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly message: string;
  readonly help: string;
  /** Relative to the project, with slashes; undefined for a finding about no file. */
  readonly path?: string;
  /** 1-based. */
  readonly line?: number;
  /** 1-based. */
  readonly column?: number;
  readonly endLine?: number;
  readonly endColumn?: number;
  readonly distribution?: string;
  /** The reason for which the configuration accepts it; its severity is then `note`. */
  readonly accepted?: string;
}

export type Place = Pick<Finding, "path" | "line" | "column" | "endLine" | "endColumn" | "distribution">;

export function finding(code: FindingCode, message: string, place: Place = {}): Finding {
  return { code, severity: codes[code].severity, message, help: codes[code].help, ...place };
}

/** A finding of the core, placed in its file. */
export function located(local: LocalFinding, path: string, source: Buffer, distribution?: string): Finding {
  const { line, column } = positionAt(source.toString("latin1"), local.offset);
  const place = { path, line, column, endLine: line, endColumn: column };
  return finding(local.code, local.message, distribution === undefined ? place : { ...place, distribution });
}

/** By place, then code: the order of every report. */
export function byPlace(a: Finding, b: Finding): number {
  const [pathA, pathB] = [a.path ?? "", b.path ?? ""];
  if (pathA !== pathB) return pathA < pathB ? -1 : 1;
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0) || (a.code < b.code ? -1 : a.code > b.code ? 1 : a.message < b.message ? -1 : 1);
}
