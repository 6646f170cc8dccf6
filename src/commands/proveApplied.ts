/** After `plan --apply`: what the one line installs, in an environment that goes away again, and `check --together` on it. */
import { cpSync, existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { parseRecord } from "../acquire/metadata.ts";
import { redact } from "../acquire/redact.ts";
import type { Host } from "../host/host.ts";
import type { CheckResult } from "../model/checkResult.ts";
import { normalisedName } from "../model/distribution.ts";
import { parseManifest } from "../manifest/read.ts";
import { Failure } from "../model/failure.ts";
import { type Finding, finding } from "../model/finding.ts";
import type { PlannedProject } from "../model/planDetails.ts";
import { MANIFEST_NAME, type Manifest } from "../model/manifest.ts";
import { topLevel } from "../model/name.ts";
import { findTopLevels } from "../plan/topLevels.ts";
import { check } from "./check.ts";
import { findManifests } from "./findManifests.ts";
import { words } from "./planInstall.ts";

export interface Proof {
  readonly findings: readonly Finding[];
  readonly notices: readonly string[];
  readonly checked: CheckResult | undefined;
}

export interface Applied {
  readonly projects: readonly PlannedProject[];
  /** As it is printed. */
  readonly install: string;
  /** Directories of what the system provides, as typed. */
  readonly system: readonly string[];
  /** How Python is run. */
  readonly python: readonly string[];
}

/** Seconds for one module. */
const PATIENCE = 30;

export async function proveApplied(applied: Applied, host: Host): Promise<Proof> {
  const environment = host.temporaryDirectory("enisle-proof-");
  host.progress("Making an environment to check in");
  const made = await run(host, applied.python, ["-m", "venv", "--without-pip", environment]);
  if (made?.status !== 0) return unproven(`no environment could be made to check in: ${lastLines(made)}`);
  const python = join(environment, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
  const site = sitePackages(environment);
  writeFileSync(join(site, "system.pth"), applied.system.map((directory) => `${resolve(host.cwd, directory)}\n`).join(""));
  const line = words(applied.install);
  const rest = line.slice(line.indexOf("install") + 1);
  host.progress("Installing it all into an environment of its own");
  const trees = applied.projects.filter(({ kind }) => kind === "tree");
  const notices: string[] = [];
  const copies = host.temporaryDirectory("enisle-trees-");
  const failed = await install(rest.flatMap((word) => (word === "-e" ? [] : [copied(word, trees, copies)])), applied, python, host);
  if (failed !== undefined && /no such option: --python/.test(failed)) return unproven("pip is too old to install into an environment other than its own: 22.3 and newer do");
  if (failed !== undefined) {
    // A source tree has to be built, for which this environment may lack what the system has: it is imported from where it lies.
    const without = rest.filter((word) => word !== "-e" && !trees.some(({ asked }) => isTree(word, asked)));
    const again = without.length === rest.length ? failed : await install(without, applied, python, host);
    if (again !== undefined) return { findings: [finding("install-failed", `the install line fails: ${again}`)], notices, checked: undefined };
    notices.push(`the source trees could not be built where it was checked, and were imported from where they lie: ${failed}`);
  }
  const left = failed === undefined ? trees.flatMap((tree) => leftOut(tree, site)) : [];
  if (left.length > 0) return { findings: left, notices, checked: undefined };
  // Without its manifest a package that was installed cannot tell what its copies are: the tree can.
  const tells = (project: PlannedProject): boolean => failed === undefined && (project.path === undefined || findManifestsBelow(project.path).every(({ manifest }) => existsSync(join(site, manifest.namespace.replaceAll(".", "/"), MANIFEST_NAME))));
  const together = applied.projects.flatMap((project) => rootOf(project, site, project.kind !== "tree" || tells(project)) ?? []);
  if (together.length === 0) return { findings: [], notices, checked: undefined };
  try {
    const { result, findings } = await check({ project: host.cwd, roots: [], pythons: [python], together, upstream: undefined, timeout: PATIENCE }, host);
    return { checked: withoutPlace(result), notices, findings: findings.map((each) => shortened(each, site)) };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { ...unproven(error.message.replaceAll(`${site}/`, "")), notices };
  }
}

function unproven(message: string): Proof {
  return { findings: [finding("not-proven", message)], notices: [], checked: undefined };
}

function run(host: Host, command: readonly string[], args: readonly string[]): ReturnType<Host["execute"]> {
  const [program = "", ...first] = command;
  return host.execute(program, [...first, ...args], { cwd: host.cwd, environment: { PIP_DISABLE_PIP_VERSION_CHECK: "1", PIP_NO_INPUT: "1", PIP_NO_COLOR: "1", PIP_PROGRESS_BAR: "off", PIP_ROOT_USER_ACTION: "ignore", PIP_REQUIRE_VIRTUALENV: "0" } });
}

/** Undefined when it went well; else pip's last words. */
async function install(args: readonly string[], { python }: Applied, target: string, host: Host): Promise<string | undefined> {
  if (!args.some((word) => !word.startsWith("-"))) return undefined;
  const done = await run(host, python, ["-m", "pip", "--python", target, "install", "-q", ...args]);
  return done?.status === 0 ? undefined : lastLines(done);
}

function lastLines(done: Awaited<ReturnType<Host["execute"]>>): string {
  const lines = redact(`${done?.stdout ?? ""}\n${done?.stderr ?? ""}`).split("\n").map((line) => line.trim()).filter((line) => line !== "");
  const errors = lines.filter((line) => /error/i.test(line));
  return (errors.length > 0 ? errors.slice(0, 2) : lines.slice(-2)).join(" ") || "it said nothing";
}

function sitePackages(environment: string): string {
  const posix = join(environment, "lib");
  const version = existsSync(posix) ? readdirSync(posix).find((name) => /^(python|pypy)\d/.test(name)) : undefined;
  return version === undefined ? join(environment, "Lib", "site-packages") : join(posix, version, "site-packages");
}

function isTree(word: string, asked: string): boolean {
  return word === asked || word === `./${asked}`;
}

/** Builds write into the tree that they build: that is done to a copy of it. */
function copied(word: string, trees: readonly PlannedProject[], copies: string): string {
  const index = trees.findIndex(({ asked }) => isTree(word, asked));
  const path = trees[index]?.path;
  if (path === undefined) return word;
  const copy = join(copies, String(index), basename(path));
  cpSync(path, copy, { recursive: true, filter: (source) => basename(source) !== "node_modules" && !existsSync(join(source, "pyvenv.cfg")) });
  return copy;
}

const MOST_NAMED = 5;

/** A tree whose copies are not, or not wholly, in what its build makes of it. What only tells of them does not keep the program from running. */
function leftOut({ asked, path, name }: PlannedProject, site: string): Finding[] {
  if (path === undefined || name === undefined) return [];
  return findManifestsBelow(path).flatMap(({ manifest, directory }) => {
    const inside = join(site, manifest.namespace.replaceAll(".", "/"));
    const files = [...manifest.generated, ...manifest.distributions.flatMap((entry) => entry.files)].map((file) => file.path).filter((file) => !/^[^/]+\.(?:dist|egg)-info\/|\.pyi$|(^|\/)py\.typed$/.test(file));
    const missing = files.filter((file) => !existsSync(join(inside, file)));
    if (missing.length === 0) return [];
    const rest = missing.length - MOST_NAMED;
    const what = missing.length === files.length ? "all of it" : `${missing.slice(0, MOST_NAMED).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
    return [finding("copies-not-installed", `${asked}: what its build installs lacks files of ${directory}: ${what}`, { path: `${asked.replace(/\/$/, "")}/pyproject.toml` })];
  });
}

function findManifestsBelow(root: string): { readonly manifest: Manifest; readonly directory: string }[] {
  try {
    return findManifests([root]).filter(({ bare }) => !bare).map(({ path }) => ({ manifest: parseManifest(readFileSync(join(path, MANIFEST_NAME), "utf8"), path), directory: relative(root, path) }));
  } catch (error) {
    if (error instanceof Failure) return []; // nothing was vendored there
    throw error;
  }
}

/** What `check --together` is given: the package that was installed, or the tree; nothing for mere requirements. */
function rootOf({ kind, path, name }: PlannedProject, site: string, treesInstalled: boolean): string[] | undefined {
  if (kind === "tree" && path !== undefined && (!treesInstalled || name === undefined)) return [path];
  if (kind === "requirements" || name === undefined) return undefined;
  const directory = kind === "installed" && path !== undefined ? join(path, path.endsWith("-info") ? ".." : ".") : site;
  const info = readdirSync(directory).find((each) => each.endsWith(".dist-info") && normalisedName(each.split("-")[0] ?? "") === normalisedName(name));
  const record = info === undefined ? undefined : join(directory, info, "RECORD");
  if (record === undefined || !existsSync(record)) return undefined;
  const files = parseRecord(readFileSync(record, "utf8")).map((row) => ({ path: row.path, size: 0, executable: false, locator: { kind: "file", path: "" } as const, record: undefined }));
  const { moving } = findTopLevels({ files, namespaceInits: new Set() });
  const manifest = files.find((file) => basename(file.path) === MANIFEST_NAME)?.path.split("/")[0];
  const tops = [...new Set(moving.map(topLevel))];
  // Of a namespace package that others have parts in too, the part.
  const top = manifest ?? tops.find((each) => normalisedName(each) === normalisedName(name)) ?? tops[0];
  const [only, ...more] = moving.filter((each) => topLevel(each) === top);
  const own = manifest ?? (more.length === 0 ? only : top);
  if (own === undefined) return undefined;
  const full = join(directory, own.replaceAll(".", "/"));
  return existsSync(full) ? [full] : existsSync(`${full}.py`) ? [`${full}.py`] : undefined;
}

/** The environment is gone when somebody reads it. */
function shortened(each: Finding, site: string): Finding {
  const message = each.message.replaceAll(`${site}/`, "");
  return { ...each, message, ...(each.path === undefined ? {} : { path: inEnvironment(each.path) }) };
}

function inEnvironment(path: string): string {
  const at = path.indexOf("/site-packages/");
  return at < 0 || !path.includes("enisle-proof-") ? path : path.slice(at + "/site-packages/".length);
}

function withoutPlace(result: CheckResult): CheckResult {
  const { together } = result;
  return {
    ...result,
    namespaces: result.namespaces.map((each) => ({ ...each, path: inEnvironment(each.path) })),
    ...(together ? { together: { ...together, projects: together.projects.map((each) => ({ ...each, path: inEnvironment(each.path) })) } } : {}),
  };
}
