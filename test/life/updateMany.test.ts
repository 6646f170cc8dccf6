/** One `update` over many projects: files are relocated once for all, by several threads, and everything comes out as if each project had been updated alone. */
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, cpSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type Acquire, acquirer } from "../../src/commands/arrange.ts";
import { hireCrew } from "../../src/commands/runJobs.ts";
import { reportOn } from "../../src/commands/update.ts";
import { type Acquirers, groupSubjects } from "../../src/commands/updateMany.ts";
import { findSubjects } from "../../src/commands/updateSubjects.ts";
import { vendor } from "../../src/commands/vendor.ts";
import { nodeHost } from "../../src/host/node.ts";
import { makeWheel } from "../vendor/wheel.ts";
import { cli, enisle, existsSync, join, readFileSync, snapshot, temporary, write } from "../vendor/project.ts";

// Projects are prepared from the sources, which is faster than a process each; their manifests name the tool as the build does.
await vi.hoisted(async () => {
  const { readFileSync: read } = await import("node:fs");
  (globalThis as { ENISLE_VERSION?: string }).ENISLE_VERSION = (JSON.parse(read("package.json", "utf8")) as { version: string }).version;
});

/** Namespaces: of several lengths and depths, some with names that stand in the library's texts. */
const namespaces = ["plain._vendor", "core._vendor", "other.libs", "deep.inner.vendored", "sub._vendor", "long_name_of_a_service._vendor"];

const old = {
  "alib/__init__.py": "import os\nimport alib.sub\nfrom alib import sub as s\nROOT = __name__.split('.')[0]\n\n\ndef load(name):\n    import importlib\n    return importlib.import_module('alib.' + name)\n",
  "alib/sub.py": "VALUE = 1\nTARGET = 'alib.sub.VALUE'\n",
  "alib/words.py": "import alib.sub\ncore = 'a local name'\nsub = alib.sub\nx = 3\n\n\ndef f():\n    import alib.sub, json\n    return core, alib.sub\n",
  "alib/part.py": "import alib.sub\nscore = 1\nexec('y = 2')\n",
  "alib/same.py": "from alib.sub import VALUE\nfrom .words import f\n",
  "alib/plain.py": "X = 'nothing in here changes'\n",
  "alib/empty.py": "",
  "alib/opaque.py": "import importlib\n\n\ndef any(name):\n    return importlib.import_module(name)\n",
  "alib/meta.py": "from importlib.metadata import files, version\nV = version('alib')\nF = files('alib')\n",
  "alib/optional.py": "try:\n    import nobody_has_this\nexcept ImportError:\n    pass\nimport sys\nsys.modules['alib.fake'] = sys\n",
  "alib/stub.pyi": "import alib.sub\n",
  "alib/data.bin": Buffer.from([0, 255, 128, 7]),
  "alib/conf.ini": "[loggers]\nkeys=root\n[handler_a]\nclass=alib.sub.VALUE\n",
  "alib/broken.py": "def (:\n",
};

// For all tests of the file, and not the user's own cache.
const kept = mkdtempSync(join(tmpdir(), "enisle-many-"));
process.env["XDG_CACHE_HOME"] = join(kept, "cache");
afterAll(() => rmSync(kept, { recursive: true, force: true }));

function shelf(): string {
  const folder = join(kept, "wheels");
  mkdirSync(folder);
  makeWheel(folder, old, { extra: [] });
  makeWheel(folder, { ...old, "alib/sub.py": "VALUE = 2\nTARGET = 'alib.sub.VALUE'\n", "alib/new.py": "import alib\nimport alib.words as w, alib.sub\n", "alib/opaque.py": `${old["alib/opaque.py"]}\n# core of it\n` }, { version: "2.0" });
  makeWheel(folder, { "blib.py": "import alib.sub\nfrom alib import words\n", "btool.py": "B = 1\n" }, { name: "blib" });
  return folder;
}

interface Shelf {
  readonly folder: string;
  readonly roots: string;
}

/** Projects of every namespace, `times` each; some hold a second copy that stays, some a patch, some leave files out. */
async function projects(times: number): Promise<Shelf> {
  const [folder, roots] = [shelf(), join(kept, "roots")];
  const host = await nodeHost({ quiet: true });
  for (const [n, namespace] of Array.from({ length: times }, () => namespaces).flat().entries()) {
    const [name = ""] = namespace.split(".");
    const root = write(join(roots, `p${String(n).padStart(2, "0")}`), {
      [`${name}/__init__.py`]: "", [`${name}/app.py`]: `import alib.sub\nimport alib\n\n\ndef run():\n    return alib.sub.VALUE, ${n}\n`, "pyproject.toml": `[project]\nname = "${name}"\n`,
      ...(name === "deep" ? { "deep/inner/__init__.py": "" } : {}),
    });
    const sources = ["alib-1.0-py3-none-any.whl", ...(n % 3 === 0 ? ["blib-1.0-py3-none-any.whl"] : [])].map((file) => join(folder, file));
    await vendor({ project: root, sources, namespace, targetPython: undefined, dryRun: false, diff: false, verified: "rewrite", runtimeMap: n % 5 === 0, drop: n % 4 === 0 ? ["alib/plain.py"] : [] }, host);
  }
  return { folder, roots };
}

const args = ({ folder }: Shelf, roots: string, ...more: string[]): string[] => ["update", "--offline", "--find-links", folder, "alib==2.0", "--root", roots, ...more];

describe("many projects", () => {
  let shelved: Shelf;
  let alone: Record<string, string>;

  beforeAll(async () => {
    shelved = await projects(3);
    // The reference: each project by itself, nothing shared.
    const reference = join(kept, "reference");
    cpSync(shelved.roots, reference, { recursive: true });
    const host = await nodeHost({ quiet: true });
    const crew = hireCrew(0);
    const options = { project: reference, namespace: undefined, targetPython: undefined, distributions: ["alib==2.0"], roots: [reference], outdated: false, dryRun: false, diff: false, offline: true, findLinks: [shelved.folder] };
    // pip alone is asked once.
    const known = new Map<string, Acquire>();
    const acquirers: Acquirers = (fetching) => known.get(JSON.stringify(fetching)) ?? (known.set(JSON.stringify(fetching), acquirer(fetching, host)).get(JSON.stringify(fetching)) as Acquire);
    for (const subject of findSubjects([reference], [{ name: "alib", version: "2.0" }], reference).subjects) {
      const { failure } = await reportOn(subject, options, acquirers, crew, host);
      expect(failure).toBeUndefined();
    }
    await crew.dismiss();
    alone = snapshot(reference);
  }, 120_000);

  function again(): string {
    const roots = temporary();
    cpSync(shelved.roots, roots, { recursive: true });
    return roots;
  }

  test("with threads and without, files are those of projects that were updated alone", () => {
    const before = snapshot(shelved.roots);
    expect(Object.keys(alone).filter((path) => alone[path] !== before[path]).length).toBeGreaterThan(60); // or it compares nothing
    const [threads, few] = [again(), again()];
    const run = enisle(args(shelved, threads, "--format", "json"));
    expect([run.stderr, run.status]).toEqual(["", 1]); // alib/broken.py is an error finding
    expect(snapshot(threads)).toEqual(alone);
    for (const name of readdirSync(few).slice(5)) rmSync(join(few, name), { recursive: true });
    expect(enisle(args(shelved, few)).status).toBe(1);
    expect(snapshot(few)).toEqual(Object.fromEntries(Object.entries(alone).filter(([path]) => existsSync(join(few, path.split("/")[0] ?? "")))));
    // The same findings for each, under its own names, in the order of the projects.
    const { findings, result } = JSON.parse(run.stdout) as { findings: { code: string; path: string; message: string }[]; result: { projects: { project: string; changed: boolean }[] } };
    const labels = result.projects.map(({ project }) => project.split("/").at(-1) ?? "");
    expect(labels).toEqual(readdirSync(threads).sort());
    expect(result.projects.every(({ changed }) => changed)).toBe(true);
    for (const label of labels) {
      const codes = findings.filter(({ path }) => path.includes(`/${label}/`)).map(({ code }) => code);
      expect(codes.filter((code) => code === "opaque-name")).toHaveLength(Number(label.slice(1)) % 5 === 0 ? 0 : 1);
      expect(codes).toEqual(expect.arrayContaining(["syntax-error", "optional-import"]));
    }
    expect(JSON.stringify([findings, alone])).not.toMatch(/enisle_hole/i);
  });

  test("an unchanged file is the old copy's own; one that has another name, mode or place is made anew", () => {
    const roots = again();
    const [linked, shared, odd] = ["p00", "p06", "p12"].map((name) => join(roots, name, "plain/_vendor/alib/empty.py"));
    const number = statSync(linked ?? "").ino;
    rmSync(shared ?? "");
    spawnSync("ln", [linked?.replace("p00", "p12") ?? "", shared ?? ""]); // two projects share one file
    chmodSync(join(roots, "p00/plain/_vendor/alib/data.bin"), 0o600);
    const [target, link] = [join(kept, "elsewhere.bin"), join(roots, "p06/plain/_vendor/alib/data.bin")];
    renameSync(link, target);
    symlinkSync(target, link);
    expect(enisle(args(shelved, roots)).status).toBe(1);
    expect(snapshot(roots)).toEqual(alone);
    expect(statSync(linked ?? "").ino).toBe(number);
    expect(statSync(shared ?? "").ino).not.toBe(statSync(odd ?? "").ino);
    expect(statSync(join(roots, "p00/plain/_vendor/alib/data.bin")).mode & 0o777).toBe(0o666 & ~process.umask() & 0o644);
    expect(lstatSync(link).isFile()).toBe(true);
    rmSync(target);
    for (const path of Object.keys(snapshot(roots))) expect(lstatSync(join(roots, path)).nlink).toBe(1);
  });

  test("one that fails is as it was, and the others proceed: hand edits, a damaged manifest, somebody at work", () => {
    const roots = again();
    write(roots, { "p03/deep/inner/vendored/alib/sub.py": "mine = 1\n", "p05/long_name_of_a_service/_vendor/vendored.json": "{", "p06/plain/_vendor/alib/own.py": "" });
    mkdirSync(join(roots, "p08/.enisle-staging"));
    const started = readFileSync(`/proc/${process.pid}/stat`, "latin1").split(") ").at(-1)?.split(" ")[19] ?? "";
    write(roots, { "p08/.enisle-staging/owner.json": JSON.stringify({ pid: process.pid, started }) });
    const failing = ["p03", "p05", "p06", "p08"];
    const before = snapshot(roots);
    const run = enisle(args(shelved, roots, "--format", "json"));
    expect(run.status).toBe(1);
    const { findings, result } = JSON.parse(run.stdout) as { findings: { code: string; message: string }[]; result: { projects: { project: string; failed: string | null }[] } };
    expect(result.projects.filter(({ failed }) => failed !== null).map(({ project }) => failing.find((name) => project.includes(name)))).toEqual(failing);
    expect(findings.filter(({ code }) => code === "project-not-updated").map(({ message }) => message)).toEqual([expect.stringMatching(/sub\.py/), expect.stringMatching(/damaged/), expect.stringMatching(/own\.py/), expect.stringMatching(/is vendoring here right now/)]);
    const after = snapshot(roots);
    for (const path of Object.keys({ ...before, ...after })) expect([path, after[path]]).toEqual([path, failing.some((name) => path.startsWith(`${name}/`)) ? before[path] : alone[path]]);
  });

  test("a plan, and a second run, change nothing", () => {
    const roots = again();
    const before = snapshot(roots);
    expect(enisle(args(shelved, roots, "--dry-run")).status).toBe(1);
    expect(snapshot(roots)).toEqual(before);
    expect(enisle(args(shelved, roots)).status).toBe(1);
    const second = enisle(args(shelved, roots, "--format", "json"));
    expect(JSON.parse(second.stdout).result.changed).toBe(false);
    expect(snapshot(roots)).toEqual(alone);
  });

  test("what stops every project alike is told once, and code 2", () => {
    const roots = again();
    const before = snapshot(roots);
    const run = enisle(args(shelved, roots).map((each) => (each === "alib==2.0" ? "alib==7" : each)));
    expect([run.status, run.stdout]).toEqual([2, ""]);
    expect(run.stderr).toMatch(/^error: pip: [^]*alib==7/);
    expect(run.stderr.match(/alib==7/g)?.length).toBeLessThan(4);
    expect(snapshot(roots)).toEqual(before);
  });

  test("kill -9 in a loop, and signals: every project has the old tree or the new one, and the next run finishes", async () => {
    const roots = again();
    const before = snapshot(roots);
    const states = { old: 0, new: 0, open: 0 };
    for (const [n, wait] of [250, 400, 500, 550, 600, 650, 700, 800, 900, 1100].entries()) {
      const signal = n % 3 === 2 ? "SIGINT" : "SIGKILL";
      const killed = await new Promise<number | undefined>((resolve) => {
        const child = spawn(process.execPath, [cli, ...args(shelved, roots)], { stdio: "ignore" });
        const timer = setTimeout(() => child.kill(signal), wait);
        child.on("exit", () => (clearTimeout(timer), resolve(child.pid)));
      });
      const now = snapshot(roots);
      for (const name of readdirSync(roots)) {
        const left = readdirSync(join(roots, name)).find((each) => each.startsWith(".enisle-staging"));
        if (left !== undefined) {
          // An interrupted run leaves nothing of its own; what an earlier one left that was killed goes when the project's turn comes.
          if (signal === "SIGINT") expect(readFileSync(join(roots, name, left, "owner.json"), "utf8")).not.toContain(`"pid":${killed},`);
          states.open++;
          continue;
        }
        const mine = (tree: Record<string, string>): string => JSON.stringify(Object.entries(tree).filter(([path]) => path.startsWith(`${name}/`)));
        const state = mine(now) === mine(before) ? "old" : "new";
        expect(mine(now)).toBe(state === "old" ? mine(before) : mine(alone));
        states[state]++;
      }
    }
    expect([0, 1]).toContain(enisle(args(shelved, roots)).status); // 0: the last of the killed runs had nothing left to do
    expect(snapshot(roots)).toEqual(alone);
    expect(states.old).toBeGreaterThan(0); // or nothing was killed in time
  }, 120_000);

  test("two runs at once: each project is updated by one of them, or left to the other", async () => {
    const roots = again();
    const runs = await Promise.all([0, 1].map(() => new Promise<string>((resolve) => {
      const child = spawn(process.execPath, [cli, ...args(shelved, roots, "--format", "json")]);
      let text = "";
      child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
      child.on("close", () => resolve(text));
    })));
    for (const text of runs) for (const { failed } of (JSON.parse(text) as { result: { projects: { failed: string | null }[] } }).result.projects) if (failed !== null) expect(failed).toMatch(/vendoring here right now/);
    expect(snapshot(roots)).toEqual(alone);
  });

  test("a disk that is full: projects are as they were or done, and the message says so", () => {
    const roots = again();
    const before = snapshot(roots);
    const mounted = join(temporary(), "small");
    mkdirSync(mounted);
    const tmpfs = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${Math.ceil(bytesOf(before) / 4096 + 40) * 4096}`, "none", mounted]).status === 0;
    try {
      const where = tmpfs ? join(mounted, "roots") : roots;
      if (tmpfs) {
        cpSync(roots, where, { recursive: true });
        spawnSync("dd", ["if=/dev/zero", `of=${join(mounted, "fill")}`, "bs=4096"]);
      }
      // Where nothing can be mounted, a limit on the size of files stands in for a disk: writing beyond it fails in the same place.
      const run = spawnSync("bash", ["-c", `trap '' XFSZ; ${tmpfs ? "" : "ulimit -f 1;"} exec "$0" "$@"`, process.execPath, cli, ...args(shelved, where, "--format", "json")], { encoding: "utf8" });
      expect([run.status, run.stderr]).toEqual([1, ""]);
      const failed = (JSON.parse(run.stdout) as { result: { projects: { project: string; failed: string | null }[] } }).result.projects.filter((each) => each.failed !== null);
      expect(failed.length).toBeGreaterThan(0);
      for (const each of failed) expect(each.failed).toMatch(/too large|no space/);
      const after = snapshot(where);
      const names = failed.map(({ project }) => project.split("/").at(-1));
      for (const path of Object.keys({ ...before, ...after })) expect([path, after[path]]).toEqual([path, names.includes(path.split("/")[0]) ? before[path] : alone[path]]);
    } finally {
      if (tmpfs) spawnSync("umount", [mounted]);
    }
  });
});

/** Every file takes whole pages. */
function bytesOf(tree: Record<string, string>): number {
  return Object.values(tree).reduce((sum, content) => sum + Math.ceil(content.length / 4096) * 4096, 0);
}

test("projects in one another are one piece of work", () => {
  const at = (root: string): Parameters<typeof groupSubjects>[0][number] => ({ label: root, directory: root, manifestFile: "", root, packageOnly: false, size: 0 });
  expect(groupSubjects(["/a", "/b/c", "/b", "/a-b", "/a", "/b/c/d", "/a/z"].map(at))).toEqual([[0, 4, 6], [1, 2, 5], [3]]);
});
