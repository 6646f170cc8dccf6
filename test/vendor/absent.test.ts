/** What the project imports from a copy that the copy has not is said; what may come into being at run time is not. */
import { expect, test } from "vitest";
import { enisle, project, temporary } from "./project.ts";
import { makeWheel } from "./wheel.ts";

const library = {
  "alib/__init__.py": '__path__ = __import__("pkgutil").extend_path(__path__, __name__)\nimport os\nfrom .core import Thing\n', "alib/core.py": "class Thing: pass\n",
  "alib/ext/__init__.py": "", "alib/ext/own.py": "",
  "alib/lazy/__init__.py": "def __getattr__(name): return name\n", "alib/star/__init__.py": "from os.path import *\n", "alib/pure/inner.py": "",
  "alone.py": "import sys\nclass _Moves: pass\nmoves = sys.modules[__name__ + '.moves'] = _Moves()\n",
};

/** `file:line` of each finding of the kind, of vendoring and of a check afterwards. */
function found(app: string, ...args: string[]): string[][] {
  const root = project({ "acme/app.py": app });
  const run = enisle(["vendor", "-C", root, "--format", "json", ...args, makeWheel(temporary(), library)]);
  expect(run.stderr).toBe("");
  const checked = enisle(["check", "-C", root, "--format", "json"]);
  return [run, checked].map(({ stdout }) => (JSON.parse(stdout) as { findings: { code: string; message: string; line: number }[] }).findings.filter(({ code }) => code === "not-in-copy" || code === "dropped-module-imported").map(({ line, code, message }) => `${line} ${code === "not-in-copy" ? (/'(.*)'/.exec(message)?.[1] ?? "") : code}`));
}

test("plugins of others and misspellings", () => {
  const app = "import alib.plugin\nfrom alib.ext import plugin\nfrom alib.ext.plugin import x\ntry:\n    import os, alib.ext.own, alib.cor\nexcept ImportError: pass\nfrom alib.pure import outer\n";
  const expected = ["1 alib.plugin", "2 alib.ext.plugin", "3 alib.ext.plugin", "5 alib.cor", "7 alib.pure.outer"];
  expect(found(app)).toEqual([expected, expected]);
});

test("modules, attributes, and what may be made at run time", () => {
  const app = "import alib.core, alib.ext.own, alib\nfrom alib import Thing, core, os, ext, __path__, __doc__\nfrom alib.core import Thing, Other\nfrom alib.lazy import anything\nfrom alib.star import join\nimport alone.moves.urllib\nfrom alone.moves import x\nfrom alib import *\n";
  expect(found(app)).toEqual([["3 alib.core.Other"], ["3 alib.core.Other"]]);
});

test("what was dropped is told once, as that", () => {
  expect(found("import alib.ext.own\n", "--drop", "alib/ext/own.py")[0]).toEqual(["1 dropped-module-imported"]);
});
