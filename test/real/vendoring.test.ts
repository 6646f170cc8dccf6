/**
 * The `[tool.vendoring]` case that counts: pip's own source distribution, its configuration unchanged. It carries the configuration, the pins and the
 * vendored tree, and not the patches, which are made here from what its tree shows. Needs the index; mandatory where CI is set.
 */
import { spawnSync } from "node:child_process";
import { cpSync, readdirSync, rmSync, statSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { undo } from "../../src/rewrite/applyEdits.ts";
import { enisle, existsSync, join, readFileSync, snapshot, temporary, write } from "../vendor/project.ts";

const index = spawnSync("python3", ["-m", "pip", "download", "-q", "--no-deps", "-d", "/dev/null/none", "six==1.17.0"], { encoding: "utf8" }).stderr.includes("No matching distribution") === false;
const vendorDirectory = "src/pip/_vendor";

function original(): string {
  const place = temporary();
  expect(spawnSync("python3", ["-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:", "-d", place, "pip==24.2"]).status).toBe(0);
  expect(spawnSync("tar", ["xzf", "pip-24.2.tar.gz"], { cwd: place }).status).toBe(0);
  return join(place, "pip-24.2");
}

function python(tree: Record<string, string>): string[] {
  return Object.keys(tree).filter((path) => path.endsWith(".py"));
}

/** pip's text with the namespace taken out again, as far as simple imports go: what its patches made of upstream's. */
function upstreamNames(text: string): string {
  return text.replace(/from pip\._vendor import (\w+)/g, "import $1").replace(/from pip\._vendor\.(?=\w)/g, "from ");
}

describe.skipIf(!index && !process.env["CI"])("pip's own vendoring", () => {
  test("the same modules and pins; with the patches the same pip, which works", () => {
    const theirs = original();
    const plain = join(temporary(), "plain");
    cpSync(theirs, plain, { recursive: true });
    const first = enisle(["vendor", "-C", plain, "--format", "json"]);
    expect([first.status, first.stderr]).toEqual([1, ""]); // modules that pip leaves out, and that others import
    const findings = JSON.parse(first.stdout).findings as { code: string; severity: string }[];
    expect(new Set(findings.filter(({ severity }) => severity === "error").map(({ code }) => code))).toEqual(new Set(["dropped-module-imported"]));
    const [expected, made] = [snapshot(join(theirs, vendorDirectory)), snapshot(join(plain, vendorDirectory))];
    expect(python(made)).toEqual(python(expected));
    // Licences where pip's users know them.
    const licenses = (tree: Record<string, string>): string[] => Object.keys(tree).filter((path) => /LICENSE|COPYING/.test(path) && !path.includes(".dist-info/"));
    expect(licenses(made)).toEqual(expect.arrayContaining(licenses(expected)));
    const manifest = JSON.parse(made["vendored.json"] ?? "") as { distributions: { name: string; version: string; files: { path: string; edits: [number, number, string][] }[] }[] };
    const pins = (expected["vendor.txt"] ?? "").split("\n").map((line) => line.trim().toLowerCase().replaceAll("_", "-")).filter((line) => line !== "").sort();
    expect(manifest.distributions.map(({ name, version }) => `${name}==${version}`.toLowerCase().replaceAll("_", "-")).sort()).toEqual(pins);

    // What differs are pip's patches: made into patch files, they apply, or are told to be unnecessary.
    const patched = join(temporary(), "patched");
    cpSync(theirs, patched, { recursive: true });
    const edits = new Map(manifest.distributions.flatMap(({ files }) => files.map((file) => [file.path, file.edits] as const)));
    const differing = python(expected).filter((path) => path.includes("/") && expected[path] !== made[path]);
    const scratch = temporary();
    const patches = new Map<string, string>();
    for (const path of differing) {
      write(scratch, { a: Buffer.from(undo(made[path] ?? "", edits.get(path) ?? []), "latin1"), b: Buffer.from(upstreamNames(expected[path] ?? ""), "latin1") });
      const { stdout } = spawnSync("diff", ["-u", "--label", `a/${vendorDirectory}/${path}`, "--label", `b/${vendorDirectory}/${path}`, "a", "b"], { cwd: scratch, encoding: "latin1" });
      const top = path.split("/")[0] ?? "";
      if (stdout !== "") patches.set(top, (patches.get(top) ?? "") + stdout);
    }
    expect([...patches.keys()]).toEqual(expect.arrayContaining(["distlib", "pkg_resources", "pygments", "requests", "urllib3"]));
    write(patched, Object.fromEntries([...patches].map(([name, text]) => [`tools/vendoring/patches/${name}.patch`, Buffer.from(text, "latin1")])));
    const second = enisle(["vendor", "-C", patched, "--format", "json"]);
    expect([second.status, second.stderr]).toEqual([1, ""]);
    const result = snapshot(join(patched, vendorDirectory));
    const same = python(expected).filter((path) => expected[path] === result[path]).length;
    const rest = python(expected).filter((path) => expected[path] !== result[path]);
    console.log(`${same} of ${python(expected).length} modules are byte for byte pip's own; others: ${rest.join(", ")}`);
    expect(same).toBeGreaterThanOrEqual(250);
    // The rest differs in where names are given the namespace: a docstring's imports there, strings that name modules here.
    const bare = (text: string | undefined): string => upstreamNames(text ?? "").replaceAll("pip._vendor.", "");
    // requests/packages.py also enters modules by computed names, which pip's patch left as they were since it never gets there.
    for (const path of rest.filter((each) => each !== "requests/packages.py")) expect(bare(result[path]), path).toBe(bare(expected[path]));
    // Again nothing changes.
    expect(JSON.parse(enisle(["vendor", "-C", patched, "--format", "json"]).stdout).result.changed).toBe(false);
    // The pip that came out does its work, with nothing of it from elsewhere.
    rmSync(join(patched, "tests"), { recursive: true, force: true });
    const out = temporary();
    const run = spawnSync("python3", ["-S", "-m", "pip", "download", "-q", "--no-deps", "-d", out, "six==1.17.0"], { cwd: join(patched, "src"), encoding: "utf8", env: { ...process.env, PYTHONPATH: join(patched, "src"), PYTHONDONTWRITEBYTECODE: "1" } });
    expect([run.status, run.stderr]).toEqual([0, expect.anything()]);
    expect(statSync(join(out, readdirSync(out)[0] ?? "")).size).toBeGreaterThan(1000);
    expect(existsSync(join(patched, vendorDirectory, "vendor.txt"))).toBe(true);
    expect(readFileSync(join(patched, "pyproject.toml"), "utf8")).toBe(readFileSync(join(theirs, "pyproject.toml"), "utf8"));
  });
});
