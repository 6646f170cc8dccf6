/** Findings as text: place, severity, message, and below it what to do. */
import type { Finding } from "../model/finding.ts";
import { type Paint, visible, wrapped } from "./terminal.ts";

const SHOWN = 5;

/** One group a code, errors first, with what to do about it once. Of warnings and notes only the first few are shown, unless `all` is asked for. */
export function formatFindings(findings: readonly Finding[], paint: Paint, all = true): string[] {
  const groups = [...new Set(findings.map(({ code }) => code))].map((code) => findings.filter((finding) => finding.code === code));
  const order = { error: 0, warning: 1, note: 2 } as const;
  groups.sort(([a], [b]) => (a && b ? order[a.severity] - order[b.severity] : 0));
  return groups.flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const shown = all || first.severity === "error" ? group : group.slice(0, SHOWN);
    const rest = group.length - shown.length;
    return [...shown.map((each) => formatFinding(each, paint)), ...(rest > 0 ? [`and ${rest} more of these (-v lists them)`] : []), ...wrapped(first.help, "  ").map(paint.faint)];
  });
}

function formatFinding(finding: Finding, paint: Paint): string {
  const at = finding.path === undefined ? "" : `${visible(finding.path)}${finding.line === undefined ? "" : `:${finding.line}:${finding.column}`}: `;
  const of = finding.distribution === undefined ? "" : ` (${visible(finding.distribution)})`;
  return `${at}${paint[finding.severity](finding.severity)}: ${visible(finding.message)}${of} ${paint.faint(`[${finding.code}]`)}${finding.accepted === undefined ? "" : ` — accepted: ${visible(finding.accepted)}`}`;
}

/** `2 errors, 1 warning`; empty when there is nothing. */
export function countFindings(findings: readonly Finding[]): string {
  return (["error", "warning", "note"] as const)
    .map((severity) => [severity, findings.filter((finding) => finding.severity === severity).length] as const)
    .filter(([, count]) => count > 0)
    .map(([severity, count]) => `${count} ${severity}${count > 1 ? "s" : ""}`)
    .join(", ");
}

/** 1 where an error finding stands, or a warning and `strict`. */
export function exitCodeOf(findings: readonly Finding[], strict: boolean): 0 | 1 {
  return findings.some((finding) => finding.severity === "error" || (strict && finding.severity === "warning")) ? 1 : 0;
}
