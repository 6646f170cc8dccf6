/** PEP 440's order, OSV's ranges, CVSS's scores: held against what the standards themselves say. */
import { describe, expect, test } from "vitest";
import { scoreOf, levelOf } from "../../src/audit/cvss.ts";
import { isAffected, matchAdvisories } from "../../src/audit/matchAdvisories.ts";
import { advisoryOf } from "../../src/audit/osv.ts";
import { compareVersions, isVersion, publicVersion, sameVersion } from "../../src/audit/pep440.ts";

describe("PEP 440", () => {
  // From the standard's own summary of permitted suffixes and orderings, and its notes on each.
  const ascending = ["not a version", "0.0.0.dev1", "1.dev0", "1.0.dev456", "1.0a1", "1.0a2.dev456", "1.0a12.dev456", "1.0a12", "1.0b1.dev456", "1.0b2", "1.0b2.post345.dev456", "1.0b2.post345", "1.0rc1.dev456", "1.0rc1", "1.0", "1.0+abc.5", "1.0+abc.7", "1.0+5", "1.0.post456.dev34", "1.0.post456", "1.0.15", "1.1.dev1", "1.10", "2020.1", "1!0.1"];
  test("every pair of the standard's sequence is in order", () => {
    for (let a = 0; a < ascending.length; a++) for (let b = 0; b < ascending.length; b++) expect(Math.sign(compareVersions(ascending[a] ?? "", ascending[b] ?? "")), `${ascending[a]} ${ascending[b]}`).toBe(Math.sign(a - b));
  });
  test("spellings of one version are the same", () => {
    for (const same of [["1.0", "1.0.0", "v1", "1.0.0.0"], ["1.0alpha1", "1.0a1", "1.0-a.1", "1.0A1"], ["1.0c1", "1.0rc1", "1.0preview1"], ["1.0-1", "1.0.post1", "1.0rev1", "1.0-r1"], ["1.0+ubuntu-1", "1.0+ubuntu.1"]]) for (const other of same) expect(sameVersion(same[0] ?? "", other), other).toBe(true);
    expect(sameVersion("1.0", "1.0.post0")).toBe(false);
    expect(publicVersion("1.2.3+dfsg-1")).toBe("1.2.3");
    for (const wrong of ["", "1.0x", "latest", "1..0", "2004d-beta!", "1.0+"]) expect(isVersion(wrong), wrong).toBe(false);
  });
});

describe("OSV", () => {
  const ranges = (...events: Record<string, string>[]): Parameters<typeof isAffected>[0] => ({ ranges: [events as never], versions: [] });
  test.each([
    ["events are sorted before they are applied", ranges({ fixed: "1.5" }, { introduced: "1.0" }), { "0.9": false, "1.0": true, "1.4.9": true, "1.5": false }],
    ["introduced 0 is lowest, before pre-releases too", ranges({ introduced: "0" }, { fixed: "1.0" }), { "0.0.1a1": true, "0.dev0": true, "1.0rc1": true, "1.0": false }],
    ["last_affected is inclusive", ranges({ introduced: "1.0" }, { last_affected: "1.2" }), { "1.2": true, "1.2.post1": false, "1.2.0": true, "1.3": false }],
    ["introduced again", ranges({ introduced: "0" }, { fixed: "1.0" }, { introduced: "2.0" }, { fixed: "2.1" }), { "0.5": true, "1.5": false, "2.0.5": true, "2.1": false }],
    ["never fixed", ranges({ introduced: "3.0" }), { "2.9": false, "3.0": true, "99": true }],
    ["numbers are compared as numbers", ranges({ introduced: "1.9" }, { fixed: "1.10" }), { "1.9.1": true, "1.10": false, "1.11": false, "1.1": false }],
    ["a distributor's local part counts for nothing", ranges({ introduced: "0" }, { last_affected: "1.26.5" }), { "1.26.5+dfsg": true, "1.26.6+dfsg": false }],
    ["versions that are none are compared as strings", ranges({ introduced: "0" }, { fixed: "r200" }), { r150: true, r200: false, r300: false }],
  ])("%s", (_, affected, versions) => {
    for (const [version, expected] of Object.entries(versions)) expect(isAffected(affected, version), version).toBe(expected);
  });
  test("listed versions count besides ranges", () => {
    expect(isAffected({ ranges: [], versions: ["2004b", "1.0.0"] }, "2004b")).toBe(true);
    expect(isAffected({ ranges: [], versions: ["1.0.0"] }, "1.0")).toBe(true);
    expect(isAffected({ ranges: [], versions: ["1.0.0"] }, "1.0.1")).toBe(false);
  });

  const entry = (id: string, more: object = {}): unknown => ({ id, affected: [{ package: { ecosystem: "PyPI", name: "Zope.Interface" }, ranges: [{ type: "GIT", events: [{ introduced: "0" }] }, { type: "ECOSYSTEM", events: [{ introduced: "0" }, { fixed: "5.0" }] }] }], ...more });
  const subject = (versions: string[]) => ({ name: "zope-interface", versions, patched: false, holds: () => undefined, leavesOut: () => undefined });
  const parsed = (...entries: unknown[]) => entries.flatMap((each) => advisoryOf(each) ?? []);
  test("names are normalised, dots as well; GIT ranges do not end the search", () => {
    expect(matchAdvisories(subject(["4.9"]), parsed(entry("PYSEC-1"))).map(({ id, status, fixed }) => ({ id, status, fixed }))).toEqual([{ id: "PYSEC-1", status: "affected", fixed: ["5.0"] }]);
    expect(matchAdvisories({ ...subject(["4.9"]), name: "zope-interfaces" }, parsed(entry("PYSEC-1")))).toEqual([]);
  });
  test("withdrawn entries are skipped, other ecosystems too", () => {
    expect(parsed(entry("PYSEC-2", { withdrawn: "2024-01-01T00:00:00Z" }))).toEqual([]);
    expect(matchAdvisories(subject(["1"]), parsed(entry("X-1", { affected: [{ package: { ecosystem: "npm", name: "zope-interface" }, versions: ["1"] }] })))).toEqual([]);
  });
  test("aliases are merged, through a third entry as well, into one row with the highest severity", () => {
    const rows = matchAdvisories(subject(["4"]), parsed(entry("GHSA-1", { aliases: ["CVE-1"], database_specific: { severity: "HIGH" } }), entry("PYSEC-3", { aliases: ["CVE-9"] }), entry("CVE-1", { aliases: ["CVE-9"] })));
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ id: "PYSEC-3", aliases: ["CVE-1", "CVE-9", "GHSA-1"], severity: "high" });
  });
  test("what the version does not decide is unknown, and says why", () => {
    expect(matchAdvisories(subject([]), parsed(entry("A-1")))[0]).toMatchObject({ status: "unknown", why: "the version of this copy is not known" });
    expect(matchAdvisories(subject(["4.9", "5.0"]), parsed(entry("A-1")))[0]).toMatchObject({ status: "unknown", why: "it can be any of 4.9, 5.0, and only 4.9 is affected" });
    expect(matchAdvisories(subject(["5.0", "5.1"]), parsed(entry("A-1")))[0]).toMatchObject({ status: "not_affected", why: "fixed in 5.0, and this is 5.0, 5.1" });
    const commits = entry("A-2", { affected: [{ package: { ecosystem: "PyPI", name: "zope.interface" }, ranges: [{ type: "GIT", events: [{ introduced: "abc" }] }] }] });
    expect(matchAdvisories(subject(["1"]), parsed(commits))[0]).toMatchObject({ status: "unknown", why: "the advisory names commits only, no versions" });
  });
  test("a vulnerable module that is not in the copy", () => {
    const named = entry("A-3", { affected: [{ package: { ecosystem: "PyPI", name: "zope.interface" }, versions: ["4.9"], ecosystem_specific: { affected_functions: ["zope.interface.verify.check"] } }] });
    const absent = { ...subject(["4.9"]), holds: () => ({ module: "zope/interface/verify.py", present: false }) };
    expect(matchAdvisories(absent, parsed(named))[0]).toMatchObject({ status: "not_affected", why: expect.stringContaining("zope/interface/verify.py") });
    expect(matchAdvisories({ ...subject(["4.9"]), holds: () => ({ module: "zope/interface/verify.py", present: true }) }, parsed(named))[0]).toMatchObject({ status: "affected" });
    const text = entry("A-4", { details: "A ReDoS in interface/verify.py." });
    expect(matchAdvisories({ ...subject(["4.9"]), leavesOut: (file: string) => file === "interface/verify.py" }, parsed(text))[0]).toMatchObject({ status: "not_affected" });
    expect(matchAdvisories({ ...subject(["4.9"]), leavesOut: () => false }, parsed(text))[0]).toMatchObject({ status: "affected" });
  });
  test("the smallest version that helps comes first, and one that is affected again helps nobody", () => {
    const branches = entry("A-5", { affected: [{ package: { ecosystem: "PyPI", name: "zope.interface" }, ranges: [{ type: "ECOSYSTEM", events: [{ introduced: "0" }, { fixed: "1.5" }, { introduced: "2.0" }, { fixed: "2.4" }] }] }] });
    expect(matchAdvisories(subject(["1.2"]), parsed(branches))[0]?.fixed).toEqual(["1.5", "2.4"]);
    expect(matchAdvisories(subject(["2.1"]), parsed(branches))[0]?.fixed).toEqual(["2.4"]);
  });
  test("what is no entry is refused with a reason", () => {
    expect(() => advisoryOf({ aliases: [] })).toThrow("it has no id");
    expect(() => advisoryOf({ id: "A", affected: "all" })).toThrow("'affected' is no list");
  });
});

test("CVSS scores, those of the specifications' own examples", () => {
  const scores: Record<string, [number, string]> = {
    "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H": [9.8, "critical"], "CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N": [6.1, "medium"], "CVSS:3.0/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N": [3.1, "low"],
    "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H": [7.8, "high"], "CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:H/I:H/A:H": [9.9, "critical"], "CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:N/I:N/A:N": [0, "none"],
    "AV:N/AC:L/Au:N/C:N/I:N/A:C": [7.8, "high"], "AV:N/AC:L/Au:N/C:C/I:C/A:C": [10, "critical"], "AV:L/AC:H/Au:N/C:C/I:C/A:C": [6.2, "medium"],
    "CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N": [7.3, "high"], "CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:P/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N": [7.7, "high"], "CVSS:4.0/AV:L/AC:L/AT:N/PR:N/UI:A/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N": [4.6, "medium"],
    "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:L/VA:N/SC:N/SI:L/SA:N": [6.9, "medium"], "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H": [10, "critical"], "CVSS:4.0/AV:P/AC:H/AT:N/PR:L/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N": [0, "none"],
    "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N": [9.3, "critical"], "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:U": [8.1, "high"],
  };
  for (const [vector, [score, level]] of Object.entries(scores)) {
    expect(scoreOf(vector), vector).toBe(score);
    expect(levelOf(score)).toBe(level);
  }
  for (const wrong of ["CVSS:3.1/AV:N", "CVSS:4.0/AV:N/AC:L", "", "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:Q", "CVSS:4.0/AV:N/AV:P/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", "CVSS:4.0/foo", "CVSS:4.0", "CVSS:3.1/AV:Q/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"]) expect(scoreOf(wrong), wrong).toBeUndefined();
});
