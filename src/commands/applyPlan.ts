/** `plan --apply`: the configuration of each project, and `enisle vendor` there; archives get their copies inside by `enisle wheel`. Everything is tried before anything is written. */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { fetchRequirements } from "../acquire/fetch.ts";
import { requirementLine } from "../acquire/requirementLine.ts";
import type { Host } from "../host/host.ts";
import { Failure } from "../model/failure.ts";
import type { Finding } from "../model/finding.ts";
import { fetchOptions } from "./fetchSettings.ts";
import { type Declaration, declarePlan, treeNamespace } from "./declarePlan.ts";
import { type PlanOptions, type PlanOutcome, withoutIndex } from "./plan.ts";
import { WHEEL_DIRECTORY } from "./planInstall.ts";
import { proveApplied } from "./proveApplied.ts";
import { vendor } from "./vendor.ts";
import { wheel } from "./wheel.ts";

type Section = PlanOutcome["details"]["sections"][number];

export interface ApplyOptions extends PlanOptions {
  readonly dryRun: boolean;
  /** Prove afterwards that what was applied installs, imports and shares nothing. */
  readonly check: boolean;
}

export async function applyPlan(outcome: PlanOutcome, options: ApplyOptions, given: Host): Promise<PlanOutcome> {
  const { result, details } = outcome;
  if (!result.satisfiable) return outcome;
  const host = options.noIndex ? withoutIndex(given) : given;
  const trees: { section: Section; root: string; declaration: Declaration }[] = [];
  for (const section of details.sections.filter(({ kind }) => kind === "tree")) {
    const service = details.services.find((each) => each.id === section.project);
    if (!service) continue;
    const root = resolve(host.cwd, section.asked);
    const namespace = await treeNamespace(root);
    trees.push({ section, root, declaration: await declarePlan(root, section.asked, service, details.assignment.get(service.id) ?? new Set(), section.vendor, namespace, host) });
    await vendorIn(root, section.vendor, namespace, true, options, host);
  }
  const notices: string[] = [];
  const findings: Finding[] = [];
  let { install } = result;
  // Archives first: they go into a directory of their own, and touch no project.
  for (const section of details.sections.filter(({ kind }) => kind === "wheel")) {
    const input = await archiveOf(section, options, host);
    const made = await wheel({ wheel: input, sources: section.vendor, renames: [], directory: WHEEL_DIRECTORY, namespace: undefined, targetPython: undefined, requirementFiles: [], constraints: [], drop: [], keep: [], dryRun: options.dryRun, ...flags(options) }, host);
    install = install.split(" ").map((word) => (word.startsWith(`${WHEEL_DIRECTORY}/`) && sameProject(word, made.result.wheel) ? `${WHEEL_DIRECTORY}/${made.result.wheel}` : word)).join(" ");
    notices.push(`${section.project}: ${options.dryRun ? "would write" : "wrote"} ${WHEEL_DIRECTORY}/${made.result.wheel}`);
    findings.push(...made.findings);
  }
  for (const [index, { section, root, declaration }] of trees.entries()) {
    const names = [...declaration.texts.keys()].join(", ");
    if (options.dryRun) {
      notices.push(`${section.project}: would change ${names}, and vendor ${section.vendor.join(", ")}`);
      continue;
    }
    const before = new Map([...declaration.texts.keys()].map((file) => [file, existsSync(join(root, file)) ? readFileSync(join(root, file)) : undefined]));
    try {
      for (const [file, text] of declaration.texts) writeFileSync(join(root, file), text);
      const done = await vendorIn(root, [], undefined, false, options, host);
      findings.push(...done.findings.map((each) => (each.path === undefined ? each : { ...each, path: `${section.asked.replace(/\/$/, "")}/${each.path}` })));
      notices.push(`${section.project}: changed ${names}; vendored ${done.result.distributions.map((each) => `${each.name} ${each.version ?? ""}`).join(", ")} into ${done.result.namespace}`);
    } catch (error) {
      for (const [file, content] of before) {
        if (content === undefined) rmSync(join(root, file), { force: true });
        else writeFileSync(join(root, file), content);
      }
      if (!(error instanceof Failure) || index === 0) throw error;
      throw new Failure(`${section.asked}: ${error.message}`, `${error.wayOut} This project was left as it was; done before: ${trees.slice(0, index).map((each) => each.section.asked).join(", ")}.`);
    }
    if (declaration.left.length > 0) notices.push(`${section.project}: its metadata still requires ${declaration.left.join(", ")}: change that where the project says it`);
  }
  const proof = options.check && !options.dryRun && details.sections.length > 0 ? await proveApplied({ projects: details.projects, install, system: options.system, python: pythonOf(options) }, host) : undefined;
  return {
    ...outcome, result: { ...result, install, ...(proof?.checked ? { check: proof.checked } : {}) }, findings: once([...outcome.findings, ...findings, ...(proof?.findings ?? [])]),
    notices: [...outcome.notices, ...notices, ...(proof?.notices ?? [])], details: { ...details, sections: options.dryRun ? details.sections : [] },
  };
}

function flags({ onlyBinary, offline, findLinks, pip, python, engine }: PlanOptions): Pick<PlanOptions, "onlyBinary" | "offline" | "findLinks" | "pip" | "engine"> & { withDeps: false; allowYanked: true } {
  return { withDeps: false, allowYanked: true, onlyBinary, offline, findLinks, engine, pip: python === undefined ? pip : /^\d+(\.\d+)?$/.test(python) ? `python${python} -m pip` : `${python} -m pip` };
}

/** What vendoring reports, the check reports again. */
function once(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((each) => [JSON.stringify([each.code, each.distribution, each.path, each.line, each.column, each.message]), each])).values()];
}

/** The interpreter that the plan is for. */
function pythonOf({ python, pip }: PlanOptions): string[] {
  if (python !== undefined) return (/^\d+(\.\d+)?$/.test(python) ? `python${python}` : python).split(" ");
  return /^(.*\S)\s+-m\s+pip$/.exec(pip ?? "")?.[1]?.split(" ") ?? ["python3"];
}

/** What is named, or with nothing named what is declared. */
function vendorIn(root: string, sources: readonly string[], namespace: string | undefined, dryRun: boolean, options: PlanOptions, host: Host): ReturnType<typeof vendor> {
  return vendor({ ...flags(options), project: root, sources, namespace, targetPython: undefined, dryRun, diff: false, verified: "rewrite", runtimeMap: false }, host);
}

async function archiveOf({ project, asked }: Section, options: PlanOptions, host: Host): Promise<string> {
  if (/\.whl$/i.test(asked) && existsSync(resolve(host.cwd, asked))) return asked;
  const [fetched] = await fetchRequirements({ lines: [requirementLine(asked, host.cwd)], options: [], constraints: [] }, fetchOptions(flags(options), { present: false }, host.cwd), host);
  if (!fetched) throw new Failure(`${project}: no wheel of it could be had`, "Build one, and name it.");
  return fetched.path;
}

function sameProject(word: string, wheelName: string): boolean {
  return basename(word).split("-").slice(0, 2).join("-").toLowerCase() === wheelName.split("-").slice(0, 2).join("-").toLowerCase();
}
