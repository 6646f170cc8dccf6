/** Does file jobs: read, verify, relocate, stage. */
import { hash } from "node:crypto";
import { type Stats, chmodSync, chownSync, closeSync, openSync, readFileSync, readSync, statSync, writeSync } from "node:fs";
import { basename, dirname } from "node:path";
import { type EntryRequest, OpenArchives } from "../acquire/zipEntry.ts";
import { Failure, fileFailure } from "../model/failure.ts";
import { positionAt } from "../model/span.ts";
import { located } from "../model/finding.ts";
import type { Locator } from "../model/distribution.ts";
import { anchor } from "../manifest/anchors.ts";
import { relocationMap } from "../model/relocation.ts";
import { undoingEdits } from "../patch/merge.ts";
import { undo } from "../rewrite/applyEdits.ts";
import type { FilePlace, RewriteOptions } from "../rewrite/context.ts";
import { catalogueWith } from "../catalogue/index.ts";
import type { Edit, Site } from "../model/edit.ts";
import { inventoryOf } from "./inventory.ts";
import { type Readers, needsGrammar } from "../syntax/readFacts.ts";
import { droppedImports } from "./droppedImports.ts";
import { applyToBytes, readExisting, reverseImports, substituted } from "./preparedText.ts";
import { directoryMaker } from "./makeDirectories.ts";
import { verify } from "./verifyDigest.ts";
import { scannerOnly, withGrammar } from "./readers.ts";
import { lookInto, observe } from "./observe.ts";
import { type Parsers, type RelocatedText, relocateText } from "./relocateText.ts";
import { MAX_TEXT_SIZE, type TextFormat } from "../model/textFormat.ts";
import { leavePickled, maybePickled, relocatePickled } from "./relocatePickled.ts";
import { type RelocatedSource, relocateSource } from "./relocateSource.ts";
import { type FileJob, type FileResult, type JobSettings, type PlaceData, plainResult } from "./fileJob.ts";

// Entries that are larger together are read one by one: memory is bounded by the largest file.
const LARGE = 16 * 2 ** 20;

/** Does jobs one after the other; holds what they share: descriptors, look-up tables, the grammar once it was needed. */
export class FileWorker {
  #settings: JobSettings;
  readonly #options: readonly RewriteOptions[];
  readonly #archives = new OpenArchives();
  readonly #makeDirectory = directoryMaker();
  #readers: Readers | undefined;
  #parsers: Parsers = { json: (text) => JSON.parse(text) as unknown };

  constructor(settings: JobSettings) {
    this.#settings = settings;
    const { target, references } = settings;
    const catalogue = catalogueWith(references.rows);
    const inventory = inventoryOf(settings.inventory, (locator, size) => this.#readLocator(locator, size), () => (this.#readers ??= scannerOnly()));
    this.#options = settings.maps.map((relocations) => ({ relocations: relocationMap(relocations), target, inventory, catalogue, ...references }));
  }

  /** For jobs on the same relocations: what was learned of them stays. */
  goOn({ keepContents, keepSites, again }: JobSettings): void {
    const { again: _before, ...settings } = this.#settings;
    this.#settings = { ...settings, keepContents, keepSites, ...(again ? { again } : {}) };
  }

  /** Does these jobs, in order; those on entries of one archive are read together. */
  async run(jobs: readonly FileJob[]): Promise<FileResult[]> {
    const contents = this.#readEntries(jobs);
    if (!this.#parsers.toml && jobs.some(({ content }) => content?.kind === "text" && content.format === "toml")) this.#parsers = { ...this.#parsers, toml: (await import("smol-toml")).parse };
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
    const isPickled = maybePickled(job, read);
    if (!job.place && !job.content && !job.patched && !job.inPlace && !isPickled) return this.#copy(job, read);
    const readers = (this.#readers ??= scannerOnly());
    const { reversed, substitute = [], dropped } = this.#settings;
    const back = job.inPlace && job.place && reversed ? reverseImports(read, reversed, readers) : undefined;
    const source = back?.content ?? read;
    // Nobody asks for the digest of a project's file that stays as it is.
    const own = job.inPlace && (job.place !== undefined || job.content !== undefined) && job.record === undefined && job.sha256 === undefined;
    const known = own ? undefined : hash("sha256", source);
    if (known !== undefined) verify(job, source, known);
    const place = job.place && placeOf(job.place, job.label);
    const relocate = (text: Buffer): RelocatedSource | undefined => place && relocateSource(text, place, this.#optionsFor(job), readers, this.#settings.again);
    const before = applyToBytes(source, job.patched?.before);
    const input = place && !job.inPlace ? substituted(before.content, substitute) : before.content;
    const python = relocate(input);
    const pickled = isPickled ? (job.content?.kind === "pickle" && job.content.stays ? leavePickled : relocatePickled)(input, this.#optionsFor(job)) : undefined;
    const relocated = job.content?.kind === "text" ? this.#relocateText(job, job.content.format, input) : (pickled ?? python);
    const looked = job.content && job.content.kind !== "text" && !pickled ? lookInto(source, job.content, this.#optionsFor(job)) : undefined;
    // Before anything is staged: it may turn out that the grammar is needed.
    const observations = looked?.observations ?? (job.place && python?.facts && job.distribution !== undefined && !this.#settings.again ? observe(python.facts, job.place, this.#optionsFor(job), input) : []);
    const missing = dropped && place ? droppedImports(input, place, dropped, readers) : [];
    const covered = before.outcomes.length > 0 && python !== undefined && relocate(substituted(source, substitute))?.content.equals(python.content) === true;
    const after = applyToBytes(relocated?.content ?? input, job.patched?.after);
    const { content } = after;
    const existing = job.inPlace && job.locator.kind === "relocated" ? readExisting(job.locator.path) : read;
    const changed = content !== existing && !content.equals(existing);
    if (job.target !== undefined && (changed || !job.inPlace)) this.#stage(job, job.target, content);
    const keep = this.#settings.keepContents && (changed || !job.inPlace);
    // A patch adds and removes lines: what it leaves is led back by the differences of the two texts.
    const undo = input !== source || (relocated && content !== relocated.content) ? undoingEdits(content.toString("latin1"), source.toString("latin1")) : (relocated?.undo ?? []);
    const sha256Upstream = known ?? (changed ? hash("sha256", source) : "");
    return {
      sha256Upstream,
      sha256Now: content === source ? sha256Upstream : own && undo.length === 0 && !changed ? "" : hash("sha256", content),
      sha256Before: !changed || existing === source ? sha256Upstream : hash("sha256", existing),
      undo,
      anchors: job.inPlace && undo.length > 0 ? anchor(content.toString("latin1"), undo) : [],
      findings: [
        ...[...(relocated?.decision.findings ?? []).filter(({ code, offset }) => code !== "not-in-copy" || !missing.some((each) => each.offset === offset)), ...missing].map((local) => located(local, job.label, input, job.distribution)),
        ...(looked?.findings ?? []).map((local) => located(local, job.label, source, job.distribution)),
        ...(back?.left ?? []).map((local) => located(local, job.label, read)),
      ],
      observations,
      changed,
      size: content.length,
      needsHelper: relocated?.decision.needsHelper === true,
      usedExceptions: relocated?.decision.usedExceptions ?? [],
      edits: countEdits(relocated?.decision.edits ?? []),
      verified: relocated ? verifiedIn(relocated.decision.sites, input) : [],
      sites: this.#settings.keepSites ? (relocated?.decision.sites ?? []) : [],
      patches: [...before.outcomes, ...after.outcomes],
      covered,
      before: keep ? existing : undefined,
      after: keep ? content : undefined,
    };
  }

  /** What a file gives that no name is looked for in: most of those that are no Python. */
  #copy(job: FileJob, source: Buffer): FileResult {
    const sha256 = hash("sha256", source);
    verify(job, source, sha256);
    if (job.target !== undefined) this.#stage(job, job.target, source);
    return plainResult(sha256, source.length, this.#settings.keepContents ? source : undefined);
  }

  #relocateText(job: FileJob, format: TextFormat, source: Buffer): RelocatedText | undefined {
    const place = { format, fileName: basename(job.label), ofProject: job.distribution === undefined };
    return source.length > MAX_TEXT_SIZE ? undefined : relocateText(source, place, job.label, this.#optionsFor(job), this.#parsers);
  }

  #optionsFor(job: FileJob): RewriteOptions {
    const options = this.#options[job.map];
    if (!options) throw new Error("invariant: a job names a relocation map that was not sent");
    return options;
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

  #readLocator(locator: Locator, size: number): Buffer {
    if (locator.kind === "entry") return this.#archives.get(locator.archive).read(locator, locator.archive, size);
    const content = readWhole(locator.path, size);
    return locator.kind === "file" ? content : Buffer.from(undo(content.toString("latin1"), locator.edits), "latin1");
  }

  #read({ locator, label, size }: FileJob): Buffer {
    try {
      return locator.kind === "entry" ? this.#archives.get(locator.archive).read(locator, label, size) : this.#readLocator(locator, size);
    } catch (error) {
      throw fileFailure(error, locator.kind === "entry" ? locator.archive : locator.path);
    }
  }

  #stage(job: FileJob, target: string, content: Buffer): void {
    try {
      const original = job.inPlace && job.locator.kind !== "entry" ? statSync(job.locator.path) : undefined;
      if (original) refuseReadOnly(job.label, original);
      this.#makeDirectory(dirname(target));
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

/** `size` is what the file is thought to have, or 0: then it takes fewer calls. */
function readWhole(path: string, size: number): Buffer {
  if (size === 0) return readFileSync(path);
  const descriptor = openSync(path, "r");
  try {
    const content = Buffer.allocUnsafe(size + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < content.length; length += read) read = readSync(descriptor, content, length, content.length - length, null);
    return length <= size ? content.subarray(0, length) : Buffer.concat([content, readFileSync(descriptor)]);
  } finally {
    closeSync(descriptor);
  }
}

function countEdits(edits: readonly Edit[]): { readonly proven: number; readonly verified: number } {
  const verified = edits.filter(({ rule }) => rule === "verified-string").length;
  return { proven: edits.length - verified, verified };
}

function verifiedIn(sites: readonly Site[], source: Buffer): FileResult["verified"] {
  const found = sites.filter((site) => site.rule === "verified-string" && site.tier === "verified");
  const text = found.length === 0 ? "" : source.toString("latin1");
  return found.map(({ start, name, outcome, why }) => ({ line: positionAt(text, start).line, name: Buffer.from(name, "latin1").toString("utf8"), ...(outcome === "rewritten" ? {} : { left: why }) }));
}

function placeOf(place: PlaceData, path: string): FilePlace {
  return { module: place.module, package: place.package, stub: place.stub, siblings: new Set(place.siblings), path };
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
