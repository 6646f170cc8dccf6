/** The archives of what uv resolved: fetched from where it says, held against its digests; source archives and trees built by `uv build`. */
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Host } from "../host/host.ts";
import { normalisedName } from "../model/distribution.ts";
import { Failure, fileFailure } from "../model/failure.ts";
import type { ArchiveCache, StoredArchive } from "./cache.ts";
import { checkOut, repositoryOf } from "./checkout.ts";
import { digestOfFile } from "./digest.ts";
import { type DownloadTask, download } from "./download.ts";
import { type Place, type ReportedItem, type Resolution, isWheel } from "./engine.ts";
import { lineOf, origin } from "./fetch.ts";
import { parseMetadata } from "./metadata.ts";
import { redact, redactRequirement } from "./redact.ts";
import type { RequirementSet } from "./requirementLine.ts";
import type { Uv } from "./uv.ts";
import { uvLogins } from "./uvIndexes.ts";
import { listZip } from "./zip.ts";
import { ArchiveReader } from "./zipEntry.ts";

export async function obtainWithUv(items: readonly ReportedItem[], wanted: RequirementSet, system: string, sources: readonly string[], uv: Uv, cache: ArchiveCache, host: Host): Promise<ReadonlyMap<string, Place>> {
  const found = new Map<string, Place>();
  const archives = await fetchArchives(items.filter(({ download_info: { archive_info } }) => archive_info), wanted, uv, cache, host);
  for (const item of items) {
    const name = normalisedName(item.metadata.name);
    const archive = archives.get(item);
    if (archive && isWheel(item)) found.set(name, { path: archive.path, builtFrom: undefined });
    else found.set(name, await built(item, archive, wanted, system, sources, uv, cache, host));
  }
  return found;
}

/** Builds the wheel of a source archive, a tree, or a repository at a commit. */
async function built(item: ReportedItem, archive: StoredArchive | undefined, wanted: RequirementSet, system: string, sources: readonly string[], uv: Uv, cache: ArchiveCache, host: Host): Promise<Place> {
  const { url, vcs_info, subdirectory } = item.download_info;
  let source = archive?.path;
  if (vcs_info) {
    if (vcs_info.vcs !== "git") throw new Failure(`${redact(url)}: uv knows no ${vcs_info.vcs}`, "Use --engine pip.");
    source = await checkOut(repositoryOf(lineOf(item, wanted.lines)?.text ?? "") ?? url, vcs_info.commit_id, uv.directory, uv.offline, host);
  }
  source ??= fileURLToPath(url);
  if (subdirectory !== undefined && archive) source = await unpacked(archive, uv, host);
  if (subdirectory !== undefined) source = join(source, subdirectory);
  if (sources.includes("--only-binary")) throw new Failure(`${item.metadata.name}: has to be built, and --only-binary forbids that`, "Name a wheel of it.");
  const directory = await uv.build(source, sources);
  const wheel = readdirSync(directory).find((file) => file.endsWith(".whl"));
  if (wheel === undefined) throw new Failure(`uv: made no wheel for ${item.metadata.name}`, "Build its wheel by hand, and name that.");
  const stored = await cache.store(join(directory, wheel));
  if (archive) cache.rememberBuilt(archive.sha256, system, stored.sha256);
  return { path: stored.path, builtFrom: origin(item, archive?.sha256 ?? stored.sha256) };
}

/** A source archive whose project lies in one of its subdirectories. */
async function unpacked(archive: StoredArchive, uv: Uv, host: Host): Promise<string> {
  const directory = mkdtempSync(join(uv.directory, "unpacked-"));
  const [command = "", ...args] = await uv.python();
  const run = await host.execute(command, [...args, "-I", "-c", "import shutil, sys; shutil.unpack_archive(sys.argv[1], sys.argv[2], **({'filter': 'data'} if sys.version_info >= (3, 12) else {}))", archive.path, directory], { cwd: uv.directory });
  if (run?.status !== 0) throw new Failure(`${archive.path}: cannot be unpacked`, "Get the archive again.");
  const [only, ...more] = readdirSync(directory);
  return only !== undefined && more.length === 0 && statSync(join(directory, only)).isDirectory() ? join(directory, only) : directory;
}

/** By item; verified, and in the cache. */
async function fetchArchives(items: readonly ReportedItem[], wanted: Pick<RequirementSet, "lines" | "options">, uv: Uv, cache: ArchiveCache, host: Host): Promise<ReadonlyMap<ReportedItem, StoredArchive>> {
  const found = new Map<ReportedItem, StoredArchive>();
  const remote: { readonly item: ReportedItem; readonly task: DownloadTask }[] = [];
  for (const item of items) {
    const known = await cache.find(sha256Of(item) ?? "");
    if (known) {
      found.set(item, known);
      continue;
    }
    const { url } = item.download_info;
    if (url.startsWith("file:")) found.set(item, await verified(item, fileURLToPath(url), cache));
    else if (uv.offline) throw new Failure(`${item.metadata.name} ${item.metadata.version}: is not in the cache, and --offline forbids to fetch it`, "Fetch it once without --offline.");
    else {
      const directory = mkdtempSync(join(uv.directory, "archive-"));
      remote.push({ item, task: { url: withLogin(item, wanted), path: join(directory, decodeURIComponent(basename(new URL(url).pathname))) } });
    }
  }
  const ends = await download(remote.map(({ task }) => task), await uv.python(), await uvLogins(host, wanted.options), uv.directory, host);
  for (const [index, { item, task }] of remote.entries()) {
    const end = ends[index];
    if (end) {
      const way = end.status === 401 || end.status === 403 ? "Give uv's index its credentials in UV_INDEX_…_USERNAME and _PASSWORD, in its URL, or in ~/.netrc; or use --engine pip." : "Check the network, or work from the cache: --offline.";
      throw new Failure(`${redactRequirement(item.download_info.url)}: cannot be fetched: ${end.error}`, way);
    }
    found.set(item, await verified(item, task.path, cache));
  }
  return found;
}

/** A URL that was asked for may carry credentials that uv left out. */
function withLogin(item: ReportedItem, { lines }: Pick<RequirementSet, "lines">): string {
  const { url } = item.download_info;
  const asked = item.is_direct ? /https?:\/\/\S+/i.exec(lineOf(item, lines)?.text ?? "")?.[0] : undefined;
  return asked !== undefined && redact(asked).replace(/#.*$/, "") === redact(url).replace(/#.*$/, "") ? asked : url;
}

function sha256Of({ download_info: { archive_info } }: ReportedItem): string | undefined {
  return archive_info?.hashes?.["sha256"];
}

/** Holds an archive against every digest that is known of it, and takes it into the cache. */
async function verified(item: ReportedItem, path: string, cache: ArchiveCache): Promise<StoredArchive> {
  for (const [algorithm, expected] of Object.entries(item.download_info.archive_info?.hashes ?? {})) {
    if (!/^sha(256|384|512)$/.test(algorithm)) continue;
    const actual = algorithm === "sha256" ? digestOfFile(path) : createHash(algorithm).update(readFileSync(path)).digest("hex");
    if (actual !== expected.toLowerCase()) throw new Failure(`${basename(path)}: its hash is ${algorithm}:${actual}, and the index says ${expected}`, "Try again; if it stays so, somebody changed the archive or the index.");
  }
  return cache.store(path);
}

/** The items of a resolution with what each requires, which uv does not report: from the index's metadata files (PEP 658), else from the archives. */
export async function withMetadata({ items, system }: Resolution, sources: readonly string[], uv: Uv, cache: ArchiveCache, host: Host): Promise<ReportedItem[]> {
  const texts = new Map<ReportedItem, string>();
  for (const item of items) {
    const text = known(item, cache);
    if (text !== undefined) texts.set(item, text);
  }
  const served = items.filter((item) => !texts.has(item) && isWheel(item) && /^https?:/.test(item.download_info.url) && !uv.offline);
  const scratch = mkdtempSync(join(uv.directory, "metadata-"));
  const tasks = served.map((item, index): DownloadTask => ({ url: `${item.download_info.url.replace(/#.*$/, "")}.metadata`, path: join(scratch, String(index)), limit: 4 << 20 }));
  const ends = await download(tasks, await uv.python(), await uvLogins(host, []), uv.directory, host);
  served.forEach((item, index) => {
    if (ends[index]) return;
    const text = readFileSync(tasks[index]?.path ?? "", "utf8");
    if (normalisedName(parseMetadata(text).name ?? "") === normalisedName(item.metadata.name)) texts.set(item, text);
  });
  const left = items.filter((item) => !texts.has(item));
  const wheels = left.length > 0 ? await obtainWithUv(left, { lines: [], options: [], constraints: [] }, system, sources, uv, cache, host) : new Map<string, Place>();
  for (const item of left) texts.set(item, await metadataOf(wheels.get(normalisedName(item.metadata.name))?.path ?? ""));
  return items.map((item): ReportedItem => {
    const text = texts.get(item) ?? "";
    keep(item, text, cache);
    const { name, version, requires } = parseMetadata(text);
    return { ...item, metadata: { name: name ?? item.metadata.name, version: version ?? item.metadata.version, requires_dist: requires } };
  });
}

function known(item: ReportedItem, cache: ArchiveCache): string | undefined {
  const sha256 = sha256Of(item);
  try {
    return sha256 === undefined ? undefined : readFileSync(join(cache.directory, "metadata", sha256), "utf8");
  } catch {
    return undefined;
  }
}

function keep(item: ReportedItem, text: string, cache: ArchiveCache): void {
  const sha256 = sha256Of(item);
  if (sha256 === undefined || known(item, cache) !== undefined) return;
  try {
    mkdirSync(join(cache.directory, "metadata"), { recursive: true });
    const path = join(cache.directory, "metadata", sha256);
    writeFileSync(`${path}.new`, text);
    renameSync(`${path}.new`, path);
  } catch {
    // A cache that cannot be written costs time, and no more.
  }
}

async function metadataOf(wheel: string): Promise<string> {
  let archive: ArchiveReader;
  try {
    archive = new ArchiveReader(wheel);
  } catch (error) {
    throw fileFailure(error, wheel);
  }
  try {
    const entry = (await listZip(wheel, statSync(wheel).size)).find((each) => /^[^/]+\.dist-info\/METADATA$/.test(each.path));
    if (!entry) throw new Failure(`${wheel}: is not a wheel: it has no .dist-info/METADATA`, "Get it again.");
    return archive.read(entry.locator, entry.path, entry.size).toString("utf8");
  } finally {
    archive.close();
  }
}
