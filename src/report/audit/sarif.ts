/** SARIF 2.1.0: the findings of an audit as results, for code hosts and editors that show them beside the file. */
import { createHash } from "node:crypto";
import type { Log, ReportingDescriptor, Result } from "sarif";
import { codes } from "../../diagnostics/codes.ts";
import type { AuditResult } from "../../model/audit.ts";
import type { Finding } from "../../model/finding.ts";
import type { Outcome } from "../../model/outcome.ts";
import { VERSION } from "../../version.ts";

export function formatSarif({ findings }: Outcome<AuditResult>): string {
  const used = [...new Set(findings.map((finding) => finding.code))].sort();
  const rules: ReportingDescriptor[] = used.map((code) => ({ id: code, shortDescription: { text: code.replaceAll("-", " ") }, help: { text: codes[code].help }, defaultConfiguration: { level: codes[code].severity } }));
  const log: Log = {
    version: "2.1.0",
    $schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    runs: [{ tool: { driver: { name: "enisle", version: VERSION, rules } }, columnKind: "unicodeCodePoints", results: findings.map((finding) => resultOf(finding, used.indexOf(finding.code))) }],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

function resultOf(finding: Finding, ruleIndex: number): Result {
  const { code, severity, message, path, line, column, endLine, endColumn } = finding;
  const region = line === undefined ? {} : { region: { startLine: line, ...(column === undefined ? {} : { startColumn: column }), ...(endLine === undefined ? {} : { endLine }), ...(endColumn === undefined ? {} : { endColumn }) } };
  return {
    ruleId: code,
    ruleIndex,
    level: severity,
    message: { text: text(message) },
    ...(path === undefined ? {} : { locations: [{ physicalLocation: { artifactLocation: { uri: uriOf(path) }, ...region } }] }),
    partialFingerprints: { "enisle/v1": createHash("sha256").update(`${code}\0${path ?? ""}\0${message}`).digest("hex").slice(0, 32) },
  };
}

/** A relative reference (RFC 3986): what a file name may hold and a URI may not is percent-encoded. */
function uriOf(path: string): string {
  return path.toWellFormed().split("/").map((part) => encodeURIComponent(part)).join("/");
}

function text(value: string): string {
  // oxlint-disable-next-line no-control-regex -- they are what it is for
  return value.toWellFormed().replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, "\ufffd");
}
