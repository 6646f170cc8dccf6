import { randomBytes } from "node:crypto";
import { mkdirSync, statSync, symlinkSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { makeWheel } from "./wheel.ts";
import { chmodSync, enisle, existsSync, join, project, python, readFileSync, snapshot, temporary, write } from "./project.ts";

const library = {
  "alib/__init__.py": "import alib.core\nfrom alib.core import answer\n__version__ = '1.0'\n",
  "alib/core.py": "import os, alib\n\n\ndef answer():\n    return 42\n",
  "alib/data.bin": Buffer.from([0, 1, 2, 255]),
  "alib-1.0.dist-info/licenses/LICENSE": "MIT\n",
};

describe("vendor", () => {
  test("a wheel into a project that holds nothing but an empty package", () => {
    const root = project();
    const run = enisle(["vendor", "-C", root, "--namespace", "acme._vendor", makeWheel(temporary(), library), "--format", "json"]);
    expect(run.status).toBe(0);
    const { tool, command, result, findings } = JSON.parse(run.stdout);
    expect(tool.name).toBe("enisle");
    expect([command, findings]).toEqual(["vendor", []]);
    expect(result).toEqual({
      namespace: "acme._vendor",
      distributions: [{ name: "alib", version: "1.0", topLevels: ["alib"], relocations: { alib: "acme._vendor.alib" }, files: 7, rewritten: 2, edits: { proven: 4, verified: 0 }, missingRequirements: [] }],
      project: { files: 1, rewritten: 0, otherRewritten: 0 },
      changed: true,
    });
    expect(readFileSync(join(root, "acme/_vendor/alib/core.py"), "utf8")).toBe("import os; from acme._vendor import alib\n\n\ndef answer():\n    return 42\n");
    expect(readFileSync(join(root, "acme/_vendor/alib/data.bin"))).toEqual(Buffer.from([0, 1, 2, 255]));
    expect(existsSync(join(root, "acme/_vendor/alib-1.0.dist-info/licenses/LICENSE"))).toBe(true);
    const shown = python("import sys; sys.path.insert(0, '.'); from acme._vendor import alib; import importlib.metadata as m; print(alib.answer(), [d.name for d in m.distributions() if d.name == 'alib'], 'alib' in sys.modules)", root);
    expect(shown.stdout.trim()).toBe("42 [] False");
  });

  test("a library large enough for helper threads: copied, nothing to do, updated", () => {
    const [root, wheels] = [project({ "acme/app.py": "import alib.m7\n" }), temporary()];
    const modules = Object.fromEntries(Array.from({ length: 400 }, (_, n) => [`alib/m${n}.py`, `import alib\nx = ${n}\n`]));
    const large = (version: string): string => makeWheel(wheels, { "alib/__init__.py": "", ...modules, "alib/noise.bin": randomBytes(3_000_000) }, { version });
    const [old, now] = [large("1.0"), large("2.0")];
    for (const [wheel, head] of [[old, "Vendored into"], [old, "Nothing to do in"], [now, "Vendored into"], [now, "Nothing to do in"]] as const) {
      const run = enisle(["vendor", "-C", root, wheel]);
      expect([run.status, run.stderr]).toEqual([0, ""]);
      expect(run.stdout).toContain(head);
    }
    expect(readFileSync(join(root, "acme/_vendor/alib/m399.py"), "utf8")).toBe("from acme._vendor import alib\nx = 399\n");
  });

  test("the project follows, with mode, and what is not its own stays", () => {
    const root = project({
      "acme/app.py": "import alib.core\nprint(alib.core.answer())\n",
      "tests/test_app.py": "from alib import answer\n",
      "tool": "#!/usr/bin/env python3\nimport alib\n",
      "notes.txt": "import alib\n",
      ".venv/lib/x.py": "import alib\n",
      "env/pyvenv.cfg": "",
      "env/x.py": "import alib\n",
      "build/x.py": "import alib\n",
      "other/_vendor/vendor.txt": "alib==1\n",
      "other/_vendor/x.py": "import alib\n",
    });
    chmodSync(join(root, "tool"), 0o755);
    const before = snapshot(root);
    expect(enisle(["vendor", "-C", root, makeWheel(temporary(), library)]).status).toBe(0);
    const after = snapshot(root);
    const changed = Object.keys(before).filter((path) => after[path] !== before[path]);
    expect(changed).toEqual(["acme/app.py", "tests/test_app.py", "tool"]);
    expect(after["acme/app.py"]).toBe("import acme._vendor.alib.core; from acme._vendor import alib; del acme\nprint(alib.core.answer())\n");
    expect(statSync(join(root, "tool")).mode & 0o777).toBe(0o755);
    expect(python("import sys; sys.path.insert(0, '.'); import acme.app", root).stdout.trim()).toBe("42");
  });

  test("what git ignores stays as it is", () => {
    const root = project({ ".gitignore": "generated/\n", "generated/x.py": "import alib\n", "acme/y.py": "import alib\n" });
    expect(python("import subprocess; subprocess.check_call(['git', 'init', '-q', '.'])", root).status).toBe(0);
    expect(enisle(["vendor", "-C", root, makeWheel(temporary(), library)]).status).toBe(0);
    expect(readFileSync(join(root, "generated/x.py"), "utf8")).toBe("import alib\n");
    expect(readFileSync(join(root, "acme/y.py"), "utf8")).toBe("from acme._vendor import alib\n");
  });

  test("with a configuration the project is its packages and what is listed", () => {
    const root = project({
      "pyproject.toml": '[project]\nname = "acme"\nrequires-python = ">=2.7"\n[tool.enisle]\nnamespace = "acme._libs"\ninclude = ["tests/**/*.py"]\nexclude = ["acme/old.py"]\n',
      "acme/app.py": "import alib as a\n", "acme/old.py": "import alib\n", "tests/t.py": "import alib\n", "docs/conf.py": "import alib\n",
    });
    expect(enisle(["vendor", "-C", root, makeWheel(temporary(), { "alib/__init__.py": "" })]).status).toBe(0);
    expect(readFileSync(join(root, "acme/app.py"), "utf8")).toBe('a = __import__("acme._libs.alib", fromlist=["_"])\n');
    expect(readFileSync(join(root, "tests/t.py"), "utf8")).toContain("acme._libs");
    expect(readFileSync(join(root, "docs/conf.py"), "utf8")).toBe("import alib\n");
    expect(readFileSync(join(root, "acme/old.py"), "utf8")).toBe("import alib\n");
  });

  test("several sources see one another, in one call or in two", () => {
    const wheels = temporary();
    const a = makeWheel(wheels, { "alib/__init__.py": "import blib\n" }, { requires: ["blib", "clib>=2; python_version >= '3'", "dlib; extra == 'x'"] });
    const b = makeWheel(wheels, { "blib.py": "def late():\n    import alib\n    return alib\n" }, { name: "blib" });
    const once = project();
    const run = enisle(["vendor", "-C", once, a, b, "--format", "json"]);
    expect(JSON.parse(run.stdout).result.distributions[0].missingRequirements).toEqual(["clib>=2"]);
    expect(readFileSync(join(once, "acme/_vendor/alib/__init__.py"), "utf8")).toBe("from acme._vendor import blib\n");
    const twice = project();
    expect(enisle(["vendor", "-C", twice, a]).status).toBe(0);
    expect(readFileSync(join(twice, "acme/_vendor/alib/__init__.py"), "utf8")).toBe("import blib\n");
    expect(enisle(["vendor", "-C", twice, b]).status).toBe(0);
    expect(snapshot(twice)).toEqual(snapshot(once));
  });

  test("again changes nothing; another version replaces the old one", () => {
    const root = project({ "acme/app.py": "import alib\n" });
    const wheels = temporary();
    const one = makeWheel(wheels, { "alib/__init__.py": "", "alib/gone.py": "" });
    const two = makeWheel(wheels, { "alib/__init__.py": "import alib.new\n", "alib/new.py": "" }, { version: "2.0" });
    expect(enisle(["vendor", "-C", root, one]).status).toBe(0);
    const first = snapshot(root);
    const again = enisle(["vendor", "-C", root, one, "--format", "json"]);
    expect(JSON.parse(again.stdout).result.changed).toBe(false);
    expect(snapshot(root)).toEqual(first);
    expect(enisle(["vendor", "-C", root, two]).status).toBe(0);
    expect(existsSync(join(root, "acme/_vendor/alib/gone.py"))).toBe(false);
    expect(existsSync(join(root, "acme/_vendor/alib-1.0.dist-info"))).toBe(false);
    expect(existsSync(join(root, "acme/_vendor/alib/new.py"))).toBe(true);
  });

  test("directories: a tree, a package itself, with and without .dist-info", () => {
    const tree = write(temporary(), { "alib/__init__.py": "import alib.x\n", "alib/x.py": "", "alib/__pycache__/x.cpython-311.pyc": "junk" });
    for (const source of [tree, join(tree, "alib")]) {
      const root = project();
      expect(enisle(["vendor", "-C", root, source]).status).toBe(0);
      expect(Object.keys(snapshot(join(root, "acme/_vendor")))).toEqual(["__init__.py", "alib/__init__.py", "alib/x.py", "vendored.json"]);
    }
  });

  test("a part of a namespace package moves, the rest stays shared", () => {
    const root = project({ "acme/app.py": "import google.cloud.storage\nimport google.protobuf.message\nprint(google.protobuf.message, google.cloud.storage)\n" });
    expect(enisle(["vendor", "-C", root, makeWheel(temporary(), { "google/protobuf/__init__.py": "", "google/protobuf/message.py": "from google.protobuf import x\n", "google/protobuf/x.py": "" })]).status).toBe(0);
    const manifest = JSON.parse(readFileSync(join(root, "acme/_vendor/vendored.json"), "utf8"));
    expect(manifest.distributions[0].relocations).toEqual({ "google.protobuf": "acme._vendor.google.protobuf" });
    expect(readFileSync(join(root, "acme/app.py"), "utf8")).toBe(
      "import google.cloud.storage\nimport acme._vendor.google.protobuf.message; from acme._vendor.google import protobuf as _enisle_google_protobuf; del acme\nprint(_enisle_google_protobuf.message, google.cloud.storage)\n",
    );
  });

  test("a name that the project has itself keeps its meaning there", () => {
    const root = project({ "tests/__init__.py": "", "tests/helper.py": "", "tests/t.py": "from tests import helper\n" });
    const run = enisle(["vendor", "-C", root, makeWheel(temporary(), { "alib.py": "", "tests/__init__.py": "import tests.x\n", "tests/x.py": "" })]);
    expect(run.stdout).toContain("provided-by-project");
    expect(readFileSync(join(root, "tests/t.py"), "utf8")).toBe("from tests import helper\n");
    expect(readFileSync(join(root, "acme/_vendor/tests/__init__.py"), "utf8")).toContain("from acme._vendor import tests");
  });

  test("stubs move beside what they describe", () => {
    const root = project();
    const wheels = temporary();
    const stubs = makeWheel(wheels, { "alib-stubs/__init__.pyi": "import alib.core\n", "alib-stubs/core.pyi": "" }, { name: "types_alib" });
    expect(enisle(["vendor", "-C", root, stubs]).status).toBe(2);
    expect(enisle(["vendor", "-C", root, makeWheel(wheels, library), stubs]).status).toBe(0);
    expect(readFileSync(join(root, "acme/_vendor/alib/__init__.pyi"), "utf8")).toBe("import acme._vendor.alib.core; from acme._vendor import alib\n");
  });

  test("a file that does not parse is copied untouched, with an error finding", () => {
    const root = project();
    const broken = "import alib\ndef f(:\n";
    const run = enisle(["vendor", "-C", root, makeWheel(temporary(), { "alib/__init__.py": "", "alib/broken.py": broken }), "--format", "json"]);
    expect(run.status).toBe(1);
    expect(readFileSync(join(root, "acme/_vendor/alib/broken.py"), "utf8")).toBe(broken);
    const [finding] = JSON.parse(run.stdout).findings;
    expect(finding).toMatchObject({ code: "syntax-error", severity: "error", path: "acme/_vendor/alib/broken.py", line: 2, distribution: "alib" });
    expect(finding.help).not.toBe("");
  });

  test("scripts, headers and .pth files are left out and named; purelib is not", () => {
    const root = project();
    const run = enisle(["vendor", "-C", root, makeWheel(temporary(), { "alib-1.0.data/purelib/alib/__init__.py": "", "alib-1.0.data/scripts/run": "#!python\n", "alib.pth": "import alib\n" })]);
    expect(run.status).toBe(0);
    expect(run.stdout).toMatch(/left out: alib-1\.0\.data\/scripts\/run/);
    expect(run.stdout).toMatch(/left out: alib\.pth/);
    expect(existsSync(join(root, "acme/_vendor/alib/__init__.py"))).toBe(true);
    expect(enisle(["vendor", "-C", project(), "--strict", makeWheel(temporary(), { "alib/__init__.py": "", "alib.pth": "" })]).status).toBe(1);
  });

  test("a linked file of the project is replaced where it lies", () => {
    const root = project({ "acme/real.py": "import alib\n" });
    mkdirSync(join(root, "bin"));
    symlinkSync("../acme/real.py", join(root, "bin/linked.py"));
    expect(enisle(["vendor", "-C", root, makeWheel(temporary(), library)]).status).toBe(0);
    expect(readFileSync(join(root, "acme/real.py"), "utf8")).toBe("from acme._vendor import alib\n");
    expect(readFileSync(join(root, "bin/linked.py"), "utf8")).toBe("from acme._vendor import alib\n");
  });
});
