/** The generated helper at run time: what is asked of it is what the original functions give, exceptions and all. */
import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { pythonOf } from "../check/pythons.ts";
import { enisle, join, project, python, readFileSync, temporary } from "./project.ts";
import { makeWheel } from "./wheel.ts";


test("each of the two modules raises its own exceptions", () => {
  const root = project({
    // As the backport does: the same things by other classes.
    "importlib_metadata.py": "from importlib.metadata import PathDistribution\nclass PackageNotFoundError(Exception): pass\ndef version(distribution_name): raise PackageNotFoundError(distribution_name)\n",
    "acme/app.py": "from alib import ask\n",
  });
  const library = `import importlib.metadata, importlib_metadata\ndef one(name):\n    try: return importlib.metadata.version(name)\n    except importlib.metadata.PackageNotFoundError: return "none"\ndef two(name):\n    try: return importlib_metadata.version(name)\n    except importlib_metadata.PackageNotFoundError: return "none"\n`;
  const wheels = [makeWheel(temporary(), { "alib/__init__.py": "", "alib/ask.py": library }), makeWheel(temporary(), { "blib/__init__.py": "" }, { name: "blib", version: "2.5" })];
  expect(enisle(["vendor", "-q", "-C", root, ...wheels]).stderr).toBe("");
  const run = python("from acme.app import ask\nprint(ask.one('blib'), ask.two('blib'), ask.one('nobody'), ask.two('nobody'), ask.two('acme._vendor.blib'))\ntry: ask.two(None)\nexcept Exception as e: print(type(e).__module__)", root);
  expect([run.stderr, run.stdout]).toEqual(["", "2.5 2.5 none none 2.5\n"]);
});

test("pkg_resources' specifiers count", () => {
  const root = project({
    // What of pkg_resources it takes.
    "pkg_resources.py": `
class VersionConflict(Exception): pass
class DistributionNotFound(Exception): pass
class Distribution:
    def get_entry_map(self, group=None): return {}
    def from_location(location, basename, metadata):
        found = Distribution()
        found.version = basename[:-len(".dist-info")].split("-")[1]
        return found
class PathMetadata:
    def __init__(self, *args): pass
class Requirement:
    def parse(text):
        found = Requirement()
        found.project_name, _, found.least = text.partition(">=")
        return found
    def __contains__(self, version): return version >= self.least
def get_distribution(dist): raise DistributionNotFound(dist)
`,
    "acme/app.py": "import alib, blib\n",
  });
  const library = "import pkg_resources\ndef ask(what): return pkg_resources.get_distribution(what).version\ndef fixed(): return pkg_resources.get_distribution('blib>=3').version\n";
  const wheels = [makeWheel(temporary(), { "alib/__init__.py": library }), makeWheel(temporary(), { "blib/__init__.py": "" }, { name: "blib", version: "2.5" })];
  expect(enisle(["vendor", "-q", "-C", root, ...wheels]).stderr).toBe("");
  const run = python(`
from acme.app import alib
import pkg_resources
for what in ["blib", "blib>=2", "blib>=9", "nobody", pkg_resources.Requirement.parse("blib>=2"), pkg_resources.Requirement.parse("blib>=9"), None]:
    try: print(alib.fixed() if what is None else alib.ask(what))
    except (pkg_resources.VersionConflict, pkg_resources.DistributionNotFound) as error: print(type(error).__name__)
`, root);
  expect([run.stderr, run.stdout.split("\n")]).toEqual(["", ["2.5", "2.5", "VersionConflict", "DistributionNotFound", "2.5", "VersionConflict", "VersionConflict", ""]]);
});

const plug = {
  "plug/__init__.py": "from alib import ask\n",
  "plug/run.py": "class Run: pass\n",
  "plug-2.5.dist-info/entry_points.txt": "[console_scripts]\nplug = plug.run:Run\n\n[some.group]\nrun = plug.run:Run [more]\nmodule = plug.run\nother = json:dumps\n",
};

test.for(["3.8", "3.9", "3.10", "3.11", "3.12", "3.13"])("the entry points of a distribution that is asked for lead to where its modules are, on Python %s", (version, { skip }) => {
  const interpreter = pythonOf(version);
  if (interpreter === undefined) return skip(`no Python ${version}`);
  const root = project({
    "acme/app.py": "from alib import ask\n",
    // As the backport does: the same things by other classes.
    "importlib_metadata.py": "import importlib.metadata as standard\nEntryPoint = standard.EntryPoint\nclass PathDistribution(standard.PathDistribution): pass\ndef distribution(distribution_name): raise LookupError(distribution_name)\n",
  });
  const library = "from importlib import metadata\nimport importlib_metadata\ndef plug(): return metadata.distribution('plug')\ndef any(name): return metadata.distribution(name)\ndef backport(name): return importlib_metadata.distribution(name)\n";
  const wheels = [makeWheel(temporary(), { "alib/__init__.py": "", "alib/ask.py": library }), makeWheel(temporary(), plug, { name: "plug", version: "2.5" })];
  expect(enisle(["vendor", "-q", "-C", root, "--runtime-map", ...wheels]).stderr).toBe("");
  const show = "print(type(found).__mro__[1].__module__, found.version, sorted((each.group, each.name, each.value, getattr(each.load(), '__name__', '')) for each in found.entry_points))";
  const run = spawnSync(interpreter, ["-c", `from acme.app import ask\nfor found in ask.plug(), ask.any('plug'), ask.backport('plug'): ${show}\nprint(ask.any('pip').metadata['Name'])`], { cwd: root, encoding: "utf8" });
  const points = "2.5 [('console_scripts', 'plug', 'acme._vendor.plug.run:Run', 'Run'), ('some.group', 'module', 'acme._vendor.plug.run', 'acme._vendor.plug.run'), ('some.group', 'other', 'json:dumps', 'dumps'), ('some.group', 'run', 'acme._vendor.plug.run:Run [more]', 'Run')]";
  expect([run.stderr, run.stdout.trimEnd().split("\n")]).toEqual(["", [`importlib.metadata ${points}`, `importlib.metadata ${points}`, `importlib_metadata ${points}`, "pip"]]);
});

test.for(["2.7", "3.8", "3.11"])("so do pkg_resources' of a distribution, on Python %s", (version, { skip }) => {
  const interpreter = pythonOf(version);
  if (interpreter === undefined || spawnSync(interpreter, ["-c", "import pkg_resources"]).status !== 0) return skip(`no pkg_resources for Python ${version}`);
  const root = project({ "acme/app.py": "from acme._vendor.alib import ask\n" });
  const library = "import pkg_resources\ndef plug(): return pkg_resources.get_distribution('plug')\ndef any(name): return pkg_resources.get_distribution(name)\ndef required(): return pkg_resources.require('plug')[0]\n";
  // What it requires is not installed.
  const wheels = [makeWheel(temporary(), { "alib/__init__.py": "", "alib/ask.py": library }), makeWheel(temporary(), plug, { name: "plug", version: "2.5", requires: ["absent>=1"] })];
  expect(enisle(["vendor", "-q", "-C", root, "--target-python", version, "--runtime-map", ...wheels]).status).toBe(0);
  const run = spawnSync(interpreter, ["-W", "ignore", "-c", `
from __future__ import print_function
from acme.app import ask
for found in ask.plug(), ask.any('plug'), ask.required():
    print(found.load_entry_point('some.group', 'run').__module__, found.get_entry_info('some.group', 'module').module_name, sorted(point.module_name for point in found.get_entry_map('some.group').values()), sorted(found.get_entry_map()), found.get_entry_map('console_scripts')['plug'].load().__module__)
`], { cwd: root, encoding: "utf8" });
  const points = "acme._vendor.plug.run acme._vendor.plug.run ['acme._vendor.plug.run', 'acme._vendor.plug.run', 'json'] ['console_scripts', 'some.group'] acme._vendor.plug.run";
  expect([run.stderr, run.stdout.trimEnd().split("\n")]).toEqual(["", [points, points, points]]);
});

test.for(["2.7", "3.8"])("__import__ without a level means what it means there, on Python %s", (version, { skip }) => {
  const interpreter = pythonOf(version);
  if (interpreter === undefined) return skip(`no Python ${version}`);
  const root = project({});
  // On Python 2 a module beside the asking one is found by its bare name.
  const library = "def ask(name): return __import__(name, globals(), locals(), ['x'])\n";
  const wheel = makeWheel(temporary(), { "alib/__init__.py": "", "alib/ask.py": library, "alib/beside.py": "x = 1\n", "blib/__init__.py": "" });
  expect(enisle(["vendor", "-q", "-C", root, "--target-python", version, "--runtime-map", wheel]).status).toBe(0);
  expect(readFileSync(join(root, "acme/_vendor/alib/ask.py"), "utf8")).toContain(".import_(name, ");
  const run = spawnSync(interpreter, ["-c", "from acme._vendor.alib.ask import ask\nfor name in 'blib', 'json', 'beside':\n    try: print(ask(name).__name__)\n    except ImportError: print('none')"], { cwd: root, encoding: "utf8" });
  expect([run.stderr, run.stdout]).toEqual(["", `acme._vendor.blib\njson\n${version === "2.7" ? "acme._vendor.alib.beside" : "none"}\n`]);
});
