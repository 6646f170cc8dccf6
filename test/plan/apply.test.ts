/** `--apply`, and then the one line that it prints: both services in one environment, each with its own version. */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { enisle, snapshot, write } from "../vendor/project.ts";
import { makeWheel } from "../vendor/wheel.ts";
import { build, planOf } from "./scenario.ts";

const world = () => build({
  wheels: { "alib 1.0": {}, "alib 2.0": {}, "blib 1.0": {}, "middle 1.0": { requires: ["alib<2", "blib"], files: { "middle/use.py": "import alib\nWHICH = alib.VERSION\n" } } },
  projects: {
    nova: { dependencies: ["middle>=1"], files: { "nova/run.py": "import middle.use\nprint('nova', middle.use.WHICH)\n" } },
    keystone: { dependencies: ["alib >= 2"], files: { "keystone/run.py": "import alib\nprint('keystone', alib.VERSION, alib.__name__)\n", "tests/test_run.py": "import alib\n" } },
  },
});

test("what is applied is installed by one line, editable too, and each service uses its own version", () => {
  const made = world();
  const before = snapshot(made.root);
  const dry = planOf(made, "--never", "keystone:alib", "--apply", "--dry-run");
  expect(dry.status).toBe(0);
  expect(snapshot(made.root)).toEqual(before);

  const { status, plan, stderr } = planOf(made, "--never", "keystone:alib", "--apply", "--editable");
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  const pyproject = readFileSync(join(made.root, "nova/pyproject.toml"), "utf8");
  expect(pyproject).toContain('[tool.enisle]\ninclude = ["backend.py"]\nvendor = ["alib==1.0", "middle==1.0"]\n');
  expect(pyproject).toContain('dependencies = ["blib"]');
  // Proven before it returned: in one interpreter, the service without copies too.
  expect(plan.check).toMatchObject({ clean: true, together: { projects: [{ namespace: "nova._vendor" }, { namespace: "keystone" }] } });
  expect(planOf(made).moved).toEqual([]);

  const environment = join(made.root, "environment");
  spawnSync("python3", ["-m", "venv", "--system-site-packages", environment]);
  const env = { ...process.env, PATH: `${environment}/bin:${process.env["PATH"]}` };
  const install = spawnSync("sh", ["-c", plan.install], { cwd: made.root, env, encoding: "utf8" });
  expect({ status: install.status, said: install.status === 0 ? "" : install.stderr + install.stdout }).toEqual({ status: 0, said: "" });
  expect(plan.install).toContain("-e ./nova -e ./keystone");
  const run = spawnSync(join(environment, "bin/python"), ["-c", "import nova.run, keystone.run"], { cwd: environment, encoding: "utf8" });
  expect({ out: run.stdout, err: run.stderr }).toEqual({ out: "nova 1.0\nkeystone 2.0 alib\n", err: "" });
}, 120_000);

test("files beside the packages stay part of the project once there is a table of ours", () => {
  const made = world();
  expect(planOf(made, "--apply", "--no-check")).toMatchObject({ status: 0, plan: { relocations: [{}] } });
  expect(readFileSync(join(made.root, "keystone/tests/test_run.py"), "utf8")).toBe("from keystone._vendor import alib\n");
  expect(readFileSync(join(made.root, "keystone/pyproject.toml"), "utf8")).toContain('include = ["tests/**", "backend.py"]\nvendor = ["alib==2.0"]');
}, 60_000);

test("what a project has by the usual name of the namespace stays its own: the copies go beside it", () => {
  const made = build({ wheels: { "alib 1.0": {}, "alib 2.0": {} }, projects: { nova: { dependencies: ["alib<2"], files: { "nova/run.py": "import alib\n", "nova/_vendor/__init__.py": "OWN = 1\n" } }, keystone: { dependencies: ["alib>=2"] } } });
  expect(planOf(made, "--never", "keystone:alib", "--apply", "--no-check")).toMatchObject({ status: 0, stderr: "" });
  expect(readFileSync(join(made.root, "nova/pyproject.toml"), "utf8")).toContain('[tool.enisle]\nnamespace = "nova._vendored"\n');
  expect(readFileSync(join(made.root, "nova/nova/run.py"), "utf8")).toBe("from nova._vendored import alib\n");
  // In a wheel too; one that is a single module has no place for copies, and the plan goes around it.
  const shelf = `${made.root}/services`;
  write(shelf, { ".keep": "" });
  const service = (name: string, files: Readonly<Record<string, string>>): string => makeWheel(shelf, files, { name, requires: ["alib<2"] });
  const [taken, single] = [service("taken", { "taken/__init__.py": "import alib\n", "taken/_vendor/.gitignore": "" }), service("single", { "single.py": "import alib\n" })];
  expect(planOf({ ...made, projects: [taken, "./keystone"] }, "--never", "keystone:alib", "--apply", "--no-check")).toMatchObject({ status: 0, moved: ["taken alib 1.0"] });
  expect(planOf({ ...made, projects: [single, "./keystone"] }).moved).toEqual(["keystone alib 2.0"]);
  expect(planOf({ ...made, projects: [single, "./keystone"] }, "--never", "keystone:alib").findings[0]?.message).toContain("alib cannot be relocated into single: single holds no package for a namespace");
}, 180_000);

test("setuptools is told to install what lies beside the copies' modules, in the file that configures it", () => {
  const made = build({ wheels: { "alib 1.0": {}, "alib 2.0": {} }, projects: { nova: { dependencies: [] }, glance: { dependencies: [] }, keystone: { dependencies: ["alib>=2"] } } });
  write(made.root, {
    "nova/pyproject.toml": '[project]\nname = "nova"\nversion = "1.0"\ndependencies = ["alib<2"]\n\n[tool.setuptools.package-data]\n"nova" = ["*.txt"]\n',
    "glance/pyproject.toml": "", "glance/setup.cfg": "[metadata]\nname = glance\nversion = 1.0\n[options]\npackages = find:\ninstall_requires =\n    alib<2\n",
  });
  expect(planOf(made, "--never", "keystone:alib", "--apply", "--no-check")).toMatchObject({ status: 0, stderr: "", moved: ["nova alib 1.0", "glance alib 1.0"] });
  expect(readFileSync(join(made.root, "nova/pyproject.toml"), "utf8")).toContain('[tool.setuptools.package-data]\n"nova._vendor" = ["**/*"]\n"nova" = ["*.txt"]\n');
  expect(readFileSync(join(made.root, "glance/setup.cfg"), "utf8")).toBe("[metadata]\nname = glance\nversion = 1.0\n[options]\npackages = find:\ninstall_requires =\n\n[options.package_data]\nglance._vendor = **/*\n");
}, 60_000);

test("a bare name is what is installed under it, of the system first", () => {
  const made = build({ wheels: { "alib 1.0": {}, "alib 2.0": {} }, projects: { keystone: { dependencies: ["alib>=2"] } } });
  write(`${made.root}/system/nova-9.0.dist-info`, { METADATA: "Metadata-Version: 2.1\nName: nova\nVersion: 9.0\nRequires-Dist: alib<2\n" });
  const planned = planOf({ ...made, projects: ["nova", "./keystone"] }, "--system", "system");
  expect({ moved: planned.moved, because: planned.plan.relocations[0]?.because }).toEqual({ moved: ["keystone alib 2.0"], because: ["keystone 1.0 → alib>=2", "nova 9.0 → alib<2"] });
  const environment = join(made.root, "environment");
  spawnSync("python3", ["-m", "venv", "--without-pip", "--system-site-packages", environment]);
  const shelf = join(made.root, "services");
  write(shelf, { ".keep": "" });
  const wheel = makeWheel(shelf, { "glance/__init__.py": "" }, { name: "glance", version: "3.0", requires: ["alib<2"] });
  expect(spawnSync(join(environment, "bin/python"), ["-m", "pip", "install", "-q", "--no-index", "--no-deps", wheel]).status).toBe(0);
  const asked = planOf({ ...made, projects: ["glance", "./keystone"] }, "--python", join(environment, "bin/python"));
  expect({ status: asked.status, moved: asked.moved, because: asked.plan.relocations[0]?.because }).toEqual({ status: 0, moved: ["keystone alib 2.0"], because: ["keystone 1.0 → alib>=2", "glance 3.0 → alib<2"] });
  expect(asked.plan.install).not.toContain("glance");
}, 180_000);

test("the check decides the exit code: a name that only running tells, and a build that leaves the copies out", () => {
  const wheels = { "alib 1.0": {}, "alib 2.0": {} };
  const keystone = { dependencies: ["alib>=2"], files: { "keystone/run.py": "import alib\n" } };
  const late = build({ wheels, projects: { nova: { dependencies: ["alib<2"], files: { "nova/late.py": "import alib\nNAME = ''.join(reversed('bila'))\n__import__(NAME)\n" } }, keystone } });
  const asked = planOf(late, "--never", "keystone:alib", "--apply");
  expect(asked.status).toBe(1);
  expect(asked.plan.check).toMatchObject({ clean: false });
  expect(asked.findings.map(({ code }) => code)).toContain("import-leak");

  const bare = build({ wheels, projects: { nova: { dependencies: ["alib<2"], files: { "nova/run.py": "import alib\n" } }, keystone } });
  const backend = join(bare.root, "nova/backend.py");
  writeFileSync(backend, readFileSync(backend, "utf8").replace("for root, _, names in os.walk(\"nova\")", "for root, _, names in [next(os.walk(\"nova\"))]"));
  const lost = planOf(bare, "--never", "keystone:alib", "--apply");
  expect({ status: lost.status, codes: lost.findings.map(({ code }) => code) }).toEqual({ status: 1, codes: ["copies-not-installed"] });
}, 120_000);

test("a project that cannot take it stops everything before anything is written", () => {
  const made = build({ wheels: { "alib 1.0": {}, "alib 2.0": {} }, projects: { nova: { dependencies: ["alib<2"], toml: '\n[tool.enisle]\nnamespase = "x"\n' }, keystone: { dependencies: ["alib>=2"] } } });
  const before = snapshot(made.root);
  const run = enisle(["plan", ...made.projects, "--no-index", "--find-links", made.folder, "--never", "keystone:alib", "--apply"], { cwd: made.root });
  expect(run.status).toBe(2);
  expect(run.stderr).toContain("unknown key 'namespase'");
  expect(snapshot(made.root)).toEqual(before);
}, 60_000);
