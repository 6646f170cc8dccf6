/** `enisle patch`: what somebody changed by hand in a copy becomes a patch file, which later versions get too. */
import { createHash, hash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { ArchiveCache } from "../acquire/cache.ts";
import { addToArray } from "../config/editText.ts";
import type { Host } from "../host/host.ts";
import { type Distribution, normalisedName } from "../model/distribution.ts";
import { Failure } from "../model/failure.ts";
import { MANIFEST_NAME, type Manifest, type ManifestDistribution, type ManifestFile, SBOM_NAME } from "../model/manifest.ts";
import type { Outcome, PatchResult } from "../model/outcome.ts";
import { applyPatch } from "../patch/applyPatch.ts";
import { formatPatch } from "../patch/formatPatch.ts";
import { mergeThreeWay } from "../patch/merge.ts";
import { parsePatch } from "../patch/parsePatch.ts";
import { undo } from "../rewrite/applyEdits.ts";
import { NOWHERE, acquirer, exactRequirement, restoreAll } from "./arrange.ts";
import { type Consumer, findConsumer } from "./consumer.ts";
import { keptDistribution } from "./copies.ts";
import { entryOf } from "./eject.ts";
import { type FetchFlags, fetchOptions } from "./fetchSettings.ts";
import { runProject } from "./projectRun.ts";
import { readState } from "./readState.ts";
import { type Crew, hireCrew } from "./runJobs.ts";
import { type LoadedPatch, type Treatment, treatments } from "./treatment.ts";

export interface PatchOptions extends FetchFlags {
  /** Absolute. */
  readonly project: string;
  readonly namespace: string | undefined;
  readonly distribution: string;
  /** Where the unchanged copy comes from, when neither git nor the index has it: a wheel or a directory. */
  readonly source: string | undefined;
  /** Write it for relocated names, whatever can be had. */
  readonly after: boolean;
  readonly dryRun: boolean;
  readonly diff: boolean;
}

interface EditedFile {
  readonly entry: ManifestFile;
  /** Byte strings: as it lies there, as the tool left it, as upstream has it. */
  readonly now: string;
  readonly left: string;
  readonly upstream: string;
}

export async function patch(options: PatchOptions, host: Host): Promise<Outcome<PatchResult>> {
  const consumer = await findConsumer(options.project, options.namespace, undefined);
  const crew = hireCrew(0);
  const temporary = host.temporaryDirectory("enisle-patch-");
  try {
    const { manifest } = await readState(consumer, crew, true);
    if (!manifest) throw new Failure(`${consumer.namespaceDirectory}: nothing is vendored there`, "Name the project with -C DIR, and its namespace with --namespace.");
    const entry = entryOf(manifest, options.distribution);
    const edited = await editedFiles(consumer, manifest, entry, options, host);
    const treat = treatments(consumer, manifest, { drop: [], keep: [] });
    const attempt = (text: string, after: boolean, writes: boolean): ReturnType<typeof runProject> => {
      const file = newFile(consumer.root, entry.name, after);
      const content = Buffer.from(text, "latin1");
      const loaded: LoadedPatch = { file, sha256: createHash("sha256").update(content).digest("hex"), ...(after ? { after: true as const } : {}), patches: parsePatch(text, file) };
      return runWithPatch(consumer, entry, edited, loaded, content, treat, { writes, diff: !writes || options.diff }, options, crew, host, temporary);
    };
    const candidate = options.after ? undefined : forUpstream(edited, treat(entry.name));
    // Only where it comes to exactly what was edited: otherwise the copy would change under the editor's hands.
    const upstream = candidate !== undefined && isExact(await attempt(candidate, false, false), consumer) ? candidate : undefined;
    const after = upstream === undefined;
    const file = newFile(consumer.root, entry.name, after);
    const run = await attempt(upstream ?? edited.map(({ entry: each, now, left }) => formatPatch(each.path, left, now)).join(""), after, !options.dryRun && !options.diff);
    return {
      command: "patch",
      result: { distribution: entry.name, file, applied: after ? "after" : "before", files: edited.map((each) => each.entry.path), changed: true },
      findings: run.findings, changes: options.diff ? run.changes : [], notices: run.notices,
    };
  } finally {
    rmSync(temporary, { recursive: true, force: true });
    await crew.dismiss();
  }
}

/** Throws Failure when nothing was edited, or something that a patch cannot say. */
async function editedFiles(consumer: Consumer, manifest: Manifest, entry: ManifestDistribution, options: PatchOptions, host: Host): Promise<EditedFile[]> {
  const here = (file: { readonly path: string }): string => join(consumer.namespaceDirectory, file.path);
  const gone = entry.files.filter((file) => !existsSync(here(file)));
  if (gone[0]) throw new Failure(`${here(gone[0])}: was deleted, which a patch cannot say`, "Restore it; to leave it out, use drop in [tool.enisle.distributions].");
  const changed = (file: { readonly path: string }, digest: string): boolean => existsSync(here(file)) && hash("sha256", readFileSync(here(file))) !== digest;
  // A file that serves several copies is in each one's list.
  const mine = new Set(entry.files.map((file) => file.path));
  const others = manifest.distributions.filter((each) => each !== entry).flatMap((each) => each.files.filter((file) => !mine.has(file.path) && changed(file, file.sha256Now)).map(() => each.name));
  if (others[0] !== undefined) throw new Failure(`${others[0]}: was changed by hand too`, `Make its patch first, or undo the changes: enisle patch ${others[0]}`);
  const edited = entry.files.filter((file) => changed(file, file.sha256Now));
  const sharing = (path: string): string[] => manifest.distributions.filter((each) => each.files.some((file) => file.path === path)).map((each) => each.name);
  const shared = edited.find((file) => sharing(file.path).length > 1);
  if (shared) {
    const names = sharing(shared.path).sort((a, b) => (normalisedName(a) < normalisedName(b) ? -1 : 1));
    throw new Failure(`${here(shared)}: was changed by hand, and serves ${names.join(" and ")}: no patch is made of that`, `Undo the change, write the patch by hand, and name it as one of ${names[0]} in the configuration ([tool.enisle.distributions.${names[0]}]).`);
  }
  if (edited.length === 0) throw new Failure(`${entry.name}: nothing was changed in its copy`, `Edit its files below ${consumer.namespaceDirectory}, and run this again.`);
  const left = await asLeft(consumer, manifest, entry, edited, options, host);
  return edited.map((file, index) => {
    const before = left[index] ?? "";
    return { entry: file, now: readFileSync(here(file)).toString("latin1"), left: before, upstream: undo(before, file.edits) };
  });
}

/** The files as the tool left them: git's, else made anew from the source. */
async function asLeft(consumer: Consumer, manifest: Manifest, entry: ManifestDistribution, files: readonly ManifestFile[], options: PatchOptions, host: Host): Promise<string[]> {
  const fromGit = files.map((file) => {
    const run = host.run("git", ["-C", consumer.namespaceDirectory, "show", `HEAD:./${file.path}`], consumer.root);
    const content = run?.status === 0 ? Buffer.from(run.stdout, "utf8") : undefined;
    return content && hash("sha256", content) === file.sha256Now ? content.toString("latin1") : undefined;
  });
  if (fromGit.every((text) => text !== undefined)) return fromGit;
  const source = await sourceOf(entry, options, consumer, host);
  const scratch = host.temporaryDirectory("enisle-unchanged-");
  try {
    // The same run, over a project that is nothing but the namespace.
    const top = join(scratch, consumer.package);
    mkdirSync(top);
    writeFileSync(join(top, "__init__.py"), "");
    const twin = { ...consumer, root: scratch, namespaceDirectory: join(scratch, ...consumer.namespace.split(".")), packages: [], configuration: { present: true } };
    mkdirSync(dirname(twin.namespaceDirectory), { recursive: true });
    const rest = manifest.distributions.filter((each) => each !== entry).map((each) => keptDistribution(each, consumer.namespaceDirectory));
    const treat = treatments(consumer, manifest, { drop: [], keep: [] });
    await runProject(twin, { writes: true, diff: false }, hireCrew(0), host, async () => ({
      distributions: [source, ...rest], treat, current: false, sourceDirectories: [], reversed: [], texts: new Map(),
    }));
    return files.map((file) => {
      const content = readFileSync(join(twin.namespaceDirectory, file.path));
      if (hash("sha256", content) !== file.sha256Now) throw new Failure(`${file.path}: comes out differently from its source now`, "Vendor it again from a clean copy, and make the changes anew.");
      return content.toString("latin1");
    });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function sourceOf(entry: ManifestDistribution, options: PatchOptions, consumer: Consumer, host: Host): Promise<Distribution> {
  const acquire = acquirer({ ...fetchOptions(options, consumer.configuration, consumer.root), withDeps: false }, host);
  const cached = entry.source.kind === "wheel" ? await new ArchiveCache(host).find(entry.source.sha256) : undefined;
  const wanted = options.source ?? cached?.path ?? (entry.version !== null && entry.source.kind !== "directory" ? exactRequirement(entry) : undefined);
  if (wanted === undefined) throw new Failure(`${entry.name}: its source is not at hand, and git does not have the unchanged files`, "Name the source: enisle patch DIST --source PATH");
  const [found] = await acquire({ sources: [wanted], requirementFiles: [], constraints: [], base: options.source === undefined ? NOWHERE : host.cwd });
  if (!found || normalisedName(found.metadata.name) !== normalisedName(entry.name)) throw new Failure(`${wanted}: is not ${entry.name}`, "Name the source that the copy was made from.");
  return found;
}

/** The patch in upstream names: it survives another namespace and a better rewriter. Undefined where the edits touch what was rewritten. */
function forUpstream(edited: readonly EditedFile[], { patches }: Treatment): string | undefined {
  const sections: string[] = [];
  for (const { entry: file, now, left, upstream } of edited) {
    const path = file.upstreamPath ?? file.path;
    let before = upstream;
    for (const loaded of patches) {
      if (loaded.after) return undefined;
      for (const each of loaded.patches.filter((one) => one.path === path)) {
        const result = applyPatch(before, each);
        if (result.kind === "applied") before = result.text;
      }
    }
    const merged = mergeThreeWay(now, left, before, { ours: "copy", theirs: "upstream" });
    if (merged.conflicts > 0) return undefined;
    sections.push(formatPatch(path, before, merged.text));
  }
  return sections.join("") || undefined;
}

/** True when a run leaves every file of the namespace as it lies there. */
function isExact({ changes }: Awaited<ReturnType<typeof runProject>>, { root, namespaceDirectory }: Consumer): boolean {
  const prefix = `${relative(root, namespaceDirectory).split(sep).join("/")}/`;
  return changes.every(({ path, before, after }) => !path.startsWith(prefix) || path === `${prefix}${MANIFEST_NAME}` || path === `${prefix}${SBOM_NAME}` || (before !== undefined && after?.equals(before) === true));
}

/** `patches/urllib3.patch`, or the next number. */
function newFile(root: string, name: string, after: boolean): string {
  const stem = `patches/${normalisedName(name)}${after ? "-after" : ""}`;
  for (let number = 1; ; number++) {
    const file = `${stem}${number === 1 ? "" : `-${number}`}.patch`;
    if (!existsSync(join(root, file))) return file;
  }
}

async function runWithPatch(consumer: Consumer, entry: ManifestDistribution, edited: readonly EditedFile[], loaded: LoadedPatch, content: Buffer, treat: (name: string) => Treatment, mode: { readonly writes: boolean; readonly diff: boolean }, options: PatchOptions, crew: Crew, host: Host, temporary: string): ReturnType<typeof runProject> {
  const kept = keptDistribution(entry, consumer.namespaceDirectory);
  const originals = new Map(edited.map((each, index) => {
    const path = join(temporary, String(index));
    writeFileSync(path, Buffer.from(each.upstream, "latin1"));
    return [each.entry.upstreamPath ?? each.entry.path, path] as const;
  }));
  const distribution: Distribution = { ...kept, files: kept.files.map((file) => {
    const path = originals.get(file.path);
    return path === undefined ? file : { ...file, locator: { kind: "file", path } };
  }) };
  return runProject(consumer, { ...mode, tolerant: true }, crew, host, async ({ manifest }) => {
    const others = (manifest?.distributions ?? []).filter((each) => each.name !== entry.name);
    const acquire = acquirer(fetchOptions(options, consumer.configuration, consumer.root), host);
    return {
      distributions: [distribution, ...(await restoreAll(others, { consumer, treat, acquire }))],
      treat: (name) => (normalisedName(name) === normalisedName(entry.name) ? { ...treat(name), patches: [...treat(name).patches, loaded] } : treat(name)),
      current: false, sourceDirectories: [], reversed: [],
      texts: new Map([[loaded.file, content], ...declarePatch(consumer, entry.name, loaded)]),
    };
  });
}

/** The configuration that names the patch; where there is none the manifest alone does. */
function declarePatch({ root, configuration }: Consumer, name: string, { file, after }: LoadedPatch): [string, Buffer][] {
  if (!configuration.present || configuration.vendoring) return [];
  const own = existsSync(join(root, "enisle.toml"));
  const [path, prefix] = own ? ["enisle.toml", "distributions"] : ["pyproject.toml", "tool.enisle.distributions"];
  const known = Object.keys(configuration.distributions ?? {}).find((each) => normalisedName(each) === normalisedName(name)) ?? normalisedName(name);
  const edited = addToArray(readFileSync(join(root, path), "utf8"), `${prefix}.${known}`, after ? "patches-after" : "patches", file);
  if (edited === undefined) throw new Failure(`${relative(root, join(root, path)).split(sep).join("/")}: the table of ${name} could not be found`, `Write it as [${prefix}.${known}], with the table's keys below it.`);
  return [[path, Buffer.from(edited)]];
}
