/** `enisle wheel`: a built wheel in, a self-contained one out, with copies of what it needs inside. The same bytes each time. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import type { ZippableFile } from "fflate";
import { contentOf } from "../acquire/content.ts";
import { findPackages } from "../acquire/project.ts";
import { fetchRequirements } from "../acquire/fetch.ts";
import { requirementLine } from "../acquire/requirementLine.ts";
import { isSdistName } from "../acquire/sdist.ts";
import { acquireWheel } from "../acquire/wheel.ts";
import { unpackWheel } from "../acquire/unpack.ts";
import type { Host } from "../host/host.ts";
import { formatSbom } from "../manifest/sbom.ts";
import { type Distribution, normalisedName } from "../model/distribution.ts";
import { Failure, fileFailure } from "../model/failure.ts";
import type { Manifest, ManifestDistribution } from "../model/manifest.ts";
import type { Outcome, WheelResult } from "../model/outcome.ts";
import { relocationMap } from "../model/relocation.ts";
import { parseRequirement } from "../plan/requirements.ts";
import { admits, specifierOf } from "../plan/versions.ts";
import type { PythonVersion } from "../rewrite/context.ts";
import { TOOL } from "../version.ts";
import { formatRecord, rewriteEntryPoints, rewriteRequires, rewriteTags, tagsOf } from "../wheel/rewriteMetadata.ts";
import { commonTags, compressed } from "../wheel/tags.ts";
import { acquirer, arrangeSources, relocationsOf } from "./arrange.ts";
import { type Consumer, lowerBound } from "./consumer.ts";
import { type FetchFlags, fetchOptions } from "./fetchSettings.ts";
import { runProject } from "./projectRun.ts";
import { LARGE_DIRECTORY, hireCrew } from "./runJobs.ts";
import { treatments } from "./treatment.ts";
import { summarise } from "./vendor.ts";
import { checkNamespace } from "../plan/namespace.ts";
import { defaultNamespace } from "../plan/home.ts";
import { type Renaming, parseRename, planRenaming } from "../plan/renaming.ts";
import { keptDistribution } from "./copies.ts";
import { renameWheel } from "./renameWheel.ts";
import { requiredBy } from "../plan/wheelRequires.ts";
import { copyLicenses, isInfoLicense } from "./wheelLicenses.ts";
import { refuseStagingNames } from "../write/transaction.ts";

export interface WheelOptions extends FetchFlags {
  /** As typed. */
  readonly wheel: string;
  readonly sources: readonly string[];
  /** `nova=nova_11`, as typed: the wheel itself gets another name. */
  readonly renames: readonly string[];
  /** Where the result goes; made when it is not there. */
  readonly directory: string;
  readonly namespace: string | undefined;
  readonly targetPython: PythonVersion | undefined;
  readonly requirementFiles: readonly string[];
  readonly constraints: readonly string[];
  readonly drop: readonly string[];
  readonly keep: readonly string[];
  readonly dryRun: boolean;
  /** A source distribution becomes a wheel. */
  readonly build?: boolean;
}

export async function wheel(options: WheelOptions, host: Host): Promise<Outcome<WheelResult>> {
  const input = resolve(host.cwd, options.wheel);
  const vendors = options.sources.length > 0 || options.requirementFiles.length > 0;
  if (!vendors && options.renames.length === 0) throw new Failure("nothing to vendor was named", "Name it: enisle wheel IN.whl --vendor SOURCE -w DIR; or give the wheel another name: --rename OLD=NEW");
  if (isSdistName(input) && existsSync(input)) {
    if (options.renames.length > 0 && options.build !== true) throw new Failure(`${options.wheel}: is a source distribution, and --rename takes a wheel`, "Add --build, which makes its wheel first; or build it yourself, and name that.");
    if (options.build !== true) return (await import("./sourceDistribution.ts")).relocateSdist(options, host);
    const [built] = await fetchRequirements({ lines: [requirementLine(input, host.cwd)], options: [], constraints: [] }, { ...fetchOptions(options, { present: false }, host.cwd), withDeps: false, onlyBinary: false }, host);
    if (!built) throw new Failure(`${options.wheel}: no wheel could be built of it`, "Build one, and name that.");
    return wheel({ ...options, wheel: built.path, build: false }, host);
  }
  if (options.build === true) throw new Failure(`${options.wheel}: --build makes a wheel of a source distribution, and this is none`, "Leave --build out, or name a .tar.gz.");
  const renames = options.renames.map(parseRename);
  const given = await acquireWheel(input, options.wheel);
  const renaming = renames.length > 0 ? planRenaming(options.wheel, renames, given) : undefined;
  const unpacked = host.temporaryDirectory("enisle-wheel-");
  const fresh = renaming && host.temporaryDirectory("enisle-renamed-");
  const crew = hireCrew(LARGE_DIRECTORY);
  try {
    const plain = await unpackWheel(input, unpacked);
    refuseStagingNames(unpacked, options.wheel);
    const renamed = renaming && fresh !== undefined ? await renameWheel(options.wheel, { root: unpacked, ...plain }, given, renaming, targetOf(unpacked, options), fresh, crew) : undefined;
    const { root, executable, distribution, name: fileName } = renamed ?? { root: unpacked, executable: plain.executable, distribution: given, name: basename(input) };
    const said = renamed && { name: distribution.metadata.name, modules: Object.fromEntries((renaming?.relocations ?? []).map(({ from, to }) => [from, to])), commands: renamed.commands, data: renamed.data };
    if (renamed && !vendors && !renamed.copies) {
      const target = resolve(host.cwd, options.directory, fileName);
      if (!options.dryRun) await pack(root, target, executable, host);
      return { command: "wheel", result: { wheel: fileName, namespace: null, distributions: [], requires: { removed: [], added: [] }, rewritten: renamed.rewritten, changed: true, ...(said ? { renamed: said } : {}) }, findings: renamed.findings, changes: [], notices: [] };
    }
    const consumer = consumerOf(root, namespaceOf(options.wheel, unpacked, given, options.namespace ?? renamed?.copies?.manifest.namespace, renaming), options);
    const fetching = fetchOptions(options, { present: false }, root);
    const request = { sources: options.sources, requirementFiles: options.requirementFiles.map((file) => resolve(host.cwd, file)), constraints: options.constraints.map((file) => resolve(host.cwd, file)), base: host.cwd };
    let inside: readonly Distribution[] = [];
    const run = await runProject(consumer, { writes: true, diff: false }, crew, host, async (state, basis) => {
      const treat = treatments(consumer, state.manifest, options);
      const arranged = await arrangeSources(request, { consumer, state, basis, treat, options: fetching, acquire: acquirer(fetching, host) });
      const kept = renamed?.copies?.manifest.distributions.filter((entry) => !arranged.named.has(normalisedName(entry.name))) ?? [];
      const distributions = [...arranged.distributions, ...kept.map((entry) => keptDistribution(entry, renamed?.copies?.directory ?? ""))];
      inside = arranged.distributions;
      return { distributions: distributions.map((each) => withoutInstallation(each)), treat, reversed: [], texts: new Map(), current: false, sourceDirectories: [] };
    });
    if (!run.manifest) throw new Error("invariant: something was vendored");
    host.progress("Writing the wheel");
    const { name, removed, added } = finishInfo(root, distribution, inside, run.manifest, fileName);
    const target = resolve(host.cwd, options.directory, name);
    if (!options.dryRun) await pack(root, target, executable, host);
    return {
      command: "wheel",
      result: { wheel: name, namespace: consumer.namespace, distributions: summarise(run, consumer), requires: { removed, added }, rewritten: renamed ? renamed.rewritten : run.project.rewritten, changed: true, ...(said ? { renamed: said } : {}) },
      findings: [...(renamed?.findings ?? []), ...run.findings], changes: [], notices: run.notices,
    };
  } finally {
    for (const directory of [unpacked, fresh]) if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
    await crew.dismiss();
  }
}

/** The unpacked wheel as a project: everything in it is its own. */
function consumerOf(root: string, asked: string, options: WheelOptions): Consumer {
  const bases = [root, ...readdirSync(root).filter((name) => name.endsWith(".data")).flatMap((name) => ["purelib", "platlib"].map((part) => join(root, name, part)))].filter((base) => existsSync(base));
  const roots = bases.map((base) => relative(root, base));
  const packages = findPackages(root, { configuration: { present: false }, project: { name: undefined, requiresPython: undefined, dependencies: [], packageRoots: roots } });
  const namespace = checkNamespace(asked);
  const [top = "", ...rest] = namespace.split(".");
  const holder = packages.find((each) => each.name === top);
  if (!holder || rest.length === 0) throw new Failure(`namespace '${namespace}': the wheel has no package '${top}' for it`, `Its packages are: ${packages.map((each) => each.name).join(", ")}.`);
  return {
    root, namespace, namespaceDirectory: join(holder.directory, ...rest), package: top, packages, configuration: { present: true },
    configuredRoots: roots, dependencies: [], everything: true,
    target: targetOf(root, options),
  };
}

function targetOf(root: string, options: WheelOptions): PythonVersion {
  const metadata = readFileSync(join(root, infoOf(root), "METADATA"), "utf8");
  return options.targetPython ?? lowerBound(/^requires-python:\s*(.*)$/im.exec(metadata)?.[1]) ?? [3, 9];
}

/** What was asked for, else what the wheel suggests; of a renamed wheel by its old name or its new one. */
function namespaceOf(input: string, root: string, given: Distribution, asked: string | undefined, renaming: Renaming | undefined): string {
  const moved = relocationMap(renaming?.relocations ?? []);
  if (asked !== undefined) return moved.apply(asked) ?? asked;
  const points = join(root, infoOf(root), "entry_points.txt");
  const found = defaultNamespace(given.files, given.metadata.name, existsSync(points) ? readFileSync(points, "utf8") : "");
  if ("why" in found) throw new Failure(`${input}: ${found.why}`, "Name one: --namespace PACKAGE._vendor");
  return moved.apply(found.namespace) ?? found.namespace;
}

function infoOf(root: string): string {
  return readdirSync(root).find((name) => name.endsWith(".dist-info")) ?? "";
}

/** METADATA, WHEEL, entry points, licences and SBOM; the new file name. */
function finishInfo(root: string, distribution: Distribution, inside: readonly Distribution[], manifest: Manifest, fileName: string): { name: string; removed: string[]; added: string[] } {
  const info = join(root, infoOf(root));
  const edit = (name: string, change: (text: string) => string): void => {
    const path = join(info, name);
    if (!existsSync(path)) return;
    const before = readFileSync(path).toString("latin1");
    const after = change(before);
    if (after !== before) writeFileSync(path, Buffer.from(after, "latin1"));
  };
  const vendored = new Map(manifest.distributions.map((entry) => [normalisedName(entry.name), entry]));
  for (const line of distribution.metadata.requires) refuseOther(line, vendored);
  const removed = distribution.metadata.requires.filter((line) => vendored.has(parseRequirement(line)?.name ?? ""));
  const added = requiredBy(distribution.metadata.requires, manifest.distributions);
  const licenses = copyLicenses(info, inside);
  edit("METADATA", (text) => rewriteRequires(text, (value) => vendored.has(parseRequirement(value)?.name ?? ""), added, licenses));
  const map = relocationMap(relocationsOf(manifest.distributions));
  edit("entry_points.txt", (text) => rewriteEntryPoints(text, (module) => map.apply(module)));
  const sboms = join(info, "sboms");
  mkdirSync(sboms, { recursive: true });
  writeFileSync(join(sboms, "enisle.cdx.json"), formatSbom(manifest, TOOL, { name: normalisedName(distribution.metadata.name), version: distribution.metadata.version }));
  const own = tagsOf(readFileSync(join(info, "WHEEL"), "utf8"));
  const tags = inside.filter(isCompiled).reduce(narrowed, own);
  if (tags !== own) edit("WHEEL", (text) => rewriteTags(text, tags));
  const stem = /^([^-]+-[^-]+(?:-\d[^-]*)?)-[^-]+-[^-]+-[^-]+\.whl$/.exec(fileName)?.[1] ?? fileName.replace(/\.whl$/, "");
  return { name: tags === own ? fileName : `${stem}-${compressed(tags)}.whl`, removed, added };
}

/** Throws Failure where a requirement does not admit the version that lies inside. */
export function refuseOther(line: string, vendored: ReadonlyMap<string, ManifestDistribution>): void {
  const requirement = parseRequirement(line);
  const entry = vendored.get(requirement?.name ?? "");
  // What only an extra asks for is nothing that the wheel itself requires.
  if (/\bextra\b/.test(requirement?.marker ?? "")) return;
  if (requirement && entry && admits(specifierOf(requirement.text) ?? "", entry.version) === false) {
    throw new Failure(`${entry.name} ${entry.version ?? ""}: the wheel requires ${line.split(";")[0]?.trim() ?? line}`, "Vendor a version that it admits.");
  }
}

export function isCompiled({ files }: Distribution): boolean {
  return files.some((file) => /\.(so|pyd)$/.test(file.path));
}

function narrowed(tags: readonly string[], { metadata, files }: Distribution): string[] {
  const file = files.find((each) => /^[^/]+\.dist-info\/WHEEL$/.test(each.path));
  const theirs = file ? tagsOf(contentOf(file).toString("utf8")) : [];
  if (theirs.length === 0) throw new Failure(`${metadata.name}: has compiled parts and does not say for which systems`, "Vendor it from its wheel.");
  const common = commonTags(tags, theirs);
  if (common.length === 0) throw new Failure(`${metadata.name}: its compiled parts are for ${compressed(theirs)}, and the wheel is for ${compressed(tags)}`, "Vendor a wheel of it for the same system.");
  return common;
}

/** What only an installer needs does not go inside; licences of `.dist-info` go where those of the wheel are (PEP 639), and no file is there twice. */
export function withoutInstallation(distribution: Distribution, keepsLicenses = false): Distribution {
  const goes = (path: string): boolean => /^[^/]+\.dist-info\/(WHEEL|RECORD|INSTALLER|REQUESTED|direct_url\.json)$/.test(path) || (!keepsLicenses && isInfoLicense(distribution, path));
  const licenseFiles = distribution.metadata.licenseFiles.filter((path) => !goes(path));
  const beside = licenseFiles.length < distribution.metadata.licenseFiles.length ? { licensesBeside: true as const } : {};
  return { ...distribution, ...beside, files: distribution.files.filter((file) => !goes(file.path)), metadata: { ...distribution.metadata, licenseFiles } };
}

/** Entries sorted, `.dist-info` last and RECORD last of all, as installers and PEP 427 like it; no clock but SOURCE_DATE_EPOCH. */
async function pack(root: string, target: string, executable: ReadonlySet<string>, host: Host): Promise<void> {
  const { zipSync } = await import("fflate");
  const info = infoOf(root);
  const record = `${info}/RECORD`;
  const paths = listFiles(root, "").filter((path) => path !== record && !/^RECORD\.(jws|p7s)$/.test(path.slice(info.length + 1))).sort((a, b) => Number(a.startsWith(`${info}/`)) - Number(b.startsWith(`${info}/`)) || (a < b ? -1 : 1));
  const files = paths.map((path) => ({ path, content: readFileSync(join(root, path)) }));
  const text = formatRecord(files.map(({ path, content }) => ({ path, digest: createHash("sha256").update(content).digest("base64url"), size: content.length })), record);
  const mtime = timestamp(host);
  const entries = [...files, { path: record, content: Buffer.from(text) }].map(({ path, content }) => {
    const mode = executable.has(path) || (statSync(join(root, path), { throwIfNoEntry: false })?.mode ?? 0) & 0o100 ? 0o100755 : 0o100644;
    return [path, [new Uint8Array(content), { mtime, os: 3, attrs: (mode << 16) >>> 0, level: 9 }]] satisfies [string, ZippableFile];
  });
  try {
    mkdirSync(dirname(target), { recursive: true });
    const fresh = `${target}.${process.pid}`;
    writeFileSync(fresh, zipSync(Object.fromEntries(entries)));
    renameSync(fresh, target);
  } catch (error) {
    throw fileFailure(error, target);
  }
}

/** Zip knows local times from 1980 on; the same fields stand in it on every machine. */
function timestamp(host: Host): Date {
  const utc = new Date(sourceDateEpoch(host) * 1000);
  return new Date(utc.getUTCFullYear(), utc.getUTCMonth(), utc.getUTCDate(), utc.getUTCHours(), utc.getUTCMinutes(), utc.getUTCSeconds());
}

/** Seconds since 1970, never before 1980; that year where the variable is not set. */
export function sourceDateEpoch(host: Host): number {
  const epoch = host.variable("SOURCE_DATE_EPOCH");
  if (epoch !== undefined && !/^\d{1,11}$/.test(epoch)) throw new Failure(`SOURCE_DATE_EPOCH is '${epoch}', which is no number of seconds`, "Set it to seconds since 1970, or not at all.");
  if (Number(epoch ?? 0) >= Date.UTC(2107, 0, 1) / 1000) throw new Failure(`SOURCE_DATE_EPOCH is '${epoch}', later than archives can say`, "Set it to seconds since 1970, before the year 2107.");
  return Math.max(Number(epoch ?? 0), Date.UTC(1980, 0, 1) / 1000);
}

function listFiles(root: string, prefix: string): string[] {
  return readdirSync(join(root, prefix), { withFileTypes: true }).flatMap((entry) => {
    const path = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
    return entry.isDirectory() ? listFiles(root, path) : [path.split(sep).join("/")];
  });
}
