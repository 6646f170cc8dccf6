/** Findings as text: place, severity, message, and below it what to do. */
import type { Finding } from "../model/finding.ts";
import { type Paint, visible, wrapped } from "./terminal.ts";

export function formatFindings(findings: readonly Finding[], paint: Paint): string[] {
  return findings.flatMap((finding) => {
    const at = finding.path === undefined ? "" : `${visible(finding.path)}${finding.line === undefined ? "" : `:${finding.line}:${finding.column}`}: `;
    const of = finding.distribution === undefined ? "" : ` (${visible(finding.distribution)})`;
    return [`${at}${paint[finding.severity](finding.severity)}: ${visible(finding.message)}${of} ${paint.faint(`[${finding.code}]`)}`, ...wrapped(finding.help, "  ").map(paint.faint)];
  });
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
