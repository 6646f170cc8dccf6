/** Each format against its published schema, or its grammar where it has none. */
import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { enisle, join, temporary, write } from "../vendor/project.ts";
import { expectValid, isValid } from "./schemas.ts";
import { audit, herbIndex, library, placed, run } from "./support.ts";

const index = herbIndex();
const advisory = (id: string, more: object): string => JSON.stringify({ id, modified: "2024-02-03T04:05:06Z", summary: `About ${id}`, affected: [{ package: { ecosystem: "PyPI", name: "Herb_Lib".replace("_", "") }, ranges: [{ type: "ECOSYSTEM", events: [{ introduced: "0" }, { fixed: "1.1" }] }] }], ...more });

function subject(): string[] {
  const core = String(library("1.0")["herblib/core.py"]);
  const root = write(temporary(), {
    "pyproject.toml": '[project]\nname = "acme"\n', "acme/__init__.py": "", "acme/_vendor/__init__.py": "",
    ...placed("acme/_vendor", library("1.0", { "herblib/core.py": core.replace("other = 3", "other = 33"), "herblib/packages/thyme/__init__.py": '__version__ = "3.1"\n' })),
    "acme/_vendor/vendor.txt": "herblib==1.0\nsage==1\n", "acme/_vendor/herblib/vendor.txt": "", "acme/_vendor/herblib/packages/vendor.txt": "thyme==3.1\n", "acme/_vendor/thyme/__init__.py": "x = 1\n", "acme/_vendor/thyme-3.dist-info/METADATA": "Name: thyme\nLicense: MIT\n",
    "db/A.json": advisory("PYSEC-2024-1", { aliases: ["CVE-2024-1"], severity: [{ type: "CVSS_V3", score: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" }] }), "db/B.json": advisory("PYSEC-2024-2", { affected: [{ package: { ecosystem: "PyPI", name: "herblib" }, versions: ["2.0"] }] }),
  });
  return [root, "--index", index, "--db", join(root, "db")];
}

test("CycloneDX 1.6 is valid against its schema, nested, with pedigree, evidence and vulnerabilities", () => {
  const arguments_ = subject();
  const first = run([...arguments_, "--format", "cyclonedx"]);
  const bom = JSON.parse(first.stdout);
  expectValid("cyclonedx", bom);
  expect(isValid("cyclonedx", { ...bom, components: [{ type: "nonsense" }] })).toBe(false); // the validator can fail
  expect(run([...arguments_, "--format", "cyclonedx"]).stdout).toBe(first.stdout);
  const herb = bom.components[0].components.find((each: { name: string }) => each.name === "herblib");
  expect(herb).toMatchObject({ purl: "pkg:pypi/herblib@1.0", version: "1.0", modified: true, hashes: [{ alg: "SHA-256" }], pedigree: { ancestors: [{ purl: "pkg:pypi/herblib@1.0" }], patches: [{ type: "unofficial" }], notes: expect.stringContaining("changed: acme/_vendor/herblib/core.py") }, evidence: { occurrences: [{ location: "acme/_vendor/herblib" }] } });
  expect(herb.components.map((each: { name: string }) => each.name)).toEqual(["thyme"]);
  expect(bom.vulnerabilities).toMatchObject([{ id: "PYSEC-2024-1", ratings: [{ severity: "critical" }], analysis: { state: "exploitable" }, recommendation: "Update to 1.1", affects: [{ ref: herb["bom-ref"] }] }, { id: "PYSEC-2024-2", analysis: { state: "not_affected" } }]);
  const references: string[] = [];
  JSON.stringify(bom, (key, value) => (key === "bom-ref" && references.push(value), value));
  expect(new Set(references).size).toBe(references.length);
});

test("SPDX 2.3 is valid against its schema, and its relationships are closed", () => {
  const document = JSON.parse(run([...subject(), "--format", "spdx"]).stdout);
  expectValid("spdx", document);
  expect(isValid("spdx", { ...document, packages: [{ ...document.packages[0], checksums: [{ algorithm: "CRC", checksumValue: 1 }] }] })).toBe(false);
  expect(document).toMatchObject({ spdxVersion: "SPDX-2.3", dataLicense: "CC0-1.0", SPDXID: "SPDXRef-DOCUMENT", name: expect.any(String), documentNamespace: expect.stringMatching(/^https:\/\/[^#\s]+$/), creationInfo: { created: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/), creators: [expect.stringMatching(/^Tool: enisle-/)] } });
  const ids = new Set(["SPDXRef-DOCUMENT", ...document.packages.map((each: { SPDXID: string }) => each.SPDXID)]);
  for (const id of ids) expect(id).toMatch(/^SPDXRef-[A-Za-z0-9.-]+$/);
  for (const each of document.packages) {
    expect(each).toMatchObject({ name: expect.any(String), downloadLocation: "NOASSERTION", filesAnalyzed: false });
    for (const { algorithm, checksumValue } of each.checksums ?? []) expect([algorithm, checksumValue]).toEqual(["SHA256", expect.stringMatching(/^[0-9a-f]{64}$/)]);
    for (const reference of each.externalRefs ?? []) expect(`${reference.referenceCategory} ${reference.referenceType} ${reference.referenceLocator}`).toMatch(/^(?:PACKAGE-MANAGER purl pkg:pypi\/[^\s]+|SECURITY advisory https:\/\/\S+)$/);
  }
  for (const { spdxElementId, relatedSpdxElement, relationshipType } of document.relationships) {
    expect(ids.has(spdxElementId) && ids.has(relatedSpdxElement)).toBe(true);
    expect(["DESCRIBES", "CONTAINS"]).toContain(relationshipType);
  }
  expect(document.relationships.filter((each: { relationshipType: string }) => each.relationshipType === "CONTAINS")).toHaveLength(document.packages.length - 1);
});

test("SARIF 2.1.0 is valid against its schema; rules and results agree, places are relative URIs with lines", () => {
  const log = JSON.parse(run([...subject(), "--format", "sarif"]).stdout);
  expectValid("sarif", log);
  expect(isValid("sarif", { ...log, runs: [{ results: [] }] })).toBe(false);
  expect(log).toMatchObject({ version: "2.1.0", runs: [{ tool: { driver: { name: "enisle" } } }] });
  const [{ tool, results }] = log.runs;
  for (const result of results) {
    expect(tool.driver.rules[result.ruleIndex].id).toBe(result.ruleId);
    expect(["error", "warning", "note"]).toContain(result.level);
    const place = result.locations[0].physicalLocation;
    expect(place.artifactLocation.uri).toMatch(/^[\w.%/-]+$/);
    if (place.region) expect(place.region.startLine).toBeGreaterThan(0);
  }
  expect(results.map((each: { ruleId: string }) => each.ruleId)).toEqual(["advisory-affects", "copy-not-listed", "copy-not-found"]);
});

test("CSV (RFC 4180), Fedora's Provides, Debian's embedded code copies", () => {
  const arguments_ = subject();
  const csv = run([...arguments_, "--format", "csv"]).stdout;
  expect(csv.split("\r\n")[0]).toBe("name,version,candidates,state,path,chain,owner,namespace,confidence,evidence,advisory,aliases,severity,status,fixed,why");
  expect(csv).toContain("herblib,1.0,1.0,patched,acme/_vendor/herblib,,acme,acme._vendor,");
  expect(run([...arguments_, "--format", "fedora"]).stdout).toBe("Provides: bundled(python3dist(herblib)) = 1\nProvides: bundled(python3dist(thyme)) = 3.1\nProvides: bundled(python3dist(thyme)) = 3\n".split("\n").sort().filter(Boolean).map((line) => `${line}\n`).join(""));
  expect(run([...arguments_, "--format", "debian"]).stdout).toBe("herblib\n\t- acme <unfixed> (modified-embed)\n\tNOTE: 1.0; acme/_vendor/herblib\n\nthyme\n\t- acme <unfixed> (embed)\n\tNOTE: 3.1; acme/_vendor/herblib/packages/thyme\n\t- acme <unfixed> (embed)\n\tNOTE: 3; acme/_vendor/thyme\n");
});

test("databases: a directory, a file, a list in one, YAML, all.zip, a tar; broken entries are said, and the date is the latest", async () => {
  const { gzipSync } = await import("node:zlib");
  const { zip } = await import("../vendor/wheel.ts");
  const { tar } = await import("./support.ts");
  const yaml = "id: PYSEC-2024-1\naffected:\n- package:\n    name: herblib\n    ecosystem: PyPI\n  ranges:\n  - type: ECOSYSTEM\n    events:\n    - introduced: '0'\n    - fixed: 1.1\naliases:\n- CVE-2024-1\nmodified: \"2024-02-03T04:05:06Z\"\n";
  const json = advisory("PYSEC-2024-1", {});
  const entry = (name: string, text: string) => ({ name, content: Buffer.from(text) });
  const root = write(temporary(), {
    "pyproject.toml": '[project]\nname = "acme"\n', "acme/__init__.py": "", ...placed("acme/_vendor", library("1.0")),
    "vulns/herblib/PYSEC-2024-1.yaml": yaml, "vulns/other/PYSEC-2023-9.yaml": yaml.replaceAll("herblib", "other"), "one.json": json, "list.json": `[${json}]`, "one.yml": yaml, "all.zip": zip([entry("PYSEC-2024-1.json", json)]), "db.tar.gz": gzipSync(tar([entry("vulns/herblib/PYSEC-2024-1.yaml", yaml)])), "broken/good.json": json, "broken/bad.json": json.slice(0, 100), "broken/bad.yaml": "id: [\n", "broken/list.yaml": "- 1\n",
  });
  for (const [name, entries] of [["vulns", 2], ["one.json", 1], ["list.json", 1], ["one.yml", 1], ["all.zip", 1], ["db.tar.gz", 1]] as const) {
    const found = audit(root, "--index", index, "--db", join(root, name));
    expect([found.database, found.copies[0]?.advisories.map(({ id, status, fixed }) => `${id} ${status} ${fixed}`)], name).toEqual([{ date: "2024-02-03T04:05:06Z", entries }, ["PYSEC-2024-1 affected 1.1"]]);
    expect(found.status).toBe(1);
  }
  const broken = audit(root, "--index", index, "--db", join(root, "broken"));
  expect(broken.copies[0]?.advisories).toHaveLength(1);
  expect(broken.findings.filter((each) => each.code === "unreadable").map((each) => each.path?.split("/").pop())).toEqual(["bad.json", "bad.yaml", "list.yaml"]);
  expect(run([root, "--index", index, "--db", join(root, "acme")]).status).toBe(2);
});

test("gates: severities, accepted advisories with a date, a baseline, what changed since", () => {
  const [root = "", ...rest] = subject();
  const status = (...args: string[]): number | null => run([root, ...rest, ...args]).status;
  expect([status(), status("--fail-on", "critical"), status("--fail-on", "any")]).toEqual([1, 1, 1]);
  expect([status("--ignore", "CVE-2024-1", "--reason", "not reachable"), status("--ignore", "CVE-2024-1", "--until", "2000-01-01"), status("--ignore", "CVE-2024-1", "--until", "2999-01-01"), status("--ignore", "CVE-9")]).toEqual([0, 1, 0, 1]);
  expect(status("--ignore", "CVE-2024-1", "--strict")).toBe(1); // a contradiction is left, a warning
  const old = join(root, "old.json");
  expect(status("--format", "json", "-o", old)).toBe(1);
  expect(existsSync(old)).toBe(true);
  expect([status("--baseline", old), run([root, ...rest, "--since", old]).stdout.startsWith("Nothing changed.")]).toEqual([0, true]);
  write(root, { ...placed("acme/_vendor", library("2.0", { "herblib/core.py": String(library("1.0")["herblib/core.py"]).replace("core 3", "core three"), "herblib/extra.py": "def extra():\n    return 1\n" })), "acme/_vendor/basil/__init__.py": '__version__ = "4.2"\n', "db/C.json": advisory("PYSEC-2024-3", { affected: [{ package: { ecosystem: "PyPI", name: "herblib" }, versions: ["2.0"] }] }) });
  const since = run([root, ...rest, "--since", old, "--format", "json"]);
  expect(JSON.parse(since.stdout).result.since).toMatchObject({ added: [{ name: "basil", version: "4.2" }], removed: [], changed: [{ name: "herblib", from: { version: "1.0" }, to: { version: "2.0" } }], advisories: expect.arrayContaining([{ name: "herblib", path: "acme/_vendor/herblib", id: "PYSEC-2024-1", from: "affected", to: "not_affected" }]) });
  expect(status("--baseline", old)).toBe(1); // what is new fails
});

test("the configuration says what is audited and what is accepted", () => {
  const [root = "", , , , db = ""] = subject();
  const configure = (table: string): void => void write(root, { "enisle.toml": `[audit]\n${table}` });
  const here = (): ReturnType<typeof run> => run(["-C", root]);
  configure(`roots = ["acme"]\nindex = [${JSON.stringify(index)}]\ndb = [${JSON.stringify(db)}]\nignore = [{ id = "PYSEC-2024-1", reason = "not reachable", until = "2999-12-31" }]\n`);
  expect([here().status, here().stdout]).toEqual([0, expect.stringContaining("herblib 1.0")]);
  expect(run(["-C", root, "-v"]).stdout).not.toContain("can go");
  configure(`roots = ["acme"]\nignore = [{ id = "X-1", reason = "gone" }]\n`);
  expect(here().stdout).toContain("Nothing here is affected by X-1");
  configure('fail-onn = "any"\n');
  expect([here().status, here().stderr]).toEqual([2, expect.stringContaining("fail-on")]);
});

test("a second audit of an unchanged tree gives the same, from the cache, and a changed one does not", () => {
  const [root = "", ...rest] = subject();
  const env = { XDG_CACHE_HOME: temporary(), XDG_DATA_HOME: "/nonexistent" };
  const cached = (): string => run2([root, ...rest, "--format", "json"], env);
  const first = cached();
  expect(existsSync(join(env.XDG_CACHE_HOME, "enisle/audit"))).toBe(true);
  expect(cached()).toBe(first);
  write(root, { "acme/_vendor/herblib/core.py": "changed = 1\n" });
  expect(cached()).not.toBe(first);
});

function run2(args: readonly string[], env: NodeJS.ProcessEnv): string {
  return enisle(["audit", ...args], { env }).stdout;
}
