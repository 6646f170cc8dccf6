/** `enisle wheel --rename`: an unpacked wheel into another directory, under another name: modules, what names them, commands, data files, metadata. */
import { createHash } from "node:crypto";
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { isStandardLibrary } from "../inspect/standardLibrary.ts";
import { parseManifest } from "../manifest/read.ts";
import { type Distribution } from "../model/distribution.ts";
import { Failure } from "../model/failure.ts";
import { type Finding, byPlace, finding } from "../model/finding.ts";
import { MANIFEST_NAME, type Manifest } from "../model/manifest.ts";
import { parent } from "../model/name.ts";
import { RENAME_RECORD, type RenameRecord } from "../model/renameRecord.ts";
import { type RelocationMap, relocationMap } from "../model/relocation.ts";
import { textFormatOf } from "../model/textFormat.ts";
import { layOut } from "../plan/layout.ts";
import { type Renaming, apart, commandName, renamedPath } from "../plan/renaming.ts";
import { moduleNameOf } from "../plan/topLevels.ts";
import type { PythonVersion } from "../rewrite/context.ts";
import { TOOL } from "../version.ts";
import { type InfoNames, type RenamedEntryPoints, renameEntryPoints, renameFile, renameLines, renameMetadata } from "../wheel/renameInfo.ts";
import { copyJobs, inventoryOfCopies } from "./copies.ts";
import { type FileJob, type FileResult, defaultReferences } from "./fileJob.ts";
import { scannerOnly } from "./readers.ts";
import type { Readers } from "../syntax/readFacts.ts";
import { undoingEdits } from "../patch/merge.ts";
import { undo } from "../rewrite/applyEdits.ts";
import { findNamesLeft, withDataPaths } from "./namesLeft.ts";
import type { Crew } from "./runJobs.ts";

export interface UnpackedWheel {
  /** Absolute. */
  readonly root: string;
  /** Every file, with slashes. */
  readonly paths: readonly string[];
  readonly executable: ReadonlySet<string>;
}

export interface RenamedWheel extends UnpackedWheel {
  /** Of the file. */
  readonly name: string;
  readonly distribution: Distribution;
  /** Copies that lay inside, with the directory in which they still do; they are to be made anew. */
  readonly copies: { readonly manifest: Manifest; readonly directory: string } | undefined;
  readonly rewritten: number;
  readonly commands: Readonly<Record<string, string>>;
  readonly data: Readonly<Record<string, string>>;
  readonly findings: readonly Finding[];
}

/** `into` is an empty directory. Throws Failure where the wheel cannot be called so. */
export async function renameWheel(input: string, wheel: UnpackedWheel, distribution: Distribution, renaming: Renaming, target: PythonVersion, into: string, crew: Crew): Promise<RenamedWheel> {
  refuseModules(input, distribution, renaming);
  const info = wheel.paths.find((path) => /^[^/]+\.dist-info\/METADATA$/.test(path))?.split("/")[0] ?? "";
  const stem = info.slice(0, -".dist-info".length);
  const copies = copiesIn(input, wheel);
  const map = relocationMap(renaming.relocations);
  const names: InfoNames = { distribution: renaming.distribution, module: (name) => map.apply(name), command: (name) => commandName(name, renaming) };
  const entryPoints = existsSync(join(wheel.root, info, "entry_points.txt")) ? renameEntryPoints(read(wheel.root, `${info}/entry_points.txt`), names) : undefined;

  const places = wheel.paths.filter((path) => !copies?.inside(path) && !/^RECORD(\.jws|\.p7s)?$/.test(path.slice(info.length + 1))).map((path) => placeOf(path, info, stem, renaming, distribution.namespaceInits));
  refuseMeeting(input, places);
  const jobs = jobsFor(places, wheel, distribution, target, into, copies);
  const inventory = { ...inventoryOfCopies([layoutOf(distribution)]), groups: entryPoints?.groups ?? [], entryPointGroups: [] };
  const renamed = { ...inventory, distributions: inventory.distributions.map((each) => ({ ...each, renamed: renaming.distribution.to })) };
  const relocated = await crew.run(jobs.map(({ job }) => job), { maps: [renaming.relocations], target, inventory: renamed, references: defaultReferences, keepContents: false, keepSites: false }, () => undefined);
  const data = Object.fromEntries(places.filter(({ kind, inner, was, path }) => kind === "data" && inner !== undefined && was !== path).map(({ inner, path }) => [inner ?? "", path.split("/").slice(2).join("/")]));
  const readers = Object.keys(data).length > 0 ? scannerOnly() : undefined;
  const results = relocated.map((result, index) => (readers && jobs[index]?.job.place ? followData(join(into, jobs[index].place.path), result, data, readers) : result));
  const done = new Map(jobs.map(({ place }, index) => [place, results[index]]));
  for (const place of places) if (!done.has(place)) copy(join(wheel.root, place.was), join(into, place.path));

  const fresh = renameFile(info, renaming.distribution.to);
  const change = (name: string, edit: (text: string) => string): void => {
    const path = join(into, fresh, name);
    if (existsSync(path)) writeFileSync(path, edit(readFileSync(path, "latin1")), "latin1");
  };
  change("METADATA", (text) => renameMetadata(text, names));
  if (entryPoints) change("entry_points.txt", () => entryPoints.text);
  change("top_level.txt", (text) => renameLines(text, names.module));
  change("namespace_packages.txt", (text) => renameLines(text, names.module));
  const commands = Object.fromEntries([...(entryPoints?.commands ?? []), ...places.filter(({ kind }) => kind === "script").map(({ was, path }) => ({ from: basename(was), to: basename(path) }))].map(({ from, to }) => [from, to]));
  writeFileSync(join(into, fresh, RENAME_RECORD), `${JSON.stringify(recordOf(distribution, renaming, target, commands, data, jobs.map(({ place }) => place), results), undefined, 1)}\n`);
  const executable = new Set(places.filter(({ was }) => wheel.executable.has(was)).map(({ path }) => path));
  return {
    root: into,
    paths: [...places.map(({ path }) => path), `${fresh}/${RENAME_RECORD}`],
    executable,
    name: renameFile(basename(input), renaming.distribution.to),
    distribution: { ...distribution, metadata: { ...distribution.metadata, name: renaming.distribution.to } },
    copies: copies && { manifest: copies.manifest, directory: copies.directory },
    rewritten: results.filter(({ changed, undo }, index) => jobs[index]?.job.place !== undefined && changed && undo.length > 0).length,
    commands,
    data,
    findings: [...results.flatMap((each) => each.findings), ...findNamesLeft(into, jobs.map(({ place }) => place.path), { commands, data, renaming }), ...sharedEntryPoints(entryPoints, `${fresh}/entry_points.txt`), ...namedInText(places, into, map)].sort(byPlace),
  };
}

/** A source that names data files which moved: it is written once more, and its way back with it. */
function followData(path: string, result: FileResult, data: Readonly<Record<string, string>>, readers: Readers): FileResult {
  const text = readFileSync(path, "latin1");
  const now = withDataPaths(text, data, readers);
  if (now === text) return result;
  writeFileSync(path, now, "latin1");
  return { ...result, changed: true, sha256Now: createHash("sha256").update(now, "latin1").digest("hex"), undo: undoingEdits(now, undo(text, result.undo)) };
}

interface Place {
  readonly kind: "library" | "info" | "script" | "data";
  /** In the archive, before and after. */
  readonly was: string;
  readonly path: string;
  /** Below site-packages, or below the installation's prefix. */
  readonly inner: string | undefined;
  readonly innerNow: string | undefined;
}

function placeOf(was: string, info: string, stem: string, renaming: Renaming, namespaceInits: ReadonlySet<string>): Place {
  const { to } = renaming.distribution;
  if (was.startsWith(`${info}/`)) return { kind: "info", was, path: renameFile(info, to) + was.slice(info.length), inner: undefined, innerNow: undefined };
  const [, scheme = "", rest = ""] = was.startsWith(`${stem}.data/`) ? (/^([^/]+)\/(.+)$/.exec(was.slice(stem.length + 6)) ?? []) : [];
  const data = `${renameFile(`${stem}.data`, to)}/${scheme}`;
  if (scheme === "" || scheme === "purelib" || scheme === "platlib") {
    const inner = scheme === "" ? was : rest;
    const innerNow = renamedPath(inner, renaming, namespaceInits);
    return { kind: "library", was, path: scheme === "" ? innerNow : `${data}/${innerNow}`, inner, innerNow };
  }
  if (scheme === "scripts") return { kind: "script", was, path: `${data}/${commandName(rest, renaming)}`, inner: undefined, innerNow: undefined };
  // Headers go into a directory of the distribution's name, which is another one.
  const innerNow = scheme === "headers" ? rest : apart(rest, renaming);
  return { kind: "data", was, path: `${data}/${innerNow}`, inner: scheme === "data" ? rest : undefined, innerNow };
}

function refuseModules(input: string, { files }: Distribution, { relocations }: Renaming): void {
  for (const { from, to } of relocations) {
    if (parent(to) === "" && isStandardLibrary(to)) throw new Failure(`${input}: '${to}' is a module of Python's own`, "Choose another name.");
    // Python finds a compiled module's beginning by a function that carries its name (PEP 489).
    const file = files.find(({ path }) => path.startsWith(`${from.replaceAll(".", "/")}.`) && /\.(?:so|pyd)$/.test(path) && moduleNameOf(basename(path)) !== undefined);
    if (file) throw new Failure(`${input}: the module '${from}' is compiled (${file.path}), and carries its name in machine code`, "Build it under the new name.");
  }
}

function refuseMeeting(input: string, places: readonly Place[]): void {
  const seen = new Map<string, Place>();
  for (const place of places) {
    const other = seen.get(place.path);
    if (other) throw new Failure(`${input}: ${other.was} and ${place.was} would both be ${place.path}`, "Choose another name.");
    seen.set(place.path, place);
  }
}

function layoutOf(distribution: Distribution): ReturnType<typeof layOut>[number] {
  const [layout] = layOut([distribution], "_", "");
  if (!layout) throw new Error("invariant: one distribution, one layout");
  return layout;
}

interface PlacedJob {
  readonly place: Place;
  readonly job: FileJob;
}

/** Modules as vendoring looks at them; scripts and text files beside them as it looks at those of a project. */
function jobsFor(places: readonly Place[], wheel: UnpackedWheel, distribution: Distribution, target: PythonVersion, into: string, copies: Copies | undefined): PlacedJob[] {
  const layout = layoutOf(distribution);
  const known = copyJobs([layout], { root: into, namespaceDirectory: into, target }, undefined);
  const byPath = new Map(layout.placements.map(({ file }, index) => [file.path, known[index]]));
  return places.flatMap((place): PlacedJob[] => {
    if (place.kind === "info") return [];
    const path = join(wheel.root, place.was);
    const edits = copies?.edits.get(place.was);
    const size = statSync(path).size;
    const base = { label: place.path, size, executable: wheel.executable.has(place.was), record: undefined, sha256: undefined, distribution: undefined, map: 0, target: join(into, place.path), inPlace: false, place: undefined } as const;
    const locator: FileJob["locator"] = edits ? { kind: "relocated", path, edits } : { kind: "file", path };
    if (place.kind === "library") {
      const job = byPath.get(place.inner ?? "");
      return job ? [{ place, job: { ...base, locator, place: job.place, ...(job.content ? { content: job.content } : {}) } }] : [];
    }
    const format = textFormatOf(basename(place.was));
    if (format) return [{ place, job: { ...base, locator, content: { kind: "text", format } } }];
    if (!isPython(path)) return [];
    return [{ place, job: { ...base, locator, place: { module: undefined, package: undefined, stub: false, siblings: [] } } }];
  });
}

function isPython(path: string): boolean {
  return /\.pyw?$/.test(path) || /^#!.*python/.test(readFileSync(path, "latin1").slice(0, 80));
}

interface Copies {
  readonly manifest: Manifest;
  readonly directory: string;
  inside(path: string): boolean;
  /** What leads the wheel's own files back to those before anything was vendored into it. */
  readonly edits: ReadonlyMap<string, readonly (readonly [number, number, string])[]>;
}

/** What an earlier run vendored into the wheel; it is made anew under the new name. */
function copiesIn(input: string, { root, paths }: UnpackedWheel): Copies | undefined {
  const found = paths.filter((path) => basename(path) === MANIFEST_NAME && !path.includes(".dist-info/")).sort((a, b) => a.length - b.length);
  const outer = found.filter((path) => !found.some((other) => other !== path && path.startsWith(`${dirname(other)}/`)));
  const [first, second] = outer;
  if (first === undefined) return undefined;
  if (second !== undefined) throw new Failure(`${input}: holds copies in several places (${outer.map((path) => dirname(path)).join(", ")})`, "Rename the wheel first, and vendor into the result.");
  const manifest = parseManifest(read(root, first), `${input}: ${first}`);
  return {
    manifest,
    directory: join(root, dirname(first)),
    inside: (path) => path.startsWith(`${dirname(first)}/`),
    edits: new Map((manifest.project ?? []).map(({ path, edits }) => [path, edits.map(([at, length, was]) => [at, length, was] as const)])),
  };
}

function sharedEntryPoints(entryPoints: RenamedEntryPoints | undefined, path: string): Finding[] {
  const shared = entryPoints?.shared ?? [];
  if (shared.length === 0) return [];
  const rest = shared.length - 5;
  return [finding("entry-points-shared", `keeps entry points in groups of others: ${shared.slice(0, 5).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`, { path })];
}

/** Shell scripts and path configuration are no Python: what they name is reported. */
function namedInText(places: readonly Place[], into: string, map: RelocationMap): Finding[] {
  return places.filter(({ kind, was }) => kind === "script" || (kind === "library" && was.endsWith(".pth"))).flatMap(({ path }): Finding[] => {
    const full = join(into, path);
    if (statSync(full).size > 2 ** 20 || (isPython(full) && !path.endsWith(".pth"))) return [];
    const text = readFileSync(full, "latin1");
    const named = map.relocations.find(({ from }) => new RegExp(`(?<![\\w.-])${from.replaceAll(".", "\\.")}(?![\\w-])`).test(text));
    return named && !text.includes("\0") ? [finding("data-reference", `names '${named.from}', which is ${named.to} now, and was left: it is no Python source`, { path })] : [];
  });
}

function recordOf({ metadata }: Distribution, { relocations }: Renaming, target: PythonVersion, commands: Readonly<Record<string, string>>, data: Readonly<Record<string, string>>, places: readonly Place[], results: readonly FileResult[]): RenameRecord {
  const sorted = (map: Readonly<Record<string, string>>): Record<string, string> => Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
  return {
    schema: 1, tool: TOOL, name: metadata.name, version: metadata.version ?? "", targetPython: target.join("."),
    modules: sorted(Object.fromEntries(relocations.map(({ from, to }) => [from, to]))), commands: sorted(commands), data: sorted(data),
    files: places.flatMap((place, index) => {
      const result = results[index];
      return place.kind === "library" && result ? [{ path: place.innerNow ?? "", was: place.inner ?? "", sha256Upstream: result.sha256Upstream, sha256Now: result.sha256Now, edits: result.undo }] : [];
    }).sort((a, b) => (a.path < b.path ? -1 : 1)),
  };
}

function read(root: string, path: string): string {
  return readFileSync(join(root, path), "latin1");
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
  chmodSync(to, statSync(from).mode & 0o777);
}
