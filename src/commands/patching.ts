/** Patches of copies: which file each belongs to, and what became of it. */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { Failure, fileFailure } from "../model/failure.ts";
import { type Finding, finding } from "../model/finding.ts";
import type { ManifestDistribution } from "../model/manifest.ts";
import { formatPatch } from "../patch/formatPatch.ts";
import type { FilePatch } from "../patch/parsePatch.ts";
import { type PatchStep, type StepOutcome, historyFrom, historyUpTo } from "../patch/steps.ts";
import type { Layout, Placement } from "../plan/layout.ts";
import { undo } from "../rewrite/applyEdits.ts";
import { normalisedName } from "../model/distribution.ts";
import type { Consumer } from "./consumer.ts";
import type { FileJob, FileResult } from "./fileJob.ts";
import type { PatchedFile } from "./preparedText.ts";
import type { NamespaceState } from "./namespaceState.ts";
import type { LoadedPatch, Treatment } from "./treatment.ts";

/** Where a merge that needs a person lies, in the project. */
export const MERGE_DIRECTORY = ".enisle-merge";

interface Assigned {
  readonly loaded: LoadedPatch;
  readonly patch: FilePatch;
}

/** One entry a placement, in the order of the copies' jobs. Throws Failure for a patch of a file that is not there. */
export function patchSteps(copies: readonly Layout[], treat: (name: string) => Treatment, state: NamespaceState, consumer: Consumer): (PatchedFile | undefined)[] {
  const prefix = `${relative(consumer.root, consumer.namespaceDirectory).split(sep).join("/")}/`;
  const assigned = new Map<Placement, Assigned[]>();
  const [seen, homeless] = [new Set<FilePatch>(), new Map<FilePatch, Failure>()];
  const all = new Map<string, FilePatch[]>();
  for (const copy of copies) {
    const { distribution, placements, shared } = copy;
    for (const loaded of treat(distribution.metadata.name).patches) {
      all.set(loaded.file, [...loaded.patches]);
      for (const patch of loaded.patches) {
        const names = [patch.path, patch.path.startsWith(prefix) ? patch.path.slice(prefix.length) : undefined];
        const isChanged = ({ file, destination }: Placement): boolean => names.includes(loaded.after ? destination : file.path);
        const target = placements.find(isChanged);
        if (!target) homeless.set(patch, nowhere(patch, loaded, copy, shared.find(isChanged), copies));
        else {
          seen.add(patch);
          assigned.set(target, [...(assigned.get(target) ?? []), { loaded, patch }]);
        }
      }
    }
  }
  const placed = new Set([...seen].map((patch) => patch.path));
  for (const [patch, failure] of homeless) if (!placed.has(patch.path)) throw failure;
  return copies.flatMap((layout) => {
    const entry = state.manifest?.distributions.find((each) => normalisedName(each.name) === normalisedName(layout.distribution.metadata.name));
    return layout.placements.map((placement) => {
      const mine = assigned.get(placement);
      return mine && stepsOf(mine, placement, layout, entry, consumer);
    });
  });
}

/** `shared`: the file that it changes, where that is another's too. */
function nowhere({ path }: FilePatch, { file }: LoadedPatch, { distribution }: Layout, shared: Placement | undefined, copies: readonly Layout[]): Failure {
  const owner = shared && copies.find(({ placements }) => placements.some(({ destination }) => destination === shared.destination));
  if (!owner) return new Failure(`${file}: changes ${path}, which no vendored distribution has`, "The version has no such file any more, or it was dropped: make the patch again, or remove it from the configuration.");
  const [own, other] = [distribution.metadata.name, owner.distribution.metadata.name];
  return new Failure(`${file}: changes ${path}, which ${own} shares with ${other}: one file serves both, and it is ${other}'s`, `Name the patch as one of ${other} in the configuration ([tool.enisle.distributions.${other}]).`);
}

function stepsOf(assigned: readonly Assigned[], { file, destination }: Placement, { distribution }: Layout, entry: ManifestDistribution | undefined, consumer: Consumer): PatchedFile {
  const of = (after: boolean): Assigned[] => assigned.filter(({ loaded }) => (loaded.after === true) === after);
  const [before, after] = [of(false), of(true)];
  const moved = entry !== undefined && entry.source.sha256 !== distribution.source.sha256;
  const old = moved ? entry.files.find((each) => (each.upstreamPath ?? each.path) === file.path || each.path === destination) : undefined;
  const now = old && readFileSync(join(consumer.namespaceDirectory, old.path)).toString("latin1");
  const made = (list: readonly Assigned[]): boolean => list.every(({ loaded }) => entry?.patches.some((each) => each.file === loaded.file) === true);
  const histories = {
    before: old && now !== undefined && made(before) ? historyFrom(undo(now, old.edits), before.map(({ patch }) => patch)) : undefined,
    after: now !== undefined && made(after) ? historyUpTo(now, after.map(({ patch }) => patch)) : undefined,
  };
  const steps = (list: readonly Assigned[], history: ReturnType<typeof historyFrom>): PatchStep[] =>
    list.map(({ loaded, patch }, index) => ({ file: loaded.file, patch, ...(history?.[index] ? { previous: history[index] } : {}) }));
  return { before: steps(before, histories.before), after: steps(after, histories.after) };
}

export interface Patching {
  readonly findings: readonly Finding[];
  readonly notices: readonly string[];
  /** Patch files that were made anew for the version, relative to the project. */
  readonly texts: ReadonlyMap<string, Buffer>;
  /** SHA-256 (hex) of those. */
  readonly digests: ReadonlyMap<string, string>;
}

/** Throws Failure at a conflict, after laying the merge down to look at. */
export function settlePatches(jobs: readonly FileJob[], results: readonly FileResult[], treat: (name: string) => Treatment, consumer: Consumer, writes: boolean): Patching {
  const outcomes = results.flatMap((result, index) => result.patches.map((outcome) => ({ ...outcome, label: jobs[index]?.label ?? "", distribution: jobs[index]?.distribution ?? "", covered: result.covered })));
  const conflicts = outcomes.filter((outcome) => outcome.kind === "conflict");
  if (conflicts[0]) {
    if (writes) for (const conflict of conflicts) layDown(consumer, conflict.label, conflict.after);
    const [{ file, hunk, label }] = [conflicts[0]];
    const more = conflicts.length > 1 ? `, and ${conflicts.length - 1} more` : "";
    throw new Failure(`${file}: ${hunk ?? "a hunk"} does not apply to ${label}${more}`, writes ? `The old copy stands. Look at the merge in ${join(consumer.root, MERGE_DIRECTORY)}, and make the patch anew.` : "Make the patch anew for this version.");
  }
  const files = new Map<string, typeof outcomes>();
  for (const outcome of outcomes) files.set(outcome.file, [...(files.get(outcome.file) ?? []), outcome]);
  const [findings, notices, texts, digests]: [Finding[], string[], Map<string, Buffer>, Map<string, string>] = [[], [], new Map(), new Map()];
  for (const [file, mine] of files) {
    if (mine.every((outcome) => outcome.kind === "present" || outcome.covered)) {
      const why = mine.every((outcome) => outcome.kind === "present") ? "this version has its changes already" : "rewriting comes to the same without it";
      findings.push(finding("patch-unnecessary", `${file}: ${why}`, { path: file, distribution: mine[0]?.distribution ?? "" }));
    }
    if (!mine.some((outcome) => outcome.kind === "merged")) continue;
    const loaded = treat(mine[0]?.distribution ?? "").patches.find((each) => each.file === file);
    const content = refreshed(consumer, file, loaded?.patches ?? [], mine);
    texts.set(file, content);
    digests.set(file, createHash("sha256").update(content).digest("hex"));
    notices.push(`${file}: merged with the new version and made anew`);
  }
  return { findings, notices, texts, digests };
}

/** The patch for the new version; what stands before its first file stays. */
function refreshed(consumer: Consumer, file: string, patches: readonly FilePatch[], outcomes: readonly StepOutcome[]): Buffer {
  const text = readFileSync(join(consumer.root, file)).toString("latin1");
  const head = text.slice(0, Math.max(0, text.search(/^(diff |--- )/m)));
  const sections = patches.map(({ path }) => {
    const outcome = outcomes.find((each) => each.path === path);
    return outcome ? formatPatch(path, outcome.before, outcome.after) : "";
  });
  return Buffer.from(head + sections.join(""), "latin1");
}

function layDown(consumer: Consumer, label: string, text: string): void {
  const path = join(consumer.root, MERGE_DIRECTORY, label);
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, Buffer.from(text, "latin1"));
  } catch (error) {
    throw fileFailure(error, path);
  }
}
