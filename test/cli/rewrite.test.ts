import { spawnSync } from "node:child_process";
import { closeSync, openSync, statSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { chmodSync, cli, enisle, existsSync, join, snapshot, temporary, write } from "../vendor/project.ts";

const map = ["--map", "alib=nova._vendor.alib"];

describe("rewrite", () => {
  test("in place: files and directories, with their modes", () => {
    const root = write(temporary(), { "a/x.py": "import alib\n", "a/y.pyi": "import alib as alib\n", "a/z.txt": "import alib\n", "b.py": "from alib import c\n", "other.py": "import alib\n" });
    chmodSync(join(root, "b.py"), 0o750);
    const run = enisle(["rewrite", ...map, join(root, "a"), join(root, "b.py")]);
    expect([run.status, run.stdout]).toEqual([0, "3 Python files, 3 rewritten, 3 edits\n"]);
    expect(snapshot(root)).toEqual({ "a/x.py": "from nova._vendor import alib\n", "a/y.pyi": "from nova._vendor import alib as alib\n", "a/z.txt": "import alib\n", "b.py": "from nova._vendor.alib import c\n", "other.py": "import alib\n" });
    expect(statSync(join(root, "b.py")).mode & 0o777).toBe(0o750);
    expect(enisle(["rewrite", ...map, root, "--format", "json"]).stdout).toContain('"rewritten": 1');
    expect(JSON.parse(enisle(["rewrite", ...map, root, "--format", "json"]).stdout).result).toEqual({ relocations: { alib: "nova._vendor.alib" }, files: 4, rewritten: 0, edits: { proven: 0, verified: 0 }, changed: false });
  });

  test("standard input to standard output, byte for byte", () => {
    const input = Buffer.from("\ufeffimport os, alib\r\nx = 'é'", "utf8");
    expect(enisle(["rewrite", ...map, "--stdin"], { input }).stdout).toBe("\ufeffimport os; from nova._vendor import alib\r\nx = 'é'");
    expect(enisle(["rewrite", ...map, "--stdin", "--stdin-name", "x.pyi"], { input: "import alib.b\nnova = 1\n" }).stdout).toBe("import nova._vendor.alib.b as alib; from nova._vendor import alib\nnova = 1\n");
  });

  test("a text that does not parse comes out as it went in, with the finding on standard error", () => {
    const run = enisle(["rewrite", ...map, "--stdin"], { input: "import alib\nx = (\n" });
    expect([run.status, run.stdout]).toEqual([1, "import alib\nx = (\n"]);
    expect(run.stderr).toMatch(/^stdin\.py:2:\d+: error: the file does not parse/m);
  });

  test("renaming with another last component", () => {
    const input = "import nova\nimport nova.conf\nimport nova.db as d\nfrom nova import x\n";
    expect(enisle(["rewrite", "--map", "nova=nova_11", "--stdin"], { input }).stdout).toBe("import nova_11 as nova\nimport nova_11.conf; import nova_11 as nova; del nova_11\nimport nova_11.db as d\nfrom nova_11 import x\n");
  });

  test("several maps, and many, cost no more", () => {
    const maps = Array.from({ length: 100 }, (_, n) => ["--map", `lib${n}=n.v.lib${n}`]).flat();
    expect(enisle(["rewrite", ...maps, "--stdin"], { input: "import lib7, lib77, lib777\n" }).stdout).toBe("from n.v import lib7; from n.v import lib77; import lib777\n");
  });
});

describe("the command", () => {
  test("answers --version and --help, and knows what it does not know", () => {
    expect(enisle(["--version"]).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    const help = enisle(["--help"]);
    expect(help.status).toBe(0);
    for (const name of ["vendor", "rewrite", "explain"]) expect(help.stdout).toContain(name);
    for (const line of help.stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    expect(enisle(["vendro"]).stderr).toContain("vendor");
  });

  test("draws no progress where there is no terminal, and no colours", () => {
    const root = write(temporary(), { "x.py": "import alib\n" });
    const run = enisle(["rewrite", ...map, root], { env: { NO_COLOR: undefined, FORCE_COLOR: undefined } });
    expect(run.stderr).toBe("");
    expect(run.stdout).not.toContain("\u001b");
  });

  test("who reads no more has seen enough", () => {
    for (const args of ["--help", "--version", "vendor --help"]) expect(spawnSync("bash", ["-c", `set -o pipefail; "${process.execPath}" "${cli}" ${args} | true`], { encoding: "utf8" })).toMatchObject({ status: 0, stderr: "" });
  });

  test.skipIf(!existsSync("/dev/full"))("output that cannot be written: a message and code 2, no stack trace", () => {
    const full = openSync("/dev/full", "w");
    try {
      const run = spawnSync(process.execPath, [cli, "rewrite", "--stdin", "--map", "alib=n.alib"], { input: "import alib\n", stdio: ["pipe", full, "pipe"], encoding: "utf8" });
      expect(run.status).toBe(2);
      expect(run.stderr).toMatch(/^error: standard output: cannot be written \(no space left on the device\)\n/);
      expect(spawnSync(process.execPath, [cli, "rewrite"], { stdio: ["ignore", "pipe", full] }).status).toBe(2);
      for (const args of [["--help"], ["--version"], ["vendor", "--help"], ["help", "vendor"]]) {
        const help = spawnSync(process.execPath, [cli, ...args], { stdio: ["ignore", full, "pipe"], encoding: "utf8" });
        expect([help.status, help.stderr]).toEqual([2, expect.stringMatching(/^error: standard output: cannot be written \(.*\)\n {2}Send it elsewhere\.\n$/)]);
      }
      for (const args of [["--nope"], ["vendor", "--nope"]]) expect(spawnSync(process.execPath, [cli, ...args], { stdio: ["ignore", "pipe", full] }).status).toBe(2);
    } finally {
      closeSync(full);
    }
  });
});
