/** The project that owns the namespace: where it is, what it is called, which Python it must run on. */
import { existsSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { type ProjectFile, type ProjectPackage, findPackages, ownPackage, packageRoots, siblingsOf, topLevelsOf } from "../acquire/project.ts";
import { type Configuration, type ProjectFileSettings, readSettings } from "../config/read.ts";
import { Failure } from "../model/failure.ts";
import type { RecordedEdit } from "../model/manifest.ts";
import { type DottedName, moduleOfFile, topLevel } from "../model/name.ts";
import type { Relocation } from "../model/relocation.ts";
import { isPickleName, textFormatOf } from "../model/textFormat.ts";
import { checkNamespace } from "../plan/namespace.ts";
import type { PythonVersion } from "../rewrite/context.ts";
import type { FileJob } from "./fileJob.ts";

export interface Consumer {
  /** Absolute. */
  readonly root: string;
  readonly namespace: DottedName;
  /** Absolute; need not exist. */
  readonly namespaceDirectory: string;
  /** The top-level package that the namespace lies in. */
  readonly package: string;
  readonly packages: readonly ProjectPackage[];
  readonly configuration: Configuration;
  readonly configuredRoots: readonly string[];
  readonly dependencies: readonly string[];
  readonly target: PythonVersion;
  /** It lies in site-packages or the like: modules beside it are not its own. */
  readonly installed?: true;
  /** An unpacked wheel: every file below the root is its own, whatever its directory is called. */
  readonly everything?: true;
  /** Its files, relative to the root with slashes, where they were listed elsewhere. */
  readonly files?: readonly string[];
}

/** What most people run today; used where neither the command line nor the project says. */
const DEFAULT_TARGET: PythonVersion = [3, 9];

export async function findConsumer(root: string, namespaceOption: string | undefined, targetOption: PythonVersion | undefined): Promise<Consumer> {
  if (!existsSync(root) || !statSync(root).isDirectory()) throw new Failure(`${root}: no such directory`, "Name the project's directory with -C DIR.");
  const settings = await readSettings(root);
  const packages = findPackages(root, settings);
  const wanted = namespaceOption ?? settings.configuration.namespace;
  const namespace = checkNamespace(wanted ?? `${ownPackage(packages, settings.project.name, root).name}._vendor`);
  return {
    root,
    namespace,
    namespaceDirectory: directoryOf(root, settings, packages, namespace),
    package: topLevel(namespace),
    packages,
    configuration: settings.configuration,
    configuredRoots: settings.project.packageRoots,
    dependencies: settings.project.dependencies,
    target: targetOption ?? parsePython(settings.configuration["target-python"]) ?? lowerBound(settings.project.requiresPython) ?? DEFAULT_TARGET,
  };
}

function directoryOf(root: string, { project, configuration }: ProjectFileSettings, packages: readonly ProjectPackage[], namespace: DottedName): string {
  const [top = "", ...rest] = namespace.split(".");
  if (rest.length === 0) throw new Failure(`namespace '${namespace}': is a top-level name, and must lie inside a package of the project`, `Use ${namespace}._vendor, or the like.`);
  if (configuration.vendoring && namespace === configuration.namespace) return resolve(root, configuration.vendoring.destination);
  const own = packages.find((candidate) => candidate.name === top)?.directory ?? packageRoots(root, project.packageRoots).map((base) => join(base, top)).find((path) => existsSync(path) && statSync(path).isDirectory());
  if (own === undefined) throw new Failure(`namespace '${namespace}': the project in ${root} has no package '${top}'`, packages.length > 0 ? `Its packages are: ${packages.map((each) => each.name).join(", ")}.` : `Make it (mkdir ${top}; touch ${top}/__init__.py), or name the project's directory with -C DIR.`);
  const parent = join(own, ...rest.slice(0, -1));
  if (!existsSync(parent)) throw new Failure(`namespace '${namespace}': there is no package ${namespace.split(".").slice(0, -1).join(".")} in ${root}`, "Make it first, or use a namespace directly below an existing package.");
  return resolve(parent, rest.at(-1) ?? "");
}

/** Throws Failure unless `text` is like `3.9`. */
export function parsePython(text: string | undefined): PythonVersion | undefined {
  if (text === undefined) return undefined;
  const match = /^([23])\.(\d+)$/.exec(text);
  if (!match) throw new Failure(`'${text}' is no Python version`, "Give major and minor, such as 3.9.");
  return [Number(match[1]), Number(match[2])];
}

/** The oldest Python that `requires-python` admits, as far as its lower bounds say. */
export function lowerBound(requires: string | undefined): PythonVersion | undefined {
  const bounds = [...(requires ?? "").matchAll(/(?:>=?|~=|==|\^)\s*(\d+)(?:\.(\d+))?/g)].map((match): PythonVersion => [Number(match[1]), Number(match[2] ?? 0)]);
  return bounds.sort((a, b) => b[0] - a[0] || b[1] - a[1])[0];
}

/** Top-level names among the relocated ones that the project has modules of its own for: there, they mean those. */
export function provided(consumer: Consumer, relocations: readonly Relocation[]): ReadonlySet<string> {
  if (consumer.installed) return new Set();
  const tops = new Set(relocations.map(({ from }) => topLevel(from)).filter((top) => !relocations.some(({ from }) => from.startsWith(`${top}.`))));
  return new Set([...tops].filter(topLevelsOf(consumer.root, consumer.configuredRoots)));
}

function textOf({ path }: ProjectFile): Pick<FileJob, "content"> {
  if (isPickleName(path)) return { content: { kind: "pickle", stays: true } };
  const format = textFormatOf(basename(path));
  return format ? { content: { kind: "text", format } } : {};
}

/** Whether a file of the project is no Python source. */
export function isDataFile({ path }: ProjectFile): boolean {
  return isPickleName(path) || textFormatOf(basename(path)) !== undefined;
}

/** `files` are Python sources, data files and pickles; `recorded` are the edits, by path, that lead back to what the file was before an earlier run rewrote it. */
export function projectJobs(files: readonly ProjectFile[], stage: string | undefined, target: PythonVersion, recorded: ReadonlyMap<string, readonly RecordedEdit[]> = new Map()): FileJob[] {
  return files.map((file, index) => ({
    label: file.path,
    locator: recorded.has(file.path) ? { kind: "relocated", path: file.real, edits: recorded.get(file.path) ?? [] } : { kind: "file", path: file.real },
    size: file.size,
    executable: false,
    record: undefined,
    sha256: undefined,
    distribution: undefined,
    ...textOf(file),
    place: isDataFile(file) ? undefined : { module: moduleOfFile(file.package, basename(file.path)), package: file.package, stub: file.path.endsWith(".pyi"), siblings: target[0] < 3 ? siblingsOf(file.real) : [] },
    map: 1,
    target: stage === undefined ? undefined : join(stage, String(index)),
    inPlace: true,
  }));
}
