/** `enisle index`: builds and extends an index of releases from wheels and sdists, and says what one holds. */
import { existsSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { makeDirectory } from "../host/makeDirectory.ts";
import { type ReleaseIndex, decodeIndex, encodeIndex } from "../audit/indexFile.ts";
import { type Library, libraryOf, releasesOf } from "../audit/library.ts";
import type { Release } from "../audit/release.ts";
import type { Host } from "../host/host.ts";
import { Failure, fileFailure } from "../model/failure.ts";
import type { IndexResult, Outcome } from "../model/outcome.ts";
import { fingerprintReader } from "./fingerprints.ts";
import { readRelease } from "./readRelease.ts";

/** The index that is shipped, beside this module in the build. */
export function shippedIndexFile(): string | undefined {
  return ["../fingerprints/releases.idx", "../../fingerprints/releases.idx"].map((path) => fileURLToPath(new URL(path, import.meta.url))).find((path) => existsSync(path));
}

/** The user's own index (XDG Base Directory Specification). */
export function ownIndexFile(): string {
  return join(process.env["XDG_DATA_HOME"] || join(homedir(), ".local", "share"), "enisle", "releases.idx");
}

export function openIndex(path: string): ReleaseIndex {
  try {
    return decodeIndex(readFileSync(path), path);
  } catch (error) {
    throw fileFailure(error, path);
  }
}

export interface IndexOptions {
  /** Archives, directories of them, and requirements `NAME==V`, which pip downloads. */
  readonly sources: readonly string[];
  /** Absolute; the file is made where there is none. */
  readonly index: string;
}

export async function indexAdd({ sources, index }: IndexOptions, host: Host): Promise<Outcome<IndexResult>> {
  if (sources.length === 0) throw new Failure("there is nothing to add", "Name wheels, sdists, directories of them, or requirements such as six==1.16.0.");
  const libraries = new Map<string, Library>();
  if (existsSync(index)) {
    const known = openIndex(index);
    known.libraries.forEach((entry, position) => libraries.set(entry.name, known.complete(position)));
  }
  const read = fingerprintReader();
  let added = 0;
  const notices: string[] = [];
  const downloads = mkdtempSync(join(tmpdir(), "enisle-index-"));
  try {
    // One source after the other is taken in: the fingerprints of thousands of releases need not be held at once.
    for (const source of sources) {
      const fresh = new Map<string, Release[]>();
      for (const { path, named } of archivesOf(source, downloads, host)) {
        host.progress(`Reading ${path}`);
        let release: Release;
        try {
          release = readRelease(path, read);
        } catch (error) {
          // Among the many of a directory one may be of no use; what was named must be.
          if (named || !(error instanceof Failure)) throw error;
          notices.push(`Left out: ${error.message}`);
          continue;
        }
        fresh.set(release.name, [...(fresh.get(release.name) ?? []), release]);
        added++;
      }
      for (const [name, releases] of fresh) {
        const known = libraries.get(name);
        // A release that is added again replaces what the index had of it.
        libraries.set(name, libraryOf(name, [...releases, ...(known ? releasesOf(known) : [])]));
      }
    }
  } finally {
    rmSync(downloads, { recursive: true, force: true });
  }
  const content = encodeIndex([...libraries.values()]);
  write(index, content);
  return { command: "index", result: resultOf(index, content.length, [...libraries.values()], added), findings: [], changes: [], notices };
}

export function indexShow(index: string): Outcome<IndexResult> {
  const known = openIndex(index);
  const libraries = known.libraries.map((_, position) => known.library(position));
  return { command: "index", result: resultOf(index, readFileSync(index).length, libraries, 0), findings: [], changes: [], notices: [] };
}

function resultOf(index: string, bytes: number, libraries: readonly Library[], added: number): IndexResult {
  const listed = libraries.map(({ name, versions, topLevels }) => ({ name, releases: versions.length, oldest: versions[0] ?? "", newest: versions.at(-1) ?? "", topLevels })).sort((a, b) => (a.name < b.name ? -1 : 1));
  return { index, bytes, added, releases: listed.reduce((sum, each) => sum + each.releases, 0), libraries: listed };
}

function archivesOf(source: string, downloads: string, host: Host): { readonly path: string; readonly named: boolean }[] {
  if (/\.(?:whl|egg|zip|tar\.gz|tgz|tar\.bz2|tar\.xz)$/.test(source)) return [{ path: resolve(host.cwd, source), named: true }];
  const path = resolve(host.cwd, source);
  if (existsSync(path)) {
    if (!statSync(path).isDirectory()) throw new Failure(`${source}: is neither a wheel nor an sdist`, "Name a wheel, an sdist, or a directory of them, as `pip download --no-deps` gets them.");
    const found = readdirSync(path).filter((name) => /\.(?:whl|tar\.gz|zip|tar\.bz2)$/.test(name)).sort().map((name) => ({ path: join(path, name), named: false }));
    if (found.length === 0) throw new Failure(`${source}: holds no wheels and no sdists`, "Name a directory of them, or the files.");
    return found;
  }
  if (!/^[A-Za-z0-9][\w.-]*===?[\w.!+-]+$/.test(source)) throw new Failure(`${source}: is neither a file nor a requirement such as six==1.16.0`, "Check the spelling.");
  const directory = mkdtempSync(join(downloads, "release-"));
  // Wheels only: pip would run the setup.py of an sdist.
  const run = host.run("python3", ["-m", "pip", "download", "--quiet", "--no-deps", "--ignore-requires-python", "--only-binary", ":all:", "-d", directory, source], host.cwd);
  if (!run) throw new Failure("python3 is not on the PATH, and downloading needs its pip", "Download the wheel by other means and name the file.");
  if (run.status !== 0) throw new Failure(`${source}: pip finds no wheel of it`, "Check the name and the version; download an sdist by hand and name the file.");
  return readdirSync(directory).map((name) => ({ path: join(directory, name), named: true }));
}

function write(path: string, content: Buffer): void {
  const staged = `${path}.${process.pid}.tmp`;
  try {
    makeDirectory(dirname(path));
    writeFileSync(staged, content);
    renameSync(staged, path);
  } catch (error) {
    rmSync(staged, { force: true });
    throw fileFailure(error, path);
  }
}
