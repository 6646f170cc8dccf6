/** `[[tool.enisle.accept]]`: findings that the project lives with, each with its reason. They stay in the report, as notes; an entry that matches nothing is reported. */
import { normalisedName } from "../model/distribution.ts";
import { type Finding, finding } from "../model/finding.ts";
import type { Manifest, ManifestDistribution } from "../model/manifest.ts";

export interface Acceptance {
  readonly code: string;
  /** Glob of paths below the project (`*`, `?`, `**`); undefined: everywhere. */
  readonly path?: string | undefined;
  /** Only of this distribution. */
  readonly distribution?: string | undefined;
  readonly reason: string;
}

export interface Accepted {
  readonly findings: readonly Finding[];
  readonly used: ReadonlySet<Acceptance>;
}

/** `pathOf` gives a finding's path below the project that the entries belong to; undefined for one that lies outside. */
export function accept(findings: readonly Finding[], entries: readonly Acceptance[], pathOf: (finding: Finding) => string | undefined): Accepted {
  const patterns = entries.map((entry) => ({ entry, matches: entry.path === undefined ? undefined : globExpression(entry.path) }));
  const used = new Set<Acceptance>();
  const judged = findings.map((each): Finding => {
    if (each.accepted !== undefined) return each;
    const found = patterns.find(({ entry, matches }) => entry.code === each.code && (entry.distribution === undefined || normalisedName(entry.distribution) === normalisedName(each.distribution ?? "")) && (matches === undefined || matches.test(pathOf(each) ?? "\0")));
    if (!found) return each;
    used.add(found.entry);
    return { ...each, severity: "note", accepted: found.entry.reason };
  });
  return { findings: judged, used };
}

export function unusedAcceptances(entries: readonly Acceptance[], used: ReadonlySet<Acceptance>, path: string): Finding[] {
  return entries.filter((entry) => !used.has(entry)).map(({ code, path: pattern }) => finding("acceptance-unused", `nothing is found that it accepts: ${code}${pattern === undefined ? "" : ` in ${pattern}`}`, { path }));
}

/** The manifest records with each distribution what is accepted of it, and why. */
export function withAccepted(manifest: Manifest, findings: readonly Finding[]): Manifest {
  const distributions = manifest.distributions.map((entry) => {
    const own = findings.flatMap(({ code, accepted, distribution }) => (accepted !== undefined && distribution === entry.name ? [JSON.stringify({ code, reason: accepted })] : []));
    return { ...entry, accepted: [...new Set(own)].sort().map((row) => JSON.parse(row) as ManifestDistribution["accepted"][number]) };
  });
  return { ...manifest, distributions };
}

/** `**` spans directories, `*` and `?` do not. */
export function globExpression(glob: string): RegExp {
  const source = glob.replace(/\*\*\/|\*\*|[*?]|[.+^${}()|[\]\\]/g, (token) => (token === "**/" ? "(?:.*/)?" : token === "**" ? ".*" : token === "*" ? "[^/]*" : token === "?" ? "[^/]" : `\\${token}`));
  return new RegExp(`^${source}$`, "s");
}
