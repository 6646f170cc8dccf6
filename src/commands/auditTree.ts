/** One tree: its evidence is read, joined, and judged. What comes out needs only the advisories to be complete. */
import { createHash } from "node:crypto";
import { reasonOf } from "../acquire/tree.ts";
import { type Claim, isVendoringName } from "../audit/claim.ts";
import { type Draft, isBelow, mainPlace } from "../audit/draft.ts";
import { mayTellOrigin, originOf } from "../audit/evidence/header.ts";
import { isSbom, readSbom } from "../audit/evidence/sbom.ts";
import { listsCopies, readLists } from "../audit/evidence/pins.ts";
import { fuse } from "../audit/fuse.ts";
import { type Hosts, hostOf, installedBy, isInside, readMetadata } from "../audit/hosts.ts";
import type { LocalModule, LocalModuleOf } from "../audit/compare.ts";
import { type Fingerprint, exactDigest } from "../audit/fingerprint.ts";
import { type Suspicion, type Trace, identify, namespacesOf } from "../audit/identify.ts";
import type { ReleaseIndex } from "../audit/indexFile.ts";
import { modulesOf, directoryOf } from "../audit/modules.ts";
import { placesIn } from "../audit/places.ts";
import type { Reading } from "../audit/reading.ts";
import { type Judged, judge, stateOf } from "../audit/state.ts";
import { decideVersion } from "../audit/version.ts";
import { contradictions } from "../audit/contradictions.ts";
import { evidenceOf } from "../audit/explainEvidence.ts";
import type { Copy } from "../model/audit.ts";
import { normalisedName } from "../model/distribution.ts";
import { type Finding, finding } from "../model/finding.ts";
import type { Tree, Unreadable } from "../model/tree.ts";
import { type SbomBeside, readManifests } from "./auditManifest.ts";
import type { DigestCrew, FirstLook, IndexedDigest } from "./digestFiles.ts";
import type { DigestReader, FingerprintReader, ImportReader } from "./fingerprints.ts";
import { type Compared, type Upstream, compareWhole, diffsOf } from "./upstreamDiffs.ts";

export interface TreeAudit {
  /** Without owner of the operating system and without advisories, which audit.ts adds. */
  readonly copies: readonly Copy[];
  readonly findings: readonly Finding[];
  readonly files: number;
  /** In directories: what was read in an archive is written nowhere. */
  readonly sboms: readonly SbomBeside[];
  readonly notices: readonly string[];
}

export interface TreeContext {
  readonly root: number;
  readonly index: ReleaseIndex | undefined;
  readonly read: FingerprintReader;
  readonly digest: DigestReader;
  readonly indexed: IndexedDigest;
  readonly crew: DigestCrew;
  readonly upstream: Upstream;
  readonly importsOf: ImportReader;
  /** Absolute path of the ROOT. */
  readonly rootPath: string;
  /** Dotted name of the tree's root, where it is a package that lies in another. */
  readonly rootName: string;
  problem(unreadable: Unreadable): void;
}

export async function auditTree(tree: Tree, context: TreeContext): Promise<TreeAudit> {
  const shown = (path: string): string => [tree.prefix, path].filter((part) => part !== "").join("/");
  const reading = readingOf(tree, context.rootName, shown, context.problem);
  let told: Told | undefined;
  const first = await firstLook(tree, reading, context, () => (told = whatIsTold(reading, shown)));
  const { hosts, manifests, claims } = told ?? whatIsTold(reading, shown);
  const places = placesIn(reading.modules, reading.paths, context.index);
  const suspicions: Suspicion[] = claims.flatMap((claim) => {
    const library = places.library(claim.name);
    return library === undefined ? [] : places.find(claim).map(({ directory }) => ({ library, directory }));
  });
  const { digests, telling } = first;
  const moduleOf = memoised(reading, first, context);
  const own = new Map<string, boolean>();
  const isOwnPlace = (place: string, name: string): boolean => {
    const key = `${place}\0${name}`;
    const known = own.get(key) ?? isOwn(place, name, hosts, reading, tree);
    own.set(key, known);
    return known;
  };
  const belongsTo = (path: string): string | undefined => {
    const host = hostOf(path, hosts);
    return host && normalisedName(host.name);
  };
  const identified = context.index ? identify(context.index, reading.modules, digests, suspicions, moduleOf, isOwnPlace, belongsTo, tracesIn(telling, reading, places)) : [];
  const { drafts, unmet } = fuse(identified, claims, places, reading, isOwnPlace);
  const debian = /^Package:[ \t]*([a-z0-9][a-z0-9+.-]*)[ \t]*$/m.exec(reading.text("DEBIAN/control") ?? "")?.[1];
  const copies = drafts.map((draft) => copyOf(draft, drafts, hosts, tree, reading, manifests.states, context));
  return {
    copies: copies.map(({ copy }) => (debian === undefined ? copy : { ...copy, owner: debian, update: `apt-get install --only-upgrade ${debian}` })),
    findings: [...manifests.findings, ...contradictions(drafts, copies.map((each) => each.decided), unmet, shown)],
    files: reading.modules.files.length,
    sboms: tree.kind === "directory" ? manifests.sboms : [],
    notices: [],
  };
}

interface Told {
  readonly hosts: Hosts;
  readonly manifests: ReturnType<typeof readManifests>;
  readonly claims: readonly Claim[];
}

function whatIsTold(reading: Reading, shown: (path: string) => string): Told {
  const { hosts, claims: metadata } = readMetadata(reading);
  const manifests = readManifests(reading, shown);
  const lists = reading.paths.filter((path) => listsCopies(path)).flatMap((path) => readLists(path, reading.text(path) ?? ""));
  const sboms = reading.paths.filter((path) => isSbom(path) && !manifests.sboms.some((each) => each.path === shown(path))).flatMap((path) => readSbom(path, reading.text(path) ?? "", (info) => installedBy(info, reading)) ?? []);
  return { hosts, manifests, claims: [...manifests.claims, ...metadata, ...lists, ...sboms] };
}

/** `meanwhile` is called once, or not at all. */
async function firstLook(tree: Tree, reading: Reading, { index, crew, indexed, rootPath }: TreeContext, meanwhile: () => void): Promise<FirstLook> {
  const namespaces = (path: string): string[] => firstNamespaces(path, reading);
  if (!index) return { digests: new Map(), exact: new Map(), telling: [] };
  if (tree.kind === "directory" && tree.name !== "") return crew.run(rootPath, reading.modules.files, namespaces, index.shapes, meanwhile, (path) => void reading.peek(path));
  const [digests, exact] = [new Map<string, string>(), new Map<string, string>()];
  const telling: string[] = [];
  for (const path of reading.modules.files) {
    const content = reading.peek(path);
    if (content && mayTellOrigin(content)) telling.push(path);
    const found = content && indexed(content, namespaces(path), index.shapes);
    if (!content || found === undefined) continue;
    digests.set(path, found);
    exact.set(path, exactDigest(content));
  }
  return { digests, exact, telling };
}

/** Those that a module is first looked up with. */
function firstNamespaces(path: string, reading: Reading): string[] {
  return namespacesOf(likelyDirectory(path), reading.modules);
}

function readingOf(tree: Tree, rootName: string, shown: (path: string) => string, problem: (unreadable: Unreadable) => void): Reading {
  const byPath = new Map(tree.files.map((file) => [file.path, file]));
  const failed = new Set<string>();
  const content = (path: string, how: "read" | "peek"): Buffer | undefined => {
    const file = byPath.get(path);
    if (!file || failed.has(path)) return undefined;
    try {
      return file[how]();
    } catch (error) {
      failed.add(path);
      problem({ path: shown(path), reason: reasonOf(error) });
      return undefined;
    }
  };
  const paths = tree.files.map((file) => file.path);
  return { modules: modulesOf(paths, rootName), paths, has: (path) => byPath.has(path), bytes: (path) => content(path, "read"), peek: (path) => content(path, "peek"), text: (path) => content(path, "peek")?.toString("utf8") };
}

/** A module is read once for each set of namespaces that it is asked for with. */
function memoised(reading: Reading, { digests, exact }: FirstLook, { read, digest }: TreeContext): LocalModuleOf {
  const known = new Map<string, LocalModule>();
  return (path, namespaces) => {
    const key = `${path}\0${namespaces.join()}`;
    const found = known.get(key);
    if (found) return found;
    const looked = exact.get(path);
    const content = looked === undefined ? reading.peek(path) : undefined;
    if (looked === undefined && !content) return undefined;
    let whole: Fingerprint | undefined;
    let relocated = firstNamespaces(path, reading).join() === namespaces.join() ? digests.get(path) : undefined;
    // The content is not held: parts are asked for of few modules.
    const fresh: LocalModule = { exact: looked ?? exactDigest(content ?? Buffer.alloc(0)), relocated: () => (relocated ??= digest(reading.peek(path) ?? Buffer.alloc(0), namespaces, 0) ?? ""), whole: () => (whole ??= read(reading.peek(path) ?? Buffer.alloc(0), namespaces)) };
    known.set(key, fresh);
    return fresh;
  };
}

/** Modules that name a library of the index as their origin. */
function tracesIn(telling: readonly string[], reading: Reading, places: ReturnType<typeof placesIn>): Trace[] {
  return telling.flatMap((path) => {
    const origin = originOf(reading.text(path) ?? "");
    const library = origin && places.library(origin.name);
    return library === undefined ? [] : [{ path, library, how: `line ${origin?.line}: ${origin?.how}` }];
  });
}

/** The directory for copies in which a module seems to lie; where none is called like one, its package's parent. */
function likelyDirectory(path: string): string {
  const parts = path.split("/");
  const at = parts.findLastIndex((part, index) => index < parts.length - 1 && /vendor|extern|third.?party|bundled|packages$/i.test(part));
  return at >= 0 ? parts.slice(0, at + 1).join("/") : directoryOf(directoryOf(path));
}

/** What a distribution installs under its own name is no copy; nor is what lies at the top of a tree that nothing describes. */
function isOwn(place: string, name: string, hosts: Hosts, reading: Reading, tree: Tree): boolean {
  const directory = directoryOf(place);
  // The standard library: backports come from it, not it from them.
  if (["os.py", "abc.py", "site.py"].every((module) => reading.has(directory === "" ? module : `${directory}/${module}`))) return true;
  const host = hostOf(place, hosts);
  const isTop = !isInside(directory, reading);
  if (host && normalisedName(host.name) === name && (isTop || (host.kind === "project" && reading.modules.dotted(directory) === ""))) return true;
  if (!isTop) return false;
  // The root may be a directory for copies itself.
  if (directory === "" && (isVendoringName(tree.name) || reading.paths.some((path) => !path.includes("/") && /^_?vendor(?:ed)?\.txt$/i.test(path)))) return false;
  const top = (place.split("/").at(-1) ?? "").replace(/\.py$/, "");
  // A distribution that installs a library beside its own package (`acme` and `six`) bundles it.
  const own = host && [...host.topLevels].some((each) => normalisedName(each) === normalisedName(host.name));
  if (host && own && host.topLevels.has(top) && normalisedName(top) !== normalisedName(host.name)) return false;
  if (hosts.listing(place.endsWith(".py") ? place : `${place}/__init__.py`)) return true;
  const isSite = /(?:^|\/)(?:site|dist)-packages$/.test(directory) || (directory === "" && (/^(?:site|dist)-packages$/.test(tree.name) || tree.kind !== "directory"));
  if (isSite) return host === undefined ? hosts.all.length === 0 : host.topLevels.has(top);
  return directory === "" || /^(?:src|python|python3|lib|[^/]+-\d[^/]*|[^/]+-\d[^/]*\/src)$/.test(directory) ? host === undefined || normalisedName(host.name) === name : false;
}

interface Finished {
  readonly copy: Copy;
  readonly decided: ReturnType<typeof decideVersion>;
}

function copyOf(draft: Draft, drafts: readonly Draft[], hosts: Hosts, tree: Tree, reading: Reading, states: ReadonlyMap<Claim, Copy["state"]>, context: TreeContext): Finished {
  const shown = (path: string): string => [tree.prefix, path].filter((part) => part !== "").join("/");
  const decided = decideVersion(draft);
  const place = mainPlace(draft);
  const directory = directoryOf(place);
  const outer = drafts.filter((other) => other !== draft && other.places.some((each) => isBelow(place, each) && place !== each)).map(mainPlace).sort((a, b) => a.length - b.length);
  const without = { ...draft, identified: draft.identified && nestedLeftOut(draft.identified, draft, drafts) };
  const judged = withManifest(judge(without, decided.version, decided.versions, reading, namespacesOf(directory, reading.modules)), draft, states);
  const host = hostOf(place, hosts);
  const whole = judged.state === "unknown" && !judged.differences ? wholeFor(draft, decided, directory, reading, context) : undefined;
  const compared = whole ?? (judged.state === "patched" && judged.differences ? diffsFor(draft, decided, judged.differences, directory, reading, context) : undefined);
  const differences = whole?.differences ?? (judged.differences && withSame(judged.differences, compared?.same ?? []));
  return {
    decided,
    copy: {
      name: draft.name, version: decided.version, versions: decided.versions, root: context.root, path: shown(place), places: draft.places.map(shown), chain: [...tree.chain, ...outer.map(shown)],
      owner: host?.name ?? null,
      update: host?.kind === "installed" ? `pip install --upgrade ${/^[\w.-]+$/.test(host.name) ? host.name : JSON.stringify(host.name)}` : null,
      namespace: reading.modules.dotted(directory),
      state: differences && (whole || (compared && compared.same.length > 0)) ? stateOf(differences) : judged.state,
      evidence: evidenceOf(draft, judged, shown),
      differences: differences ? { same: differences.same.map(shown), relocated: differences.relocated.map(shown), changed: differences.changed.map(shown), missing: differences.missing, added: differences.added.map(shown) } : null,
      ...(compared && compared.diffs.length > 0 ? { diffs: compared.diffs.map((each) => ({ ...each, path: shown(each.path) })) } : {}),
      license: draft.claims.map((claim) => claim.license).find((license) => typeof license === "string") ?? null,
      sha256: digestOf(draft, reading),
      advisories: [],
    },
  };
}

/** Modules that the texts show to be relocated alone. */
function withSame(differences: NonNullable<Judged["differences"]>, same: readonly string[]): NonNullable<Judged["differences"]> {
  return same.length === 0 ? differences : { ...differences, changed: differences.changed.filter((path) => !same.includes(path)), relocated: [...differences.relocated, ...same].sort() };
}

function diffsFor({ name, identified }: Draft, { version, versions }: Finished["decided"], differences: NonNullable<Judged["differences"]>, directory: string, reading: Reading, { upstream, importsOf }: TreeContext): Compared | undefined {
  const release = version ?? versions.at(-1);
  if (release === undefined) return undefined;
  return diffsOf({ name, version: release, differences, upstreamPath: upstreamPathIn(identified, directory), namespaces: namespacesOf(directory, reading.modules), read: (path) => reading.bytes(path) }, upstream, importsOf);
}

/** Of a release that the index does not have. */
function wholeFor({ name, identified, places }: Draft, { version }: Finished["decided"], directory: string, reading: Reading, { upstream, importsOf }: TreeContext): ReturnType<typeof compareWhole> {
  if (version === null) return undefined;
  const modules = [...new Set(places.flatMap((place) => reading.modules.below(place)))].sort();
  return compareWhole({ name, version, modules, upstreamPath: upstreamPathIn(identified, directory), namespaces: namespacesOf(directory, reading.modules), read: (path) => reading.bytes(path) }, upstream, importsOf);
}

/** Where installing the release puts what lies in the copy. */
function upstreamPathIn(identified: Draft["identified"], directory: string): (local: string) => string {
  return (local) => {
    for (const [top, place] of identified?.placement ?? []) if (isBelow(local, place)) return top + local.slice(place.length);
    return directory === "" ? local : local.slice(directory.length + 1);
  };
}

/** Copies inside a copy are copies of their own: what they differ in is not what the outer one differs in. */
function nestedLeftOut(identified: NonNullable<Draft["identified"]>, draft: Draft, drafts: readonly Draft[]): NonNullable<Draft["identified"]> {
  const nested = drafts.filter((other) => other !== draft).flatMap((other) => other.places.filter((place) => draft.places.some((own) => isBelow(place, own) && place !== own)));
  if (nested.length === 0) return identified;
  const isNested = (path: string): boolean => nested.some((place) => isBelow(path, place));
  const strip = (all: NonNullable<Draft["identified"]>["differences"]): typeof all => ({ ...all, added: all.added.filter((path) => !isNested(path)) });
  return { ...identified, differences: strip(identified.differences), differencesFrom: (version) => strip(identified.differencesFrom(version)) };
}

/** Our manifest decides where there is no release to compare with, and never against one. */
function withManifest(judged: Judged, draft: Draft, states: ReadonlyMap<Claim, Copy["state"]>): Judged {
  const claim = draft.claims.find((each) => states.has(each));
  const state = claim && states.get(claim);
  if (!state || judged.state === "patched" || (judged.differences && state !== "patched")) return judged;
  return { ...judged, state, why: `by ${claim.file}, with which the files were compared` };
}

function digestOf(draft: Draft, reading: Reading): string {
  const digest = createHash("sha256");
  for (const path of [...new Set(draft.places.flatMap((place) => (/\.(?:so|pyd)$/.test(place) ? [place] : reading.modules.below(place))))].sort()) digest.update(`${createHash("sha256").update(reading.peek(path) ?? "").digest("hex")}  ${path}\n`);
  return digest.digest("hex");
}

/** A finding for each thing that could not be read. */
export function unreadableFinding({ path, reason }: Unreadable): Finding {
  return finding("unreadable", reason, { path });
}
