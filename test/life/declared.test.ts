/** The declared state, and which files of a distribution go into a copy. */
import { describe, expect, test } from "vitest";
import { makeWheel } from "../vendor/wheel.ts";
import { enisle, existsSync, join, project, readFileSync, snapshot, temporary, write } from "../vendor/project.ts";

const NO_PIP = ["--pip", "/no/such/pip"];

/** A project that declares alib and a wheel of dlib. */
function declaring(more = ""): string {
  const root = project({ "acme/app.py": "import alib\nimport dlib\n", "acme/keep.py": "x = 1\n" });
  const folder = join(root, "wheels");
  write(root, { "wheels/.keep": "" });
  makeWheel(folder, { "alib/__init__.py": "" });
  makeWheel(folder, { "alib/__init__.py": "", "alib/new.py": "" }, { version: "1.5" });
  makeWheel(folder, { "dlib/__init__.py": "", "dlib/tests/__init__.py": "", "dlib/tests/test_x.py": "", "dlib/testing.py": "" }, { name: "dlib" });
  write(root, { "pyproject.toml": `[project]\nname = "acme"\n\n[tool.enisle]\nfind-links = ["wheels"]\nvendor = [\n  "alib<1.4",  # not yet\n  "wheels/dlib-1.0-py3-none-any.whl",\n]\n${more}` });
  return root;
}

describe("declared state", () => {
  test("vendor without arguments reaches it, and then asks nobody", () => {
    const root = declaring();
    const before = snapshot(root);
    expect(enisle(["vendor", "-C", root, "--locked", ...NO_PIP]).status).toBe(1);
    expect(snapshot(root)).toEqual(before);
    const first = enisle(["vendor", "-C", root, "--offline"]);
    expect([first.status, first.stderr]).toEqual([0, ""]);
    const after = snapshot(root);
    expect(after["acme/app.py"]).toBe("from acme._vendor import alib\nfrom acme._vendor import dlib\n");
    // What the manifest answers is not resolved again, although the folder has a newer one for the range.
    const again = enisle(["vendor", "-C", root, "--locked", "--format", "json", ...NO_PIP]);
    expect([again.status, JSON.parse(again.stdout).result.changed]).toEqual([0, false]);
    expect(enisle(["vendor", "-C", root, ...NO_PIP]).status).toBe(0);
    expect(snapshot(root)).toEqual(after);
  });

  test("what is declared no more goes, and the project imports the library again", () => {
    const root = declaring();
    const before = snapshot(root);
    expect(enisle(["vendor", "-C", root, "--offline"]).status).toBe(0);
    write(root, { "pyproject.toml": readFileSync(join(root, "pyproject.toml"), "utf8").replace(/.*alib<1.*\n/, "") });
    const check = enisle(["vendor", "-C", root, "--check", ...NO_PIP]);
    expect(check.status).toBe(1);
    expect(check.stdout).toContain("-from acme._vendor import alib\n+import alib\n");
    expect(check.stderr).toContain("not-current");
    expect(enisle(["vendor", "-C", root, ...NO_PIP]).status).toBe(0);
    expect(readFileSync(join(root, "acme/app.py"), "utf8")).toBe("import alib\nfrom acme._vendor import dlib\n");
    write(root, { "pyproject.toml": readFileSync(join(root, "pyproject.toml"), "utf8").replace(/.*dlib-1.*\n/, "") });
    expect(enisle(["vendor", "-C", root, ...NO_PIP]).status).toBe(0);
    expect(existsSync(join(root, "acme/_vendor"))).toBe(false);
    expect({ ...snapshot(root), "pyproject.toml": "" }).toEqual({ ...before, "pyproject.toml": "" });
  });

  test("unknown keys are named with the nearest known one, at every depth", () => {
    for (const [more, message] of [["vendr = []\n", /:\d+: unknown key 'vendr'[^]*'vendor'/], ["[tool.enisle.distributions.alib]\npaches = []\n", /'distributions\.alib\.paches'[^]*'patches'/], ['[[tool.enisle.accept]]\ncod = "x"\nreason = "y"\n', /cod/], ['drop-presets = ["test"]\n', /drop-presets/]] as const) {
      const run = enisle(["vendor", "-C", declaring(more)]);
      expect(run.status).toBe(2);
      expect(run.stderr).toMatch(message);
    }
  });

  test("init looks at the project, and vendor understands what it wrote", () => {
    const root = project({ "pyproject.toml": '[project]\nname = "acme"\ndependencies = ["alib>=1"]\n', "tests/t.py": "import alib\n", "setup.py": "" });
    const run = enisle(["init", "-C", root]);
    expect([run.status, run.stderr]).toEqual([0, ""]);
    const text = readFileSync(join(root, "pyproject.toml"), "utf8");
    expect(text).toMatch(/^\[project\]\nname = "acme"\ndependencies = \["alib>=1"\]\n\n\[tool\.enisle\]\n/);
    expect(text).toContain('# "alib>=1"');
    expect(text).toContain('"tests/**"');
    expect(enisle(["vendor", "-C", root, ...NO_PIP]).status).toBe(0);
    expect(enisle(["init", "-C", root]).status).toBe(2);
    const bare = project();
    expect(enisle(["init", "-C", bare]).status).toBe(0);
    expect(existsSync(join(bare, "enisle.toml"))).toBe(true);
  });
});

describe("choosing files", () => {
  const files = { "alib/__init__.py": "import alib.core\n", "alib/core.py": "", "alib/tests/__init__.py": "", "alib/tests/test_core.py": "from alib import core\n", "alib/extra/a.py": "", "alib/extra/b.py": "", "alib-1.0.dist-info/licenses/LICENSE": "MIT\n", "alib/LICENSE.txt": "MIT\n" };

  test("drop, keep and presets; licences stay; what went is recorded, and comes back", () => {
    const root = project({ "enisle.toml": 'drop-presets = ["tests"]\ndrop = ["alib/extra", "**/LICENSE*"]\nkeep = ["alib/extra/b.py"]\n' });
    const wheel = makeWheel(temporary(), files);
    expect(enisle(["vendor", "-C", root, wheel]).status).toBe(0);
    expect(Object.keys(snapshot(join(root, "acme/_vendor"))).filter((path) => path.startsWith("alib/"))).toEqual(["alib/LICENSE.txt", "alib/__init__.py", "alib/core.py", "alib/extra/b.py"]);
    const entry = JSON.parse(readFileSync(join(root, "acme/_vendor/vendored.json"), "utf8")).distributions[0];
    expect(entry.droppedFiles).toEqual(["alib/extra/a.py", "alib/tests/__init__.py", "alib/tests/test_core.py"]);
    expect(entry.license.files).toEqual(["alib-1.0.dist-info/licenses/LICENSE", "alib/LICENSE.txt"]);
    // What was left out stays known when the copy is made from itself, beside another one.
    expect(enisle(["vendor", "-C", root, makeWheel(temporary(), { "blib.py": "" }, { name: "blib" })]).status).toBe(0);
    expect(JSON.parse(readFileSync(join(root, "acme/_vendor/vendored.json"), "utf8")).distributions[0].droppedFiles).toEqual(entry.droppedFiles);
    write(root, { "enisle.toml": 'drop = ["alib/extra"]\n' });
    expect(enisle(["vendor", "-C", root, wheel]).status).toBe(0);
    expect(existsSync(join(root, "acme/_vendor/alib/tests/test_core.py"))).toBe(true);
    expect(existsSync(join(root, "acme/_vendor/alib/extra/b.py"))).toBe(false);
  });

  test("dropping what is imported is an error finding, in the copy and in the project, until it is accepted", () => {
    const root = project({ "acme/app.py": "from alib.extra import a\n" });
    const wheel = makeWheel(temporary(), { ...files, "alib/core.py": "from . import tests\nfrom .extra import b\n" });
    const run = enisle(["vendor", "-C", root, wheel, "--drop", "alib/tests", "--drop", "alib/extra/a.py", "--format", "json"]);
    expect(run.status).toBe(1);
    const found = JSON.parse(run.stdout).findings.map((each: { code: string; path: string; line: number }) => [each.code, each.path, each.line]);
    expect(found).toEqual([["dropped-module-imported", "acme/_vendor/alib/core.py", 1], ["dropped-module-imported", "acme/app.py", 1]]);
    write(root, { "enisle.toml": 'drop = ["alib/tests"]\n[[accept]]\ncode = "dropped-module-imported"\ndistribution = "alib"\nreason = "only when tests run"\n' });
    const again = enisle(["vendor", "-C", root, wheel]);
    expect([again.status, again.stdout]).toEqual([0, expect.stringContaining("accepted: only when tests run")]);
    expect(JSON.parse(readFileSync(join(root, "acme/_vendor/vendored.json"), "utf8")).distributions[0].accepted).toEqual([{ code: "dropped-module-imported", reason: "only when tests run" }]);
  });

  test("protected files are the project's own", () => {
    const root = project({ "enisle.toml": 'protected = ["README.md", "__init__.py"]\n', "acme/_vendor/README.md": "ours\n", "acme/_vendor/__init__.py": "# ours too\n" });
    const wheels = temporary();
    expect(enisle(["vendor", "-C", root, makeWheel(wheels, files)]).status).toBe(0);
    expect(enisle(["vendor", "-C", root, makeWheel(wheels, { "alib/__init__.py": "" }, { version: "2.0" })]).status).toBe(0);
    expect(readFileSync(join(root, "acme/_vendor/README.md"), "utf8")).toBe("ours\n");
    expect(readFileSync(join(root, "acme/_vendor/__init__.py"), "utf8")).toBe("# ours too\n");
    expect(enisle(["eject", "-C", root, "--all"]).status).toBe(0);
    expect(Object.keys(snapshot(join(root, "acme/_vendor")))).toEqual(["README.md", "__init__.py"]);
  });

  test("licences: an overview, copyleft and unknown ones are findings", () => {
    const root = project({ "enisle.toml": 'license-overview = "LICENSES.md"\nsbom = "sbom.json"\n[distributions.clib]\nlicense = "BSD-3-Clause"\n' });
    const wheels = temporary();
    const made = [["alib", "GPL-3.0-or-later"], ["blib", null], ["clib", null], ["dlib", "MPL-2.0 OR MIT"]].map(([name, license]) => makeWheel(wheels, { [`${name}.py`]: "" }, { name: name ?? "", license: license ?? null }));
    const run = enisle(["vendor", "-C", root, ...made, "--format", "json"]);
    expect(JSON.parse(run.stdout).findings.map((each: { code: string; distribution: string }) => [each.code, each.distribution])).toEqual([["copyleft-license", "alib"], ["unknown-license", "blib"]]);
    expect(readFileSync(join(root, "acme/_vendor/LICENSES.md"), "utf8")).toContain("| clib | 1.0 | BSD-3-Clause |");
    expect(JSON.parse(readFileSync(join(root, "sbom.json"), "utf8")).components.map((each: { purl: string }) => each.purl)).toEqual(["pkg:pypi/alib@1.0", "pkg:pypi/blib@1.0", "pkg:pypi/clib@1.0", "pkg:pypi/dlib@1.0"]);
    expect(enisle(["vendor", "-C", root, ...made]).stdout).toContain("Nothing to do");
  });
});
