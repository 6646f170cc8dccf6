/** The summaries of commands, in 80 columns. */
import type { Finding } from "../model/finding.ts";
import type { ExplainResult, Outcome, RewriteResult, VendorResult, VerifiedString } from "../model/outcome.ts";
import { countFindings, formatFindings } from "./findings.ts";
import { type Paint, visible, wrapped } from "./terminal.ts";

export interface TextOptions {
  readonly paint: Paint;
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** Nothing was written: say "would". */
  readonly preview: boolean;
}

export function formatVendor({ result, findings, notices }: Outcome<VendorResult>, options: TextOptions): string {
  if (options.quiet) return lines(errorsOnly(findings, options));
  const { paint, preview } = options;
  if (result.distributions.length === 0 && findings.length === 0) return lines([...notices.map(visible), `${result.changed ? (preview ? "Would empty" : "Emptied") : "Nothing to do in"} ${paint.strong(visible(result.namespace))}`]);
  const head = result.changed ? `${preview ? "Would vendor" : "Vendored"} into` : "Nothing to do in";
  const out = [...notices, `${head} ${paint.strong(visible(result.namespace))}`];
  for (const each of result.distributions) {
    const version = each.version === null ? "" : ` ${each.version}`;
    out.push(`  ${paint.strong(visible(`${each.name}${version}`))}  ${count(each.files, "file")}, ${each.rewritten} rewritten, ${edits(each.edits)}`);
    const moves = Object.entries(each.relocations);
    for (const [from, to] of options.verbose ? moves : moves.slice(0, 5)) out.push(paint.faint(`    ${visible(from)} → ${visible(to)}`));
    if (!options.verbose && moves.length > 5) out.push(paint.faint(`    and ${moves.length - 5} more names (-v lists them)`));
    if (each.missingRequirements.length > 0) out.push(...wrapped(`requires, and nobody here provides: ${each.missingRequirements.map(visible).join(", ")}`, "    "));
  }
  out.push(`Project: ${count(result.project.files, "Python file")}, ${result.project.rewritten} ${preview ? "to rewrite" : "rewritten"}${result.project.otherRewritten > 0 ? `; ${count(result.project.otherRewritten, "other file")} too` : ""}`);
  return lines([...out, ...verifiedStrings(result.verified, options), ...withFindings(findings, options)]);
}

export function formatRewrite({ result, findings }: Outcome<RewriteResult>, options: TextOptions): string {
  if (options.quiet) return lines(errorsOnly(findings, options));
  const head = `${count(result.files, "Python file")}, ${result.rewritten} ${options.preview ? "to rewrite" : "rewritten"}, ${edits(result.edits)}`;
  return lines([head, ...withFindings(findings, options)]);
}

export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

function edits({ proven, verified }: { readonly proven: number; readonly verified: number }): string {
  return `${count(proven + verified, "edit")}${verified > 0 ? ` (${verified} of verified strings)` : ""}`;
}

/** Strings were rewritten because what they name exists: the one kind of edit that a person may want to look at. And those that were left all the same. */
function verifiedStrings(verified: readonly VerifiedString[], options: TextOptions): string[] {
  const listed = (title: string, strings: readonly VerifiedString[]): string[] => {
    if (strings.length === 0) return [];
    const shown = options.verbose ? strings : strings.slice(0, 5);
    const rest = strings.length - shown.length;
    return [title, ...shown.map(({ path, line, name }) => options.paint.faint(`  ${visible(path)}:${line}  ${visible(name)}`)), ...(rest > 0 ? [options.paint.faint(`  and ${rest} more (-v lists them)`)] : [])];
  };
  const reasons = new Set(verified.flatMap(({ left }) => left ?? []));
  return [
    ...listed(`Strings that name what the library holds, ${options.preview ? "to rewrite" : "rewritten"}:`, verified.filter(({ left }) => left === undefined)),
    ...[...reasons].sort().flatMap((reason) => listed(`Such strings that were left (${reason}):`, verified.filter(({ left }) => left === reason))),
  ];
}

export function withFindings(findings: readonly Finding[], { paint, verbose }: TextOptions): string[] {
  return findings.length === 0 ? [] : ["", ...formatFindings(findings, paint, verbose), "", countFindings(findings)];
}

export function errorsOnly(findings: readonly Finding[], { paint }: TextOptions): string[] {
  return formatFindings(findings.filter((finding) => finding.severity === "error"), paint);
}

export function lines(all: readonly string[]): string {
  return all.length === 0 ? "" : `${all.join("\n")}\n`;
}

export function formatExplain({ result, findings }: Outcome<ExplainResult>, options: TextOptions): string {
  const { paint } = options;
  const of = result.copyOf ? `: from ${visible(result.copyOf.name)}${result.copyOf.version === null ? "" : ` ${result.copyOf.version}`}` : "";
  const out = [`${paint.strong(visible(result.path))}${of}`];
  if (result.sites.length === 0) out.push("  no site here names a relocated module");
  for (const site of result.sites) {
    out.push(`${String(site.line).padStart(5)}  ${paint.strong(visible(site.name))}  ${site.outcome}  ${paint.faint(`[${site.rule}, ${site.tier}]`)}`);
    out.push(`       ${visible(site.why)}`);
    if (site.was !== site.now) out.push(paint.removed(`     - ${visible(site.was)}`), paint.added(`     + ${visible(site.now)}`));
    else out.push(`       ${visible(site.now)}`);
  }
  return lines([...out, ...withFindings(findings, options)]);
}
