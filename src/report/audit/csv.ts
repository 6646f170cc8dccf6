/** CSV (RFC 4180): a row a copy and advisory. Cells that a spreadsheet would take for a formula begin with an apostrophe. */
import type { AuditResult, Copy } from "../../model/audit.ts";
import type { Outcome } from "../../model/outcome.ts";
import { visible } from "../terminal.ts";

const columns = ["name", "version", "candidates", "state", "path", "chain", "owner", "namespace", "confidence", "evidence", "advisory", "aliases", "severity", "status", "fixed", "why"];

export function formatCsv({ result }: Outcome<AuditResult>): string {
  const rows = result.copies.flatMap((copy) => (copy.advisories.length === 0 ? [row(copy, ["", "", "", "", "", ""])] : copy.advisories.map((each) => row(copy, [each.id, each.aliases.join(" "), each.severity, each.status, each.fixed.join(" "), each.why]))));
  return [columns, ...rows].map((cells) => `${cells.map(cell).join(",")}\r\n`).join("");
}

function row(copy: Copy, advisory: readonly string[]): string[] {
  const confidence = copy.evidence.reduce((best, each) => Math.max(best, each.confidence), 0);
  return [copy.name, copy.version ?? "", copy.versions.join(" "), copy.state, copy.path, copy.chain.join(" > "), copy.owner ?? "", copy.namespace, confidence.toFixed(2), copy.evidence.map((each) => each.kind).join(" "), ...advisory];
}

function cell(value: string): string {
  const shown = visible(value.toWellFormed());
  const safe = /^[=+\-@\t\r|%]/.test(shown) ? `'${shown}` : shown;
  return /[",\s']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
