/** What a specifier admits, held against the reference implementation that pip brings along. */
import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { meets, newestMeeting } from "../../src/model/specifier.ts";

const versions = [
  "1.0.dev1", "1.0a1.dev2", "1.0a1", "1.0b2", "1.0b2.post1", "1.0rc1", "1.0", "1.0+local.1", "1.0.post1.dev3", "1.0.post1", "1.0.post2", "1.0.1", "1.0.1.dev1", "1.1a1", "1.1", "1.10", "2.0.dev0", "2.0a0", "2.0rc1", "2.0rc2", "2.0", "2", "2.0.0", "2.0.0.post1", "2.0.1rc1", "2.1", "1!0.5", "1!1.0", "1!1.0rc1", "v1.0", "2.0.0+ubuntu1",
];
const bounds = ["1.0", "1.0.dev1", "1.0a1", "1.0b2.post1", "1.0rc1", "1.0.post1", "1.0.post1.dev3", "1.0.1", "1.1", "2", "2.0", "2.0rc1", "2.0.0.post1", "1!1.0", "2.0.dev0"];
const specifiers = ["<", "<=", ">", ">=", "==", "!=", "~="].flatMap((operator) => bounds.map((bound) => `${operator}${bound}`)).concat(["==1.*", "!=1.*", "==1.0.*", "==2.0.*", "==1!1.*", "==1.0+local.1", "===1.0", ">=1,<2", "~=1.0,!=1.0.1", "<2.0rc1,>=1.1", "~=1.0.0"]);

test("as pip has it, for every version and specifier", () => {
  const script = `import json, sys
from pip._vendor.packaging.specifiers import InvalidSpecifier, SpecifierSet
from pip._vendor.packaging.version import Version
versions, specifiers = json.load(sys.stdin)
def one(s):
    try:
        each = SpecifierSet(s)
    except InvalidSpecifier:
        return None
    return [each.contains(v, prereleases=True) for v in versions]
def newest(s):
    try:
        found = list(SpecifierSet(s).filter(sorted(versions, key=Version, reverse=True)))
    except InvalidSpecifier:
        return None
    return str(Version(found[0])) if found else None
print(json.dumps([[one(s) for s in specifiers], [newest(s) for s in specifiers], sorted(versions, key=Version, reverse=True)]))`;
  const run = spawnSync("python3", ["-c", script], { input: JSON.stringify([versions, specifiers]), encoding: "utf8" });
  expect(run.stderr).toBe("");
  const [expected, newest, sorted] = JSON.parse(run.stdout) as [((boolean[] | null)[]), (string | null)[], string[]];
  const wrong = specifiers.flatMap((specifier, index) => versions.flatMap((version, at) => {
    const ours = meets(version, specifier);
    const theirs = expected[index]?.[at];
    return ours === (theirs ?? undefined) ? [] : [`${version} ${specifier}: ${ours}, and pip says ${theirs}`];
  }));
  expect(wrong).toEqual([]);
  const plain = (text: string | null | undefined): string | undefined => text?.replace(/^v/, "") ?? undefined;
  // Whether `<2.0rc1` asks for pre-releases, pip's versions do not agree about.
  const differs = (specifier: string): boolean => /(^|,)[<>][^=,]*[a-z]/.test(specifier);
  expect(specifiers.flatMap((specifier, index) => (differs(specifier) || plain(newestMeeting(sorted, specifier)) === plain(newest[index]) ? [] : [`${specifier}: ${newestMeeting(sorted, specifier)}, and pip says ${newest[index]}`]))).toEqual([]);
});

test("what is no version, or no specifier, is not decided", () => {
  for (const [version, specifier] of [["1.0", "<"], ["1.0", "=1"], ["1.0", ">=x"], ["nonsense", ">=1"], ["1.0", "~=1"], ["1.0", ">=1.*"], ["1.0", ">=1;<2"]] as const) expect([version, specifier, meets(version, specifier)]).toEqual([version, specifier, undefined]);
  expect(meets("1.0", "")).toBe(true);
});
