/** `enisle vendor`: acquire → plan → rewrite into a staging directory → commit. Reads from top to bottom. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, join, relative, resolve, sep } from "node:path";
import { type ProjectFile, listProjectFiles, listProjectText } from "../acquire/project.ts";
import { accept, withAccepted } from "../check/accept.ts";
import { digestOfFile } from "../acquire/digest.ts";
import { acquire } from "../acquire/source.ts";
import type { Host } from "../host/host.ts";
import { formatManifest } from "../manifest/write.ts";
import { type Distribution, normalisedName } from "../model/distribution.ts";
import { Failure, fileFailure } from "../model/failure.ts";
import { type Finding, byPlace, finding } from "../model/finding.ts";
import { MANIFEST_NAME, type Manifest, type ManifestDistribution } from "../model/manifest.ts";
import type { FileChange, Outcome, VendorResult, VendoredDistribution } from "../model/outcome.ts";
import type { Relocation } from "../model/relocation.ts";
import { type Layout, layOut } from "../plan/layout.ts";
import { missingRequirements, parseRequirement } from "../plan/requirements.ts";
import type { PythonVersion } from "../rewrite/context.ts";
import { HELPER_NAME } from "../rewrite/helperModule.ts";
import { type Move, Transaction, recover } from "../write/transaction.ts";
import { TOOL } from "../version.ts";
import { checkStaged } from "./checkStaged.ts";
import { type Consumer, findConsumer, projectJobs, provided } from "./consumer.ts";
import { type FileJob, type FileResult, type JobSettings, type ReferenceSettings, defaultReferences } from "./fileJob.ts";
import { copyJobs, inventoryOfCopies, keptDistribution, manifestEntry } from "./copies.ts";
import { type GeneratedFile, HELPER_FILE, generatedFiles, recorded } from "./generated.ts";
import { observedFindings } from "./observed.ts";
import { type Isolation, isolate, unusedIsolation } from "./isolation.ts";
import { noInventory } from "./inventory.ts";
import { type NamespaceState, readNamespace } from "./namespaceState.ts";
import { type Crew, LARGE_DIRECTORY, hireCrew } from "./runJobs.ts";

export interface VendorOptions {
  /** Absolute. */
  readonly project: string;
  readonly sources: readonly string[];
  readonly namespace: string | undefined;
  readonly targetPython: PythonVersion | undefined;
  /** Write nothing. */
  readonly dryRun: boolean;
  /** Write nothing, and give every change. */
  readonly diff: boolean;
  readonly verified: "rewrite" | "report";
  /** Names that are known only at run time go through a generated helper. */
  readonly runtimeMap: boolean;
}


export async function vendor(options: VendorOptions, host: Host): Promise<Outcome<VendorResult>> {
  const consumer = await findConsumer(options.project, options.namespace, options.targetPython);
  if (options.sources.length === 0) throw new Failure("no SOURCE given", "Name a wheel or a directory: enisle vendor SOURCE…");
  const crew = hireCrew(sizeOf(options.sources, host));
  try {
    return await vendorWith(options, consumer, crew, host);
  } finally {
    await crew.dismiss();
  }
}

async function vendorWith(options: VendorOptions, consumer: Consumer, crew: Crew, host: Host, again = false): Promise<Outcome<VendorResult>> {
  const writes = !options.dryRun && !options.diff;
  const notices = writes && recover(consumer.root) !== "nothing" ? ["cleaned up after a run that was interrupted"] : [];

  const references = { helper: `${consumer.namespace}.${HELPER_NAME}`, verified: options.verified, runtimeMap: options.runtimeMap, rows: consumer.configuration.catalogue ?? [], leave: consumer.configuration.leave ?? [] };
  const basis = basisOf(consumer, references);

  host.progress("Reading sources");
  const state = await readNamespace(consumer.namespaceDirectory, consumer.namespace, async (jobs) => (await crew.run(jobs, settings(consumer, []), () => undefined)).map((result) => result.sha256Upstream));
  const acquired = await Promise.all(options.sources.map(async (source) => (await vendoredAlready(source, state, basis, consumer, host)) ?? acquire(source, host.cwd)));
  refuseRepetition(acquired);

  const layouts = layOut([...acquired, ...kept(state, acquired, consumer)], consumer.namespace, consumer.package);
  const relocations = layouts.flatMap((layout) => layout.relocations);
  const copies = !again && isCurrent(state, acquired, basis) ? undefined : layouts;
  const ours = provided(consumer, relocations);
  const lookOnly = (jobs: readonly FileJob[]): Promise<FileResult[]> => crew.run(jobs, { ...settings(consumer, [relocations]), inventory: inventoryOfCopies(layouts), references }, () => host.progress("Looking for optional imports"));
  const isolation = copies && (await isolate(consumer, copies, lookOnly));
  const maps = [[...relocations, ...(isolation?.relocations ?? [])], relocations.filter(({ from }) => !ours.has(from.split(".")[0] ?? from))];

  const excluded = [consumer.namespaceDirectory, ...sourceDirectories(options.sources, host)];
  const sources = await listProjectFiles(consumer.root, consumer.packages, consumer.configuration, excluded, host);
  const files = [...sources, ...(await listProjectText(consumer.root, consumer.configuration, excluded, relocations.map(({ from }) => from), host))];
  const transaction = writes ? Transaction.begin(consumer.root) : undefined;
  try {
    const stage = (name: string): string | undefined => transaction?.path(name);
    const copying = copies ? copyJobs(copies, consumer, stage("namespace")) : [];
    const rewriting = projectJobs(files, stage("project"), consumer.target);
    const jobs = [...copying, ...rewriting];
    const jobSettings = { ...settings(consumer, maps), inventory: inventoryOfCopies(layouts), references, keepContents: options.diff };
    const results = await crew.run(jobs, jobSettings, (done) => host.progress(`Relocating: ${done} of ${jobs.length} files`));
    const [copied, project] = [results.slice(0, copying.length), results.slice(copying.length)];
    const leaks = await checkStaged(jobs, results, jobSettings, consumer, crew, (done, total) => host.progress(`Checking what was staged: ${done} of ${total} files`));
    const { findings } = accept([...findingsOf(layouts, ours), ...(copies ? observedFindings(copies, copying, copied, consumer) : []), ...(isolation ? unusedIsolation(consumer, isolation, copied) : []), ...unusedExceptions(consumer, results, copies !== undefined), ...results.flatMap((result) => result.findings), ...leaks], consumer.configuration.accept ?? [], ({ path }) => path);

    const needsHelper = results.some((result) => result.needsHelper);
    if (needsHelper && !copies && !state.manifest?.generated.some(({ path }) => path === HELPER_FILE)) {
      // The project needs what the copies alone did not.
      transaction?.rollback();
      return await vendorWith(options, consumer, crew, host, true);
    }
    const generated = generatedFiles(consumer, layouts, needsHelper);
    const manifest = copies ? withAccepted(newManifest(consumer, { ...basis, ...isolated(isolation) }, copies, copied, generated), findings) : state.manifest;
    if (!manifest) throw new Error("invariant: a namespace without a manifest is never current");
    const manifestText = formatManifest(manifest);
    const copyChanged = copies !== undefined && manifestText !== state.manifestText;
    const changed = copyChanged || project.some((result) => result.changed);
    if (transaction) {
      if (changed) commit(transaction, consumer, copyChanged ? manifestText : undefined, generated, files, project);
      else transaction.rollback();
    }
    return {
      command: "vendor",
      result: {
        namespace: consumer.namespace,
        distributions: summarise(manifest, layouts, consumer),
        project: { files: sources.length, rewritten: countChanged(project.slice(0, sources.length)), otherRewritten: countChanged(project.slice(sources.length)) },
        changed,
      },
      findings: findings.toSorted(byPlace),
      changes: options.diff ? [...copyChanges(consumer, state, copying, copied, copyChanged ? manifestText : undefined, generated), ...projectChanges(files, project)] : [],
      notices,
      verified: results.flatMap((result, index) => result.verified.map((each) => ({ path: jobs[index]?.label ?? "", ...each }))),
    };
  } catch (error) {
    transaction?.rollback();
    throw error;
  }
}

function settings(consumer: Consumer, maps: readonly (readonly Relocation[])[]): JobSettings {
  return { maps, target: consumer.target, inventory: noInventory, references: defaultReferences, keepContents: false, keepSites: false };
}

function refuseRepetition(acquired: readonly Distribution[]): void {
  const seen = new Map<string, string>();
  for (const { metadata, requirement } of acquired) {
    const name = normalisedName(metadata.name);
    const other = seen.get(name);
    if (other !== undefined) throw new Failure(`${other} and ${requirement}: both are the distribution ${metadata.name}`, "One namespace holds one version of it: name one of them.");
    seen.set(name, requirement);
  }
}

/** Distributions that are in the namespace already and not replaced: they see the new ones, and are seen by them. */
function kept(state: NamespaceState, acquired: readonly Distribution[], consumer: Consumer): Distribution[] {
  const replaced = new Set(acquired.map(({ metadata }) => normalisedName(metadata.name)));
  return (state.manifest?.distributions ?? []).filter((entry) => !replaced.has(normalisedName(entry.name))).map((entry) => keptDistribution(entry, consumer.namespaceDirectory));
}

/** What decides, besides the sources, how a copy comes out. */
type Basis = Pick<Manifest, "targetPython" | "settings" | "isolated">;

function isolated(isolation: Isolation | undefined): Pick<Manifest, "isolated"> {
  const names = isolation?.relocations.map(({ from }) => from) ?? [];
  return names.length > 0 ? { isolated: names.sort() } : {};
}

export function basisOf(consumer: Consumer, { rows, leave, verified, runtimeMap }: ReferenceSettings): Basis {
  const { "isolate-optional": isolated = false, "isolate-optional-except": except } = consumer.configuration;
  const isolation = isolated === false ? {} : { isolated, except, dependencies: consumer.dependencies };
  const choices = JSON.stringify({ ...isolation, rows, leave: leave.map(({ string, path }) => ({ string, path })), verified, runtimeMap });
  const defaults = JSON.stringify({ rows: [], leave: [], verified: "rewrite", runtimeMap: false });
  return { targetPython: consumer.target.join("."), ...(choices === defaults ? {} : { settings: createHash("sha256").update(choices).digest("hex") }) };
}

/** True when the namespace was made by this version of the tool for the same target, so that it would come out the same. */
function isComparable({ manifest }: NamespaceState, basis: Basis): boolean {
  return manifest?.tool === TOOL && manifest.targetPython === basis.targetPython && manifest.settings === basis.settings;
}

/** The copy that a wheel was vendored as before: there is no need to open the wheel again. */
async function vendoredAlready(source: string, state: NamespaceState, basis: Basis, consumer: Consumer, host: Host): Promise<Distribution | undefined> {
  const path = resolve(host.cwd, source);
  const candidates = state.manifest?.distributions.filter((entry) => entry.source.kind === "wheel" && entry.source.file === basename(path)) ?? [];
  if (candidates.length === 0 || !isComparable(state, basis) || !statSync(path, { throwIfNoEntry: false })?.isFile()) return undefined;
  const sha256 = await digestOfFile(path);
  const entry = candidates.find((candidate) => candidate.source.sha256 === sha256);
  return entry && { ...keptDistribution(entry, consumer.namespaceDirectory), requirement: source };
}

/** True when every source lies in the namespace already. */
function isCurrent(state: NamespaceState, acquired: readonly Distribution[], basis: Basis): boolean {
  return isComparable(state, basis) && acquired.every(({ metadata, source, requirement }) =>
    state.manifest?.distributions.some((entry) => entry.name === metadata.name && entry.requirement === requirementOf(requirement) && entry.source.sha256 === source.sha256 && entry.source.file === source.file),
  );
}

/** Bytes of the sources, roughly: how much work there will be. */
function sizeOf(sources: readonly string[], host: Host): number {
  return sources.reduce((sum, source) => {
    const stats = statSync(resolve(host.cwd, source), { throwIfNoEntry: false });
    return sum + (stats?.isDirectory() ? LARGE_DIRECTORY : (stats?.size ?? 0));
  }, 0);
}

/** What the manifest records of a SOURCE: no path of the machine. */
function requirementOf(source: string): string {
  return source.split(/[/\\]/).filter((part) => part !== "").at(-1) ?? source;
}

function sourceDirectories(sources: readonly string[], host: Host): string[] {
  return sources.map((source) => resolve(host.cwd, source));
}

function newManifest(consumer: Consumer, basis: Basis, copies: readonly Layout[], results: readonly FileResult[], generated: readonly GeneratedFile[]): Manifest {
  let first = 0;
  const distributions = copies.map((copy) => {
    const own = results.slice(first, first + copy.placements.length);
    first += copy.placements.length;
    return manifestEntry(copy, own, requirementOf(copy.distribution.requirement));
  });
  return { schema: 1, tool: TOOL, namespace: consumer.namespace, ...basis, generated: recorded(generated), distributions: distributions.sort((a, b) => (a.name < b.name ? -1 : 1)) };
}

function commit(transaction: Transaction, consumer: Consumer, manifestText: string | undefined, generated: readonly GeneratedFile[], files: readonly ProjectFile[], project: readonly FileResult[]): void {
  const moves: Move[] = [];
  if (manifestText !== undefined) {
    const staged = transaction.path("namespace");
    try {
      mkdirSync(staged, { recursive: true });
      for (const { path, content } of generated) writeFileSync(join(staged, path), content, { flag: "wx" });
      writeFileSync(join(staged, MANIFEST_NAME), manifestText, { flag: "wx" });
    } catch (error) {
      throw fileFailure(error, staged);
    }
    moves.push({ staged, target: consumer.namespaceDirectory });
  }
  files.forEach((file, index) => {
    const result = project[index];
    if (result?.changed) moves.push({ staged: transaction.path(join("project", String(index))), target: file.real, before: result.sha256Upstream });
  });
  transaction.commit(moves);
}

function summarise(manifest: Manifest, layouts: readonly Layout[], consumer: Consumer): VendoredDistribution[] {
  const provides = new Set([...manifest.distributions.map((entry) => normalisedName(entry.name)), ...consumer.dependencies.flatMap((line) => parseRequirement(line)?.name ?? [])]);
  const named = new Set(layouts.map((layout) => layout.distribution.metadata.name));
  return manifest.distributions.filter((entry) => named.has(entry.name)).map((entry) => ({
    name: entry.name,
    version: entry.version,
    topLevels: entry.topLevels,
    relocations: entry.relocations,
    files: entry.files.length,
    rewritten: entry.files.filter((file) => file.edits.length > 0).length,
    edits: countEdits(entry),
    missingRequirements: missingRequirements(entry.requires, provides, consumer.target),
  }));
}

function countChanged(results: readonly FileResult[]): number {
  return results.filter((result) => result.changed).length;
}

function countEdits({ files }: ManifestDistribution): { readonly proven: number; readonly verified: number } {
  const verified = files.reduce((sum, file) => sum + (file.verified ?? 0), 0);
  return { proven: files.reduce((sum, file) => sum + file.edits.length, 0) - verified, verified };
}

function findingsOf(layouts: readonly Layout[], ours: ReadonlySet<string>): Finding[] {
  return layouts.flatMap(({ distribution, topLevels }) => {
    const place = { distribution: distribution.metadata.name };
    const found: Finding[] = [];
    const [pth, data] = [distribution.leftOut.filter((path) => path.endsWith(".pth")), distribution.leftOut.filter((path) => !path.endsWith(".pth"))];
    if (pth.length > 0) found.push(finding("path-configuration", `left out: ${pth.join(", ")}`, place));
    if (data.length > 0) found.push(finding("data-not-vendored", `left out: ${data.slice(0, 5).join(", ")}${data.length > 5 ? ` and ${data.length - 5} more` : ""}`, place));
    if (topLevels.moving.length === 0 && topLevels.stubs.length === 0) found.push(finding("nothing-importable", "holds no module: only its metadata is kept", place));
    for (const name of topLevels.topLevels) if (ours.has(name)) found.push(finding("provided-by-project", `'${name}' is relocated, and the project has a '${name}' of its own: the project's imports of it were left`, place));
    return found;
  });
}

/** Exceptions that nothing needs any more; judged only where every file was looked at. */
function unusedExceptions({ configuration }: Consumer, results: readonly FileResult[], all: boolean): Finding[] {
  const used = new Set(results.flatMap((result) => result.usedExceptions));
  return all ? (configuration.leave ?? []).flatMap((exception, index) => (used.has(index) ? [] : [finding("unused-exception", `${basename(exception.place)}: no string '${exception.string}' would be rewritten${exception.path === undefined ? "" : ` in ${exception.path}`}`)])) : [];
}

function copyChanges(consumer: Consumer, state: NamespaceState, jobs: readonly FileJob[], results: readonly FileResult[], manifestText: string | undefined, made: readonly GeneratedFile[]): FileChange[] {
  if (manifestText === undefined) return [];
  const prefix = relative(consumer.root, consumer.namespaceDirectory).split(sep).join("/");
  const onDisk = (path: string): Buffer | undefined => (existsSync(join(consumer.root, path)) ? readFileSync(join(consumer.root, path)) : undefined);
  const change = (path: string, after: Buffer | undefined, executable = false): FileChange => ({ path, before: onDisk(path), after, executable });
  const now = jobs.map((job, index) => change(job.label, Buffer.from(results[index]?.after ?? new Uint8Array()), job.executable));
  const generated = made.map(({ path, content }) => change(`${prefix}/${path}`, content));
  const paths = new Set([...now, ...generated].map((each) => each.path));
  const gone = (state.manifest?.distributions ?? []).flatMap((entry) => [...entry.files].map((file) => `${prefix}/${file.path}`)).concat((state.manifest?.generated ?? []).map((file) => `${prefix}/${file.path}`)).filter((path) => !paths.has(path)).map((path) => change(path, undefined));
  return [...now, ...generated, ...gone, change(`${prefix}/${MANIFEST_NAME}`, Buffer.from(manifestText))];
}

function projectChanges(files: readonly ProjectFile[], results: readonly FileResult[]): FileChange[] {
  return files.flatMap((file, index) => {
    const result = results[index];
    return result?.before && result.after ? [{ path: file.path, before: Buffer.from(result.before), after: Buffer.from(result.after), executable: false }] : [];
  });
}
