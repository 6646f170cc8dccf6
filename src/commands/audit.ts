/** `enisle audit`: every vendored copy below the roots, what it is, whether it was changed, which advisories apply. Nothing that is audited is run. */
import { existsSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { readDatabase } from "../acquire/advisories.ts";
import { type DownloadedDatabase, downloadedDatabase, fetchDatabase } from "../acquire/advisoryDownload.ts";
import { ArchiveCache } from "../acquire/cache.ts";
import { surroundingDistribution } from "../acquire/surroundings.ts";
import { type Listener, systemLists, systemOwners } from "../acquire/systemPackages.ts";
import { walkTree } from "../acquire/tree.ts";
import type { ReleaseIndex } from "../audit/indexFile.ts";
import { joinIndexes } from "../audit/joinIndexes.ts";
import { matchAdvisories } from "../audit/matchAdvisories.ts";
import { type Advisory, advisoryOf } from "../audit/osv.ts";
import { holdsSymbol, leavesOutFile } from "../audit/symbols.ts";
import type { Host } from "../host/host.ts";
import type { AuditResult, Copy, DatabaseInfo } from "../model/audit.ts";
import { normalisedName } from "../model/distribution.ts";
import { type Finding, byPlace } from "../model/finding.ts";
import type { Outcome } from "../model/outcome.ts";
import type { Unreadable } from "../model/tree.ts";
import { keep, recall, stateOf } from "./auditCache.ts";
import { type Gate, gated } from "./auditGate.ts";
import type { SbomBeside } from "./auditManifest.ts";
import { archivesAtHand, upstreamOf } from "./upstreamDiffs.ts";
import { writeSboms } from "./writeSboms.ts";
import { type TreeAudit, auditTree, unreadableFinding } from "./auditTree.ts";
import { type DigestCrew, hireDigestCrew, indexedDigest } from "./digestFiles.ts";
import { digestReader, fingerprintReader, importReader } from "./fingerprints.ts";
import { openIndex, ownIndexFile, shippedIndexFile } from "./indexReleases.ts";

export interface AuditOptions {
  /** As the user typed them. */
  readonly roots: readonly string[];
  /** Advisory databases, as typed; where there is none, one that was downloaded is taken. */
  readonly databases: readonly string[];
  /** Of the downloaded database; undefined: no other than `databases`. */
  readonly download: { readonly url: string; readonly fetch: true } | { /** Undefined: whatever was downloaded last. */ readonly url: string | undefined; /** Only what is in the cache already. */ readonly fetch: false } | undefined;
  /** Indexes besides the shipped one and the user's own. */
  readonly indexes: readonly string[];
  /** Directories of archives, for diffs of patched copies, as typed. */
  readonly archives: readonly string[];
  readonly gate: Gate;
  readonly cache: boolean;
  /** An SBOM is written beside each manifest. */
  readonly writeSbom: boolean;
}

export async function audit(options: AuditOptions, host: Host): Promise<Outcome<AuditResult>> {
  const indexFiles = [...options.indexes.map((path) => resolve(host.cwd, path)), ...[ownIndexFile(), shippedIndexFile()].filter((path) => path !== undefined && existsSync(path))] as string[];
  const roots = options.roots.length === 0 ? ["."] : options.roots;
  let index: ReleaseIndex | undefined;
  const loadIndex = (): ReleaseIndex | undefined => (index ??= indexFiles.length === 0 ? undefined : joinIndexes(indexFiles.map(openIndex)));
  // A network that is not there is said before a long audit, not after it.
  const downloaded = options.download && (options.download.fetch ? await fetchDatabase(options.download.url, host) : downloadedDatabase(options.download.url, host));
  const archives = archivesAtHand(options.archives.map((path) => resolve(host.cwd, path)), new ArchiveCache(host).list().map((each) => each.path));
  const crew = hireDigestCrew();
  const audits: TreeAudit[] = [];
  try {
    for (const [position, root] of roots.entries()) audits.push(await auditRoot(resolve(host.cwd, root), position, indexFiles, loadIndex, archives, crew, options.cache, host));
  } finally {
    await crew.dismiss();
  }
  const several = roots.length > 1;
  const findings = audits.flatMap((each, position) => each.findings.map((finding) => (several && finding.path !== undefined ? { ...finding, path: join(roots[position] ?? "", finding.path) } : finding)));
  const copies = audits.flatMap((each) => each.copies);
  const { database, advisories, unreadable } = await loadAdvisories([...options.databases, ...(downloaded ? [downloaded.path] : [])], downloaded, copies, host);
  findings.push(...unreadable.map(unreadableFinding));
  const matched = database === null ? copies : copies.map((copy) => ({ ...copy, advisories: matchAdvisories({ name: copy.name, versions: copy.versions, patched: copy.state === "patched", holds: holdsSymbol(copy), leavesOut: leavesOutFile(copy) }, advisories) }));
  const result: AuditResult = { roots, database, copies: matched.sort(byPath), files: audits.reduce((sum, each) => sum + each.files, 0) };
  const judged = gated(result, findings, options.gate, several ? (copy) => join(roots[copy.root] ?? "", copy.path) : (copy) => copy.path);
  const sboms = options.writeSbom ? writeSboms(audits.flatMap((each, position) => each.sboms.map((sbom) => ({ ...sbom, root: resolve(host.cwd, roots[position] ?? ""), label: several ? join(roots[position] ?? "", sbom.path) : sbom.path })))) : undefined;
  // What was just written contradicts nothing any more.
  const found = sboms ? judged.findings.filter((each) => each.code !== "sbom-contradicts" || !sboms.written.has(each.path ?? "")) : judged.findings;
  return { command: "audit", result: sboms ? { ...result, sboms: sboms.rows } : result, findings: found.sort(byPlace), changes: [], notices: [...ageNotices(downloaded), ...audits.flatMap((each) => each.notices), ...judged.notices, ...(sboms?.notices ?? [])] };
}

function byPath(a: Copy, b: Copy): number {
  return a.root - b.root || (a.path < b.path ? -1 : a.path > b.path ? 1 : a.name < b.name ? -1 : 1);
}

async function auditRoot(root: string, position: number, indexFiles: readonly string[], index: () => ReleaseIndex | undefined, archives: readonly string[], crew: DigestCrew, cache: boolean, host: Host): Promise<TreeAudit> {
  host.progress(`Looking at ${root}`);
  // Whatever changes from here on has another time of change (ctime), which nobody sets back: the result cannot be recalled for it.
  const key = cache ? stateOf(root, [...indexFiles, ...systemLists(root)], archives) : undefined;
  const known = key === undefined ? undefined : recall<TreeAudit>(key);
  if (known) return { ...known, copies: known.copies.map((copy) => ({ ...copy, root: position })) };
  const unreadable: Unreadable[] = [];
  const copies: Copy[] = [];
  const findings: Finding[] = [];
  const sboms: SbomBeside[] = [];
  let files = 0;
  const [read, digest, indexed] = [fingerprintReader(), digestReader(), indexedDigest()];
  const rootName = rootPackage(root);
  const notices: string[] = [];
  const [upstream, importsOf] = [upstreamOf(archives, (text) => notices.push(text)), importReader()];
  for (const tree of walkTree(root, (problem) => unreadable.push(problem), () => crew.prepare())) {
    host.progress(`Reading ${tree.prefix || root}`);
    const found = await auditTree(tree, { root: position, rootPath: root, index: index(), read, digest, indexed, crew, upstream, importsOf, rootName: tree.prefix === "" ? rootName : "", problem: (problem) => unreadable.push(problem) });
    copies.push(...found.copies);
    findings.push(...found.findings);
    files += found.files;
    sboms.push(...found.sboms);
  }
  const around = rootName === "" ? undefined : surroundingDistribution(root);
  const owned = withSystemOwners(root, host, { problem: (problem) => unreadable.push(problem), notice: (text) => notices.push(text) }, around === undefined ? copies : copies.map((copy) => (copy.owner === null ? { ...copy, owner: around, update: `pip install --upgrade ${around}` } : copy)));
  const result: TreeAudit = { copies: owned, findings: [...findings, ...unreadable.map(unreadableFinding)], files, sboms, notices };
  if (key !== undefined && unreadable.length === 0) keep(key, result);
  return result;
}

/** Dotted name of the root, where it is itself a package: `pip` for `…/site-packages/pip`. */
function rootPackage(root: string): string {
  const parts: string[] = [];
  for (let directory = root; existsSync(join(directory, "__init__.py")) && basename(directory) !== ""; directory = resolve(directory, "..")) parts.unshift(basename(directory));
  return parts.join(".");
}

function withSystemOwners(root: string, host: Host, listener: Listener, copies: readonly Copy[]): Copy[] {
  const absolute = (copy: Copy): string => join(root, copy.chain.find((outer) => copy.path.startsWith(`${outer}/`) && /\.(?:whl|egg|zip|pyz|tar\.\w+|tgz|deb)$/.test(outer)) ?? copy.path);
  const owners = systemOwners(root, copies.map(absolute), host, listener);
  return copies.map((copy) => {
    const owner = owners.get(absolute(copy));
    return owner ? { ...copy, owner: owner.package, update: owner.update } : copy;
  });
}

interface Loaded {
  readonly database: DatabaseInfo | null;
  readonly advisories: readonly Advisory[];
  readonly unreadable: readonly Unreadable[];
}

const LONG = 7 * 86_400_000;

/** A downloaded database is used as long as nothing better is there, but not without a word. */
function ageNotices(downloaded: DownloadedDatabase | undefined): string[] {
  if (!downloaded) return [];
  if (downloaded.stale !== undefined) return [`The advisories are those of ${downloaded.fetched}: ${downloaded.stale}`];
  const age = Date.now() - Date.parse(downloaded.fetched);
  return age > LONG ? [`The advisories were downloaded ${Math.floor(age / 86_400_000)} days ago: --fetch-db renews them`] : [];
}

async function loadAdvisories(databases: readonly string[], downloaded: DownloadedDatabase | undefined, copies: readonly Copy[], host: Host): Promise<Loaded> {
  if (databases.length === 0) return { database: null, advisories: [], unreadable: [] };
  const wanted = new Set(copies.map((copy) => copy.name));
  const advisories: Advisory[] = [];
  const unreadable: Unreadable[] = [];
  let [entries, date]: [number, string | null] = [0, null];
  for (const path of databases) {
    host.progress(`Reading ${path}`);
    const reading = await readDatabase(resolve(host.cwd, path), wanted, normalisedName);
    entries += reading.count;
    if (reading.date !== null && (date === null || reading.date > date)) date = reading.date;
    const shown = (each: Unreadable): Unreadable => ({ ...each, path: each.path.startsWith("/") ? each.path : `${path}/${each.path}` });
    unreadable.push(...reading.unreadable.map(shown));
    for (const entry of reading.entries) {
      try {
        const advisory = advisoryOf(entry.value);
        if (advisory) advisories.push(advisory);
      } catch (error) {
        unreadable.push(shown({ path: entry.path, reason: `is no OSV entry: ${(error as Error).message}` }));
      }
    }
  }
  return { database: { date, entries, ...(downloaded ? { download: { url: downloaded.url, fetched: downloaded.fetched } } : {}) }, advisories, unreadable };
}
