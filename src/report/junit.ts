/** A check as JUnit XML, for builds: one test suite a namespace, one test case a rule; an error finding fails its case. */
import type { CheckResult } from "../model/checkResult.ts";
import type { Finding } from "../model/finding.ts";
import type { Outcome } from "../model/outcome.ts";

interface NamedRule {
  readonly name: string;
  readonly codes: readonly string[];
}

export function formatJunit({ result, findings }: Outcome<CheckResult>, rules: readonly NamedRule[]): string {
  const extra: NamedRule[] = [
    ...(result.import ? [{ name: "import", codes: ["import-aborted", "import-broken", "import-failed", "import-leak"] }] : []),
    ...(result.together ? [{ name: "together", codes: ["shared-module", "shared-state"] }] : []),
    ...(result.upstream ? [{ name: "upstream", codes: ["upstream-differs"] }] : []),
  ];
  const all = [...rules, ...extra];
  const known = new Set(all.flatMap((each) => each.codes));
  const named = [...all, { name: "other", codes: [...new Set(findings.map((each) => each.code).filter((code) => !known.has(code)))] }].filter((each) => each.codes.length > 0);
  const suites = owners(result, findings).map(([name, own]) => suite(name, named, own));
  const failures = suites.reduce((sum, each) => sum + each.failures, 0);
  const tests = suites.reduce((sum, each) => sum + each.tests, 0);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="enisle check" tests="${tests}" failures="${failures}" errors="0">\n${suites.map((each) => each.text).join("")}</testsuites>\n`;
}

/** Each finding goes to the namespace whose project holds it: the one that shares the longest path with it. */
function owners({ namespaces: copied, renamed = [] }: CheckResult, findings: readonly Finding[]): [string, Finding[]][] {
  const namespaces = [...copied, ...renamed.map(({ path, modules }) => ({ namespace: Object.values(modules).join(" "), path }))];
  const lists = namespaces.map(({ namespace }): [string, Finding[]] => [namespace, []]);
  const shared = (a: string, b: string): number => {
    const [left, right] = [a.split("/"), b.split("/")];
    const end = left.findIndex((part, index) => part !== right[index]);
    return end < 0 ? left.length : end;
  };
  for (const each of findings) {
    const scores = namespaces.map(({ path }) => shared(path, each.path ?? ""));
    lists[scores.indexOf(Math.max(...scores))]?.[1].push(each);
  }
  return lists;
}

function suite(name: string, rules: readonly NamedRule[], findings: readonly Finding[]): { readonly text: string; readonly tests: number; readonly failures: number } {
  let failures = 0;
  const cases = rules.map((rule) => {
    const own = findings.filter((each) => rule.codes.includes(each.code));
    const errors = own.filter((each) => each.severity === "error");
    const others = own.filter((each) => each.severity !== "error");
    if (errors.length > 0) failures++;
    const inner = [
      ...(errors.length > 0 ? [`      <failure message="${attribute(summary(errors))}" type="${attribute(errors[0]?.code ?? "")}">${text(errors.map(line).join("\n"))}</failure>\n`] : []),
      ...(others.length > 0 ? [`      <system-out>${text(others.map(line).join("\n"))}</system-out>\n`] : []),
    ].join("");
    const head = `    <testcase classname="${attribute(`enisle.${name}`)}" name="${attribute(rule.name)}" time="0"`;
    return inner === "" ? `${head}/>\n` : `${head}>\n${inner}    </testcase>\n`;
  });
  return { text: `  <testsuite name="${attribute(name)}" tests="${rules.length}" failures="${failures}" errors="0" skipped="0" time="0">\n${cases.join("")}  </testsuite>\n`, tests: rules.length, failures };
}

function summary(errors: readonly Finding[]): string {
  return errors.length === 1 && errors[0] ? line(errors[0]).split("\n")[0] ?? "" : `${errors.length} findings`;
}

function line(each: Finding): string {
  const at = each.path === undefined ? "" : `${each.path}${each.line === undefined ? "" : `:${each.line}:${each.column}`}: `;
  const accepted = each.accepted === undefined ? "" : `\n  accepted: ${each.accepted}`;
  return `${at}${each.severity}: ${each.message}${each.distribution === undefined ? "" : ` (${each.distribution})`} [${each.code}]\n  ${each.help}${accepted}`;
}

function text(value: string): string {
  // oxlint-disable-next-line no-control-regex -- XML 1.0 cannot hold them, not even escaped
  return value.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd").replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function attribute(value: string): string {
  return text(value).replaceAll('"', "&quot;").replaceAll("\n", "&#10;").replaceAll("\t", "&#9;").replaceAll("\r", "&#13;");
}
