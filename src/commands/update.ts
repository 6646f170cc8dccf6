/** `enisle update`: copies at another version, in one project or in every project below some roots. One that fails stops none of the others. */
import { relative } from "node:path";
import { indexVersions } from "../acquire/fetch.ts";
import type { Host } from "../host/host.ts";
import { normalisedName } from "../model/distribution.ts";
import { Failure } from "../model/failure.ts";
import { type Finding, finding } from "../model/finding.ts";
import type { FileChange, Outcome, OutdatedDistribution, ProjectUpdateResult, UpdateResult } from "../model/outcome.ts";
import { isNewer, isPin, newestAdmitted, sortVersions, specifierOf } from "../plan/versions.ts";
import type { PythonVersion } from "../rewrite/context.ts";
import { type Acquire, acquirer } from "./arrange.ts";
import { findConsumer } from "./consumer.ts";
import { type FetchFlags, fetchOptions } from "./fetchSettings.ts";
import { rewriteRecord } from "./installedRecord.ts";
import { type Crew, hireCrew } from "./runJobs.ts";
import { sharingCrews } from "./sharingCrew.ts";
import { type Acquirers, shareOut, threadsFor } from "./updateMany.ts";
import { type Target, parseTarget, selected, updateProject } from "./updateProject.ts";
import { type FoundSubject, type Subject, findSubjects, has, openSubject, readManifest } from "./updateSubjects.ts";

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

// Roots hold several projects, and helpers are shared by all.
const SEVERAL = 3_000_000;
/** From here on a file is relocated once for all projects, and not once for each. */
const WORTH_SHARING = 3;

/** What became of one project. */
export interface ProjectReport {
  readonly result: ProjectUpdateResult;
  readonly findings: readonly Finding[];
  readonly changes: readonly FileChange[];
  readonly notices: readonly string[];
  /** Why it was not updated. */
  readonly failure?: { readonly message: string; readonly wayOut: string };
}

export async function update(options: UpdateOptions, host: Host): Promise<Outcome<UpdateResult>> {
  const targets = options.distributions.map(parseTarget);
  if (options.roots.length === 0) return ofOne(options, targets, host);
  const { subjects, nowhere } = findSubjects(options.roots, targets, host.cwd);
  const notices = nowhere.map((name) => `nothing below ${options.roots.join(", ")} that can be read has a copy of ${name}`);
  if (options.outdated) {
    const opened = subjects.map(opening);
    const { findings, ...rest } = await outdated(opened.flatMap(({ subject }) => subject ?? []), targets, options, host);
    return { ...rest, notices, findings: [...findings, ...opened.flatMap(({ failure }) => failure ?? [])] };
  }
  const acquirers = nearAcquirers(host);
  // A diff's bytes would have to be sent from thread to thread.
  const helpers = options.diff ? 0 : threadsFor(subjects.length);
  const hired = hireCrew(helpers > 0 ? 0 : SEVERAL);
  const crewFor = subjects.length < WORTH_SHARING ? () => hired : sharingCrews(hired);
  try {
    const outcome = together(await shareOut({ options, subjects }, helpers, acquirers, (subject, patient) => reportOn(subject, options, patient, crewFor(), host), host));
    return { ...outcome, notices: [...notices, ...outcome.notices] };
  } finally {
    await hired.dismiss();
  }
}

/** Throws Failure for what stopped every project alike, such as a version that does not exist. */
function together(reports: readonly ProjectReport[]): Outcome<UpdateResult> {
  const [first] = reports;
  if (first?.failure && reports.length > 1 && reports.every(({ failure }) => failure?.message === first.failure?.message)) throw new Failure(first.failure.message, first.failure.wayOut);
  const results = reports.map(({ result }) => result);
  return {
    command: "update", result: { projects: results, changed: results.some((each) => each.changed) },
    findings: reports.flatMap(({ findings }) => findings), changes: reports.flatMap(({ changes }) => changes), notices: reports.flatMap(({ notices }) => notices),
  };
}

async function ofOne(options: UpdateOptions, targets: readonly Target[], host: Host): Promise<Outcome<UpdateResult>> {
  const subject = await single(options);
  if (options.outdated) return outdated([subject], targets, options, host);
  const crew = hireCrew(0);
  try {
    host.progress(`Updating ${subject.label}`);
    return together([await one(subject, targets, options, nearAcquirers(host), crew, host)]);
  } finally {
    await crew.dismiss();
  }
}

function nearAcquirers(host: Host): Acquirers {
  const known = new Map<string, Acquire>();
  return (options) => {
    const key = JSON.stringify(options);
    const acquire = known.get(key) ?? acquirer(options, host);
    known.set(key, acquire);
    return acquire;
  };
}

/** One of many projects. A failure is a finding, and stops none of the others. */
export async function reportOn(found: FoundSubject, options: UpdateOptions, acquirers: Acquirers, crew: Crew, host: Host): Promise<ProjectReport> {
  const { label } = found;
  let namespace = "";
  try {
    const subject = openSubject(found);
    namespace = subject.manifest.namespace;
    // In many projects a name stands for the copies that are there.
    const targets = options.distributions.map(parseTarget).filter(({ name }) => has(subject.manifest, name));
    const { result, findings, changes, notices } = await one(subject, targets, options, acquirers, crew, host);
    const below = <Each extends { readonly path?: string }>(each: Each): Each => (each.path === undefined ? each : { ...each, path: `${label}/${each.path}` });
    return { result, findings: findings.map(below), changes: changes.map(below), notices: notices.map((notice) => `${label}: ${notice}`) };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const result = { project: label, namespace, updated: [], changed: false, failed: error.message };
    const { message, wayOut } = error;
    return { result, findings: [notUpdated(label, error)], changes: [], notices: [], failure: { message, wayOut } };
  }
}

function notUpdated(label: string, { message, wayOut }: Failure): Finding {
  return finding("project-not-updated", `${message.replaceAll(/\n\s*/g, "; ")}. ${wayOut}`, { path: label });
}

/** A manifest that cannot be read is a finding of its own project. */
function opening(found: FoundSubject): { readonly subject?: Subject; readonly failure?: Finding } {
  try {
    return { subject: openSubject(found) };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { failure: notUpdated(found.label, error) };
  }
}

async function one(subject: Subject, targets: readonly Target[], options: UpdateOptions, acquirers: Acquirers, crew: Crew, host: Host): Promise<ProjectReport> {
  const consumer = await subject.consumer();
  const along = subject.manifest.distributions.some((entry) => entry.dependency);
  const fetching = fetchOptions({ ...options, withDeps: options.withDeps ?? (along ? true : undefined) }, consumer.configuration, consumer.root);
  const writes = !options.dryRun && !options.diff;
  const { run, updated, notices } = await updateProject(consumer, targets, { writes, diff: options.diff }, fetching, acquirers(fetching), crew, host);
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
