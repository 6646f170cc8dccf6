/** `enisle check`: reads every copy below the roots back from disk, judges it by the rules, and on request proves it in interpreters and against upstream. */
import { existsSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { type Acceptance, accept, unusedAcceptances } from "../check/accept.ts";
import { rules } from "../check/rules.ts";
import type { CheckedNamespace } from "../check/subject.ts";
import type { Host } from "../host/host.ts";
import type { CheckResult, ImportSummary, TogetherSummary } from "../model/checkResult.ts";
import { type Finding, byPlace } from "../model/finding.ts";
import type { Outcome } from "../model/outcome.ts";
import { mayBeBare, openBare } from "./bareProject.ts";
import { findManifests } from "./findManifests.ts";
import { type OpenNamespace, gather, openNamespace, sizeOf } from "./gather.ts";
import { type Crew, hireCrew } from "./runJobs.ts";

export interface CheckOptions {
  /** Absolute; what paths in findings are relative to, and the root where none is given. */
  readonly project: string;
  /** As typed. */
  readonly roots: readonly string[];
  /** Import everything with these interpreters, as typed; undefined: import nothing. */
  readonly pythons: readonly string[] | undefined;
  /** Projects to import into one interpreter, as typed. */
  readonly together: readonly string[];
  /** Prove the copies against the original archives, which are looked for in these directories before they are fetched; undefined: do not. */
  readonly upstream: readonly string[] | undefined;
  /** Seconds that one module may take to import. */
  readonly timeout: number;
}

export async function check(options: CheckOptions, host: Host): Promise<Outcome<CheckResult>> {
  const roots = [...(options.roots.length > 0 || options.together.length > 0 ? options.roots : [options.project]), ...options.together].map((root) => resolve(host.cwd, root));
  const company = options.together.map((root) => resolve(host.cwd, root));
  const found = findManifests(roots, (root) => company.includes(root) && mayBeBare(root));
  const label = labeller(baseOf(options.project, roots));
  const open: OpenNamespace[] = [];
  for (const { path, bare } of found) open.push(bare ? await openBare(path, host) : await openNamespace(path, host));
  const crew = hireCrew(open.reduce((sum, each) => sum + sizeOf(each), 0));
  try {
    const namespaces: CheckedNamespace[] = [];
    for (const each of open) namespaces.push(await gather(each, label, crew, (done, total) => host.progress(`Checking ${each.manifest.namespace}: ${done} of ${total} files`)));
    const findings = rules.flatMap((rule) => rule.find({ namespaces }));
    const proofs = merge(await proveByUpstream(options, open, namespaces, crew, host), await proveByImport(options, open, label, host));
    const judged = acceptAll(once([...findings, ...proofs.findings]), open, label).sort(byPlace);
    return {
      command: "check",
      result: {
        manifests: open.filter(({ bare }) => !bare).length,
        files: namespaces.reduce((sum, each) => sum + each.files.length + each.consumer.length, 0),
        clean: !judged.some((each) => each.severity === "error"),
        namespaces: namespaces.filter((_, index) => !open[index]?.bare).map(({ label: path, manifest }) => ({ namespace: manifest.namespace, path, distributions: manifest.distributions.map(({ name, version }) => ({ name, version })) })),
        ...renamedAmong(open, label),
        ...proofs.result,
      },
      findings: judged,
      changes: [],
      notices: [],
    };
  } finally {
    await crew.dismiss();
  }
}

/** Those without copies, which no manifest names. */
function renamedAmong(open: readonly OpenNamespace[], label: (path: string) => string): Pick<CheckResult, "renamed"> {
  const renamed = open.flatMap(({ bare, renamed: record, directory }) => (bare && record ? [{ path: label(directory), name: record.name, version: record.version, modules: record.modules }] : []));
  return renamed.length === 0 ? {} : { renamed };
}

interface Proofs {
  readonly result: Pick<CheckResult, "import" | "imports" | "together" | "togethers" | "upstream">;
  readonly findings: readonly Finding[];
}

const nothing: Proofs = { result: {}, findings: [] };

function merge(a: Proofs, b: Proofs): Proofs {
  return { result: { ...a.result, ...b.result }, findings: [...a.findings, ...b.findings] };
}

async function proveByUpstream(options: CheckOptions, open: readonly OpenNamespace[], namespaces: readonly CheckedNamespace[], crew: Crew, host: Host): Promise<Proofs> {
  if (options.upstream === undefined) return nothing;
  const [{ Scratch }, { proveUpstream }] = await Promise.all([import("../interpreter/scratch.ts"), import("./upstreamProof.ts")]);
  const scratch = new Scratch();
  try {
    const search = { directories: options.upstream, download: scratch.make("archives"), python: options.pythons?.[0] ?? "python3" };
    const total = { distributions: 0, files: 0 };
    const findings: Finding[] = [];
    for (const [index, each] of open.entries()) {
      const checked = namespaces[index];
      if (!checked) continue;
      const proof = await proveUpstream(each, checked, search, crew, host);
      total.distributions += proof.distributions;
      total.files += proof.files;
      findings.push(...proof.findings);
    }
    return { result: { upstream: total }, findings };
  } finally {
    scratch.remove();
  }
}

async function proveByImport(options: CheckOptions, open: readonly OpenNamespace[], label: (path: string) => string, host: Host): Promise<Proofs> {
  if (options.pythons === undefined) return nothing;
  const [{ Scratch }, { prepare }, { chooseInterpreter, proveImports }] = await Promise.all([import("../interpreter/scratch.ts"), import("./importable.ts"), import("./importProof.ts")]);
  const scratch = new Scratch();
  try {
    const importables = open.flatMap((each) => (each.project ? [prepare(each, each.project, scratch)] : []));
    const inCompany = importables.flatMap(({ open: { directory } }, index) => (options.together.some((root) => isBelow(directory, resolve(host.cwd, root))) ? [index] : []));
    const interpreters = options.pythons.map((name) => chooseInterpreter(name, host.cwd, importables));
    const context = { host, scratch, timeout: options.timeout, label };
    const findings: Finding[] = [];
    const imports: ImportSummary[] = [];
    const together: TogetherSummary[] = [];
    for (const interpreter of interpreters) {
      const proof = await proveImports(interpreter, importables, context);
      findings.push(...proof.findings);
      imports.push(proof.summary);
      if (options.together.length === 0) continue;
      const { proveTogether } = await import("./togetherProof.ts");
      const [meeting, imported] = [inCompany.map((index) => importables[index]), inCompany.map((index) => proof.imported[index] ?? [])];
      const company = await proveTogether(interpreter, meeting.filter((each) => each !== undefined), imported, context);
      findings.push(...company.findings);
      together.push(company.summary);
    }
    return { result: { import: sum(imports), ...(imports.length > 1 ? { imports } : {}), ...(together[0] ? { together: together[0] } : {}), ...(together.length > 1 ? { togethers: together } : {}) }, findings };
  } finally {
    scratch.remove();
  }
}

function sum(imports: readonly ImportSummary[]): ImportSummary {
  const total = (key: "modules" | "failed" | "failedUpstream" | "leaks"): number => imports.reduce((all, each) => all + each[key], 0);
  return { python: imports.map(({ python }) => python).join(", "), modules: total("modules"), failed: total("failed"), failedUpstream: total("failedUpstream"), leaks: total("leaks") };
}

/** Paths are relative to the project where all roots lie in it, as those of other commands are; otherwise to the directory that holds all roots. */
function baseOf(project: string, roots: readonly string[]): string {
  let base = roots.every((root) => isBelow(root, project)) ? project : (roots[0] ?? project);
  while (!roots.every((root) => isBelow(root, base))) base = dirname(base);
  return base;
}

function isBelow(path: string, base: string): boolean {
  return path === base || path.startsWith(base === sep ? sep : base + sep);
}

function labeller(base: string): (path: string) => string {
  return (path) => relative(base, path).split(sep).join("/") || ".";
}

/** What a module does alone it does in company too. */
function once(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((each) => [JSON.stringify([each.code, each.distribution, each.path, each.line, each.column, each.message.replace(/, as when .*/s, "")]), each])).values()];
}

/** Each project's entries apply to what lies in the project. */
function acceptAll(findings: readonly Finding[], open: readonly OpenNamespace[], label: (path: string) => string): Finding[] {
  let judged = findings;
  const unused: Finding[] = [];
  const roots = new Map<string, readonly Acceptance[]>();
  for (const { project } of open) if (project?.consumer.configuration.accept) roots.set(project.consumer.root, project.consumer.configuration.accept);
  for (const [root, entries] of roots) {
    const prefix = label(root) === "." ? "" : `${label(root)}/`;
    const result = accept(judged, entries, ({ path }) => (path?.startsWith(prefix) ? path.slice(prefix.length) : undefined));
    judged = result.findings;
    unused.push(...unusedAcceptances(entries, result.used, label(join(root, existsSync(join(root, "enisle.toml")) ? "enisle.toml" : "pyproject.toml"))));
  }
  return [...judged, ...unused];
}
