/** What `--diff` prints is what would be done: `git apply` turns one tree into the other. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, statSync, symlinkSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { makeWheel } from "./wheel.ts";
import { chmodSync, enisle, join, project, readFileSync, snapshot, temporary } from "./project.ts";

const library = {
  "alib/__init__.py": "import alib.core",
  "alib/core.py": "\n".repeat(30) + "import alib\r\n" + "\n".repeat(30),
  "alib/empty.txt": "",
  "alib/data.bin": Buffer.from(Array.from({ length: 700 }, (_, n) => (n * 37) % 256)),
  "alib/latin.py": Buffer.from("# -*- coding: latin-1 -*-\nname = '\xe9'\nimport alib\n", "latin1"),
  'alib/odd "name" é.txt': "x\n",
};
const files = { "acme/app.py": "import os\nimport alib\n\n\n\n\n\n\n\n\n\nfrom alib import core # x\nlast = 1", "acme/crlf.py": "import alib\r\nx = 1\r\n" };

function apply(root: string, args: readonly string[]): void {
  const copy = join(temporary(), "copy");
  cpSync(root, copy, { recursive: true });
  const before = snapshot(root);
  const run = enisle(["vendor", "-C", root, "--diff", ...args]);
  expect(run.status).toBe(0);
  expect(snapshot(root)).toEqual(before);
  // The output goes through as bytes: it holds files of any encoding.
  const raw = spawnSync(process.execPath, [join(import.meta.dirname, "../../dist/cli.js"), "vendor", "-C", root, "--diff", ...args], { encoding: "buffer", maxBuffer: 2 ** 28 });
  const applied = spawnSync("git", ["apply", "--whitespace=nowarn", "-"], { cwd: copy, input: raw.stdout, encoding: "utf8" });
  expect(applied.stderr).toBe("");
  expect(applied.status).toBe(0);
  expect(enisle(["vendor", "-C", root, ...args]).status).toBe(0);
  expect(snapshot(copy)).toEqual(snapshot(root));
  for (const path of Object.keys(snapshot(root))) expect([path, statSync(join(copy, path)).mode & 0o100]).toEqual([path, statSync(join(root, path)).mode & 0o100]);
}

describe("--diff", () => {
  test("a first copy, an update and a removal", () => {
    const root = project(files);
    const wheels = temporary();
    apply(root, [makeWheel(wheels, library)]);
    const { "alib/data.bin": _, ...fewer } = library;
    apply(root, [makeWheel(wheels, { ...fewer, "alib/core.py": "import alib\n" }, { version: "2.0" })]);
    expect(readFileSync(join(root, "acme/crlf.py"), "utf8")).toBe("from acme._vendor import alib\r\nx = 1\r\n");
  });

  test("modes: of files that stay the same, that change, and that are binary", () => {
    const [root, wheels] = [project(files), temporary()];
    const tools = (version: string, executable: boolean, text: string): string => {
      const mode = executable ? 0o100755 : 0o100644;
      const content = { "alib/run.sh": "#!/bin/sh\n", "alib/tool.py": `x = "${text}"\n`, "alib/tool.bin": `\0${text}` };
      const extra = Object.entries(content).map(([name, each]) => ({ name, content: Buffer.from(each), mode }));
      return makeWheel(wheels, { "alib/__init__.py": "" }, { version, extra, record: (list) => `${list}${extra.map((entry) => `${entry.name},sha256=${createHash("sha256").update(entry.content).digest("base64url")},${entry.content.length}\n`).join("")}` });
    };
    apply(root, [tools("1.0", false, "a")]);
    apply(root, [tools("2.0", true, "a")]);
    for (const name of ["run.sh", "tool.py", "tool.bin"]) expect(statSync(join(root, "acme/_vendor/alib", name)).mode & 0o777).toBe(0o755);
    apply(root, [tools("3.0", false, "b")]);
    for (const name of ["run.sh", "tool.py", "tool.bin"]) expect(statSync(join(root, "acme/_vendor/alib", name)).mode & 0o777).toBe(0o644);
  });

  test("a file and links to it, in any order of their names", () => {
    const root = project({ "acme/m.py": "import alib\n" });
    for (const name of ["a.py", "z.py"]) symlinkSync("m.py", join(root, "acme", name));
    apply(root, [makeWheel(temporary(), library)]);
  });

  test("a library's own file at the namespace's place for one", () => {
    apply(project(), [makeWheel(temporary(), { ...library, "__init__.py": "raise SystemExit\n", "vendored.json": "{}" })]);
  });

  test("the bare rewriter's, for files elsewhere", () => {
    const [root, elsewhere] = [project(files), temporary()];
    const raw = spawnSync(process.execPath, [join(import.meta.dirname, "../../dist/cli.js"), "rewrite", "--diff", "--map", "alib=n.alib", join(root, "acme")], { cwd: elsewhere });
    const applied = spawnSync("git", ["apply", "--whitespace=nowarn", "-"], { cwd: join(root, "acme"), input: raw.stdout, encoding: "utf8" });
    expect([applied.status, applied.stderr]).toEqual([0, ""]);
    expect(readFileSync(join(root, "acme/crlf.py"), "utf8")).toBe("from n import alib\r\nx = 1\r\n");
  });

  test("--dry-run writes nothing and says what it would do", () => {
    const root = project(files);
    chmodSync(root, 0o755);
    const before = snapshot(root);
    const run = enisle(["vendor", "-C", root, "--dry-run", makeWheel(temporary(), library)]);
    expect(run.status).toBe(0);
    expect(run.stdout).toContain("Would vendor into acme._vendor");
    expect(run.stdout).toContain("Project: 3 Python files, 2 to rewrite");
    expect(snapshot(root)).toEqual(before);
  });
});
