/** pip fetches and builds: each archive of a resolution asked for by its exact version and digest. */
import { mkdtempSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Host } from "../host/host.ts";
import { normalisedName } from "../model/distribution.ts";
import { Failure } from "../model/failure.ts";
import type { ArchiveCache } from "./cache.ts";
import { atCommit } from "./checkout.ts";
import { digestOfFile } from "./digest.ts";
import { download } from "./download.ts";
import { type Place, type ReportedItem, type Resolution, isWheel } from "./engine.ts";
import { digestOf, lineOf, origin } from "./fetch.ts";
import { isLicenseName } from "./licenseFiles.ts";
import type { Pip } from "./pip.ts";
import type { RequirementSet } from "./requirementLine.ts";
import { hashesOf } from "./uvLock.ts";
import { listZip } from "./zip.ts";

/** Has pip fetch or build the wheels; by normalised name. */
export async function obtainWithPip(items: readonly ReportedItem[], wanted: RequirementSet, { system }: Resolution, sources: readonly string[], pip: Pip, cache: ArchiveCache, host: Host): Promise<ReadonlyMap<string, Place>> {
  const found = new Map<string, Place>();
  for (const item of items) {
    const pure = await pureInstead(item, wanted, sources, pip, cache);
    if (pure !== undefined) found.set(normalisedName(item.metadata.name), { path: pure, builtFrom: undefined });
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
      found.set(name, { path, builtFrom: undefined });
    } else {
      if (expected !== undefined) {
        cache.rememberBuilt(expected, system, sha256);
        await keepSource(item, path, expected, pip, cache, host);
      }
      found.set(name, { path, builtFrom: origin(item, expected ?? sha256) });
    }
  }
  return found;
}

/** The source archive of a wheel without licence files may have some; pip keeps no archive. What cannot be fetched is no failure. */
async function keepSource({ download_info: { url } }: ReportedItem, wheel: string, sha256: string, pip: Pip, cache: ArchiveCache, host: Host): Promise<void> {
  const entries = await listZip(wheel, statSync(wheel).size);
  if (entries.some(({ path }) => /\.dist-info\/licen[cs]es?\//.test(path) || isLicenseName(basename(path)))) return;
  if (url.startsWith("file:")) {
    await cache.store(fileURLToPath(url));
    return;
  }
  const path = join(mkdtempSync(join(pip.directory, "source-")), decodeURIComponent(basename(new URL(url).pathname)));
  const [end] = await download([{ url, path }], await pip.python(), [], pip.directory, host);
  if (!end && digestOfFile(path) === sha256) await cache.store(path);
}

/** A wheel for one system may hold names of modules in machine code, where they cannot be relocated, and makes another copy on another system: the pure one comes first. */
async function pureInstead(item: ReportedItem, wanted: RequirementSet, sources: readonly string[], pip: Pip, cache: ArchiveCache): Promise<string | undefined> {
  const file = basename(new URL(item.download_info.url).pathname);
  const sha256 = await digestOf(item);
  if (!isWheel(item) || item.is_direct || sha256 === undefined || file.endsWith("-none-any.whl")) return undefined;
  // Where hashes are named the pure wheel has to be one of those: pip looks at that.
  const hashed = wanted.lines.some((line) => line.text.includes("--hash"));
  const hashes = [...hashesOf(lineOf(item, wanted.lines))].map((hash) => ` --hash=${hash}`).join("");
  if (hashed && hashes === "") return undefined;
  const path = await pip.pureWheel(`${item.metadata.name}==${item.metadata.version}${hashes}`, [...sources, ...wanted.options.flatMap((option) => option.split(/\s+/))]);
  if (path === undefined) return undefined;
  const stored = await cache.store(path);
  cache.rememberBuilt(sha256, "pure", stored.sha256);
  return stored.path;
}

/** The line that asks pip for this very archive. */
function exactLine(item: ReportedItem, wanted: RequirementSet, sha256: string | undefined): string {
  const { name, version } = item.metadata;
  const line = item.is_direct ? lineOf(item, wanted.lines) : undefined;
  if (line) return item.download_info.vcs_info ? atCommit(line.text, item.download_info.vcs_info.commit_id) : line.text;
  if (!item.is_direct) return `${name}==${version}${sha256 === undefined ? "" : ` --hash=sha256:${sha256}`}`;
  const { url, vcs_info } = item.download_info;
  return `${name} @ ${vcs_info ? `${vcs_info.vcs}+${url}@${vcs_info.commit_id}` : url}`;
}
