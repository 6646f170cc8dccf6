/** Requirements → wheels: resolved, downloaded and built by pip or uv, verified, and kept in the cache. */
import { basename, join } from "node:path";
import { writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Host } from "../host/host.ts";
import { type SourceIdentity, normalisedName } from "../model/distribution.ts";
import { Failure } from "../model/failure.ts";
import { localTrees, withoutTraces } from "./buildTraces.ts";
import { ArchiveCache } from "./cache.ts";
import { digestOfFile } from "./digest.ts";
import { type EngineOptions, type Place, type ReportedItem, type Resolution, isWheel, openEngine } from "./engine.ts";
import { redactRequirement } from "./redact.ts";
import { hashesOf } from "./uvLock.ts";
import type { RequirementLine, RequirementSet } from "./requirementLine.ts";

export interface FetchOptions extends EngineOptions {
  /** Fetch the requirements of what is asked for too, as pip resolves them. */
  readonly withDeps: boolean;
  /** Build nothing. */
  readonly onlyBinary: boolean;
  readonly allowYanked: boolean;
  readonly findLinks: readonly string[];
  /** Ask no index, and not the cache either. */
  readonly noIndex?: boolean;
}

export interface Fetched extends Place {
  /** For the manifest; undefined: it came along as a requirement of another. */
  readonly asked: string | undefined;
  /** False: it came along as a requirement of another. */
  readonly requested: boolean;
}

/** Throws Failure when the engine cannot resolve, fetch or build; then nothing but the cache was written. Source trees are left as they were. */
export function fetchRequirements(wanted: RequirementSet, options: FetchOptions, host: Host): Promise<Fetched[]> {
  return withoutTraces(localTrees(wanted.lines), () => resolveAndFetch(wanted, options, host));
}

async function resolveAndFetch(wanted: RequirementSet, options: FetchOptions, host: Host): Promise<Fetched[]> {
  const cache = new ArchiveCache(host);
  const engine = await openEngine(options, host, cache);
  try {
    refuseRemote(wanted, options);
    const sources = [...sourceOptions(options, cache, engine.directory), ...[...wanted.constraints, ...pinFile(wanted, engine.directory)].flatMap((file) => ["-c", file])];
    const lines = [...wanted.options, ...wanted.lines.map((line) => line.text)];
    host.progress("Resolving requirements");
    const resolution = await engine.resolve(lines, [...(options.withDeps ? [] : ["--no-deps"]), ...sources]);
    refuseYanked(resolution, options);
    const places = await Promise.all(resolution.items.map((item) => atHand(item, resolution, wanted.lines, cache)));
    const missing = resolution.items.filter((_, index) => places[index] === undefined);
    if (missing.length > 0) host.progress(`Fetching ${missing.length} distribution${missing.length > 1 ? "s" : ""}`);
    const made = missing.length > 0 ? await engine.obtain(missing, wanted, resolution, sources) : new Map<string, Place>();
    return resolution.items.map((item, index): Fetched => {
      const place = places[index] ?? made.get(normalisedName(item.metadata.name));
      if (!place) throw new Failure(`${engine.name}: made no wheel for ${item.metadata.name} ${item.metadata.version}`, "Build its wheel by hand, and name that.");
      return { ...place, asked: lineOf(item, wanted.lines)?.asked, requested: item.requested };
    });
  } finally {
    engine.close();
  }
}

/** Versions of a distribution that the index has, newest first: the newest, and the newest that `specifier` admits, are among them. */
export async function indexVersions(name: string, specifier: string, options: FetchOptions, host: Host): Promise<string[]> {
  const cache = new ArchiveCache(host);
  const engine = await openEngine(options, host, cache);
  try {
    return await engine.versions(name, sourceOptions({ ...options, onlyBinary: false }, cache, engine.directory), specifier);
  } finally {
    engine.close();
  }
}

/** Where the engine may look. Offline that is an index page of the cache, and no other. */
export function sourceOptions(options: FetchOptions, cache: ArchiveCache, directory: string): string[] {
  const folders = options.findLinks.flatMap((folder) => ["--find-links", folder]);
  const binary = options.onlyBinary ? ["--only-binary", ":all:"] : [];
  if (!options.offline) return [...(options.noIndex ? ["--no-index"] : []), ...folders, ...binary];
  const page = join(directory, "cache.html");
  const links = cache.list().map(({ path, sha256 }) => `<a href="${pathToFileURL(path).href}#sha256=${sha256}">${basename(path)}</a><br>`);
  writeFileSync(page, `<!DOCTYPE html><html><body>\n${links.join("\n")}\n</body></html>\n`);
  return ["--no-index", "--find-links", page, ...folders, ...binary];
}

function pinFile({ pins = [] }: RequirementSet, directory: string): string[] {
  if (pins.length === 0) return [];
  const file = join(directory, "pins.txt");
  writeFileSync(file, pins.map((pin) => `${pin}\n`).join(""));
  return [file];
}

/** pip would fetch these all the same. */
function refuseRemote({ lines }: RequirementSet, { offline, engine }: FetchOptions): void {
  const line = offline && engine === "pip" ? lines.find(({ text }) => /(?:^|@\s*|\+)(?:https?|ssh|git|ftp):\/\//i.test(text)) : undefined;
  if (line) throw new Failure(`${line.asked}: lies elsewhere, and --offline forbids to fetch it`, "Name its archive or its repository on this machine, or leave --offline out.");
}

function refuseYanked({ items, yanked }: Resolution, { allowYanked }: FetchOptions): void {
  if (allowYanked) return;
  const item = items.find((each) => each.is_yanked === true);
  const what = item ? `${item.metadata.name} ${item.metadata.version}` : yanked?.replace(/^.*yanked version:\s*/, "");
  if (what !== undefined) throw new Failure(`${what}: was yanked from the index by its authors`, "Use another version; or, if it has to be this one, --allow-yanked.");
}

/** The wheel of an item, when it lies on this machine already. */
async function atHand(item: ReportedItem, { system }: Resolution, lines: readonly RequirementLine[], cache: ArchiveCache): Promise<Place | undefined> {
  const { url } = item.download_info;
  if (url.startsWith("file:") && isWheel(item) && item.is_direct) return { path: fileURLToPath(url), builtFrom: undefined };
  const sha256 = await digestOf(item);
  if (sha256 === undefined) return undefined;
  const pure = isWheel(item) && !item.is_direct ? await cache.built(sha256, "pure") : undefined;
  const admits = !lines.some((line) => line.text.includes("--hash")) || hashesOf(lineOf(item, lines)).has(`sha256:${pure?.sha256 ?? ""}`);
  if (pure && admits) return { path: pure.path, builtFrom: undefined };
  const stored = await cache.find(sha256);
  if (isWheel(item)) return stored && { path: stored.path, builtFrom: undefined };
  const built = await cache.built(sha256, system);
  return built && { path: built.path, builtFrom: origin(item, sha256) };
}

export async function digestOf({ download_info: { url, archive_info } }: ReportedItem): Promise<string | undefined> {
  if (!archive_info) return undefined;
  return archive_info.hashes?.["sha256"] ?? (url.startsWith("file:") ? digestOfFile(fileURLToPath(url)) : undefined);
}

/** What a wheel was built from. `sha256` is of the archive; of a tree or a repository that of its content takes its place later. */
export function origin(item: ReportedItem, sha256: string): SourceIdentity {
  const { url, vcs_info, archive_info, subdirectory } = item.download_info;
  if (!vcs_info) return { kind: archive_info ? "sdist" : "directory", file: decodeURIComponent(basename(new URL(url).pathname)), sha256 };
  const { vcs, requested_revision, commit_id } = vcs_info;
  const plain = redactRequirement(url);
  const inside = subdirectory === undefined ? {} : { subdirectory };
  const directUrl = { url: plain, vcs_info: { vcs, ...(requested_revision === undefined || requested_revision === commit_id ? {} : { requested_revision }), commit_id }, ...inside };
  return { kind: "vcs", file: `${vcs}+${plain}@${commit_id}${subdirectory === undefined ? "" : `#subdirectory=${subdirectory}`}`, sha256, directUrl };
}

/** The line that asked for an item: by name, else by what its URL ends in. */
export function lineOf(item: ReportedItem, lines: readonly RequirementLine[]): RequirementLine | undefined {
  if (!item.requested) return undefined;
  const name = normalisedName(item.metadata.name);
  const file = decodeURIComponent(basename(new URL(item.download_info.url).pathname)).replace(/\.git$/, "");
  return lines.find((line) => line.name === name) ?? lines.find((line) => line.name === undefined && decodeURIComponent(line.text).includes(file));
}
