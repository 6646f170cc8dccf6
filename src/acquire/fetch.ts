/** Requirements → wheels: resolved, downloaded and built by pip, verified, and kept in the cache. */
import { basename, join } from "node:path";
import { writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Host } from "../host/host.ts";
import { normalisedName } from "../model/distribution.ts";
import { Failure } from "../model/failure.ts";
import { ArchiveCache } from "./cache.ts";
import { digestOfFile } from "./digest.ts";
import { Pip, type ReportedItem, type Resolution } from "./pip.ts";
import { redactRequirement } from "./redact.ts";
import type { RequirementLine, RequirementSet } from "./requirementLine.ts";

export interface FetchOptions {
  /** Fetch the requirements of what is asked for too, as pip resolves them. */
  readonly withDeps: boolean;
  /** Build nothing. */
  readonly onlyBinary: boolean;
  /** Ask no index: the cache, and the folders of `findLinks`. */
  readonly offline: boolean;
  readonly allowYanked: boolean;
  readonly findLinks: readonly string[];
  /** How pip is run, such as `["python3", "-m", "pip"]`. */
  readonly pip: readonly string[];
}

export interface Fetched {
  /** Absolute path of a wheel. */
  readonly path: string;
  /** For the manifest. */
  readonly asked: string;
  /** False: it came along as a requirement of another. */
  readonly requested: boolean;
  /** What the wheel was built from here, unless it was the wheel itself that was fetched. */
  readonly builtFrom: { readonly kind: "sdist" | "vcs" | "directory"; readonly file: string; readonly sha256: string } | undefined;
  /** The source archive, where the wheel was built from one that is at hand. */
  readonly sdist: string | undefined;
}

/** Throws Failure when pip cannot resolve, fetch or build; then nothing but the cache was written. */
export async function fetchRequirements(wanted: RequirementSet, options: FetchOptions, host: Host): Promise<Fetched[]> {
  const cache = new ArchiveCache(host);
  const pip = new Pip(options.pip, host, cache);
  try {
    const sources = [...sourceOptions(options, cache, pip.directory), ...[...wanted.constraints, ...pinFile(wanted, pip.directory)].flatMap((file) => ["-c", file])];
    const lines = [...wanted.options, ...wanted.lines.map((line) => line.text)];
    host.progress("Resolving requirements");
    const resolution = await pip.resolve(lines, [...(options.withDeps ? [] : ["--no-deps"]), ...sources]);
    refuseYanked(resolution, options);
    const places = await Promise.all(resolution.items.map((item) => atHand(item, resolution, wanted.lines.some((line) => line.text.includes("--hash")), cache)));
    const missing = resolution.items.filter((_, index) => places[index] === undefined);
    const made = await obtain(missing, wanted, resolution, sources, pip, cache, host);
    return resolution.items.map((item, index): Fetched => {
      const place = places[index] ?? made.get(normalisedName(item.metadata.name));
      if (!place) throw new Failure(`pip: made no wheel for ${item.metadata.name} ${item.metadata.version}`, "Run the same with pip wheel, and look at its output.");
      const line = lineOf(item, wanted.lines);
      return { ...place, asked: line?.asked ?? `${item.metadata.name}==${item.metadata.version}`, requested: item.requested };
    });
  } finally {
    pip.close();
  }
}

/** The versions of a distribution that the index has, newest first. */
export async function indexVersions(name: string, options: FetchOptions, host: Host): Promise<string[]> {
  const cache = new ArchiveCache(host);
  const pip = new Pip(options.pip, host, cache);
  try {
    return await pip.versions(name, sourceOptions({ ...options, onlyBinary: false }, cache, pip.directory));
  } finally {
    pip.close();
  }
}

type Place = Pick<Fetched, "path" | "builtFrom" | "sdist">;

/** Where pip may look. Offline that is an index page of the cache, and no other. */
export function sourceOptions(options: FetchOptions, cache: ArchiveCache, directory: string): string[] {
  const folders = options.findLinks.flatMap((folder) => ["--find-links", folder]);
  const binary = options.onlyBinary ? ["--only-binary", ":all:"] : [];
  if (!options.offline) return [...folders, ...binary];
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

function refuseYanked({ items, yanked }: Resolution, { allowYanked }: FetchOptions): void {
  if (allowYanked) return;
  const item = items.find((each) => each.is_yanked === true);
  const what = item ? `${item.metadata.name} ${item.metadata.version}` : yanked?.replace(/^.*yanked version:\s*/, "");
  if (what !== undefined) throw new Failure(`${what}: was yanked from the index by its authors`, "Use another version; or, if it has to be this one, --allow-yanked.");
}

function isWheel(item: ReportedItem): boolean {
  return new URL(item.download_info.url).pathname.endsWith(".whl");
}

/** The wheel of an item, when it lies on this machine already. */
async function atHand(item: ReportedItem, { system }: Resolution, pinned: boolean, cache: ArchiveCache): Promise<Place | undefined> {
  const { url } = item.download_info;
  if (url.startsWith("file:") && isWheel(item) && item.is_direct) return { path: fileURLToPath(url), builtFrom: undefined, sdist: undefined };
  const sha256 = await digestOf(item);
  if (sha256 === undefined) return undefined;
  const pure = isWheel(item) && !item.is_direct && !pinned ? await cache.built(sha256, "pure") : undefined;
  if (pure) return { path: pure.path, builtFrom: undefined, sdist: undefined };
  const stored = await cache.find(sha256);
  if (isWheel(item)) return stored && { path: stored.path, builtFrom: undefined, sdist: undefined };
  const built = await cache.built(sha256, system);
  return built && { path: built.path, builtFrom: origin(item, sha256), sdist: stored?.path };
}

async function digestOf({ download_info: { url, archive_info } }: ReportedItem): Promise<string | undefined> {
  if (!archive_info) return undefined;
  return archive_info.hashes?.["sha256"] ?? (url.startsWith("file:") ? digestOfFile(fileURLToPath(url)) : undefined);
}

function origin(item: ReportedItem, sha256: string): Fetched["builtFrom"] {
  const { url, vcs_info, archive_info, subdirectory } = item.download_info;
  if (vcs_info) return { kind: "vcs", file: `${vcs_info.vcs}+${redactRequirement(url)}@${vcs_info.commit_id}${subdirectory === undefined ? "" : `#subdirectory=${subdirectory}`}`, sha256 };
  return { kind: archive_info ? "sdist" : "directory", file: decodeURIComponent(basename(new URL(url).pathname)), sha256 };
}

/** Has pip fetch or build the wheels; by normalised name. */
async function obtain(items: readonly ReportedItem[], wanted: RequirementSet, resolution: Resolution, sources: readonly string[], pip: Pip, cache: ArchiveCache, host: Host): Promise<ReadonlyMap<string, Place>> {
  const found = new Map<string, Place>();
  if (items.length === 0) return found;
  host.progress(`Fetching ${items.length} distribution${items.length > 1 ? "s" : ""}`);
  for (const item of items) {
    const pure = await pureInstead(item, wanted, sources, pip, cache);
    if (pure !== undefined) found.set(normalisedName(item.metadata.name), { path: pure, builtFrom: undefined, sdist: undefined });
  }
  const left = items.filter((item) => !found.has(normalisedName(item.metadata.name)));
  const exact = await Promise.all(left.map(async (item) => exactLine(item, wanted, await digestOf(item))));
  // pip verifies either every line against a hash or none.
  const hashed = exact.filter((line) => line.includes("--hash="));
  const unhashed = exact.filter((line) => !line.includes("--hash="));
  const files = [...(hashed.length > 0 ? await pip.wheels([...wanted.options, ...hashed], sources, "hashed") : []), ...(unhashed.length > 0 ? await pip.wheels([...wanted.options, ...unhashed], sources, "unhashed") : [])];
  for (const item of items) {
    const name = normalisedName(item.metadata.name);
    if (found.has(name)) continue;
    const file = files.find((path) => normalisedName(basename(path).split("-")[0] ?? "") === name);
    if (file === undefined) continue;
    const { path, sha256 } = await cache.store(file);
    const expected = await digestOf(item);
    if (isWheel(item)) {
      if (expected !== undefined && expected !== sha256) throw new Failure(`${basename(path)}: its SHA-256 is ${sha256}, and the index says ${expected}`, "Try again; if it stays so, somebody changed the archive or the index.");
      found.set(name, { path, builtFrom: undefined, sdist: undefined });
    } else {
      if (expected !== undefined) cache.rememberBuilt(expected, resolution.system, sha256);
      found.set(name, { path, builtFrom: origin(item, expected ?? sha256), sdist: undefined });
    }
  }
  return found;
}

/** A wheel for one system may hold names of modules in machine code, where they cannot be relocated, and makes another copy on another system: the pure one comes first. */
async function pureInstead(item: ReportedItem, wanted: RequirementSet, sources: readonly string[], pip: Pip, cache: ArchiveCache): Promise<string | undefined> {
  const file = basename(new URL(item.download_info.url).pathname);
  const sha256 = await digestOf(item);
  if (!isWheel(item) || item.is_direct || sha256 === undefined || file.endsWith("-none-any.whl")) return undefined;
  // Whoever names hashes has chosen the archive.
  if (wanted.lines.some((line) => line.text.includes("--hash"))) return undefined;
  const path = await pip.pureWheel(`${item.metadata.name}==${item.metadata.version}`, [...sources, ...wanted.options.flatMap((option) => option.split(/\s+/))]);
  if (path === undefined) return undefined;
  const stored = await cache.store(path);
  cache.rememberBuilt(sha256, "pure", stored.sha256);
  return stored.path;
}

/** The line that asks pip for this very archive. */
function exactLine(item: ReportedItem, wanted: RequirementSet, sha256: string | undefined): string {
  const { name, version } = item.metadata;
  const line = item.is_direct ? lineOf(item, wanted.lines) : undefined;
  if (line) return line.text;
  if (!item.is_direct) return `${name}==${version}${sha256 === undefined ? "" : ` --hash=sha256:${sha256}`}`;
  const { url, vcs_info } = item.download_info;
  return `${name} @ ${vcs_info ? `${vcs_info.vcs}+${url}@${vcs_info.commit_id}` : url}`;
}

/** The line that asked for an item: by name, else by what its URL ends in. */
function lineOf(item: ReportedItem, lines: readonly RequirementLine[]): RequirementLine | undefined {
  if (!item.requested) return undefined;
  const name = normalisedName(item.metadata.name);
  const file = decodeURIComponent(basename(new URL(item.download_info.url).pathname)).replace(/\.git$/, "");
  return lines.find((line) => line.name === name) ?? lines.find((line) => line.name === undefined && decodeURIComponent(line.text).includes(file));
}
