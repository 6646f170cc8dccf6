/** Copies of a part of a library: a subpackage alone, single modules; and what is none of that. */
import { describe, expect, test } from "vitest";
import { makeWheel } from "../vendor/wheel.ts";
import { enisle, join, temporary, write } from "../vendor/project.ts";
import { audit, placed } from "./support.ts";

const text = (seed: string, lines = 40): string => Array.from({ length: lines }, (_, n) => `def ${seed}_${n}(value):\n    return [value, ${n}, "${seed} ${n}"]\n\n`).join("\n");
const library = (version: string): Record<string, string> => ({
  "bush/__init__.py": `__version__ = "${version}"\n`,
  ...Object.fromEntries(["core", "pool", "request", "stream"].map((name) => [`bush/${name}.py`, text(name, 200)])),
  "bush/leaves/__init__.py": "from .green import green_1\n",
  "bush/leaves/green.py": `from bush.core import core_1\nfrom bush.leaves import red\n\n${text("green")}`,
  "bush/leaves/red.py": `${text("red")}x = "${version}"\n`,
  "bush/roots.py": text("roots"),
});

function index(): string {
  const directory = temporary();
  const made = enisle(["index", "add", "--index", join(directory, "i.idx"), makeWheel(directory, library("1.0"), { name: "bush", version: "1.0" }), makeWheel(directory, library("2.0"), { name: "bush", version: "2.0" }), makeWheel(directory, { "other/__init__.py": "", "other/shared.py": text("core", 200), ...Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`other/more${n}.py`, text(`more${n}`, 200)])) }, { name: "other", version: "1" })]);
  expect(made.status, made.stderr).toBe(0);
  return join(directory, "i.idx");
}

function found(files: Record<string, string>): string[] {
  const root = write(temporary(), { "pyproject.toml": '[project]\nname = "acme"\n', "acme/__init__.py": "", ...files });
  return audit(root, "--index", index()).copies.map(({ name, path, versions, state }) => `${name} ${versions.join()} ${path} ${state}`);
}

const leaves = (version: string): Record<string, string> => Object.fromEntries(Object.entries(library(version)).filter(([path]) => path.startsWith("bush/leaves/")).map(([path, content]) => [path.slice("bush/".length), content.replace("from bush.core import", "from acme.net.base import").replace("from bush.leaves import", "from acme.net.leaves import")]));
const renamed = (files: Record<string, string>, from: string, to: string): Record<string, string> => Object.fromEntries(Object.entries(files).map(([path, content]) => [path.replace(from, to), content]));

describe("a subpackage", () => {
  test("among other things, by its own name", () => {
    expect(found({ ...placed("acme/net", leaves("2.0")) as Record<string, string>, "acme/net/__init__.py": "", "acme/net/own.py": text("own") })).toEqual(["bush 2.0 acme/net/leaves subset"]);
  });
  test("by another name", () => {
    expect(found({ ...placed("acme/net", renamed(leaves("1.0"), "leaves/", "_http/")) as Record<string, string>, "acme/net/__init__.py": "" })).toEqual(["bush 1.0 acme/net/_http subset"]);
  });
  test("changed in one module", () => {
    const files = leaves("1.0");
    expect(found(placed("acme", { ...files, "leaves/red.py": `${files["leaves/red.py"] ?? ""}added = 1\n` }) as Record<string, string>)).toEqual(["bush 1.0 acme/leaves patched"]);
  });
});

describe("modules", () => {
  test("one, under another name among many", () => {
    expect(found({ "acme/tools.py": library("1.0")["bush/roots.py"] ?? "", ...Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`acme/own${n}.py`, text(`own${n}`)])) })).toEqual(["bush 1.0,2.0 acme/tools.py subset"]);
  });
  test("too little text, or text that two libraries have, says nothing", () => {
    expect(found({ "acme/green.py": text("green", 5), "acme/core.py": text("core", 200) })).toEqual([]);
  });
  test("what the library installs itself, and what comes from Python's own, is no copy", () => {
    const site = "lib/python3.12/site-packages";
    const record = Object.keys(library("1.0")).map((path) => `${path},,\n`).join("");
    expect(found({ ...placed(site, library("1.0")) as Record<string, string>, [`${site}/bush-1.0.dist-info/METADATA`]: "Name: bush\nVersion: 1.0\n", [`${site}/bush-1.0.dist-info/RECORD`]: record })).toEqual([]);
    expect(found({ "py/os.py": "", "py/abc.py": "", "py/site.py": "", "py/email/green.py": library("1.0")["bush/leaves/green.py"] ?? "" })).toEqual([]);
  });
});

test("an SBOM in .dist-info speaks of its own distribution, and of places that bear the whole name", () => {
  const site = "lib/site-packages";
  const sbom = JSON.stringify({ bomFormat: "CycloneDX", specVersion: "1.6", components: [{ type: "library", name: "thyme", version: "3.1", purl: "pkg:pypi/thyme@3.1" }, { type: "library", name: "python-mint", version: "1", purl: "pkg:pypi/python-mint@1" }] });
  const files = {
    [`${site}/a-1.dist-info/METADATA`]: "Name: a\nVersion: 1\n", [`${site}/a-1.dist-info/RECORD`]: "a/__init__.py,,\na/mint/__init__.py,,\na-1.dist-info/sboms/a.cdx.json,,\n", [`${site}/a-1.dist-info/sboms/a.cdx.json`]: sbom, [`${site}/a/__init__.py`]: "", [`${site}/a/mint/__init__.py`]: "",
    [`${site}/b-1.dist-info/METADATA`]: "Name: b\nVersion: 1\n", [`${site}/b-1.dist-info/RECORD`]: "b/__init__.py,,\nb/thyme.py,,\n", [`${site}/b/__init__.py`]: "", [`${site}/b/thyme.py`]: "x = 1\n",
  };
  expect(found(files)).toEqual([]);
  expect(found({ ...files, [`${site}/a/inside/thyme.py`]: "x = 1\n" })).toEqual([`thyme 3.1 ${site}/a/inside/thyme.py unknown`]);
});

describe("what else shows a copy", () => {
  test("a module that names the library as its origin, and has a part of its text, wherever it lies", () => {
    const own = `# Vendored from https://github.com/acme/bush at some commit\n\n${text("roots", 38)}\n${text("own", 30)}`;
    expect(found({ "acme/compat/old.py": own })).toEqual(["bush 1.0,2.0 acme/compat/old.py patched"]);
    // The same without text of the library, or without the statement.
    expect(found({ "acme/compat/old.py": own.replaceAll("roots", "other") })).toEqual([]);
    expect(found({ "acme/compat/old.py": own.replace("Vendored from", "See") })).toEqual([]);
  });
  test("a copy that was stripped down, by its name in a directory for copies", () => {
    const files = { "bush/core.py": text("core", 90) + text("own", 300) };
    expect(found(placed("acme/vendor", files) as Record<string, string>)).toEqual(["bush 1.0,2.0 acme/vendor/bush patched"]);
    expect(found(placed("acme/net", files) as Record<string, string>)).toEqual([]);
  });
  test("a project that was copied whole, whose package has another name", () => {
    expect(found({ "acme/vendor/mint-tea-1.1/setup.py": 'setup(name="mint-tea", version="1.1.0")\n', "acme/vendor/mint-tea-1.1/acme_brew/__init__.py": "x = 1\n", "acme/vendor/mint-tea-1.1/tests/__init__.py": "" })).toEqual(["mint-tea 1.1.0 acme/vendor/mint-tea-1.1/acme_brew unknown"]);
  });
  test("an address in a version control system as a pin; a list that names copies of copies is not contradicted", () => {
    const files = { "acme/_vendor/vendor.txt": "git+https://github.com/x/mint.git@2.1\nthyme==3.1\n", "acme/_vendor/mint/__init__.py": "", "acme/_vendor/mint/_vendor/vendor.txt": "thyme==3.1\n", "acme/_vendor/mint/_vendor/thyme.py": "" };
    expect(found(files)).toEqual(["mint 2.1 acme/_vendor/mint unknown", "thyme 3.1 acme/_vendor/mint/_vendor/thyme.py unknown"]);
    const root = write(temporary(), { "acme/__init__.py": "", ...files });
    expect(audit(root).findings).toEqual([]);
  });
});
