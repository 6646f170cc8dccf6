/** An audit for people: one block a host, one line a copy, below it what needs attention. 80 columns. */
import type { AuditResult, Copy } from "../../model/audit.ts";
import type { Outcome } from "../../model/outcome.ts";
import { countFindings, formatFindings } from "../findings.ts";
import type { Finding } from "../../model/finding.ts";
import { type Paint, visible } from "../terminal.ts";
import type { TextOptions } from "../text.ts";

const marks: Readonly<Record<string, string>> = { pristine: "as released", relocated: "imports relocated", subset: "a part of the release", patched: "changed", unknown: "not compared" };

export function formatAudit({ result, findings, notices }: Outcome<AuditResult>, options: TextOptions): string {
  const { paint, quiet, verbose } = options;
  if (quiet) return lines(formatFindings(findings.filter((finding) => finding.severity === "error"), paint));
  const out: string[] = notices.map(visible);
  const affected = result.copies.filter((copy) => copy.advisories.some((advisory) => advisory.status === "affected"));
  out.push(`${count(result.copies.length, "copy", "copies")} of ${count(new Set(result.copies.map((copy) => copy.name)).size, "library", "libraries")} in ${count(result.files, "Python file")}${result.database ? `, ${affected.length} with advisories` : ""}`);
  if (result.database) out.push(paint.faint(`advisories: ${count(result.database.entries, "entry", "entries")}${result.database.date === null ? "" : `, as of ${visible(result.database.date)}`}${downloadNote(result.database)}`));
  else if (result.copies.length > 0) out.push(paint.faint("no advisories were asked for: name a database with --db, or get one with --fetch-db"));
  let group = "";
  for (const copy of result.copies) {
    const at = `${result.roots.length > 1 ? `${result.roots[copy.root]}: ` : ""}${copy.owner ?? "(no distribution)"}`;
    if (at !== group) out.push("", paint.strong(visible(at)));
    group = at;
    out.push(...rows(copy, options));
  }
  // Advisories stand with their copies.
  const shown = findings.filter((finding) => (verbose || finding.severity !== "note") && !finding.code.startsWith("advisory-"));
  if (shown.length > 0) out.push("", ...brief(shown, paint));
  if (findings.length > 0) out.push("", countFindings(findings));
  return lines(out);
}

function downloadNote({ download }: NonNullable<AuditResult["database"]>): string {
  return download ? `, downloaded ${visible(download.fetched)}\n  from ${visible(download.url)}` : "";
}

function rows(copy: Copy, { paint, verbose }: TextOptions): string[] {
  const version = copy.version ?? (copy.versions.length === 0 ? "(version unknown)" : versionRange(copy.versions));
  const bad = copy.advisories.filter((advisory) => advisory.status === "affected").length;
  const open = copy.advisories.filter((advisory) => advisory.status === "unknown").length;
  const alarm = [...(bad > 0 ? [paint.error(`${bad} ${bad === 1 ? "advisory" : "advisories"}`)] : []), ...(open > 0 ? [paint.warning(`${open} undecided`)] : [])];
  const head = `  ${visible(copy.name)} ${visible(version)}`;
  const out = [`${head}${" ".repeat(Math.max(2, 34 - head.length))}${marks[copy.state] ?? copy.state}${alarm.length > 0 ? `  ${alarm.join(", ")}` : ""}`, paint.faint(`    ${visible(copy.path)}`)];
  for (const advisory of copy.advisories) {
    if (advisory.status === "not_affected") continue;
    const level = advisory.severity === "unknown" ? "" : ` ${advisory.severity}`;
    const fix = advisory.status === "unknown" ? `: ${advisory.why}` : advisory.fixed[0] === undefined ? ": no fixed version" : `: fixed in ${advisory.fixed[0]}`;
    out.push((advisory.status === "affected" ? paint.error : paint.warning)(`    ${visible(advisory.id)}${level}${visible(fix)}`));
  }
  if (copy.advisories.some((advisory) => advisory.status === "affected") && copy.update !== null) out.push(`    update its owner: ${visible(copy.update)}`);
  if (!verbose) return out;
  for (const evidence of copy.evidence) out.push(paint.faint(`      ${evidence.kind} ${evidence.confidence.toFixed(2)}: ${visible(evidence.detail)}`));
  const { changed, missing, added } = copy.differences ?? { changed: [], missing: [], added: [] };
  const diffs = new Map(copy.diffs?.map(({ path, text }) => [path, text]));
  for (const path of changed.slice(0, 20)) out.push(paint.removed(`      changed ${visible(path)}`), ...diffLines(diffs.get(path), paint));
  for (const path of added.slice(0, 20)) out.push(paint.added(`      added   ${visible(path)}`), ...diffLines(diffs.get(path), paint));
  if (missing.length > 0) out.push(paint.faint(`      missing ${missing.slice(0, 5).map(visible).join(", ")}${missing.length > 5 ? ` and ${missing.length - 5} more` : ""}`));
  for (const advisory of copy.advisories) out.push(paint.faint(`      ${visible(advisory.id)} ${advisory.status.replace("_", " ")}: ${visible(advisory.why)}`));
  return out;
}

const MOST_LINES = 400;

/** Tabs stay: they are most of the indentation of some. */
function diffLines(text: string | null | undefined, paint: Paint): string[] {
  if (text === undefined) return [];
  if (text === null) return [paint.faint("        (too much to show)")];
  const all = text.replace(/\n$/, "").split("\n");
  const shown = all.slice(0, MOST_LINES).map((line) => {
    const safe = `        ${line.split("\t").map(visible).join("\t")}`;
    return line.startsWith("+") ? paint.added(safe) : line.startsWith("-") ? paint.removed(safe) : safe;
  });
  return all.length > MOST_LINES ? [...shown, paint.faint(`        (and ${all.length - MOST_LINES} more lines: --format json has them all)`)] : shown;
}

/** The advice is the same for all findings of a kind: it stands once. */
function brief(findings: readonly Finding[], paint: Paint): string[] {
  return findings.flatMap((finding, position) => {
    const [line = "", ...help] = formatFindings([finding], paint);
    return findings.findLastIndex((each) => each.code === finding.code) === position ? [line, ...help] : [line];
  });
}

function versionRange(versions: readonly string[]): string {
  return versions.length <= 3 ? versions.join(" or ") : `${versions[0]} to ${versions.at(-1)}`;
}

function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${number} ${number === 1 ? noun : plural}`;
}

/** Where the result itself is a document: a line for the person who ran it. */
export function formatSummary({ result, findings }: Outcome<AuditResult>, { quiet }: TextOptions): string {
  if (quiet) return "";
  const found = countFindings(findings);
  return `${count(result.copies.length, "copy", "copies")}${found === "" ? "" : `; ${found}`}\n`;
}

function lines(all: readonly string[]): string {
  return all.length === 0 ? "" : `${all.join("\n")}\n`;
}
