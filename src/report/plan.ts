/** A plan as a packager reads it: what to relocate where, why, what to declare, one line to install. */
import type { CheckResult } from "../model/checkResult.ts";
import type { Outcome, PlanResult, PlannedRelocation } from "../model/outcome.ts";
import type { PlanDetails } from "../model/planDetails.ts";
import { countFindings, formatFindings } from "./findings.ts";
import { visible, wrapped } from "./terminal.ts";
import type { TextOptions } from "./text.ts";

export function formatPlan({ result, findings, notices }: Outcome<PlanResult>, details: PlanDetails, options: TextOptions): string {
  const { paint, quiet, verbose } = options;
  if (quiet) return text(formatFindings(findings.filter((finding) => finding.severity === "error"), paint));
  const size = `${count(details.services.length, "project")}`;
  if (!result.satisfiable) {
    const { chains = [], reasons = [], words } = details.conflict ?? {};
    return text([
      ...notices, `${paint.error("No plan")} for ${size}${result.minimal === "proven" ? "" : " was found; not every way was tried"}`,
      ...chains.flatMap((chain) => hanging("  ", chain)), ...reasons.flatMap((reason) => hanging("  ", reason)),
      ...(words === undefined ? [] : ["  pip says:", ...words.split("\n").flatMap((line) => hanging("    ", line))]),
      "", ...formatFindings(findings.map((each) => ({ ...each, message: "no relocation makes the projects resolve together" })), paint),
    ]);
  }
  const out: string[] = [...notices];
  const all = result.relocations.reduce((sum, each) => sum + 1 + each.with.length, 0);
  if (all === 0) out.push(`Nothing to relocate: ${size} resolve together, ${count(result.shared.length, "distribution")} shared`);
  else {
    out.push(`Relocate ${paint.strong(count(all, "distribution"))}, and ${size} share ${count(result.shared.length, "distribution")}`);
    out.push(result.minimal === "proven" ? "No smaller set does (proven, for the versions that each project has alone)" : "A smaller set may exist: not every way was tried");
    for (const service of details.services) {
      const mine = result.relocations.filter((each) => each.project === service.id);
      if (mine.length > 0) out.push("", `${paint.strong(visible(service.id))}${service.version === undefined ? "" : ` ${visible(service.version)}`} gets its own`, ...mine.flatMap((each) => relocation(each, details, options)));
    }
    const trees = details.sections.filter((each) => each.kind === "tree");
    if (trees.length > 0) out.push("", "Declare it (--apply does), then run enisle vendor in each:", ...trees.flatMap((each) => ["", paint.faint(`# ${visible(each.asked)}/pyproject.toml`), ...section(each.vendor)]));
    const commands = details.sections.flatMap((each) => each.command ?? []);
    if (commands.length > 0) out.push("", "Make wheels with it inside (--apply does):", // A shell goes on after &&.
      ...commands.flatMap((each) => each.split(" && ").map((part, index, all) => `${index === 0 ? "  " : "    "}${visible(part)}${index < all.length - 1 ? " &&" : ""}`)));
  }
  if (result.check) out.push("", ...checked(result.check, paint));
  if (verbose) out.push("", "Shared:", ...result.shared.map(({ name, version }) => `  ${visible(name)} ${visible(version)}`));
  out.push("", "Install all of it in one go:", `  ${visible(result.install)}`);
  return text([...out, ...(findings.length > 0 ? ["", ...formatFindings(findings, paint), "", countFindings(findings)] : [])]);
}

function checked({ clean, import: alone, together }: CheckResult, paint: TextOptions["paint"]): string[] {
  const modules = together?.modules ?? alone?.modules ?? 0;
  const python = together?.python ?? alone?.python ?? "";
  const verdict = clean ? paint.added("nothing shared, nothing broken") : paint.error("not clean, see below");
  return wrapped(`Checked: installed by the line below into an environment of its own, ${count(modules, "module")} imported in one process of Python ${python}: ${verdict}`, "  ").map((line) => line.replace(/^ {2}(?=Checked)/, ""));
}

function relocation(each: PlannedRelocation, { services, along }: PlanDetails, { paint, verbose }: TextOptions): string[] {
  const [own = "", ...others] = each.because.map(visible);
  const shown = verbose ? others : others.slice(0, 3);
  const service = services.find((one) => one.id === each.project);
  const moved = each.with.flatMap((label) => {
    const name = [...(service?.alone.values() ?? [])].find((item) => item.label === label)?.name ?? label;
    const why = along.get(`${each.project}\0${name}`)?.why;
    return hanging("    ", `with ${visible(label)} ${service?.alone.get(name)?.version ?? ""}: ${visible(why ?? "")}`);
  });
  return [
    `  ${paint.strong(visible(each.distribution))} ${visible(each.version)}`,
    ...hanging("    ", own),
    // The project's own chains may be several; those of others are what they cannot be met with.
    ...shown.flatMap((line) => hanging("    ", `${line.startsWith(`${own.split(" → ")[0]} → `) ? "and" : "but"} ${line}`)).map(paint.faint),
    ...(others.length > shown.length ? [paint.faint(`    and ${others.length - shown.length} more (-v lists them)`)] : []),
    ...moved,
  ];
}

export function section(vendor: readonly string[]): string[] {
  const list = vendor.map((each) => JSON.stringify(each));
  return ["[tool.enisle]", list.join(", ").length < 60 ? `vendor = [${list.join(", ")}]` : `vendor = [\n${list.map((each) => `  ${each},\n`).join("")}]`];
}

/** Broken between words, what goes on indented a little more. */
function hanging(indentation: string, line: string): string[] {
  return wrapped(line, `${indentation}  `).map((each, index) => (index === 0 ? `${indentation}${each.slice(indentation.length + 2)}` : each));
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

function text(lines: readonly string[]): string {
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
}
