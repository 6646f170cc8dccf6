/** The work on one file, as plain data, so that any worker can do it: read, verify, relocate, stage. */
import { hash } from "node:crypto";
import { chmodSync, chownSync, closeSync, mkdirSync, openSync, readFileSync, statSync, writeSync } from "node:fs";
import { basename, dirname } from "node:path";
import { type EntryRequest, OpenArchives } from "../acquire/zipEntry.ts";
import { Failure, fileFailure } from "../model/failure.ts";
import { type Finding, located } from "../model/finding.ts";
import type { Locator, SourceFile } from "../model/distribution.ts";
import { anchor } from "../manifest/anchors.ts";
import { type AnchoredEdit, type RecordedEdit, STAGING_NAME } from "../model/manifest.ts";
import { type Relocation, type RelocationMap, relocationMap } from "../model/relocation.ts";
import { undoingEdits } from "../patch/merge.ts";
import { type PatchStep, type StepOutcome, applySteps } from "../patch/steps.ts";
import { applyEdits, undo } from "../rewrite/applyEdits.ts";
import type { FilePlace, PythonVersion } from "../rewrite/context.ts";
import { reverse } from "../rewrite/reverse.ts";
import type { LocalFinding, Site } from "../model/edit.ts";
import { type Readers, needsGrammar, readFacts } from "../syntax/readFacts.ts";
import { droppedImports } from "./droppedImports.ts";
import { scannerOnly, withGrammar } from "./readers.ts";
import { type RelocatedSource, relocateSource } from "./relocateSource.ts";

export interface FileJob {
  /** For messages and findings: relative to the project. */
  readonly label: string;
  readonly locator: Locator;
  readonly size: number;
  readonly executable: boolean;
  readonly record: SourceFile["record"];
  /** Hex digest the original bytes must have. */
  readonly sha256: string | undefined;
  readonly distribution: string | undefined;
  /** A Python file, and its place; undefined for everything that is copied as it is. */
  readonly place: PlaceData | undefined;
  /** Index into `JobSettings.maps`: what is relocated differs between a copy and the project. */
  readonly map: number;
  /** Where the result is staged, in a directory that exists (`makeDirectories`); undefined: nowhere. */
  readonly target: string | undefined;
  /** Stage only a file that changed, and give it the original's mode and owner. */
  readonly inPlace: boolean;
  /** What patches make of the file before and after it is relocated. */
  readonly patched?: PatchedFile;
}

export interface PatchedFile {
  /** Patches for upstream names, in order. */
  readonly before: readonly PatchStep[];
  /** Patches for relocated names. */
  readonly after: readonly PatchStep[];
}

/** As JavaScript's regular expressions have it. */
export interface Substitution {
  readonly match: string;
  readonly flags: string;
  readonly replace: string;
}

export interface PlaceData {
  readonly package: string | undefined;
  readonly stub: boolean;
  readonly siblings: readonly string[];
}

export interface JobSettings {
  readonly maps: readonly (readonly Relocation[])[];
  readonly target: PythonVersion;
  /** Results carry the bytes before and after of files that changed. */
  readonly keepContents: boolean;
  readonly keepSites: boolean;
  /** Modules that were left out of their copy: importing one is a finding. */
  readonly dropped?: readonly string[];
  /** Relocations that are taken back: the project's own imports of these copies name the library again. */
  readonly reversed?: readonly Relocation[];
  /** Regular expressions and their replacements, done to Python files of copies before they are relocated. */
  readonly substitute?: readonly Substitution[];
}

export interface FileResult {
  readonly sha256Upstream: string;
  readonly sha256Now: string;
  /** Of the file that is replaced: it differs from the original where an earlier run rewrote it. */
  readonly sha256Before: string;
  /** For a file in place: its edits, with what they are found by later. */
  readonly anchors: readonly AnchoredEdit[];
  readonly undo: readonly RecordedEdit[];
  readonly findings: readonly Finding[];
  readonly changed: boolean;
  readonly sites: readonly Site[];
  /** What became of the file's patches. */
  readonly patches: readonly StepOutcome[];
  /** Relocating comes to the same without the patches for upstream names. */
  readonly covered: boolean;
  readonly before: Uint8Array | undefined;
  readonly after: Uint8Array | undefined;
}

// Entries that are larger together are read one by one: memory is bounded by the largest file.
const LARGE = 16 * 2 ** 20;

/** Makes the directories that jobs stage into: once, and not in every worker. */
export function makeDirectories(jobs: readonly FileJob[]): void {
  const made = new Set<string>();
  const make = (directory: string): void => {
    if (made.has(directory)) return;
    made.add(directory);
    // The staging directory itself is there.
    if (basename(dirname(directory)) !== STAGING_NAME && basename(directory) !== STAGING_NAME) make(dirname(directory));
    try {
      mkdirSync(directory);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw fileFailure(error, directory);
    }
  };
  for (const { target } of jobs) if (target !== undefined) make(dirname(target));
}

/** Does jobs one after the other; holds what they share: descriptors, look-up tables, the grammar once it was needed. */
export class FileWorker {
  readonly #settings: JobSettings;
  readonly #maps: readonly RelocationMap[];
  readonly #archives = new OpenArchives();
  #readers: Readers | undefined;

  constructor(settings: JobSettings) {
    this.#settings = settings;
    this.#maps = settings.maps.map(relocationMap);
  }

  /** Does these jobs, in order; those on entries of one archive are read together. */
  async run(jobs: readonly FileJob[]): Promise<FileResult[]> {
    const contents = this.#readEntries(jobs);
    const results: FileResult[] = [];
    for (const [index, job] of jobs.entries()) {
      const source = contents?.[index] ?? this.#read(job);
      try {
        results.push(this.#run(job, source));
      } catch (error) {
        if (error !== needsGrammar) throw error;
        this.#readers = await withGrammar(this.#readers ?? scannerOnly());
        results.push(this.#run(job, source));
      }
    }
    return results;
  }

  close(): void {
    this.#archives.close();
  }

  #run(job: FileJob, read: Buffer): FileResult {
    const readers = (this.#readers ??= scannerOnly());
    const back = job.inPlace && job.place && this.#settings.reversed ? reversed(read, this.#settings.reversed, readers) : undefined;
    const source = back?.content ?? read;
    const sha256Upstream = hash("sha256", source);
    verify(job, source, sha256Upstream);
    const relocate = (text: Buffer): RelocatedSource | undefined => job.place && relocateSource(text, placeOf(job.place), { relocations: this.#map(job), target: this.#settings.target }, readers);
    const before = stepped(source, job.patched?.before);
    const input = this.#substituted(job, before.content);
    const relocated = relocate(input);
    const after = stepped(relocated?.content ?? input, job.patched?.after);
    const { content } = after;
    const existing = job.inPlace && job.locator.kind === "relocated" ? this.#existing(job.locator.path) : read;
    const changed = content !== existing && !content.equals(existing);
    if (job.target !== undefined && (changed || !job.inPlace)) this.#stage(job, job.target, content);
    const keep = this.#settings.keepContents && (changed || !job.inPlace);
    // A patch adds and removes lines: what it leaves is led back by the differences of the two texts.
    const undo = input !== source || (relocated && content !== relocated.content) ? undoingEdits(content.toString("latin1"), source.toString("latin1")) : (relocated?.undo ?? []);
    const dropped = this.#settings.dropped && job.place ? droppedImports(input, placeOf(job.place), this.#settings.dropped, readers) : [];
    return {
      sha256Upstream,
      sha256Now: content === source ? sha256Upstream : hash("sha256", content),
      sha256Before: existing === source ? sha256Upstream : hash("sha256", existing),
      undo,
      anchors: job.inPlace && undo.length > 0 ? anchor(content.toString("latin1"), undo) : [],
      findings: [...[...(relocated?.decision.findings ?? []), ...dropped].map((local) => located(local, job.label, input, job.distribution)), ...(back?.left ?? []).map((local) => located(local, job.label, read))],
      changed,
      sites: this.#settings.keepSites ? (relocated?.decision.sites ?? []) : [],
      patches: [...before.outcomes, ...after.outcomes],
      covered: before.outcomes.length > 0 && relocated !== undefined && relocate(this.#substituted(job, source))?.content.equals(relocated.content) === true,
      before: keep ? existing : undefined,
      after: keep ? content : undefined,
    };
  }

  #substituted({ place, inPlace }: FileJob, source: Buffer): Buffer {
    if (!place || inPlace || !this.#settings.substitute) return source;
    const text = source.toString("latin1");
    const replaced = this.#settings.substitute.reduce((result, { match, flags, replace }) => result.replace(new RegExp(match, flags), replace), text);
    return replaced === text ? source : Buffer.from(replaced, "latin1");
  }

  #existing(path: string): Buffer {
    try {
      return readFileSync(path);
    } catch (error) {
      throw fileFailure(error, path);
    }
  }

  #map(job: FileJob): RelocationMap {
    const map = this.#maps[job.map];
    if (!map) throw new Error("invariant: a job names a relocation map that was not sent");
    return map;
  }

  #readEntries(jobs: readonly FileJob[]): Buffer[] | undefined {
    const requests: EntryRequest[] = [];
    const [first] = jobs;
    for (const { locator, label, size } of jobs) {
      if (locator.kind !== "entry" || first?.locator.kind !== "entry" || locator.archive !== first.locator.archive) return undefined;
      requests.push({ entry: locator, path: label, size });
    }
    if (first?.locator.kind !== "entry" || requests.reduce((sum, { size }) => sum + size, 0) > LARGE) return undefined;
    return this.#archives.get(first.locator.archive).readAll(requests);
  }

  #read({ locator, label, size }: FileJob): Buffer {
    try {
      if (locator.kind === "entry") return this.#archives.get(locator.archive).read(locator, label, size);
      const content = readFileSync(locator.path);
      return locator.kind === "file" ? content : Buffer.from(undo(content.toString("latin1"), locator.edits), "latin1");
    } catch (error) {
      throw fileFailure(error, locator.kind === "entry" ? locator.archive : locator.path);
    }
  }

  #stage(job: FileJob, target: string, content: Buffer): void {
    try {
      if (job.inPlace) refuseReadOnly(job);
      const descriptor = openSync(target, "wx", job.executable ? 0o755 : 0o644);
      try {
        for (let at = 0; at < content.length; ) at += writeSync(descriptor, content, at);
      } finally {
        closeSync(descriptor);
      }
      if (job.inPlace && job.locator.kind !== "entry") keepOwner(job.locator.path, target);
    } catch (error) {
      throw fileFailure(error, target);
    }
  }
}

/** Imports of copies that go name the library again. */
function reversed(source: Buffer, relocations: readonly Relocation[], readers: Readers): { content: Buffer; left: readonly LocalFinding[] } {
  const text = source.toString("latin1");
  if (!relocations.some(({ to }) => text.includes(to.slice(0, to.lastIndexOf("."))))) return { content: source, left: [] };
  const result = readFacts(source, readers);
  if (result.kind === "unreadable") return { content: source, left: [] };
  const { edits, left } = reverse(text, result.facts, relocations);
  return { content: edits.length === 0 ? source : Buffer.from(applyEdits(text, edits), "latin1"), left };
}

/** The very same buffer where no patch changes anything. */
function stepped(source: Buffer, steps: readonly PatchStep[] = []): { content: Buffer; outcomes: readonly StepOutcome[] } {
  if (steps.length === 0) return { content: source, outcomes: [] };
  const text = source.toString("latin1");
  const result = applySteps(text, steps);
  return { content: result.text === text ? source : Buffer.from(result.text, "latin1"), outcomes: result.outcomes };
}

function placeOf(place: PlaceData): FilePlace {
  return { package: place.package, stub: place.stub, siblings: new Set(place.siblings) };
}

/** Whoever made a file read-only did not want it changed; for root the system would not say so. */
function refuseReadOnly({ locator, label }: FileJob): void {
  if (locator.kind !== "entry" && (statSync(locator.path).mode & 0o222) === 0) {
    throw new Failure(`${label}: has to be rewritten and is read-only`, "Make it writable (chmod u+w), or leave it out of the project: exclude in [tool.enisle].");
  }
}

function keepOwner(original: string, staged: string): void {
  const { mode, uid, gid } = statSync(original);
  if (uid !== process.getuid?.() || gid !== process.getgid?.()) chownSync(staged, uid, gid);
  chmodSync(staged, mode & 0o7777);
}

function verify(job: FileJob, source: Buffer, sha256: string): void {
  if (job.record) {
    const { algorithm, digest } = job.record;
    const actual = algorithm === "sha256" ? sha256 : hash(algorithm, source);
    const archive = job.locator.kind === "entry" ? job.locator.archive : job.label;
    if (actual !== Buffer.from(digest, "base64url").toString("hex")) {
      throw new Failure(`${archive}: does not match its RECORD: '${job.label}' has another digest`, "Get the wheel again; one that was changed by hand needs a new RECORD (`wheel unpack`, `wheel pack`).");
    }
  }
  if (job.sha256 !== undefined && job.sha256 !== sha256) {
    throw new Failure(`${job.label}: its edits cannot be undone to the recorded original`, "The file or the manifest was changed by hand: restore both from version control.");
  }
}
