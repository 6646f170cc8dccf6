/** Killed at any moment the project has the old tree or the new one, after the next run at the latest, and nothing is left over. */
import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { makeWheel } from "./wheel.ts";
import { cli, enisle, existsSync, join, project, readFileSync, snapshot, temporary } from "./project.ts";

const modules = Object.fromEntries(Array.from({ length: 150 }, (_, n) => [`alib/m${n}.py`, `import alib\nfrom alib import m${(n + 1) % 150}\nx = ${"'padding' + ".repeat(20)}''\n`]));
const consumers = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`acme/c${n}.py`, `import alib.m${n}\n`]));

function runAndKill(args: readonly string[], milliseconds: number, signal: NodeJS.Signals): Promise<number | null> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [cli, ...args], { stdio: "ignore" });
    const timer = setTimeout(() => child.kill(signal), milliseconds);
    child.on("exit", (code) => {
      clearTimeout(timer);
      resolve(code);
    });
  });
}

describe("interrupted", () => {
  test("kill -9 in a loop, at every stage of an update", async () => {
    const wheels = temporary();
    const old = makeWheel(wheels, { "alib/__init__.py": "version = 1\n", ...modules });
    const now = makeWheel(wheels, { "alib/__init__.py": "version = 2\n", ...modules }, { version: "2.0" });
    const root = project(consumers);
    const began = Date.now();
    expect(enisle(["vendor", "-C", root, old]).status).toBe(0);
    const length = Date.now() - began;
    const before = snapshot(root);
    expect(enisle(["vendor", "-C", root, now]).status).toBe(0);
    const after = snapshot(root);
    const states = { old: 0, new: 0, between: 0 };
    for (let n = 0; n < 24; n++) {
      const args = ["vendor", "-C", root, n % 2 === 0 ? old : now];
      await runAndKill(args, Math.round((length * (n + 1)) / 22), "SIGKILL");
      const { [".enisle-staging/owner.json"]: _, ...rest } = snapshot(root);
      const own = JSON.stringify(Object.fromEntries(Object.entries(rest).filter(([path]) => !path.startsWith(".enisle-staging/"))));
      states[own === JSON.stringify(before) ? "old" : own === JSON.stringify(after) ? "new" : "between"]++;
      // The next run repairs whatever there is, and ends in one of the two states.
      expect(enisle(args).status).toBe(0);
      expect(snapshot(root)).toEqual(n % 2 === 0 ? before : after);
    }
    expect(states.old).toBeGreaterThan(0); // or the test killed nothing in time
    expect(states.between).toBeLessThan(6);
  });

  test.each(["owner.json only", "files staged", "journal written", "half of the renames done"])("left by a killed run: %s", (stage) => {
    const root = project({ "acme/a.py": "import alib\n", "acme/b.py": "import alib\n" });
    const staging = join(root, ".enisle-staging");
    mkdirSync(join(staging, "project"), { recursive: true });
    writeFileSync(join(staging, "owner.json"), JSON.stringify({ pid: 2 ** 22 - 1, started: "0" }));
    if (stage !== "owner.json only") {
      for (const name of ["0", "1"]) writeFileSync(join(staging, "project", name), `x = ${name}\n`);
      if (stage === "half of the renames done") {
        spawnSync("mv", [join(staging, "project/0"), join(root, "acme/a.py")]);
      }
      const moves = ["a", "b"].map((name, n) => ({ staged: join(staging, "project", String(n)), target: join(root, `acme/${name}.py`) }));
      if (stage !== "files staged") writeFileSync(join(staging, "journal.json"), JSON.stringify(moves));
    }
    const run = enisle(["vendor", "-C", root, makeWheel(temporary(), { "alib.py": "" })]);
    expect(run.status).toBe(0);
    expect(run.stdout).toContain("interrupted");
    expect(existsSync(staging)).toBe(false);
    const finished = stage === "journal written" || stage === "half of the renames done";
    expect(readFileSync(join(root, "acme/a.py"), "utf8")).toBe(finished ? "x = 0\n" : "from acme._vendor import alib\n");
    expect(readFileSync(join(root, "acme/b.py"), "utf8")).toBe(finished ? "x = 1\n" : "from acme._vendor import alib\n");
  });

  test("a file edited after the kill is not overwritten", () => {
    const root = project({ "acme/a.py": "mine\n" });
    const staging = join(root, ".enisle-staging");
    mkdirSync(staging);
    writeFileSync(join(staging, "0"), "new\n");
    writeFileSync(join(staging, "journal.json"), JSON.stringify([{ staged: join(staging, "0"), target: join(root, "acme/a.py"), before: "0".repeat(64) }]));
    const run = enisle(["vendor", "-C", root, makeWheel(temporary(), { "alib.py": "" })]);
    expect(run.status).toBe(2);
    expect(run.stderr).toMatch(/acme\/a\.py: was changed after a run was killed/);
    expect(readFileSync(join(root, "acme/a.py"), "utf8")).toBe("mine\n");
  });

  test("another run at work is not disturbed", () => {
    const root = project();
    const staging = join(root, ".enisle-staging");
    mkdirSync(staging);
    const started = existsSync("/proc/self/stat") ? (readFileSync(`/proc/${process.pid}/stat`, "latin1").split(") ").at(-1)?.split(" ")[19] ?? "") : "";
    writeFileSync(join(staging, "owner.json"), JSON.stringify({ pid: process.pid, started }));
    const run = enisle(["vendor", "-C", root, makeWheel(temporary(), { "alib.py": "" })]);
    expect(run.status).toBe(2);
    expect(run.stderr).toContain(`process ${process.pid} is vendoring here right now`);
  });

  test.each(["SIGINT", "SIGTERM"] as const)("%s leaves the old tree, and code 130", async (signal) => {
    const root = project(consumers);
    // Large enough for helper threads, which go on writing while the staging directory is taken away.
    const wheel = makeWheel(temporary(), { "alib/__init__.py": "", "alib/noise.bin": randomBytes(3_000_000), ...Object.fromEntries(Array.from({ length: 3000 }, (_, n) => [`alib/m${n}.py`, "import alib\n"])) });
    const before = snapshot(root);
    const codes = new Set<number | null>();
    for (const wait of [300, 450, 600, 800, 1200, 1800, 2700]) {
      const code = await runAndKill(["vendor", "-C", root, wheel], wait, signal);
      codes.add(code);
      if (code === 0) break; // it was faster
      if (code === null) continue; // killed before it could listen
      expect(snapshot(root)).toEqual(before);
    }
    expect(codes.has(130)).toBe(true);
  });

  test("a disk that is full: nothing changes, and the message says so", () => {
    const root = project({ "acme/a.py": "import alib\n" });
    const wheel = makeWheel(temporary(), { "alib/__init__.py": "", "alib/big.bin": Buffer.from(Array.from({ length: 400_000 }, (_, n) => (n * 7919) % 251)) });
    const before = snapshot(root);
    // A limit on the size of files stands in for a disk: writing beyond it fails in the same place.
    const run = spawnSync("bash", ["-c", `trap '' XFSZ; ulimit -f 100; exec "$0" "$@"`, process.execPath, cli, "vendor", "-C", root, wheel], { encoding: "utf8" });
    expect(run.status).toBe(2);
    expect(run.stderr).toMatch(/too large|no space/);
    expect(snapshot(root)).toEqual(before);
  });

  test("a failure in several threads at once is told, once", () => {
    const root = project();
    const modules = Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`alib/m${n}.bin`, randomBytes(20_000)]));
    const python = Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`alib/p${n}.py`, `x = "${randomBytes(10_000).toString("hex")}"\n`]));
    const wheel = makeWheel(temporary(), { "alib/__init__.py": "", ...modules, ...python });
    const before = snapshot(root);
    for (let n = 0; n < 5; n++) {
      const run = spawnSync("bash", ["-c", `trap '' XFSZ; ulimit -f 8; exec "$0" "$@"`, process.execPath, cli, "vendor", "-C", root, wheel], { encoding: "utf8" });
      expect([run.status, run.stderr]).toEqual([2, expect.stringMatching(/^error: .*(too large|no space)/)]);
      expect(snapshot(root)).toEqual(before);
    }
  });
});

test("a signal while a build directory is made: nothing of it stays", async () => {
  const [place, wheels] = [temporary(), temporary()];
  const wheel = makeWheel(wheels, { "alib/__init__.py": "", ...modules });
  const root = project(consumers);
  const before = snapshot(root);
  for (const milliseconds of [250, 400, 550, 700]) {
    await runAndKill(["vendor", "-C", root, "--out", join(place, "out"), wheel], milliseconds, "SIGINT");
    expect(readdirSync(place).filter((name) => name !== "out")).toEqual([]);
    rmSync(join(place, "out"), { recursive: true, force: true });
  }
  expect(snapshot(root)).toEqual(before);
});
