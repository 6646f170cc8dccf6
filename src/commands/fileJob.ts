/** The work on one file, as plain data, so that any worker can do it: read, verify, relocate, stage. */
import { hash } from "node:crypto";
import { type Stats, chmodSync, chownSync, closeSync, mkdirSync, openSync, readFileSync, statSync, writeSync } from "node:fs";
import { basename, dirname } from "node:path";
import { type EntryRequest, OpenArchives } from "../acquire/zipEntry.ts";
import { Failure, fileFailure } from "../model/failure.ts";
import { type Finding, located } from "../model/finding.ts";
import type { Locator, SourceFile } from "../model/distribution.ts";
import { type RecordedEdit, STAGING_NAME } from "../model/manifest.ts";
import { type Relocation, type RelocationMap, relocationMap } from "../model/relocation.ts";
import { undo } from "../rewrite/applyEdits.ts";
import type { FilePlace, PythonVersion } from "../rewrite/context.ts";
import type { Site } from "../model/edit.ts";
import { type Readers, needsGrammar } from "../syntax/readFacts.ts";
import { scannerOnly, withGrammar } from "./readers.ts";
import { relocateSource } from "./relocateSource.ts";

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
}

export interface FileResult {
  /** SHA-256, hex; empty for a source of the project (`inPlace`, with a `place`) that did not change. */
  readonly sha256Upstream: string;
  /** Of files of copies only. */
  readonly sha256Now: string;
  readonly undo: readonly RecordedEdit[];
  readonly findings: readonly Finding[];
  readonly changed: boolean;
  readonly sites: readonly Site[];
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

  #run(job: FileJob, source: Buffer): FileResult {
    // Nobody asks for the digest of a project's source that stays as it is.
    const own = job.inPlace && job.place !== undefined && job.record === undefined && job.sha256 === undefined;
    const known = own ? undefined : hash("sha256", source);
    if (known !== undefined) verify(job, source, known);
    const relocated = job.place && relocateSource(source, placeOf(job.place), { relocations: this.#map(job), target: this.#settings.target }, (this.#readers ??= scannerOnly()));
    const content = relocated?.content ?? source;
    const changed = content !== source;
    const sha256Upstream = known ?? (changed ? hash("sha256", source) : "");
    if (job.target !== undefined && (changed || !job.inPlace)) this.#stage(job, job.target, content);
    const keep = this.#settings.keepContents && (changed || !job.inPlace);
    return {
      sha256Upstream,
      sha256Now: changed && !own ? hash("sha256", content) : sha256Upstream,
      undo: relocated?.undo ?? [],
      findings: relocated?.decision.findings.map((local) => located(local, job.label, source, job.distribution)) ?? [],
      changed,
      sites: this.#settings.keepSites ? (relocated?.decision.sites ?? []) : [],
      before: keep ? source : undefined,
      after: keep ? content : undefined,
    };
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
      const original = job.inPlace && job.locator.kind === "file" ? statSync(job.locator.path) : undefined;
      if (original) refuseReadOnly(job.label, original);
      const descriptor = openSync(target, "wx", job.executable ? 0o755 : 0o644);
      try {
        for (let at = 0; at < content.length; ) at += writeSync(descriptor, content, at);
      } finally {
        closeSync(descriptor);
      }
      if (original) keepOwner(original, target);
    } catch (error) {
      throw fileFailure(error, target);
    }
  }
}

function placeOf(place: PlaceData): FilePlace {
  return { package: place.package, stub: place.stub, siblings: new Set(place.siblings) };
}

/** Whoever made a file read-only did not want it changed; for root the system would not say so. */
function refuseReadOnly(label: string, { mode }: Stats): void {
  if ((mode & 0o222) === 0) {
    throw new Failure(`${label}: has to be rewritten and is read-only`, "Make it writable (chmod u+w), or leave it out of the project: exclude in [tool.enisle].");
  }
}

function keepOwner({ mode, uid, gid }: Stats, staged: string): void {
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
