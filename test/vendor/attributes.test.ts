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
