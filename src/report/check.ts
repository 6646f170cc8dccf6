/** `enisle check` for people, in 80 columns: what was looked at, the findings by file, and once for each code what to do. */
import type { CheckResult, ImportSummary, TogetherSummary } from "../model/checkResult.ts";
import type { Finding } from "../model/finding.ts";
import type { Outcome } from "../model/outcome.ts";
import { countFindings } from "./findings.ts";
import { type Paint, visible } from "./terminal.ts";
import type { TextOptions } from "./text.ts";

const WIDTH = 80;
const MOST_OF_A_CODE = 50;

export function formatCheck({ result, findings, notices }: Outcome<CheckResult>, { paint, quiet, verbose }: TextOptions): string {
  const shown = findings.filter((each) => (quiet ? each.severity === "error" : verbose || each.severity !== "note"));
  const out = quiet ? [] : [...notices, ...summary(result, paint)];
  if (shown.length > 0) out.push(...(quiet ? [] : [""]), ...grouped(shown, verbose, paint));
  if (!quiet) out.push("", ...verdict(result, findings, shown.length, paint));
  return out.length === 0 ? "" : `${out.join("\n")}\n`;
}

function summary(result: CheckResult, paint: Paint): string[] {
  const out = result.namespaces.flatMap(({ namespace, path, distributions }) => [
    `${paint.strong(visible(namespace))} ${paint.faint(`(${visible(path)})`)}`,
    ...wrap(distributions.map(({ name, version }) => visible(version === null ? name : `${name} ${version}`)).join(", ") || "no copies", "  "),
  ]);
  for (const { path, name, version, modules } of result.renamed ?? []) out.push(...wrap(`${paint.strong(visible(Object.values(modules).join(", ")))} ${paint.faint(`(${visible(path)})`)}`, "", "  "), `  ${visible(name)} ${visible(version)}, renamed from ${visible(Object.keys(modules).join(", "))}`);
  for (const each of result.imports ?? (result.import ? [result.import] : [])) out.push(...wrap(importLine(each), "", "  "));
  if (result.upstream) out.push(`Upstream: ${result.upstream.files} files of ${plural(result.upstream.distributions, "archive")} compared`);
  for (const each of result.togethers ?? (result.together ? [result.together] : [])) out.push(...together(each, paint));
  return out;
}

function importLine({ python, modules, failed, failedUpstream, leaks }: ImportSummary): string {
  const also = failedUpstream > 0 ? ` (${failedUpstream} more fail with the upstream library too)` : "";
  return `Python ${python}: ${plural(modules, "module")} imported, ${failed} broken, ${plural(leaks, "leak")}${also}`;
}

function together({ python, modules, projects }: TogetherSummary, paint: Paint): string[] {
  return [
    `Together in Python ${python}, ${plural(modules, "module")} in one process:`,
    ...projects.flatMap(({ namespace, path, distributions }) => [
      `  ${paint.strong(visible(namespace))} ${paint.faint(`(${visible(path)})`)}`,
      ...distributions.flatMap(({ name, version, module, seen }) => wrap(`${visible(name)}${version === null && name === module ? "" : ` ${visible(version ?? "?")}`}: ${visible(module)}${seen === null ? "" : `, __version__ ${visible(seen)}`}`, "    ", "      ")),
    ]),
  ];
}

function grouped(findings: readonly Finding[], verbose: boolean, paint: Paint): string[] {
  const byPath = new Map<string, Finding[]>();
  const count = new Map<string, number>();
  const left = new Map<string, number>();
  for (const each of findings) {
    const number = (count.get(each.code) ?? 0) + 1;
    count.set(each.code, number);
    if (!verbose && number > MOST_OF_A_CODE) left.set(each.code, (left.get(each.code) ?? 0) + 1);
    else byPath.set(each.path ?? "", [...(byPath.get(each.path ?? "") ?? []), each]);
  }
  const files = [...byPath].flatMap(([path, all]) => [...(path === "" ? [] : [paint.strong(visible(path))]), ...all.flatMap((each) => one(each, path === "" ? "" : "  ", paint))]);
  const more = [...left].map(([code, number]) => `and ${number} more of ${code} (-v lists them)`);
  const helps = new Map(findings.map((each) => [`${each.code}\0${each.help}`, each]));
  return [...files, ...more, "", "What to do", ...[...helps.values()].filter((each) => each.accepted === undefined).flatMap((each) => wrap(`${each.code}: ${each.help}`, "  ", "    "))];
}

function one(each: Finding, indent: string, paint: Paint): string[] {
  const at = each.line === undefined ? "" : `${each.line}:${each.column} `;
  const of = each.distribution === undefined ? "" : ` (${visible(each.distribution)})`;
  const accepted = each.accepted === undefined ? "" : ` — accepted: ${visible(each.accepted)}`;
  const [first = "", ...rest] = wrap(`${at}${each.severity}: ${visible(each.message)}${of} [${each.code}]${accepted}`, indent, `${indent}  `);
  return [first.replace(`${each.severity}:`, `${paint[each.severity](each.severity)}:`), ...rest];
}

function verdict(result: CheckResult, findings: readonly Finding[], shown: number, paint: Paint): string[] {
  const renamed = result.renamed?.length ?? 0;
  const files = `${plural(result.manifests, "manifest")}, ${renamed > 0 ? `${plural(renamed, "renamed package")}, ` : ""}${plural(result.files, "file")}`;
  const counts = countFindings(findings);
  const hidden = findings.length - shown;
  const head = result.clean ? paint.added("Clean") : paint.error("Not clean");
  return [`${head}: ${files}${counts === "" ? ", nothing found" : `; ${counts}`}${hidden > 0 ? " (-v shows notes)" : ""}`];
}

function plural(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** Breaks at blanks; a word that is longer than a line stays whole. */
export function wrap(text: string, first: string, rest = first): string[] {
  const lines: string[] = [];
  let line = first;
  let empty = true;
  for (const word of text.split(" ")) {
    if (!empty && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = rest;
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  return [...lines, line];
}
