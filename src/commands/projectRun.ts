/**
 * One run over a project, whatever asked for it: what is to lie in the namespace → relocate, in a staging directory → commit. The directory is
 * the lock too: it is there before the first look at the project, so that of two runs one waits or is refused. Reads from top to bottom.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { type ProjectFile, alsoListed, isExecutable, listEveryFile, listProjectFiles, listProjectText } from "../acquire/project.ts";
import { accept } from "../check/accept.ts";
import type { FetchOptions } from "../acquire/fetch.ts";
import type { Host } from "../host/host.ts";
import { formatManifest } from "../manifest/write.ts";
import type { Distribution } from "../model/distribution.ts";
import { fileFailure } from "../model/failure.ts";
import { type Finding, byPlace, finding } from "../model/finding.ts";
import { MANIFEST_NAME, type Manifest, SBOM_NAME } from "../model/manifest.ts";
import type { FileChange, VerifiedString } from "../model/outcome.ts";
import type { Relocation } from "../model/relocation.ts";
import { chooseFiles } from "../plan/chooseFiles.ts";
import { type Layout, layOut } from "../plan/layout.ts";
import { moduleNameOf } from "../plan/topLevels.ts";
import { type Move, Transaction, recover } from "../write/transaction.ts";
import { type Consumer, isDataFile, projectJobs, provided } from "./consumer.ts";
import { checkStaged } from "./checkStaged.ts";
import { copyJobs, inventoryOfCopies } from "./copies.ts";
import { type Basis, type References, basisOf, recordedSettings } from "./basis.ts";
import type { FileJob, FileResult, JobSettings } from "./fileJob.ts";
import { HELPER_FILE } from "./generated.ts";
import { isolate, unusedIsolation } from "./isolation.ts";
import { observedFindings } from "./observed.ts";
import { findingsOf, unusedExceptions } from "./layoutFindings.ts";
import { newManifest } from "./newManifest.ts";
import type { NamespaceState } from "./namespaceState.ts";
import { baseSettings, readState } from "./readState.ts";
import { patchSteps, settlePatches } from "./patching.ts";
import { type RecordedProject, recordProject, recordedProject } from "./projectRecord.ts";
import type { Crew } from "./runJobs.ts";
import { copyProtected, stayingDirectory } from "./protectedFiles.ts";
import { pythonSubstitutions } from "./substitutions.ts";
import type { Treatment } from "./treatment.ts";
import { placeLicenses } from "./vendoredLicenses.ts";

/** What is to lie in the namespace after the run. */
export interface Arrangement {
  readonly distributions: readonly Distribution[];
  readonly treat: (name: string) => Treatment;
  /** The namespace holds all of this already, made in the same way: only the project is looked at. */
  readonly current: boolean;
  /** Directories that are no part of the project. */
  readonly sourceDirectories: readonly string[];
  /** Copies that go, and are named by the project no more. */
  readonly reversed: readonly Relocation[];
  /** Files of the project that change besides, relative to it, such as a configuration. */
  readonly texts: ReadonlyMap<string, Buffer>;
}

export interface RunOptions extends Partial<References> {
  /** False: say what would be done. */
  readonly writes: boolean;
  /** Give every change. */
  readonly diff: boolean;
  /** Files that differ from the manifest are no obstacle: the arrangement knows about them. */
  readonly tolerant?: boolean;
  /** How files from elsewhere are fetched; the defaults where it is missing. */
  readonly fetching?: FetchOptions;
}

export interface ProjectRun {
  readonly state: NamespaceState;
  /** Undefined: nothing is left in the namespace. */
  readonly manifest: Manifest | undefined;
  readonly layouts: readonly Layout[];
  readonly changed: boolean;
  readonly project: { readonly files: number; readonly rewritten: number; readonly otherRewritten: number };
  readonly findings: readonly Finding[];
  readonly changes: readonly FileChange[];
  readonly verified: readonly VerifiedString[];
  readonly notices: readonly string[];
}

export async function runProject(consumer: Consumer, options: RunOptions, crew: Crew, host: Host, arrange: (state: NamespaceState, basis: Basis) => Promise<Arrangement>): Promise<ProjectRun> {
  const recovered = options.writes && recover(consumer.root) !== "nothing";
  const transaction = options.writes ? Transaction.begin(consumer.root) : undefined;
  try {
    return await runWithin(transaction, consumer, options, crew, host, arrange, recovered ? ["cleaned up after a run that was interrupted"] : []);
  } catch (error) {
    transaction?.rollback();
    throw error;
  }
}

async function runWithin(transaction: Transaction | undefined, consumer: Consumer, options: RunOptions, crew: Crew, host: Host, arrange: (state: NamespaceState, basis: Basis) => Promise<Arrangement>, notices: readonly string[]): Promise<ProjectRun> {
  host.progress("Reading sources");
  const state = await readState(consumer, crew, options.tolerant === true);
  // What was said on the command line when the copies were made goes on to hold, unless this run says it anew.
  const said = options.verified === undefined && options.runtimeMap === undefined && state.manifest ? recordedSettings(consumer, state.manifest).references : options;
  const { basis, references } = basisOf(consumer, said);
  const arrangement = await arrange(state, basis);
  const run = await relocate(transaction, consumer, options, crew, host, { state, basis, references, arrangement, notices });
  // The project may need what the copies alone did not: then they are made once more, with the helper module beside them.
  return run ?? (await relocate(transaction, consumer, options, crew, host, { state, basis, references, arrangement: { ...arrangement, current: false }, notices })) ?? impossible();
}

function impossible(): never {
  throw new Error("invariant: copies that are made anew bring their helper");
}

interface Given {
  readonly state: NamespaceState;
  readonly basis: Basis;
  readonly references: JobSettings["references"];
  readonly arrangement: Arrangement;
  readonly notices: readonly string[];
}

/** Undefined when the namespace lacks the helper module and would have to be made anew; then nothing was written. */
async function relocate(transaction: Transaction | undefined, consumer: Consumer, options: RunOptions, crew: Crew, host: Host, { state, basis, references, arrangement, notices }: Given): Promise<ProjectRun | undefined> {
  const chosen = arrangement.distributions.map((distribution) => chooseFiles(distribution, arrangement.treat(distribution.metadata.name).patterns));
  const layouts = layOut(chosen.map((choice) => choice.distribution), consumer.namespace, consumer.package);
  const relocations = layouts.flatMap((layout) => layout.relocations);
  const ours = provided(consumer, relocations);
  const lookOnly = (jobs: readonly FileJob[]): Promise<FileResult[]> => crew.run(jobs, { ...baseSettings(consumer), maps: [relocations], inventory: inventoryOfCopies(layouts), references }, () => host.progress("Looking for optional imports"));
  const isolation = arrangement.current ? undefined : await isolate(consumer, layouts, lookOnly);
  const maps = [[...relocations, ...(isolation?.relocations ?? [])], relocations.filter(({ from }) => !ours.has(from.split(".")[0] ?? from))];
  const dropped = chosen.flatMap((choice) => choice.dropped.flatMap((path) => modulesOf(path)));

  const excluded = [consumer.namespaceDirectory, ...arrangement.sourceDirectories];
  const listed = consumer.files ? alsoListed(consumer.root, [], consumer.files) : consumer.everything ? listEveryFile(consumer.root, excluded) : await listProjectFiles(consumer.root, consumer.packages, consumer.configuration, excluded, host);
  const going = [...relocations, ...arrangement.reversed].map(({ from }) => from);
  const dataFiles = consumer.everything ? [] : await listProjectText(consumer.root, consumer.configuration, excluded, going, host);
  const known = [...listed, ...dataFiles.filter((text) => !listed.some((file) => file.path === text.path))];
  const files = [...known, ...alsoListed(consumer.root, known, (state.manifest?.project ?? []).map((file) => file.path))];
  const record = recordedProject(files, state.manifest?.project ?? []);
  const stage = (name: string): string | undefined => transaction?.path(name);
  const copies = arrangement.current ? [] : layouts;
  const steps = patchSteps(copies, arrangement.treat, state, consumer);
  const copying = copyJobs(copies, consumer, stage("namespace")).map((job, index): FileJob => {
    const patched = steps[index];
    return patched ? { ...job, patched } : job;
  });
  const rewriting = projectJobs(files, stage("project"), consumer.target, record.edits);
  const jobs = [...copying, ...rewriting];
  const substitute = pythonSubstitutions(consumer.configuration.vendoring?.substitute ?? []);
  const settings: JobSettings = {
    ...baseSettings(consumer), maps, inventory: inventoryOfCopies(layouts), references, keepContents: options.diff,
    ...(dropped.length > 0 ? { dropped } : {}), ...(substitute.length > 0 ? { substitute } : {}), ...(arrangement.reversed.length > 0 ? { reversed: arrangement.reversed } : {}),
  };
  const results = await crew.run(jobs, settings, (done) => host.progress(`Relocating: ${done} of ${jobs.length} files`));
  const [copied, project] = [results.slice(0, copying.length), results.slice(copying.length)];
  const needsHelper = results.some((result) => result.needsHelper);
  if (needsHelper && arrangement.current && !state.manifest?.generated.some(({ path }) => path === HELPER_FILE)) {
    transaction?.clear();
    return undefined;
  }
  const leaks = await checkStaged(jobs, results, settings, consumer, crew, (done, total) => host.progress(`Checking what was staged: ${done} of ${total} files`));
  const licenses = await placeLicenses(consumer, copies, state, options.fetching, host);
  const patching = settlePatches(copying, copied, arrangement.treat, consumer, options.writes);

  const { findings } = accept(
    [
      ...findingsOf(layouts, ours, consumer.dependencies, arrangement.treat), ...(arrangement.current ? [] : observedFindings(copies, copying, copied, consumer)), ...(isolation ? unusedIsolation(consumer, isolation, copied) : []), ...patching.findings, ...licenses.findings,
      ...unusedExceptions(consumer, results, !arrangement.current), ...results.flatMap((result) => result.findings), ...leaks,
    ].sort(byPlace),
    consumer.configuration.accept ?? [],
    ({ path }) => path,
  );
  const made = newManifest({ consumer, state, basis, layouts, needsHelper, copies: arrangement.current ? undefined : copies, choices: chosen, results: copied, treat: arrangement.treat, findings, isolated: isolation?.relocations.map(({ from }) => from) ?? [], patched: patching.digests, licenses, project: recordProject(files, project) });
  const manifestText = made && formatManifest(made.manifest);
  const copyChanged = manifestText !== state.manifestText;
  // With the namespace as a whole come all files below it.
  const isReplaced = (path: string): boolean => copyChanged && !arrangement.current && join(consumer.root, path).startsWith(consumer.namespaceDirectory + sep);
  const texts = new Map([...arrangement.texts, ...patching.texts, ...(made?.texts ?? [])].filter(([path, content]) => !isReplaced(path) && !sameAsDisk(consumer, path, content)));
  const changed = copyChanged || texts.size > 0 || project.some((result) => result.changed);
  const plan: Plan = { consumer, state, files, project, manifestText, namespace: made?.namespaceFiles ?? new Map(), texts, copyChanged, wholeNamespace: !arrangement.current };
  if (transaction) {
    if (changed) transaction.commit(moves(transaction, plan));
    else transaction.rollback();
  }
  return {
    state, manifest: made?.manifest, layouts, changed, findings, notices: [...notices, ...patching.notices, ...lostNotice(record)],
    project: { files: files.filter((file) => !isDataFile(file)).length, rewritten: files.filter((file, index) => project[index]?.changed && !isDataFile(file)).length, otherRewritten: files.filter((file, index) => project[index]?.changed && isDataFile(file)).length },
    changes: options.diff ? changesOf(plan, copying, copied) : [],
    verified: results.flatMap((result, index) => result.verified.map((each) => ({ path: jobs[index]?.label ?? "", ...each }))),
  };
}

/** The module that a dropped file was; nothing for files that are none. */
function modulesOf(path: string): string[] {
  const parts = path.split("/");
  const module = moduleNameOf(parts.pop() ?? "");
  if (module === undefined || parts.some((part) => part.includes("."))) return [];
  return [[...parts, ...(module === "__init__" ? [] : [module])].join(".")];
}

function lostNotice({ lost }: RecordedProject): string[] {
  return lost.length === 0 ? [] : [`kept as they are, since they were edited after they were rewritten: ${lost.slice(0, 5).join(", ")}${lost.length > 5 ? ` and ${lost.length - 5} more` : ""}`];
}

interface Plan {
  readonly consumer: Consumer;
  readonly state: NamespaceState;
  readonly files: readonly ProjectFile[];
  readonly project: readonly FileResult[];
  /** Undefined: the namespace goes. */
  readonly manifestText: string | undefined;
  /** Generated files, below the namespace directory. */
  readonly namespace: ReadonlyMap<string, Buffer>;
  /** Files of the project, relative to it. */
  readonly texts: ReadonlyMap<string, Buffer>;
  readonly copyChanged: boolean;
  readonly wholeNamespace: boolean;
}

function sameAsDisk(consumer: Consumer, path: string, content: Buffer): boolean {
  const full = join(consumer.root, path);
  return existsSync(full) && readFileSync(full).equals(content);
}

function moves(transaction: Transaction, plan: Plan): Move[] {
  const { consumer, state, files, project, manifestText } = plan;
  const all: Move[] = [];
  const put = (name: string, content: Buffer): string => {
    const staged = transaction.path(name);
    try {
      mkdirSync(dirname(staged), { recursive: true });
      writeFileSync(staged, content, { flag: "wx" });
    } catch (error) {
      throw fileFailure(error, staged);
    }
    return staged;
  };
  if (manifestText === undefined) {
    if (state.manifest) {
      const stays = [...state.protected, ...(state.manifest.emptyInit ? ["__init__.py"] : [])];
      if (stays.length === 0) all.push({ target: consumer.namespaceDirectory });
      else all.push({ staged: stayingDirectory(transaction, consumer, state.protected, state.manifest.emptyInit === true), target: consumer.namespaceDirectory });
    }
  } else if (plan.copyChanged && plan.wholeNamespace) {
    for (const [path, content] of plan.namespace) put(join("namespace", path), content);
    put(join("namespace", MANIFEST_NAME), Buffer.from(manifestText));
    copyProtected(transaction, consumer, state.protected);
    all.push({ staged: transaction.path("namespace"), target: consumer.namespaceDirectory });
  } else if (plan.copyChanged) all.push({ staged: put(MANIFEST_NAME, Buffer.from(manifestText)), target: join(consumer.namespaceDirectory, MANIFEST_NAME) });
  files.forEach((file, index) => {
    const result = project[index];
    if (result?.changed) all.push({ staged: transaction.path(join("project", String(index))), target: file.real, before: result.sha256Before });
  });
  [...plan.texts].forEach(([path, content], index) => {
    const target = join(consumer.root, path);
    mkdirSync(dirname(target), { recursive: true });
    all.push({ staged: put(join("texts", String(index)), content), target });
  });
  return all;
}

function changesOf({ consumer, state, files, project, manifestText, namespace, texts, copyChanged, wholeNamespace }: Plan, jobs: readonly FileJob[], results: readonly FileResult[]): FileChange[] {
  const prefix = relative(consumer.root, consumer.namespaceDirectory).split(sep).join("/");
  const onDisk = (path: string): Buffer | undefined => (existsSync(join(consumer.root, path)) ? readFileSync(join(consumer.root, path)) : undefined);
  const change = (path: string, after: Buffer | undefined, executable = false): FileChange => ({ path, before: onDisk(path), after, executable });
  const rewritten = files.flatMap((file, index) => {
    const result = project[index];
    return result?.before && result.after ? [{ path: file.path, before: Buffer.from(result.before), after: Buffer.from(result.after), executable: false }] : [];
  });
  const others = [...texts].map(([path, content]) => change(path, content));
  if (!copyChanged) return [...rewritten, ...others];
  const now = wholeNamespace ? jobs.map((job, index) => ({ ...change(job.label, Buffer.from(results[index]?.after ?? new Uint8Array()), job.executable), wasExecutable: isExecutable(join(consumer.root, job.label)) })) : [];
  const generated = wholeNamespace ? [...namespace].map(([path, content]) => change(`${prefix}/${path}`, content)) : [];
  const paths = new Set([...now, ...generated].map((each) => each.path));
  const old = wholeNamespace || manifestText === undefined ? [...(state.manifest?.distributions ?? []).flatMap((entry) => entry.files.map((file) => file.path)), ...(state.manifest?.generated ?? []).map((file) => file.path), ...(state.sbom ? [SBOM_NAME] : []), ...state.foreign] : [];
  const gone = old.map((path) => `${prefix}/${path}`).filter((path) => !paths.has(path)).map((path) => change(path, undefined));
  return [...rewritten, ...others, ...now, ...generated, ...gone, change(`${prefix}/${MANIFEST_NAME}`, manifestText === undefined ? undefined : Buffer.from(manifestText))];
}

/** A finding of a run as a whole. */
export function notCurrent(message: string): Finding {
  return finding("not-current", message);
}

