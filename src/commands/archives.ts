/** The original archives of vendored copies: looked for where the user says, else fetched with pip. Their digests must be the recorded ones. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { digestOfFile } from "../acquire/digest.ts";
import { acquire, acquireAll } from "../acquire/source.ts";
import type { Host } from "../host/host.ts";
import type { Distribution } from "../model/distribution.ts";
import { Failure } from "../model/failure.ts";
import type { ManifestDistribution } from "../model/manifest.ts";
import { NOWHERE, exactRequirement } from "./arrange.ts";
import { fetchOptions } from "./fetchSettings.ts";

export interface ArchiveSearch {
  readonly directories: readonly string[];
  /** Absolute; what is fetched goes there. */
  readonly download: string;
  /** The Python whose pip fetches. */
  readonly python: string;
}

/** Throws Failure when the archive cannot be had, or another one of its name is all there is. */
export async function findArchive(entry: ManifestDistribution, search: ArchiveSearch, host: Host): Promise<Distribution> {
  const { kind, file, sha256 } = entry.source;
  const directories = search.directories.map((directory) => resolve(host.cwd, directory));
  const others: string[] = [];
  for (const directory of directories) {
    if (!existsSync(directory)) throw new Failure(`${directory}: no such directory`, "Name a directory with the original archives: --find-links DIR.");
    const path = join(directory, file);
    const stats = statSync(path, { throwIfNoEntry: false });
    if (!stats || stats.isDirectory() !== (kind === "directory")) continue;
    if (kind === "directory") {
      const found = await acquire(path, host.cwd);
      if (found.source.sha256 === sha256) return found;
    } else if (digestOfFile(path) === sha256) return kind === "sdist" ? built(entry, path, search, host) : acquire(path, host.cwd);
    others.push(path);
  }
  if (others[0] !== undefined) throw new Failure(`${others[0]}: is not what ${entry.name} was vendored from: it has another digest`, `The manifest records SHA-256 ${sha256}: look for that file, or vendor again from this one.`);
  if (kind === "directory") throw new Failure(`${entry.name}: was vendored from the directory '${file}', which cannot be fetched`, "Name the directory that holds it: --find-links DIR.");
  if (kind === "sdist" || kind === "vcs") return built(entry, exactRequirement(entry), search, host);
  return acquire(await download(entry, search, host), host.cwd);
}

/** What was built from a source archive or a repository is built again, from the same archive or commit. */
async function built(entry: ManifestDistribution, source: string, { python }: ArchiveSearch, host: Host): Promise<Distribution> {
  host.progress(`Building ${entry.name}`);
  const [found] = await acquireAll({ sources: [source], requirementFiles: [], constraints: [], base: NOWHERE }, fetchOptions({ pip: `${python} -m pip` }, { present: false }, host.cwd), host);
  if (!found || found.source.sha256 !== entry.source.sha256) throw new Failure(`${entry.name} ${entry.version ?? ""}: comes out differently when it is built from ${entry.source.file} again`, "Look at its build backend: what it puts into a wheel should depend on the sources alone.");
  return found;
}

async function download(entry: ManifestDistribution, { download: directory, python }: ArchiveSearch, host: Host): Promise<string> {
  const { file, sha256 } = entry.source;
  host.progress(`Fetching ${file}`);
  const args = ["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:", "--dest", directory, ...platformOf(file), `${entry.name}==${entry.version ?? ""}`];
  const run = host.run(python, args, directory);
  const path = join(directory, file);
  if (!run || run.status !== 0 || !existsSync(path)) {
    const instead = run?.status === 0 ? readdirSync(directory).find((name) => name.startsWith(`${file.split("-")[0] ?? ""}-`)) : undefined;
    throw new Failure(`${entry.name} ${entry.version ?? ""}: ${file} could not be fetched with pip${instead === undefined ? "" : ` (the index gives ${instead})`}`, "Name a directory that holds it: --find-links DIR.");
  }
  const actual = digestOfFile(path);
  if (actual !== sha256) throw new Failure(`${file}: the index gives a file with another digest (SHA-256 ${actual}) than the one that was vendored (${sha256})`, "Find out which of the two is right before you trust either; --find-links DIR takes the original from a directory.");
  return path;
}

/** The tags of a wheel's name (PEP 425) as pip wants them, so that it fetches that wheel and not the one for its own system. */
function platformOf(file: string): string[] {
  const [python = "", abi = "", platforms = ""] = file.replace(/\.whl$/, "").split("-").slice(-3);
  const match = /^([a-z]+)(\d*)/.exec(python.split(".").at(-1) ?? "");
  const version = match?.[2] === undefined || match[2].length < 2 ? (python === "py2" ? ["--python-version", "27"] : []) : ["--python-version", match[2]];
  return [...platforms.split(".").flatMap((platform) => ["--platform", platform]), "--abi", abi.split(".")[0] ?? abi, "--implementation", match?.[1] ?? "py", ...version];
}
