/** SBOMs beside manifests: written by the audit, kept true by every run after it, held against the manifest wherever they lie. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { enisle, join, temporary, write } from "../vendor/project.ts";
import { makeWheel } from "../vendor/wheel.ts";
import { expectValid } from "./schemas.ts";
import { audit, library, run } from "./support.ts";

const SBOM = "acme/_vendor/vendored.cdx.json";

function vendored(): { root: string; read: (path: string) => string; herb: (version: string) => string } {
  const root = write(temporary(), { "pyproject.toml": '[project]\nname = "acme"\n', "acme/__init__.py": "import herblib\n" });
  const wheels = temporary();
  const herb = (version: string): string => makeWheel(wheels, library(version), { name: "herblib", version });
  const made = enisle(["vendor", "-C", root, herb("1.0"), makeWheel(wheels, { "mono.py": "x = 1\n" }, { name: "mono", version: "0.9" })]);
  expect(made.status, made.stderr).toBeLessThan(2);
  return { root, herb, read: (path) => readFileSync(join(root, path), "utf8") };
}

const versions = (text: string): string[] => JSON.parse(text).components.map((each: { name: string; version: string }) => `${each.name} ${each.version}`);

test("it is written once, valid, and kept true by whatever changes the copies", () => {
  const { root, read, herb } = vendored();
  expect(run([root, "--write-sbom"]).stdout).toContain(`${SBOM}: written`);
  const first = read(SBOM);
  expect(versions(first)).toEqual(["herblib 1.0", "mono 0.9"]);
  expectValid("cyclonedx", JSON.parse(first));
  const again = run([root, "--write-sbom", "--format", "json"]);
  expect(JSON.parse(again.stdout).result.sboms).toEqual([{ path: SBOM, state: "current" }]);

  expect(enisle(["vendor", "-C", root, herb("2.0")]).status).toBeLessThan(2);
  expect(versions(read(SBOM))).toContain("herblib 2.0");
  expect(enisle(["check", root]).stdout).not.toContain("copy-added");
  expect(JSON.parse(run([root, "--write-sbom", "--format", "json"]).stdout).result.sboms).toEqual([{ path: SBOM, state: "current" }]);
  // The copies are current, the document is not: the next run puts it right, and the one after has nothing to do.
  const good = read(SBOM);
  write(root, { [SBOM]: good.replace('"2.0"', '"2.1"') });
  enisle(["vendor", "-C", root, herb("2.0")]);
  expect(read(SBOM)).toBe(good);
  expect(enisle(["vendor", "-C", root, herb("2.0")]).stdout).toContain("Nothing to do");
  const ejected = enisle(["eject", "-C", root, "mono"]);
  expect(ejected.status, ejected.stderr).toBeLessThan(2);
  expect(versions(read(SBOM))).toEqual(["herblib 2.0"]);
});

test("what it says against the manifest is a finding, whoever wrote it", () => {
  const { root, read } = vendored();
  run([root, "--write-sbom"]);
  expect(audit(root).findings.filter(({ code }) => code === "sbom-contradicts")).toEqual([]);
  const good = read(SBOM);
  const document = JSON.parse(good);
  const changes: [object, string][] = [
    [{ ...document, components: document.components.slice(1) }, "herblib is not in it"],
    [{ ...document, components: [...document.components, { type: "library", name: "sage", purl: "pkg:pypi/sage@1" }] }, "sage is not in the manifest"],
    [{ ...document, components: document.components.map((each: object) => ({ ...each, hashes: [{ alg: "SHA-256", content: "0".repeat(64) }] })) }, "herblib: hashes is 0000"],
    [{ ...document, components: document.components.map((each: object) => ({ ...each, pedigree: { patches: [{ type: "unofficial" }] } })) }, "herblib: its patches are not those of the manifest"],
    [{ ...document, components: null }, "is no CycloneDX document"],
  ];
  for (const [changed, message] of changes) {
    write(root, { [SBOM]: JSON.stringify(changed) });
    expect(audit(root).findings).toContainEqual(expect.objectContaining({ code: "sbom-contradicts", path: SBOM, message: expect.stringContaining(message) }));
  }
  expect(run([root, "--write-sbom"]).stdout).not.toContain("sbom-contradicts");
  expect(read(SBOM)).toBe(good);
});

test("nothing is written of copies that are not what the manifest says, nor where there is no manifest", () => {
  const { root } = vendored();
  write(root, { "acme/_vendor/mono.py": "x = 2\n" });
  const refused = run([root, "--write-sbom", "--format", "json"]);
  expect([refused.status, JSON.parse(refused.stdout).result.sboms]).toEqual([1, [{ path: SBOM, state: "refused" }]]);
  expect(() => readFileSync(join(root, SBOM))).toThrow();
  expect(run([write(temporary(), { "a.py": "" }), "--write-sbom"]).stdout).toContain("No SBOM was written");
});
