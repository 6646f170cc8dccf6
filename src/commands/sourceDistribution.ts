/**
 * `enisle wheel` on a source distribution: the same in its tree, packed again. Every build backend has its own idea of what belongs into a wheel, so
 * that none is configured: a backend in the tree calls the project's own, and adds the copies to the wheel that it makes.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { makeDirectory } from "../host/makeDirectory.ts";
import { findPackages, ownPackage } from "../acquire/project.ts";
import { type UnpackedSdist, unpackSdist } from "../acquire/sdist.ts";
import { readStaticTree } from "../acquire/staticTree.ts";
import { addToArray, editArray, withoutKey } from "../config/editText.ts";
import { readSettings, readToml } from "../config/read.ts";
import type { Host } from "../host/host.ts";
import { formatSbom } from "../manifest/sbom.ts";
import { type Distribution, normalisedName } from "../model/distribution.ts";
import { Failure, fileFailure } from "../model/failure.ts";
import type { Manifest } from "../model/manifest.ts";
import type { Outcome, WheelResult } from "../model/outcome.ts";
import { parseRequirement } from "../plan/requirements.ts";
import { requiredBy } from "../plan/wheelRequires.ts";
import { TOOL } from "../version.ts";
import { type BuildSystem, buildSystemOf, withBackend } from "../wheel/buildSystem.ts";
import { rewriteRequires } from "../wheel/rewriteMetadata.ts";
import { requirementsOfEggInfo, rewriteEggInfo, rewriteSetupCfg } from "../wheel/setupRequires.ts";
import { makeTarball } from "../wheel/tarball.ts";
import { refuseStagingNames } from "../write/transaction.ts";
import { acquirer, arrangeSources } from "./arrange.ts";
import { type Consumer, findConsumer, lowerBound } from "./consumer.ts";
import { fetchOptions } from "./fetchSettings.ts";
import { runProject } from "./projectRun.ts";
import { LARGE_DIRECTORY, hireCrew } from "./runJobs.ts";
import { treatments } from "./treatment.ts";
import { summarise } from "./vendor.ts";
import { type WheelOptions, isCompiled, refuseOther, sourceDateEpoch, withoutInstallation } from "./wheel.ts";

/** Directory of the backend in the tree; a leading underscore keeps it out of what setuptools finds by itself. */
const HOOK_DIRECTORY = "_enisle";
const HOOK = "enisle_build";

type Table = Readonly<Record<string, unknown>>;

export async function relocateSdist(options: WheelOptions, host: Host): Promise<Outcome<WheelResult>> {
  const directory = host.temporaryDirectory("enisle-sdist-");
  const crew = hireCrew(LARGE_DIRECTORY);
  try {
    const unpacked = unpackSdist(resolve(host.cwd, options.wheel), options.wheel, directory);
    const { root, metadata } = unpacked;
    refuseStagingNames(root, options.wheel);
    const known = await requirementsOf(unpacked);
    const found = await consumerOf(unpacked, options);
    // What the project's own tool vendored is the project's: nothing of it may go because something comes.
    const { vendoring: _, ...configuration } = found.configuration;
    const consumer: Consumer = { ...found, configuration, dependencies: known ?? [] };
    const fetching = fetchOptions(options, { present: false }, root);
    const request = { sources: options.sources, requirementFiles: options.requirementFiles.map((file) => resolve(host.cwd, file)), constraints: options.constraints.map((file) => resolve(host.cwd, file)), base: host.cwd };
    let inside: readonly Distribution[] = [];
    const run = await runProject(consumer, { writes: true, diff: false }, crew, withoutGit(host), async (state, basis) => {
      const treat = treatments(consumer, state.manifest, options);
      const { distributions } = await arrangeSources(request, { consumer, state, basis, treat, options: fetching, acquire: acquirer(fetching, host) });
      inside = distributions;
      return { distributions: distributions.map((each) => withoutInstallation(each, true)), treat, reversed: [], texts: new Map(), current: false, sourceDirectories: [] };
    });
    if (!run.manifest) throw new Error("invariant: something was vendored");
    const compiled = inside.find(isCompiled);
    if (compiled) throw new Failure(`${compiled.metadata.name}: has compiled parts, which are for one system, and a source distribution is for all`, "Vendor a pure version of it; or use --build, which makes a wheel for this system.");
    host.progress("Writing the source distribution");
    const requires = await finish(unpacked, consumer, known ?? [], run.manifest, options.wheel);
    const stem = `${normalisedName(metadata.name).replaceAll("-", "_")}-${metadata.version}`;
    const name = `${stem}.tar.gz`;
    if (!options.dryRun) await pack(unpacked, stem, resolve(host.cwd, options.directory, name), host);
    return {
      command: "wheel",
      result: { wheel: name, namespace: consumer.namespace, distributions: summarise(run, consumer), requires, rewritten: run.project.rewritten, changed: true },
      findings: run.findings, changes: [],
      notices: [...run.notices, ...(known ? [] : ["what it requires is known only when it is built: what lies inside is taken out then"])],
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
    await crew.dismiss();
  }
}

/** The tree lies in some directory that may be a repository's, which says nothing of it. */
function withoutGit(host: Host): Host {
  return { ...host, run: () => undefined };
}

/** The unpacked tree as a project. Messages name the archive, not the directory that it was unpacked into. */
async function consumerOf({ root, metadata, text }: UnpackedSdist, options: WheelOptions): Promise<Consumer> {
  try {
    const settings = await readSettings(root);
    const namespace = options.namespace ?? settings.configuration.namespace ?? `${ownPackage(findPackages(root, settings), metadata.name, root).name}._vendor`;
    const bound = lowerBound(/^requires-python:\s*(.*)$/im.exec(text.split(/\r?\n\r?\n/)[0] ?? "")?.[1]);
    return await findConsumer(root, namespace, options.targetPython ?? bound);
  } catch (error) {
    if (error instanceof Failure) throw new Failure(error.message.replaceAll(root, options.wheel), error.wayOut.replaceAll(root, options.wheel));
    throw error;
  }
}

/** What it requires, as its PKG-INFO, `.egg-info` or configuration says; undefined where only a build tells. */
async function requirementsOf({ root, metadata, text }: UnpackedSdist): Promise<readonly string[] | undefined> {
  if (metadata.requires.length > 0 || isStatic(text)) return metadata.requires;
  const listed = eggInfos(root).map((info) => join(info, "requires.txt")).find((path) => existsSync(path));
  if (listed !== undefined) return requirementsOfEggInfo(readFileSync(listed, "utf8"));
  const known = await readStaticTree(root, () => []);
  return known?.requires ?? (eggInfos(root).length > 0 ? [] : undefined);
}

/** PEP 643: from version 2.2 on what is not declared dynamic is what every wheel will say. */
function isStatic(text: string): boolean {
  const version = /^metadata-version:\s*(\d+)\.(\d+)/im.exec(text);
  return version !== null && (Number(version[1]) > 2 || Number(version[2]) >= 2) && !/^dynamic:\s*requires-dist\s*$/im.test(text.split(/\r?\n\r?\n/)[0] ?? "");
}

/** Directories that setuptools keeps its metadata in: beside the packages. */
function eggInfos(root: string): string[] {
  return [root, join(root, "src"), join(root, "lib")].filter((base) => existsSync(base)).flatMap((base) => readdirSync(base).filter((name) => name.endsWith(".egg-info") && existsSync(join(base, name, "PKG-INFO"))).map((name) => join(base, name)));
}

/** Metadata, requirements and the backend. */
async function finish(unpacked: UnpackedSdist, consumer: Consumer, known: readonly string[], manifest: Manifest, shown: string): Promise<{ removed: string[]; added: string[] }> {
  const { root, metadata } = unpacked;
  const vendored = new Map(manifest.distributions.map((entry) => [normalisedName(entry.name), entry]));
  for (const line of known) refuseOther(line, vendored);
  const drops = (line: string): boolean => vendored.has(parseRequirement(line)?.name ?? "");
  const added = requiredBy(known, manifest.distributions);
  const edit = (path: string, change: (text: string) => string): void => {
    if (!existsSync(path)) return;
    const before = readFileSync(path).toString("utf8");
    const after = change(before);
    if (after !== before) writeFileSync(path, after);
  };
  for (const path of [join(root, "PKG-INFO"), ...eggInfos(root).map((info) => join(info, "PKG-INFO"))]) edit(path, (text) => (isStatic(text) || /^requires-dist:/im.test(text) ? rewriteRequires(text, drops, added, []) : text));
  for (const info of eggInfos(root)) edit(join(info, "requires.txt"), (text) => rewriteEggInfo(text, drops, added));
  edit(join(root, "setup.cfg"), (text) => rewriteSetupCfg(text, drops, added));
  const system = await editPyproject(root, drops, added, shown);
  const hook = join(root, HOOK_DIRECTORY);
  const settings = join(hook, `${HOOK}.json`);
  // A tree that has copies inside already has the backend too.
  const before = system.backend === HOOK && existsSync(settings) ? (JSON.parse(readFileSync(settings, "utf8")) as { readonly backend: string; readonly added: readonly string[] }) : undefined;
  const adds = [...new Set([...(before?.added ?? []).filter((line) => !drops(line)), ...added])].sort();
  mkdirSync(hook, { recursive: true });
  writeFileSync(join(hook, `${HOOK}.py`), readFileSync(hookFile()));
  writeFileSync(settings, `${JSON.stringify({ backend: before?.backend ?? system.backend, package: consumer.namespace.replaceAll(".", "/"), directory: relative(root, consumer.namespaceDirectory).split(sep).join("/"), inside: [...vendored.keys()].sort(), added: adds }, undefined, 2)}\n`);
  writeFileSync(join(hook, "enisle.cdx.json"), formatSbom(manifest, TOOL, { name: normalisedName(metadata.name), version: metadata.version }));
  return { removed: known.filter(drops), added };
}

function hookFile(): string {
  const found = [`./${HOOK}.py`, `../wheel/${HOOK}.py`].map((path) => fileURLToPath(new URL(path, import.meta.url))).find((path) => existsSync(path));
  if (found === undefined) throw new Error(`invariant: ${HOOK}.py is shipped`);
  return found;
}

/** `[project]` without what lies inside, and our backend in front. Throws Failure where the file is written in a way that cannot be edited. */
async function editPyproject(root: string, drops: (line: string) => boolean, added: readonly string[], shown: string): Promise<BuildSystem> {
  const path = join(root, "pyproject.toml");
  const table = existsSync(path) ? await readToml(path) : {};
  const system = buildSystemOf(table["build-system"] as Table | undefined);
  const paths = [HOOK_DIRECTORY, ...system.backendPath.filter((each) => each !== HOOK_DIRECTORY)];
  let text = withBackend(existsSync(path) ? readFileSync(path, "utf8") : "", system, HOOK, paths);
  const project = record(table["project"]);
  const dynamic = [project["dynamic"]].flat();
  for (const line of strings(project["dependencies"]).filter(drops)) text &&= editArray(text, "project", "dependencies", line, undefined);
  for (const [extra, list] of Object.entries(record(project["optional-dependencies"]))) {
    for (const line of strings(list).filter(drops)) text &&= editArray(text, "project.optional-dependencies", extra, line, undefined);
  }
  const adds = "project" in table && !dynamic.includes("dependencies") ? added.filter((line) => !strings(project["dependencies"]).includes(line)) : [];
  for (const line of adds) text &&= addToArray(text, "project", "dependencies", line);
  if (text === undefined) throw unknown(shown);
  const poetry = record(record(record(table["tool"])["poetry"])["dependencies"]);
  for (const name of Object.keys(poetry).filter(drops)) text = withoutKey(text, "tool.poetry.dependencies", name);
  writeFileSync(path, text);
  const now = await readToml(path).catch(() => undefined);
  const extras = Object.fromEntries(Object.entries(record(project["optional-dependencies"])).map(([extra, list]) => [extra, strings(list).filter((line) => !drops(line))]));
  const expected = {
    ...table, ...("tool" in table ? { tool: withPoetry(record(table["tool"]), (name) => !drops(name)) } : {}), "build-system": { ...record(table["build-system"]), requires: system.requires, "build-backend": HOOK, "backend-path": paths },
    ...("project" in table ? { project: { ...project, ...("dependencies" in project || adds.length > 0 ? { dependencies: [...strings(project["dependencies"]).filter((line) => !drops(line)), ...adds] } : {}), ...("optional-dependencies" in project ? { "optional-dependencies": extras } : {}) } } : {}),
  };
  if (!now || stable(now) !== stable(expected)) throw unknown(shown);
  return system;
}

/** The table of Poetry without the dependencies that go. */
function withPoetry(tool: Table, stays: (name: string) => boolean): Table {
  const poetry = record(tool["poetry"]);
  if (!("dependencies" in poetry)) return tool;
  return { ...tool, poetry: { ...poetry, dependencies: Object.fromEntries(Object.entries(record(poetry["dependencies"])).filter(([name]) => stays(name))) } };
}

function unknown(shown: string): Failure {
  return new Failure(`${shown}: its pyproject.toml is written in a way that cannot be edited`, "Write [build-system] and the lists of [project] as tables of their own and plain strings; or use --build.");
}

/** Text that is the same for the same content, in whatever order its keys stand. */
function stable(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) => (typeof each === "bigint" ? String(each) : typeof each === "object" && each !== null && !Array.isArray(each) && Object.getPrototypeOf(each) !== Date.prototype ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1))) : each));
}

function record(value: unknown): Table {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Table) : {};
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}

async function pack({ root, executable }: UnpackedSdist, stem: string, target: string, host: Host): Promise<void> {
  const { gzipSync } = await import("fflate");
  const list = (prefix: string): string[] => readdirSync(join(root, prefix), { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? list(`${prefix}${entry.name}/`) : [`${prefix}${entry.name}`]));
  const files = list("").map((path) => ({ path: `${stem}/${path}`, content: readFileSync(join(root, path)), executable: executable.has(path) }));
  const packed = gzipSync(makeTarball(files, sourceDateEpoch(host)), { level: 9, mtime: 0 });
  packed[9] = 255; // no operating system: the same bytes on each
  try {
    makeDirectory(dirname(target));
    const fresh = `${target}.${process.pid}`;
    writeFileSync(fresh, packed);
    renameSync(fresh, target);
  } catch (error) {
    throw fileFailure(error, target);
  }
}
