/** Bad input: exit code 2, a message that names the file and the way out, and nothing written. */
import { createHash } from "node:crypto";
import { spawnSync } from "node:child_process";
import { readlinkSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type RawEntry, makeWheel, zip } from "./wheel.ts";
import { chmodSync, cli, enisle, join, project, readFileSync, snapshot, temporary, write } from "./project.ts";

const library = { "alib/__init__.py": "import alib\n" };

/** Runs vendor and checks that it refused; returns its message. */
function refused(root: string, args: readonly string[]): string {
  const before = snapshot(root);
  const run = enisle(["vendor", "-C", root, ...args]);
  expect(run.stderr).not.toContain("internal error");
  expect(run.status).toBe(2);
  expect(run.stdout).toBe("");
  expect(snapshot(root)).toEqual(before);
  expect(run.stderr.trimEnd().split("\n").length).toBeGreaterThanOrEqual(2);
  // eslint-disable-next-line no-control-regex -- what must not reach a terminal
  expect(run.stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  return run.stderr;
}

/** A sound wheel but for the name in its metadata. */
function makeNamed(name: string): string {
  const info = "alib-1.0.dist-info";
  const files = { ...library, [`${info}/METADATA`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: 1.0\n`, [`${info}/WHEEL`]: "Wheel-Version: 1.0\n" };
  const rows = Object.entries(files).map(([path, content]) => `${path},sha256=${createHash("sha256").update(content).digest("base64url")},${content.length}\n`);
  const path = join(temporary(), "alib-1.0-py3-none-any.whl");
  writeFileSync(path, zip([...Object.entries(files), [`${info}/RECORD`, `${rows.join("")}${info}/RECORD,,\n`] as const].map(([at, content]) => bad(at, content))));
  return path;
}

const bad = (name: string, content: Buffer | string = "x"): RawEntry => ({ name, content: Buffer.from(content as string) });

describe("archives", () => {
  test.each<[string, RegExp, readonly RawEntry[]]>([
    ["climbs", /'\.\.\/evil\.py' climbs out/, [bad("../evil.py")]],
    ["climbs inside", /climbs out/, [bad("alib/../../evil.py")]],
    ["is absolute", /climbs out/, [bad("/etc/evil.py")]],
    ["has a drive letter", /climbs out/, [bad("C:/evil.py")]],
    ["has backslashes", /climbs out/, [bad("..\\evil.py")]],
    ["is a link", /'alib\/link' is a symbolic link/, [{ ...bad("alib/link", "/etc/passwd"), mode: 0o120777 }]],
    ["is a device", /is no regular file/, [{ ...bad("alib/null"), mode: 0o020666 }]],
    ["is there twice", /same name/, [bad("alib/__init__.py")]],
    ["differs only in case", /differ only in case/, [bad("ALIB/__init__.py")]],
    ["differs only in Unicode form", /differ only/, [bad("alib/\u00e9.py"), bad("alib/e\u0301.py")]],
    ["is a file and a directory", /both a file and a directory/, [bad("alib/__init__.py/x.py")]],
    ["is a bomb", /which no real distribution does|MiB large/, [bad("alib/zeros.bin", Buffer.alloc(200 * 2 ** 20))]],
    ["has control characters in its name", /not listed/, [bad("alib/\u001b[31mred\u0007.py")]],
  ])("an entry that %s", (_, message, extra) => {
    // RECORD lists what it can, so that the entry itself is what is wrong.
    expect(refused(project(), [makeWheel(temporary(), library, { extra })])).toMatch(message);
  });

  test("an entry that unpacks to more than it declares", () => {
    const entry = { ...bad("alib/x.py", "x".repeat(100)), size: 10 };
    const wheel = makeWheel(temporary(), library, { extra: [entry], record: (text) => `${text}alib/x.py,sha256=x,10\n` });
    expect(refused(project(), [wheel])).toMatch(/alib\/x\.py.*size|alib\/x\.py.*damaged/);
  });

  test("a checksum that is wrong", () => {
    const directory = temporary();
    const path = makeWheel(directory, library);
    const damaged = readFileSync(path);
    const at = damaged.indexOf("alib/__init__.py") + "alib/__init__.py".length;
    damaged[at + 4] = (damaged[at + 4] ?? 0) ^ 0xff;
    writeFileSync(path, damaged);
    expect(refused(project(), [path])).toMatch(/alib\/__init__\.py.*(damaged|checksum|size)/);
  });

  test("truncated, empty, text, missing, a directory that is not there", () => {
    const directory = temporary();
    const path = makeWheel(directory, library);
    truncateSync(path, 200);
    write(directory, { "empty.whl": "", "text.whl": "not a zip\n", "x.tar.gz": "x", "x.txt": "x", "plain.whl": zip([bad("a.py")]) });
    for (const name of ["alib-1.0-py3-none-any.whl", "empty.whl", "text.whl"]) expect(refused(project(), [join(directory, name)])).toContain(name);
    expect(refused(project(), [join(directory, "plain.whl")])).toMatch(/not a wheel/);
    expect(refused(project(), [join(directory, "x.tar.gz")])).toMatch(/pip: .*x\.tar\.gz|pip: .*(read|unpack)/i);
    expect(refused(project(), [join(directory, "x.tar.gz"), "--only-binary"])).toMatch(/x\.tar\.gz: has to be built/);
    expect(refused(project(), [join(directory, "x.txt")])).toMatch(/not a wheel/);
    expect(refused(project(), [join(directory, "gone.whl")])).toMatch(/gone\.whl: no such file/);
    expect(refused(project(), ["alib==1.0", "--offline", "--find-links", temporary()])).toMatch(/No matching distribution found for alib==1\.0/);
    expect(refused(project(), [])).toMatch(/SOURCE/);
  });

  test.each<[string, RegExp, (text: string) => string]>([
    ["another digest", /'?acme\/_vendor\/alib\/__init__\.py'? has another digest|another digest/, (text) => text.replace(/sha256=\w/, "sha256=0")],
    ["a file missing from the list", /'alib\/__init__\.py' is not listed/, (text) => text.replace(/^alib.*__init__.*\n/m, "")],
    ["a listed file missing", /'alib\/more\.py' is listed and missing/, (text) => `${text}alib/more.py,sha256=x,1\n`],
    ["no digest", /has no digest/, (text) => text.replace(/sha256=[^,]*/, "")],
    ["a weak digest", /md5/, (text) => text.replace(/sha256=[^,]*/, "md5=abc")],
  ])("a RECORD with %s", (_, message, record) => {
    expect(refused(project(), [makeWheel(temporary(), library, { record })])).toMatch(message);
  });

  test("a newer wheel format, nothing to import, an unsound name", () => {
    expect(refused(project(), [makeWheel(temporary(), library, { wheelVersion: "2.0" })])).toMatch(/format version 2/);
    expect(refused(project(), [makeWheel(temporary(), { "README.txt": "" })])).toMatch(/no importable module/);
  });
});

describe("sources and the namespace", () => {
  test("two sources with one top-level name, or one distribution twice", () => {
    const wheels = temporary();
    const a = makeWheel(wheels, library);
    const other = makeWheel(wheels, { ...library, "alib/__init__.py": "x = 1\n" }, { name: "blib" });
    expect(refused(project(), [a, other])).toMatch(/both provide the module 'alib'[^]*--drop 'alib\/\*\*'/);
    const [c, d] = ["clib", "dlib"].map((name) => makeWheel(wheels, { ...library, "alib/core.py": `NAME = "${name}"\n` }, { name }));
    expect(refused(project(), [c ?? "", d ?? ""])).toMatch(/both provide the file 'alib\/core.py'/);
    expect(refused(project(), [a, makeWheel(wheels, library, { version: "2.0" })])).toMatch(/both are the distribution alib/);
  });

  test.each(["_relocated.py", "_relocated/__init__.py", "_relocated/part.py"])("a library's %s, where the generated helper of that name is needed", (path) => {
    const rival = makeWheel(temporary(), { ...library, [path]: "x = 1\n" });
    const asking = makeWheel(temporary(), { "blib/__init__.py": "def f(name): return __import__(name)\n" }, { name: "blib" });
    const drop = path.endsWith("_relocated.py") ? "_relocated.py" : "_relocated";
    expect(refused(project(), ["--runtime-map", rival, asking])).toMatch(new RegExp(`its module '_relocated' has the name of the module[^]*--drop ${drop.replace(".", "\\.")}\\)`));
    expect(enisle(["vendor", "-q", "-C", project(), "--runtime-map", "--drop", drop, rival, asking])).toMatchObject({ status: 0, stderr: "" });
    expect(enisle(["vendor", "-q", "-C", project(), rival])).toMatchObject({ status: 0, stderr: "" });
  });

  test.each([".enisle-staging/a.py", "alib/.enisle-staging/a.py", "alib/.enisle-staging-17/a.txt"])("a wheel that holds %s", (path) => {
    const wheel = makeWheel(temporary(), { ...library, [path]: "x = 1\n" });
    expect(refused(project(), [wheel])).toMatch(/a name that this tool keeps for its own work in progress[^]*--drop/);
    expect(enisle(["vendor", "-q", "-C", project(), "--drop", "**/.enisle-staging*/**", wheel])).toMatchObject({ status: 0, stderr: "" });
  });

  test("source trees that do not build and links are refused with a way out", () => {
    const backend = 'raise SystemExit("no backend today")\n';
    const tree = write(temporary(), { "pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "broken"\nbackend-path = ["."]\n', "broken.py": backend, "alib/__init__.py": "" });
    expect(refused(project(), [tree])).toMatch(/could not build[^]*no backend today[^]*whole log: /);
    expect(refused(project(), [tree, "--only-binary"])).toMatch(/has to be built/);
    const linked = write(temporary(), library);
    symlinkSync("/etc/passwd", join(linked, "alib/x.py"));
    expect(refused(project(), [linked])).toMatch(/symbolic link/);
  });

  test.each([["1acme._vendor"], ["acme..x"], ["acme.class"], ["acme._vendor."], ["acme.a-b"], ["acme.é"], [""], ["nobody._vendor"], ["vendored"], ["acme.not.there"], ["acme.__init__"], ["acme.__main__._vendor"]])("the namespace %j", (namespace) => {
    expect(refused(project(), ["--namespace", namespace, makeWheel(temporary(), library)])).toMatch(/namespace/);
  });

  test("a library called like the project", () => {
    expect(refused(project(), [makeWheel(temporary(), { "acme/__init__.py": "" })])).toMatch(/own package/);
  });

  test("a namespace directory that is somebody else's", () => {
    const root = project({ "acme/_vendor/mine.py": "x = 1\n" });
    expect(refused(root, [makeWheel(temporary(), library)])).toMatch(/mine\.py/);
    expect(refused(project({ "acme/_vendor": "a file" }), [makeWheel(temporary(), library)])).toMatch(/is a file/);
  });

  test("copies changed, added and deleted by hand", () => {
    const wheel = makeWheel(temporary(), { ...library, "alib/x.py": "" });
    const change: readonly [RegExp, (root: string) => void][] = [
      [/changed by hand: alib\/x\.py/, (root) => writeFileSync(join(root, "acme/_vendor/alib/x.py"), "mine\n")],
      [/not in its manifest: alib\/mine\.py/, (root) => writeFileSync(join(root, "acme/_vendor/alib/mine.py"), "")],
      [/manifest is damaged/, (root) => writeFileSync(join(root, "acme/_vendor/vendored.json"), "{}")],
      [/newer version/, (root) => writeFileSync(join(root, "acme/_vendor/vendored.json"), '{"schema": 99}')],
    ];
    for (const [message, act] of change) {
      const root = project();
      expect(enisle(["vendor", "-C", root, wheel]).status).toBe(0);
      act(root);
      expect(refused(root, [wheel])).toMatch(message);
    }
  });

  test("places that are something else than they should be", () => {
    const wheel = makeWheel(temporary(), library);
    for (const target of [temporary(), "/nowhere"]) {
      const root = project();
      symlinkSync(target, join(root, "acme/_vendor"));
      const run = enisle(["vendor", "-C", root, wheel]);
      expect([run.status, readlinkSync(join(root, "acme/_vendor"))]).toEqual([2, target]);
      expect(run.stderr).toMatch(/acme\/_vendor: is a symbolic link/);
    }
    expect(refused(project({ "acme/_vendor.py": "" }), [wheel])).toMatch(/_vendor\.py: is a module of the project/);
    expect(refused(project({ ".enisle-staging": "mine" }), [wheel])).toMatch(/\.enisle-staging: is a file/);
  });

  test("a name that is no name", () => {
    for (const name of ["../../x", "a\u001b[31mlib", "-"]) expect(refused(project(), [makeNamed(name)])).toMatch(/no name and version/);
    expect(refused(project(), [makeWheel(temporary(), library, { version: "1\u009b31m" })])).toMatch(/no name and version/);
  });

  // Needs user namespaces, which some containers forbid.
  const mounts = spawnSync("unshare", ["-rm", "true"]).status === 0;
  test.skipIf(!mounts)("a namespace directory that another file system is mounted on", () => {
    const root = project({ "acme/_vendor/.keep": "" });
    rmSync(join(root, "acme/_vendor/.keep"));
    const wheel = makeWheel(temporary(), library);
    for (const mount of ["mount -t tmpfs none", `mount --bind ${join(root, "acme/_vendor")}`]) {
      const run = spawnSync("unshare", ["-rm", "sh", "-c", `${mount} ${join(root, "acme/_vendor")} && "${process.execPath}" "${cli}" vendor -C ${root} ${wheel}`], { encoding: "utf8" });
      expect([run.status, run.stdout, run.stderr]).toEqual([2, "", expect.stringMatching(/acme\/_vendor: is in use: another file system is mounted there/)]);
      expect(snapshot(root)).toEqual({ "acme/__init__.py": "" });
    }
  });

  test("bytecode that Python left does not count as a change", () => {
    const root = project();
    const wheel = makeWheel(temporary(), library);
    expect(enisle(["vendor", "-C", root, wheel]).status).toBe(0);
    write(root, { "acme/_vendor/alib/__pycache__/x.cpython-311.pyc": "x" });
    expect(enisle(["vendor", "-C", root, wheel]).status).toBe(0);
  });

  test("files of the project that cannot be written", () => {
    const root = project({ "acme/app.py": "import alib\n" });
    chmodSync(join(root, "acme/app.py"), 0o444);
    expect(refused(root, [makeWheel(temporary(), library)])).toMatch(/acme\/app\.py.*read-only/);
  });

  test("no project, several packages, a broken configuration", () => {
    expect(refused(temporary(), [makeWheel(temporary(), library)])).toMatch(/no package/);
    expect(refused(project({ "other/__init__.py": "" }), [makeWheel(temporary(), library)])).toMatch(/several packages/);
    expect(refused(project({ "pyproject.toml": "[tool.enisle]\nnamspace = 'x'\n" }), [makeWheel(temporary(), library)])).toMatch(/pyproject\.toml:2: unknown key 'namspace'\n.*'namespace'/);
    expect(refused(project({ "pyproject.toml": "[tool\n" }), [makeWheel(temporary(), library)])).toMatch(/pyproject\.toml:1:/);
    const latin = Buffer.concat([Buffer.from("[project]\nname = 'acme'\nauthors = [{ name = 'J"), Buffer.from([0xfc]), Buffer.from("rgen' }]\n")]);
    expect(refused(project({ "pyproject.toml": latin }), [makeWheel(temporary(), library)])).toMatch(/pyproject\.toml:3: is not UTF-8/);
    expect(refused(project({ "enisle.toml": latin }), [makeWheel(temporary(), library)])).toMatch(/enisle\.toml:3: is not UTF-8/);
    expect(refused(project({ "enisle.toml": "include = 3\n" }), [makeWheel(temporary(), library)])).toMatch(/enisle\.toml:1: 'include' must be array/);
  });
});

describe("usage", () => {
  test.each([[["vendro"]], [["vendor", "--nope"]], [["vendor", "--format", "xml", "x"]], [["vendor", "--target-python", "three", "x"]], [["rewrite", "--map", "a", "x.py"]], [["rewrite", "--map", "a=a.b", "x.py"]], [["rewrite", "x.py"]]])("%j is refused", (args) => {
    const run = enisle(args, { cwd: temporary() });
    expect(run.status).toBe(2);
    expect(run.stderr).not.toBe("");
  });
});
