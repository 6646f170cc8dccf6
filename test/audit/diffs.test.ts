/** Diffs of patched copies against the archives of their releases, with relocation undone. */
import { readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { formatPatchWithin } from "../../src/patch/formatPatch.ts";
import { makeWheel } from "../vendor/wheel.ts";
import { enisle, join, temporary, write } from "../vendor/project.ts";
import { type JsonCopy, audit, herbIndex, library, placed, relocated, run, tar } from "./support.ts";

const index = herbIndex();

interface WithDiffs extends JsonCopy {
  readonly diffs?: { path: string; text: string | null }[];
}

function archives(): string {
  const directory = temporary();
  makeWheel(directory, library("1.0"), { name: "herblib", version: "1.0" });
  return directory;
}

function patched(change: (files: Record<string, string>) => Record<string, string>): string {
  return write(temporary(), { "acme/__init__.py": "", "acme/_vendor/__init__.py": "", ...placed("acme/_vendor", change(relocated(library("1.0"), "herblib", "acme._vendor"))) });
}

function herb(root: string, ...more: string[]): WithDiffs {
  const found = audit(root, "--index", index, ...more).copies.find(({ name }) => name === "herblib");
  if (!found) throw new Error("herblib was not found");
  return found as WithDiffs;
}

test("what was changed shows, and what relocation changed does not", () => {
  const root = patched((files) => ({ ...files, "herblib/core.py": (files["herblib/core.py"] ?? "").replace("other = 3 *", "other = 33 *").replace("import sys\n", "import sys\nimport socket\n"), "herblib/more.py": "added = 1\n" }));
  expect(herb(root)).toMatchObject({ state: "patched" });
  expect(herb(root).diffs).toBeUndefined(); // nothing is at hand
  const { state, diffs } = herb(root, "--archives", archives());
  expect(state).toBe("patched");
  expect(diffs?.map(({ path }) => path)).toEqual(["acme/_vendor/herblib/core.py", "acme/_vendor/herblib/more.py"]);
  expect(diffs?.[0]?.text).toBe(
    "--- a/herblib/core.py\n+++ b/herblib/core.py\n@@ -1,4 +1,5 @@\n import sys\n+import socket\n from herblib import tables\n from .tables import tables_2\n \n@@ -26,7 +27,7 @@\n def core_3(value, other=None):\n     # step 3\n     if other is None:\n-        other = 3 * len(str(value))\n+        other = 33 * len(str(value))\n     return [value, other, \"core 3\"]\n \n \n",
  );
  expect(diffs?.[1]?.text).toBe("--- a/herblib/more.py\n+++ b/herblib/more.py\n@@ -0,0 +1,1 @@\n+added = 1\n");
  const text = run([root, "--index", index, "--archives", archives(), "-v"]).stdout;
  expect(text).toContain("+        other = 33 * len(str(value))");
  const bom = JSON.parse(run([root, "--index", index, "--archives", archives(), "--format", "cyclonedx"]).stdout);
  expect(Buffer.from(bom.components[0].components?.[0]?.pedigree.patches[0].diff.text.content ?? bom.components[0].pedigree.patches[0].diff.text.content, "base64").toString()).toBe(diffs?.[0]?.text);
});

test("an sdist will do, in a directory of its own; a damaged one is said, and other releases are none", () => {
  const root = patched((files) => ({ ...files, "herblib/tables.py": (files["herblib/tables.py"] ?? "").replace("tables 5", "tables five") }));
  const sources = { "PKG-INFO": "Name: herblib\nVersion: 1.0\n", "setup.py": "", ...library("1.0") };
  const sdist = gzipSync(tar(Object.entries(sources).map(([path, content]) => ({ name: `herblib-1.0/${path}`, content: Buffer.from(content) }))));
  expect(herb(root, "--archives", write(temporary(), { "herblib/herblib-1.0.tar.gz": sdist })).diffs?.[0]?.text).toContain("+    return [value, other, \"tables five\"]");
  const directory = temporary();
  const wheel = makeWheel(directory, library("2.0"), { name: "herblib", version: "2.0" });
  expect(herb(root, "--archives", directory).diffs).toBeUndefined();
  writeFileSync(join(directory, "herblib-1.0-py3-none-any.whl"), readFileSync(wheel).subarray(0, 400));
  const damaged = run([root, "--index", index, "--archives", directory]);
  expect([damaged.status, damaged.stdout.replaceAll(/\s+/g, " ")]).toEqual([0, expect.stringContaining("No diff against herblib-1.0-py3-none-any.whl")]);
  expect(enisle(["audit", root, "--archives", join(directory, "nowhere")]).status).toBe(2);
});

test("a release that no index knows, by its version alone: the archive shows what was changed", () => {
  const directory = temporary();
  const thyme = { "thyme/__init__.py": '__version__ = "3.1"\nfrom thyme import leaf\n', "thyme/leaf.py": "import thyme\nGREEN = 1\nSIZE = 2\n", "thyme/stem.py": "LONG = 1\n" };
  makeWheel(directory, { ...thyme, "thyme/tests/__init__.py": "" }, { name: "thyme", version: "3.1" });
  const tree = (files: Record<string, string>): string => write(temporary(), { "acme/__init__.py": "", "acme/_vendor/__init__.py": "", "acme/_vendor/vendor.txt": "thyme==3.1\n", ...placed("acme/_vendor", files) });
  const found = (files: Record<string, string>, ...more: string[]): WithDiffs | undefined => audit(tree(files), ...more).copies.find(({ name }) => name === "thyme");
  const moved = relocated(thyme, "thyme", "acme._vendor");
  expect(found(moved)).toMatchObject({ version: "3.1", state: "unknown" });
  expect(found(moved, "--archives", directory)).toMatchObject({ state: "relocated" });
  expect(found(thyme, "--archives", directory)).toMatchObject({ state: "pristine" });
  const { "thyme/stem.py": stem, ...less } = moved;
  expect(stem).toBeDefined();
  expect(found(less, "--archives", directory)).toMatchObject({ state: "subset" });
  const patch = { ...moved, "thyme/leaf.py": (moved["thyme/leaf.py"] ?? "").replace("GREEN = 1", "GREEN = 7"), "thyme/more.py": "" };
  const shown = found(patch, "--archives", directory);
  expect([shown?.state, shown?.diffs?.map(({ path }) => path)]).toEqual(["patched", ["acme/_vendor/thyme/leaf.py", "acme/_vendor/thyme/more.py"]]);
  expect(shown?.diffs?.[0]?.text).toContain("-GREEN = 1\n+GREEN = 7\n");
  expect(run([tree(patch), "--archives", directory, "-v"]).stdout).toContain("+GREEN = 7");
  // Something else of that name and version is no changed copy of it.
  expect(found({ "thyme/__init__.py": '__version__ = "3.1"\ndef quite(): return "another thing"\n', "thyme/other.py": "x = [1, 2, 3]\n" }, "--archives", directory)).toMatchObject({ state: "unknown" });
});

test("nothing of what a hostile copy holds reaches the terminal, and no diff takes for ever", () => {
  const root = patched((files) => ({
    ...files,
    "herblib/core.py": `${files["herblib/core.py"] ?? ""}x = "\u001b[2J\u202e\u0007"\r\n`,
  }));
  const text = run([root, "--index", index, "--archives", archives(), "-v"]).stdout;
  // oxlint-disable-next-line no-control-regex -- they are what it is for
  expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
  expect(text).toContain('x = "\\u001b[2J\\u202e\\u0007"');
  const lines = (factor: number): string => Array.from({ length: 60_000 }, (_, n) => `x = ${(n * factor) % 60_013}`).join("\n");
  const began = Date.now();
  expect(formatPatchWithin(4000, "a.py", lines(7919), lines(104_729))).toBeUndefined();
  expect(Date.now() - began).toBeLessThan(10_000);
});
