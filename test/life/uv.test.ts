/**
 * uv as the engine. No index: it looks into folders, and at a server of our own. Needs uv on PATH; where CI is set it is installed from the index
 * into an environment that goes afterwards, and elsewhere the tests are skipped without it.
 */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { makeWheel } from "../vendor/wheel.ts";
import { type Run, enisle, existsSync, join, project, readFileSync, snapshot, temporary, write } from "../vendor/project.ts";
import { archive, backend } from "./sdist.ts";
import { passwordServer } from "./passwordServer.ts";

const present = onPath() || (process.env["CI"] !== undefined && installed());
if (!present) console.warn("uv is not on PATH: its tests are skipped");

function onPath(): boolean {
  return spawnSync("uv", ["--version"]).status === 0;
}

function installed(): boolean {
  const directory = mkdtempSync(join(tmpdir(), "enisle-uv-"));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  execFileSync("python3", ["-m", "venv", directory]);
  execFileSync(join(directory, "bin/python"), ["-m", "pip", "install", "-q", "uv"]);
  process.env["PATH"] = `${join(directory, "bin")}:${process.env["PATH"] ?? ""}`;
  return onPath();
}

const sha256 = (path: string): string => createHash("sha256").update(readFileSync(path)).digest("hex");

function shelf(): { folder: string; one: string } {
  const folder = temporary();
  const one = makeWheel(folder, { "alib/__init__.py": "import alib.core\n", "alib/core.py": "" }, { requires: ["blib>=1"] });
  makeWheel(folder, { "alib/__init__.py": "import blib\n" }, { version: "2.0", requires: ["blib>=1", "clib; extra == 'more'"] });
  makeWheel(folder, { "blib.py": "" }, { name: "blib", version: "1.1" });
  makeWheel(folder, { "blib.py": "" }, { name: "blib", version: "1.3" });
  makeWheel(folder, { "clib.py": "" }, { name: "clib" });
  return { folder, one };
}

function uv(command: string, root: string, folder: string, ...args: string[]): Run {
  return enisle([command, "-C", root, "--engine", "uv", "--offline", "--find-links", folder, ...args]);
}

function vendored(root: string): Record<string, string> {
  const manifest = JSON.parse(readFileSync(join(root, "acme/_vendor/vendored.json"), "utf8"));
  return Object.fromEntries(manifest.distributions.map((each: { name: string; version: string; requirement: string }) => [`${each.name} ${each.version}`, each.requirement]));
}

function refused(root: string, run: Run): string {
  expect(run.stderr).not.toContain("internal error");
  expect([run.status, run.stdout, existsSync(join(root, "acme/_vendor"))]).toEqual([2, "", false]);
  return run.stderr;
}

describe.skipIf(!present)("uv", () => {
  test("a range with a constraint, with what it requires: the very tree that pip gives", () => {
    const { folder } = shelf();
    const [root, other] = [project({ "acme/app.py": "import alib\n", "pins.txt": "blib<1.2\n" }), project({ "acme/app.py": "import alib\n", "pins.txt": "blib<1.2\n" })];
    expect(uv("vendor", root, folder, "--with-deps", "-c", join(root, "pins.txt"), "alib[more]>=1,<3").status).toBe(0);
    expect(vendored(root)).toEqual({ "alib 2.0": "alib[more]>=1,<3", "blib 1.1": "blib==1.1", "clib 1.0": "clib==1.0" });
    expect(enisle(["vendor", "-C", other, "--offline", "--find-links", folder, "--with-deps", "-c", join(other, "pins.txt"), "alib[more]>=1,<3"]).status).toBe(0);
    expect(snapshot(root)).toEqual(snapshot(other));
  });

  test("configured, updated, and what is behind", () => {
    const { folder } = shelf();
    const root = project({ "pyproject.toml": `[tool.enisle]\nengine = "uv"\nvendor = ["alib==1.0"]\nfind-links = ["${folder}"]\n` });
    const run = enisle(["vendor", "-C", root, "--offline", "--pip", "/no/pip"]);
    expect([run.status, run.stderr]).toEqual([0, ""]);
    const behind = enisle(["update", "-C", root, "--offline", "--outdated", "--pip", "/no/pip", "--format", "json"]);
    expect(JSON.parse(behind.stdout).result.outdated).toMatchObject([{ name: "alib", version: "1.0", newest: "2.0" }]);
    expect(enisle(["update", "-C", root, "--offline", "alib", "--pip", "/no/pip"]).status).toBe(0);
    expect(vendored(root)).toEqual({ "alib 2.0": "alib==2.0" });
  });

  test("a hash that fits, one that does not; unknown versions; conflicts; a yanked version", () => {
    const { folder, one } = shelf();
    const root = project();
    expect(refused(root, uv("vendor", root, folder, `alib==1.0 --hash=sha256:${"0".repeat(64)}`))).toMatch(/no archive of it has the hash/);
    expect(refused(root, uv("vendor", root, folder, `alib==1.0 --hash=sha256:${sha256(one)}`, "blib"))).toMatch(/blib.*no hash is given/);
    expect(refused(root, uv("vendor", root, folder, "alib==9"))).toMatch(/alib==9/);
    expect(refused(root, uv("vendor", root, folder, "zlib9"))).toMatch(/zlib9 was not found/);
    expect(refused(root, uv("vendor", root, folder, "alib>1", "alib<2"))).toMatch(/Loosen/);
    const page = join(write(temporary(), { "page.html": `<!DOCTYPE html><html><body><a href="file://${one}" data-yanked="broken">alib-1.0-py3-none-any.whl</a></body></html>` }), "page.html");
    const fresh = { env: { XDG_CACHE_HOME: temporary() } };
    expect(refused(root, enisle(["vendor", "-C", root, "--engine", "uv", "--offline", "--find-links", page, "alib==1.0"], fresh))).toMatch(/alib.*yanked/);
    expect(uv("vendor", root, folder, `alib==1.0 --hash=sha256:${sha256(one)}`).status).toBe(0);
  });

  test("source archives and trees are built, and not twice; a build that fails shows its log, shortened", () => {
    const place = temporary();
    const sdist = archive(place);
    const root = project();
    expect(uv("vendor", root, place, sdist).status).toBe(0);
    expect(JSON.parse(readFileSync(join(root, "acme/_vendor/vendored.json"), "utf8")).distributions[0].source).toEqual({ kind: "sdist", file: "slib-0.1.tar.gz", sha256: sha256(sdist) });
    const tree = project();
    expect(uv("vendor", tree, place, join(place, "slib-0.1")).status).toBe(0);
    expect(readFileSync(join(tree, "acme/_vendor/slib.py"), "utf8")).toBe("from acme._vendor import slib\n");
    write(place, { "slib-0.1/backend.py": `${backend}\ndef build_wheel(*args): raise SystemExit("no backend today")\n` });
    const broken = project();
    expect(refused(broken, uv("vendor", broken, place, join(place, "slib-0.1")))).toMatch(/uv could not build[^]*no backend today[^]*whole log: /);
    expect(refused(broken, uv("vendor", broken, place, "--only-binary", join(place, "slib-0.1")))).toMatch(/has to be built/);
  });

  test("a repository at a commit", () => {
    const repository = write(temporary(), { "slib.py": "import slib\n", "backend.py": backend, "pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n[project]\nname = "slib"\nversion = "0.1"\n' });
    const git = (...args: string[]): string => execFileSync("git", ["-C", repository, "-c", "user.name=x", "-c", "user.email=x@example.org", ...args], { encoding: "utf8" }).trim();
    git("init", "-q");
    git("add", "-A");
    git("commit", "-qm", "x");
    git("tag", "v1");
    const root = project();
    expect(uv("vendor", root, temporary(), `slib @ git+file://${repository}@v1`).status).toBe(0);
    expect(JSON.parse(readFileSync(join(root, "acme/_vendor/vendored.json"), "utf8")).distributions[0].source).toMatchObject({ kind: "vcs", file: `git+file://${repository}@${git("rev-parse", "HEAD")}` });
    const wrong = project();
    expect(refused(wrong, uv("vendor", wrong, temporary(), `git+file://${repository}@nobranch`))).toMatch(/nobranch[^]*reference behind the @/);
  });

  test("an index with a password: used, and never shown; without one, and with an archive that was changed, nothing happens", async () => {
    const { one } = shelf();
    const served = write(temporary(), { "simple/alib/index.html": `<a href="alib-1.0-py3-none-any.whl#sha256=${sha256(one)}">alib-1.0-py3-none-any.whl</a>`, "simple/alib/alib-1.0-py3-none-any.whl": readFileSync(one), "simple/dlib/index.html": `<a href="dlib-1.0-py3-none-any.whl#sha256=${"0".repeat(64)}">dlib-1.0-py3-none-any.whl</a>`, "simple/dlib/dlib-1.0-py3-none-any.whl": readFileSync(makeWheel(temporary(), { "dlib.py": "" }, { name: "dlib" })), "serve.py": passwordServer });
    const child = spawn("python3", [join(served, "serve.py"), served], { stdio: ["ignore", "pipe", "ignore"] });
    onTestFinished(() => void child.kill());
    const port = await new Promise<string>((resolve) => child.stdout.once("data", (chunk: Buffer) => resolve(chunk.toString().trim())));
    const [cache, root] = [temporary(), project()];
    const env = (login: string): NodeJS.ProcessEnv => ({ XDG_CACHE_HOME: cache, UV_CACHE_DIR: temporary(), UV_DEFAULT_INDEX: `http://${login}127.0.0.1:${port}/simple`, UV_HTTP_TIMEOUT: "3" });
    const run = (login: string, ...args: string[]): Run => enisle(["vendor", "-C", root, "--engine", "uv", ...args], { env: env(login) });
    for (const login of ["", "bob:wrong@"]) expect(refused(root, run(login, "alib"))).toMatch(/alib/);
    expect(refused(root, run("bob:s3cr3t@", "dlib"))).toMatch(/hash/i);
    expect(run("bob:s3cr3t@", "alib==1.0").status).toBe(0);
    // What was fetched once is enough.
    const later = project();
    expect(enisle(["vendor", "-C", later, "--engine", "uv", "--offline", "alib"], { env: { XDG_CACHE_HOME: cache, UV_CACHE_DIR: temporary() } }).status).toBe(0);
    expect(JSON.stringify([snapshot(cache), snapshot(root)])).not.toContain("s3cr3t");
    expect(readdirSync(join(cache, "enisle/archives"))).toEqual([sha256(one)]);
  });

  test("a plan: what conflicts, in uv's words", () => {
    const { folder } = shelf();
    const base = write(temporary(), { "a/a/__init__.py": "", "a/pyproject.toml": '[project]\nname = "a"\nversion = "1"\ndependencies = ["alib<2"]\n', "b/b/__init__.py": "", "b/pyproject.toml": '[project]\nname = "b"\nversion = "1"\ndependencies = ["alib>=2"]\n' });
    const run = enisle(["plan", join(base, "a"), join(base, "b"), "--engine", "uv", "--no-index", "--find-links", folder, "--format", "json"], { env: { XDG_CACHE_HOME: temporary() } });
    expect([run.status, run.stderr]).toEqual([0, ""]);
    const { relocations, shared } = JSON.parse(run.stdout).result;
    expect([relocations.length, relocations[0].distribution, shared.map((each: { name: string }) => each.name)]).toEqual([1, "alib", ["alib", "blib"]]);
  });
});

describe("without uv", () => {
  test("a message that says what to do", () => {
    const root = project();
    const bin = temporary();
    const run = enisle(["vendor", "-C", root, "--engine", "uv", "alib"], { env: { PATH: bin } });
    expect(refused(root, run)).toMatch(/uv: no such program[^]*--engine pip/);
  });
});
