/** `enisle explain`: every site of one file, what was (or would be) done, by which rule, and why. Changes nothing. */
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { catalogueWith } from "../catalogue/index.ts";
import type { Locator } from "../model/distribution.ts";
import { layOut } from "../plan/layout.ts";
import { HELPER_NAME } from "../rewrite/helperModule.ts";
import { type Inventory, emptyInventory } from "../rewrite/context.ts";
import { inventoryOfCopies, keptDistribution } from "./copies.ts";
import { defaultReferences } from "./fileJob.ts";
import { inventoryOf } from "./inventory.ts";
import type { Host } from "../host/host.ts";
import { parseManifest } from "../manifest/read.ts";
import { Failure, fileFailure } from "../model/failure.ts";
import { type Finding, located } from "../model/finding.ts";
import { MANIFEST_NAME, type Manifest, type ManifestDistribution, type ManifestFile } from "../model/manifest.ts";
import type { ExplainResult, ExplainedSite, Outcome } from "../model/outcome.ts";
import { type Relocation, type RelocationMap, relocationMap } from "../model/relocation.ts";
import { type Position, positionAt } from "../model/span.ts";
import { join as dotted, isAtOrBelow, moduleOfFile, parent } from "../model/name.ts";
import { undo } from "../rewrite/applyEdits.ts";
import type { FilePlace, PythonVersion } from "../rewrite/context.ts";
import { readFacts } from "../syntax/readFacts.ts";
import { parsePython, findConsumer } from "./consumer.ts";
import { scannerOnly, withReaders } from "./readers.ts";
import { type RelocatedSource, relocateSource } from "./relocateSource.ts";

export interface ExplainOptions {
  /** As typed: `FILE` or `FILE:LINE`. */
  readonly file: string;
  readonly project: string;
  readonly namespace: string | undefined;
  readonly relocations: readonly Relocation[];
}

interface Subject {
  readonly original: Buffer;
  readonly relocations: readonly Relocation[];
  readonly place: FilePlace;
  readonly target: PythonVersion;
  readonly owner: ManifestDistribution | undefined;
  readonly manifest: Manifest | undefined;
  readonly knowledge: { readonly inventory: Inventory; readonly helper: string | undefined };
}

export async function explain(options: ExplainOptions, host: Host): Promise<Outcome<ExplainResult>> {
  const [, name = options.file, lineText] = /^(.*?)(?::(\d+))?$/s.exec(options.file) ?? [];
  const whole = existsSync(resolve(host.cwd, options.file));
  const file = resolve(host.cwd, whole ? options.file : name);
  const line = whole || lineText === undefined ? undefined : Number(lineText);
  const label = relative(host.cwd, file).split(sep).join("/");
  const content = read(file);
  const subject = copySubject(file, content) ?? (await projectSubject(options, content));
  const relocated = await withReaders((readers) => relocateSource(subject.original, subject.place, { ...defaultReferences, ...subject.knowledge, relocations: relocationMap(subject.relocations), target: subject.target, catalogue: catalogueWith([]) }, readers));
  const sites = [...explainSites(subject.original, relocated), ...(await alreadyRelocated(content, subject))]
    .filter((site) => line === undefined || (site.line <= line && line <= site.endLine))
    .sort((a, b) => a.line - b.line || a.column - b.column);
  const findings: Finding[] = relocated.decision.findings.map((local) => located(local, label, subject.original));
  const copyOf = subject.owner ? { name: subject.owner.name, version: subject.owner.version } : null;
  return { command: "explain", result: { path: label, copyOf, sites }, findings: findings.filter((each) => line === undefined || each.line === line), changes: [], notices: [] };
}

function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw fileFailure(error, file);
  }
}

/** A file that a manifest above it lists: its original text comes back from the recorded edits. */
function copySubject(file: string, content: Buffer): Subject | undefined {
  for (let at = dirname(file); ; at = dirname(at)) {
    const manifestFile = join(at, MANIFEST_NAME);
    if (existsSync(manifestFile)) {
      const manifest = parseManifest(readFileSync(manifestFile, "utf8"), manifestFile);
      const path = relative(at, file).split(sep).join("/");
      for (const owner of manifest.distributions) {
        const entry = owner.files.find((candidate) => candidate.path === path);
        if (entry) return { ...ofCopy(manifest, entry, content, at), owner };
      }
    }
    if (dirname(at) === at) return undefined;
  }
}

function ofCopy(manifest: Manifest, entry: ManifestFile, content: Buffer, directory: string): Omit<Subject, "owner"> {
  const within = parent(entry.path.slice(0, entry.path.lastIndexOf(".")).replaceAll("/", "."));
  return {
    original: Buffer.from(undo(content.toString("latin1"), entry.edits), "latin1"),
    relocations: [...recorded(manifest), ...(manifest.isolated ?? []).map((name): Relocation => ({ from: name, to: `${manifest.namespace}.${name}`, absent: true }))],
    place: { module: moduleOfFile(within, basename(entry.path)), package: within, stub: entry.path.endsWith(".pyi"), siblings: new Set() },
    target: parsePython(manifest.targetPython) ?? [3, 9],
    manifest,
    knowledge: knowledgeOf(manifest, directory),
  };
}

/** What the copies hold, read off the disk. */
function knowledgeOf(manifest: Manifest, directory: string): Subject["knowledge"] {
  const layouts = layOut(manifest.distributions.map((entry) => keptDistribution(entry, directory)), manifest.namespace, "");
  const read = (locator: Locator): Buffer => {
    if (locator.kind === "entry") throw new Error("invariant: a copy on disk lies in no archive");
    const text = readFileSync(locator.path);
    return locator.kind === "relocated" ? Buffer.from(undo(text.toString("latin1"), locator.edits), "latin1") : text;
  };
  return { inventory: inventoryOf(inventoryOfCopies(layouts), read, scannerOnly), helper: `${manifest.namespace}.${HELPER_NAME}` };
}

async function projectSubject(options: ExplainOptions, content: Buffer): Promise<Subject> {
  const place = { module: undefined, package: undefined, stub: options.file.endsWith(".pyi"), siblings: new Set<string>() };
  if (options.relocations.length > 0) return { original: content, relocations: options.relocations, place, target: [3, 9], owner: undefined, manifest: undefined, knowledge: { inventory: emptyInventory, helper: undefined } };
  const consumer = await findConsumer(options.project, options.namespace, undefined);
  const manifestFile = join(consumer.namespaceDirectory, MANIFEST_NAME);
  if (!existsSync(manifestFile)) throw new Failure(`${consumer.namespaceDirectory}: nothing is vendored there`, "Vendor something first, or say what would be relocated: --map testtools=nova._vendor.testtools");
  const manifest = parseManifest(readFileSync(manifestFile, "utf8"), manifestFile);
  return { original: content, relocations: recorded(manifest), place, target: consumer.target, owner: undefined, manifest, knowledge: knowledgeOf(manifest, consumer.namespaceDirectory) };
}

function recorded(manifest: Manifest): Relocation[] {
  return manifest.distributions.flatMap((entry) => Object.entries(entry.relocations).map(([from, to]) => ({ from, to })));
}

function explainSites(original: Buffer, { decision, content }: RelocatedSource): ExplainedSite[] {
  const [before, after] = [original.toString("latin1"), content.toString("latin1")];
  const [linesBefore, linesAfter] = [splitLines(before), splitLines(after)];
  return decision.sites.map((site) => {
    const [start, end] = [positionAt(before, site.start), positionAt(before, site.end)];
    return { ...range(start, end), name: characters(site.name), tier: site.tier, rule: site.rule, outcome: site.outcome, why: characters(site.why), was: textOf(linesBefore, start), now: textOf(linesAfter, start) };
  });
}

/** Import statements that name a copy. */
async function alreadyRelocated(content: Buffer, { manifest, owner }: Subject): Promise<ExplainedSite[]> {
  if (!manifest || owner) return [];
  const result = await withReaders((readers) => readFacts(content, readers));
  if (result.kind === "unreadable") return [];
  const text = content.toString("latin1");
  const lines = splitLines(text);
  const back: RelocationMap = relocationMap(recorded(manifest).map(({ from, to }) => ({ from: to, to: from })));
  return result.facts.imports.flatMap((statement): ExplainedSite[] => {
    const names = statement.kind === "import" ? statement.names.map((name) => ({ span: name, name: name.written.name })) : [{ span: statement.module, name: statement.module.name }, ...statement.names.map((name) => ({ span: name, name: dotted(statement.module.name, name.written.name) }))];
    const found = names.find(({ name }) => back.covering(name) && isAtOrBelow(name, manifest.namespace));
    const original = found && back.apply(found.name);
    const distribution = original && manifest.distributions.find((each) => Object.keys(each.relocations).some((from) => isAtOrBelow(characters(original), from)));
    if (!found || !original || !distribution) return [];
    const [start, end] = [positionAt(text, statement.start), positionAt(text, statement.end)];
    const line = textOf(lines, start);
    const why = `it names the copy of ${distribution.name}${distribution.version === null ? "" : ` ${distribution.version}`}`;
    return [{ ...range(start, end), name: characters(original), tier: "proven", rule: statement.kind === "import" ? "import" : "from-import", outcome: "relocated", why, was: line, now: line }];
  });
}

function range(start: Position, end: Position): Pick<ExplainedSite, "line" | "column" | "endLine" | "endColumn"> {
  return { line: start.line, column: start.column, endLine: end.line, endColumn: end.column };
}

/** Names in facts are bytes. */
function characters(bytes: string): string {
  return Buffer.from(bytes, "latin1").toString("utf8");
}

function splitLines(text: string): string[] {
  return text.split(/\r\n|\n|\r/);
}

function textOf(lines: readonly string[], position: Position): string {
  return Buffer.from(lines[position.line - 1] ?? "", "latin1").toString("utf8").trim();
}
