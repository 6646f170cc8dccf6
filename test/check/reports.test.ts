/** SARIF that the published schema accepts, fingerprints that survive moved lines, and JUnit XML that a parser reads. */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import Draft4 from "ajv-draft-04";
import { describe, expect, test } from "vitest";
import { codes } from "../../src/diagnostics/codes.ts";
import { type Finding, finding } from "../../src/model/finding.ts";
import { formatSarif } from "../../src/report/sarif.ts";
import { formatJunit } from "../../src/report/junit.ts";
import { rules } from "../../src/check/rules.ts";
import { enisle, join } from "../vendor/project.ts";
import { cleanProject } from "./project.ts";

const schema = JSON.parse(readFileSync(createRequire(import.meta.url).resolve("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"), "utf8"));
// The schema's formats (uri, date-time) are checked by the expectations below where they matter.
const validate = new Draft4.default({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(schema);

interface Log {
  readonly runs: { readonly results: { readonly ruleId: string; readonly partialFingerprints: Record<string, string>; readonly suppressions?: { readonly justification: string }[]; readonly locations?: { readonly physicalLocation: { readonly artifactLocation: { readonly uri: string } } }[] }[] }[];
}

function sarif(findings: readonly Finding[]): Log {
  const log = JSON.parse(formatSarif(findings)) as Log;
  expect(validate(log), JSON.stringify(validate.errors)).toBe(true);
  return log;
}

describe("SARIF", () => {
  test("the schema knows what is wrong", () => {
    expect(validate({ version: "2.1.0", runs: [{ tool: {} }] })).toBe(false);
  });

  test("every code, with and without a place, accepted or not", () => {
    const all = (Object.keys(codes) as (keyof typeof codes)[]).flatMap((code) => [
      finding(code, "message"),
      finding(code, "message", { path: "src/a b/\u00e9#%.py" }),
      { ...finding(code, "message", { path: "x.py", line: 1, column: 2, endLine: 1, endColumn: 3, distribution: "alib" }), severity: "note" as const, accepted: "because" },
    ]);
    const { results } = sarif(all).runs[0] ?? { results: [] };
    expect(results).toHaveLength(all.length);
    const uris = results.flatMap((each) => each.locations?.map(({ physicalLocation }) => physicalLocation.artifactLocation.uri) ?? []);
    expect(new Set(uris)).toEqual(new Set(["src/a%20b/%C3%A9%23%25.py", "x.py"]));
    for (const uri of uris) expect(new URL(uri, "file:///base/").href).toBe(`file:///base/${uri}`);
    expect(results.filter((each) => each.suppressions?.[0]?.justification === "because")).toHaveLength(Object.keys(codes).length);
    sarif([]);
  });

  test("of the command: fingerprints stay when lines move, and differ between findings", () => {
    const root = cleanProject();
    const file = join(root, "acme/new.py");
    const results = (): Log["runs"][number]["results"] => {
      const run = enisle(["check", "-C", root, "--format", "sarif"]);
      expect(run.status).toBe(1);
      const log = JSON.parse(run.stdout) as Log;
      expect(validate(log), JSON.stringify(validate.errors)).toBe(true);
      return log.runs[0]?.results ?? [];
    };
    const text = "import alib\nimport alib\nimport blib\n";
    writeFileSync(file, text);
    const before = results();
    writeFileSync(file, `# a comment\n\nx = 1\n${text}`);
    const after = results();
    expect(before).toHaveLength(3);
    expect(after.map((each) => each.partialFingerprints)).toEqual(before.map((each) => each.partialFingerprints));
    expect(new Set(before.map((each) => each.partialFingerprints["enisle/v1"])).size).toBe(3);
    expect(after).not.toEqual(before);
  });
});

function parseXml(text: string): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const program = "import sys, json, xml.etree.ElementTree as E\nr = E.fromstring(sys.stdin.buffer.read())\nprint(json.dumps([[s.get('name'), s.get('tests'), s.get('failures'), [[c.get('name'), [[x.tag, x.get('message'), x.text] for x in c]] for c in s]] for s in r]))";
  return spawnSync("python3", ["-c", program], { input: text, encoding: "utf8" });
}

describe("JUnit XML", () => {
  test("a suite a namespace, a case a rule", () => {
    const root = cleanProject();
    writeFileSync(join(root, "acme/new.py"), "import alib\n");
    const run = enisle(["check", "-C", root, "--format", "junit"]);
    expect(run.status).toBe(1);
    const [[name, tests, failures, cases]] = JSON.parse(parseXml(run.stdout).stdout);
    expect([name, tests, failures]).toEqual(["acme._vendor", "4", "1"]);
    expect(cases.map(([each, inner]: [string, unknown[]]) => [each, inner.length])).toEqual([["leaks", 1], ["drift", 0], ["collisions", 0], ["stale", 0]]);
    expect(cases[0][1][0][1]).toContain("acme/new.py:1:8");
  });

  test("holds what XML cannot", () => {
    const text = "\u0000\u001b[31m <&>\"' \ud800 \uffff ]]>";
    const findings = [finding("leak", text, { path: `a/${text}.py`, line: 1, column: 1 }), finding("copy-unused", text)];
    const namespaces = [{ namespace: "a._v", path: "a/_v", distributions: [] }];
    const parsed = parseXml(formatJunit({ command: "check", result: { manifests: 1, files: 1, clean: false, namespaces }, findings, changes: [], notices: [] }, rules));
    expect(parsed.stderr).toBe("");
    expect(JSON.parse(parsed.stdout)[0][3][0][1][0][2]).toContain("[31m <&>\"'");
  });
});
