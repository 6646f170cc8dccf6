import { describe, expect, test } from "vitest";
import { makeWheel } from "../vendor/wheel.ts";
import { enisle, join, project, temporary } from "../vendor/project.ts";

function vendored(): string {
  const root = project({ "acme/app.py": "import os\nimport alib.core\nfrom alib import core\n" });
  enisle(["vendor", "-C", root, makeWheel(temporary(), { "alib/__init__.py": "import os\nimport alib.core as c\n", "alib/core.py": "from . import x\n" })]);
  return root;
}

describe("explain", () => {
  test("a file of a copy: what stood there, what stands there, by which rule and why", () => {
    const root = vendored();
    const run = enisle(["explain", join(root, "acme/_vendor/alib/__init__.py"), "--format", "json"]);
    expect(run.status).toBe(0);
    const { result } = JSON.parse(run.stdout);
    expect(result.copyOf).toEqual({ name: "alib", version: "1.0" });
    expect(result.sites).toEqual([
      { line: 2, column: 8, endLine: 2, endColumn: 22, name: "alib.core", tier: "proven", rule: "import", outcome: "rewritten", why: "alib is relocated to acme._vendor.alib", was: "import alib.core as c", now: "import acme._vendor.alib.core as c" },
    ]);
    expect(enisle(["explain", `${join(root, "acme/_vendor/alib/__init__.py")}:1`]).stdout).toContain("no site here names a relocated module");
  });

  test("a file of the project: which imports name a copy", () => {
    const root = vendored();
    const run = enisle(["explain", "-C", root, join(root, "acme/app.py")]);
    expect(run.stdout).toContain("alib.core  relocated");
    expect(run.stdout).toContain("it names the copy of alib 1.0");
  });

  test("before anything is vendored", () => {
    const root = project({ "acme/app.py": "import alib\n" });
    expect(enisle(["explain", "-C", root, join(root, "acme/app.py")]).status).toBe(2);
    const run = enisle(["explain", "-C", root, join(root, "acme/app.py"), "--map", "alib=acme._vendor.alib"]);
    expect(run.stdout).toContain("- import alib\n");
    expect(run.stdout).toContain("+ from acme._vendor import alib\n");
    expect(enisle(["explain", join(root, "gone.py")]).status).toBe(2);
  });
});
