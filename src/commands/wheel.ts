/** `enisle wheel`: a built wheel in, a self-contained one out, with copies of what it needs inside. The same bytes each time. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import type { ZippableFile } from "fflate";
import { contentOf } from "../acquire/content.ts";
import { findPackages } from "../acquire/project.ts";
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
import { requiredBy } from "../plan/wheelRequires.ts";
import { copyLicenses, isInfoLicense } from "./wheelLicenses.ts";

export interface WheelOptions extends FetchFlags {
  /** As typed. */
  readonly wheel: string;
  readonly sources: readonly string[];
  /** Where the result goes; made when it is not there. */
  readonly directory: string;
  readonly namespace: string | undefined;
  readonly targetPython: PythonVersion | undefined;
  readonly requirementFiles: readonly string[];
  readonly constraints: readonly string[];
  readonly drop: readonly string[];
  readonly keep: readonly string[];
  readonly dryRun: boolean;
}

export async function wheel(options: WheelOptions, host: Host): Promise<Outcome<WheelResult>> {
  const input = resolve(host.cwd, options.wheel);
  if (options.sources.length === 0 && options.requirementFiles.length === 0) throw new Failure("nothing to vendor was named", "Name it: enisle wheel IN.whl --vendor SOURCE -w DIR");
  const distribution = await acquireWheel(input, options.wheel);
  const root = host.temporaryDirectory("enisle-wheel-");
  const crew = hireCrew(LARGE_DIRECTORY);
  try {
    const { executable } = await unpackWheel(input, root);
    const consumer = consumerOf(root, distribution, options);
    const fetching = fetchOptions(options, { present: false }, root);
    const request = { sources: options.sources, requirementFiles: options.requirementFiles.map((file) => resolve(host.cwd, file)), constraints: options.constraints.map((file) => resolve(host.cwd, file)), base: host.cwd };
    let inside: readonly Distribution[] = [];
    const run = await runProject(consumer, { writes: true, diff: false }, crew, host, async (state, basis) => {
      const treat = treatments(consumer, state.manifest, options);
      const { distributions } = await arrangeSources(request, { consumer, state, basis, treat, options: fetching, acquire: acquirer(fetching, host) });
      inside = distributions;
      return { distributions: distributions.map(withoutInstallation), treat, reversed: [], texts: new Map(), current: false, sourceDirectories: [] };
    });
    if (!run.manifest) throw new Error("invariant: something was vendored");
    host.progress("Writing the wheel");
    const { name, removed, added } = finishInfo(root, distribution, inside, run.manifest, basename(input));
    const target = resolve(host.cwd, options.directory, name);
    if (!options.dryRun) await pack(root, target, executable, host);
    return {
      command: "wheel",
      result: { wheel: name, namespace: consumer.namespace, distributions: summarise(run, consumer), requires: { removed, added }, rewritten: run.project.rewritten, changed: true },
      findings: run.findings, changes: [], notices: run.notices,
    };
  } finally {
    rmSync(root, { recursive: true, force: true });
    await crew.dismiss();
  }
}

/** The unpacked wheel as a project: everything in it is its own. */
function consumerOf(root: string, distribution: Distribution, options: WheelOptions): Consumer {
  const bases = [root, ...readdirSync(root).filter((name) => name.endsWith(".data")).flatMap((name) => ["purelib", "platlib"].map((part) => join(root, name, part)))].filter((base) => existsSync(base));
  const roots = bases.map((base) => relative(root, base));
  const packages = findPackages(root, { configuration: { present: false }, project: { name: undefined, requiresPython: undefined, dependencies: [], packageRoots: roots } });
  const wanted = distribution.metadata.name.replace(/[-.]+/g, "_").toLowerCase();
  const own = packages.find((each) => each.name.toLowerCase() === wanted) ?? (packages.length === 1 ? packages[0] : undefined);
  if (options.namespace === undefined && !own) throw new Failure(`${options.wheel}: ${packages.length === 0 ? "holds no package for a namespace" : `holds several packages (${packages.map((each) => each.name).join(", ")})`}`, "Name one: --namespace PACKAGE._vendor");
  const namespace = checkNamespace(options.namespace ?? `${own?.name ?? ""}._vendor`);
  const [top = "", ...rest] = namespace.split(".");
  const holder = packages.find((each) => each.name === top);
  if (!holder || rest.length === 0) throw new Failure(`namespace '${namespace}': the wheel has no package '${top}' for it`, `Its packages are: ${packages.map((each) => each.name).join(", ")}.`);
  const metadata = readFileSync(join(root, infoOf(root), "METADATA"), "utf8");
  return {
    root, namespace, namespaceDirectory: join(holder.directory, ...rest), package: top, packages, configuration: { present: true },
    configuredRoots: roots, dependencies: [], everything: true,
    target: options.targetPython ?? lowerBound(/^requires-python:\s*(.*)$/im.exec(metadata)?.[1]) ?? [3, 9],
  };
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

function refuseOther(line: string, vendored: ReadonlyMap<string, ManifestDistribution>): void {
  const requirement = parseRequirement(line);
  const entry = vendored.get(requirement?.name ?? "");
  // What only an extra asks for is nothing that the wheel itself requires.
  if (/\bextra\b/.test(requirement?.marker ?? "")) return;
  if (requirement && entry && admits(specifierOf(requirement.text) ?? "", entry.version) === false) {
    throw new Failure(`${entry.name} ${entry.version ?? ""}: the wheel requires ${line.split(";")[0]?.trim() ?? line}`, "Vendor a version that it admits.");
  }
}

function isCompiled({ files }: Distribution): boolean {
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
function withoutInstallation(distribution: Distribution): Distribution {
  const goes = (path: string): boolean => /^[^/]+\.dist-info\/(WHEEL|RECORD|INSTALLER|REQUESTED|direct_url\.json)$/.test(path) || isInfoLicense(distribution, path);
  return { ...distribution, files: distribution.files.filter((file) => !goes(file.path)), metadata: { ...distribution.metadata, licenseFiles: distribution.metadata.licenseFiles.filter((path) => !goes(path)) } };
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
  const epoch = host.variable("SOURCE_DATE_EPOCH");
  if (epoch === undefined) return new Date(1980, 0, 1);
  if (!/^\d+$/.test(epoch)) throw new Failure(`SOURCE_DATE_EPOCH is '${epoch}', which is no number of seconds`, "Set it to seconds since 1970, or not at all.");
  const utc = new Date(Math.max(Number(epoch) * 1000, Date.UTC(1980, 0, 1)));
  return new Date(utc.getUTCFullYear(), utc.getUTCMonth(), utc.getUTCDate(), utc.getUTCHours(), utc.getUTCMinutes(), utc.getUTCSeconds());
}

function listFiles(root: string, prefix: string): string[] {
  return readdirSync(join(root, prefix), { withFileTypes: true }).flatMap((entry) => {
    const path = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
    return entry.isDirectory() ? listFiles(root, path) : [path.split(sep).join("/")];
  });
}
