/** What relocation does not reach is told once a distribution: imports from outside, process-wide state, entry points, pickles. */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { makeWheel } from "./wheel.ts";
import { enisle, join, project, python, readFileSync, temporary, type Tree, write } from "./project.ts";

interface Told {
  readonly code: string;
  readonly severity: string;
  readonly message: string;
  readonly path?: string;
  readonly line?: number;
}

function vendored(files: Tree, options: { readonly requires?: readonly string[]; readonly project?: Tree; readonly version?: string } = {}): { readonly root: string; readonly findings: Told[]; readonly status: number | null; readonly wheel: string } {
  const root = project(options.project ?? {});
  const wheel = makeWheel(temporary(), files, { requires: options.requires ?? [] });
  const run = enisle(["vendor", "-C", root, "--format", "json", wheel]);
  expect(run.stderr).toBe("");
  return { root, wheel, status: run.status, findings: JSON.parse(run.stdout).findings };
}

const init = { "alib/__init__.py": "" };

describe("optional imports", () => {
  test("what nobody is known to provide is named once, with its first places", () => {
    const { findings, status } = vendored({ ...init, "alib/a.py": "import os\ntry:\n    import brotli\nexcept ImportError:\n    brotli = None\nimport yaml, dateutil.tz\n", "alib/b.py": "from brotli import x\nfrom zstandard.deep import y\n" }, { requires: ["PyYAML>=5", "python-dateutil", 'zstandard; extra == "zstd"'] });
    expect(status).toBe(0);
    expect(findings.map(({ code, severity, path, line }) => ({ code, severity, path, line }))).toEqual([{ code: "optional-import", severity: "warning", path: "acme/_vendor/alib/a.py", line: 3 }]);
    expect(findings[0]?.message).toMatch(/: brotli \(a\.py:3\), zstandard \(b\.py:2\)$/);
  });

  test("a requirement whose modules are called differently is mentioned", () => {
    const { findings } = vendored({ ...init, "alib/a.py": "import attr\n" }, { requires: ["attrs"] });
    expect(findings[0]?.message).toMatch(/attr \(a\.py:1\); perhaps a module of what it requires \(attrs\)$/);
  });

  test("not told: the standard library of every Python, type checking, stubs, what the project has or requires, relative imports", () => {
    const source = "import urllib2, tomllib, distutils.core, _winreg, msvcrt\nfrom typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import onlytypes\nfrom . import b\nimport mine, needed, acme.x, zope.interface\nimport alib.b\n";
    const { findings } = vendored({ ...init, "alib/a.py": source, "alib/b.py": "", "alib/c.pyi": "import onlystubs\n" }, { requires: ["zope.interface"], project: { "mine.py": "", "pyproject.toml": '[project]\nname = "acme"\nversion = "1"\ndependencies = ["needed>2"]\n' } });
    expect(findings).toEqual([]);
  });

  test("a namespace package of which a part moves: the other parts are outside", () => {
    const { findings } = vendored({ "space/one/__init__.py": "import space.two, space.one.x\nfrom space import one, three\nimport space\n", "space/one/x.py": "" });
    expect(findings[0]?.message).toMatch(/: space\.three \(__init__\.py:2\), space\.two \(__init__\.py:1\)$/);
  });
});

describe("isolate-optional", () => {
  const files = { ...init, "alib/a.py": 'try:\n    import fancy\n    found = "system"\nexcept ModuleNotFoundError:\n    fancy = None\n    found = "nothing"\ntry:\n    from plain import x\nexcept ImportError:\n    x = 0\ntry:\n    import fancy.deep as d\nexcept ImportError:\n    d = None\n' };
  const system = { "fancy/__init__.py": "", "fancy/deep.py": "", "plain.py": "x = 1\n" };
  const seen = "import sys; sys.path.append(sys.argv[0] or 'outside'); sys.path.append('outside'); import acme._vendor.alib.a as a; print(a.found, a.x, a.d is None, sorted(n for n in sys.modules if n.startswith('fancy')))";
  const outside = Object.fromEntries(Object.entries(system).map(([path, text]) => [`outside/${path}`, text]));

  test.each([
    ["not at all", "", "system 1 False ['fancy', 'fancy.deep']"],
    ["all", "isolate-optional = true", "nothing 0 True []"],
    ["some", 'isolate-optional = ["fancy"]', "nothing 1 True []"],
    ["all but some", 'isolate-optional = true\nisolate-optional-except = ["fancy"]', "system 0 False ['fancy', 'fancy.deep']"],
  ])("%s", (_, setting, expected) => {
    const { root, findings, wheel } = vendored(files, { project: { ...outside, "pyproject.toml": `[tool.enisle]\npackages = ["acme"]\n${setting}\n` } });
    expect(findings.filter(({ code }) => code !== "optional-import")).toEqual([]);
    expect(python(seen, root).stdout.trim()).toBe(expected);
    const before = readFileSync(join(root, "acme/_vendor/vendored.json"), "utf8");
    expect(JSON.parse(enisle(["vendor", "-C", root, "--format", "json", wheel]).stdout).result.changed).toBe(false);
    expect(readFileSync(join(root, "acme/_vendor/vendored.json"), "utf8")).toBe(before);
  });

  test("names that do nothing are told with their line; a change of the setting makes the copy anew", () => {
    const { root, findings, wheel } = vendored(files, { project: { "pyproject.toml": '[tool.enisle]\npackages = ["acme"]\nisolate-optional = ["fancy", "plain", "nobody"]\nisolate-optional-except = ["neither"]\n' } });
    expect(findings.map(({ code, path, line, message }) => [code, path, line, /'(\w+)'/.exec(message)?.[1]])).toEqual([["unused-exception", "pyproject.toml", 3, "nobody"], ["unused-exception", "pyproject.toml", 4, "neither"]]);
    expect(readFileSync(join(root, "acme/_vendor/alib/a.py"), "utf8")).toContain("import acme._vendor.fancy as fancy");
    expect(enisle(["explain", "-C", root, join(root, "acme/_vendor/alib/a.py:8")]).stdout).toContain("from acme._vendor.plain import x");
    writeFileSync(join(root, "pyproject.toml"), '[tool.enisle]\npackages = ["acme"]\n');
    expect(enisle(["vendor", "-C", root, wheel]).status).toBe(0);
    expect(readFileSync(join(root, "acme/_vendor/alib/a.py"), "utf8")).toBe(files["alib/a.py"]);
  });

  test.each([['isolate-optional = ["os.path"]', /isolate-optional names 'os\.path', which is of the standard library/], ['isolate-optional = "x"', /'isolate-optional' must be/], ["isolate-optional = ['a-b']", /isolate-optional/]])("bad: %s", (setting, message) => {
    const root = project({ "pyproject.toml": `[tool.enisle]\npackages = ["acme"]\n${setting}\n` });
    const run = enisle(["vendor", "-C", root, makeWheel(temporary(), files)]);
    expect(run.status).toBe(2);
    expect(run.stderr).toMatch(message);
  });
});

describe("process-wide state", () => {
  test("once a distribution, tests last", () => {
    const { findings } = vendored({ ...init, "alib/tests/test_a.py": "import atexit\natexit.register(f)\n", "alib/z.py": "import atexit\n\natexit.register(f)\n", "alib/y.py": "import signal\nsignal.signal(1, f)\n" });
    expect(findings.map(({ code, path, line }) => [code, path, line])).toEqual([["process-wide-state", "acme/_vendor/alib/y.py", 2]]);
    expect(findings[0]?.message).toBe("handles signals (y.py:2), registers functions to run at exit (z.py:3)");
  });
});

test("the project requires still what it has a copy of", () => {
  const pyproject = '[project]\nname = "acme"\ndependencies = ["ALib>=1; python_version>\\"3\\"", "alib2"]\n';
  const { findings } = vendored(init, { project: { "pyproject.toml": pyproject } });
  expect(findings.map(({ code, severity, message, path }) => [code, severity, message, path])).toEqual([["requirement-kept", "note", 'the project has a copy, and requires it still: ALib>=1; python_version>"3"', "pyproject.toml"]]);
});

describe("other files of a copy", () => {
  test("entry points that nobody finds any more", () => {
    const { findings } = vendored({ ...init, "alib-1.0.dist-info/entry_points.txt": "[console_scripts]\nalib = alib:main\n; no\n\n[pytest11]\nalib-plugin=alib.plugin\n" });
    expect(findings.map(({ code, severity, message }) => [code, severity, message.split(": ").slice(1).join(": ")])).toEqual([["entry-points-lost", "note", "console_scripts: alib, pytest11: alib-plugin"]]);
  });

  // Of each Python that is there: what a look-up gives differs between them.
  test("entry points of copies are found by the copies and the project, before those of the system's installation", () => {
    const points = "[console_scripts]\nalib = alib:main\n\n[alib.plugins]\ntoc = alib.plugins.toc:Toc\nall = alib.plugins.toc\n";
    const asks = "from importlib.metadata import entry_points\nimport sys\n\ndef find(group='alib.plugins'):\n    return sorted((p.name, p.group, p.value, getattr(p.load(), '__module__', None)) for p in %s)\n";
    const { root, findings } = vendored(
      { ...init, "alib/plugins/__init__.py": "", "alib/plugins/toc.py": "class Toc: pass\n", "alib/asks.py": asks.replace("%s", "(entry_points(group=group) if sys.version_info >= (3, 10) else entry_points().get(group, ()))"), "alib/all.py": "from importlib.metadata import distributions\n\ndef find():\n    return sorted((dist.metadata['Name'], p.load().__name__) for dist in distributions() for p in dist.entry_points if p.group == 'alib.plugins')\n", "alib-1.0.dist-info/entry_points.txt": points },
      { project: { "acme/use.py": "from importlib.metadata import entry_points\nimport alib\n\ndef find():\n    points = entry_points()\n    found = points.select(group='alib.plugins') if hasattr(points, 'select') else points.get('alib.plugins', ())\n    return sorted(p.load().__name__ for p in found), len(list(points)) > 0\n" } },
    );
    expect(findings.map(({ code }) => code)).toEqual(["entry-points-lost"]);
    // As if it were installed too, and a plugin of somebody else's.
    write(root, { "site/alib-2.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: alib\nVersion: 2.0\n", "site/alib-2.0.dist-info/entry_points.txt": points, "site/other-1.dist-info/METADATA": "Metadata-Version: 2.1\nName: other\nVersion: 1\n", "site/other-1.dist-info/entry_points.txt": "[alib.plugins]\nmore = other:Plugin\n", "site/other.py": "class Plugin: pass\n" });
    const moved = "acme._vendor.alib.plugins.toc";
    for (const interpreter of ["python3", "python3.9", "python3.10", "python3.12", "python3.13"]) {
      const run = spawnSync(interpreter, ["-Wignore", "-c", "import sys; sys.path[:0] = ['site']; import json; from acme._vendor.alib.asks import find; from acme import use; from acme._vendor.alib import all; print(json.dumps([find(), use.find(), all.find()]))"], { cwd: root, encoding: "utf8" });
      if (run.error || (interpreter !== "python3" && run.status === 127)) continue;
      expect([interpreter, run.stderr]).toEqual([interpreter, ""]);
      expect([interpreter, ...JSON.parse(run.stdout)]).toEqual([interpreter, [["all", "alib.plugins", moved, null], ["more", "alib.plugins", "other:Plugin", "other"], ["toc", "alib.plugins", `${moved}:Toc`, moved]], [["Plugin", "Toc", moved], true], [["alib", "Toc"], ["alib", moved], ["other", "Plugin"]]]);
    }
  });

  /** What `expression` comes to, pickled, where `Point` is a class of alib.shapes; in hexadecimal digits. */
  const pickled = (protocol: number, expression: string): Buffer =>
    Buffer.from(python(`import pickle, sys, types; m = types.ModuleType('alib.shapes'); exec('class Point: pass', m.__dict__); sys.modules['alib.shapes'] = m; sys.modules['alib'] = types.ModuleType('alib'); m.Point.__module__ = 'alib.shapes'; Point = m.Point; print(pickle.dumps(${expression}, ${protocol}).hex())`, "/").stdout.trim(), "hex");

  // Long lists make several frames of protocol 4.
  test.each([0, 1, 2, 3, 4, 5])("pickles of protocol %i are found by their bytes, and load from the copy", (protocol) => {
    const many = pickled(protocol, "[Point(), {'alib.shapes2': [str(i) * 400 for i in range(200)]}, Point, Point(), b'alib.shapes', 'calibrate']");
    const file = protocol < 2 ? "p.pkl" : "p.dat"; // the oldest have no beginning to be known by
    const twice = pickled(protocol, "Point()");
    const { root, findings, status } = vendored({ ...init, "alib/shapes.py": "class Point: pass\n", [`alib/${file}`]: many, [`alib/two-${file}`]: Buffer.concat([twice, twice]), "alib/other.dat": Buffer.from("\x80\x04 calibrate alib.shapes .", "latin1") });
    expect([status, findings]).toEqual([0, []]);
    const loaded = python(`import pickle; f = open("acme/_vendor/alib/${file}", "rb"); v = pickle.load(f); assert f.read() == b""; g = open("acme/_vendor/alib/two-${file}", "rb"); print(type(v[0]), v[2], type(v[3]), list(v[1]), len(v[1]["alib.shapes2"]), v[4:], type(pickle.load(g)), type(pickle.load(g)))`, root);
    const point = "<class 'acme._vendor.alib.shapes.Point'>";
    expect(loaded.stdout.trim()).toBe(`${point} ${point} ${point} ['alib.shapes2'] 200 [b'alib.shapes', 'calibrate'] ${point} ${point}`);
    expect(readFileSync(join(root, "acme/_vendor/alib/other.dat")).toString("latin1")).toBe("\x80\x04 calibrate alib.shapes .");
    expect(enisle(["check", root]).stdout).toContain("Clean");
    const manifest = JSON.parse(readFileSync(join(root, "acme/_vendor/vendored.json"), "utf8")).distributions[0].files.find(({ path }: { path: string }) => path === `alib/${file}`);
    let original = "";
    let last = 0;
    const now = readFileSync(join(root, `acme/_vendor/alib/${file}`)).toString("latin1");
    for (const [at, length, was] of manifest.edits) [original, last] = [original + now.slice(last, at) + was, at + length];
    expect(Buffer.from(original + now.slice(last), "latin1").equals(many)).toBe(true);
  });

  test("pickles in which the name is data too, or that cannot be read, are told", () => {
    const inTwo = pickled(4, "(Point(), Point.__module__)");
    for (const content of [inTwo, Buffer.concat([pickled(4, "Point()"), Buffer.from("more")])]) {
      const { findings, root } = vendored({ ...init, "alib/shapes.py": "class Point: pass\n", "alib/p.pkl": content, "alib/text.pickle": "alib.shapes is a module\n", "alib/other.pkl": Buffer.from("calibrate\nalib\n") });
      expect(findings.map(({ code, path, message }) => [code, path, message])).toEqual([["pickled-name", "acme/_vendor/alib/p.pkl", "the pickle names classes of 'alib.shapes', and is loaded by those names"]]);
      expect(readFileSync(join(root, "acme/_vendor/alib/p.pkl")).equals(content)).toBe(true);
    }
  });
});
