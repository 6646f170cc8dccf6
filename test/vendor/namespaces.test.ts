/** Namespace packages of the three styles, partly relocated; distributions that are not called like their modules; stubs. */
import { describe, expect, test } from "vitest";
import { makeWheel } from "./wheel.ts";
import { type Tree, enisle, existsSync, join, project, python, readFileSync, temporary, write } from "./project.ts";

/** Vendors wheels of these files, one each, and gives the findings' codes; the run must succeed. */
function vendor(root: string, ...distributions: readonly (readonly [name: string, files: Tree])[]): string[] {
  const wheels = temporary();
  const run = enisle(["vendor", "-C", root, "--format", "json", ...distributions.map(([name, files]) => makeWheel(wheels, files, { name }))]);
  expect(run.stderr).toBe("");
  expect(run.status).toBe(0);
  return JSON.parse(run.stdout).findings.map((each: { code: string }) => each.code);
}

const styles: Readonly<Record<string, string | undefined>> = {
  "PEP 420": undefined,
  "pkgutil": '"""A namespace."""\n__path__ = __import__("pkgutil").extend_path(__path__, __name__)\n',
  "pkgutil, imported": "from pkgutil import extend_path\n__path__ = extend_path(__path__, __name__)\n",
  "pkg_resources, or pkgutil": 'try:\n    __import__("pkg_resources").declare_namespace(__name__)\nexcept ImportError:\n    __path__ = __import__("pkgutil").extend_path(__path__, __name__)\n',
};

describe.each(Object.entries(styles))("%s", (_, init) => {
  const part = (name: string, text: string): Tree => ({ ...(init === undefined ? {} : { "space/__init__.py": init }), [`space/${name}/__init__.py`]: text });

  test("two distributions share it, and see each other; a third part stays outside", () => {
    const outside = Object.fromEntries(Object.entries(part("three", "where = __name__\n")).map(([path, text]) => [`outside/${path}`, text]));
    const app = "import space.one, space.three\nfrom space import two, three as t\nimport space.two.deep as d\n\ndef seen():\n    return [space.one.where, space.three.where, two.where, t.where, d.where]\n";
    const root = project({ ...outside, "acme/app.py": app });
    const codes = vendor(root, ["space-one", part("one", "import space.two\nwhere = __name__\nassert space.two.where\n")], ["space.two", { ...part("two", "where = __name__\n"), "space/two/deep.py": "from space import one\nwhere = one.where\n" }]);
    expect(codes).toEqual([]);
    const run = python("import sys; sys.path[:0] = ['.', 'outside']; from acme import app; print(*app.seen(), sorted(n for n in sys.modules if n.startswith('space')))", root);
    expect(run.stderr).toBe("");
    expect(run.stdout.trim()).toBe("acme._vendor.space.one space.three acme._vendor.space.two space.three acme._vendor.space.one ['space', 'space.three']");
  });

  test("the copies alone, with nothing outside", () => {
    const root = project({ "acme/app.py": "import space.one.x\nfound = space.one.x.y\n" });
    vendor(root, ["space-one", { ...part("one", "from . import x\n"), "space/one/x.py": "import space.one\ny = 5\n" }]);
    expect(python("import acme.app, sys; print(acme.app.found, [n for n in sys.modules if n.startswith('space')])", root).stdout.trim()).toBe("5 []");
  });
});

test.each([
  ["what it imports from its modules", "from .core import x\n"],
  ["what it imports by its own name", "from space.core import x\n"],
  ["a function", "def x():\n    pass\n"],
  ["a public name", "x: int = 5\n"],
])("a package that declares itself a namespace package and holds %s moves as a whole", (_, content) => {
  const root = project({ "acme/app.py": "import space\nfrom space import x, core\nassert space.x == x\n" });
  expect(vendor(root, ["space", { "space/__init__.py": `${styles["pkgutil"]}${content}`, "space/core.py": "x = 5\n" }])).toEqual([]);
  expect(JSON.parse(readFileSync(join(root, "acme/_vendor/vendored.json"), "utf8")).distributions[0].relocations).toEqual({ space: "acme._vendor.space" });
  expect(python("import acme.app, sys; print([n for n in sys.modules if n.startswith('space')])", root)).toMatchObject({ stdout: "[]\n", stderr: "" });
});

test("what every namespace package may hold besides: its version, and ways to declare it", () => {
  const init = '"""def x(): a namespace."""\n# from .core import x\nimport os, warnings\n__version__ = "1"\n_old = os.name\nwith warnings.catch_warnings():\n    __path__ = __import__("pkgutil").extend_path(\n        __path__, __name__)\n';
  const root = project({ "acme/app.py": "import space.one\n" });
  vendor(root, ["space-one", { "space/__init__.py": init, "space/one/__init__.py": "" }]);
  expect(JSON.parse(readFileSync(join(root, "acme/_vendor/vendored.json"), "utf8")).distributions[0].relocations).toEqual({ "space.one": "acme._vendor.space.one" });
});

test("a distribution that puts a module into another one's package", () => {
  const root = project({ "acme/app.py": "import host.plugins.extra, host.core\nfound = [host.plugins.extra.x, host.core.names()]\n" });
  const host = { "host/__init__.py": "", "host/core.py": "import os\nimport host.plugins\ndef names():\n    return sorted(n for n in os.listdir(host.plugins.__path__[0]) if not n.startswith('_'))\n", "host/plugins/__init__.py": "", "host/plugins/own.py": "" };
  expect(vendor(root, ["guest", { "guest/__init__.py": "y = 7\n", "host/plugins/extra.py": "import guest\nimport host.core\nx = guest.y\n" }], ["host", host])).toEqual([]);
  expect(python("import acme.app, sys; print(acme.app.found, [n for n in sys.modules if n.startswith(('host', 'guest'))])", root)).toMatchObject({ stdout: "[7, ['extra.py', 'own.py']] []\n", stderr: "" });
  const alone = enisle(["eject", "-C", root, "guest"]);
  expect([alone.status, alone.stderr]).toEqual([2, "error: guest: puts host.plugins.extra into the package of host, which stays\n  Eject both: enisle eject guest host\n"]);
  expect(enisle(["eject", "-q", "-C", root, "guest", "host"]).status).toBe(0);
  expect(readFileSync(join(root, "acme/app.py"), "utf8")).toContain("import host.plugins.extra, host.core\n");
});

test("modules straight below a namespace package, and namespace packages in one another", () => {
  const root = project({ "acme/app.py": "import space.inner.leaf, space.single as s\nfrom space.inner import leaf\nfound = [space.inner.leaf.x, s.x, leaf.x]\n" });
  expect(vendor(root, ["deep", { "space/inner/leaf.py": "import space.single\nx = space.single.x\n", "space/single.py": "x = 7\n" }])).toEqual([]);
  expect(python("import acme.app; print(acme.app.found)", root).stdout.trim()).toBe("[7, 7, 7]");
});

test("a distribution called unlike its modules: several top levels, a single file, a private one", () => {
  const root = project({ "acme/app.py": "import thing, things.x, _thing_backend\nfound = [thing.x, things.x.x, _thing_backend.x]\n" });
  const wheels = temporary();
  const run = enisle(["vendor", "-C", root, "--format", "json", makeWheel(wheels, { "thing.py": "import things.x\nx = things.x.x\n", "things/__init__.py": "", "things/x.py": "from _thing_backend import x\n", "_thing_backend.py": "x = 3\n" }, { name: "PyThings" })]);
  expect(JSON.parse(run.stdout).result.distributions[0].topLevels).toEqual(["_thing_backend", "thing", "things"]);
  expect(python("import acme.app; print(acme.app.found)", root).stdout.trim()).toBe("[3, 3, 3]");
});

test("stubs go beside what they describe, also for a part of a namespace package", () => {
  const root = project();
  vendor(root, ["alib", { "alib/__init__.py": "", "space/one/__init__.py": "" }], ["types-alib", { "alib-stubs/__init__.pyi": "import alib.x\n", "space-stubs/one/__init__.pyi": "from space.one import y as y\n" }]);
  expect(readFileSync(join(root, "acme/_vendor/alib/__init__.pyi"), "utf8")).toContain("acme._vendor.alib");
  expect(readFileSync(join(root, "acme/_vendor/space/one/__init__.pyi"), "utf8")).toBe("from acme._vendor.space.one import y as y\n");
  expect(existsSync(join(root, "acme/_vendor/space-stubs"))).toBe(false);
});

describe("a package that several ship, with the same text in its __init__.py", () => {
  const init = `${styles["pkgutil"]}def common():\n    import space.two\n    return space.two\n`;
  const one = (text = init, more: Tree = {}): Tree => ({ "space/__init__.py": text, "space/one.py": "import space\n", "tests/__init__.py": "", "tests/one.py": "import tests\n", ...more });
  const two = (text = init): Tree => ({ "space/__init__.py": text, "space/two.py": "import space.one\nfrom space import common\n", "tests/__init__.py": "", "tests/two.py": "" });
  const manifest = (root: string): { distributions: { name: string; files: { path: string; sha256Now: string }[] }[] } => JSON.parse(readFileSync(join(root, "acme/_vendor/vendored.json"), "utf8"));
  const made = (): string => {
    const root = project({ "acme/app.py": "import space.one, space.two, tests.two\nassert space.common() is space.two\n" });
    vendor(root, ["one", one()], ["two", two()]);
    return root;
  };
  const clean = (root: string): void => expect(enisle(["check", "-C", root, "--import"]).stdout).toContain("Clean");

  test("one file serves both, each is recorded with it, and all of it runs", () => {
    const root = made();
    expect(python("import acme.app, sys; print([n for n in sys.modules if n.startswith('space')])", root)).toMatchObject({ stdout: "[]\n", stderr: "" });
    const rows = manifest(root).distributions.map(({ files }) => files.filter(({ path }) => path === "space/__init__.py"));
    expect(rows[0]).toEqual(rows[1]);
    expect(rows[0]).toHaveLength(1);
    clean(root);
    const again = enisle(["vendor", "-C", root, makeWheel(temporary(), one(), { name: "one" }), makeWheel(temporary(), two(), { name: "two" })]);
    expect(again.status).toBe(0);
    clean(root);
  });

  test("either can be replaced where the text stays the same, and not where it differs; directories too", () => {
    const root = made();
    const newer = enisle(["vendor", "-q", "-C", root, makeWheel(temporary(), one(init, { "space/new.py": "" }), { name: "one", version: "2.0" })]);
    expect([newer.status, newer.stderr]).toEqual([0, ""]);
    clean(root);
    const other = enisle(["vendor", "-C", root, makeWheel(temporary(), two(`${init}x = 1\n`), { name: "two", version: "2.0" })]);
    expect([other.status, other.stderr]).toEqual([2, expect.stringContaining("both provide the module 'space'")]);
    clean(root);
    const tree = temporary();
    write(tree, { ...two(), "two-3.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: two\nVersion: 3.0\nLicense: MIT\n" });
    expect(enisle(["vendor", "-q", "-C", root, tree]).stderr).toBe("");
    clean(root);
  });

  test("eject takes both or none; what is not declared any more goes, and the common file stays", () => {
    const root = made();
    const before = readFileSync(join(root, "acme/app.py"), "utf8");
    const alone = enisle(["eject", "-C", root, "two"]);
    expect([alone.status, alone.stderr]).toEqual([2, expect.stringMatching(/as one has, which stays\n.*enisle eject two one/)]);
    expect(readFileSync(join(root, "acme/app.py"), "utf8")).toBe(before);
    write(root, { "one.whl.txt": "", "pyproject.toml": `[tool.enisle]\nvendor = ["${makeWheel(root, two(), { name: "two" }).slice(root.length + 1)}"]\n`, "acme/app.py": "" });
    expect(enisle(["vendor", "-q", "-C", root]).stderr).toBe("");
    expect(manifest(root).distributions.map(({ name }) => name)).toEqual(["two"]);
    expect(existsSync(join(root, "acme/_vendor/space/__init__.py"))).toBe(true);
    expect(existsSync(join(root, "acme/_vendor/space/one.py"))).toBe(false);
    expect(enisle(["eject", "-q", "-C", root, "two"]).stderr).toBe("");
    expect(existsSync(join(root, "acme/_vendor"))).toBe(false);
    const both = made();
    expect(enisle(["eject", "-C", both, "one", "two"]).status).toBe(0);
    expect(readFileSync(join(both, "acme/app.py"), "utf8")).toContain("import space.one, space.two, tests.two\n");
  });
});
