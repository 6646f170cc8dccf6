/** `check --upstream`: the copy is what the original archive gives, byte for byte. */
import { createHash } from "node:crypto";
import { copyFileSync, cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { describe, expect, test } from "vitest";
import { parseManifest } from "../../src/manifest/read.ts";
import { formatManifest } from "../../src/manifest/write.ts";
import type { Manifest } from "../../src/model/manifest.ts";
import { enisle, join, project, temporary, write } from "../vendor/project.ts";
import { makeWheel } from "../vendor/wheel.ts";
import { check, codes, wheels } from "./project.ts";

const MANIFEST = "acme/_vendor/vendored.json";

function vendored(): { root: string; archives: string } {
  const root = project({ "acme/app.py": "import alib\n" });
  const archives = temporary();
  const sources = wheels();
  for (const source of sources) copyFileSync(source, join(archives, basename(source)));
  const run = enisle(["vendor", "-q", "-C", root, ...sources]);
  if (run.status !== 0) throw new Error(run.stderr);
  return { root, archives };
}

function change(root: string, act: (manifest: Manifest) => Manifest): void {
  writeFileSync(join(root, MANIFEST), formatManifest(act(parseManifest(readFileSync(join(root, MANIFEST), "utf8"), ""))));
}

describe("upstream", () => {
  test("is what lies on disk", async () => {
    const { root, archives } = vendored();
    const { findings, result } = await check(root, { upstream: [archives] });
    expect(findings).toEqual([]);
    expect(result.upstream).toEqual({ distributions: 2, files: 14 });
  });

  test("differs where file and manifest were changed alike, so that nothing else shows it", async () => {
    const { root, archives } = vendored();
    const file = join(root, "acme/_vendor/alib/core.py");
    const content = readFileSync(file, "utf8").replace("from acme._vendor import alib", "from acme._vendor import alib; evil()");
    writeFileSync(file, content);
    const sha256Now = createHash("sha256").update(content).digest("hex");
    change(root, (manifest) => ({ ...manifest, distributions: manifest.distributions.map((each) => ({ ...each, files: each.files.map((entry) => {
      if (entry.path !== "alib/core.py") return entry;
      const [first = [0, 0, ""], ...rest] = entry.edits;
      const extra = "; evil()".length;
      const at = content.indexOf("; evil()");
      return { ...entry, sha256Now, edits: [first, ...rest].map(([offset, length, was]) => (offset + length === at ? [offset, length + extra, was] as const : offset >= at ? [offset + extra, length, was] as const : [offset, length, was] as const)) };
    }) })) }));
    expect(codes((await check(root)).findings)).toEqual([]);
    expect(codes((await check(root, { upstream: [archives] })).findings)).toEqual(["upstream-differs acme/_vendor/alib/core.py"]);
  });

  test("has a file that the manifest does not, or lacks one, or has another", async () => {
    const { root, archives } = vendored();
    change(root, (manifest) => ({ ...manifest, distributions: manifest.distributions.map((each) => ({ ...each, files: each.files.filter((entry) => entry.path !== "alib/data.bin") })) }));
    rmSync(join(root, "acme/_vendor/alib/data.bin"));
    write(root, { "acme/_vendor/blib/more.py": "x = 1\n" });
    const sha256 = createHash("sha256").update("x = 1\n").digest("hex");
    change(root, (manifest) => ({ ...manifest, distributions: manifest.distributions.map((each) => (each.name === "blib" ? { ...each, files: [...each.files, { path: "blib/more.py", sha256Upstream: sha256, sha256Now: sha256, edits: [] }] } : each)) }));
    expect(codes((await check(root)).findings)).toEqual([]);
    expect(codes((await check(root, { upstream: [archives] })).findings)).toEqual(["upstream-differs acme/_vendor/alib/data.bin", "upstream-differs acme/_vendor/blib/more.py"]);
  });

  test("of another version of the tool may come out differently: a warning", async () => {
    const { root, archives } = vendored();
    change(root, (manifest) => ({ ...manifest, tool: "enisle 0.0.1", distributions: manifest.distributions.map((each) => ({ ...each, files: each.files })) }));
    const file = join(root, "acme/_vendor/alib/core.py");
    const content = readFileSync(file, "utf8").replace("from acme._vendor import alib", "from acme._vendor  import alib");
    writeFileSync(file, content);
    const { findings } = await check(root, { upstream: [archives] });
    expect(findings.find((each) => each.code === "upstream-differs")).toMatchObject({ severity: "warning" });
  });

  test("that is a directory", async () => {
    const source = join(temporary(), "tree");
    write(source, { "alib/__init__.py": "import alib\n" });
    const root = project({ "acme/app.py": "import alib\n" });
    expect(enisle(["vendor", "-q", "-C", root, source]).status).toBe(0);
    const archives = temporary();
    cpSync(source, join(archives, "tree"), { recursive: true });
    expect((await check(root, { upstream: [archives] })).result).toMatchObject({ clean: true, upstream: { distributions: 1, files: 1 } });
    const refused = enisle(["check", "-C", root, "--upstream"]);
    expect([refused.status, refused.stderr]).toEqual([2, expect.stringMatching(/was vendored from the directory 'tree', which cannot be fetched/)]);
  });

  test("that is not the recorded one is refused", () => {
    const { root, archives } = vendored();
    makeWheel(archives, { "alib/__init__.py": "other = 1\n" });
    const run = enisle(["check", "-C", root, "--find-links", archives]);
    expect([run.status, run.stderr]).toEqual([2, expect.stringMatching(/alib-1\.0-py3-none-any\.whl: is not what alib was vendored from/)]);
    const nowhere = enisle(["check", "-C", root, "--find-links", join(archives, "nowhere")]);
    expect([nowhere.status, nowhere.stderr]).toEqual([2, expect.stringMatching(/nowhere: no such directory/)]);
  });
});
