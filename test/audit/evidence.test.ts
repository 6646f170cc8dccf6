/** Every kind of file that speaks of copies, in the shapes that projects use; and what contradicts it. */
import { describe, expect, test } from "vitest";
import { ofFile } from "../../src/acquire/randomAccess.ts";
import { readZip } from "../../src/acquire/zipTree.ts";
import { originOf } from "../../src/audit/evidence/header.ts";
import { listsCopies, readLists } from "../../src/audit/evidence/pins.ts";
import { readSbom } from "../../src/audit/evidence/sbom.ts";
import { statedVersion, versionInFile } from "../../src/audit/evidence/versionConstant.ts";
import { makeWheel } from "../vendor/wheel.ts";
import { enisle, project, temporary, write } from "../vendor/project.ts";
import { audit, herbIndex, library, placed } from "./support.ts";

const pins = (path: string, text: string): string[] => readLists(path, text).map(({ name, version, line }) => `${name} ${version}:${line}`);

describe("lists of what was vendored", () => {
  test("requirement files, with comments, indents, hashes, markers and URLs", () => {
    expect(pins("p/_vendor/vendor.txt", "# c\nCacheControl==0.12.11  # why\n    idna==3.4\nsix===1.16.0 --hash=sha256:00\nfoo[extra]==2.0 ; python_version < '3'\ngit+https://github.com/x/bar.git@v1.2#egg=bar\nbaz @ https://h/baz-3.1.tar.gz\n-r other.txt\n")).toEqual(["CacheControl 0.12.11:2", "idna 3.4:3", "six 1.16.0:4", "foo 2.0:5", "bar 1.2:6", "baz 3.1:7"]);
    for (const path of ["p/_vendor/vendor.txt", "p/_vendor/vendored.txt", "p/_vendor/requirements.txt", "p/_vendor.txt", "p/vendor_versions.txt", "p/vendor/README.md", "p/extern/versions.txt", "vendor.toml", "pyproject.toml"]) expect(listsCopies(path), path).toBe(true);
    for (const path of ["requirements.txt", "p/README.md", "docs/versions.txt", "p/__init__.py", "p/vendor.py"]) expect(listsCopies(path), path).toBe(false);
  });
  test("tables of Markdown and reST, lists, sections, docstrings", () => {
    expect(pins("p/_vendor/README.md", "| Package | Licence | Version |\n|---|---|---|\n| [six](https://x) | MIT | `1.16.0` |\n| **attrs** | MIT | v21.2.0 |\n\nText | with a bar | 1.0\n")).toEqual(["six 1.16.0:3", "attrs 21.2.0:4"]);
    expect(pins("p/_vendor/README.rst", "=======  =======\nLibrary  Version\n=======  =======\nsix      1.16.0\n`attrs`_ 21.2.0\n=======  =======\n")).toEqual(["six 1.16.0:4", "attrs 21.2.0:5"]);
    expect(pins("p/_vendor/README.rst", "+------+---------+\n| Name | Version |\n+======+=========+\n| six  | 1.16.0  |\n+------+---------+\n")).toEqual(["six 1.16.0:4"]);
    expect(pins("p/vendor/README", "- six 1.16.0\n* attrs: 21.2.0 (MIT)\n- [tomli](https://x) v2.0.1\n- see chapter 1.2 of the book\n")).toEqual(["six 1.16.0:1", "attrs 21.2.0:2", "tomli 2.0.1:3"]);
    expect(pins("p/vendor/__init__.py", '# comment\n"""\nsix\n---\n\nSource: https://x\nVersion: 1.16.0\n\nattrs\n-----\n\nVersion: 21.2.0\n"""\nimport os\n')).toEqual(["six 1.16.0:7", "attrs 21.2.0:12"]);
    expect(pins("p/vendor/__init__.py", "VERSION = '1'\n")).toEqual([]);
  });
  test("TOML", () => {
    expect(pins("pyproject.toml", '[project]\ndependencies = ["attrs==1.0"]\n[tool.vendorize]\ntarget = "p/_vendor"\npackages = ["six==1.16.0"]\n')).toEqual(["six 1.16.0:5"]);
    expect(pins("p/vendor.toml", 'schema = "1.0"\n[packages]\nsix = "1.16.0"\n[packages.attrs]\nversion = "==21.2.0"\n[[library]]\nname = "tomli"\nversion = "2.0.1"\n')).toEqual(["six 1.16.0:3", "attrs 21.2.0:5", "tomli 2.0.1:8"]);
    expect(pins("pyproject.toml", "this is = = no toml")).toEqual([]);
  });
  test("text that means harm costs nothing", () => {
    const before = performance.now();
    for (const text of [`${" ".repeat(200_000)}x`, "| ".repeat(100_000), `${"#\n".repeat(50_000)}`, "`".repeat(100_000), "- a".padEnd(300_000, "-"), "=".repeat(100_000), '"""'.repeat(40_000), "* ".repeat(60_000)]) for (const path of ["p/_vendor/README.md", "p/_vendor/__init__.py", "p/_vendor/vendor.txt"]) readLists(path, text);
    for (const text of ["version=".repeat(20_000), `__version__${" ".repeat(100_000)}`, "(".repeat(100_000), `VERSION = (${"1, ".repeat(50_000)}`]) statedVersion(text);
    originOf(`# copied ${"from ".repeat(1000)}`);
    expect(performance.now() - before).toBeLessThan(4000);
  });
});

describe("versions that code states", () => {
  test.each([
    ['__version__ = "1.2.3"', "1.2.3"], ["__version__ = version = '2.6.2'", "2.6.2"], ['__version__: str = "1.0rc1"', "1.0rc1"], ['VERSION = "v0.5"', "0.5"], ["    version = '1.0.post1'", "1.0.post1"],
    ["VERSION = (1, 26, 5)", "1.26.5"], ['version_info = (2, 1, 0, "final", 0)', "2.1.0"], ['__version_info__ = (3, 0, 0, "beta", 2)', "3.0.0b2"], ["version_tuple = (8, 0, 1)", "8.0.1"], ['__version__ = ("0", "15", "2")', "0.15.2"],
    ['__version_info__ = version_info(3, 0, 9, "final", 0)', "3.0.9"], ["version_info = VersionInfo(major=4, minor=1, micro=7)", "4.1.7"], ['version_json = """\n{\n "version": "1.4.1"\n}\n"""', "1.4.1"], ["__version__: Final[str] = '5.4.0'", "5.4.0"], ['__version__ = u"3.4"', "3.4"], ["VERSION = [1, 2]", "1.2"],
  ])("%s", (source, version) => expect(statedVersion(`import os\n\n${source}\n`)?.version).toBe(version));
  test.each(['__version__ = "unknown"', '__version__ = "0.0.0"', "__version__ = get_version()", 'version = "%s.%s" % x', "VERSION = (3,)", 'schema_version = "1.0"', '# __version__ = "1.0"', "version = 'latest'", 'x.version = "1"'])("none: %s", (source) => expect(statedVersion(source)).toBeUndefined());
  test("files that hold nothing else", () => {
    expect(versionInFile("1.2.3\n")?.version).toBe("1.2.3");
    expect(versionInFile("version: 2.0")?.version).toBe("2.0");
    expect(versionInFile("1.2\n1.3\n")).toBeUndefined();
  });
});

test.each([
  ["# Vendored from https://github.com/psf/requests v2.28.1\n", "requests", "2.28.1"], ['"""Copied from the tomli package, version 2.0.1."""', "tomli", "2.0.1"], ["#!/usr/bin/python\n# This file is part of wheel, (c) x\n", "wheel", null],
  ["# Taken from https://pypi.org/project/six/ at 1.16.0\n", "six", "1.16.0"], ["# nothing of the kind\nx = 'copied from six'\n", undefined, undefined], ["# Adapted from the original\n", undefined, undefined],
])("a header: %s", (source, name, version) => {
  const origin = originOf(source);
  expect(origin?.name).toBe(name);
  expect(origin?.version).toBe(version);
});

test("SBOMs: CycloneDX as JSON and XML, SPDX as JSON and text, components in components", () => {
  const names = (path: string, text: string): string[] | undefined => readSbom(path, text, () => ({ topLevels: [], holdsArchives: false }))?.map(({ name, version }) => `${name} ${version}`);
  expect(names("p/_vendor/bom.json", JSON.stringify({ bomFormat: "CycloneDX", components: [{ purl: "pkg:pypi/six@1.16.0", components: [{ purl: "pkg:pypi/in%2Dner@2" }] }, { purl: "pkg:npm/x@1" }] }))).toEqual(["six 1.16.0", "in-ner 2"]);
  expect(names("p/bom.xml", '<?xml version="1.0"?><bom xmlns="x"><components><component><purl>pkg:pypi/six@1.16.0?a=1&amp;b</purl></component></components></bom>')).toEqual(["six 1.16.0"]);
  expect(names("p/a.spdx.json", JSON.stringify({ spdxVersion: "SPDX-2.3", documentDescribes: ["SPDXRef-root"], packages: [{ SPDXID: "SPDXRef-root", externalRefs: [{ referenceType: "purl", referenceLocator: "pkg:pypi/p@1" }] }, { SPDXID: "SPDXRef-a", externalRefs: [{ referenceType: "purl", referenceLocator: "pkg:pypi/six@1.16.0" }] }] }))).toEqual(["six 1.16.0"]);
  expect(names("p/a.spdx", "SPDXVersion: SPDX-2.3\nPackageName: six\nExternalRef: PACKAGE-MANAGER purl pkg:pypi/six@1.16.0\n")).toEqual(["six 1.16.0"]);
  expect(names("p/bom.json", "{broken")).toBeUndefined();
  expect(names("p/bom.json", "[1]")).toBeUndefined();
});

const index = herbIndex();
const acme = { "pyproject.toml": '[project]\nname = "acme"\n', "acme/__init__.py": "", "acme/_vendor/__init__.py": "" };
const thyme = { "thyme/__init__.py": "def grow():\n    return 1\n", "thyme/leaf.py": "x = 1\n" };
const found = (files: Record<string, string | Buffer>) => audit(write(temporary(), { ...acme, ...files }), "--index", index);

describe("libraries that no index knows", () => {
  test.each([
    ["a pin", { "acme/_vendor/vendor.txt": "Thyme==3.1\n" }, "pin-file"], ["a table", { "acme/_vendor/README.md": "| name | version |\n|--|--|\n| thyme | 3.1 |\n" }, "table"], ["a TOML pin", { "vendor.toml": 'target = "acme/_vendor"\npackages = ["thyme==3.1"]\n' }, "toml-pin"],
    ["a .dist-info", { "acme/_vendor/thyme-3.1.dist-info/METADATA": "Name: thyme\nVersion: 3.1\n" }, "dist-info"], ["a .dist-info without METADATA", { "acme/_vendor/thyme-3.1.dist-info/INSTALLER": "pip" }, "dist-info"],
    ["an .egg-info directory", { "acme/_vendor/thyme-3.1-py3.9.egg-info/PKG-INFO": "Name: thyme\nVersion: 3.1\n" }, "egg-info"], ["an .egg-info file", { "acme/_vendor/thyme-3.1.egg-info": "Name: thyme\nVersion: 3.1\n" }, "egg-info"],
    ["an SBOM", { "acme/_vendor/bom.json": JSON.stringify({ bomFormat: "CycloneDX", components: [{ purl: "pkg:pypi/thyme@3.1" }] }) }, "sbom"], ["an SBOM of PEP 770", { "acme-1.dist-info/METADATA": "Name: acme\nVersion: 1\n", "acme-1.dist-info/sboms/x.cdx.json": JSON.stringify({ bomFormat: "CycloneDX", components: [{ purl: "pkg:pypi/thyme@3.1" }] }) }, "sbom"],
    ["a constant", { "acme/_vendor/thyme/_version.py": "version_info = (3, 1)\n" }, "version-constant"], ["a VERSION file", { "acme/_vendor/thyme/VERSION": "3.1\n" }, "version-constant"], ["a header", { "acme/_vendor/thyme/__init__.py": "# Vendored from thyme 3.1\n" }, "header-comment"],
  ])("%s", (_, files: Record<string, string>, kind) => {
    const { copies, findings } = found({ ...placed("acme/_vendor", thyme), ...files });
    expect(copies).toMatchObject([{ name: "thyme", version: "3.1", path: "acme/_vendor/thyme", owner: "acme", state: "unknown" }]);
    expect(copies[0]?.evidence.map((each) => each.kind)).toContain(kind);
    expect(findings).toEqual([]);
  });
  test("a name alone is no reason", () => {
    expect(found(placed("acme/_vendor", thyme)).copies).toEqual([]);
    expect(found(placed("acme/_vendor/thyme-3.1", { "README": "x" })).copies).toEqual([]);
  });
  test("RECORD tells the state: the same bytes, relocated line by line, changed", () => {
    const sources = { "thyme/__init__.py": "import thyme.leaf\nfrom thyme import leaf\n", "thyme/leaf.py": "x = 1\n" };
    const record = (files: Record<string, string>): string => readRecord(makeWheel(temporary(), files, { name: "thyme", version: "3.1" }));
    const info = { "acme/_vendor/thyme-3.1.dist-info/METADATA": "Name: thyme\nVersion: 3.1\n", "acme/_vendor/thyme-3.1.dist-info/RECORD": record(sources) };
    expect(found({ ...info, ...placed("acme/_vendor", sources) }).copies).toMatchObject([{ version: "3.1", state: "pristine" }]);
    expect(found({ ...info, ...placed("acme/_vendor", { ...sources, "thyme/__init__.py": "import acme._vendor.thyme.leaf\nfrom acme._vendor.thyme import leaf\n" }) }).copies).toMatchObject([{ state: "relocated" }]);
    expect(found({ ...info, ...placed("acme/_vendor", { ...sources, "thyme/leaf.py": "x = 2\n" }) }).copies).toMatchObject([{ state: "patched" }]);
    expect(found({ ...info, ...placed("acme/_vendor", { "thyme/leaf.py": "x = 1\n" }) }).copies).toMatchObject([{ state: "subset" }]);
  });
});

function readRecord(wheel: string): string {
  const entry = readZip(ofFile(wheel), wheel, () => undefined).find((each) => each.path.endsWith("/RECORD"));
  return entry?.read().toString("utf8") ?? "";
}

describe("our own manifests", () => {
  const vendored = (): string => {
    const root = project(acme);
    expect(enisle(["vendor", "-C", root, makeWheel(temporary(), { "thyme/__init__.py": "import thyme.leaf\n", "thyme/leaf.py": "x = 1\n" }, { name: "thyme", version: "3.1" })]).status).toBe(0);
    return root;
  };
  test("what they say is held against the files", () => {
    expect(audit(vendored(), "--index", index).copies).toMatchObject([{ name: "thyme", version: "3.1", state: "relocated", evidence: [{ kind: "manifest", confidence: 0.95 }, expect.anything()] }]);
    const changed = vendored();
    write(changed, { "acme/_vendor/thyme/leaf.py": "x = 2\n" });
    const result = audit(changed, "--index", index);
    expect(result.copies).toMatchObject([{ state: "patched" }]);
    expect(result.findings).toMatchObject([{ code: "manifest-drift", severity: "error" }]);
    expect(result.status).toBe(1);
  });
});

describe("contradictions", () => {
  const herb = placed("acme/_vendor", library("1.0"));
  const codes = (files: Record<string, string | Buffer>) => found(files).findings.map(({ code, path, line }) => `${code} ${path}${line === undefined ? "" : `:${line}`}`);
  test("a pin with no code; with a marker it may rightly be absent", () => {
    expect(codes({ ...herb, "acme/_vendor/vendor.txt": "herblib==1.0\nthyme==3.1\nsage==1 ; python_version < '3'\n" })).toEqual(["copy-not-found acme/_vendor/vendor.txt:2"]);
  });
  test("code with no pin", () => expect(codes({ ...herb, ...placed("acme/_vendor", thyme), "acme/_vendor/vendor.txt": "thyme==3.1\n" })).toEqual(["copy-not-listed acme/_vendor/herblib"]));
  test("a pin that names another version: what the code shows decides", () => {
    const { copies, findings } = found({ ...herb, "acme/_vendor/vendor.txt": "herblib==2.0\n" });
    expect(copies).toMatchObject([{ version: "1.0", state: "pristine" }]);
    expect(findings).toMatchObject([{ code: "version-contradiction", path: "acme/_vendor/vendor.txt", line: 1, message: "herblib is 1.0 here, and this says 2.0" }]);
  });
  test("a constant that differs from the list", () => {
    const { copies, findings } = found({ ...placed("acme/_vendor", { ...thyme, "thyme/version.py": '__version__ = "3.2"\n' }), "acme/_vendor/vendor.txt": "thyme==3.1\n" });
    expect(copies).toMatchObject([{ version: "3.2" }]);
    expect(findings).toMatchObject([{ code: "version-contradiction", message: "thyme is 3.2 here, and this says 3.1" }]);
  });
  test("an SBOM that names what is not there", () => expect(codes({ ...herb, "acme/_vendor/bom.json": JSON.stringify({ bomFormat: "CycloneDX", components: [{ purl: "pkg:pypi/herblib@1.0" }, { purl: "pkg:pypi/sage@1" }] }) })).toEqual(["copy-not-found acme/_vendor/bom.json"]));
});
