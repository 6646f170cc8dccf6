/** The way back: byte for byte, with hand edits kept; and the lock between runs. */
import { spawn } from "node:child_process";
import { describe, expect, test } from "vitest";
import { makeWheel } from "../vendor/wheel.ts";
import { chmodSync, cli, enisle, existsSync, join, project, readFileSync, snapshot, temporary, write } from "../vendor/project.ts";

const consumer = {
  "acme/app.py": "# -*- coding: latin-1 -*-\r\nimport alib.core, blib, os  # caf\u00e9\r\nfrom alib import (\r\n    core as c,\r\n)\r\n\r\ndef f():\r\n    import alib.core\r\n    return alib.core, blib\r\n",
  "acme/other.py": "import blib\n\nclass A:\n    import alib\n",
  "acme/plain.py": "x = 1",
  "tests/t.py": "from blib import x as y\n",
};

function wheels(): { alib: string; blib: string } {
  const folder = temporary();
  return { alib: makeWheel(folder, { "alib/__init__.py": "import blib\n", "alib/core.py": "import alib.core\n" }), blib: makeWheel(folder, { "blib.py": "x = 1\nimport alib\n" }, { name: "blib" }) };
}

/** A project with both vendored, and what it was. */
function vendored(): { root: string; before: Record<string, string>; sources: { alib: string; blib: string } } {
  const root = project(Object.fromEntries(Object.entries(consumer).map(([path, text]) => [path, Buffer.from(text, "latin1")])));
  chmodSync(join(root, "acme/other.py"), 0o755);
  const before = snapshot(root);
  const sources = wheels();
  expect(enisle(["vendor", "-C", root, sources.alib, sources.blib]).status).toBe(0);
  expect(snapshot(root)["acme/app.py"]).not.toBe(before["acme/app.py"]);
  return { root, before, sources };
}

describe("eject", () => {
  test("all: byte for byte; one: the others stay relocated", () => {
    const { root, before, sources } = vendored();
    const one = enisle(["eject", "-C", root, "blib", "--format", "json"]);
    expect(one.status).toBe(0);
    expect(JSON.parse(one.stdout).result.ejected).toEqual([{ name: "blib", version: "1.0", requirement: "blib==1.0" }]);
    const alone = project(Object.fromEntries(Object.entries(consumer).map(([path, text]) => [path, Buffer.from(text, "latin1")])));
    expect(enisle(["vendor", "-C", alone, sources.alib]).status).toBe(0);
    expect(snapshot(root)).toEqual(snapshot(alone)); // as if it had never been vendored
    expect(enisle(["eject", "-C", root, "--all"]).status).toBe(0);
    expect(snapshot(root)).toEqual(before);
  });

  test("after later versions, and when nothing was there but an empty __init__.py", () => {
    const { root, before } = vendored();
    const next = makeWheel(temporary(), { "alib/__init__.py": "", "alib/core.py": "import alib\n" }, { version: "2.0" });
    expect(enisle(["vendor", "-C", root, next]).status).toBe(0);
    expect(enisle(["vendor", "-C", root, next, "--target-python", "3.4"]).status).toBe(0);
    expect(enisle(["eject", "-C", root, "--all"]).status).toBe(0);
    expect(snapshot(root)).toEqual(before);
    const empty = project({ "acme/_vendor/__init__.py": "", "acme/x.py": "import blib\n" });
    const was = snapshot(empty);
    expect(enisle(["vendor", "-C", empty, wheels().blib]).status).toBe(0);
    expect(enisle(["eject", "-C", empty, "--all"]).status).toBe(0);
    expect(snapshot(empty)).toEqual(was);
  });

  test("hand edits survive: lines added, removed, moved, indented; files renamed", () => {
    const { root } = vendored();
    const app = readFileSync(join(root, "acme/app.py")).toString("latin1");
    write(root, { "acme/app.py": Buffer.from(app.replace("def f():", "y = 2\r\n\r\n\r\ndef f():").replace("    return alib.core, blib", "    return 7").replace("# -*-", "# top\r\n# -*-"), "latin1") });
    const other = readFileSync(join(root, "acme/other.py"), "utf8");
    write(root, { "acme/other.py": `try:\n    ${other.split("\n")[0]}  # needed\nexcept ImportError:\n    pass\n${other.split("\n").slice(1).join("\n")}` });
    expect(enisle(["eject", "-C", root, "--all"]).status).toBe(0);
    const was = Buffer.from(consumer["acme/app.py"], "latin1").toString("latin1");
    expect(readFileSync(join(root, "acme/app.py")).toString("latin1")).toBe(was.replace("def f():", "y = 2\r\n\r\n\r\ndef f():").replace("    return alib.core, blib", "    return 7").replace("# -*-", "# top\r\n# -*-"));
    expect(readFileSync(join(root, "acme/other.py"), "utf8")).toBe("try:\n    import blib  # needed\nexcept ImportError:\n    pass\n\nclass A:\n    import alib\n");
  });

  test("imports of a copy that people wrote are turned back; what cannot be is an error finding", () => {
    const { root } = vendored();
    write(root, { "acme/mine.py": 'from acme._vendor import alib as a, blib\nfrom acme._vendor.alib import core\nimport acme._vendor.alib.core as k\nfrom acme._vendor import alib\nimport acme._vendor.blib\nname = "acme._vendor.alib"\n' });
    const run = enisle(["eject", "-C", root, "alib", "--format", "json"]);
    expect(run.status).toBe(1);
    expect(readFileSync(join(root, "acme/mine.py"), "utf8")).toBe('from acme._vendor import blib; import alib as a\nfrom alib import core\nimport alib.core as k\nimport alib\nimport acme._vendor.blib\nname = "acme._vendor.alib"\n');
    expect(JSON.parse(run.stdout).findings.filter((each: { severity: string }) => each.severity === "error").map((each: { code: string; path: string; line: number }) => [each.code, each.path, each.line])).toEqual([["copy-still-named", "acme/mine.py", 6]]);
  });

  test("a declaration goes with it; what came along goes too", () => {
    const folder = temporary();
    makeWheel(folder, { "alib.py": "import blib\n" }, { requires: ["blib"] });
    makeWheel(folder, { "blib.py": "" }, { name: "blib" });
    makeWheel(folder, { "clib.py": "" }, { name: "clib" });
    const toml = 'with-deps = true\nvendor = ["alib", "clib"]  # both\n';
    const root = project({ "enisle.toml": toml, "acme/app.py": "import alib\nimport clib\n" });
    expect(enisle(["vendor", "-C", root, "--offline", "--find-links", folder]).status).toBe(0);
    const run = enisle(["eject", "-C", root, "alib"]);
    expect([run.status, run.stdout]).toEqual([0, expect.stringMatching(/blib 1\.0[^]*Declare from now on:\n  alib\n/)]);
    expect(readFileSync(join(root, "enisle.toml"), "utf8")).toBe('with-deps = true\nvendor = ["clib"]  # both\n');
    expect(enisle(["vendor", "-C", root, "--locked", "--pip", "/no/pip"]).status).toBe(0);
    expect(readFileSync(join(root, "acme/app.py"), "utf8")).toBe("import alib\nfrom acme._vendor import clib\n");
  });

  test("--if-satisfied takes what the system has in an admissible version", () => {
    const folder = temporary();
    makeWheel(folder, { "pip2.py": "" }, { name: "pip", version: "1.0" });
    const root = project({ "acme/app.py": "import pip2\nimport blib\n" });
    expect(enisle(["vendor", "-C", root, "--offline", "--find-links", folder, "pip>=1"], { env: { XDG_CACHE_HOME: temporary() } }).status).toBe(0);
    expect(enisle(["vendor", "-C", root, wheels().blib]).status).toBe(0);
    const run = enisle(["eject", "-C", root, "--all", "--if-satisfied"]);
    expect([run.status, run.stdout]).toEqual([0, expect.stringMatching(/pip 1\.0\n  kept: blib: the system does not provide it/)]);
    expect(readFileSync(join(root, "acme/app.py"), "utf8")).toBe("import pip2\nfrom acme._vendor import blib\n");
  });

  test("bad usage", () => {
    const { root, before } = vendored();
    for (const [args, message] of [[[], /no DIST/], [["alib", "--all"], /both given/], [["nolib"], /nolib: is not vendored[^]*alib, blib/]] as const) {
      const run = enisle(["eject", "-C", root, ...args]);
      expect([run.status, run.stderr]).toEqual([2, expect.stringMatching(message)]);
    }
    expect(before["acme/plain.py"]).toBe("x = 1");
    expect(enisle(["eject", "-C", project(), "--all"]).stderr).toMatch(/nothing is vendored/);
  });
});

describe("two runs at once", () => {
  test("one does the work, the other is refused or finds it done; the tree is one of the two", async () => {
    const { root, sources } = vendored();
    const next = makeWheel(temporary(), { "alib/__init__.py": "import blib\n", ...Object.fromEntries(Array.from({ length: 400 }, (_, n) => [`alib/m${n}.py`, "import alib\n"])) }, { version: "2.0" });
    const start = (source: string): Promise<number | null> => new Promise((resolve) => spawn(process.execPath, [cli, "vendor", "-C", root, source], { stdio: "ignore" }).on("close", resolve));
    const codes = await Promise.all([start(next), start(sources.alib), start(next), start(next)]);
    expect(codes.every((code) => code === 0 || code === 2)).toBe(true);
    expect(codes).toContain(0);
    expect(existsSync(join(root, ".enisle-staging"))).toBe(false);
    expect(enisle(["vendor", "-C", root, next, "--format", "json"]).status).toBe(0); // the manifest is true to the tree
  });
});
