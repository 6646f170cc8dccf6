/** `[tool.vendoring]`, the configuration of pypa's `vendoring`, unchanged. */
import { type AddressInfo } from "node:net";
import { createServer } from "node:http";
import { spawn } from "node:child_process";
import { describe, expect, onTestFinished, test } from "vitest";
import { makeWheel } from "../vendor/wheel.ts";
import { type Run, cli, enisle, existsSync, join, project, readFileSync, snapshot, temporary, write } from "../vendor/project.ts";

const toml = (more = ""): string => `[project]
name = "acme"
[tool.vendoring]
destination = "src/acme/_vendor/"
requirements = "src/acme/_vendor/vendor.txt"
namespace = "acme._vendor"
protected-files = ["__init__.py", "README.rst", "vendor.txt"]
patches-dir = "tools/patches"
sbom-file = "sbom.json"
${more}
[tool.vendoring.transformations]
substitute = [
  { match = 'blib\\.extern', replace = "acme._vendor" },
  { match = '''(?m)^name = ("\\w+)\\.''', replace = '''name = \\g<1>!''' },
]
drop = ["bin/", "alib/styles/[!_]*.py", '^alib/lexers/(?!python|__init__).*\\.py$', "alib/*.so"]
[tool.vendoring.typing-stubs]
blib = []
alib = ["alib.__init__", "alib.core"]
[tool.vendoring.license.directories]
alib = "a"
`;

function made(more = ""): { root: string; run: (...args: string[]) => Run } {
  const folder = temporary();
  makeWheel(folder, {
    "alib/__init__.py": "import alib.core\nfrom blib.extern import clib\nname = \"x.y\"\n", "alib/core.py": "a = 1\nb = 2\nc = 3\n", "alib/fast.so": "", "alib/styles/__init__.py": "", "alib/styles/dark.py": "",
    "alib/lexers/__init__.py": "", "alib/lexers/python.py": "", "alib/lexers/ada.py": "", "bin/tool.py": "",
  });
  makeWheel(folder, { "blib.py": "import alib\n" }, { name: "blib" });
  makeWheel(folder, { "clib.py": "" }, { name: "clib" });
  const root = project({
    "pyproject.toml": toml(more), "src/acme/__init__.py": "", "src/acme/_vendor/__init__.py": "# ours\n", "src/acme/_vendor/vendor.txt": "alib==1.0  # comment\n    blib==1.0\nclib==1.0\n", "src/acme/_vendor/old/__init__.py": "old = 1\n",
    "src/acme/app.py": "from acme._vendor import alib\nimport blib\n",
    "tools/patches/alib.patch": "A remark.\n\ndiff --git a/src/acme/_vendor/alib/core.py b/src/acme/_vendor/alib/core.py\nindex 1..2 100644\n--- a/src/acme/_vendor/alib/core.py\n+++ b/src/acme/_vendor/alib/core.py\n@@ -1,3 +1,3 @@\n a = 1\n-b = 2\n+b = 22\n c = 3\n",
    "tools/patches/blib.patch": "--- a/src/acme/_vendor/blib.py\n+++ b/src/acme/_vendor/blib.py\n@@ -1 +1 @@\n-import alib\n+from acme._vendor import alib\n",
  });
  return { root, run: (...args) => enisle(["vendor", "-C", root, "--offline", "--find-links", folder, ...args]) };
}

/** The command line, while a server of this process answers it. */
function started(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Run> {
  const child = spawn(process.execPath, [cli, ...args], { env: { ...process.env, NO_COLOR: "1", ...env }, stdio: ["ignore", "pipe", "pipe"] });
  const [out, err]: Buffer[][] = [[], []];
  child.stdout.on("data", (chunk: Buffer) => out?.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => err?.push(chunk));
  return new Promise((resolve) => child.on("close", (status) => resolve({ status, stdout: Buffer.concat(out ?? []).toString(), stderr: Buffer.concat(err ?? []).toString() })));
}

describe("[tool.vendoring]", () => {
  test("the tree that its users know, with patches, substitutions, drops and stubs; again nothing changes", () => {
    const { root, run } = made();
    const first = run();
    expect(first.stderr).toBe("");
    expect(first.status).toBe(0);
    expect(first.stdout).toMatch(/blib\.patch.*patch-unnecessary|patch-unnecessary/);
    const tree = snapshot(join(root, "src/acme/_vendor"));
    expect(Object.keys(tree).filter((path) => !path.includes(".dist-info/"))).toEqual(["__init__.py", "alib/__init__.py", "alib/__init__.pyi", "alib/core.py", "alib/core.pyi", "alib/lexers/__init__.py", "alib/lexers/python.py", "alib/styles/__init__.py", "blib.py", "clib.py", "clib.pyi", "vendor.txt", "vendored.json"]);
    expect(tree["alib/__init__.py"]).toBe("import acme._vendor.alib.core; from acme._vendor import alib; del acme\nfrom acme._vendor import clib\nname = \"x!y\"\n");
    expect([tree["alib/core.py"], tree["blib.py"], tree["__init__.py"], tree["alib/core.pyi"]]).toEqual(["a = 1\nb = 22\nc = 3\n", "from acme._vendor import alib\n", "# ours\n", "from alib.core import *\n"]);
    expect(readFileSync(join(root, "src/acme/app.py"), "utf8")).toBe("from acme._vendor import alib\nfrom acme._vendor import blib\n");
    expect(JSON.parse(readFileSync(join(root, "sbom.json"), "utf8")).components.length).toBe(3);
    expect(enisle(["vendor", "-C", root, "--locked", "--pip", "/no/pip"]).status).toBe(0);
    // A pin that moves in the file moves alone.
    write(root, { "src/acme/_vendor/vendor.txt": "alib==1.0\nblib==1.0\n" });
    expect(enisle(["vendor", "-C", root, "--pip", "/no/pip"]).status).toBe(0);
    expect(existsSync(join(root, "src/acme/_vendor/clib.py"))).toBe(false);
  });

  test("licences: in the library's directory, where the configuration says, or with its name; none is overwritten; from a URL, once", async () => {
    const requests: string[] = [];
    const server = createServer((request, response) => {
      requests.push(request.url ?? "");
      response.writeHead(request.url === "/LICENSE.md" ? 200 : 404).end("from afar\n");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const cache = temporary();
    const port = (server.address() as AddressInfo).port;
    const folder = temporary();
    const licensed = (name: string, files: Record<string, string>, licenses: Record<string, string>): string =>
      makeWheel(folder, { ...files, ...Object.fromEntries(Object.entries(licenses).map(([path, text]) => [`${name}-1.0.dist-info/${path}`, text])) }, { name });
    licensed("alib", { "alib/__init__.py": "", "alib/LICENSE": "its own\n" }, { "licenses/LICENSE": "info\n", "licenses/COPYING": "copying\n", "licenses/sub/NOTICE": "notice\n" });
    licensed("blib", { "blib.py": "" }, { LICENSE: "b\n" });
    licensed("clib", { "see.py": "" }, { LICENSE: "c\n" });
    for (const name of ["dlib", "elib", "flib"]) makeWheel(folder, { [`${name}/__init__.py`]: "" }, { name });
    const root = project({
      "pyproject.toml": `[tool.vendoring]\ndestination = "acme/_vendor/"\nnamespace = "acme._vendor"\nrequirements = "acme/_vendor/vendor.txt"\nprotected-files = ["vendor.txt"]\n[tool.vendoring.license.directories]\nclib = "c_dir"\n[tool.vendoring.license.fallback-urls]\nblib = "http://127.0.0.1:${port}/never"\ndlib = "http://me:s3cr3t@127.0.0.1:${port}/LICENSE.md"\nelib = "http://127.0.0.1:${port}/gone"\n`,
      "acme/_vendor/vendor.txt": "alib==1.0\nblib==1.0\nclib==1.0\ndlib==1.0\nelib==1.0\nflib==1.0\n",
    });
    const run = await started(["vendor", "-C", root, "--find-links", folder, "--format", "json"], { PIP_NO_INDEX: "1", XDG_CACHE_HOME: cache });
    expect([run.status, run.stderr]).toEqual([0, ""]);
    expect(JSON.parse(run.stdout).findings.filter(({ code }: { code: string }) => code === "license-unavailable")).toMatchObject([{ distribution: "elib", severity: "warning", message: expect.stringMatching(/404/) }]);
    const tree = snapshot(join(root, "acme/_vendor"));
    const licenses = (files: Record<string, string>): Record<string, string> => Object.fromEntries(Object.entries(files).filter(([path]) => /LICENSE|COPYING|NOTICE/.test(path) && !path.includes(".dist-info/")));
    expect(licenses(tree)).toEqual({ "alib/LICENSE": "its own\n", "alib/COPYING": "copying\n", "alib/sub-NOTICE": "notice\n", "blib.LICENSE": "b\n", "c_dir/LICENSE": "c\n", "dlib/LICENSE.md": "from afar\n" });
    const manifest = JSON.parse(tree["vendored.json"] ?? "");
    expect(manifest.distributions.find(({ name }: { name: string }) => name === "dlib").license.files).toEqual(["dlib/LICENSE.md"]);
    expect(run.stdout + JSON.stringify(tree)).not.toContain("s3cr3t");
    expect(requests).toEqual(["/LICENSE.md", "/gone"]);
    // What lies there is not asked for again, and nothing changes.
    const again = await started(["vendor", "-C", root, "--offline", "--format", "json"], { XDG_CACHE_HOME: cache });
    expect(JSON.parse(again.stdout).result.changed).toBe(false);
    expect(snapshot(join(root, "acme/_vendor"))).toEqual(tree);
    expect(requests.length).toBe(2);
    // A copy that goes takes its licences along.
    write(root, { "acme/_vendor/vendor.txt": "alib==1.0\ndlib==1.0\n" });
    expect((await started(["vendor", "-C", root, "--offline"], { XDG_CACHE_HOME: cache })).status).toBe(0);
    expect(Object.keys(licenses(snapshot(join(root, "acme/_vendor"))))).toEqual(["alib/COPYING", "alib/LICENSE", "alib/sub-NOTICE", "dlib/LICENSE.md"]);
  });

  test("unknown keys, missing ones, syntax of Python's that is not known", () => {
    for (const [more, message] of [["destinaton = 1", /unknown key 'destinaton'[^]*destination/]] as const) {
      const run = made(more).run();
      expect([run.status, run.stderr]).toEqual([2, expect.stringMatching(message)]);
    }
    const { root, run } = made();
    write(root, { "pyproject.toml": toml().replace("blib\\.extern", "(?x) a b") });
    expect(run().stderr).toMatch(/verbose mode/);
    write(root, { "pyproject.toml": toml().replace(/requirements = .*\n/, "") });
    expect(run().stderr).toMatch(/'requirements'/);
  });
});
