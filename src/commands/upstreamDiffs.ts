/** What was changed in a patched copy, as a diff against the archive of its release, where one is at hand: in a directory that was named, or in the cache. */
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import type { Differences } from "../audit/compare.ts";
import { sameVersion } from "../audit/pep440.ts";
import { isKeptModule } from "../audit/release.ts";
import { undoRelocation } from "../audit/undo.ts";
import type { CopyDifferences, ModuleDiff } from "../model/audit.ts";
import { normalisedName } from "../model/distribution.ts";
import { Failure, fileFailure } from "../model/failure.ts";
import { formatPatchWithin } from "../patch/formatPatch.ts";
import type { ImportReader } from "./fingerprints.ts";
import { readModules } from "./readRelease.ts";

/** Directories are looked through so deep: downloads may lie in one each. */
const DEPTH = 2;
const MAX_MODULE = 2 ** 20;
const MOST_EDITS = 4000;
const MOST_TEXT = 256 * 1024;

interface Archive {
  readonly name: string;
  readonly version: string;
  readonly path: string;
}

/** Some of the paths that installing gives. */
export type Wanted = Pick<ReadonlySet<string>, "has">;

export type Upstream = (name: string, version: string, wanted: Wanted) => Map<string, Buffer> | undefined;

/** Archives in `directories` (absolute) and those `stored`. Throws Failure where a directory cannot be read. */
export function archivesAtHand(directories: readonly string[], stored: readonly string[]): readonly string[] {
  return [...directories.flatMap((directory) => listed(directory, DEPTH)), ...stored].filter((path) => archiveOf(path) !== undefined);
}

function listed(directory: string, depth: number): string[] {
  try {
    return readdirSync(directory, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1)).flatMap((entry) => {
      const path = join(directory, entry.name);
      return entry.isDirectory() ? (depth > 1 ? listed(path, depth - 1) : []) : [path];
    });
  } catch (error) {
    throw fileFailure(error, directory);
  }
}

/** By the names of files (PEP 427, PEP 625), wheels for all systems first. `problem` is told of archives that cannot be read. */
export function upstreamOf(paths: readonly string[], problem: (text: string) => void): Upstream {
  const byName = new Map<string, Archive[]>();
  for (const path of [...paths].sort((a, b) => rank(a) - rank(b))) {
    const archive = archiveOf(path);
    if (!archive) continue;
    const known = byName.get(archive.name);
    if (known) known.push(archive);
    else byName.set(archive.name, [archive]);
  }
  return (name, version, wanted) => {
    for (const archive of byName.get(name) ?? []) {
      if (archive.version !== version && !sameVersion(archive.version, version)) continue;
      try {
        return readModules(archive.path, name, wanted);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        problem(`No diff against ${basename(archive.path)}: ${error.message}`);
      }
    }
    return undefined;
  };
}

function archiveOf(path: string): Archive | undefined {
  const match = /^(.+?)-([^-]+)(?:-\d[^-]*)?-[^-]+-[^-]+-[^-]+\.whl$/.exec(basename(path)) ?? /^(.+)-([^-]+)\.(?:tar\.gz|tar\.bz2|tar\.xz|tgz|zip)$/.exec(basename(path));
  return match ? { name: normalisedName(match[1] ?? ""), version: match[2] ?? "", path } : undefined;
}

function rank(path: string): number {
  return path.endsWith("-none-any.whl") ? 0 : path.endsWith(".whl") ? 1 : 2;
}

export interface Changed {
  readonly name: string;
  readonly version: string;
  /** Paths in the tree. */
  readonly differences: Pick<CopyDifferences, "changed" | "added">;
  /** The path that installing the release gives to a module of the copy. */
  readonly upstreamPath: (local: string) => string;
  readonly namespaces: readonly string[];
  readonly read: (local: string) => Buffer | undefined;
}

export interface Compared {
  readonly diffs: readonly ModuleDiff[];
  /** Modules that are upstream's once relocation is undone, though their digests differ. */
  readonly same: readonly string[];
}

/** A copy whose release nobody indexed beside the archive of it; undefined where none is at hand, or nothing shows that the modules are that release's. */
export function compareWhole(whole: Omit<Changed, "differences"> & { readonly modules: readonly string[] }, upstream: Upstream, importsOf: ImportReader): (Compared & { readonly differences: Differences }) | undefined {
  const { name, version, modules, upstreamPath, read } = whole;
  const originals = upstream(name, version, { has: isKeptModule });
  if (!originals || originals.size === 0) return undefined;
  const [known, added] = [modules.filter((path) => originals.has(upstreamPath(path))), modules.filter((path) => isKeptModule(upstreamPath(path)) && !originals.has(upstreamPath(path)))];
  const same = known.filter((path) => originals.get(upstreamPath(path))?.equals(read(path) ?? Buffer.alloc(0)));
  const compared = diffsOf({ ...whole, differences: { changed: known.filter((path) => !same.includes(path)), added } }, () => originals, importsOf);
  if (!compared) return undefined;
  const isKin = ({ path, text }: ModuleDiff): boolean => text !== null && text.length < (originals.get(upstreamPath(path))?.length ?? 0);
  if (same.length + compared.same.length === 0 && !compared.diffs.some(isKin)) return undefined;
  const here = new Set(known.map(upstreamPath));
  const tops = new Set([...here].map((path) => path.split("/")[0]));
  const missing = [...originals.keys()].filter((path) => !here.has(path) && tops.has(path.split("/")[0])).sort();
  return { ...compared, differences: { same, relocated: [...compared.same], changed: known.filter((path) => compared.diffs.some((each) => each.path === path)), missing, added } };
}

/** Undefined where no archive of the release is at hand. */
export function diffsOf({ name, version, differences, upstreamPath, namespaces, read }: Changed, upstream: Upstream, importsOf: ImportReader): Compared | undefined {
  const originals = upstream(name, version, new Set(differences.changed.map(upstreamPath)));
  if (!originals) return undefined;
  const [diffs, same]: [ModuleDiff[], string[]] = [[], []];
  let left = MOST_TEXT;
  for (const path of [...differences.changed, ...differences.added]) {
    const before = originals.get(upstreamPath(path));
    const after = read(path);
    if (!after || (!before && !differences.added.includes(path))) continue; // the archive is another build of the release, without this module
    const text = left > 0 && (before?.length ?? 0) <= MAX_MODULE && after.length <= MAX_MODULE ? textOf(upstreamPath(path), before, after) : undefined;
    if (text === "" && before) same.push(path);
    else diffs.push({ path, text: text === undefined || text.length > left ? null : text });
    left -= Math.min(left, text?.length ?? 0);
  }
  return { diffs, same };

  function textOf(path: string, before: Buffer | undefined, after: Buffer): string | undefined {
    const module = (source: Buffer): { text: string; imports: ReturnType<ImportReader> } => ({ text: source.toString("latin1"), imports: importsOf(source) });
    const original = before ?? Buffer.alloc(0);
    const found = formatPatchWithin(MOST_EDITS, path, original.toString("latin1"), undoRelocation(module(after), module(original), namespaces));
    return found === undefined ? undefined : Buffer.from(found, "latin1").toString("utf8");
  }
}
