/** What is to lie in the namespace: sources that were named, or the declared state; what lies there already is the lock. */
import { statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { digestOfFile } from "../acquire/digest.ts";
import type { FetchOptions } from "../acquire/fetch.ts";
import { isLockFile, readLock } from "../acquire/pylock.ts";
import { type RequirementLine, readRequirements, requirementLine } from "../acquire/requirementLine.ts";
import { type SourceRequest, acquireAll, classify } from "../acquire/source.ts";
import type { Host } from "../host/host.ts";
import { type Distribution, normalisedName } from "../model/distribution.ts";
import { Failure } from "../model/failure.ts";
import type { ManifestDistribution } from "../model/manifest.ts";
import type { Relocation } from "../model/relocation.ts";
import { dropper } from "../plan/chooseFiles.ts";
import { parseRequirement } from "../plan/requirements.ts";
import { TOOL } from "../version.ts";
import type { Basis } from "./basis.ts";
import type { Consumer } from "./consumer.ts";
import { HELPER_FILE } from "./generated.ts";
import { keptDistribution } from "./copies.ts";
import { requirementOf } from "./newManifest.ts";
import type { NamespaceState } from "./namespaceState.ts";
import type { Treatment } from "./treatment.ts";

/** The base of requests that hold no path: it is no directory, so that no name is taken for one, and the same for every project. */
export const NOWHERE = join(tmpdir(), "enisle-nowhere");

/** Acquires sources; the same request is answered once in a run over many projects. */
export type Acquire = (request: SourceRequest) => Promise<readonly Distribution[]>;

export function acquirer(options: FetchOptions, host: Host): Acquire {
  const known = new Map<string, Promise<readonly Distribution[]>>();
  return (request) => {
    const key = JSON.stringify(request);
    let answer = known.get(key);
    if (!answer) known.set(key, (answer = acquireAll(request, options, host)));
    return answer;
  };
}

export interface Setting {
  readonly consumer: Consumer;
  readonly state: NamespaceState;
  readonly basis: Basis;
  readonly treat: (name: string) => Treatment;
  readonly options: FetchOptions;
  readonly acquire: Acquire;
}

export interface Arranged {
  readonly distributions: readonly Distribution[];
  /** Those that the run is about; normalised names. */
  readonly named: ReadonlySet<string>;
  readonly reversed: readonly Relocation[];
}

/** `request` names what is new; everything else that lies in the namespace stays. */
export async function arrangeSources(request: SourceRequest, setting: Setting): Promise<Arranged> {
  const { state, options, acquire } = setting;
  const known = await Promise.all(request.sources.map((source) => (options.withDeps ? undefined : vendoredAlready(source, request.base, setting))));
  const rest = { ...request, sources: request.sources.filter((_, index) => !known[index]) };
  const needs = rest.sources.length > 0 || rest.requirementFiles.length > 0;
  const acquired = [...known.filter((each) => each !== undefined), ...(needs ? await acquire(rest) : [])];
  refuseRepetition(acquired);
  const replaced = names(acquired);
  const kept = (state.manifest?.distributions ?? []).filter((entry) => !replaced.has(normalisedName(entry.name)));
  // What came along before and is named now is not a mere dependency any more, and the other way round a name stays one.
  const settled = acquired.map((each) => (each.dependency && state.manifest?.distributions.some((entry) => normalisedName(entry.name) === normalisedName(each.metadata.name) && !entry.dependency) ? withoutMark(each) : each));
  return { distributions: [...settled, ...(await restoreAll(kept, setting))], named: replaced, reversed: [] };
}

function withoutMark(distribution: Distribution): Distribution {
  const { dependency, ...rest } = distribution;
  return dependency ? rest : distribution;
}

function names(distributions: readonly Distribution[]): ReadonlySet<string> {
  return new Set(distributions.map(({ metadata }) => normalisedName(metadata.name)));
}

/** Thrown where the declared state asks for something that is not there, and nothing may change. */
export class NotCurrent extends Error {}

/** The declared state. Requirements that the manifest has an answer to keep it: moving on is what `update` is for. */
export async function arrangeDeclared(setting: Setting, locked: boolean): Promise<Arranged> {
  const { consumer, state, acquire, options, treat } = setting;
  const { configuration, root } = consumer;
  const declared = await declaredSources(consumer);
  const entries = state.manifest?.distributions ?? [];
  const answer = new Map<RequirementLine, ManifestDistribution>();
  for (const line of declared.lines) {
    const entry = entries.find((each) => !each.dependency && each.requirement === line.asked && (line.name === undefined || normalisedName(each.name) === line.name));
    if (entry && canRestore(entry, treat(entry.name).patterns)) answer.set(line, entry);
  }
  const open = declared.lines.filter((line) => !answer.has(line));
  if (locked && open[0]) throw new NotCurrent(`${open[0].asked} is declared and not vendored`);
  const paths = await arrangePaths(declared.paths, setting);
  let distributions: Distribution[];
  if (open.length === 0 && (!options.withDeps || paths.every(({ fresh }) => !fresh))) {
    const direct = [...answer.values()];
    const along = options.withDeps ? reachable([...direct, ...paths.flatMap(({ entry }) => entry ?? [])], entries) : [];
    const kept = [...new Set([...direct, ...along])];
    const taken = new Set(kept.map((entry) => normalisedName(entry.name)));
    distributions = [...(await restoreAll(kept, setting)), ...paths.filter(({ distribution }) => !taken.has(normalisedName(distribution.metadata.name))).map(({ distribution }) => distribution)];
  } else {
    const pins = entries.filter((entry) => entry.version !== null && entry.source.kind !== "directory" && entry.source.kind !== "vcs" && (entry.dependency || [...answer.values()].includes(entry))).map((entry) => `${entry.name}==${entry.version}`);
    const everything = options.withDeps ? declared.sources : open.flatMap((line) => declared.sourceOf(line) ?? []);
    const fresh = await acquire({ sources: everything, requirementFiles: options.withDeps ? declared.files : filesWith(open, declared), constraints: (configuration.constraints ?? []).map((file) => resolve(root, file)), base: root, pins });
    const wanted = options.withDeps ? fresh : fresh.filter(({ metadata, requirement }) => open.some((line) => line.asked === requirement || line.name === normalisedName(metadata.name)));
    const taken = names(wanted);
    const kept = [...answer.values()].filter((entry) => !taken.has(normalisedName(entry.name)));
    distributions = [...wanted, ...(options.withDeps ? [] : paths.map(({ distribution }) => distribution)), ...(await restoreAll(kept, setting))];
  }
  refuseRepetition(distributions);
  const stays = names(distributions);
  const gone = entries.filter((entry) => !stays.has(normalisedName(entry.name)));
  return { distributions, named: stays, reversed: relocationsOf(gone).filter(({ from }) => !entries.some((entry) => !gone.includes(entry) && from in entry.relocations)) };
}

export function relocationsOf(entries: readonly ManifestDistribution[]): Relocation[] {
  return entries.flatMap((entry) => Object.entries(entry.relocations).map(([from, to]) => ({ from, to })));
}

interface Declared {
  readonly lines: readonly RequirementLine[];
  /** Wheels and directories: read each time, since what lies there may have changed. */
  readonly paths: readonly string[];
  readonly sources: readonly string[];
  readonly files: readonly string[];
  sourceOf(line: RequirementLine): string | undefined;
  fileOf(line: RequirementLine): string | undefined;
}

export async function declaredSources({ root, configuration }: Pick<Consumer, "root" | "configuration">): Promise<Declared> {
  const [lines, paths, fromSource, fromFile]: [RequirementLine[], string[], Map<RequirementLine, string>, Map<RequirementLine, string>] = [[], [], new Map(), new Map()];
  const sources = configuration.vendor ?? [];
  const files = configuration.requirements ?? [];
  for (const source of sources) {
    const kind = classify(source, root);
    if (kind === "wheel" || kind === "directory" || kind === "build") paths.push(source);
    else {
      const named = kind === "lock" ? await readLock(resolve(root, source)) : [requirementLine(source, root)];
      lines.push(...named);
      for (const line of named) fromSource.set(line, source);
    }
  }
  for (const file of files) {
    const path = resolve(root, file);
    const listed = isLockFile(file) ? await readLock(path) : readRequirements(path, root).lines;
    lines.push(...listed);
    for (const line of listed) fromFile.set(line, file);
  }
  return { lines, paths, sources, files, sourceOf: (line) => fromSource.get(line), fileOf: (line) => fromFile.get(line) };
}

function filesWith(lines: readonly RequirementLine[], declared: Declared): string[] {
  return [...new Set(lines.flatMap((line) => declared.fileOf(line) ?? []))];
}

interface Placed {
  readonly distribution: Distribution;
  readonly entry: ManifestDistribution | undefined;
  readonly fresh: boolean;
}

async function arrangePaths(paths: readonly string[], setting: Setting): Promise<Placed[]> {
  const { consumer, state, acquire } = setting;
  const found: Placed[] = [];
  for (const path of paths) {
    const known = await vendoredAlready(path, consumer.root, setting);
    const all = known ? [known] : await acquire({ sources: [path], requirementFiles: [], constraints: [], base: consumer.root });
    for (const distribution of all) {
      const entry = state.manifest?.distributions.find((each) => normalisedName(each.name) === normalisedName(distribution.metadata.name));
      if (!distribution.dependency) found.push({ distribution, entry, fresh: entry === undefined || entry.source.sha256 !== distribution.source.sha256 });
    }
  }
  return found;
}

/** What the given entries need of the others, however far. */
function reachable(from: readonly ManifestDistribution[], all: readonly ManifestDistribution[]): ManifestDistribution[] {
  const found = new Set(from);
  for (const entry of found) {
    for (const line of entry.requires) {
      const name = parseRequirement(line)?.name;
      const needed = all.find((each) => normalisedName(each.name) === name);
      if (needed) found.add(needed);
    }
  }
  return [...found];
}

export function refuseRepetition(acquired: readonly Distribution[]): void {
  const seen = new Map<string, string>();
  for (const { metadata, requirement } of acquired) {
    const name = normalisedName(metadata.name);
    const other = seen.get(name);
    if (other !== undefined) throw new Failure(`${other} and ${requirement}: both are the distribution ${metadata.name}`, "One namespace holds one version of it: name one of them.");
    seen.set(name, requirement);
  }
}

/** True when nothing has to come back that was left out. */
export function canRestore(entry: ManifestDistribution, patterns: readonly string[]): boolean {
  const isDropped = dropper(patterns);
  return (entry.droppedFiles ?? []).every((path) => isDropped(path));
}

/** Copies that stay: from their own files, or fetched again where files that were left out are wanted now. */
export async function restoreAll(entries: readonly ManifestDistribution[], { consumer, treat, acquire }: Pick<Setting, "consumer" | "treat" | "acquire">): Promise<Distribution[]> {
  return Promise.all(entries.map(async (entry) => {
    if (canRestore(entry, treat(entry.name).patterns)) return keptDistribution(entry, consumer.namespaceDirectory);
    if (entry.version === null || entry.source.kind === "directory") {
      throw new Failure(`${entry.name}: files are wanted that were left out of the copy, and its source is not at hand`, "Vendor it again from its source: enisle vendor SOURCE");
    }
    const [again] = await acquire({ sources: [exactRequirement(entry)], requirementFiles: [], constraints: [], base: NOWHERE });
    if (!again) throw new Failure(`${entry.name} ${entry.version}: could not be fetched again`, "Vendor it again from its source: enisle vendor SOURCE");
    return { ...again, requirement: entry.requirement, ...(entry.dependency ? { dependency: true as const } : {}) };
  }));
}

/** The requirement that comes to the very archive, or commit, of a copy. */
export function exactRequirement({ name, version, source: { kind, file, sha256 } }: ManifestDistribution): string {
  return kind === "vcs" ? `${name} @ ${file}` : `${name}==${version ?? ""}${kind === "wheel" || kind === "sdist" ? ` --hash=sha256:${sha256}` : ""}`;
}

/** True when the namespace was made by this version of the tool for the same target, so that it would come out the same. */
export function isComparable({ manifest }: NamespaceState, basis: Basis): boolean {
  return manifest?.tool === TOOL && manifest.targetPython === basis.targetPython && manifest.settings === basis.settings;
}

/** The copy that a wheel was vendored as before: there is no need to open the wheel again. */
async function vendoredAlready(source: string, base: string, { state, basis, consumer, treat }: Setting): Promise<Distribution | undefined> {
  const path = resolve(base, source);
  const candidates = state.manifest?.distributions.filter((entry) => entry.source.kind === "wheel" && entry.source.file === basename(path)) ?? [];
  if (candidates.length === 0 || !isComparable(state, basis) || !statSync(path, { throwIfNoEntry: false })?.isFile()) return undefined;
  const sha256 = digestOfFile(path);
  const entry = candidates.find((candidate) => candidate.source.sha256 === sha256);
  return entry && canRestore(entry, treat(entry.name).patterns) ? withoutMark({ ...keptDistribution(entry, consumer.namespaceDirectory), requirement: source }) : undefined;
}

/** True when the namespace holds exactly these distributions, made the same way. */
export function isCurrent(distributions: readonly Distribution[], { state, basis, consumer, treat }: Pick<Setting, "state" | "basis" | "consumer" | "treat">): boolean {
  const entries = state.manifest?.distributions ?? [];
  if (!isComparable(state, basis) || entries.length !== distributions.length || consumer.configuration.vendoring) return false;
  const { "license-overview": overview, stubs, accept, distributions: own } = consumer.configuration;
  if (overview !== undefined || stubs !== undefined || accept !== undefined || own !== undefined || entries.some((entry) => entry.accepted.length > 0)) return false;
  if (state.manifest?.generated.some((file) => file.path !== "__init__.py" && file.path !== HELPER_FILE)) return false;
  return distributions.every(({ metadata, source, requirement, dependency }) => {
    const { patterns, patches } = treat(metadata.name);
    return entries.some((entry) =>
      entry.name === metadata.name && entry.requirement === requirementOf(requirement) && entry.source.sha256 === source.sha256 && entry.source.file === source.file &&
      entry.dependency === dependency && entry.dropped.join("\n") === patterns.join("\n") && entry.patches.map((each) => each.sha256).join() === patches.map((each) => each.sha256).join());
  });
}
