/** Whether a dotted name exists is asked of the modules' sources: what a star import brings decides about strings. */
import { expect, test } from "vitest";
import { enisle, join, project, readFileSync, temporary } from "./project.ts";
import { makeWheel } from "./wheel.ts";

/** The strings of the copy's `names.py` after the vendoring of a package whose `codes.py` is this. */
function names(codes: string): string[] {
  const root = project();
  const files = { "alib/__init__.py": "from alib.codes import *\n", "alib/codes.py": codes, "alib/names.py": 'names = ["alib.shown", "alib.textwrap", "alib._hidden", "alib.json"]\n' };
  expect(enisle(["vendor", "-q", "-C", root, "--namespace", "acme._vendor", makeWheel(temporary(), files)]).status).toBe(0);
  return JSON.parse(readFileSync(join(root, "acme/_vendor/alib/names.py"), "utf8").replace("names = ", "")) as string[];
}

const body = "import json, textwrap\nshown = 1\n_hidden = 2\n";

test.each([
  ["all public names, without a list", body, ["acme._vendor.alib.shown", "acme._vendor.alib.textwrap", "alib._hidden", "alib.json"]],
  ["those of a list", `${body}__all__ = [\n    "shown",\n    "_hidden",\n]\n`, ["acme._vendor.alib.shown", "alib.textwrap", "acme._vendor.alib._hidden", "alib.json"]],
  ["those of a tuple", `${body}__all__ = ("shown",)  # no more\n`, ["acme._vendor.alib.shown", "alib.textwrap", "alib._hidden", "alib.json"]],
  ["whatever it may be, where the list is made", `${body}__all__ = ["shown"]\n__all__ += more()\n`, ["acme._vendor.alib.shown", "acme._vendor.alib.textwrap", "acme._vendor.alib._hidden", "alib.json"]],
])("a star import brings %s", (_, codes, expected) => {
  expect(names(codes)).toEqual(expected);
});

test("an attribute of an object that a call makes is no name, one of a class or of what a factory makes is", () => {
  const root = project();
  const files = {
    "alib/__init__.py": "from alib.codes import component, Point, Part, alias\n",
    "alib/codes.py": "from collections import namedtuple\nclass Part:\n    def name(self): pass\ncomponent = Part()\nPoint = namedtuple('Point', 'name')\nalias = Part\n",
    "alib/names.py": 'names = ["alib.component.name", "alib.codes.component.name", "alib.Point.name", "alib.Part.name", "alib.alias.name", "alib.component"]\n',
  };
  expect(enisle(["vendor", "-q", "-C", root, "--namespace", "acme._vendor", makeWheel(temporary(), files)]).status).toBe(0);
  const moved = ["alib.Point.name", "alib.Part.name", "alib.alias.name", "alib.component"].map((name) => `acme._vendor.${name}`);
  expect(JSON.parse(readFileSync(join(root, "acme/_vendor/alib/names.py"), "utf8").replace("names = ", ""))).toEqual(["alib.component.name", "alib.codes.component.name", ...moved]);
});

test("what a package re-exports under the name of its module is looked for in both", () => {
  const root = project();
  const files = {
    "alib/__init__.py": "from alib.core import tracer, Part\n", "alib/core/__init__.py": "from .tracer import tracer\nfrom .Part import Part\n",
    "alib/core/tracer.py": "def inner(): pass\ntracer = make_it()\ntracer = Tracer()\nname = input = 1\n", "alib/core/Part.py": "class Part:\n    def name(self): pass\n",
    "alib/names.py": 'names = ["alib.tracer.output", "alib.tracer.inner", "alib.Part.name"]\n',
  };
  expect(enisle(["vendor", "-q", "-C", root, "--namespace", "acme._vendor", makeWheel(temporary(), files)]).status).toBe(0);
  expect(JSON.parse(readFileSync(join(root, "acme/_vendor/alib/names.py"), "utf8").replace("names = ", ""))).toEqual(["alib.tracer.output", "acme._vendor.alib.tracer.inner", "acme._vendor.alib.Part.name"]);
});

test("strings that name what the library holds are listed: those that were rewritten, and those that were left with the reason", () => {
  const files = {
    "alib/__init__.py": "", "alib/core.py": "class Thing: pass\n",
    "alib/uses.py": 'import alib.core\n\nclass Uses:\n    runner = "alib.core"\n    description = "alib.core"\n    salt = "alib.core.Thing"\n\ndef f(x: "alib.core.Thing"): pass\n',
  };
  const wheel = makeWheel(temporary(), files);
  const path = "acme/_vendor/alib/uses.py";
  const run = (...args: string[]): unknown => (JSON.parse(enisle(["vendor", "-C", project(), "--format", "json", ...args, wheel]).stdout) as { result: { verified: unknown } }).result.verified;
  const rows = [{ path, line: 4, name: "alib.core" }, { path, line: 5, name: "alib.core", left: "people read it" }, { path, line: 6, name: "alib.core.Thing", left: expect.stringContaining("salt") }];
  expect(run()).toEqual(rows);
  expect(run("--verified", "report")).toEqual([{ ...rows[0], left: "verified strings are only listed" }, ...rows.slice(1)]);
  const text = enisle(["vendor", "-C", project(), "--verified", "report", wheel]).stdout;
  expect(text).toContain(`left (verified strings are only listed):\n  ${path}:4  alib.core\n`);
  expect(text).toContain(`left (people read it):\n  ${path}:5  alib.core\n`);
});
