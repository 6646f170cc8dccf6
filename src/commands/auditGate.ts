/** What makes an audit fail: severities, accepted advisories, what an earlier audit knew already. */
import type { AdvisoryMatch, AuditResult, Copy, SeverityLevel } from "../model/audit.ts";
import { type Finding, finding } from "../model/finding.ts";

export type FailOn = "low" | "medium" | "high" | "critical" | "any" | "unknown";

export interface Ignored {
  /** An advisory's id or one of its aliases. */
  readonly id: string;
  /** Only in copies of this library. */
  readonly name?: string;
  /** Last day, ISO 8601. */
  readonly until?: string;
  readonly reason?: string;
}

export interface Gate {
  readonly failOn: FailOn;
  readonly ignore: readonly Ignored[];
  /** Today, ISO 8601. */
  readonly today: string;
  /** Keys of what an earlier audit found, see `keyOf`. */
  readonly known: ReadonlySet<string> | undefined;
}

const order: readonly SeverityLevel[] = ["none", "low", "medium", "high", "critical"];

/** Adds a finding for each advisory that applies or may apply; what is accepted, below the gate, or known becomes a note. */
export function gated(result: AuditResult, findings: readonly Finding[], gate: Gate, shown: (copy: Copy) => string): { readonly findings: Finding[]; readonly notices: string[] } {
  const all: Finding[] = findings.map((each) => (gate.known?.has(keyOf(each)) && each.code !== "unreadable" ? { ...each, severity: "note" } : each));
  const used = new Set<Ignored>();
  for (const copy of result.copies) {
    for (const advisory of copy.advisories) {
      if (advisory.status === "not_affected") continue;
      const made = advisoryFinding(copy, advisory, shown(copy));
      const accepted = gate.ignore.find((each) => (each.id === advisory.id || advisory.aliases.includes(each.id)) && (each.name === undefined || each.name === copy.name));
      if (accepted) used.add(accepted);
      const isExpired = accepted?.until !== undefined && accepted.until < gate.today;
      if (accepted && !isExpired) all.push({ ...made, severity: "note", message: `${made.message}; accepted${accepted.until === undefined ? "" : ` until ${accepted.until}`}${accepted.reason === undefined ? "" : `: ${accepted.reason}`}` });
      else if (gate.known?.has(keyOf(made))) all.push({ ...made, severity: "note" });
      else all.push({ ...made, severity: severityFor(advisory, gate.failOn, made.severity) });
    }
  }
  const notices = gate.ignore.flatMap((each) => {
    if (!used.has(each)) return [`Nothing here is affected by ${each.id}, which is accepted: the entry can go`];
    return each.until !== undefined && each.until < gate.today ? [`${each.id} was accepted until ${each.until}: that day has passed`] : [];
  });
  return { findings: all, notices };
}

function advisoryFinding(copy: Copy, advisory: AdvisoryMatch, path: string): Finding {
  const others = advisory.aliases.length === 0 ? "" : ` (${advisory.aliases.join(", ")})`;
  const level = advisory.severity === "unknown" ? "" : `, ${advisory.severity}`;
  const owner = copy.update === null ? "" : `; ${copy.owner}: ${copy.update}`;
  return finding(advisory.status === "affected" ? "advisory-affects" : "advisory-undecided", `${copy.name} ${copy.version ?? copy.versions.join(" or ")}: ${advisory.id}${others}${level}: ${advisory.why}${owner}`, { path, distribution: copy.name });
}

function severityFor(advisory: AdvisoryMatch, failOn: FailOn, otherwise: Finding["severity"]): Finding["severity"] {
  if (advisory.status === "unknown") return failOn === "unknown" ? "error" : otherwise;
  if (failOn === "any" || failOn === "unknown") return "error";
  // A severity that nobody has rated may be any: it fails rather than slip through.
  return advisory.severity === "unknown" || order.indexOf(advisory.severity) >= order.indexOf(failOn) ? "error" : "warning";
}

/** What makes a finding the same one in two audits. */
export function keyOf({ code, path, message }: Pick<Finding, "code" | "path" | "message">): string {
  const id = /: ((?:PYSEC|GHSA|CVE|OSV|[A-Z]+)-[\w-]+)/.exec(message)?.[1];
  return `${code.startsWith("advisory-") ? "advisory" : code}\0${path ?? ""}\0${code.startsWith("advisory-") && id !== undefined ? id : message}`;
}
