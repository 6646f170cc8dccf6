/** `enisle wheel --rename`: two versions of one service installed by pip into one environment, run, and checked together. */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { enisle, join, python, readFileSync, snapshot, temporary } from "../vendor/project.ts";
import { type WheelOptions, makeWheel } from "../vendor/wheel.ts";

const service = (version: string): Record<string, string> => ({
  "nova/__init__.py": 'import importlib.metadata\n\n__version__ = importlib.metadata.version("nova")\n',
  "nova/conf.py": 'import nova\nfrom nova.api import wsgi\n\nMAIN = "nova.api.wsgi:main"\nVERSION = nova.__version__\n',
  "nova/filters.py": "class Ram:\n    pass\n",
  "nova/api/__init__.py": "",
  "nova/api/wsgi.py": `import importlib, importlib.metadata, logging, sys
import alib
import nova.filters

GROUP = "nova.filters-group"
LOG = logging.getLogger("nova.api")
METADATA = importlib.metadata.metadata("nova")


def main():
    conf = importlib.import_module("nova.conf")
    points = [each for each in importlib.metadata.distribution("nova").entry_points if each.group == GROUP]
    print(conf.__name__, conf.VERSION, "${version}", alib.__name__, alib.VERSION, [each.load().__module__ for each in points], LOG.name, METADATA["Name"], sys.argv[0].rsplit("/", 1)[-1])
    print("nova.api.wsgi" in sys.modules, __name__.split(".")[0])
`,
  [`nova-${version}.data/scripts/nova-manage`]: "#!python\nfrom nova.api.wsgi import main\nmain()\n",
  [`nova-${version}.data/data/etc/nova/paste.ini`]: "[app:main]\npaste.app_factory = nova.api.wsgi:main\n\n[app:other]\nuse = egg:nova#main\n",
  [`nova-${version}.data/data/share/nova.1`]: "manual\n",
  [`nova-${version}.dist-info/entry_points.txt`]: "[console_scripts]\nnova-api = nova.api.wsgi:main\n\n[nova.filters-group]\nram = nova.filters:Ram\n\n[others.group]\nnova.conf = nova.conf:MAIN\nother = nova.conf:MAIN\n",
  [`nova-${version}.dist-info/top_level.txt`]: "nova\n",
});

const options = (version: string): WheelOptions => ({ name: "nova", version, requires: ["alib", "nova[x]; extra == 'all'"] });

function rename(input: string, out: string, ...args: string[]): ReturnType<typeof enisle> {
  return enisle(["wheel", input, "-w", out, ...args]);
}

function unpacked(path: string): Record<string, string> {
  const directory = temporary();
  expect(spawnSync("python3", ["-m", "zipfile", "-e", path, directory]).status).toBe(0);
  return snapshot(directory);
}

/** An environment with these wheels; no index. */
function install(...wheels: string[]): string {
  const environment = join(temporary(), "environment");
  expect(spawnSync("python3", ["-m", "venv", "--system-site-packages", "--without-pip", environment]).status).toBe(0);
  const run = spawnSync(join(environment, "bin/python"), ["-m", "pip", "install", "-q", "--no-index", "--no-deps", ...wheels], { encoding: "utf8" });
  expect({ status: run.status, said: run.status === 0 ? "" : run.stderr }).toEqual({ status: 0, said: "" });
  return environment;
}

const site = (environment: string): string => join(environment, "lib", readdirSync(join(environment, "lib"))[0] ?? "", "site-packages");
const run = (environment: string, command: string): string => {
  const done = spawnSync(join(environment, "bin", command), { encoding: "utf8" });
  return done.stdout + done.stderr;
};

describe("two versions of one service", () => {
  test("the old one renamed, with a library of its own: installed together, both run, and check --together finds nothing", () => {
    const [shelf, out, again] = [temporary(), temporary(), temporary()];
    const [old, fresh] = ["11.0", "12.0"].map((version) => makeWheel(shelf, service(version), options(version)));
    const [alib1, alib2] = ["1.0", "2.0"].map((version) => makeWheel(shelf, { "alib/__init__.py": `VERSION = "${version}"\n` }, { version }));
    const made = rename(old ?? "", out, "--rename", "nova=nova_11", "--vendor", alib1 ?? "", "--format", "json");
    expect({ status: made.status, stderr: made.stderr }).toEqual({ status: 0, stderr: "" });
    const { result, findings } = JSON.parse(made.stdout) as { result: Record<string, unknown>; findings: { code: string; message: string }[] };
    expect(result).toMatchObject({ wheel: "nova_11-11.0-py3-none-any.whl", namespace: "nova_11._vendor", requires: { removed: ["alib"] }, renamed: { name: "nova-11", modules: { nova: "nova_11" }, commands: { "nova-api": "nova-api-11", "nova-manage": "nova-manage-11" }, data: { "etc/nova/paste.ini": "etc/nova-11/paste.ini", "share/nova.1": "share/nova-11.1" } } });
    expect(findings.map(({ code, message }) => [code, message])).toEqual([["entry-points-shared", "keeps entry points in groups of others: other [others.group]"]]);
    const path = join(out, "nova_11-11.0-py3-none-any.whl");
    const files = unpacked(path);
    expect(Object.keys(files).filter((name) => /(^|\/)nova(\/|-11\.0)/.test(name))).toEqual([]);
    expect(files["nova_11-11.0.dist-info/METADATA"]).toContain("Name: nova-11\nVersion: 11.0\n");
    expect(files["nova_11-11.0.dist-info/METADATA"]).toContain("Requires-Dist: nova-11[x]; extra == 'all'\n");
    expect(files["nova_11-11.0.dist-info/entry_points.txt"]).toBe("[console_scripts]\nnova-api-11 = nova_11.api.wsgi:main\n\n[nova_11.filters-group]\nram = nova_11.filters:Ram\n\n[others.group]\nnova_11.conf = nova_11.conf:MAIN\nother = nova_11.conf:MAIN\n");
    expect(files["nova_11-11.0.dist-info/top_level.txt"]).toBe("nova_11\n");
    expect(files["nova_11-11.0.data/data/etc/nova-11/paste.ini"]).toBe("[app:main]\npaste.app_factory = nova_11.api.wsgi:main\n\n[app:other]\nuse = egg:nova-11#main\n");
    expect(files["nova_11/conf.py"]).toBe('import nova_11 as nova\nfrom nova_11.api import wsgi\n\nMAIN = "nova_11.api.wsgi:main"\nVERSION = nova.__version__\n');
    const record = python(`import base64, csv, hashlib, io, zipfile\nz = zipfile.ZipFile(${JSON.stringify(path)})\nrows = {r[0]: r[1] for r in csv.reader(io.StringIO(z.read('nova_11-11.0.dist-info/RECORD').decode()))}\nprint(set(rows) == set(z.namelist()), [n for n in z.namelist() if not n.endswith('RECORD') and rows[n] != 'sha256=' + base64.urlsafe_b64encode(hashlib.sha256(z.read(n)).digest()).rstrip(b'=').decode()])`, out);
    expect(record.stdout.trim()).toBe("True []");
    expect(rename(old ?? "", again, "--rename", "nova=nova_11", "--vendor", alib1 ?? "").status).toBe(0);
    expect(readFileSync(join(again, "nova_11-11.0-py3-none-any.whl")).equals(readFileSync(path))).toBe(true);

    const environment = install(path, fresh ?? "", alib2 ?? "");
    expect(run(environment, "nova-api-11")).toBe("nova_11.conf 11.0 11.0 nova_11._vendor.alib 1.0 ['nova_11.filters'] nova_11.api nova-11 nova-api-11\nTrue nova_11\n");
    expect(run(environment, "nova-api")).toBe("nova.conf 12.0 12.0 alib 2.0 ['nova.filters'] nova.api nova nova-api\nTrue nova\n");
    expect(readdirSync(join(environment, "etc")).sort()).toEqual(["nova", "nova-11"]);
    const together = (): ReturnType<typeof enisle> => enisle(["check", "--together", join(site(environment), "nova"), join(site(environment), "nova_11"), "--python", join(environment, "bin/python"), "-C", site(environment)]);
    const checked = together();
    expect({ status: checked.status, said: checked.status === 0 ? "" : checked.stdout + checked.stderr }).toEqual({ status: 0, said: "" });
    expect(checked.stdout).toContain("nova 11.0: nova_11, __version__ 11.0");
    // The check would see a name that was left, and a module that the renaming broke.
    spawnSync("sh", ["-c", `echo 'import nova.conf' >> ${join(site(environment), "nova_11/filters.py")}`]);
    const broken = together();
    expect(broken.status).toBe(1);
    expect(broken.stdout).toMatch(/asked for 'nova\.conf' by its original name[^]*asks for 'nova\.conf' by its original name \(proven\)/);
  }, 120_000);

  test("check finds a renamed wheel without copies by its record, alone and among others", () => {
    const [shelf, out] = [temporary(), temporary()];
    const nova = makeWheel(shelf, service("11.0"), options("11.0"));
    const [zoo, tool] = [makeWheel(shelf, { "zoo/cage/__init__.py": "import zoo.cage.lock\n", "zoo/cage/lock.py": "" }, { name: "zoo.cage" }), makeWheel(shelf, { "tool.py": "import tool\n" }, { name: "tool" })];
    expect(rename(nova, out, "--rename", "nova=nova_11").status).toBe(0);
    expect(rename(zoo, out, "--rename", "zoo.cage=zoo.cage_old").status).toBe(0);
    expect(rename(tool, out, "--rename", "tool=tool_1").status).toBe(0);
    const directory = site(install(...readdirSync(out).map((name) => join(out, name)), zoo));
    const check = (...args: string[]): { status: number | null; result: { clean: boolean; manifests: number; files: number; renamed: { path: string; modules: unknown }[] }; findings: { code: string; path: string }[] } => {
      const run = enisle(["check", "--format", "json", ...args], { cwd: directory });
      expect(run.stderr).toBe("");
      return { status: run.status, ...(JSON.parse(run.stdout) as { result: never; findings: never[] }) };
    };
    const all = check();
    expect([all.status, all.result.clean, all.result.manifests, all.result.renamed.map(({ path }) => path)]).toEqual([0, true, 0, ["nova_11", "tool_1.py", "zoo"]]);
    expect(enisle(["check"], { cwd: directory }).stdout).toContain("nova 11.0, renamed from nova");
    expect(check("nova_11").result.files).toBe(5);
    expect(check("tool_1.py").result.files).toBe(1);
    spawnSync("sh", ["-c", `echo 'import nova.conf' >> ${join(directory, "nova_11/filters.py")}; echo 'import zoo.cage' >> ${join(directory, "zoo/cage_old/lock.py")}`]);
    const broken = check();
    expect([broken.status, broken.findings.filter(({ code }) => code === "leak").map(({ path }) => path)]).toEqual([1, ["nova_11/filters.py", "zoo/cage_old/lock.py"]]);
    expect(enisle(["check", "--format", "junit"], { cwd: directory }).stdout).toMatch(/testsuite name="nova_11"[^]*failures="1"/);
    const wheel = enisle(["check", join(out, "nova_11-11.0-py3-none-any.whl")]);
    expect([wheel.status, wheel.stderr]).toEqual([2, expect.stringContaining("Install or unpack it")]);
  }, 60_000);

  test("a wheel that has copies inside already is renamed with them, as if they were vendored under the new name", () => {
    const [shelf, one, two, three] = [temporary(), temporary(), temporary(), temporary()];
    const nova = makeWheel(shelf, service("11.0"), options("11.0"));
    const alib = makeWheel(shelf, { "alib/__init__.py": 'import alib.core\nVERSION = "1.0"\n', "alib/core.py": "" });
    expect(rename(nova, one, "--vendor", alib).status).toBe(0);
    const renamed = rename(join(one, "nova-11.0-py3-none-any.whl"), two, "--rename", "nova=nova_11");
    expect({ status: renamed.status, stderr: renamed.stderr }).toEqual({ status: 0, stderr: "" });
    expect(rename(nova, three, "--rename", "nova=nova_11", "--vendor", alib).status).toBe(0);
    const [a, b] = [two, three].map((directory) => unpacked(join(directory, "nova_11-11.0-py3-none-any.whl")));
    const ours = (files: Record<string, string> | undefined): Record<string, string> => Object.fromEntries(Object.entries(files ?? {}).filter(([name]) => name.startsWith("nova_11/")));
    expect(ours(a)).toEqual(ours(b));
    expect(a?.["nova_11/api/wsgi.py"]).toContain("from nova_11._vendor import alib\n");
  }, 60_000);

  test("a part of a namespace package, with stubs: the common file stays, the part moves", () => {
    const [shelf, out] = [temporary(), temporary()];
    const common = "__path__ = __import__('pkgutil').extend_path(__path__, __name__)\n";
    const parts = ["1.0", "2.0"].map((version) => makeWheel(shelf, { "zoo/__init__.py": common, "zoo/cage/__init__.py": `import zoo.cage.lock\nfrom zoo.cage import lock\nVERSION = "${version}"\n`, "zoo/cage/lock.py": "WHERE = __name__\n", "zoo-stubs/cage/__init__.pyi": "import zoo.cage\n", "README": version }, { name: "zoo.cage", version }));
    const made = rename(parts[0] ?? "", out, "--rename", "zoo.cage=zoo.cage_old");
    expect({ status: made.status, stderr: made.stderr }).toEqual({ status: 0, stderr: "" });
    const [name = ""] = readdirSync(out);
    expect(name).toBe("zoo_cage_old-1.0-py3-none-any.whl");
    expect(Object.keys(unpacked(join(out, name))).filter((path) => !path.includes(".dist-info/"))).toEqual(["README-old", "zoo/__init__.py", "zoo/cage_old/__init__.py", "zoo/cage_old/lock.py", "zoo-stubs/cage_old/__init__.pyi"]);
    const environment = install(join(out, name), parts[1] ?? "");
    expect(python("import zoo.cage, zoo.cage_old; print(zoo.cage.VERSION, zoo.cage_old.VERSION, zoo.cage.lock.WHERE, zoo.cage_old.lock.WHERE)", site(environment)).stdout).toBe("2.0 1.0 zoo.cage.lock zoo.cage_old.lock\n");
  }, 60_000);

  test("what the sources still say of commands and data files is reported with its line; a single module is renamed too", () => {
    const [shelf, out] = [temporary(), temporary()];
    const input = makeWheel(shelf, {
      "tool.py": '#!/usr/bin/env python3\nimport os, subprocess, sys\nimport tool\n\nDATA = os.path.join(sys.prefix, "share", "tool", "x.txt")\nMORE = sys.prefix + "/share/tool/x.txt", f"{sys.prefix}/share/tool", Path(sys.prefix) / "share" / "tool", "share/toolbox", "see share/tool"\nSYSTEM = "/etc/tool/x.ini"\nsubprocess.run(["tool-helper"])\nNAME = "tool"\n__import__(NAME)\n',
      "tool-1.0.data/scripts/tool-helper": "#!/bin/sh\nexec python3 -m tool\n", "tool-1.0.data/data/share/tool/x.txt": "", "tool-1.0.data/data/etc/tool/x.ini": "",
    }, { name: "tool", version: "1.0" });
    const made = rename(input, out, "--rename", "tool=tool_1", "--format", "json");
    expect(made.status).toBe(0);
    const { findings } = JSON.parse(made.stdout) as { findings: { code: string; path: string; line?: number; message: string }[] };
    expect(findings.map(({ code, path, line }) => [code, path, line])).toEqual([
      ["data-reference", "tool_1-1.0.data/scripts/tool-helper-1", undefined],
      ["renamed-name-left", "tool_1.py", 7], ["renamed-name-left", "tool_1.py", 8],
    ]);
    const source = unpacked(join(out, "tool_1-1.0-py3-none-any.whl"))["tool_1.py"];
    expect(source).toContain('import tool_1 as tool\n\nDATA = os.path.join(sys.prefix, "share", "tool-1", "x.txt")\nMORE = sys.prefix + "/share/tool-1/x.txt", f"{sys.prefix}/share/tool-1", Path(sys.prefix) / "share" / "tool-1", "share/toolbox", "see share/tool"\nSYSTEM = "/etc/tool/x.ini"\n');
  }, 60_000);
});

describe("bad input", () => {
  test("each fails with a way out, and writes nothing", () => {
    const [shelf, out] = [temporary(), join(temporary(), "out")];
    const nova = makeWheel(shelf, service("11.0"), { ...options("11.0"), requires: ["nova_x", "alib"] });
    const two = makeWheel(shelf, { "one/__init__.py": "", "two.py": "", "one/__main__.py": "" }, { name: "one" });
    const space = makeWheel(shelf, { "zoo/cage/__init__.py": "" }, { name: "zoo" });
    const compiled = makeWheel(shelf, { "fast.cpython-311-x86_64-linux-gnu.so": "ELF" }, { name: "fast", tag: "cp311-cp311-linux_x86_64" });
    const lying = makeWheel(temporary(), service("11.0"), { ...options("11.0"), record: (text) => text.replace(/sha256=\w/, "sha256=0") });
    const cases: readonly (readonly [string, readonly string[], RegExp])[] = [
      [nova, ["nova"], /not of the form OLD=NEW/], [nova, ["nova=1x"], /'1x' is no name/], [nova, ["nova=class"], /'class' is no name/], [nova, ["nova=nova"], /both names are the same/],
      [nova, ["nova=nova.x"], /lies elsewhere[^]*nova=nova_x/], [nova, ["glance=glance_1"], /no top-level module 'glance'[^]*It holds: nova/], [nova, ["nova.api=nova.api_1"], /a part of 'nova'/],
      [nova, ["nova=json"], /a module of Python's own/], [nova, ["nova=nova_"], /written in ASCII/], [nova, ["nova=nova_x"], /requires a distribution 'nova-x'/], [nova, ["nova=alib"], /requires a distribution 'alib'/],
      [nova, ["nova=nova_1", "nova=nova_2"], /is given two names/], [two, ["one=one_1"], /'two' would keep its name[^]*--rename one=one_1 --rename two=two_1/], [two, ["one=two", "two=three"], /'two' is renamed itself/],
      [two, ["one=x", "two=x"], /two modules would be called 'x'/], [space, ["zoo=zoo_1"], /namespace package[^]*--rename zoo\.cage=/], [compiled, ["fast=fast_1"], /carries its name in machine code/], [lying, ["nova=nova_11"], /RECORD/],
      [join(shelf, "gone.whl"), ["nova=nova_11"], /gone\.whl/],
    ];
    for (const [input, renames, message] of cases) {
      const run = rename(input, out, ...renames.flatMap((each) => ["--rename", each]));
      expect({ renames, status: run.status, stderr: run.stderr }).toEqual({ renames, status: 2, stderr: expect.stringMatching(message) });
      expect(run.stderr).not.toContain("internal error");
    }
    expect(rename(two, out, "--rename", "one=two").stderr).toMatch(/holds a module 'two' already/);
    expect(snapshot(join(out, ".."))).toEqual({});
  }, 120_000);
});
