/** Version control references: the commit is what counts. The repository is a local one. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { describe, expect, onTestFinished, test } from "vitest";
import { type Run, enisle, existsSync, join, project, readFileSync, snapshot, temporary, write } from "../vendor/project.ts";
import { passwordServer } from "./passwordServer.ts";
import { backend } from "./sdist.ts";

const pyproject = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n[project]\nname = "slib"\nversion = "0.1"\n';

const engines = ["pip", ...(spawnSync("uv", ["--version"]).status === 0 ? ["uv"] : [])];

interface Repository {
  readonly path: string;
  /** Writes the module, commits, returns the commit. */
  commit(text: string): string;
  git(...args: string[]): string;
}

function repository(below = ""): Repository {
  const path = write(temporary(), Object.fromEntries(Object.entries({ "backend.py": backend.replace('files = {', 'files = {"slib_more.py": "", '), "pyproject.toml": pyproject }).map(([name, text]) => [`${below}${name}`, text])));
  const git = (...args: string[]): string => execFileSync("git", ["-C", path, "-c", "user.name=x", "-c", "user.email=x@example.org", ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  git("init", "-q", "-b", "main");
  const commit = (text: string): string => {
    write(path, { [`${below}slib.py`]: text });
    git("add", "-A");
    git("commit", "-qm", "x");
    return git("rev-parse", "HEAD");
  };
  return { path, commit, git };
}

interface Entry {
  readonly requirement: string;
  readonly source: { readonly kind: string; readonly file: string; readonly sha256: string; readonly directUrl: unknown };
}

function entry(root: string): Entry {
  return JSON.parse(readFileSync(join(root, "acme/_vendor/vendored.json"), "utf8")).distributions[0];
}

const module = (root: string): string => readFileSync(join(root, "acme/_vendor/slib.py"), "utf8");

describe("a repository", () => {
  test.each(engines)("with %s: its commit is recorded, in PEP 610's terms; the same commit gives the same manifest", (engine) => {
    const { path, commit, git } = repository("sub/dir/");
    const first = commit("import slib\n");
    git("tag", "v1");
    commit("import slib  # later\n");
    const [root, again] = [project(), project()];
    const source = `slib @ git+file://${path}@v1#subdirectory=sub/dir`;
    for (const each of [root, again]) {
      const run = enisle(["vendor", "-C", each, "--engine", engine, source]);
      expect([run.status, run.stderr]).toEqual([0, ""]);
    }
    expect(entry(root).source).toEqual({
      kind: "vcs", file: `git+file://${path}@${first}#subdirectory=sub/dir`, sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      directUrl: { url: `file://${path}`, vcs_info: { vcs: "git", requested_revision: "v1", commit_id: first }, subdirectory: "sub/dir" },
    });
    expect(snapshot(again)).toEqual(snapshot(root));
    expect(module(root)).toBe("from acme._vendor import slib\n");
    expect(JSON.parse(enisle(["vendor", "-C", root, "--engine", engine, source, "--format", "json"]).stdout).result.changed).toBe(false);
  });

  test("declared: a branch that moved changes nothing until update; and what was dropped comes back from its commit", () => {
    const { path, commit } = repository();
    const first = commit("import slib\n");
    const root = project({ "pyproject.toml": `[tool.enisle]\nvendor = ["slib @ git+file://${path}@main"]\n`, "acme/app.py": "import slib\n" });
    expect(enisle(["vendor", "-C", root]).status).toBe(0);
    const before = snapshot(root);
    const second = commit("import slib  # later\n");
    for (const args of [["vendor", "-C", root], ["vendor", "-C", root, "--locked", "--pip", "/no/pip"]]) expect(enisle(args).status).toBe(0);
    expect(snapshot(root)).toEqual(before);
    const run = enisle(["update", "-C", root]);
    expect([run.status, run.stdout]).toEqual([0, expect.stringContaining(`slib  0.1 (${first.slice(0, 12)}) → 0.1 (${second.slice(0, 12)})`)]);
    expect([module(root), entry(root).requirement]).toEqual(["from acme._vendor import slib  # later\n", `slib @ git+file://${path}@main`]);
    // Nothing new: nothing done.
    expect(enisle(["update", "-C", root]).stdout).toMatch(/1 current already/);
    // What the index has under that name may be anybody's.
    const index = enisle(["update", "-C", root, "slib==0.1"]);
    expect([index.status, index.stderr]).toEqual([2, expect.stringContaining("slib==0.1: the copy comes from version control")]);
    expect(enisle(["check", "-C", root, "--upstream"]).status).toBe(0);
    // Another reference is another declaration.
    write(root, { "pyproject.toml": `[tool.enisle]\nvendor = ["slib @ git+file://${path}@${first}"]\n` });
    expect(enisle(["vendor", "-C", root, "--locked"]).status).toBe(1);
    expect(enisle(["vendor", "-C", root]).status).toBe(0);
    expect([module(root), entry(root).source.file]).toEqual(["from acme._vendor import slib\n", `git+file://${path}@${first}`]);
    // Files that were dropped come back from that very commit, whatever the branch is at.
    write(root, { "pyproject.toml": `[tool.enisle]\nvendor = ["slib @ git+file://${path}@${first}"]\ndrop = ["slib_more.py"]\n` });
    expect(enisle(["vendor", "-C", root]).status).toBe(0);
    expect(existsSync(join(root, "acme/_vendor/slib_more.py"))).toBe(false);
    write(root, { "pyproject.toml": `[tool.enisle]\nvendor = ["slib @ git+file://${path}@${first}"]\ndrop = ["nothing"]\n` });
    expect(enisle(["vendor", "-C", root]).status).toBe(0);
    expect(existsSync(join(root, "acme/_vendor/slib_more.py"))).toBe(true);
  });

  test("a reference that is not there, no repository, and --offline: exit code 2, nothing changed", () => {
    const { path, commit } = repository();
    commit("import slib\n");
    const root = project();
    const before = snapshot(root);
    for (const [args, message] of [
      [[`git+file://${path}@nobranch`], /^error: git: file:\/\/\S+ has no 'nobranch'\n[^]*behind the @/], [[`git+file://${path}@${"1".repeat(40)}`], /has no '1{40}'/],
      [[`git+file://${path}/none`], /^error: git: file:\/\/\S+\/none cannot be had\n[^]*does not appear to be a git repository[^]*address/],
      [[`slib @ git+file://${path}#subdirectory=none`], /#subdirectory=DIR/], [["git+https://example.org/x.git", "--offline"], /lies elsewhere, and --offline/],
    ] as const) {
      const run = enisle(["vendor", "-C", root, ...args]);
      expect([run.status, run.stdout, run.stderr]).toEqual([2, "", expect.stringMatching(message)]);
      expect(run.stderr).not.toMatch(/internal error|could not build/);
    }
    expect(snapshot(root)).toEqual(before);
  });

  test.each(engines)("with %s: credentials in its address are used, and shown nowhere", async (engine) => {
    const { path, commit, git } = repository();
    const head = commit("import slib\n");
    git("update-server-info");
    const served = write(temporary(), { "serve.py": passwordServer });
    const child = spawn("python3", [join(served, "serve.py"), path], { stdio: ["ignore", "pipe", "ignore"] });
    onTestFinished(() => void child.kill());
    const port = await new Promise<string>((resolve) => child.stdout.once("data", (chunk: Buffer) => resolve(chunk.toString().trim())));
    const [root, cache] = [project(), temporary()];
    const run = (login: string, ...more: string[]): Run => enisle(["vendor", "-C", root, "--engine", engine, `slib @ git+http://${login}127.0.0.1:${port}/.git@${head}`, ...more], { env: { XDG_CACHE_HOME: cache, UV_CACHE_DIR: temporary() } });
    const wrong = run("bob:s3cr3t-and-wrong@");
    expect([wrong.status, wrong.stdout]).toEqual([2, ""]);
    const right = run("bob:s3cr3t@", "--format", "json");
    expect([right.status, right.stderr]).toEqual([0, ""]);
    expect(entry(root).source.directUrl).toEqual({ url: `http://127.0.0.1:${port}/.git`, vcs_info: { vcs: "git", commit_id: head } });
    expect(JSON.stringify([wrong, right, snapshot(root), snapshot(cache)])).not.toContain("s3cr3t");
  });
});
