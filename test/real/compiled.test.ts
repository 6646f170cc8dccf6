/**
 * Extension modules of popular distributions: where the tool says that nothing in them names the original, Python agrees: nothing is asked for, and
 * nothing entered into sys.modules, by its original name. Needs the index; where CI is set it is mandatory.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { enisle, join, project } from "../vendor/project.ts";

// What is judged clean, and what is not: C by hand, Cython, Rust.
const clean = { "MarkupSafe==3.0.2": "markupsafe._speedups", "ujson==5.10.0": "ujson", "cffi==1.17.1": "_cffi_backend", "bcrypt==4.3.0": "bcrypt._bcrypt" };
const broken = { "msgpack==1.1.0": "msgpack._cmsgpack", "simplejson==3.20.1": "simplejson._speedups", "PyYAML==6.0.2": "yaml._yaml" };

const probe = `
import importlib, importlib.abc, sys
root, name = sys.argv[1:]
sys.path.insert(0, root)
top, asked = name.split(".")[0], []
class Wire(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == top: asked.append(name)
sys.meta_path.insert(0, Wire())
try:
    importlib.import_module("acme._vendor." + name)
except ImportError as error:
    asked.append(str(error))
print(asked + [key for key in sys.modules if key.split(".")[0] == top])
`;

let index = true;
let directory = "";

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "enisle-wheels-"));
  const run = spawnSync("python3", ["-m", "pip", "download", "-q", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:", "-d", directory, ...Object.keys({ ...clean, ...broken })], { encoding: "utf8" });
  index = run.status === 0;
  if (!index && process.env["CI"]) throw new Error(`the index is mandatory where CI is set: ${run.stderr}`);
}, 300_000);

afterAll(() => rmSync(directory, { recursive: true, force: true }));

function judged(pin: string, module: string): { readonly codes: string[]; readonly seen: string } {
  const name = pin.split("==")[0]?.toLowerCase();
  const wheel = readdirSync(directory).find((file) => file.split("-")[0]?.toLowerCase() === name) ?? "";
  const root = project();
  const run = enisle(["vendor", "-C", root, "--format", "json", join(directory, wheel)]);
  const python = spawnSync("python3", ["-I", "-S", "-B", "-c", probe, root, module], { encoding: "utf8" });
  expect(python.stderr).toBe("");
  return { codes: JSON.parse(run.stdout).findings.map((each: { code: string }) => each.code), seen: python.stdout.trim() };
}

describe("real extension modules", () => {
  test.for(Object.entries(clean))("%s is clean", ([pin, module], { skip }) => {
    if (!index) skip();
    const { codes, seen } = judged(pin, module);
    expect(codes).not.toContain("compiled-module");
    expect(seen).toBe("[]");
  });

  test.for(Object.entries(broken))("%s names the original", ([pin, module], { skip }) => {
    if (!index) skip();
    const { codes, seen } = judged(pin, module);
    expect(codes).toContain("compiled-module");
    expect(seen).not.toBe("[]");
  });
});
