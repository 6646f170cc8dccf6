/** Requirements, lock files and source distributions as sources. No index: pip looks into folders only. */
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { archive as makeArchive } from "./sdist.ts";
import { makeWheel } from "../vendor/wheel.ts";
import { type Run, cli, enisle, existsSync, join, project, python, readFileSync, snapshot, temporary, write } from "../vendor/project.ts";

const sha256 = (path: string): string => createHash("sha256").update(readFileSync(path)).digest("hex");

/** alib 1.0 and 2.0, which needs blib. */
function shelf(): { folder: string; one: string; two: string } {
  const folder = temporary();
  const one = makeWheel(folder, { "alib/__init__.py": "import alib.core\n", "alib/core.py": "" }, { requires: ["blib>=1"] });
  const two = makeWheel(folder, { "alib/__init__.py": "import blib\n" }, { version: "2.0", requires: ["blib>=1", "clib; extra == 'more'"] });
  makeWheel(folder, { "blib.py": "" }, { name: "blib", version: "1.1" });
  makeWheel(folder, { "blib.py": "" }, { name: "blib", version: "1.3" });
  makeWheel(folder, { "clib.py": "" }, { name: "clib" });
  return { folder, one, two };
}

function vendor(root: string, folder: string, ...args: string[]): Run {
  return enisle(["vendor", "-C", root, "--format", "json", "--offline", "--find-links", folder, ...args]);
}

/** The same with nothing in the cache. */
function afresh(root: string, folder: string, ...args: string[]): Run {
  return enisle(["vendor", "-C", root, "--format", "json", "--offline", "--find-links", folder, ...args], { env: { XDG_CACHE_HOME: temporary() } });
}

function vendored(root: string): Record<string, string> {
  const manifest = JSON.parse(readFileSync(join(root, "acme/_vendor/vendored.json"), "utf8"));
  return Object.fromEntries(manifest.distributions.map((each: { name: string; version: string; requirement: string }) => [`${each.name} ${each.version}`, each.requirement]));
}

function refused(root: string, run: Run): string {
  expect(run.stderr).not.toContain("internal error");
  expect([run.status, run.stdout]).toEqual([2, ""]);
  expect(existsSync(join(root, "acme/_vendor"))).toBe(false);
  return run.stderr;
}

test("a source tree is left as it was: what its build writes beside the sources is taken away, and nothing else", () => {
  const place = temporary();
  makeArchive(place);
  const tree = join(place, "slib-0.1");
  const writing = "for d in ('build/lib', 'slib.egg-info', 'src/slib.egg-info', 'old.egg-info'):\n        os.makedirs(d, exist_ok=True)\n        open(d + '/x', 'w').close()\n    ";
  write(tree, { "backend.py": readFileSync(join(tree, "backend.py"), "utf8").replace('name = "slib', `${writing}name = "slib`), "old.egg-info/x": "", "src/x.txt": "", "docs/build/x": "" });
  const before = snapshot(tree);
  const root = project({ "acme/app.py": "import slib\n" });
  expect(vendor(root, temporary(), tree).status).toBe(0);
  expect(vendored(root)).toEqual({ "slib 0.1": "slib-0.1" });
  expect(snapshot(tree)).toEqual(before);
  const planned = enisle(["plan", "--offline", "--find-links", temporary(), "./slib-0.1"], { cwd: place });
  expect([planned.status, planned.stderr]).toEqual([0, ""]);
  expect(snapshot(tree)).toEqual(before);
});

describe("requirements", () => {
  test("a range with a constraint, with what it requires", () => {
    const { folder } = shelf();
    const root = project({ "acme/app.py": "import alib\n", "pins.txt": "blib<1.2\n" });
    expect(vendor(root, folder, "--with-deps", "-c", join(root, "pins.txt"), "alib[more]>=1,<3").status).toBe(0);
    expect(vendored(root)).toEqual({ "alib 2.0": "alib[more]>=1,<3", "blib 1.1": "blib==1.1", "clib 1.0": "clib==1.0" });
    expect(readFileSync(join(root, "acme/_vendor/alib/__init__.py"), "utf8")).toBe("from acme._vendor import blib\n");
    expect(readFileSync(join(root, "acme/app.py"), "utf8")).toBe("from acme._vendor import alib\n");
  });

  test("alone by default; a wheel by its name and by its file come to the same files", () => {
    const { folder, one } = shelf();
    const [named, filed] = [project(), project()];
    const run = vendor(named, folder, "alib==1.0");
    expect(JSON.parse(run.stdout).result.distributions[0].missingRequirements).toEqual(["blib>=1"]);
    expect(vendor(filed, folder, one).status).toBe(0);
    const [a, b] = [snapshot(named), snapshot(filed)];
    // What was asked for differs, and with it the seal of the entry.
    const rest = (text: string | undefined): string | undefined => text?.replace(/"requirement": "alib[^"]*"/, "").replace(/^ {6}"sha256": .*$/m, "");
    expect(rest(a["acme/_vendor/vendored.json"])).toBe(rest(b["acme/_vendor/vendored.json"]));
    expect(Object.keys(a)).toEqual(Object.keys(b));
  });

  test("a direct URL with its name, of a wheel and of a source archive", () => {
    const { folder, one } = shelf();
    const sdist = makeArchive(folder);
    for (const [source, name] of [[`alib @ file://${one}`, "alib 1.0"], [`slib @ file://${sdist}`, "slib 0.1"], [`alib@file://${one}`, "alib 1.0"]] as const) {
      const root = project();
      expect(vendor(root, folder, source).status).toBe(0);
      expect(vendored(root)).toEqual({ [name]: source });
    }
  });

  test.each(["pip", ...(spawnSync("uv", ["--version"]).status === 0 ? ["uv"] : [])])("%s: the pure wheel beside one for this system, unless hashes admit only that", (engine) => {
    const folder = temporary();
    const platform = python("import sysconfig; print(sysconfig.get_platform().replace('-', '_').replace('.', '_'))", folder).stdout.trim();
    const pure = makeWheel(folder, { "plib/__init__.py": "kind = 'pure'\n" }, { name: "plib" });
    const special = makeWheel(folder, { "plib/__init__.py": "kind = 'special'\n" }, { name: "plib", tag: `py3-none-${platform}` });
    const hash = (path: string): string => ` --hash=sha256:${sha256(path)}`;
    for (const [source, kind] of [["plib==1.0", "pure"], [`plib==1.0${hash(special)}${hash(pure)}`, "pure"], [`plib==1.0${hash(special)}`, "special"], [`plib==1.0${hash(pure)}`, "pure"]] as const) {
      const root = project();
      expect(vendor(root, folder, source, "--engine", engine).status).toBe(0);
      expect([source, readFileSync(join(root, "acme/_vendor/plib/__init__.py"), "utf8")]).toEqual([source, `kind = '${kind}'\n`]);
    }
  });

  test("a hash that fits, and one that does not", () => {
    const { folder, one } = shelf();
    const root = project();
    expect(refused(root, vendor(root, folder, `alib==1.0 --hash=sha256:${"0".repeat(64)}`))).toMatch(/hash/i);
    expect(vendor(root, folder, `alib==1.0 --hash=sha256:${sha256(one)}`).status).toBe(0);
    expect(vendored(root)).toEqual({ "alib 1.0": "alib==1.0" });
  });

  test("a file of requirements, with comments, continuations and one inside", () => {
    const { folder, one } = shelf();
    const root = project({ "r.txt": `# first\nalib==1.0 \\\n    --hash=sha256:${sha256(one)}  # pinned\n-r more/r2.txt\n`, "more/r2.txt": "-c c.txt\nblib\n", "more/c.txt": "blib==1.1\n" });
    const plain = project({ "r.txt": "alib==1.0  # pinned\n-r more/r2.txt\n", "more/r2.txt": "-c c.txt\nblib\n", "more/c.txt": "blib==1.1\n" });
    expect(refused(root, vendor(root, folder, "-r", join(root, "r.txt")))).toMatch(/hash/i); // pip wants hashes for all or for none
    expect(vendor(plain, folder, "-r", join(plain, "r.txt")).status).toBe(0);
    expect(vendored(plain)).toEqual({ "alib 1.0": "alib==1.0", "blib 1.1": "blib" });
  });

  test("a lock (PEP 751): pinned, verified, markers and groups settled; another lock version is refused", () => {
    const { folder, one } = shelf();
    const lock = (version: string, digest: string): string => `lock-version = "${version}"\ncreated-by = "x"\ndefault-groups = ["main"]\n[[packages]]\nname = "alib"\nversion = "1.0"\nmarker = "'main' in dependency_groups"\nwheels = [{ name = "alib-1.0-py3-none-any.whl", url = "https://example.org/alib-1.0-py3-none-any.whl", hashes = { sha256 = "${digest}" } }]\n[[packages]]\nname = "clib"\nversion = "1.0"\nmarker = "'dev' in dependency_groups"\nwheels = [{ name = "x.whl", url = "https://example.org/x.whl", hashes = { sha256 = "${"1".repeat(64)}" } }]\n`;
    const root = project({ "pylock.toml": lock("1.0", sha256(one)), "pylock.new.toml": lock("2.0", sha256(one)), "pylock.bad.toml": lock("1.0", "2".repeat(64)) });
    expect(refused(root, vendor(root, folder, join(root, "pylock.new.toml")))).toMatch(/lock version 2\.0/);
    expect(refused(root, vendor(root, folder, join(root, "pylock.bad.toml")))).toMatch(/hash/i);
    expect(vendor(root, folder, join(root, "pylock.toml")).status).toBe(0);
    expect(vendored(root)).toEqual({ "alib 1.0": "alib==1.0" });
  });

  test("unknown versions, a yanked one, no pip", () => {
    const { folder, one } = shelf();
    const root = project();
    expect(refused(root, vendor(root, folder, "alib==9"))).toMatch(/alib==9/);
    const page = join(write(temporary(), { "page.html": `<!DOCTYPE html><html><body><a href="file://${one}" data-yanked="broken">alib-1.0-py3-none-any.whl</a></body></html>` }), "page.html");
    expect(refused(root, afresh(root, page, "alib==1.0"))).toMatch(/alib.*yanked/);
    expect(refused(root, vendor(root, folder, "alib", "--pip", "no-such-program -m pip"))).toMatch(/no-such-program: no such program/);
    expect(afresh(root, page, "alib==1.0", "--allow-yanked").status).toBe(0);
  });

  test("credentials reach neither output nor manifest nor logs", () => {
    const root = project();
    const cache = temporary();
    const run = enisle(["vendor", "-C", root, "alib @ https://user:s3cr3t@localhost:9/alib-1.0-py3-none-any.whl?token=s3cr3t"], { env: { XDG_CACHE_HOME: cache, PIP_RETRIES: "0", PIP_INDEX_URL: "https://bob:s3cr3t@localhost:9/simple", PIP_TIMEOUT: "2" } });
    expect(run.status).toBe(2);
    expect(run.stdout + run.stderr).not.toContain("s3cr3t@");
    expect(JSON.stringify(snapshot(cache))).not.toContain("s3cr3t@");
    expect(run.stderr).toMatch(/--offline/);
  });
});

/** Serves a page with one wheel, and not the rest: "hang" answers nothing, "cut" ends in the middle of the wheel. */
function unreliable(mode: "hang" | "cut"): Promise<{ readonly port: number; readonly close: () => void }> {
  const page = '<a href="alib-1.0-py3-none-any.whl">alib-1.0-py3-none-any.whl</a>';
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", (request) => {
      if (mode === "hang") return;
      if (!request.toString().split("\r\n")[0]?.includes(".whl")) socket.end(`HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: ${page.length}\r\nConnection: close\r\n\r\n${page}`);
      else socket.end("HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: 5000\r\n\r\nPK");
    });
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve({ port: (server.address() as AddressInfo).port, close: () => server.close() })));
}

describe("a network that fails", () => {
  const uv = spawnSync("uv", ["--version"]).status === 0;
  test.each([["pip", "hang", /does not answer[^]*Check the network/], ["pip", "cut", /cut off on the way/], ...(uv ? ([["uv", "hang", /timed out[^]*Check the network/], ["uv", "cut", /Check the network/]] as const) : [])] as const)("%s, %s: a clear failure in the end, nothing changed", async (engine, mode, message) => {
    const { port, close } = await unreliable(mode);
    onTestFinished(close);
    const root = project({ "acme/app.py": "import alib\n" });
    const before = snapshot(root);
    const env = { XDG_CACHE_HOME: temporary(), UV_CACHE_DIR: temporary(), PIP_CONFIG_FILE: "/dev/null", PIP_FIND_LINKS: "", PIP_INDEX_URL: `http://127.0.0.1:${port}/simple`, PIP_TIMEOUT: "1", PIP_DEFAULT_TIMEOUT: "1", PIP_RETRIES: "1", UV_DEFAULT_INDEX: `http://127.0.0.1:${port}/simple`, UV_HTTP_TIMEOUT: "1", UV_HTTP_RETRIES: "0" };
    const child = spawn(process.execPath, [cli, "vendor", "-C", root, "--engine", engine, "alib"], { stdio: ["ignore", "ignore", "pipe"], env: { ...process.env, ...env } });
    const chunks: Buffer[] = [];
    child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
    expect(await new Promise((resolve) => child.on("close", resolve))).toBe(2);
    expect(Buffer.concat(chunks).toString()).toMatch(message);
    expect(snapshot(root)).toEqual(before);
  });
});

describe("interrupted while the engine works", () => {
  /** Starts a process of its own, as pip starts build backends; `stubborn` ones do not listen to SIGTERM. */
  const slow = (stubborn: boolean): string => `import os, signal, subprocess, sys, time
${stubborn ? "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" : ""}child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
open(sys.argv[1] + ".new", "w").write("%d %d" % (os.getpid(), child.pid))
os.rename(sys.argv[1] + ".new", sys.argv[1])
time.sleep(60)
`;

  const isGone = (pid: number): boolean => {
    try {
      return / Z /.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
    } catch {
      return true;
    }
  };

  test.each([["SIGINT", false], ["SIGTERM", false], ["SIGHUP", false], ["SIGINT", true]] as const)("%s ends it and what it started (stubborn: %s); nothing is left, and nothing changed", async (signal, stubborn) => {
    const place = write(temporary(), { "pip.py": slow(stubborn) });
    const root = project({ "acme/app.py": "import alib\n" });
    const before = snapshot(root);
    const [mark, scratch] = [join(place, "pid"), temporary()];
    const child = spawn(process.execPath, [cli, "vendor", "-C", root, "alib", "--pip", `python3 ${join(place, "pip.py")} ${mark}`], { stdio: "ignore", env: { ...process.env, TMPDIR: scratch, XDG_CACHE_HOME: temporary() } });
    const ended = new Promise<number | null>((resolve) => child.on("exit", resolve));
    while (!existsSync(mark)) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill(signal);
    expect(await ended).toBe(130);
    const pids = readFileSync(mark, "utf8").split(" ").map(Number);
    for (let tries = 0; tries < 100 && !pids.every(isGone); tries++) await new Promise((resolve) => setTimeout(resolve, 20));
    expect([pids.length, pids.map(isGone)]).toEqual([2, [true, true]]);
    expect([snapshot(root), readdirSync(scratch)]).toEqual([before, []]);
  });

  test("pip itself, in the middle of a build: its own temporary files go too", async () => {
    const place = temporary();
    const mark = join(place, "pid");
    makeArchive(place);
    write(join(place, "slib-0.1"), { "backend.py": `import os, time\ndef get_requires_for_build_wheel(config_settings=None): return []\ndef build_wheel(*args):\n    open(${JSON.stringify(mark)}, "w").write(str(os.getpid()))\n    time.sleep(60)\n` });
    const [root, scratch] = [project(), temporary()];
    const before = snapshot(root);
    const child = spawn(process.execPath, [cli, "vendor", "-C", root, join(place, "slib-0.1")], { stdio: "ignore", env: { ...process.env, TMPDIR: scratch, XDG_CACHE_HOME: temporary() } });
    const ended = new Promise<number | null>((resolve) => child.on("exit", resolve));
    while (!existsSync(mark) || readFileSync(mark, "utf8") === "") await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill("SIGINT");
    expect(await ended).toBe(130);
    for (let tries = 0; tries < 100 && !isGone(Number(readFileSync(mark, "utf8"))); tries++) await new Promise((resolve) => setTimeout(resolve, 20));
    expect([isGone(Number(readFileSync(mark, "utf8"))), snapshot(root), readdirSync(scratch)]).toEqual([true, before, []]);
  });

  test("a second run meanwhile is refused, and says who is at work", async () => {
    const place = write(temporary(), { "pip.py": slow(false) });
    const root = project({ "acme/app.py": "import blib\n" });
    const mark = join(place, "pid");
    const child = spawn(process.execPath, [cli, "vendor", "-C", root, "alib", "--pip", `python3 ${join(place, "pip.py")} ${mark}`], { stdio: "ignore", env: { ...process.env, XDG_CACHE_HOME: temporary() } });
    const ended = new Promise((resolve) => child.on("exit", resolve));
    while (!existsSync(mark)) await new Promise((resolve) => setTimeout(resolve, 20));
    const wheel = makeWheel(temporary(), { "blib.py": "" }, { name: "blib" });
    const run = enisle(["vendor", "-C", root, wheel]);
    expect([run.status, run.stdout, run.stderr]).toEqual([2, "", expect.stringMatching(/process \d+ is vendoring here right now/)]);
    child.kill("SIGINT");
    await ended;
    expect(enisle(["vendor", "-C", root, wheel]).status).toBe(0);
  });
});

describe("source distributions", () => {
  test("built by pip, recorded as what they are, and not built again", () => {
    const place = temporary();
    const archive = makeArchive(place);
    const root = project();
    expect(vendor(root, place, archive).status).toBe(0);
    const entry = JSON.parse(readFileSync(join(root, "acme/_vendor/vendored.json"), "utf8")).distributions[0];
    expect(entry.source).toEqual({ kind: "sdist", file: "slib-0.1.tar.gz", sha256: sha256(archive) });
    expect(entry.requirement).toBe("slib-0.1.tar.gz");
    expect(readFileSync(join(root, "acme/_vendor/slib.py"), "utf8")).toBe("from acme._vendor import slib\n");
    const tree = project();
    expect(vendor(tree, place, join(place, "slib-0.1")).status).toBe(0);
    expect(existsSync(join(tree, "acme/_vendor/slib.py"))).toBe(true);
    // What was built before is a wheel like any other, with the folder gone too.
    const later = project();
    expect(vendor(later, temporary(), "--only-binary", "slib==0.1").status).toBe(0);
    const forbidden = project();
    expect(refused(forbidden, afresh(forbidden, place, "--only-binary", "slib==0.1"))).toMatch(/slib/);
  });

  test.each(["pip", ...(spawnSync("uv", ["--version"]).status === 0 ? ["uv"] : [])])("%s: licences that the wheel lacks come from the source archive, and stay", (engine) => {
    const place = temporary();
    makeArchive(place);
    write(join(place, "slib-0.1"), { LICENSE: "MIT, at length\n", "COPYING.md": "copying\n", "license.py": "", "docs/NOTICE": "deeper\n" });
    expect(spawnSync("tar", ["czf", "slib-0.1.tar.gz", "slib-0.1"], { cwd: place }).status).toBe(0);
    const root = project({ "pyproject.toml": `[tool.enisle]\nvendor = ["slib==0.1"]\nlicense-overview = "LICENSES.md"\nengine = "${engine}"\n` });
    const run = (...args: string[]): Run => enisle(["vendor", "-C", root, "--offline", "--format", "json", ...args], { env: { XDG_CACHE_HOME: place } });
    expect(run("--find-links", place).status).toBe(0);
    const before = snapshot(root);
    expect(Object.keys(before).filter((path) => /LICENSE|COPYING|NOTICE/.test(path))).toEqual(["acme/_vendor/LICENSES.md", "acme/_vendor/slib-0.1.dist-info/licenses/COPYING.md", "acme/_vendor/slib-0.1.dist-info/licenses/LICENSE"]);
    expect(before["acme/_vendor/LICENSES.md"]).toContain("slib-0.1.dist-info/licenses/LICENSE");
    expect(JSON.parse(before["acme/_vendor/vendored.json"] ?? "").distributions[0].license.files).toEqual(["slib-0.1.dist-info/licenses/COPYING.md", "slib-0.1.dist-info/licenses/LICENSE"]);
    expect(enisle(["check", "-C", root]).status).toBe(0);
    // Inside a wheel it has them too, and a wheel that brings its own has no second ones.
    const app = makeWheel(temporary(), { "app/__init__.py": "import slib\n" }, { name: "app" });
    const out = temporary();
    const made = enisle(["wheel", app, "--vendor", "slib==0.1", "-w", out, "--engine", engine, "--find-links", place, "--offline", "--format", "json"], { env: { XDG_CACHE_HOME: temporary() } });
    expect([made.status, JSON.parse(made.stdout).findings]).toEqual([0, []]);
    expect(spawnSync("python3", ["-m", "zipfile", "-l", join(out, "app-1.0-py3-none-any.whl")], { encoding: "utf8" }).stdout.match(/^\S*(?:LICENSE|COPYING)\S*/gm)?.sort()).toEqual(["app/_vendor/slib-0.1.dist-info/licenses/COPYING.md", "app/_vendor/slib-0.1.dist-info/licenses/LICENSE"]);
    // Without the archive too.
    const again = enisle(["vendor", "-C", root, "--offline", "--format", "json"], { env: { XDG_CACHE_HOME: temporary() } });
    expect([again.status, JSON.parse(again.stdout).result.changed]).toEqual([0, false]);
    expect(snapshot(root)).toEqual(before);
  });
});
