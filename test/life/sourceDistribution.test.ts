/** `enisle wheel` on a source distribution: a source distribution out, whose wheel holds the copies, whatever its build backend thinks of them. */
import { spawnSync } from "node:child_process";
import { readdirSync, symlinkSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { makeWheel } from "../vendor/wheel.ts";
import { type Run, type Tree, chmodSync, enisle, existsSync, join, python, readFileSync, snapshot, temporary, write } from "../vendor/project.ts";

/** Packs modules below `app`, and nothing else: neither data files nor what lies deeper. */
const backend = `
import os, zipfile, hashlib, base64
def get_requires_for_build_wheel(config_settings=None): return []
def _metadata(): return open("PKG-INFO").read() if False else "Metadata-Version: 2.1\\nName: App.Tool\\nVersion: 1.0\\nRequires-Dist: alib<2,>=1\\nRequires-Dist: other\\nRequires-Dist: alib[d] ; extra == 'more'\\nProvides-Extra: more\\n\\nText\\n"
def build_wheel(directory, config_settings=None, metadata_directory=None):
    info = "app_tool-1.0.dist-info"
    files = {"app/" + name: open("app/" + name).read() for name in sorted(os.listdir("app")) if name.endswith(".py")}
    files.update({info + "/METADATA": _metadata(), info + "/WHEEL": "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"})
    record = "".join("%s,sha256=%s,%d\\n" % (k, base64.urlsafe_b64encode(hashlib.sha256(v.encode()).digest()).rstrip(b"=").decode(), len(v)) for k, v in files.items())
    with zipfile.ZipFile(os.path.join(directory, "app_tool-1.0-py3-none-any.whl"), "w") as z:
        for k, v in files.items(): z.writestr(k, v)
        z.writestr(info + "/RECORD", record + info + "/RECORD,,\\n")
    return "app_tool-1.0-py3-none-any.whl"
`;

const pyproject = `[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "App.Tool"
version = "1.0"
dependencies = [
  "alib<2,>=1",
  "other",  # stays
]
[project.optional-dependencies]
more = ["alib[d]"]
`;

const information = "Metadata-Version: 2.2\nName: App.Tool\nVersion: 1.0\nRequires-Dist: alib<2,>=1\nRequires-Dist: other\nRequires-Dist: alib[d] ; extra == 'more'\nProvides-Extra: more\n\nText\n";

function sdist(files: Tree = {}, name = "App.Tool-1.0"): string {
  const place = temporary();
  write(join(place, name), { "app/__init__.py": "import alib\nname = alib.core.name\n", "app/cli.py": "from alib import core\n", "backend.py": backend, "pyproject.toml": pyproject, "PKG-INFO": information, "run.sh": "#!/bin/sh\n", ...files });
  chmodSync(join(place, name, "run.sh"), 0o755);
  expect(spawnSync("tar", ["czf", `${name}.tar.gz`, name], { cwd: place }).status).toBe(0);
  return join(place, `${name}.tar.gz`);
}

function shelf(): string {
  return makeWheel(temporary(), { "alib/__init__.py": "import alib.core\n", "alib/core.py": "name = __name__\n", "alib/words.txt": "words\n", "alib-1.0.dist-info/licenses/LICENSE": "MIT\n" }, { requires: ["blib", "dlib; extra == 'd'", "elib; extra == 'e'"] });
}

function unpack(archive: string): Record<string, string> {
  const directory = temporary();
  expect(spawnSync("tar", ["xzf", archive, "-C", directory]).status).toBe(0);
  return snapshot(directory);
}

function wheel(input: string, out: string, ...args: string[]): Run {
  return enisle(["wheel", input, "-w", out, "--offline", ...args]);
}

function built(archive: string): Record<string, string> {
  const [out, directory] = [temporary(), temporary()];
  const run = spawnSync("python3", ["-m", "pip", "wheel", "-q", "--no-deps", "--no-index", "-w", out, archive], { encoding: "utf8" });
  expect([run.status, run.stderr]).toEqual([0, expect.anything()]);
  expect(spawnSync("python3", ["-m", "zipfile", "-e", join(out, readdirSync(out)[0] ?? ""), directory]).status).toBe(0);
  return snapshot(directory);
}

describe("source distributions in `enisle wheel`", () => {
  test("relocated, named by PEP 625, metadata right, the same bytes each time; the wheel that pip builds of it holds the copies and imports", () => {
    const [input, alib, out, again] = [sdist(), shelf(), temporary(), temporary()];
    const run = wheel(input, out, "--vendor", alib, "--format", "json");
    expect([run.status, run.stderr]).toEqual([0, ""]);
    const { result } = JSON.parse(run.stdout);
    expect([result.wheel, result.requires]).toEqual(["app_tool-1.0.tar.gz", { removed: ["alib<2,>=1", "alib[d] ; extra == 'more'"], added: ["blib", "dlib"] }]);
    const archive = join(out, "app_tool-1.0.tar.gz");
    const files = unpack(archive);
    const at = (path: string): string | undefined => files[`app_tool-1.0/${path}`];
    expect(at("app/__init__.py")).toBe("from app._vendor import alib\nname = alib.core.name\n");
    expect(at("PKG-INFO")).toBe("Metadata-Version: 2.2\nName: App.Tool\nVersion: 1.0\nRequires-Dist: other\nRequires-Dist: blib\nRequires-Dist: dlib\nProvides-Extra: more\n\nText\n");
    expect(at("pyproject.toml")).toBe(pyproject.replace('build-backend = "backend"\nbackend-path = ["."]\n', "").replace("[build-system]\n", '[build-system]\nbuild-backend = "enisle_build"\nbackend-path = ["_enisle", "."]\n').replace('  "alib<2,>=1",\n', "").replace('"other",', '"other", "blib", "dlib",').replace('["alib[d]"]', "[]"));
    expect(Object.keys(files).every((path) => path.startsWith("app_tool-1.0/"))).toBe(true);
    expect(spawnSync("tar", ["tvzf", archive], { encoding: "utf8" }).stdout).toMatch(/^-rwxr-xr-x 0\/0 .*1980-01-01 .*run\.sh$/m);
    expect(wheel(input, again, "--vendor", alib).status).toBe(0);
    expect(readFileSync(join(again, "app_tool-1.0.tar.gz")).equals(readFileSync(archive))).toBe(true);
    const inside = built(archive);
    expect(Object.keys(inside).filter((path) => !path.includes(".dist-info/"))).toEqual(["app/__init__.py", "app/_vendor/__init__.py", "app/_vendor/alib/__init__.py", "app/_vendor/alib/core.py", "app/_vendor/alib/words.txt", "app/_vendor/vendored.json", "app/cli.py"]);
    expect(inside["app/_vendor/alib-1.0.dist-info/licenses/LICENSE"]).toBe("MIT\n");
    expect(inside["app_tool-1.0.dist-info/METADATA"]).toBe("Metadata-Version: 2.1\nName: App.Tool\nVersion: 1.0\nRequires-Dist: other\nRequires-Dist: blib\nRequires-Dist: dlib\nProvides-Extra: more\n\nText\n");
    expect(JSON.parse(inside["app_tool-1.0.dist-info/sboms/enisle.cdx.json"] ?? "").components[0].purl).toBe("pkg:pypi/alib@1.0");
    const directory = write(temporary(), Object.fromEntries(Object.entries(inside)));
    expect(python("import app, sys; print(app.name, 'alib' in sys.modules)", directory).stdout).toBe("app._vendor.alib.core False\n");
    // Once more, with something else: what lay inside stays.
    const more = temporary();
    expect(wheel(archive, more, "--vendor", makeWheel(temporary(), { "blib.py": "" }, { name: "blib" })).status).toBe(0);
    const twice = built(join(more, "app_tool-1.0.tar.gz"));
    expect([twice["app/_vendor/blib.py"], twice["app/_vendor/alib/words.txt"], twice["app_tool-1.0.dist-info/METADATA"]?.match(/^Requires-Dist.*$/gm)]).toEqual(["", "words\n", ["Requires-Dist: other", "Requires-Dist: dlib"]]);
  });

  test("links are copies; packages with names of directories that are skipped elsewhere; what another tool vendored is the project's", () => {
    const place = temporary();
    write(join(place, "app-1.0"), { "app/__init__.py": "", "app/build/__init__.py": "import alib\n", "README": "text\n", "docs/x": "", "PKG-INFO": information, "pyproject.toml": `${pyproject}[tool.vendoring]\ndestination = "app/_vendor"\nnamespace = "app._vendor"\nrequirements = "app/_vendor/vendor.txt"\n`, "app/_vendor/vendor.txt": "other==1\n", "app/_vendor/other.py": "" });
    symlinkSync("../README", join(place, "app-1.0/docs/README"));
    symlinkSync("README", join(place, "app-1.0/docs/again"));
    expect(spawnSync("tar", ["czf", "app-1.0.tar.gz", "app-1.0"], { cwd: place }).status).toBe(0);
    const [input, out] = [join(place, "app-1.0.tar.gz"), temporary()];
    expect(wheel(input, out, "--vendor", shelf())).toMatchObject({ status: 2, stderr: expect.stringMatching(/app\/_vendor: was not made by this tool.*other\.py/) });
    expect(wheel(input, out, "--vendor", shelf(), "--namespace", "app._private").status).toBe(0);
    const files = unpack(join(out, "app_tool-1.0.tar.gz"));
    expect([files["app_tool-1.0/docs/README"], files["app_tool-1.0/docs/again"], files["app_tool-1.0/app/_vendor/other.py"], files["app_tool-1.0/app/build/__init__.py"]]).toEqual(["text\n", "text\n", "", "from app._private import alib\n"]);
  });

  test("--build --rename builds the wheel and gives it another name; without --build the message says so", () => {
    const out = temporary();
    const run = wheel(sdist(), out, "--build", "--rename", "app=app_1");
    expect([run.status, run.stderr]).toEqual([0, ""]);
    expect(readdirSync(out)).toEqual([expect.stringMatching(/^app_tool_1-1\.0-py3-none-any\.whl$/)]);
    const refused = wheel(sdist(), out, "--rename", "app=app_1");
    expect([refused.status, refused.stderr]).toEqual([2, expect.stringMatching(/source distribution[^]*Add --build/)]);
  });

  test("--build gives a wheel", () => {
    const out = temporary();
    expect(wheel(sdist(), out, "--build", "--vendor", shelf()).status).toBe(0);
    expect(readdirSync(out)).toEqual(["app_tool-1.0-py3-none-any.whl"]);
  });

  test("setup.cfg and .egg-info, and no pyproject.toml: what a build takes by default, behind the backend of ours", () => {
    const out = temporary();
    const input = sdist({
      "pyproject.toml": "", "PKG-INFO": "Metadata-Version: 2.1\nName: App.Tool\nVersion: 1.0\n", "App.Tool.egg-info/PKG-INFO": "Metadata-Version: 2.1\nName: App.Tool\nVersion: 1.0\n", "App.Tool.egg-info/requires.txt": "alib<2\nother\n\n[more:python_version > '3']\nalib[d]\nmlib\n",
      "setup.cfg": "[metadata]\nname = App.Tool\n[options]\ninstall_requires =\n    alib<2\n    other\n[options.extras_require]\nmore =\n    alib[d]\n    mlib\n",
    });
    const run = wheel(input, out, "--vendor", shelf(), "--format", "json");
    expect(JSON.parse(run.stdout).result.requires).toEqual({ removed: ["alib<2", 'alib[d] ; (python_version > \'3\') and extra == "more"'], added: ["blib", "dlib"] });
    const files = unpack(join(out, "app_tool-1.0.tar.gz"));
    expect(files["app_tool-1.0/setup.cfg"]).toBe("[metadata]\nname = App.Tool\n[options]\ninstall_requires =\n    blib\n    dlib\n    other\n[options.extras_require]\nmore =\n    mlib\n");
    expect(files["app_tool-1.0/App.Tool.egg-info/requires.txt"]).toBe("blib\ndlib\nother\n\n[more:python_version > '3']\nmlib\n");
    expect(files["app_tool-1.0/pyproject.toml"]).toBe('[build-system]\nrequires = ["setuptools>=40.8.0"]\nbuild-backend = "enisle_build"\nbackend-path = ["_enisle"]\n');
    expect(JSON.parse(files["app_tool-1.0/_enisle/enisle_build.json"] ?? "").backend).toBe("setuptools.build_meta:__legacy__");
  });

  test("bad input: no source distribution, links, damage, compiled copies, versions that it does not admit, a configuration that cannot be edited", () => {
    const out = temporary();
    const alib = shelf();
    const linked = temporary();
    write(linked, { "app-1.0/PKG-INFO": information, "app-1.0/app/__init__.py": "" });
    symlinkSync("../../../etc/passwd", join(linked, "app-1.0/app/data"));
    expect(spawnSync("tar", ["czf", "app-1.0.tar.gz", "app-1.0"], { cwd: linked }).status).toBe(0);
    write(linked, { "cut.tar.gz": readFileSync(sdist()).subarray(0, 300), "text.tar.gz": "text" });
    const compiled = makeWheel(temporary(), { "clib/__init__.py": "", "clib/fast.so": "\u007fELF" }, { name: "clib", tag: "cp311-cp311-linux_x86_64" });
    const nothing = temporary();
    write(nothing, { "x-1/a.py": "" });
    expect(spawnSync("tar", ["czf", "x-1.tar.gz", "x-1"], { cwd: nothing }).status).toBe(0);
    for (const [input, args, message] of [
      [join(linked, "app-1.0.tar.gz"), ["--vendor", alib], /app\/data: is a link to something else[^]*--build/], [join(linked, "cut.tar.gz"), ["--vendor", alib], /damaged or cut off/], [join(linked, "text.tar.gz"), ["--vendor", alib], /damaged or cut off/],
      [join(nothing, "x-1.tar.gz"), ["--vendor", alib], /no PKG-INFO/], [sdist(), ["--vendor", compiled], /compiled parts[^]*--build/], [sdist(), [], /nothing to vendor/],
      [sdist({ "PKG-INFO": information.replace("alib<2,>=1", "alib>=2") }), ["--vendor", alib], /requires alib>=2/],
      [sdist({ "pyproject.toml": pyproject.replace(/\[build-system\][^]*?\n\n/, 'build-system = { requires = [], build-backend = "backend", backend-path = ["."] }\n') }), ["--vendor", alib], /pyproject\.toml.*cannot be edited/],
      [sdist({ "pyproject.toml": "[tool\n" }), ["--vendor", alib], /App\.Tool-1\.0\.tar\.gz.*pyproject\.toml:1/],
      [alib, ["--build", "--vendor", alib], /--build makes a wheel of a source distribution/],
    ] as const) {
      const run = wheel(input, out, ...args);
      expect([run.status, run.stderr, run.stdout]).toEqual([2, expect.stringMatching(message), ""]);
      expect(run.stderr).not.toMatch(/internal error|enisle-sdist-/);
    }
    expect(existsSync(out) && readdirSync(out)).toEqual([]);
  });
});
