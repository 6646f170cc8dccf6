/** The summaries of what happens to copies later: init, update, eject. */
import type { EjectResult, InitResult, Outcome, PatchResult, UpdateResult, WheelResult } from "../model/outcome.ts";
import { visible } from "./terminal.ts";
import { type TextOptions, count, errorsOnly, lines, withFindings } from "./text.ts";

export function formatInit({ result }: Outcome<InitResult>, { quiet, preview, paint }: TextOptions): string {
  if (quiet) return "";
  const out = [`${preview ? "Would write" : "Wrote"} ${paint.strong(visible(result.file))}: the namespace is ${visible(result.namespace)}`];
  if (result.dependencies.length > 0) out.push("The project's dependencies stand there as comments: take out the # before those to vendor.");
  return lines([...out, "Then run: enisle vendor"]);
}

export function formatWheel({ result, findings, notices }: Outcome<WheelResult>, options: TextOptions): string {
  if (options.quiet) return lines(errorsOnly(findings, options));
  const { paint, preview } = options;
  const inside = result.namespace === null ? "" : `, with copies in ${visible(result.namespace)}`;
  const out = [...notices.map(visible), `${preview ? "Would write" : "Wrote"} ${paint.strong(visible(result.wheel))}${inside}`];
  if (result.renamed) {
    const { name, modules, commands, data } = result.renamed;
    out.push(`Installed as ${paint.strong(visible(name))}:`);
    for (const [what, map] of [["module", modules], ["command", commands], ["data", data]] as const) out.push(...renamedNames(what, Object.entries(map), options));
  }
  for (const each of result.distributions) out.push(`  ${paint.strong(visible(`${each.name}${each.version === null ? "" : ` ${each.version}`}`))}  ${count(each.files, "file")}, ${each.rewritten} rewritten`);
  if (result.requires.removed.length > 0) out.push(`No longer requires: ${result.requires.removed.map(visible).join(", ")}`);
  if (result.requires.added.length > 0) out.push(`Requires now: ${result.requires.added.map(visible).join(", ")}`);
  out.push(`Its own: ${count(result.rewritten, "Python file")} rewritten`);
  return lines([...out, ...withFindings(findings, options)]);
}

const MOST_SHOWN = 8;

function renamedNames(what: string, pairs: readonly (readonly [string, string])[], { verbose }: TextOptions): string[] {
  const shown = verbose ? pairs : pairs.slice(0, MOST_SHOWN);
  const rows = shown.map(([from, to]) => `  ${what.padEnd(7)}  ${visible(from)} → ${visible(to)}`);
  return pairs.length > shown.length ? [...rows, `  ${" ".repeat(7)}  and ${pairs.length - shown.length} more (-v lists them)`] : rows;
}

export function formatPatchResult({ result, findings, notices }: Outcome<PatchResult>, options: TextOptions): string {
  if (options.quiet) return lines(errorsOnly(findings, options));
  const names = result.applied === "before" ? "upstream names: it applies before rewriting" : "relocated names: it applies after rewriting";
  return lines([...notices.map(visible), `${options.preview ? "Would write" : "Wrote"} ${options.paint.strong(visible(result.file))}, in ${names}`, ...result.files.map((file) => `  ${visible(file)}`), ...withFindings(findings, options)]);
}

export function formatEject({ result, findings, notices }: Outcome<EjectResult>, options: TextOptions): string {
  if (options.quiet) return lines(errorsOnly(findings, options));
  const { paint, preview } = options;
  const out: string[] = notices.map(visible);
  if (result.ejected.length === 0) out.push("Nothing to eject");
  else out.push(`${preview ? "Would eject" : "Ejected"} from ${paint.strong(visible(result.namespace))}`);
  for (const each of result.ejected) out.push(`  ${paint.strong(visible(`${each.name}${each.version === null ? "" : ` ${each.version}`}`))}`);
  for (const each of result.kept) out.push(`  kept: ${visible(each.name)}: ${visible(each.why)}`);
  out.push(`Project: ${count(result.project.files, "Python file")}, ${result.project.rewritten} ${preview ? "to restore" : "restored"}`);
  if (result.ejected.length > 0) out.push("", "Declare from now on:", ...result.ejected.map((each) => `  ${visible(each.requirement)}`));
  return lines([...out, ...withFindings(findings, options)]);
}

export function formatUpdate({ result, findings, notices }: Outcome<UpdateResult>, options: TextOptions): string {
  if (options.quiet) return lines(errorsOnly(findings, options));
  const { paint, preview } = options;
  if (result.outdated) {
    const rows = result.outdated.map((row) => [row.name, row.version ?? "unknown", row.admitted ?? "-", row.newest, row.project]);
    const unread = withFindings(findings.filter(({ code }) => code !== "outdated"), options);
    if (rows.length === 0) return lines([...notices.map(visible), unread.length > 0 ? "Every copy that could be read is at the index's newest version" : "Every copy is at the index's newest version", ...unread]);
    return lines([...notices.map(visible), ...table([["copy", "vendored", "admitted", "newest", "project"], ...rows]).map((line, index) => (index === 0 ? paint.faint(line) : line)), ...unread]);
  }
  const out: string[] = notices.map(visible);
  const changed = result.projects.filter((each) => each.updated.length > 0);
  for (const each of changed) {
    out.push(paint.strong(visible(`${each.project}: ${each.namespace}`)));
    for (const { name, from, to } of each.updated) out.push(`  ${visible(name)}  ${from === null ? `new: ${visible(to ?? "")}` : to === null ? `${visible(from)}, needed by nothing any more` : `${visible(from)} → ${visible(to)}`}`);
  }
  const failed = result.projects.filter((each) => each.failed !== null).length;
  const rest = result.projects.length - changed.length - failed;
  const parts = [`${count(changed.length, "project")} ${preview ? "to update" : "updated"}`, ...(rest > 0 ? [`${rest} current already`] : []), ...(failed > 0 ? [`${failed} failed`] : [])];
  return lines([...out, parts.join(", "), ...withFindings(findings, options)]);
}

/** Columns as wide as their widest cell. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  return rows.map((row) => row.map((cell, column) => visible(cell).padEnd(widths[column] ?? 0)).join("  ").trimEnd());
}
