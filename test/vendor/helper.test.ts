/** The generated helper at run time: what is asked of it is what the original functions give, exceptions and all. */
import { expect, test } from "vitest";
import { enisle, project, python, temporary } from "./project.ts";
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
