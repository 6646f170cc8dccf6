/** An audit for people: one block a host, one line a copy, below it what needs attention. 80 columns. */
import type { AuditResult, Copy } from "../../model/audit.ts";
import type { Outcome } from "../../model/outcome.ts";
import { countFindings, formatFindings } from "../findings.ts";
import { visible } from "../terminal.ts";
import type { TextOptions } from "../text.ts";

const marks: Readonly<Record<string, string>> = { pristine: "as released", relocated: "imports relocated", subset: "a part of the release", patched: "changed", unknown: "not compared" };

export function formatAudit({ result, findings, notices }: Outcome<AuditResult>, options: TextOptions): string {
  const { paint, quiet, verbose } = options;
  if (quiet) return lines(formatFindings(findings.filter((finding) => finding.severity === "error"), paint));
  const out: string[] = [...notices.map(visible)];
  const affected = result.copies.filter((copy) => copy.advisories.some((advisory) => advisory.status === "affected"));
  out.push(`${count(result.copies.length, "copy", "copies")} of ${count(new Set(result.copies.map((copy) => copy.name)).size, "library", "libraries")} in ${count(result.files, "Python file")}${result.database ? `, ${affected.length} with advisories` : ""}`);
  if (result.database) out.push(paint.faint(`advisories: ${count(result.database.entries, "entry", "entries")}${result.database.date === null ? "" : `, as of ${visible(result.database.date)}`}`));
  else if (result.copies.length > 0) out.push(paint.faint("no advisories were asked for: name a database with --db"));
  let group = "";
  for (const copy of result.copies) {
    const at = `${result.roots.length > 1 ? `${result.roots[copy.root]}: ` : ""}${copy.owner ?? "(no distribution)"}`;
    if (at !== group) out.push("", paint.strong(visible(at)));
    group = at;
    out.push(...rows(copy, options));
  }
  const shown = verbose ? findings : findings.filter((finding) => finding.severity !== "note");
  if (shown.length > 0) out.push("", ...formatFindings(shown, paint));
  if (findings.length > 0) out.push("", countFindings(findings));
  return lines(out);
}

function rows(copy: Copy, { paint, verbose }: TextOptions): string[] {
  const version = copy.version ?? (copy.versions.length === 0 ? "(version unknown)" : versionRange(copy.versions));
  const bad = copy.advisories.filter((advisory) => advisory.status === "affected").length;
  const open = copy.advisories.filter((advisory) => advisory.status === "unknown").length;
  const alarm = [...(bad > 0 ? [paint.error(`${bad} affecting`)] : []), ...(open > 0 ? [paint.warning(`${open} undecided`)] : [])];
  const head = `  ${visible(copy.name)} ${visible(version)}`;
  const out = [`${head}${" ".repeat(Math.max(2, 34 - head.length))}${marks[copy.state] ?? copy.state}${alarm.length > 0 ? `  ${alarm.join(", ")}` : ""}`, paint.faint(`    ${visible(copy.path)}`)];
  if (!verbose) return out;
  for (const evidence of copy.evidence) out.push(paint.faint(`      ${evidence.kind} ${evidence.confidence.toFixed(2)}: ${visible(evidence.detail)}`));
  const { changed, missing, added } = copy.differences ?? { changed: [], missing: [], added: [] };
  for (const path of changed.slice(0, 20)) out.push(paint.removed(`      changed ${visible(path)}`));
  for (const path of added.slice(0, 20)) out.push(paint.added(`      added   ${visible(path)}`));
  if (missing.length > 0) out.push(paint.faint(`      missing ${missing.slice(0, 5).map(visible).join(", ")}${missing.length > 5 ? ` and ${missing.length - 5} more` : ""}`));
  for (const advisory of copy.advisories) out.push(paint.faint(`      ${visible(advisory.id)} ${advisory.status.replace("_", " ")}: ${visible(advisory.why)}`));
  return out;
}

function versionRange(versions: readonly string[]): string {
  return versions.length <= 3 ? versions.join(" or ") : `${versions[0]} to ${versions.at(-1)}`;
}

function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${number} ${number === 1 ? noun : plural}`;
}

function lines(all: readonly string[]): string {
  return all.length === 0 ? "" : `${all.join("\n")}\n`;
}
