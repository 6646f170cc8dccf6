/** SOURCEs as the user types them → distributions. What lies here is read; what does not, or has to be built, goes through pip. */
import { createHash } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Host } from "../host/host.ts";
import type { Distribution } from "../model/distribution.ts";
import { Failure } from "../model/failure.ts";
import type { FetchOptions } from "./fetch.ts";
import { isLockFile, readLock } from "./pylock.ts";
import { type RequirementLine, isRequirement, readRequirements, requirementLine } from "./requirementLine.ts";

export interface SourceRequest {
  readonly sources: readonly string[];
  /** Files of requirements, and locks. */
  readonly requirementFiles: readonly string[];
  readonly constraints: readonly string[];
  /** `name==version` for what is not to move. */
  readonly pins?: readonly string[];
  /** The directory that relative paths start from. */
  readonly base: string;
}

type Kind = "wheel" | "directory" | "build" | "lock" | "requirement";

const sourceArchive = /\.(tar\.(gz|bz2|xz)|tgz|zip)$/i;

/** What a SOURCE is; a path that exists comes before a requirement of that spelling. Throws Failure when it is nothing. */
export function classify(source: string, base: string): Kind {
  if (source.trim() === "") throw new Failure("a SOURCE is empty", "Name a wheel, a source distribution, a directory with importable modules, or a requirement such as testtools==1.7.1.");
  const path = resolve(base, source);
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isDirectory()) return isSourceTree(path) ? "build" : "directory";
  if (stats) {
    if (source.toLowerCase().endsWith(".whl")) return "wheel";
    if (sourceArchive.test(source)) return "build";
    if (isLockFile(source)) return "lock";
    throw new Failure(`${source}: is not a wheel (its name does not end in .whl)`, "Name a wheel, a source distribution, a directory with importable modules, or a requirement; a file of requirements goes with -r.");
  }
  if (isRequirement(source)) return "requirement";
  throw new Failure(`${source}: no such file or directory`, "Name a wheel, a source distribution, a directory with importable modules, or a requirement such as testtools==1.7.1.");
}

function isSourceTree(path: string): boolean {
  return ["pyproject.toml", "setup.py", "setup.cfg"].some((name) => existsSync(join(path, name)));
}

/** One SOURCE that lies here and needs no building. `base` is the directory that relative paths start from. */
export async function acquire(source: string, base: string): Promise<Distribution> {
  const path = resolve(base, source);
  const kind = classify(source, base);
  if (kind === "wheel") return (await import("./wheel.ts")).acquireWheel(path, source);
  if (kind === "directory") return (await import("./directory.ts")).acquireDirectory(path, source);
  throw new Failure(`${source}: is neither a wheel nor a directory with importable modules`, "Name one of these.");
}

/** Every distribution that the request comes to; those that came along as requirements of others are marked. */
export async function acquireAll(request: SourceRequest, options: FetchOptions, host: Host): Promise<Distribution[]> {
  const { base } = request;
  for (const file of request.constraints) if (!/^[a-z][a-z0-9+]*:\/\//i.test(file) && !existsSync(resolve(base, file))) throw new Failure(`${file}: no such file or directory`, "Check the path: it is a file of constraints.");
  const kinds = request.sources.map((source) => [source, classify(source, base)] as const);
  const here = async ([source, kind]: readonly [string, Kind]): Promise<Distribution[]> => {
    const path = resolve(base, source);
    if (kind === "wheel" && !options.withDeps) return [await (await import("./wheel.ts")).acquireWheel(path, source)];
    return kind === "directory" ? [await (await import("./directory.ts")).acquireDirectory(path, source)] : [];
  };
  const found = (await Promise.all(kinds.map(here))).flat();
  const lines: RequirementLine[] = [];
  for (const [source, kind] of kinds) {
    if (kind === "lock") lines.push(...(await readLock(resolve(base, source))));
    else if (kind === "build" || kind === "requirement" || (kind === "wheel" && options.withDeps)) {
      if (kind === "build" && options.onlyBinary) throw new Failure(`${source}: has to be built, and --only-binary forbids that`, "Name a wheel of it.");
      lines.push(requirementLine(source, base));
    }
  }
  const sets = request.requirementFiles.filter((file) => !isLockFile(file)).map((file) => readRequirements(resolve(base, file), base));
  for (const file of request.requirementFiles.filter(isLockFile)) lines.push(...(await readLock(resolve(base, file))));
  const needed = options.withDeps ? found.flatMap(({ metadata }) => metadata.requires.map((line) => requirementLine(line, base))) : [];
  const wanted = {
    lines: [...lines, ...sets.flatMap((set) => set.lines), ...needed],
    options: sets.flatMap((set) => set.options),
    constraints: [...request.constraints.map((file) => resolve(base, file)), ...sets.flatMap((set) => set.constraints)],
    pins: request.pins ?? [],
  };
  return wanted.lines.length === 0 ? found : [...found, ...(await fetched(wanted, new Set(needed), options, host))];
}

async function fetched(wanted: Parameters<typeof import("./fetch.ts").fetchRequirements>[0], needed: ReadonlySet<RequirementLine>, options: FetchOptions, host: Host): Promise<Distribution[]> {
  const [{ fetchRequirements }, { acquireWheel }] = await Promise.all([import("./fetch.ts"), import("./wheel.ts")]);
  const neededNames = new Set([...needed].map((line) => line.name));
  const wheels = await fetchRequirements(wanted, options, host);
  return Promise.all(wheels.map(async ({ path, asked, requested, builtFrom }) => {
    const wheel = await acquireWheel(path, asked ?? "");
    // Its own spelling of its name: engines have different ones.
    const distribution = asked === undefined ? { ...wheel, requirement: `${wheel.metadata.name}==${wheel.metadata.version ?? ""}` } : wheel;
    const along = !requested || [...wanted.lines].every((line) => line.asked !== asked || neededNames.has(line.name));
    const source = builtFrom && builtFrom.kind !== "sdist" ? { ...builtFrom, sha256: contentDigest(distribution) } : builtFrom;
    return { ...distribution, source: source ?? distribution.source, ...(along ? { dependency: true as const } : {}) };
  }));
}

/** The wheel of a tree has other times in it at each build, and its backend's version: what counts is what it holds. */
function contentDigest({ files }: Distribution): string {
  const rows = files.flatMap(({ path, record }) => (/^[^/]+\.dist-info\/(WHEEL|RECORD|direct_url\.json)$/.test(path) ? [] : [`${path}\0${record?.algorithm ?? ""}=${record?.digest ?? ""}\n`]));
  return createHash("sha256").update(rows.sort().join("")).digest("hex");
}
