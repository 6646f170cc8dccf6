/** `enisle update`: copies at another version, in one project or in every project below some roots. One that fails stops none of the others. */
import { readFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import { type FoundNamespace, namespacesBelow, projectOf, recordOwning } from "../acquire/copiesBelow.ts";
import { indexVersions } from "../acquire/fetch.ts";
import type { Host } from "../host/host.ts";
import { parseManifest } from "../manifest/read.ts";
import { normalisedName } from "../model/distribution.ts";
import { Failure, fileFailure } from "../model/failure.ts";
import { type Finding, finding } from "../model/finding.ts";
import type { Manifest } from "../model/manifest.ts";
import type { FileChange, Outcome, OutdatedDistribution, ProjectUpdateResult, UpdateResult } from "../model/outcome.ts";
import { isNewer, isPin, newestAdmitted, sortVersions, specifierOf } from "../plan/versions.ts";
import type { PythonVersion } from "../rewrite/context.ts";
import { type Acquire, acquirer } from "./arrange.ts";
import { type Consumer, findConsumer, parsePython } from "./consumer.ts";
import { type FetchFlags, fetchOptions } from "./fetchSettings.ts";
import { rewriteRecord } from "./installedRecord.ts";
import { type Crew, hireCrew } from "./runJobs.ts";
import { type Target, parseTarget, selected, updateProject } from "./updateProject.ts";

export interface UpdateOptions extends FetchFlags {
  /** Absolute. */
  readonly project: string;
  readonly namespace: string | undefined;
  readonly targetPython: PythonVersion | undefined;
  /** `DIST` or `DIST==V`; none: all that were asked for. */
  readonly distributions: readonly string[];
  /** Absolute; every namespace below them is a project. */
  readonly roots: readonly string[];
  /** Only say what is behind. */
  readonly outdated: boolean;
  readonly dryRun: boolean;
  readonly diff: boolean;
}

interface Subject {
  /** For people. */
  readonly label: string;
  readonly manifest: Manifest;
  consumer(): Promise<Consumer>;
  /** What an installer knows of the namespace: its RECORD follows. */
  readonly record: string | undefined;
}

// Roots hold many projects, and helpers are shared by all.
const MANY = 3_000_000;

export async function update(options: UpdateOptions, host: Host): Promise<Outcome<UpdateResult>> {
  const targets = options.distributions.map(parseTarget);
  const subjects = options.roots.length > 0 ? below(options.roots, targets, host) : [await single(options)];
  if (options.outdated) return outdated(subjects, targets, options, host);
  const acquires = new Map<string, Acquire>();
  const crew = hireCrew(options.roots.length > 0 ? MANY : 0);
  const [results, findings, changes, notices]: [ProjectUpdateResult[], Finding[], FileChange[], string[]] = [[], [], [], []];
  try {
    for (const [index, subject] of subjects.entries()) {
      host.progress(`Updating ${index + 1} of ${subjects.length}: ${subject.label}`);
      try {
        const outcome = await one(subject, targets, options, acquires, crew, host);
        results.push(outcome.result);
        findings.push(...outcome.findings.map((each) => (options.roots.length > 0 && each.path !== undefined ? { ...each, path: `${subject.label}/${each.path}` } : each)));
        changes.push(...outcome.changes.map((each) => (options.roots.length > 0 ? { ...each, path: `${subject.label}/${each.path}` } : each)));
        notices.push(...outcome.notices.map((notice) => (options.roots.length > 0 ? `${subject.label}: ${notice}` : notice)));
      } catch (error) {
        if (!(error instanceof Failure) || options.roots.length === 0) throw error;
        findings.push(finding("project-not-updated", `${error.message}. ${error.wayOut}`, { path: subject.label }));
        results.push({ project: subject.label, namespace: subject.manifest.namespace, updated: [], changed: false, failed: error.message });
      }
    }
  } finally {
    await crew.dismiss();
  }
  return { command: "update", result: { projects: results, changed: results.some((each) => each.changed) }, findings, changes, notices };
}

async function one(subject: Subject, targets: readonly Target[], options: UpdateOptions, acquires: Map<string, Acquire>, crew: Crew, host: Host): Promise<{ result: ProjectUpdateResult; findings: readonly Finding[]; changes: readonly FileChange[]; notices: readonly string[] }> {
  const consumer = await subject.consumer();
  const along = subject.manifest.distributions.some((entry) => entry.dependency);
  const fetching = fetchOptions({ ...options, withDeps: options.withDeps ?? (along ? true : undefined) }, consumer.configuration, consumer.root);
  const key = JSON.stringify(fetching);
  const acquire = acquires.get(key) ?? acquirer(fetching, host);
  acquires.set(key, acquire);
  // In many projects a name stands for the copies that are there.
  const mine = options.roots.length > 0 ? targets.filter(({ name }) => has(subject.manifest, name)) : targets;
  const writes = !options.dryRun && !options.diff;
  const { run, updated, notices } = await updateProject(consumer, mine, { writes, diff: options.diff }, fetching, acquire, crew, host);
  if (writes && run.changed && subject.record !== undefined) rewriteRecord(subject.record, consumer, subject.manifest, run);
  return {
    result: { project: subject.label, namespace: consumer.namespace, updated, changed: run.changed, failed: null },
    findings: run.findings, changes: run.changes, notices: [...run.notices, ...notices],
  };
}

async function single(options: UpdateOptions): Promise<Subject> {
  const consumer = await findConsumer(options.project, options.namespace, options.targetPython);
  return { label: relative(process.cwd(), consumer.root) || ".", manifest: readManifest(`${consumer.namespaceDirectory}/vendored.json`), consumer: async () => consumer, record: undefined };
}

function readManifest(path: string): Manifest {
  try {
    return parseManifest(readFileSync(path, "utf8"), path);
  } catch (error) {
    throw fileFailure(error, path);
  }
}

function has(manifest: Manifest, name: string): boolean {
  return manifest.distributions.some((entry) => normalisedName(entry.name) === normalisedName(name));
}

/** Namespaces that hold one of the targets. */
function below(roots: readonly string[], targets: readonly Target[], host: Host): Subject[] {
  const found = namespacesBelow(roots.map((root) => resolve(host.cwd, root)));
  const subjects = found.flatMap((namespace) => {
    const manifest = readManifest(namespace.manifestFile);
    if (targets.length > 0 && !targets.some(({ name }) => has(manifest, name))) return [];
    return [subjectOf(namespace, manifest, host)];
  });
  if (subjects.length === 0) throw new Failure(`nothing below ${roots.join(", ")} has a copy of ${targets.map(({ name }) => name).join(" or ") || "anything"}`, "Check the roots; copies are found by the vendored.json beside them.");
  return subjects;
}

function subjectOf({ directory, manifestFile }: FoundNamespace, manifest: Manifest, host: Host): Subject {
  const { root, packageOnly } = projectOf(directory, manifest.namespace, manifest.location);
  return {
    label: relative(host.cwd, root) === "" ? "." : relative(host.cwd, packageOnly ? directory : root),
    manifest,
    record: packageOnly ? recordOwning(root, manifestFile) : undefined,
    async consumer() {
      const target = parsePython(manifest.targetPython);
      const found = await findConsumer(root, manifest.namespace, target);
      if (!packageOnly) return found;
      // What lies beside an installed package is not its project: only the package itself, and what it once rewrote.
      const own = found.packages.filter((each) => directory.startsWith(`${each.directory}/`));
      return { ...found, installed: true, packages: own, configuration: { ...found.configuration, present: true } };
    },
  };
}

async function outdated(subjects: readonly Subject[], targets: readonly Target[], options: UpdateOptions, host: Host): Promise<Outcome<UpdateResult>> {
  const known = new Map<string, string[]>();
  const rows: OutdatedDistribution[] = [];
  for (const subject of subjects) {
    const consumer = await subject.consumer();
    const fetching = fetchOptions(options, consumer.configuration, consumer.root);
    const mine = targets.filter(({ name }) => options.roots.length === 0 || has(subject.manifest, name));
    const entries = targets.length > 0 ? selected(subject.manifest, mine).map(({ entry }) => entry) : subject.manifest.distributions.filter((entry) => entry.source.kind !== "directory" && entry.source.kind !== "vcs");
    for (const entry of entries) {
      const name = normalisedName(entry.name);
      host.progress(`Asking the index for ${entry.name}`);
      let versions = known.get(name);
      if (!versions) known.set(name, (versions = sortVersions(await indexVersions(name, specifierOf(entry.requirement) ?? "", fetching, host))));
      const specifier = specifierOf(entry.requirement) ?? "";
      const newest = newestAdmitted(versions, "") ?? null;
      const admitted = isPin(specifier) || entry.dependency ? newest : (newestAdmitted(versions, specifier) ?? null);
      if (newest === null || !isNewer(newest, entry.version)) continue;
      rows.push({ project: subject.label, name: entry.name, version: entry.version, admitted, newest, requirement: entry.requirement });
    }
  }
  const findings = rows.map((row) => finding("outdated", `${row.version ?? "unknown"} is vendored, and the index has ${row.newest}${row.admitted === row.newest ? "" : ` (${row.requirement} admits ${row.admitted ?? "none of them"})`}`, { distribution: row.name, ...(options.roots.length > 0 ? { path: row.project } : {}) }));
  return { command: "update", result: { projects: [], outdated: rows, changed: false }, findings, changes: [], notices: [] };
}
