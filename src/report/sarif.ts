/** Findings as SARIF 2.1.0 (OASIS), for code hosts: relative URIs, and fingerprints that stay the same when lines move. */
import { createHash } from "node:crypto";
import { type FindingCode, type Severity, codes } from "../diagnostics/codes.ts";
import type { Finding } from "../model/finding.ts";
import { VERSION } from "../version.ts";

const SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

export function formatSarif(findings: readonly Finding[]): string {
  const used = [...new Set(findings.map((each) => each.code))].sort();
  const fingerprint = fingerprints();
  const log = {
    $schema: SCHEMA,
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "enisle", semanticVersion: VERSION, rules: used.map(rule) } },
        // As positionAt counts.
        columnKind: "utf16CodeUnits",
        results: findings.map((each) => result(each, used.indexOf(each.code), fingerprint(each))),
      },
    ],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

function rule(code: FindingCode): object {
  const { severity, help } = codes[code];
  return { id: code, shortDescription: { text: code.replaceAll("-", " ") }, help: { text: help }, defaultConfiguration: { level: level(severity) } };
}

function result(each: Finding, ruleIndex: number, fingerprint: string): object {
  return {
    ruleId: each.code,
    ruleIndex,
    level: level(each.severity),
    message: { text: `${each.message}${each.distribution === undefined ? "" : ` (${each.distribution})`}. ${each.help}` },
    ...(each.path === undefined ? {} : { locations: [location(each, each.path)] }),
    partialFingerprints: { "enisle/v1": fingerprint },
    ...(each.accepted === undefined ? {} : { suppressions: [{ kind: "external", justification: each.accepted }] }),
  };
}

function location({ line, column, endLine, endColumn }: Finding, path: string): object {
  const region = line === undefined ? undefined : { startLine: line, ...(column === undefined ? {} : { startColumn: column }), ...(endLine === undefined ? {} : { endLine }), ...(endColumn === undefined ? {} : { endColumn }) };
  return { physicalLocation: { artifactLocation: { uri: path.split("/").map(encodeURIComponent).join("/"), uriBaseId: "%SRCROOT%" }, ...(region ? { region } : {}) } };
}

function level(severity: Severity): Severity {
  return severity;
}

/** Of what is found, not of where in the file: a finding keeps its fingerprint when lines are added above it. Equal ones are numbered. */
function fingerprints(): (each: Finding) => string {
  const seen = new Map<string, number>();
  return ({ code, path, distribution, message }) => {
    const subject = JSON.stringify([code, path ?? "", distribution ?? "", message]);
    const number = seen.get(subject) ?? 0;
    seen.set(subject, number + 1);
    return createHash("sha256").update(`${subject}#${number}`).digest("hex").slice(0, 32);
  };
}
