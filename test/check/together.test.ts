/** `check --together`: two versions in one interpreter, what they would share, and what both do to the process. */
import { renameSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type Tree, enisle, join, snapshot, temporary, write } from "../vendor/project.ts";
import { makeWheel } from "../vendor/wheel.ts";
import { check, codes } from "./project.ts";
import { pythonOf } from "./pythons.ts";

/** Two projects, each with its own version of one library, below one directory. */
function two(one: Tree, other: Tree, consumers: { readonly nova?: Tree; readonly glance?: Tree } = {}): string {
  const root = temporary();
  for (const [name, library, version] of [["nova", one, "1.0"], ["glance", other, "2.0"]] as const) {
    const place = write(join(root, name), { [`${name}/__init__.py`]: "", [`${name}/service.py`]: "import alib\nfrom alib import core\n\n\ndef main():\n    return alib.__version__\n", ...consumers[name] });
    const run = enisle(["vendor", "-q", "-C", place, "--target-python", "2.7", makeWheel(temporary(), library, { version })]);
    if (run.status !== 0) throw new Error(run.stderr);
  }
  return root;
}

const library = (version: string, core = ""): Tree => ({ "alib/__init__.py": `__version__ = '${version}'\n`, "alib/core.py": core });

describe("two versions in one interpreter", () => {
  test.for(["2.7", "3.11", "3.13"])("on Python %s", async (version, { skip }) => {
    const python = pythonOf(version);
    if (python === undefined) return skip("there is no such interpreter");
    const root = two(library("1.0"), library("2.0"));
    const before = snapshot(root);
    const { findings, result } = await check(root, { pythons: [python], together: ["nova", "glance"] });
    expect(findings).toEqual([]);
    expect(result.together?.projects.map(({ path, namespace, distributions }) => [path, namespace, distributions])).toEqual([
      ["nova/nova/_vendor", "nova._vendor", [{ name: "alib", version: "1.0", module: "nova._vendor.alib", seen: "1.0" }]],
      ["glance/glance/_vendor", "glance._vendor", [{ name: "alib", version: "2.0", module: "glance._vendor.alib", seen: "2.0" }]],
    ]);
    expect(result.together?.modules).toBe(8);
    expect(snapshot(root)).toEqual(before);
  });

  test("by the command", () => {
    const root = two(library("1.0"), library("2.0"));
    const run = enisle(["check", "--together", "nova", "glance"], { cwd: root });
    expect(run.status).toBe(0);
    expect(run.stdout).toMatch(/nova\._vendor.*\n {4}alib 1\.0: nova\._vendor\.alib, __version__ 1\.0\n.*glance\._vendor.*\n {4}alib 2\.0: glance\._vendor\.alib, __version__ 2\.0\n/);
    expect(run.stdout).toMatch(/^Clean: 2 manifests/m);
  });
});

describe("what both change", () => {
  test.each<[string, string, RegExp]>([
    ["a standard-library attribute", "import json\njson.dumps = lambda *args, **kwargs: ''\n", /^json\.dumps is changed by/],
    ["a method of a standard class", "import socket\ndef connect(self, *args): pass\nsocket.socket.connect_ex = connect\n", /^socket\.socket\.connect_ex is changed by/],
    ["hooks", "import sys\nsys.excepthook = lambda *args: None\n", /^sys\.excepthook is changed by/],
    ["exit functions", "import atexit\natexit.register(lambda: None)\n", /^atexit is changed by nova\._vendor \(nova\/nova\/_vendor\/alib\/core\.py:2\) and by glance\._vendor \(glance\/glance\/_vendor\/alib\/core\.py:2\)/],
    ["codecs", "import codecs\ncodecs.register(lambda name: None)\n", /^codecs\.register is changed by/],
    ["warnings filters", "import warnings\nwarnings.simplefilter('error')\n", /^warnings\.filters is changed by/],
    ["logging", "import logging\nlogging.basicConfig(level=10)\n", /^the root logger's (handlers|level) is changed by/],
    ["a logging level's name", "import logging\nlogging.addLevelName(5, 'TRACE')\n", /^logging level 5 is changed by/],
    ["signal handlers", "import signal\nsignal.signal(signal.SIGUSR1, lambda *args: None)\n", /^the handler of SIGUSR1 is changed by/],
    ["the environment", "import os\nos.environ['ALIB'] = __name__\n", /^the environment variable ALIB is changed by/],
    ["builtins", "try:\n    import builtins as b\nexcept ImportError:\n    import __builtin__ as b\nb.alib = __name__\n", /^builtins\.alib is changed by/],
    ["the import system", "import sys\nclass Finder(object):\n    def find_spec(self, *args): return None\nsys.meta_path.append(Finder())\n", /^sys\.meta_path is changed by/],
  ])("%s", async (_, core, message) => {
    const { findings } = await check(two(library("1", core), library("2", core)), { pythons: ["python3"], together: ["nova", "glance"] });
    expect(findings.map((each) => [each.code, each.severity])).toContainEqual(["shared-state", "warning"]);
    expect(findings.every((each) => each.code === "shared-state")).toBe(true);
    expect(findings.map((each) => each.message).filter((text) => message.test(text))).not.toEqual([]);
    expect(findings.every((each) => each.message.includes("glance._vendor") && each.message.includes("nova._vendor"))).toBe(true);
  });

  test("what only one changes is its own affair", async () => {
    const root = two(library("1", "import json\njson.dumps = None\n"), library("2", "import atexit\natexit.register(lambda: None)\n"));
    expect((await check(root, { pythons: ["python3"], together: ["nova", "glance"] })).findings).toEqual([]);
  });
});

describe("what they must not share", () => {
  test("an object of the other project's copy", async () => {
    const steal = "import sys\nother = sys.modules.get('glance._vendor.alib')\nif other is not None:\n    Kind = other.core.Kind\n    whole = other\n";
    const root = two(library("1", "class Kind(object): pass\n"), library("2", "class Kind(object): pass\n"), { nova: { "nova/thief.py": steal } });
    const { findings } = await check(root, { pythons: ["python3"], together: ["glance", "nova"] });
    expect(codes(findings)).toContain("shared-module nova/nova/thief.py");
    expect(findings.map((each) => each.message).join("\n")).toMatch(/nova\.thief\.Kind is glance\._vendor\.alib\.core, which belongs to glance\._vendor/);
  });

  test("one module object under two names", async () => {
    const share = "import sys\nif 'glance._vendor.alib.core' in sys.modules:\n    sys.modules[__name__] = sys.modules['glance._vendor.alib.core']\n";
    const root = two(library("1", share), library("2"));
    const { findings } = await check(root, { pythons: ["python3"], together: ["glance", "nova"] });
    expect(findings.map((each) => each.message)).toContainEqual("one module object answers to glance._vendor.alib.core and to nova._vendor.alib.core");
  });

  test("a module of the standard library may have a name in each", async () => {
    const alias = "import sys, json\nsys.modules[__name__ + '.json'] = json\n";
    expect((await check(two(library("1", alias), library("2", alias)), { pythons: ["python3"], together: ["glance", "nova"] })).findings).toEqual([]);
  });

  test("a module that fails only in company", async () => {
    const alone = "import sys\nassert 'glance' not in sys.modules\n";
    const root = two(library("1", alone), library("2"));
    const { findings } = await check(root, { pythons: ["python3"], together: ["glance", "nova"] });
    expect(codes(findings)).toEqual(["import-broken nova/nova/_vendor/alib/core.py", "import-broken nova/nova/service.py"]);
  });

  test("one that ends the process only in company", async () => {
    const alone = "import sys, os\nif 'glance' in sys.modules: os._exit(1)\n";
    const root = two(library("1", alone), library("2"));
    const { findings } = await check(root, { pythons: ["python3"], together: ["glance", "nova"] });
    expect(codes(findings)).toContain("import-aborted nova/nova/_vendor/alib/core.py");
  });
});

describe("cannot run", () => {
  test("two projects with one top-level package", () => {
    const root = two(library("1.0"), library("2.0"));
    const again = join(root, "again");
    renameSync(join(root, "nova"), again);
    const other = two(library("1.0"), library("2.0"));
    const run = enisle(["check", "--together", again, join(other, "nova")]);
    expect(run.status).toBe(2);
    expect(run.stderr).toMatch(/both have the top-level package 'nova'/);
  });

  test("a project without copies", () => {
    const run = enisle(["check", "--together", temporary(), temporary()]);
    expect(run.status).toBe(2);
    expect(run.stderr).toMatch(/no vendored\.json below/);
  });
});
