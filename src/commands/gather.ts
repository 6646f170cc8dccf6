/** Reads one namespace and its project back from disk, on all cores, for the rules of check/. Changes nothing. */
import { lstatSync, readFileSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { type ProjectFile, listProjectFiles, listProjectText } from "../acquire/project.ts";
import type { CheckedFile, CheckedNamespace, CheckedSource, PlacedSite, Provider } from "../check/subject.ts";
import type { Host } from "../host/host.ts";
import { isStandardLibrary } from "../inspect/standardLibrary.ts";
import { parseManifest } from "../manifest/read.ts";
import { formatManifest } from "../manifest/write.ts";
import { type Locator, normalisedName } from "../model/distribution.ts";
import { Failure, fileFailure } from "../model/failure.ts";
import { MANIFEST_NAME, type Manifest, type ManifestFile, SBOM_NAME } from "../model/manifest.ts";
import type { Relocation } from "../model/relocation.ts";
import { topLevel } from "../model/name.ts";
import { positionAt } from "../model/span.ts";
import { type Layout, layOut } from "../plan/layout.ts";
import { missingRequirements, parseRequirement } from "../plan/requirements.ts";
import { recordedSettings } from "./basis.ts";
import { projectJobs, provided } from "./consumer.ts";
import { copyJobs, inventoryOfCopies, keptDistribution } from "./copies.ts";
import { type FileJob, type FileResult, type JobSettings, defaultReferences } from "./fileJob.ts";
import type { InventoryData } from "./inventory.ts";
import { type OwningProject, findOwningProject, ownFiles } from "./owningProject.ts";
import type { Crew } from "./runJobs.ts";
import { findUnused } from "./unused.ts";
import type { RenameRecord } from "../model/renameRecord.ts";
import { findRename, inventoryOfRenamed, renamesOf } from "./renamed.ts";

export interface OpenNamespace {
  /** Absolute. */
  readonly directory: string;
  readonly manifest: Manifest;
  /** There is no manifest: nothing was vendored here. */
  readonly bare?: true;
  /** The package that it lies in was renamed (`enisle wheel --rename`). */
  readonly renamed: RenameRecord | undefined;
  readonly sealed: boolean;
  readonly project: OwningProject | undefined;
  readonly consumerFiles: readonly ProjectFile[];
  /** The project's files of other kinds, in which names of modules may stand. */
  readonly textFiles: readonly ProjectFile[];
  /** Files in the directory, with slashes, without bytecode. */
  readonly present: readonly string[];
}

/** Throws Failure for a manifest that is damaged or newer. */
export async function openNamespace(directory: string, host: Host): Promise<OpenNamespace> {
  const path = join(directory, MANIFEST_NAME);
  const text = readText(path);
  const manifest = parseManifest(text, path);
  const project = await findOwningProject(directory, manifest);
  const { consumer } = project ?? {};
  const consumerFiles = project && consumer ? ownFiles(await listProjectFiles(consumer.root, consumer.packages, consumer.configuration, [directory], host), project) : [];
  const names = manifest.distributions.flatMap((entry) => Object.keys(entry.relocations));
  const textFiles = consumer ? await listProjectText(consumer.root, consumer.configuration, [directory], names, host) : [];
  const renamed = project && findRename(project.importRoot, topLevel(manifest.namespace));
  return { directory, manifest, renamed, sealed: formatManifest(manifest) === text, project, consumerFiles, textFiles, present: list(directory, "").filter((name) => !/(^|\/)__pycache__\/|\.py[co]$/.test(name)) };
}

/** Bytes to read, roughly. */
export function sizeOf({ directory, present, consumerFiles }: OpenNamespace): number {
  const own = present.filter((path) => path.endsWith(".py")).reduce((sum, path) => sum + (statSync(join(directory, path), { throwIfNoEntry: false })?.size ?? 0), 0);
  return consumerFiles.reduce((sum, { size }) => sum + size, own);
}

/** `label` turns an absolute path into the one that findings name. */
export async function gather(open: OpenNamespace, label: (path: string) => string, crew: Crew, progress: (done: number, total: number) => void): Promise<CheckedNamespace> {
  const { directory, manifest, project, consumerFiles, textFiles } = open;
  const relocations = manifest.distributions.flatMap((entry) => Object.entries(entry.relocations).map(([from, to]): Relocation => ({ from, to })));
  const listed = [
    ...manifest.generated.map((file): ListedFile => ({ file: { ...file, sha256Now: file.sha256 }, distribution: undefined })),
    ...manifest.distributions.flatMap((entry) => entry.files.map((file): ListedFile => ({ file, distribution: entry.name }))),
  ];
  const layouts = project ? layOutKept(directory, manifest, project.consumer.package) : [];
  const places = project ? copyPlaces(layouts, project) : new Map<string, Look>();
  const kinds = listed.map(({ file }) => kindOf(join(directory, file.path)));
  const readable = listed.filter((_, index) => kinds[index]?.kind === "file");
  const reading = readable.map(({ file, distribution }): FileJob => ({ ...plainJob(join(directory, file.path), label), distribution, ...places.get(file.path) }));
  // The bytes without the edits, of those that have any and are what they were: they must be upstream's.
  const edited = readable.filter(({ file }) => file.edits !== undefined && file.edits.length > 0);
  const undoing = edited.map(({ file }): FileJob => ({ ...plainJob(join(directory, file.path), label), locator: { kind: "relocated", path: join(directory, file.path), edits: file.edits ?? [] } }));
  const own = project ? projectJobs([...consumerFiles, ...textFiles], undefined, project.consumer.target).map((job): FileJob => ({ ...job, inPlace: false, map: 1, label: label(join(project.consumer.root, job.label)) })) : [];
  const jobs = [...reading, ...undoing, ...own];
  const renames = renamesOf(open.renamed);
  const modules = open.renamed && project ? inventoryOfRenamed(open.renamed, project.importRoot) : [];
  const { references, current } = project ? recordedSettings(project.consumer, manifest) : { references: defaultReferences, current: true };
  const settings: JobSettings = { maps: [[...relocations, ...isolatedFrom(manifest)], [...relocations, ...renames]], target: project?.consumer.target ?? [3, 9], inventory: withModules(existing(inventoryOfCopies(layouts)), modules), references, keepContents: false, keepSites: true };
  const results = await crew.run(jobs, settings, (done) => progress(done, jobs.length));
  const at = new Map(readable.map(({ file }, index) => [file.path, results[index]]));
  const undone = new Map(edited.map(({ file }, index) => [file.path, results[reading.length + index]?.sha256Now]));
  return {
    label: label(directory),
    manifest,
    sealed: open.sealed,
    inPlace: project !== undefined,
    files: listed.map(({ file, distribution }, index): CheckedFile => {
      const [result, kind] = [at.get(file.path), kinds[index]];
      return {
        ...sourceOf(label(join(directory, file.path)), join(directory, file.path), result),
        distribution,
        recorded: { sha256Now: file.sha256Now, sha256Upstream: file.sha256Upstream, executable: file.executable === true },
        actual: kind?.kind !== "file" ? kind : { ...kind, sha256: result?.sha256Upstream ?? "", sha256Undone: undone.get(file.path) ?? (file.sha256Upstream === undefined ? undefined : result?.sha256Upstream) },
      };
    }),
    added: addedTo(open).map((path) => label(join(directory, path))),
    consumer: own.map((job, index) => sourceOf(job.label, [...consumerFiles, ...textFiles][index]?.real ?? "", results[reading.length + undoing.length + index])),
    settingsAreCurrent: current,
    hidesStandardLibrary: isStandardLibrary(topLevel(manifest.namespace)),
    provided: project ? providers(project, relocations) : new Map(),
    rivals: rivalsOf(open).map(label),
    missing: project ? missingOf(manifest, project) : new Map(),
    unused: project ? findUnused(open, project) : [],
  };
}

interface ListedFile {
  readonly file: Omit<ManifestFile, "sha256Upstream" | "edits"> & Partial<Pick<ManifestFile, "sha256Upstream" | "edits">>;
  readonly distribution: string | undefined;
}

function plainJob(path: string, label: (path: string) => string): FileJob {
  return { label: label(path), locator: { kind: "file", path }, size: 0, executable: false, record: undefined, sha256: undefined, distribution: undefined, place: undefined, map: 0, target: undefined, inPlace: false };
}

/** What the copies may not find outside (`isolate-optional`). */
export function isolatedFrom({ namespace, isolated = [] }: Manifest): Relocation[] {
  return isolated.map((from) => ({ from, to: `${namespace}.${from}`, absent: true }));
}

/** How a file is looked at. */
type Look = Pick<FileJob, "place" | "content">;

/** As vendoring looked at the copies' files, by their path in the namespace. */
function copyPlaces(layouts: readonly Layout[], { consumer }: OwningProject): Map<string, Look> {
  const jobs = copyJobs(layouts, consumer, undefined);
  return new Map(layouts.flatMap((layout) => layout.placements).map(({ destination }, index) => [destination, { place: jobs[index]?.place, ...(jobs[index]?.content ? { content: jobs[index].content } : {}) }]));
}

/** Without modules whose files are gone or are no files: the rule on drift names them. */
function existing(inventory: InventoryData): InventoryData {
  const there = (locator: Locator | undefined): boolean => locator?.kind === "relocated" && lstatSync(locator.path, { throwIfNoEntry: false })?.isFile() === true;
  return { ...inventory, modules: inventory.modules.map((module) => (there(module.locator) ? module : { ...module, locator: undefined })) };
}

function withModules(inventory: InventoryData, modules: InventoryData["modules"]): InventoryData {
  return modules.length === 0 ? inventory : { ...inventory, modules: [...inventory.modules, ...modules] };
}

function layOutKept(directory: string, manifest: Manifest, project: string): Layout[] {
  try {
    return layOut(manifest.distributions.map((entry) => keptDistribution(entry, directory)), manifest.namespace, project);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Failure(`${join(directory, MANIFEST_NAME)}: the manifest is damaged: ${error.message}`, "Restore it from version control; without it the copies cannot be told from files of your own.");
  }
}

function sourceOf(label: string, path: string, result: FileResult | undefined): CheckedSource {
  if (!result) return { label, sites: [], findings: [] };
  const remaining = result.sites.filter((site) => site.outcome === "rewritten");
  const text = remaining.length > 0 ? readBytes(path) : "";
  const sites = remaining.map(({ start, end, name, tier }): PlacedSite => {
    const [first, last] = [positionAt(text, start), positionAt(text, end)];
    return { name: Buffer.from(name, "latin1").toString("utf8"), tier, line: first.line, column: first.column, endLine: last.line, endColumn: last.column };
  });
  return { label, sites, findings: result.findings };
}

function readBytes(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch (error) {
    throw fileFailure(error, path);
  }
}

function kindOf(path: string): { kind: "file"; executable: boolean } | { kind: "other"; what: string } | undefined {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (!stats) return undefined;
  if (stats.isFile()) return { kind: "file", executable: (stats.mode & 0o100) !== 0 };
  return { kind: "other", what: stats.isSymbolicLink() ? "a symbolic link" : stats.isDirectory() ? "a directory" : "no regular file" };
}

function addedTo({ manifest, present }: OpenNamespace): string[] {
  const known = new Set([MANIFEST_NAME, SBOM_NAME, ...manifest.generated.map((file) => file.path), ...manifest.distributions.flatMap((entry) => entry.files.map((file) => file.path))]);
  return present.filter((path) => !known.has(path));
}

function providers({ consumer, installed }: OwningProject, relocations: readonly Relocation[]): Map<string, Provider> {
  return new Map([...provided(consumer, relocations)].map((name) => [name, installed ? "installation" : "project"]));
}

/** `_vendor.py` beside `_vendor/`: Python takes the package, and whoever meant the module is wrong. */
function rivalsOf({ directory }: OpenNamespace): string[] {
  const name = basename(directory);
  const rival = (file: string): boolean => file.startsWith(`${name}.`) && /\.(py|pyi|so|pyd)$/.test(file);
  return readdirSync(dirname(directory)).filter(rival).sort().map((file) => join(dirname(directory), file));
}

function missingOf(manifest: Manifest, { consumer }: OwningProject): Map<string, readonly string[]> {
  const provides = new Set([...manifest.distributions.map((entry) => normalisedName(entry.name)), ...consumer.dependencies.flatMap((line) => parseRequirement(line)?.name ?? [])]);
  return new Map(manifest.distributions.map((entry) => [entry.name, missingRequirements(entry.requires, provides, consumer.target)]));
}

function list(directory: string, prefix: string): string[] {
  try {
    return readdirSync(join(directory, prefix), { withFileTypes: true }).flatMap((entry) => {
      const path = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
      return entry.isDirectory() ? list(directory, path) : [path];
    }).sort();
  } catch (error) {
    throw fileFailure(error, join(directory, prefix));
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw fileFailure(error, path);
  }
}

