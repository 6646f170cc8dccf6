/** What uv resolves, as it writes it (`pylock.toml`, PEP 751), and which archive of each distribution is taken. */
import { basename, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { normalisedName } from "../model/distribution.ts";
import { Failure } from "../model/failure.ts";
import type { ReportedItem } from "./engine.ts";

type Table = Readonly<Record<string, unknown>>;

interface Archive {
  readonly url: string;
  readonly hashes: Readonly<Record<string, string>>;
}

export interface Asked {
  /** Normalised; undefined where only what is fetched tells it. */
  readonly name: string | undefined;
  readonly text: string;
}

/** `lines` are what uv was asked for. Paths in the lock start at `base`. Throws Failure where no archive has one of the hashes that a line names. */
export async function itemsOfLock(lock: string, lines: readonly Asked[], base: string, log: string): Promise<ReportedItem[]> {
  const { parse } = await import("smol-toml");
  const packages = (parse(lock) as Table)["packages"];
  const hashed = lines.some(({ text }) => text.includes("--hash"));
  const yanked = new Set([...log.matchAll(/`([^`=\s]+)==([^`\s]+)` is yanked/g)].map(([, name = "", version = ""]) => `${normalisedName(name)}==${version}`));
  return (Array.isArray(packages) ? (packages as Table[]) : []).map((entry): ReportedItem => {
    const name = String(entry["name"]);
    const line = lines.find((each) => each.name === normalisedName(name));
    const version = typeof entry["version"] === "string" ? entry["version"] : "";
    const direct = directOf(entry, base);
    const known = { metadata: { name, version }, is_yanked: yanked.has(`${normalisedName(name)}==${version}`) };
    if (direct) return { ...known, download_info: direct, is_direct: true, requested: line !== undefined || lines.some((each) => each.name === undefined && asksFor(each, direct.url)) };
    const archive = choose(name, version, entry, base, hashed ? hashesOf(line) : undefined);
    return { ...known, download_info: { url: archive.url, archive_info: { hashes: archive.hashes } }, is_direct: false, requested: line !== undefined };
  });
}

function asksFor({ text }: Asked, url: string): boolean {
  return decodeURIComponent(text).includes(decodeURIComponent(basename(new URL(url).pathname)).replace(/\.git$/, ""));
}

function directOf(entry: Table, base: string): ReportedItem["download_info"] | undefined {
  const [vcs, directory, archive] = [entry["vcs"], entry["directory"], entry["archive"]].map((each) => each as Table | undefined);
  const inside = (table: Table): { readonly subdirectory?: string } => (typeof table["subdirectory"] === "string" ? { subdirectory: table["subdirectory"] } : {});
  if (vcs) return { url: placeOf(vcs, base), vcs_info: { vcs: String(vcs["type"]), ...(typeof vcs["requested-revision"] === "string" ? { requested_revision: vcs["requested-revision"] } : {}), commit_id: String(vcs["commit-id"]) }, ...inside(vcs) };
  if (directory) return { url: placeOf(directory, base), dir_info: {}, ...inside(directory) };
  if (archive) return { url: placeOf(archive, base), archive_info: { hashes: digests(archive) }, ...inside(archive) };
  return undefined;
}

function placeOf(table: Table, base: string): string {
  return typeof table["url"] === "string" ? table["url"] : pathToFileURL(resolve(base, String(table["path"] ?? ""))).href;
}

function digests(table: Table): Readonly<Record<string, string>> {
  return (table["hashes"] ?? {}) as Readonly<Record<string, string>>;
}

/** Wheels come first, and the pure one before those for one system; of those that hashes admit, where there are some. uv lists what fits this interpreter, best first. */
function choose(name: string, version: string, entry: Table, base: string, hashes: ReadonlySet<string> | undefined): Archive {
  const list = (value: unknown): Archive[] => [value ?? []].flat().map((each) => ({ url: placeOf(each as Table, base), hashes: digests(each as Table) }));
  const wheels = list(entry["wheels"]);
  const all = [...wheels.filter(({ url }) => new URL(url).pathname.endsWith("-none-any.whl")), ...wheels, ...list(entry["sdist"])];
  if (hashes) {
    const found = all.find((archive) => Object.entries(archive.hashes).some(([algorithm, digest]) => hashes.has(`${algorithm}:${digest}`)));
    if (!found) throw new Failure(`${name} ${version}: ${hashes.size === 0 ? "no hash is given for it, and others have one" : "no archive of it has the hash that was asked for"}`, hashes.size === 0 ? "Give hashes for all or for none; --generate-hashes of uv pip compile writes them." : "The archive is another one than was asked for: compare the hash with the one that its authors publish.");
    return found;
  }
  const [first] = all;
  if (!first) throw new Failure(`${name} ${version}: has no archive for this system`, "Use another version, or another interpreter.");
  return first;
}

/** `sha256:…` and the like, of a line's options. */
export function hashesOf(line: { readonly text: string } | undefined): ReadonlySet<string> {
  return new Set([...(line?.text ?? "").matchAll(/--hash[= ](\w+:[0-9a-fA-F]+)/g)].map((match) => (match[1] ?? "").toLowerCase()));
}
