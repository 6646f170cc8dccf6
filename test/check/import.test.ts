/** `check --import`: what it finds at run time, and that no module, whatever it does, takes the check down. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Failure } from "../../src/model/failure.ts";
import { type Tree, enisle, join, project, snapshot, temporary, write } from "../vendor/project.ts";
import { makeWheel } from "../vendor/wheel.ts";
import { check, cleanProject, codes } from "./project.ts";
import { pythonOf } from "./pythons.ts";

const python3 = "python3";

/** A project with this library in it, vendored for 2.7 and newer. */
function vendored(library: Tree, consumer: Tree = {}, more: readonly string[] = []): string {
  const root = project(consumer);
  const run = enisle(["vendor", "-q", "-C", root, "--target-python", "2.7", makeWheel(temporary(), library), ...more]);
  if (run.status === 2) throw new Error(run.stderr);
  return root;
}

/** Checks with a directory for temporary files of its own, and says what is left there. */
async function strays(act: () => Promise<void>): Promise<string[]> {
  const [before, own] = [process.env["TMPDIR"], temporary()];
  process.env["TMPDIR"] = own;
  try {
    await act();
    return readdirSync(own);
  } finally {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
  }
}


describe("a sound project", () => {
  test.for(["2.7", "3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13"])("on Python %s", { timeout: 60_000 }, async (version, { skip }) => {
    const python = pythonOf(version);
    if (python === undefined) return skip("there is no such interpreter");
    const library = { "alib/__init__.py": "import alib.core\n", "alib/core.py": "from __future__ import absolute_import\nimport os, alib\nvalue = 42\n", "alib/sub/__init__.py": "from .. import core\n" };
    const root = vendored(library, { "acme/app.py": "import alib.sub\nfrom alib import core\nassert alib.core.value == 42\n" });
    const before = snapshot(root);
    const left = await strays(async () => {
      const { findings, result } = await check(root, { pythons: [python] });
      expect(findings).toEqual([]);
      expect(result.import).toEqual({ python: expect.stringMatching(new RegExp(`^${version}\\.`)), modules: 5, failed: 0, failedUpstream: 0, leaks: 0 });
    });
    expect(snapshot(root)).toEqual(before);
    expect(left).toEqual([]);
  });
});

// Names in rot13 are what no reader of the source sees.
describe("leaks at run time", () => {
  const library: Tree = {
    "alib/__init__.py": "",
    "alib/quiet.py": "import codecs\ntry:\n    __import__(codecs.decode('nyvo.pber', 'rot13'))\nexcept ImportError:\n    pass\n",
    "alib/core.py": "",
    "alib/loud.py": "import codecs\nimport importlib\nimportlib.import_module(codecs.decode('nyvo.pber', 'rot13'))\n",
    "alib/ask.py": "import importlib.util, codecs\nfound = importlib.util.find_spec(codecs.decode('nyvo', 'rot13'))\n",
    "alib/helper.py": "def load(name):\n    return __import__(name)\n",
    "alib/client.py": "from alib.helper import load; import codecs\ntry:\n    load(codecs.decode('nyvo', 'rot13'))\nexcept ImportError:\n    pass\n",
    "alib/string.py": "import codecs; exec(codecs.decode('vzcbeg nyvo.pber', 'rot13'))\n",
  };

  test("with file and line, also where the code catches the error, or lets another file ask", async () => {
    const { findings, result } = await check(vendored(library), { pythons: [python3] });
    const leaks = findings.filter((each) => each.code === "import-leak").map(({ path, line, message }) => [path?.split("/").at(-1), line, /'(.*?)'/.exec(message)?.[1]]);
    expect(leaks).toEqual([["ask.py", 2, "alib"], ["client.py", 3, "alib"], ["loud.py", 3, expect.stringMatching(/^alib/)], ["quiet.py", 3, "alib.core"], ["string.py", 1, "alib.core"]]);
    expect(findings.find((each) => each.path?.endsWith("client.py"))?.message).toContain("through acme/_vendor/alib/helper.py:2");
    expect(findings.filter((each) => each.code === "import-broken").map((each) => each.path?.split("/").at(-1))).toEqual(["loud.py", "string.py"]);
    expect(result.import).toMatchObject({ failed: 2, leaks: 5 });
  });

  test("when the original is loaded already, and is installed for others", async () => {
    const site = temporary();
    write(site, { "alib/__init__.py": "shared = True\n", "alib/core.py": "", "other.py": "import alib.core\n" });
    const environment = join(temporary(), "venv");
    expect(spawnSync(python3, ["-m", "venv", "--without-pip", environment]).status).toBe(0);
    const packages = spawnSync(join(environment, "bin/python"), ["-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], { encoding: "utf8" }).stdout.trim();
    writeFileSync(join(packages, "site.pth"), `${site}\n`);
    const root = vendored({ "alib/__init__.py": "", "alib/uses.py": "import other\nimport codecs\ntry:\n    __import__(codecs.decode('nyvo', 'rot13'))\nexcept ImportError: pass\n" });
    const { findings } = await check(root, { pythons: [join(environment, "bin/python")] });
    expect(findings.filter((each) => each.code.startsWith("import"))).toMatchObject([{ code: "import-leak", path: "acme/_vendor/alib/uses.py", line: 4 }]);
  });

  test("on Python 2.7, where siblings come first", async ({ skip }) => {
    const python = pythonOf("2.7");
    if (python === undefined) return skip("there is no such interpreter");
    const root = vendored({ "alib/__init__.py": "", "alib/helper.py": "x = 1\n", "alib/a.py": "import helper\nassert helper.x\n", "alib/b.py": "import codecs\ntry:\n    __import__(codecs.decode('nyvo.urycre', 'rot13'))\nexcept ImportError:\n    pass\n" });
    const { findings } = await check(root, { pythons: [python] });
    expect(findings.filter((each) => each.code.startsWith("import"))).toMatchObject([{ code: "import-leak", path: "acme/_vendor/alib/b.py", line: 3 }]);
  });
});

describe("what fails", () => {
  test("upstream too is a note; only relocated is an error; for the project, the copies are exchanged for the originals", async () => {
    const root = vendored(
      { "alib/__init__.py": "", "alib/optional.py": "import not_installed_anywhere\n", "alib/moved.py": "import codecs; assert __name__ == codecs.decode('nyvo.zbirq', 'rot13')\n", "alib/typed.py": "def f(:\n" },
      { "acme/app.py": "import alib.moved\n", "acme/needs.py": "import not_installed_anywhere\nimport alib\n", "acme/good.py": "import alib\nassert alib.__name__\n" },
    );
    const { findings, result } = await check(root, { pythons: [python3] });
    const found = findings.filter((each) => each.code.startsWith("import")).map(({ code, path, line, severity }) => [code, severity, path, line]);
    expect(found).toEqual([
      ["import-failed", "note", ".", undefined],
      ["import-failed", "note", "acme/_vendor", undefined],
      ["import-broken", "error", "acme/_vendor/alib/moved.py", 1],
    ]);
    expect(findings.find((each) => each.code === "import-broken")?.message).toMatch(/acme\._vendor\.alib\.moved fails with AssertionError.*|acme\.app/);
    expect(result.import).toMatchObject({ modules: 8, failed: 2, failedUpstream: 3 });
  });

  test("order: a module that needs an earlier import is not called broken", async () => {
    const root = vendored({ "alib/__init__.py": "state = []\n", "alib/a.py": "import alib\nalib.state.append(1)\n", "alib/b.py": "import alib\nassert alib.state\n" });
    expect((await check(root, { pythons: [python3] })).findings.filter((each) => each.severity === "error")).toEqual([]);
  });
});

describe("modules that misbehave", () => {
  const library: Tree = {
    "alib/__init__.py": "",
    "alib/a_exit.py": "import sys\nsys.exit(3)\n",
    "alib/b_hard_exit.py": "import os\nos._exit(5)\n",
    "alib/c_hang.py": "import time\nwhile True: time.sleep(1)\n",
    "alib/d_print.py": "import sys, os\nprint('x' * 100000)\nsys.stderr.write('y' * 100000)\nos.write(1, b'z' * 100000)\nsys.stdin.read()\n",
    "alib/e_fork.py": "import os\npid = os.fork()\n",
    "alib/f_kill.py": "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n",
    "alib/g_crash.py": "import ctypes\nctypes.string_at(0)\n",
    "alib/h_write.py": "import os\nopen(os.path.join(os.path.dirname(__file__), 'written.txt'), 'w').close()\nopen(os.path.expanduser('~/here'), 'w').close()\n",
    "alib/i_close.py": "import os\nos.closerange(3, 20)\n",
    "alib/j_thread.py": "import threading, time\nthreading.Thread(target=lambda: time.sleep(100)).start()\n",
    "alib/k_child.py": "import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', 'import time; time.sleep(100)'])\n",
    "alib/l_garbage.py": "import os\nos.write(3, b'nonsense\\n{\"end\": 7}\\n')\n",
    "alib/m_base.py": "class Odd(BaseException):\n    def __str__(self): raise ValueError\nraise Odd()\n",
    "alib/n_modules.py": "import sys\nsys.modules[__name__] = None\n",
    "alib/o_recursion.py": "import sys\nsys.setrecursionlimit(10 ** 8)\ndef f(n): return f(n + 1) + f(n)\nf(0)\n",
    "alib/p_argv.py": "import sys\nassert len(sys.argv) == 1\n",
    "alib/q_display.py": "import os\nassert 'DISPLAY' not in os.environ\n",
    "alib/z_good.py": "value = 1\n",
  };

  test("are told apart, and the others are imported", { timeout: 110_000 }, async () => {
    const root = vendored(library);
    const before = snapshot(root);
    const started = Date.now();
    const left = await strays(async () => {
      const { findings, result } = await check(root, { pythons: [python3], timeout: 3 });
      const aborted = Object.fromEntries(findings.filter((each) => each.code === "import-aborted").map((each) => [/alib\.(\w+)/.exec(each.message)?.[1] ?? "", each.message.replace(/ in Python .*/, "").replace(/^\S+ /, "")]));
      expect(aborted).toMatchObject({
        b_hard_exit: "ends the process with exit code 5",
        c_hang: "does not come to an end within 3 seconds",
        f_kill: "ends the process with SIGKILL",
        g_crash: "ends the process with SIGSEGV",
        i_close: "ends the process with exit code 71",
    });
    expect(Object.keys(aborted).filter((name) => name !== "o_recursion")).toEqual(["b_hard_exit", "c_hang", "f_kill", "g_crash", "i_close"]);
    expect(findings.filter((each) => each.severity === "error")).toEqual([]);
    // a_exit, m_base and perhaps o_recursion raise, which is no more than a failure
    expect(result.import).toMatchObject({ modules: Object.keys(library).length + 1, failed: 0 });
    expect(result.import?.failedUpstream).toBeGreaterThanOrEqual(7);
    });
    expect(snapshot(root)).toEqual(before);
    expect(left).toEqual([]);
    expect(Date.now() - started).toBeLessThan(100_000);
    expect(spawnSync("pgrep", ["-f", "time.sleep\\(100\\)"], { encoding: "utf8" }).stdout ?? "").toBe("");
  });

  test("that only hang or end when relocated are errors", { timeout: 60_000 }, async () => {
    const root = vendored({ "alib/__init__.py": "", "alib/x.py": "import os, codecs\nif __name__ != codecs.decode('nyvo.k', 'rot13'): os._exit(1)\n", "alib/y.py": "import time, codecs\nwhile __name__ != codecs.decode('nyvo.l', 'rot13'): time.sleep(1)\n" });
    const { findings } = await check(root, { pythons: [python3], timeout: 3 });
    expect(codes(findings.filter((each) => each.severity === "error"))).toEqual(["import-broken acme/_vendor/alib/x.py", "import-broken acme/_vendor/alib/y.py"]);
  });

  test("a package that hangs dooms what is below it, and takes no time for each", { timeout: 60_000 }, async () => {
    const below = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`alib/m${index}.py`, ""]));
    const root = vendored({ "alib/__init__.py": "import time\nwhile True: time.sleep(1)\n", ...below }, { "acme/good.py": "" });
    const started = Date.now();
    const { result } = await check(root, { pythons: [python3], timeout: 4 });
    expect(result.import).toMatchObject({ modules: 43, failedUpstream: 41 });
    expect(Date.now() - started).toBeLessThan(50_000);
  });
});

describe("cannot run", () => {
  const message = async (root: string, python: string): Promise<string> => {
    try {
      await check(root, { pythons: [python] });
    } catch (error) {
      if (error instanceof Failure) return `${error.message}\n${error.wayOut}`;
      throw error;
    }
    return "it ran";
  };

  test("no interpreter, something else, one that is too old", async ({ skip }) => {
    const root = cleanProject();
    expect(await message(root, "no-such-python")).toMatch(/no such Python interpreter/);
    expect(await message(root, process.execPath)).toMatch(/does not behave like/);
    expect(await message(root, ".")).toMatch(/no such Python/);
    const old = pythonOf("2.7") ?? pythonOf("3.6");
    if (old === undefined) return skip("no old interpreter");
    expect(await message(root, old)).toMatch(/made for 3\.9 and newer/);
  });

  test("a project of which nothing can be imported, with the upstream library neither", async () => {
    const root = vendored({ "alib/__init__.py": "import not_installed_anywhere\n" }, { "acme/__init__.py": "import also_not_installed\n" });
    expect(await message(root, python3)).toMatch(/not one of 2 modules can be imported.*ModuleNotFoundError/s);
    const run = enisle(["check", "-C", root, "--import"]);
    expect(run.status).toBe(2);
    expect(run.stdout).toBe("");
  });

  test("a project beside whose package lies much else", async () => {
    const root = cleanProject();
    mkdirSync(join(root, "node_modules/x"), { recursive: true });
    write(root, { "setup.py": "raise SystemExit(9)\n", "tests/test_app.py": "import pytest_is_not_here\n", "VERSION": "1" });
    const { findings } = await check(root, { pythons: [python3] });
    expect(findings).toEqual([]);
  });
});
