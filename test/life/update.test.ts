/** Copies at another version: one project and many, with patches that survive. */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { describe, expect, test } from "vitest";
import { makeWheel } from "../vendor/wheel.ts";
import { type Run, enisle, existsSync, join, project, python, readFileSync, snapshot, temporary, write } from "../vendor/project.ts";

const lines = (...all: string[]): string => all.map((line) => `${line}\n`).join("");
const body = ["import os", "import alib.sub", "", "def one():", "    return 1", "", "", "def two():", "    return 2", "", "", "def three():", "    return 3"];
const replaced = (from: string, to: string): string[] => body.map((line) => (line === from ? to : line));

/** alib 1.0, 1.1 (other lines around), 2.0 (the very line that patches change); blib that forbids 2. */
function shelf(): string {
  const folder = temporary();
  const rest = { "alib/sub.py": "", "alib/extra.py": "" };
  makeWheel(folder, { ...rest, "alib/__init__.py": lines(...body) });
  makeWheel(folder, { ...rest, "alib/__init__.py": lines("# new", "# header", ...body.map((line) => (line === "def two():" ? "def two(x=0):" : line))) }, { version: "1.1" });
  makeWheel(folder, { ...rest, "alib/__init__.py": lines(...replaced("    return 3", "    return 33")) }, { version: "2.0" });
  makeWheel(folder, { "blib.py": "import alib\n" }, { name: "blib", requires: ["alib<2"] });
  return folder;
}

function run(command: string, root: string, folder: string, ...args: string[]): Run {
  return enisle([command, "-C", root, "--offline", "--find-links", folder, ...args]);
}

const versionOf = (root: string): string => /"name": "alib",\n\s+"version": "([^"]+)"/.exec(readFileSync(join(root, "acme/_vendor/vendored.json"), "utf8"))?.[1] ?? "";
const copy = (root: string): string => readFileSync(join(root, "acme/_vendor/alib/__init__.py"), "utf8");

describe("one project", () => {
  test("the declared pin moves in the configuration, and not a byte besides; a range stays", () => {
    const folder = shelf();
    const toml = (requirement: string): string => `[project]\nname = "acme"\n[tool.enisle]\nvendor = [\n    '${requirement}',   # ours\n]\n`;
    const root = project({ "pyproject.toml": toml("alib==1.0"), "acme/app.py": "import alib\n" });
    expect(run("vendor", root, folder).status).toBe(0);
    const before = snapshot(root);
    const plan = run("update", root, folder, "alib==1.1", "--dry-run");
    expect([plan.status, plan.stdout]).toEqual([0, expect.stringContaining("alib  1.0 → 1.1")]);
    expect(snapshot(root)).toEqual(before);
    expect(run("update", root, folder, "alib==1.1").status).toBe(0);
    expect([versionOf(root), readFileSync(join(root, "pyproject.toml"), "utf8")]).toEqual(["1.1", toml("alib==1.1")]);
    expect(run("vendor", root, folder, "--locked", "--pip", "/no/pip").status).toBe(0);
    write(root, { "pyproject.toml": toml("alib<2") });
    expect(run("vendor", root, folder).status).toBe(0);
    expect(run("update", root, folder).status).toBe(0); // the newest that the range admits
    expect([versionOf(root), readFileSync(join(root, "pyproject.toml"), "utf8")]).toEqual(["1.1", toml("alib<2")]);
  });

  test("who forbids a version is named, and nothing changes", () => {
    const folder = shelf();
    const root = project();
    expect(run("vendor", root, folder, "alib==1.0", "blib").status).toBe(0);
    const before = snapshot(root);
    const refused = run("update", root, folder, "alib==2.0");
    expect(refused.status).toBe(2);
    expect(refused.stderr).toMatch(/alib 2\.0: blib 1\.0 requires alib<2/);
    for (const [args, message] of [[["clib"], /clib: is not vendored/], [["alib>=1"], /no distribution/], [["alib==7"], /alib==7/]] as const) {
      const bad = run("update", root, folder, ...args);
      expect(bad.status).toBe(2);
      expect(bad.stderr).toMatch(message);
    }
    expect(snapshot(root)).toEqual(before);
  });
});

describe("patches", () => {
  /** A project with a hand edit made into a patch. */
  function patched(folder: string, line: string, more: readonly string[] = []): string {
    const root = project({ "enisle.toml": 'vendor = ["alib==1.0"]\n', "acme/app.py": "import alib\n" });
    expect(run("vendor", root, folder).status).toBe(0);
    write(root, { "acme/_vendor/alib/__init__.py": copy(root).replace(line, `${line}  # ours`) });
    expect(run("vendor", root, folder).stderr).toMatch(/changed by hand[^]*enisle patch/);
    const made = run("patch", root, folder, "alib", ...more);
    expect([made.status, made.stderr]).toEqual([0, ""]);
    return root;
  }

  test("a hand edit becomes a patch in upstream names, is declared, and goes along to the next version", () => {
    const folder = shelf();
    const root = patched(folder, "    return 3");
    expect(readFileSync(join(root, "patches/alib.patch"), "utf8")).toMatch(/^--- a\/alib\/__init__\.py[^]*\+    return 3  # ours\n/);
    expect(readFileSync(join(root, "enisle.toml"), "utf8")).toContain('[distributions.alib]\npatches = ["patches/alib.patch"]');
    const after = snapshot(root);
    expect(run("vendor", root, folder, "--locked").status).toBe(0);
    expect(run("update", root, folder, "alib==1.1").status).toBe(0);
    expect(copy(root)).toMatch(/^# new\n# header\nimport os\nimport acme\._vendor\.alib\.sub[^]*return 3  # ours\n$/);
    const manifest = JSON.parse(readFileSync(join(root, "acme/_vendor/vendored.json"), "utf8")).distributions[0];
    expect(manifest.patches.map((each: { file: string }) => each.file)).toEqual(["patches/alib.patch"]);
    expect(run("update", root, folder, "alib==1.0").status).toBe(0);
    expect(copy(root)).toBe(after["acme/_vendor/alib/__init__.py"]);
  });

  test("merged three-way where its context changed; a conflict leaves the old copy and lays the merge down", () => {
    const folder = shelf();
    const root = patched(folder, "    return 1");
    const moved = run("update", root, folder, "alib==1.1");
    expect([moved.status, moved.stdout]).toEqual([0, expect.stringContaining("made anew")]);
    expect(copy(root)).toMatch(/return 1  # ours\n\n\ndef two\(x=0\):\n/);
    expect(readFileSync(join(root, "patches/alib.patch"), "utf8")).toContain(" def two(x=0):\n");
    const other = patched(folder, "    return 3");
    const before = snapshot(other);
    const conflict = run("update", other, folder, "alib==2.0");
    expect(conflict.status).toBe(2);
    expect(conflict.stderr).toMatch(/patches\/alib\.patch: hunk 1 .*acme\/_vendor\/alib\/__init__\.py/);
    const merge = readFileSync(join(other, ".enisle-merge/acme/_vendor/alib/__init__.py"), "utf8");
    expect(merge).toMatch(/<<<<<<< patches\/alib\.patch\n    return 3  # ours\n[^]*return 33\n>>>>>>> upstream/);
    const { ".enisle-merge/acme/_vendor/alib/__init__.py": _merge, ...rest } = snapshot(other);
    expect(rest).toEqual(before);
  });

  test("an edit of a rewritten line is a patch for relocated names, applied after rewriting", () => {
    const folder = shelf();
    const root = patched(folder, "import acme._vendor.alib.sub; from acme._vendor import alib; del acme");
    expect(existsSync(join(root, "patches/alib-after.patch"))).toBe(true);
    expect(run("vendor", root, folder, "--locked").status).toBe(0);
    expect(run("update", root, folder, "alib==2.0").status).toBe(0);
    expect(copy(root)).toMatch(/del acme  # ours\n[^]*return 33\n/);
    // The manifest leads back to upstream, patches or not.
    const eject = enisle(["eject", "-C", root, "--all"]);
    expect([eject.status, eject.stderr]).toEqual([2, expect.stringContaining("--force")]);
    expect(enisle(["eject", "-C", root, "--all", "--force"]).status).toBe(0);
    expect(readFileSync(join(root, "acme/app.py"), "utf8")).toBe("import alib\n");
  });

  test("one that is needed no more is named; one that fits nothing is refused", () => {
    const wheels = temporary();
    const wheel = makeWheel(wheels, { "alib/__init__.py": "import alib.sub\nx = 1\n", "alib/sub.py": "" });
    const diff = (from: string, to: string): string => `--- a/alib/__init__.py\n+++ b/alib/__init__.py\n@@ -1,2 +1,2 @@\n-${from}\n+${to}\n x = 1\n`;
    const root = project({ "enisle.toml": '[distributions.alib]\npatches = ["p.patch"]\n', "p.patch": diff("import alib.sub", "import acme._vendor.alib.sub; from acme._vendor import alib; del acme") });
    const covered = enisle(["vendor", "-C", root, wheel]);
    expect([covered.status, covered.stdout]).toEqual([0, expect.stringContaining("patch-unnecessary")]);
    for (const [patch, message] of [[diff("import blib", "import clib"), /p\.patch: hunk 1/], ["nothing\n", /p\.patch:1: holds no hunk/], [diff("a", "b").replace("alib/__init__", "alib/gone").replace("alib/__init__", "alib/gone"), /alib\/gone\.py, which no/], [diff("a", "b").replace("-1,2", "-1,9"), /line counts/]] as const) {
      write(root, { "p.patch": patch });
      const refused = enisle(["vendor", "-C", root, wheel]);
      expect(refused.status).toBe(2);
      expect(refused.stderr).toMatch(message);
    }
  });
});

describe("many projects", () => {
  test("every copy below the roots moves, each with its namespace and drops; one that fails is as it was", () => {
    const folder = shelf();
    const roots = temporary();
    const make = (name: string, files: Record<string, string> = {}): string => write(join(roots, name), { [`${name}/__init__.py`]: "", [`${name}/app.py`]: "import alib\n", "pyproject.toml": `[project]\nname = "${name}"\n`, ...files });
    const [plain, dropping, broken, forbidding, bystander] = [make("plain"), make("dropping"), make("broken"), make("forbidding", { "pyproject.toml": '[project]\nname = "forbidding"\ndependencies = ["alib<1.1"]\n' }), make("bystander")];
    const vendor = (root: string, ...args: string[]): void => expect(run("vendor", root, folder, ...args).status).toBe(0);
    vendor(plain, "alib==1.0");
    vendor(dropping, "--namespace", "dropping.libs", "alib==1.0", "--drop", "alib/extra.py");
    vendor(broken, "alib==1.0");
    vendor(forbidding, "alib==1.0");
    vendor(bystander, "blib");
    write(broken, { "broken/_vendor/alib/sub.py": "mine = 1\n" });
    const before = snapshot(roots);
    const all = run("update", roots, folder, "alib==1.1", "--root", roots, "--format", "json");
    expect(all.status).toBe(1);
    const { result, findings } = JSON.parse(all.stdout);
    expect(result.projects.map((each: { project: string; changed: boolean }) => [each.project.split("/").at(-1), each.changed])).toEqual([["broken", false], ["dropping", true], ["forbidding", false], ["plain", true]]);
    expect(findings.filter((each: { code: string }) => each.code === "project-not-updated").map((each: { message: string }) => each.message)).toEqual([expect.stringMatching(/sub\.py/), expect.stringMatching(/the project requires alib<1\.1/)]);
    const after = snapshot(roots);
    expect(Object.keys(after).filter((path) => after[path] !== before[path]).map((path) => path.split("/")[0]).filter((name, index, list) => list.indexOf(name) === index)).toEqual(["dropping", "plain"]);
    expect(existsSync(join(dropping, "dropping/libs/alib/extra.py"))).toBe(false);
    expect(after["dropping/dropping/libs/alib/__init__.py"]).toContain("import dropping.libs.alib.sub");
  });

  test("a name that nobody has is said to be that, beside a manifest that cannot be read and beside a name that somebody has", () => {
    const [folder, roots] = [shelf(), temporary()];
    for (const name of ["one", "two"]) {
      const root = write(join(roots, name), { "acme/__init__.py": "" });
      expect(run("vendor", root, folder, "-q", "alib==1.0").status).toBe(0);
    }
    const both = run("update", roots, folder, "--root", roots, "alib==1.1", "nosuch");
    expect([both.status, both.stdout]).toEqual([0, expect.stringMatching(/has a copy of nosuch\n[^]*2 projects updated/)]);
    write(roots, { "two/acme/_vendor/vendored.json": "{" });
    const damaged = run("update", roots, folder, "--root", roots, "nosuch");
    expect([damaged.status, damaged.stdout]).toEqual([1, expect.stringMatching(/that can be read has a copy of nosuch\n[^]*is damaged/)]);
    const outdated = run("update", roots, folder, "--root", roots, "nosuch", "--outdated");
    expect([outdated.status, outdated.stdout]).toEqual([1, expect.stringMatching(/that can be read has a copy of nosuch\n[^]*is damaged/)]);
    write(roots, { "two/acme/_vendor/vendored.json": readFileSync(join(roots, "one/acme/_vendor/vendored.json")) });
    expect(run("update", roots, folder, "--root", roots, "nosuch").stderr).toContain("has a copy of nosuch");
  });

  test("an installed package: what lies beside it is left alone, and RECORD stays true", () => {
    const folder = shelf();
    const site = join(temporary(), "site-packages");
    mkdirSync(site);
    write(site, { "host/__init__.py": "", "host/app.py": "import alib\n", "other/x.py": "import alib\n", "alib/__init__.py": "" });
    const staging = project();
    write(staging, { "host/__init__.py": "", "host/app.py": "import alib\n" });
    expect(run("vendor", staging, folder, "--namespace", "host._vendor", "alib==1.0").status).toBe(0);
    for (const [path, content] of Object.entries(snapshot(join(staging, "host")))) write(site, { [join("host", path)]: Buffer.from(content, "latin1") });
    const record = python("import base64, hashlib, os, sys\nrows = []\nfor d, _, fs in os.walk('host'):\n    for f in fs:\n        b = open(os.path.join(d, f), 'rb').read()\n        rows.append('%s,sha256=%s,%d\\n' % (os.path.join(d, f), base64.urlsafe_b64encode(hashlib.sha256(b).digest()).rstrip(b'=').decode(), len(b)))\nsys.stdout.write(''.join(sorted(rows)) + 'host-1.dist-info/RECORD,,\\n')", site).stdout;
    write(site, { "host-1.dist-info/RECORD": record, "host-1.dist-info/METADATA": "Name: host\nVersion: 1\n" });
    const updated = run("update", site, folder, "alib==1.1", "--root", dirname(site));
    expect([updated.status, updated.stderr]).toEqual([0, ""]);
    expect(readFileSync(join(site, "other/x.py"), "utf8")).toBe("import alib\n");
    expect(readFileSync(join(site, "host/app.py"), "utf8")).toBe("from host._vendor import alib\n");
    const check = python("import base64, hashlib, csv, os, sys\nrows = {r[0]: r[1] for r in csv.reader(open('host-1.dist-info/RECORD'))}\nhere = [os.path.join(d, f) for d, _, fs in os.walk('host') for f in fs]\nbad = [p for p in here if rows.get(p) != 'sha256=' + base64.urlsafe_b64encode(hashlib.sha256(open(p, 'rb').read()).digest()).rstrip(b'=').decode()]\nprint(bad, [p for p in rows if p.startswith('host/') and p not in here])", site);
    expect(check.stdout.trim()).toBe("[] []");
  });
});

test("--outdated below roots: a manifest that cannot be read is a finding of its own project", () => {
  const root = project({ "acme/_vendor/vendored.json": "{ not a manifest" });
  const run = enisle(["update", "--outdated", "--root", root]);
  expect([run.status, run.stderr]).toEqual([1, ""]);
  expect(run.stdout).toContain("[project-not-updated]");
});
