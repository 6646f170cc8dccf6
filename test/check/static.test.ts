/** The static rules: what is found, where, and that nothing is found where nothing is. */
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { formatManifest } from "../../src/manifest/write.ts";
import { parseManifest } from "../../src/manifest/read.ts";
import { enisle, join, project, snapshot, temporary, write } from "../vendor/project.ts";
import { makeWheel } from "../vendor/wheel.ts";
import { check, cleanProject, codes } from "./project.ts";

const manifestOf = (root: string): string => join(root, "acme/_vendor/vendored.json");

/** Changes a file of the project, and gives what the check then finds. */
async function after(change: (root: string) => void, files = {}): Promise<string[]> {
  const root = cleanProject(files);
  change(root);
  return codes((await check(root)).findings);
}

describe("leaks", () => {
  test.each([
    ["import alib\n", 1, 8],
    ["x = 1\nif x: import alib.core as c\n", 2, 14],
    ["try:\n    from alib.sub import deep\nexcept ImportError:\n    deep = None\n", 2, 10],
    ["import os, blib\n", 1, 12],
  ])("%j in the project", async (text, line, column) => {
    const root = cleanProject();
    writeFileSync(join(root, "acme/new.py"), text);
    const { findings, result } = await check(root);
    expect(findings).toMatchObject([{ code: "leak", severity: "error", path: "acme/new.py", line, column }]);
    expect(result.clean).toBe(false);
  });

  test("in a copy, even when the manifest agrees with it", async () => {
    const root = cleanProject();
    const file = join(root, "acme/_vendor/alib/core.py");
    writeFileSync(file, readFileSync(file, "utf8").replace("from acme._vendor import alib", "import alib"));
    expect(codes((await check(root)).findings)).toEqual(["leak acme/_vendor/alib/core.py", "copy-changed acme/_vendor/alib/core.py"].toSorted());
    const manifest = parseManifest(readFileSync(manifestOf(root), "utf8"), "");
    const { createHash } = await import("node:crypto");
    const sha256Now = createHash("sha256").update(readFileSync(file)).digest("hex");
    const distributions = manifest.distributions.map((each) => ({ ...each, files: each.files.map((entry) => (entry.path === "alib/core.py" ? { ...entry, sha256Now, sha256Upstream: sha256Now, edits: [] } : entry)) }));
    writeFileSync(manifestOf(root), formatManifest({ ...manifest, distributions }));
    expect(codes((await check(root)).findings)).toEqual(["leak acme/_vendor/alib/core.py"]);
  });

  test("a module of the project with the library's name is no leak", async () => {
    const found = await after((root) => write(root, { "alib.py": "", "acme/new.py": "import alib\n" }));
    expect(found).toEqual(["name-provided-twice acme/new.py"]);
  });

  test("a file that does not parse: in the project an error, in a copy as upstream has it a warning", async () => {
    const root = project({ "acme/app.py": "import alib\n" });
    expect(enisle(["vendor", "-q", "-C", root, makeWheel(temporary(), { "alib/__init__.py": "", "alib/old.py": "print 'x' 'y' z\n" })]).status).toBe(1);
    writeFileSync(join(root, "acme/broken.py"), "def (:\n");
    const { findings } = await check(root);
    expect(findings.map((each) => [each.code, each.severity, each.path])).toEqual([["syntax-error", "warning", "acme/_vendor/alib/old.py"], ["syntax-error", "error", "acme/broken.py"]]);
  });
});

describe("drift", () => {
  const copy = "acme/_vendor/alib/sub/deep.py";
  test.each<[string, string[], (root: string) => void]>([
    ["changed", [`copy-changed ${copy}`], (root) => writeFileSync(join(root, copy), "x = 1\n")],
    ["missing", [`copy-missing ${copy}`], (root) => rmSync(join(root, copy))],
    ["added", ["copy-added acme/_vendor/mine.py"], (root) => writeFileSync(join(root, "acme/_vendor/mine.py"), "")],
    ["renamed", [`copy-missing ${copy}`, "copy-added acme/_vendor/alib/sub/x.py"], (root) => renameSync(join(root, copy), join(root, "acme/_vendor/alib/sub/x.py"))],
    ["executable", [`copy-mode ${copy}`], (root) => chmodSync(join(root, copy), 0o755)],
    ["a link", [`copy-changed ${copy}`], (root) => { rmSync(join(root, copy)); symlinkSync("../core.py", join(root, copy)); }],
    ["a directory", [`copy-changed ${copy}`], (root) => { rmSync(join(root, copy)); mkdirSync(join(root, copy)); }],
    ["generated and changed", ["copy-changed acme/_vendor/__init__.py"], (root) => writeFileSync(join(root, "acme/_vendor/__init__.py"), "x = 1\n")],
    ["bytecode, which Python makes", [], (root) => write(root, { "acme/_vendor/alib/__pycache__/x.cpython-311.pyc": "x" })],
  ])("a file that is %s", async (_, expected, change) => expect(await after(change)).toEqual(expected));

  test.each<[string, (text: string) => string]>([
    ["a version", (text) => text.replace('"version": "1.0"', '"version": "1.1"')],
    ["the tool", (text) => text.replace(/"tool": "enisle [^"]*"/, '"tool": "enisle 9"')],
    ["a requirement", (text) => text.replace('"requires": ["blib"]', '"requires": []')],
    ["white space", (text) => `${text}\n`],
    ["a digest of its own", (text) => text.replace(/("sha256": ")(\w)/g, (_, head: string, digit: string) => head + (digit === "0" ? "1" : "0"))],
    ["no digest of its own", (text) => text.replace(/\n {6}"sha256": "\w+",/, "")],
  ])("a manifest with another line: %s", async (_, change) => {
    const found = await after((root) => writeFileSync(manifestOf(root), change(readFileSync(manifestOf(root), "utf8"))));
    expect(found).toContain("manifest-changed acme/_vendor/vendored.json");
  });

  test("edits that do not give upstream's bytes back", async () => {
    const found = await after((root) => {
      const manifest = parseManifest(readFileSync(manifestOf(root), "utf8"), "");
      const distributions = manifest.distributions.map((each) => ({ ...each, files: each.files.map((file) => ({ ...file, edits: file.edits.map(([at, length, was]) => [at, length, `${was} `] as const) })) }));
      writeFileSync(manifestOf(root), formatManifest({ ...manifest, distributions }));
    });
    expect(new Set(found.map((each) => each.split(" ")[0]))).toEqual(new Set(["copy-irreversible"]));
  });

  test("a namespace that was moved", async () => {
    const found = await after((root) => renameSync(join(root, "acme/_vendor"), join(root, "acme/_libs")));
    expect(found).toContain("manifest-changed acme/_libs/vendored.json");
  });
});

describe("collisions", () => {
  test("two manifests with one namespace", async () => {
    const [one, two] = [cleanProject(), cleanProject()];
    const above = temporary();
    renameSync(one, join(above, "one"));
    renameSync(two, join(above, "two"));
    const { findings, result } = await check(above);
    expect(codes(findings)).toEqual(["namespace-twice two/acme/_vendor/vendored.json"]);
    expect(result.manifests).toBe(2);
  });

  test("a module beside the namespace's package", async () => {
    expect(await after((root) => write(root, { "acme/_vendor.py": "" }))).toEqual(["namespace-shadowed acme/_vendor.py"]);
  });

  test("a package called like a module of the standard library", async () => {
    const root = write(temporary(), { "platform/__init__.py": "", "platform/app.py": "import alib\n" });
    expect(enisle(["vendor", "-q", "-C", root, makeWheel(temporary(), { "alib/__init__.py": "" })]).status).toBe(0);
    expect(codes((await check(root)).findings)).toEqual(["namespace-shadowed platform/_vendor/vendored.json"]);
  });

  test("in an installation only the package itself is the project's", async () => {
    const root = cleanProject();
    const site = temporary();
    renameSync(join(root, "acme"), join(site, "acme"));
    write(site, { "acme-1.0.dist-info/METADATA": "Name: acme\n", "other.py": "import alib\n", "alib.py": "" });
    expect(codes((await check(site)).findings)).toEqual([]);
    write(site, { "acme/new.py": "import alib\n" });
    expect(codes((await check(site)).findings)).toEqual(["leak acme/new.py", "name-provided-twice acme/new.py"]);
  });
});

describe("stale", () => {
  test("a copy that nothing names, and requirements that nothing provides", async () => {
    const root = project({ "acme/app.py": "import alib\n", "pyproject.toml": '[project]\nname = "acme"\ndependencies = ["there"]\n' });
    const directory = temporary();
    const wheels = [makeWheel(directory, { "alib/__init__.py": "" }, { requires: ["gone>=2", "there", "clib"] }), makeWheel(directory, { "blib.py": "" }, { name: "blib" }), makeWheel(directory, { "clib.py": "" }, { name: "clib" }), makeWheel(directory, { "dlib.py": "import elib\n" }, { name: "dlib", requires: ["elib"] }), makeWheel(directory, { "elib.py": "" }, { name: "elib" })];
    expect(enisle(["vendor", "-q", "-C", root, ...wheels]).status).toBe(0);
    const { findings, result } = await check(root);
    expect(findings.map((each) => [each.code, each.severity, each.distribution])).toEqual([["copy-unused", "warning", "blib"], ["copy-unused", "warning", "dlib"], ["copy-unused", "warning", "elib"], ["requirement-missing", "warning", "alib"]]);
    expect(findings[3]?.message).toMatch(/gone>=2$/);
    expect(result.clean).toBe(true);
  });
});

describe("settings", () => {
  const configured = (more: string): string => `[project]\nname = "acme"\n[tool.enisle]\nnamespace = "acme._vendor"\n${more}`;
  test("that the copies were not made with", async () => {
    const found = await after((root) => write(root, { "pyproject.toml": configured('[[tool.enisle.leave]]\nstring = "something.else"\n') }));
    expect(found).toEqual(["settings-changed acme/_vendor/vendored.json"]);
  });

  test.each([[[]], [["--runtime-map"]], [["--verified", "report"]]])("of the command line are found again: %j", async (options) => {
    const root = project({ "acme/app.py": "import alib\n" });
    const library = { "alib/__init__.py": "name = 'alib.core.answer'\nimport importlib\ndef load(n): return importlib.import_module(n)\n", "alib/core.py": "answer = 42\n" };
    expect(enisle(["vendor", "-q", "-C", root, ...options, makeWheel(temporary(), library)]).status).toBe(0);
    const { findings, result } = await check(root);
    expect(result.clean, JSON.stringify(findings)).toBe(true);
    expect(findings.map((each) => each.code)).not.toContain("settings-changed");
  });
});

describe("accepted", () => {
  const accepting = (entry: string): { "pyproject.toml": string } => ({ "pyproject.toml": `[project]\nname = "acme"\n[tool.enisle]\nnamespace = "acme._vendor"\n${entry}` });
  test("with a reason: a note, and clean", async () => {
    const root = cleanProject(accepting('[[tool.enisle.accept]]\ncode = "leak"\npath = "acme/n*.py"\nreason = "by design"\n'));
    expect(codes((await check(root)).findings)).toEqual(["acceptance-unused pyproject.toml"]);
    writeFileSync(join(root, "acme/new.py"), "import alib\n");
    const { findings, result } = await check(root);
    expect(findings).toMatchObject([{ code: "leak", severity: "note", accepted: "by design" }]);
    expect(result.clean).toBe(true);
    expect(enisle(["check", "-C", root]).status).toBe(0);
    writeFileSync(join(root, "acme/other.py"), "import alib\n");
    expect((await check(root)).result.clean).toBe(false);
  });

  test.each([
    ['[[tool.enisle.accept]]\ncode = "leak"\n', /'accept\.0' must have required property 'reason'/],
    ['[[tool.enisle.accept]]\ncode = "leak"\nreason = "x"\npaths = "y"\n', /unknown key 'accept\.0\.paths'\n.*'path'/],
    ['[[tool.enisle.accept]]\ncode = 3\nreason = "x"\n', /'accept\.0\.code' must be string/],
  ])("%j is refused", (entry, message) => {
    const root = cleanProject();
    write(root, accepting(entry));
    const run = enisle(["check", "-C", root]);
    expect(run.status).toBe(2);
    expect(run.stderr).toMatch(message);
  });
});

describe("the command", () => {
  test("JSON, exit codes, and nothing is written", () => {
    const root = cleanProject();
    const before = snapshot(root);
    const run = enisle(["check", "-C", root, "--format", "json"]);
    expect(run.status).toBe(0);
    const { command, result, findings } = JSON.parse(run.stdout);
    expect([command, findings]).toEqual(["check", []]);
    expect(result).toEqual({ manifests: 1, files: Object.keys(before).length - 2, clean: true, namespaces: [{ namespace: "acme._vendor", path: "acme/_vendor", distributions: [{ name: "alib", version: "1.0" }, { name: "blib", version: "1.0" }] }] });
    expect(snapshot(root)).toEqual(before);
    write(root, { "acme/new.py": "import alib\n" });
    expect(enisle(["check", root]).status).toBe(1);
    expect(enisle(["check", join(root, "acme")]).stdout).toContain("acme/new.py");
  });

  test("text fits 80 columns, and says once what to do", () => {
    const root = cleanProject();
    for (const name of ["a", "b", "c"]) write(root, { [`acme/${name}.py`]: "import alib\nimport blib.tools as something_long\nfrom alib.sub import deep\n" });
    const { stdout } = enisle(["check", "-C", root]);
    expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
    expect(stdout.match(/Run `enisle vendor` again/g)).toHaveLength(1);
    expect(stdout).toMatch(/Not clean: 1 manifest, \d+ files; 9 errors\n$/);
    expect(enisle(["check", "-q", "-C", cleanProject()]).stdout).toBe("");
  });

  test.each([[["--dry-run"]], [["--together"]], [["--format", "xml"]], [["--import-timeout", "0"]]])("wrong usage: %j", (args) => {
    const run = enisle(["check", "-C", cleanProject(), ...args]);
    expect([run.status, run.stdout]).toEqual([2, ""]);
    expect(run.stderr).not.toBe("");
  });

  test.each<[string, RegExp, (root: string) => string[]]>([
    ["no manifest", /no vendored\.json below/, (root) => { rmSync(manifestOf(root)); return []; }],
    ["no such directory", /nowhere: no such/, (root) => [join(root, "nowhere")]],
    ["a file", /is not a directory/, (root) => [join(root, "acme/app.py")]],
    ["a damaged manifest", /vendored\.json: the manifest is damaged/, (root) => { writeFileSync(manifestOf(root), "{}"); return []; }],
    ["a truncated manifest", /vendored\.json: the manifest is damaged/, (root) => { writeFileSync(manifestOf(root), readFileSync(manifestOf(root), "utf8").slice(0, -30)); return []; }],
    ["a newer manifest", /newer version/, (root) => { writeFileSync(manifestOf(root), '{"schema": 7}'); return []; }],
    ["an edit that is none", /manifest is damaged: a file of alib/, (root) => { writeFileSync(manifestOf(root), readFileSync(manifestOf(root), "utf8").replace(/"distributions"[^]*?"edits":\[(?=\[)/, (start) => `${start}5,`)); return []; }],
  ])("cannot run: %s", (_, message, act) => {
    const root = cleanProject();
    const run = enisle(["check", "-C", root, ...act(root)]);
    expect(run.stderr).not.toContain("internal error");
    expect(run.stderr).toMatch(message);
    expect(run.status).toBe(2);
    expect(run.stdout).toBe("");
  });
});
