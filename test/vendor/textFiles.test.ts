/** Names in data files: entry points and configuration of the project follow, other verified names are reported; not a byte else changes. */
import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { makeWheel } from "./wheel.ts";
import { type Tree, chmodSync, enisle, join, project, readFileSync, snapshot, temporary } from "./project.ts";

const library = { "alib/__init__.py": "def main(): pass\nclass Handler: pass\n", "alib/cli.py": "def run(): pass\nclass Thing: pass\n", "alib/ext.py": "", "_ab.py": "x = 1\n" };

function vendored(files: Tree, more: Tree = {}): { readonly root: string; readonly told: string[]; readonly result: { readonly project: object } } {
  const root = project(files);
  const run = enisle(["vendor", "-C", root, "--format", "json", makeWheel(temporary(), { ...library, ...more })]);
  expect(run.stderr).toBe("");
  const { findings, result } = JSON.parse(run.stdout) as { findings: { code: string; path: string; line: number; message: string }[]; result: { project: object } };
  return { root, result, told: findings.map(({ code, path, line, message }) => `${code} ${path}:${line} ${message}`) };
}

const moved = (text: string): string => text.replaceAll("«", "acme._vendor.").replaceAll("\u00b7", "");

/** `«` stands where the namespace comes in. */
function follows(name: string, marked: string, expected: readonly string[] = []): void {
  const { root, told } = vendored({ [name]: marked.replaceAll("«", "") });
  expect(readFileSync(join(root, name), "utf8")).toBe(moved(marked));
  expect(told).toEqual(expected);
}

describe("pyproject.toml", () => {
  test("entry points of every kind of table", () => {
    follows("pyproject.toml", `# alib.cli:run stays in a comment
[project]
name = "acme" # alib
version = "1"
dependencies = ["alib>=1"]
description = """
alib.cli in a text
"""
scripts = { one = "«alib.cli:run", two = 'acme.cli:run' }\r
[project.gui-scripts]
"three" = "«alib:main"   # alib
[project.entry-points."alib.plugins"]
alib = "«alib.cli:Thing [extra]"
own = "acme.alib:x"
bare = "«_ab"
[tool.poetry.plugins."alib"]
p = '«alib.ext'
[tool.poetry.scripts]
q = {callable = "«alib.cli:run", extras = ["alib"]}
[tool.flit.entrypoints."x.y"]
z="«alib.cli"
[tool.other]
alib = "alib"
list = [ "alib.nothing", # alib.cli
  "alibi.cli" ]
`, ["requirement-kept pyproject.toml:undefined the project has a copy, and requires it still: alib>=1"]);
  });

  test("a verified name elsewhere is reported once, with the place of the first", () => {
    follows("pyproject.toml", '[tool.mypy]\nplugins = ["alib.ext", "alib.cli"]\n[[tool.x]]\nname = "alib.cli.Thing"\nother = "alib.Missing"\n', ["data-reference pyproject.toml:2 names what is relocated, and was left: alib.ext, alib.cli, alib.cli.Thing"]);
  });

  test("a value with escapes is left, and told: its characters are not those of the file", () => {
    follows("pyproject.toml", '[project.scripts]\na = "alib\\u002ecli:run"\nb = "alib.\\u0063li:run"\n', ["data-reference pyproject.toml:2 names what is relocated, and was left: alib.cli"]);
  });
});

test("setup.cfg and entry_points.txt", () => {
  follows("setup.cfg", "[metadata]\nname = acme\n\n[options]\ninstall_requires =\n    alib\n\n[options.entry_points]\nconsole_scripts =\n\tone = «alib.cli:run\n    # two = alib.cli:run\n    three=«alib.cli:run [x]\n    alib = acme.cli:run\nalib.group = four = «alib\n");
  follows("debian/entry_points.txt", "[console_scripts]\none=«alib.cli:run\r\ntwo = acme:alib\r\n");
});

test("setup.py, as lists and as one text", () => {
  follows("setup.py", 'from setuptools import setup\nNAME = "alib = alib"\nsetup(\n    name="alib",\n    install_requires=["alib>=2"],\n    entry_points={"console_scripts": ["one = «alib.cli:run", "alib=«alib:main", "own = acme.alib:x"]},\n)\n'.replace('"alib = alib"', '"alib"'));
  follows("setup.py", 'from setuptools import setup\nsetup(entry_points="""\n  [console_scripts]\n  one = «alib.cli:run\n  [alib.group]\n  two=acme.x:y\n""")\n');
});

test("PasteDeploy", () => {
  follows("deploy/production.ini", "[app:main]\npaste.app_factory = «alib.cli:run\nalib.setting = alib\n[filter:x]\nuse = call:«alib.cli:Thing\n[server:main]\npaste.server_runner: «alib:main ; alib\n[pipeline:p]\npipeline = alib main\n");
  follows("deploy/egg.ini", "[app:main]\nuse = egg:alib#main\n[app:other]\nuse = egg:other#alib\n", ["data-reference deploy/egg.ini:2 'egg:alib#main' asks for an entry point of alib, which is relocated and registers none; name the object: call:module:name"]);
});

describe("logging", () => {
  test("fileConfig", () => {
    follows("logging.ini", "[loggers]\nkeys = root,alib\n[logger_alib]\nqualname = «alib.access\nhandlers = alib\n[handler_alib]\nclass = «alib.Handler\nargs = ('alib.cli',)\n[formatter_x]\nclass=logging.Formatter\n");
  });

  test("dictConfig in JSON", () => {
    follows("logging.json", '{"log": {"version": 1, "handlers": {"alib": {"class": "«alib.Handler", "()" : "«alib.cli.run"}},\r\n  "loggers": {"«alib": {"handlers": ["alib"]}, "«alib.x": {}, "": {}}}, "class": "alib"}');
    follows("other.json", '{"handlers": {"a": {"class": "alib.Handler"}}, "loggers": {"alib": {}}}', ["data-reference other.json:1 names what is relocated, and was left: alib.Handler"]);
  });

  test("dictConfig in YAML", () => {
    follows("conf/logging.yaml", "version: 1\nhandlers:\n  console:\n    class: «alib.Handler  # alib.Handler\n    text: |\n      class: alib.Handler\n  other:\n    (): '«alib.cli.run'\nloggers:\n  «alib:\n    handlers: [alib]\n  \"«alib.x\": {level: alib.cli}\nroot:\n  - alib\n");
  });
});

test("YAML and JSON elsewhere: verified values are reported, single words, keys and texts are not", () => {
  follows("a.yml", "alib: alib\nalib.cli: 1\nlist:\n- x: alib.ext\n- alib.nothing\n-   - \"alib.cli:run\"\ntext: >\n  alib.cli\nmore: see\n  alib.cli\n", ["data-reference a.yml:4 names what is relocated, and was left: alib.ext, alib.cli"]);
  follows("b.json", '{"alib.cli": ["alib", "alib.cli.Thing"], "url": "https://alib.cli", "broken"', ["data-reference b.json:1 names what is relocated, and was left: alib.cli.Thing"]);
});

test("what version control ignores, and what the configuration excludes or says to leave, stays", () => {
  const scripts = '[project.scripts]\na = "alib.cli:run"\nb = "alib:main"\n';
  const cfg = "[options.entry_points]\nx =\n  a = alib.cli:run\n";
  const root = project({ "pyproject.toml": `${scripts}[tool.enisle]\npackages = ["acme"]\nexclude = ["out/*"]\nleave = [{ string = "alib:main" }, { string = "alib.cli" }]\n`, ".gitignore": "made/\n", "made/setup.cfg": cfg, "out/setup.cfg": cfg, "in/setup.cfg": cfg, "venv/pyvenv.cfg": "", "venv/setup.cfg": cfg });
  spawnSync("git", ["init", "-q", root]);
  expect(enisle(["vendor", "-C", root, makeWheel(temporary(), library)]).status).toBe(0);
  expect(readFileSync(join(root, "pyproject.toml"), "utf8")).toContain('a = "acme._vendor.alib.cli:run"\nb = "alib:main"\n');
  expect(["made", "out", "venv", "in"].map((directory) => readFileSync(join(root, directory, "setup.cfg"), "utf8").includes("acme._vendor.alib"))).toEqual([false, false, false, true]);
});

test("copies have the same rules, but keep their own entry points", () => {
  const { root, told } = vendored({}, { "alib/logging.ini": "[handler_x]\nclass = alib.Handler\n", "alib/pyproject.toml": '[project.scripts]\na = "alib.cli:run"\n', "alib/data.json": '["alib.cli"]' });
  expect(readFileSync(join(root, "acme/_vendor/alib/logging.ini"), "utf8")).toBe("[handler_x]\nclass = acme._vendor.alib.Handler\n");
  expect(told).toEqual(["data-reference acme/_vendor/alib/data.json:1 names what is relocated, and was left: alib.cli", "data-reference acme/_vendor/alib/pyproject.toml:2 names what is relocated, and was left: alib.cli"]);
  const manifest = JSON.parse(readFileSync(join(root, "acme/_vendor/vendored.json"), "utf8"));
  expect(manifest.distributions[0].files.find((file: { path: string }) => file.path === "alib/logging.ini").edits).toEqual([[20, 17, "alib"]]);
});

test("twice is once; --diff writes nothing; the summary counts such files apart; read-only files are refused", () => {
  const root = project({ "setup.cfg": "[options.entry_points]\nx =\n  a = alib.cli:run\n" });
  const wheel = makeWheel(temporary(), library);
  const before = snapshot(root);
  const diff = enisle(["vendor", "-C", root, "--diff", wheel]);
  expect(diff.stdout).toContain("+  a = acme._vendor.alib.cli:run");
  expect(snapshot(root)).toEqual(before);
  chmodSync(join(root, "setup.cfg"), 0o444);
  expect(enisle(["vendor", "-C", root, wheel]).stderr).toMatch(/setup\.cfg.*read-only/);
  expect(snapshot(root)).toEqual(before);
  chmodSync(join(root, "setup.cfg"), 0o644);
  expect(enisle(["vendor", "-C", root, wheel]).stdout).toContain("Project: 1 Python file, 0 rewritten; 1 other file too");
  const after = snapshot(root);
  expect(enisle(["vendor", "-C", root, wheel]).stdout).toContain("Nothing to do");
  expect(snapshot(root)).toEqual(after);
});

test("explain says for a data file what is done, before and after", () => {
  const root = project({ "setup.cfg": "[options.entry_points]\nx =\n  a = alib.cli:run\n[other]\ny = alib.cli\n" });
  const explain = (...args: string[]): string => enisle(["explain", "-C", root, ...args, join(root, "setup.cfg")]).stdout;
  expect(explain("--map", "alib=acme._vendor.alib")).toMatch(/3 {2}alib\.cli {2}rewritten {2}\[data-file, proven\]\n.*options\.entry_points > x takes it.*\n.*- a = alib\.cli:run\n.*\+ a = acme\._vendor\.alib\.cli:run/);
  expect(enisle(["vendor", "-C", root, makeWheel(temporary(), library)]).status).toBe(0);
  expect(explain()).toMatch(/3 {2}alib\.cli {2}relocated[^]*5 {2}alib\.cli {2}reported {2}\[data-file, verified\]/);
});
