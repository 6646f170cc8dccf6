/** Bad input, whatever the command and the engine: exit code 2, a reason and a way out, and a project that has copies already is not touched. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { makeWheel } from "../vendor/wheel.ts";
import { enisle, join, project, readFileSync, snapshot, temporary, write } from "../vendor/project.ts";
import { backend } from "./sdist.ts";

const uv = spawnSync("uv", ["--version"]).status === 0;
const LINES = 400;

interface Place {
  readonly root: string;
  readonly folder: string;
  /** A wheel that could be made self-contained. */
  readonly app: string;
  readonly cache: string;
}

/** alib 1.0 is vendored and patched by hand; 2.0 changes the patched line, 3.0 was yanked, 4.0 is only a source archive whose build fails, 5.0 has a RECORD that lies. */
function place(): Place {
  const [folder, cache] = [temporary(), temporary()];
  makeWheel(folder, { "alib/__init__.py": "a = 1\nb = 2\nc = 3\n" });
  makeWheel(folder, { "alib/__init__.py": "a = 1\nb = 'new'\nc = 3\n" }, { version: "2.0" });
  makeWheel(folder, { "alib/__init__.py": "" }, { version: "5.0", record: (text) => text.replace(/sha256=\w/, "sha256=0") });
  const yanked = makeWheel(temporary(), { "alib/__init__.py": "" }, { version: "3.0" });
  const page = join(write(temporary(), { "page.html": `<!DOCTYPE html><html><body><a href="file://${yanked}" data-yanked="broken">alib-3.0-py3-none-any.whl</a></body></html>` }), "page.html");
  const source = temporary();
  write(source, { "alib-4.0/backend.py": `${backend}\ndef build_wheel(*args):\n    for n in range(${LINES}): print("line %d of the build" % n)\n    raise RuntimeError("no compiler today")\ndef prepare_metadata_for_build_wheel(directory, config_settings=None):\n    os.mkdir(directory + "/alib-4.0.dist-info")\n    open(directory + "/alib-4.0.dist-info/METADATA", "w").write("Metadata-Version: 2.1\\nName: alib\\nVersion: 4.0\\n")\n    return "alib-4.0.dist-info"\n`, "alib-4.0/PKG-INFO": "Metadata-Version: 2.1\nName: alib\nVersion: 4.0\n", "alib-4.0/pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n' });
  expect(spawnSync("tar", ["czf", join(folder, "alib-4.0.tar.gz"), "alib-4.0"], { cwd: source }).status).toBe(0);
  const patch = "--- a/alib/__init__.py\n+++ b/alib/__init__.py\n@@ -1,3 +1,3 @@\n a = 1\n-b = 2\n+b = 22\n c = 3\n";
  const lock = (version: string, digest: string): string => `lock-version = "${version}"\ncreated-by = "x"\n[[packages]]\nname = "alib"\nversion = "1.0"\nwheels = [{ name = "alib-1.0-py3-none-any.whl", url = "https://example.org/alib-1.0-py3-none-any.whl", hashes = { sha256 = "${digest}" } }]\n`;
  const root = project({
    "pyproject.toml": `[tool.enisle]\nvendor = ["alib==1.0"]\nfind-links = ["${folder}", "${page}"]\n[tool.enisle.distributions.alib]\npatches = ["alib.patch"]\n`, "alib.patch": patch, "acme/app.py": "import alib\n",
    "pylock.toml": lock("2.0", "0".repeat(64)), "pylock.bad.toml": lock("1.0", "0".repeat(64)),
  });
  const first = enisle(["vendor", "-C", root, "--offline"], { env: { XDG_CACHE_HOME: cache } });
  expect([first.status, first.stderr]).toEqual([0, ""]);
  const app = makeWheel(temporary(), { "app/__init__.py": "import alib\n" }, { name: "app" });
  return { root, folder, app, cache };
}

type Command = "vendor" | "update" | "wheel";

const cases: readonly (readonly [name: string, commands: readonly Command[], source: string, message: RegExp])[] = [
  ["an unknown version", ["vendor", "update"], "alib==9", /alib==9[^]*(Check name and version|only the following)/],
  ["a yanked version", ["update", "wheel"], "alib==3.0", /yanked[^]*--allow-yanked/],
  ["an unknown name", ["wheel"], "nosuch-lib", /nosuch-lib[^]*Check name and version/],
  ["a hash that differs", ["vendor"], `alib==2.0 --hash=sha256:${"0".repeat(64)}`, /hash[^]*compare the hash/i],
  ["a build that fails", ["vendor", "wheel"], "alib==4.0", /could not build[^]*no compiler today[^]*The whole log: (\S+)\./],
  ["a patch that does not apply", ["vendor", "update"], "alib==2.0", /alib\.patch: hunk .*does not apply to acme\/_vendor\/alib\/__init__\.py[^]*\.enisle-merge/],
  ["a RECORD that lies", ["update", "wheel"], "alib==5.0", /alib-5\.0.*does not match its RECORD|another digest/],
];

describe.each(["pip", ...(uv ? ["uv"] : [])])("with %s", (engine) => {
  test(cases.map(([name]) => name).join("; "), () => {
    const { root, folder, app, cache } = place();
    const before = snapshot(root);
    for (const [name, command, source, message] of cases.flatMap(([each, commands, asked, said]) => commands.map((command) => [each, command, asked, said] as const))) {
      const out = join(temporary(), "out");
      const fetching = ["--engine", engine, "--offline"];
      const page = ["--find-links", folder, ...(/find-links = \["[^"]*", "([^"]*)"/.exec(before["pyproject.toml"] ?? "")?.[1] ?? "").split("\n").flatMap((path) => ["--find-links", path])];
      const args = command === "wheel" ? ["wheel", app, "--vendor", source, "-w", out, ...page, ...fetching] : [command, "-C", root, source, ...fetching];
      const run = enisle(args, { env: { XDG_CACHE_HOME: cache } });
      expect([name, command, run.status, run.stdout, run.stderr]).toEqual([name, command, 2, "", expect.stringMatching(message)]);
      expect(run.stderr).not.toMatch(name === "a build that fails" ? /internal error/ : /internal error|Traceback/);
      expect(run.stderr.trimEnd().split("\n").length).toBeLessThan(20);
      const { ".enisle-merge/acme/_vendor/alib/__init__.py": __, ...after } = snapshot(root);
      expect(after).toEqual(before);
      expect(existsSync(out) ? readdirSync(out) : []).toEqual([]);
      if (name !== "a build that fails") continue;
      const whole = readFileSync(/The whole log: (\S+)\./.exec(run.stderr)?.[1] ?? "", "utf8");
      for (const line of [0, LINES - 1]) expect(whole).toContain(`line ${line} of the build`);
    }
  });

  test("no index, a lock of another version, a lock whose hash differs, no engine at all", () => {
    const { root, cache } = place();
    const before = snapshot(root);
    const digest = createHash("sha256").update("").digest("hex");
    const dead = { PIP_CONFIG_FILE: "/dev/null", PIP_FIND_LINKS: "", PIP_INDEX_URL: "http://127.0.0.1:9/simple", PIP_RETRIES: "1", PIP_DEFAULT_TIMEOUT: "2", UV_DEFAULT_INDEX: "http://127.0.0.1:9/simple", UV_HTTP_RETRIES: "0" };
    for (const [args, message, env] of [
      [["nosuch-lib"], /(does not answer|Failed to fetch)[^]*Check the network/, dead],
      [[join(root, "pylock.toml")], /lock version 2\.0[^]*version 1/, {}],
      [[join(root, "pylock.bad.toml"), "--offline"], /hash/i, {}],
      [["alib", "--offline"], engine === "pip" ? /python3: no such program[^]*--engine uv/ : /uv: no such program[^]*--engine pip/, { PATH: temporary() }],
      [[`alib @ file:///nowhere/alib-1.0-py3-none-any.whl#sha256=${digest}`], /nowhere/, {}],
    ] as const) {
      const run = enisle(["vendor", "-C", root, "--engine", engine, ...args], { env: { XDG_CACHE_HOME: cache, UV_CACHE_DIR: temporary(), ...env } });
      expect([args, run.status, run.stdout, run.stderr]).toEqual([args, 2, "", expect.stringMatching(message)]);
      expect(run.stderr).not.toMatch(/internal error|Traceback/);
      expect(snapshot(root)).toEqual(before);
    }
  });
});

describe("configuration", () => {
  test("an unknown key names the nearest known one, and its line", () => {
    const { root, cache } = place();
    for (const [key, nearest] of [["engin", "engine"], ["find-link", "find-links"], ["constraint", "constraints"], ["only_binary", "only-binary"]] as const) {
      const text = readFileSync(join(root, "pyproject.toml"), "utf8");
      write(root, { "pyproject.toml": text.replace("[tool.enisle]\n", `[tool.enisle]\n${key} = "x"\n`) });
      const before = snapshot(root);
      for (const command of ["vendor", "update"]) {
        const run = enisle([command, "-C", root, "--offline"], { env: { XDG_CACHE_HOME: cache } });
        expect([run.status, run.stderr]).toEqual([2, expect.stringMatching(new RegExp(`pyproject\\.toml:2: unknown key '${key}'\\n.*'${nearest}'`))]);
      }
      expect(snapshot(root)).toEqual(before);
      write(root, { "pyproject.toml": text });
    }
    write(root, { "pyproject.toml": readFileSync(join(root, "pyproject.toml"), "utf8").replace("[tool.enisle]\n", '[tool.enisle]\nengine = "conda"\n') });
    expect(enisle(["vendor", "-C", root]).stderr).toMatch(/pyproject\.toml:2: 'engine' must be equal to one of/);
  });
});
