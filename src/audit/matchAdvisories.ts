/** Which advisories apply to a copy: by version, and by whether the vulnerable module is in the copy at all. */
import type { AdvisoryMatch, AdvisoryStatus, SeverityLevel } from "../model/audit.ts";
import type { Advisory, Affected, OsvEvent } from "./osv.ts";
import { isVersion, compareVersions, publicVersion } from "./pep440.ts";

export interface Subject {
  readonly name: string;
  readonly versions: readonly string[];
  readonly patched: boolean;
  /** Whether a dotted name's module is in the copy; undefined where that cannot be told. */
  holds(symbol: string): { readonly module: string; readonly present: boolean } | undefined;
  /** Whether a file of that path, or the end of one, is a module of the release and is left out of the copy; undefined for a file that is not the library's. */
  leavesOut(file: string): boolean | undefined;
}

/** One row an issue: entries that are aliases of one another are joined. Sorted: affected first, then by id. */
export function matchAdvisories(subject: Subject, advisories: readonly Advisory[]): AdvisoryMatch[] {
  const rank: Readonly<Record<AdvisoryStatus, number>> = { affected: 0, unknown: 1, not_affected: 2 };
  const about = advisories.filter((advisory) => advisory.affected.some((each) => each.name === subject.name));
  return joinAliases(about).map((group) => matchGroup(subject, group)).sort((a, b) => rank[a.status] - rank[b.status] || (a.id < b.id ? -1 : 1));
}

function joinAliases(advisories: readonly Advisory[]): Advisory[][] {
  const groups: { names: Set<string>; members: Advisory[] }[] = [];
  for (const advisory of advisories) {
    const names = new Set([advisory.id, ...advisory.aliases]);
    const joined = groups.filter((group) => [...names].some((name) => group.names.has(name)));
    for (const group of joined) groups.splice(groups.indexOf(group), 1);
    groups.push({ names: new Set([...joined.flatMap((group) => [...group.names]), ...names]), members: [...joined.flatMap((group) => group.members), advisory] });
  }
  return groups.map((group) => group.members);
}

const sources = ["PYSEC-", "GHSA-", "CVE-"];
const levels: readonly SeverityLevel[] = ["unknown", "none", "low", "medium", "high", "critical"];

function matchGroup(subject: Subject, group: readonly Advisory[]): AdvisoryMatch {
  const rank = (id: string): number => (sources.findIndex((prefix) => id.startsWith(prefix)) + sources.length + 1) % (sources.length + 1);
  const first = [...group].sort((a, b) => rank(a.id) - rank(b.id) || (a.id < b.id ? -1 : 1))[0] as Advisory;
  const entries = group.flatMap((advisory) => advisory.affected.filter((each) => each.name === subject.name));
  const aliases = [...new Set(group.flatMap((advisory) => [advisory.id, ...advisory.aliases]))].filter((id) => id !== first.id).sort();
  const severity = group.map((advisory) => advisory.severity).reduce((a, b) => (levels.indexOf(b) > levels.indexOf(a) ? b : a));
  const fixedAt = [...new Set(entries.flatMap((each) => each.ranges.flat()).flatMap((event) => ("fixed" in event ? [event.fixed] : [])))].sort(compareLoosely);
  const base = { id: first.id, aliases, severity, summary: group.map((advisory) => advisory.summary).find((text) => text !== "") ?? "" };
  if (subject.versions.length === 0) return { ...base, fixed: fixedAt, status: "unknown", why: "the version of this copy is not known" };
  const hit = subject.versions.filter((version) => entries.some((entry) => isAffected(entry, version)));
  const shown = list(subject.versions);
  if (hit.length === 0) {
    const undecided = entries.every((entry) => entry.ranges.every((range) => range.length === 0) && entry.versions.length === 0);
    if (undecided) return { ...base, fixed: fixedAt, status: "unknown", why: "the advisory names commits only, no versions" };
    return { ...base, fixed: fixedAt, status: "not_affected", why: whyNot(subject.versions, entries, fixedAt) };
  }
  const absent = vulnerableModulesAbsent(subject, entries) ?? namedFilesAbsent(subject, group);
  if (absent !== undefined) return { ...base, fixed: fixedAt, status: "not_affected", why: `${shown} is affected, but the vulnerable module is not in this copy: ${absent}` };
  const helps = fixedAt.filter((fixed) => hit.every((version) => compareLoosely(publicVersion(version), fixed) < 0) && !entries.some((entry) => isAffected(entry, fixed)));
  if (hit.length < subject.versions.length) return { ...base, fixed: helps, status: "unknown", why: `it can be any of ${shown}, and only ${list(hit)} ${hit.length === 1 ? "is" : "are"} affected` };
  const backport = subject.patched ? "; the copy was changed, so look whether the fix is in it" : "";
  return { ...base, fixed: helps, status: "affected", why: `${shown} is affected${helps[0] === undefined ? ", and no version fixes it" : `, ${helps[0]} fixes it`}${backport}` };
}

function list(versions: readonly string[]): string {
  return versions.length <= 4 ? versions.join(", ") : `${versions[0]} to ${versions.at(-1)}`;
}

function whyNot(versions: readonly string[], entries: readonly Affected[], fixedAt: readonly string[]): string {
  const shown = list(versions);
  const fix = fixedAt.filter((fixed) => versions.every((version) => compareLoosely(publicVersion(version), fixed) >= 0)).at(-1);
  if (fix !== undefined) return `fixed in ${fix}, and this is ${shown}`;
  const introduced = entries.flatMap((entry) => entry.ranges.flat()).flatMap((event) => ("introduced" in event && event.introduced !== "0" ? [event.introduced] : [])).sort(compareLoosely)[0];
  if (introduced !== undefined && versions.every((version) => compareLoosely(publicVersion(version), introduced) < 0)) return `introduced in ${introduced}, and this is ${shown}`;
  return `${shown} is not among the affected versions`;
}

/** PEP 440's order; where one of the two is no such version, that of the texts. */
function compareLoosely(a: string, b: string): number {
  return isVersion(a) && isVersion(b) ? compareVersions(a, b) : a < b ? -1 : a > b ? 1 : 0;
}

function versionOf(event: OsvEvent): string {
  return "introduced" in event ? event.introduced : "fixed" in event ? event.fixed : event.last_affected;
}

/** The evaluation that the OSV schema describes; its events may stand in any order. Local parts of a version are a distributor's, and count for nothing. */
export function isAffected({ ranges, versions }: Pick<Affected, "ranges" | "versions">, version: string): boolean {
  const bare = publicVersion(version);
  if (versions.some((listed) => listed === version || compareLoosely(publicVersion(listed), bare) === 0)) return true;
  return ranges.some((events) => {
    let affected = false;
    const isLowest = (event: OsvEvent): boolean => "introduced" in event && event.introduced === "0";
    const sorted = [...events].sort((a, b) => Number(isLowest(b)) - Number(isLowest(a)) || compareLoosely(versionOf(a), versionOf(b)));
    for (const event of sorted) {
      if ("introduced" in event) affected ||= event.introduced === "0" || compareLoosely(bare, event.introduced) >= 0;
      else if ("fixed" in event) affected &&= compareLoosely(bare, event.fixed) < 0;
      else affected &&= compareLoosely(bare, event.last_affected) <= 0;
    }
    return affected;
  });
}

/** The modules that are missing, when every vulnerable one is; an entry that names none, or one that cannot be told, rules nothing out. */
function vulnerableModulesAbsent(subject: Subject, entries: readonly Affected[]): string | undefined {
  const symbols = [...new Set(entries.flatMap((entry) => entry.symbols))];
  if (symbols.length === 0) return undefined;
  const found = symbols.map((symbol) => subject.holds(symbol));
  return found.every((each) => each && !each.present) ? [...new Set(found.map((each) => each?.module ?? ""))].sort().join(", ") : undefined;
}

/**
 * Entries of PyPI rarely say in a field which module is vulnerable; their text often does. It counts when it names modules of this library, and every
 * one of them was left out of the copy.
 */
function namedFilesAbsent(subject: Subject, group: readonly Advisory[]): string | undefined {
  const own = [...new Set(group.flatMap((advisory) => advisory.files))].map((file) => ({ file, out: subject.leavesOut(file) })).filter((each) => each.out !== undefined);
  return own.length > 0 && own.every((each) => each.out) ? own.map((each) => each.file).sort().join(", ") : undefined;
}
