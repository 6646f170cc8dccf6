/** Two distributions with the same package, byte for byte: one file serves both, and is the first one's by name. */
import { expect, test } from "vitest";
import { type Tree, enisle, join, project, readFileSync, temporary, write } from "./project.ts";
import { makeWheel } from "./wheel.ts";

const common = { "common/__init__.py": "", "common/base.py": "x = 1\n" };
const alib = (): string => makeWheel(temporary(), { "alib/__init__.py": "import common.base\n", ...common });
const blib = (): string => makeWheel(temporary(), { "blib/__init__.py": "import common.base\n", ...common }, { name: "blib", version: "2.0" });
const change = "--- a/common/base.py\n+++ b/common/base.py\n@@ -1 +1 @@\n-x = 1\n+x = 2\n";

/** The wheels lie in the project: its declaration names them. */
function declared(of: string, order: "ab" | "ba", more: Tree = {}): { readonly root: string; readonly run: ReturnType<typeof enisle> } {
  const root = project({ "pyproject.toml": `[project]\nname = "acme"\n[tool.enisle]\nnamespace = "acme._vendor"\n[tool.enisle.distributions.${of}]\npatches = ["p.patch"]\n`, "p.patch": change, ...more });
  const wheels = [alib(), blib()];
  return { root, run: enisle(["vendor", "-q", "-C", root, ...(order === "ab" ? wheels : wheels.reverse())]) };
}

test("an audit lists both copies", () => {
  for (const wheels of [[alib(), blib()], [makeWheel(temporary(), common), makeWheel(temporary(), common, { name: "blib", version: "2.0" })]]) {
    const root = project();
    expect(enisle(["vendor", "-q", "-C", root, ...wheels]).stderr).toBe("");
    const { result, findings } = JSON.parse(enisle(["audit", "--no-cache", root, "--format", "json"], { env: { XDG_DATA_HOME: "/nonexistent" } }).stdout);
    expect(findings).toEqual([]);
    expect(result.copies.map((copy: { name: string; version: string; state: string }) => [copy.name, copy.version]).sort()).toEqual([["alib", "1.0"], ["blib", "2.0"]]);
  }
});

test.each(["ab", "ba"] as const)("a patch of the shared file is the first one's by name, in whatever order they are named: %s", (order) => {
  const { root, run } = declared("alib", order);
  expect([run.status, run.stderr]).toEqual([0, ""]);
  expect(readFileSync(join(root, "acme/_vendor/common/base.py"), "utf8")).toBe("x = 2\n");
  expect(enisle(["check", "-C", root]).status).toBe(0);
  const other = declared("blib", order).run;
  expect([other.status, other.stderr.replaceAll(/\s+/g, " ")]).toEqual([2, expect.stringMatching(/p\.patch: changes common\/base\.py, which blib shares with alib: .*\[tool\.enisle\.distributions\.alib\]/)]);
});

test("a hand edit of the shared file is made no patch, and nobody is sent in a circle", () => {
  const root = project();
  expect(enisle(["vendor", "-q", "-C", root, blib(), alib()]).stderr).toBe("");
  write(root, { "acme/_vendor/common/base.py": "x = 3\n" });
  for (const name of ["alib", "blib"]) {
    const refused = enisle(["patch", name, "-C", root]);
    expect([refused.status, refused.stderr.replaceAll(/\s+/g, " ")]).toEqual([2, expect.stringMatching(/common\/base\.py: was changed by hand, and serves alib and blib: .*as one of alib in the configuration/)]);
  }
});
