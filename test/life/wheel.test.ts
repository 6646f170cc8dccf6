/** `enisle wheel`: a wheel in, a self-contained one out, which pip installs and which imports. */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { commonTags, compressed } from "../../src/wheel/tags.ts";
import { makeWheel } from "../vendor/wheel.ts";
import { type Run, enisle, existsSync, join, project, python, readFileSync, snapshot, temporary } from "../vendor/project.ts";

function wheel(input: string, out: string, ...args: string[]): Run {
  return enisle(["wheel", input, "-w", out, ...args]);
}

function unpacked(path: string): Record<string, string> {
  const directory = temporary();
  expect(spawnSync("python3", ["-m", "zipfile", "-e", path, directory]).status).toBe(0);
  return snapshot(directory);
}

const app = { "app/__init__.py": "import alib\n", "app/build/x.py": "from alib import core\n", "app-1.0.dist-info/entry_points.txt": "[console_scripts]\napp = app:main\nalib-tool = alib.core:main\n", "app-1.0.data/scripts/run": "#!python\nimport alib\n" };

describe("build directory", () => {
  test("the project stays as it is, and a relocated copy of it lies there", () => {
    const root = project({ ".gitignore": "build/\n", "acme/app.py": "import alib\n", "data/x.bin": "x" });
    expect(spawnSync("git", ["init", "-q", root]).status).toBe(0);
    const before = snapshot(root);
    const alib = makeWheel(temporary(), { "alib.py": "" });
    const out = join(root, "build/out");
    expect(enisle(["vendor", "-C", root, alib, "--out", out]).status).toBe(0);
    const made = snapshot(out);
    expect([made["acme/app.py"], made["data/x.bin"], made[".git/HEAD"]]).toEqual(["from acme._vendor import alib\n", "x", undefined]);
    expect(Object.fromEntries(Object.entries(snapshot(root)).filter(([path]) => !path.startsWith("build/")))).toEqual(before);
    for (const [args, message] of [[["--out", out], /is not empty/], [["--out", root], /not empty/], [["--out", join(root, "o"), "--namespace", "nobody.x"], /nobody/]] as const) {
      const run = enisle(["vendor", "-C", root, alib, ...args]);
      expect([run.status, run.stderr]).toEqual([2, expect.stringMatching(message)]);
    }
  });
});

describe("wheel", () => {
  test("relocated inside, metadata right, RECORD true, the same bytes each time, installed and imported", () => {
    const [shelf, out, again] = [temporary(), temporary(), temporary()];
    const input = makeWheel(shelf, app, { name: "app", requires: ["alib<2,>=1", "other", "clib; extra == 'c'"] });
    const alib = makeWheel(shelf, { "alib/__init__.py": "import alib.core\n", "alib/core.py": "def main(): pass\n", "alib-1.0.dist-info/licenses/LICENSE": "MIT\n" }, { requires: ["blib", "dlib; extra == 'd'", "other"] });
    const run = wheel(input, out, "--vendor", alib, "--format", "json");
    expect([run.status, run.stderr]).toEqual([0, ""]);
    expect(JSON.parse(run.stdout).result.requires).toEqual({ removed: ["alib<2,>=1"], added: ["blib"] });
    const path = join(out, "app-1.0-py3-none-any.whl");
    const files = unpacked(path);
    expect(files["app/__init__.py"]).toBe("from app._vendor import alib\n");
    expect(files["app/build/x.py"]).toBe("from app._vendor.alib import core\n");
    expect(files["app-1.0.data/scripts/run"]).toBe("#!python\nfrom app._vendor import alib\n");
    expect(files["app-1.0.dist-info/entry_points.txt"]).toContain("alib-tool = app._vendor.alib.core:main\n");
    expect(files["app-1.0.dist-info/METADATA"]).toBe("Metadata-Version: 2.1\nName: app\nVersion: 1.0\nProvides-Extra: c\nRequires-Dist: other\nRequires-Dist: clib; extra == 'c'\nRequires-Dist: blib\nLicense: MIT\n\nText.\n");
    expect(files["app-1.0.dist-info/licenses/vendored/alib/LICENSE"]).toBe("MIT\n");
    expect(JSON.parse(files["app-1.0.dist-info/sboms/enisle.cdx.json"] ?? "").components[0].purl).toBe("pkg:pypi/alib@1.0");
    expect(JSON.parse(files["app/_vendor/vendored.json"] ?? "").distributions[0].files.map((each: { path: string }) => each.path).every((name: string) => `app/_vendor/${name}` in files)).toBe(true);
    const record = python(`import base64, csv, hashlib, io, zipfile\nz = zipfile.ZipFile(${JSON.stringify(path)})\nrows = {r[0]: r[1] for r in csv.reader(io.StringIO(z.read('app-1.0.dist-info/RECORD').decode()))}\nprint(set(rows) == set(z.namelist()), [n for n in z.namelist() if not n.endswith('RECORD') and rows[n] != 'sha256=' + base64.urlsafe_b64encode(hashlib.sha256(z.read(n)).digest()).rstrip(b'=').decode()], z.namelist()[-1], {i.date_time for i in z.infolist()})`, out);
    expect(record.stdout.trim()).toBe("True [] app-1.0.dist-info/RECORD {(1980, 1, 1, 0, 0, 0)}");
    expect(wheel(input, again, "--vendor", alib).status).toBe(0);
    expect(readFileSync(join(again, "app-1.0-py3-none-any.whl")).equals(readFileSync(path))).toBe(true);
    const dated = enisle(["wheel", input, "--vendor", alib, "-w", again], { env: { SOURCE_DATE_EPOCH: "1700000000", TZ: "Asia/Tokyo" } });
    expect(dated.status).toBe(0);
    expect(python(`import zipfile; print({i.date_time for i in zipfile.ZipFile(${JSON.stringify(join(again, "app-1.0-py3-none-any.whl"))}).infolist()})`, out).stdout.trim()).toBe("{(2023, 11, 14, 22, 13, 20)}");
    const site = temporary();
    expect(spawnSync("python3", ["-m", "pip", "install", "-q", "--no-deps", "--no-index", "--disable-pip-version-check", "--target", site, path], { encoding: "utf8" }).status).toBe(0);
    expect(python("import app, sys; print(app.alib.core.__name__, 'alib' in sys.modules)", site).stdout.trim()).toBe("app._vendor.alib.core False");
    // What was made is a wheel that goes in again, with its copies and another one.
    expect(wheel(path, temporary(), "--vendor", makeWheel(temporary(), { "other.py": "" }, { name: "other" })).status).toBe(0);
  });

  test("compiled parts change the tags, or are refused where nothing is left", () => {
    const [shelf, out] = [temporary(), temporary()];
    const input = makeWheel(shelf, { "app/__init__.py": "" }, { name: "app" });
    const compiled = makeWheel(shelf, { "alib/__init__.py": "", "alib/x.so": "ELF" }, { tag: "cp311-abi3-manylinux_2_17_x86_64" });
    expect(wheel(input, out, "--vendor", compiled).status).toBe(0);
    const [name] = readdirSync(out);
    expect(name).toBe("app-1.0-cp311-abi3-manylinux_2_17_x86_64.whl");
    expect(unpacked(join(out, name ?? ""))["app-1.0.dist-info/WHEEL"]).toBe("Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: cp311-abi3-manylinux_2_17_x86_64\n");
    const other = makeWheel(temporary(), { "app/__init__.py": "", "app/y.so": "ELF" }, { name: "app", tag: "cp39-cp39-win_amd64" });
    const refused = wheel(other, out, "--vendor", compiled);
    expect([refused.status, refused.stderr]).toEqual([2, expect.stringMatching(/alib: its compiled parts are for cp311-abi3-manylinux/)]);
    expect(commonTags(["py3-none-any"], ["cp311-cp311-linux_x86_64"])).toEqual(["cp311-cp311-linux_x86_64"]);
    expect(commonTags(["cp38-abi3-linux_x86_64"], ["cp311-cp311-linux_x86_64"])).toEqual(["cp311-cp311-linux_x86_64"]);
    expect(commonTags(["cp312-abi3-linux_x86_64"], ["cp311-cp311-linux_x86_64"])).toEqual([]);
    expect(compressed(["py2-none-any", "py3-none-any"])).toBe("py2.py3-none-any");
  });

  test("a licence text that several have is there once, the wheel's own not again; what an extra asks for forbids no version", () => {
    const [shelf, out] = [temporary(), temporary()];
    const input = makeWheel(shelf, { "app/__init__.py": "", "app-1.0.dist-info/LICENSE": "own\n" }, { name: "app", requires: ["alib", "alib==7; extra == 'old'"] });
    const licensed = (name: string, texts: Record<string, string>): string => makeWheel(shelf, { [`${name}.py`]: "", ...Object.fromEntries(Object.entries(texts).map(([file, text]) => [`${name}-1.0.dist-info/${file}`, text])) }, { name });
    const [alib, blib] = [licensed("alib", { "LICENSE.APACHE": "shared\n", "NOTICE": "alib's\n" }), licensed("blib", { LICENSE: "shared\n", COPYING: "own\n", "licenses/LICENSE.MIT": "blib's\n" })];
    const run = wheel(input, out, "--vendor", alib, "--vendor", blib);
    expect([run.status, run.stderr]).toEqual([0, ""]);
    const files = unpacked(join(out, "app-1.0-py3-none-any.whl"));
    expect(Object.entries(files).filter(([path]) => path.includes("/licenses/")).map(([path, text]) => [path.replace("app-1.0.dist-info/licenses/", ""), text]).sort()).toEqual([
      ["vendored/alib+blib/LICENSE.APACHE", "shared\n"], ["vendored/alib/NOTICE", "alib's\n"], ["vendored/blib/LICENSE.MIT", "blib's\n"],
    ]);
    expect(files["app-1.0.dist-info/METADATA"]).not.toMatch(/^Requires-Dist: alib/m);
  });

  test("bad input: a RECORD that lies, a version that the wheel does not admit, no package, nothing to vendor", () => {
    const [shelf, out] = [temporary(), temporary()];
    const alib = makeWheel(shelf, { "alib.py": "" });
    const lying = makeWheel(temporary(), { "app/__init__.py": "" }, { name: "app", record: (text) => text.replace(/sha256=\w/, "sha256=0") });
    const strict = makeWheel(shelf, { "app/__init__.py": "" }, { name: "app", requires: ["alib>=2"] });
    const staged = makeWheel(temporary(), { "app/__init__.py": "", ".enisle-staging/x.py": "" }, { name: "app" });
    const bare = makeWheel(temporary(), { "app.py": "" }, { name: "app" });
    for (const [input, args, message] of [[lying, ["--vendor", alib], /RECORD/], [strict, ["--vendor", alib], /requires alib>=2/], [bare, ["--vendor", alib], /no package/], [staged, ["--vendor", alib], /holds '\.enisle-staging'/], [strict, [], /nothing to vendor/], [join(shelf, "gone.whl"), ["--vendor", alib], /gone\.whl/]] as const) {
      const run = wheel(input, out, ...args);
      expect([run.status, run.stderr]).toEqual([2, expect.stringMatching(message)]);
      expect(run.stderr).not.toContain("internal error");
    }
    expect(existsSync(out) && readdirSync(out)).toEqual([]);
  });
});
