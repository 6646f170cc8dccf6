/** Copies are found by what their modules say, with and without metadata, and their state is that of their bytes. */
import { describe, expect, test } from "vitest";
import { gzipSync } from "node:zlib";
import { zip, makeWheel } from "../vendor/wheel.ts";
import { enisle, join, project, readFileSync, temporary, write } from "../vendor/project.ts";
import { audit, herbIndex, library, placed, relocated, run, tar } from "./support.ts";

const index = herbIndex();

const acme = { "pyproject.toml": '[project]\nname = "acme"\nversion = "1"\n', "acme/__init__.py": "", "acme/_vendor/__init__.py": "" };
const one = (files: Record<string, string | Buffer>, ...args: string[]) => {
  const found = audit(write(temporary(), { ...acme, ...files }), "--index", index, ...args);
  expect(found.copies).toHaveLength(1);
  return { ...found.copies[0], findings: found.findings, status: found.status };
};

describe("without any metadata", () => {
  test("pristine: same bytes", () => {
    expect(one(placed("acme/_vendor", library("1.0")))).toMatchObject({ name: "herblib", version: "1.0", versions: ["1.0"], path: "acme/_vendor/herblib", chain: [], owner: "acme", namespace: "acme._vendor", state: "pristine", advisories: [], status: 0, findings: [] });
  });
  test("relocated: imports differ and nothing else, under any namespace", () => {
    for (const place of ["acme/_vendor", "acme/deep/inside/extern", "acme/plain"]) {
      const namespace = place.replaceAll("/", ".");
      const inits = Object.fromEntries(place.split("/").map((_, depth, parts) => [`${parts.slice(0, depth + 1).join("/")}/__init__.py`, ""]));
      expect(one({ ...inits, ...placed(place, relocated(library("1.0"), "herblib", namespace)) }), place).toMatchObject({ name: "herblib", version: "1.0", state: "relocated", namespace });
    }
  });
  test("relocated by this tool, whatever form the imports take, and its manifest taken away", () => {
    const root = project();
    const wheel = makeWheel(temporary(), library("1.0"), { name: "herblib", version: "1.0" });
    expect(enisle(["vendor", "-C", root, wheel]).status).toBe(0);
    write(root, { "acme/_vendor/vendored.json": "{}" });
    expect(readFileSync(join(root, "acme/_vendor/herblib/__init__.py"), "utf8")).toContain("acme._vendor");
    const { copies } = audit(root, "--index", index);
    expect(copies).toMatchObject([{ name: "herblib", version: "1.0", state: "relocated" }]);
  });
  test("subset: a part of the modules, unchanged", () => {
    const { "herblib/deep/leaf.py": _, "herblib/tables.py": __, ...rest } = library("1.0");
    const found = one(placed("acme/_vendor", rest));
    expect(found).toMatchObject({ name: "herblib", version: "1.0", state: "subset" });
    expect(found.evidence?.[0]?.detail).toContain("2 missing");
  });
  test("patched: a changed line, a changed comment, an added module", () => {
    const core = String(library("1.0")["herblib/core.py"]);
    const all: Record<string, string>[] = [{ "herblib/core.py": core.replace("other = 3", "other = 33") }, { "herblib/core.py": core.replace("# step 5", "# step five") }, { "herblib/added.py": "print('mine')\n" }];
    for (const changes of all) {
      expect(one(placed("acme/_vendor", library("1.0", changes)))).toMatchObject({ name: "herblib", version: "1.0", state: "patched" });
    }
  });
  test("a copy whose directory has another name, and a single module", () => {
    const files = Object.fromEntries(Object.entries(library("1.1", { "herblib/core.py": String(library("1.1")["herblib/core.py"]).replace("core 3", "core three") })).map(([path, content]) => [path.replace(/^herblib/, "acme/inner/plants"), content]));
    expect(one({ "acme/inner/__init__.py": "", ...files })).toMatchObject({ name: "herblib", version: "1.1", path: "acme/inner/plants", state: "pristine" });
  });
  test("the version by one changed function; the few versions it can be where they do not differ", () => {
    expect(one(placed("acme/_vendor", library("1.1", { "herblib/core.py": String(library("1.1")["herblib/core.py"]).replace("core 3", "core three") })))).toMatchObject({ version: "1.1", state: "pristine" });
    const { "herblib/__init__.py": _, "herblib/core.py": __, ...same } = library("1.0");
    const found = one(placed("acme/_vendor", same));
    expect(found).toMatchObject({ version: null, versions: ["1.0", "1.1"], state: "subset" });
  });
  test("line ends and a byte order mark are a change, but no other library", () => {
    const crlf = Object.fromEntries(Object.entries(library("1.0")).map(([path, content]) => [path, String(content).replaceAll("\n", "\r\n")]));
    expect(one(placed("acme/_vendor", crlf))).toMatchObject({ name: "herblib", version: "1.0", state: "relocated" });
  });
});

describe("what is no copy", () => {
  test("a directory of the name, an unrelated module of the name, a few lines in common", () => {
    const { copies } = audit(write(temporary(), { ...acme, "acme/_vendor/herblib/__init__.py": "", "acme/_vendor/herblib/other.py": "x = 1\n", "acme/herblib-1.0/README": "", "acme/mono.py": "def unrelated():\n    return 'something that is not mono at all, and long enough'\n" }), "--index", index);
    expect(copies).toEqual([]);
  });
  test("what tests build or install", () => {
    const fixture = { ...acme, "tests/__init__.py": "", "tests/fixtures/thyme/setup.py": "setup(name='thyme', version='1')\n", "tests/fixtures/thyme/thyme/__init__.py": '__version__ = "1.0"\n', "tests/data/sage-1.dist-info/METADATA": "Name: sage\nVersion: 1\n", "tests/data/sage/__init__.py": "x = 1\n" };
    expect(audit(write(temporary(), fixture), "--index", index).copies).toEqual([]);
  });
  test("the library's own tree, its wheel, its sdist, its installation", () => {
    const own = { "pyproject.toml": '[project]\nname = "Herb.Lib"\n'.replace("Herb.Lib", "herblib"), ...placed("src", library("1.0")) };
    expect(audit(write(temporary(), own), "--index", index).copies).toEqual([]);
    expect(audit(makeWheel(temporary(), library("1.0"), { name: "herblib", version: "1.0" }), "--index", index).copies).toEqual([]);
    const site = { ...placed("lib/python3.12/site-packages", library("1.0")), "lib/python3.12/site-packages/herblib-1.0.dist-info/METADATA": "Name: herblib\nVersion: 1.0\n", "lib/python3.12/site-packages/herblib-1.0.dist-info/RECORD": Object.keys(library("1.0")).map((path) => `${path},,\n`).join("") };
    expect(audit(write(temporary(), site), "--index", index).copies).toEqual([]);
    const sdist = join(write(temporary(), { "herblib-1.0.tar.gz": gzipSync(tar([{ name: "herblib-1.0/PKG-INFO", content: Buffer.from("Name: herblib\nVersion: 1.0\n") }, ...Object.entries(library("1.0")).map(([name, content]) => ({ name: `herblib-1.0/${name}`, content: Buffer.from(content as string) }))])) }), "herblib-1.0.tar.gz");
    expect(audit(sdist, "--index", index).copies).toEqual([]);
  });
});

describe("where copies lie", () => {
  const files = placed("acme/_vendor", library("1.0"));
  test("in a wheel, in an sdist, in an egg, in a wheel inside a package, with the whole chain", () => {
    const wheel = makeWheel(temporary(), { "acme/__init__.py": "", ...files }, { name: "acme", version: "1" });
    expect(audit(wheel, "--index", index).copies).toMatchObject([{ name: "herblib", path: "acme/_vendor/herblib", chain: ["acme-1-py3-none-any.whl"], owner: "acme", state: "pristine" }]);
    const root = write(temporary(), { ...acme, "acme/bundled/inner.whl": readFileSync(wheel), "dist/acme-1.tar.gz": gzipSync(tar(Object.entries({ "acme-1/PKG-INFO": "Name: acme\nVersion: 1\n", ...placed("acme-1", { "acme/__init__.py": "", ...files }) }).map(([name, content]) => ({ name, content: Buffer.from(content as string) })))), "acme.egg": zip(Object.entries(files).map(([name, content]) => ({ name, content: Buffer.from(content as string) }))) });
    expect(audit(root, "--index", index).copies.map(({ path, chain, owner }) => ({ path, chain, owner }))).toEqual([
      { path: "acme.egg/acme/_vendor/herblib", chain: ["acme.egg"], owner: null },
      { path: "acme/bundled/inner.whl/acme/_vendor/herblib", chain: ["acme/bundled/inner.whl"], owner: "acme" },
      { path: "dist/acme-1.tar.gz/acme-1/acme/_vendor/herblib", chain: ["dist/acme-1.tar.gz"], owner: "acme" },
    ]);
  });
  test("a copy inside a copy", () => {
    const mono = readFileSync(makeMono(), "utf8");
    const { copies } = audit(write(temporary(), { ...acme, ...files, "acme/_vendor/herblib/packages/__init__.py": "", "acme/_vendor/herblib/packages/mono.py": mono }), "--index", index);
    expect(copies.map(({ name, path, chain }) => ({ name, path, chain }))).toEqual([{ name: "herblib", path: "acme/_vendor/herblib", chain: [] }, { name: "mono", path: "acme/_vendor/herblib/packages/mono.py", chain: ["acme/_vendor/herblib"] }]);
  });
  test("owners: RECORD, the lists of dpkg, an unpacked package", () => {
    const site = "usr/lib/python3/dist-packages";
    const installed = { ...placed(site, { "acme/__init__.py": "", ...files }), [`${site}/acme-1.dist-info/METADATA`]: "Name: Acme\nVersion: 1\n", [`${site}/acme-1.dist-info/RECORD`]: Object.keys(files).map((path) => `${path},,\n`).join("") };
    expect(audit(write(temporary(), installed), "--index", index).copies).toMatchObject([{ owner: "Acme", path: `${site}/acme/_vendor/herblib` }]);
    const dpkg = write(temporary(), { ...installed, "var/lib/dpkg/info/python3-acme:all.list": `/.\n/usr\n/${site}/acme/_vendor/herblib\n/${site}/acme/_vendor/herblib/core.py\n`, "var/lib/dpkg/info/other.list": "/usr\n" });
    expect(audit(dpkg, "--index", index).copies).toMatchObject([{ owner: "python3-acme" }]);
    expect(audit(join(dpkg, site, "acme"), "--index", index).copies).toMatchObject([{ owner: "python3-acme", path: "_vendor/herblib", namespace: "acme._vendor" }]);
    expect(audit(write(temporary(), { ...installed, "usr/share/doc/python3-acme/copyright": "" }), "--index", index).copies).toMatchObject([{ owner: "python3-acme" }]);
  });
  test("a root that is a directory for copies itself, and a library that a distribution installs beside its own package", () => {
    expect(audit(join(write(temporary(), placed("_vendor", library("1.0"))), "_vendor"), "--index", index).copies).toMatchObject([{ name: "herblib", path: "herblib", state: "pristine" }]);
    expect(audit(write(temporary(), { ...library("1.0"), "vendor.txt": "herblib==1.0\n" }), "--index", index).copies).toMatchObject([{ name: "herblib", path: "herblib" }]);
    expect(audit(makeWheel(temporary(), { "acme/__init__.py": "", ...library("1.0") }, { name: "acme", version: "1" }), "--index", index).copies).toMatchObject([{ name: "herblib", path: "herblib", owner: "acme" }]);
  });
  test("several roots in one run", () => {
    const [a, b] = [write(temporary(), { ...acme, ...files }), write(temporary(), { ...acme, ...files })];
    const { result } = JSON.parse(run([a, b, "--index", index, "--format", "json"]).stdout);
    expect(result.copies.map((copy: { path: string }) => copy.path)).toEqual(["acme/_vendor/herblib", "acme/_vendor/herblib"]);
  });
});

function makeMono(): string {
  const body = library("1")["herblib/tables.py"] as string;
  return join(write(temporary(), { "mono.py": `__version__ = "0.9"\nimport os\n\n${body.replaceAll("tables", "mono")}` }), "mono.py");
}

test("JSON has the promised keys and no others", () => {
  const root = write(temporary(), { ...acme, ...placed("acme/_vendor", library("1.0")) });
  const { tool, command, result, findings, ...rest } = JSON.parse(run([root, "--index", index, "--format", "json"]).stdout);
  expect([Object.keys(tool), command, Object.keys(result), findings, rest]).toEqual([["name", "version"], "audit", ["database", "copies"], [], {}]);
  expect(Object.keys(result.copies[0])).toEqual(["name", "version", "versions", "path", "chain", "owner", "namespace", "state", "evidence", "advisories"]);
  expect(Object.keys(result.copies[0].evidence[0])).toEqual(["kind", "detail", "confidence"]);
});
