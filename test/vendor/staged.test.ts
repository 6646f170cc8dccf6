/** The staged tree is read back before it is committed: what is not as it was meant, or leaks, stops the run, and nothing is written. */
import { createHash } from "node:crypto";
import { appendFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { checkStaged } from "../../src/commands/checkStaged.ts";
import { findConsumer } from "../../src/commands/consumer.ts";
import { type FileJob, type FileResult, defaultReferences } from "../../src/commands/fileJob.ts";
import { FileWorker } from "../../src/commands/fileWorker.ts";
import { noInventory } from "../../src/commands/inventory.ts";
import { hireCrew } from "../../src/commands/runJobs.ts";
import { vendor } from "../../src/commands/vendor.ts";
import { nodeHost } from "../../src/host/node.ts";
import { enisle, join, project, readFileSync, snapshot, temporary } from "./project.ts";
import { makeWheel } from "./wheel.ts";

test("a worker that went on without observations makes them again when it is asked to", async () => {
  const file = join(temporary(), "hooks.py");
  writeFileSync(file, "import sys\nsys.meta_path.insert(0, object())\n");
  const job: FileJob = { label: "alib/hooks.py", locator: { kind: "file", path: file }, size: 50, executable: false, record: undefined, sha256: undefined, distribution: "alib", place: { module: "alib.hooks", package: "alib", stub: false, siblings: [] }, map: 0, target: undefined, inPlace: false };
  const settings = { maps: [[{ from: "alib", to: "acme._vendor.alib" }]], target: [3, 9] as const, inventory: noInventory, references: defaultReferences, keepContents: false, keepSites: false };
  const worker = new FileWorker(settings);
  const seen = async (): Promise<number | undefined> => (await worker.run([job]))[0]?.observations.length;
  const first = await seen();
  expect(first).toBeGreaterThan(0);
  worker.goOn({ ...settings, again: true });
  expect(await seen()).toBe(0);
  worker.goOn(settings);
  expect(await seen()).toBe(first);
  worker.close();
});

describe("a staged tree", () => {
  test.each(["namespace/alib/core.py", "namespace/alib/data.bin", "project/1"])("in which %s changed before the commit", async (path) => {
    const root = project({ "acme/app.py": "import alib\n" });
    const before = snapshot(root);
    const source = makeWheel(temporary(), { "alib/__init__.py": "", "alib/core.py": "import alib\n", "alib/data.bin": Buffer.from([0, 1]) });
    let changed = false;
    const host = {
      ...(await nodeHost({ quiet: true })),
      cwd: root,
      progress(text: string) {
        const [, done, total] = /^Relocating: (\d+) of (\d+)/.exec(text) ?? [];
        if (done === undefined || done !== total) return;
        appendFileSync(join(root, ".enisle-staging", path), "import alib\n");
        changed = true;
      },
    };
    const options = { project: root, sources: [source], namespace: undefined, targetPython: undefined, dryRun: false, diff: false, verified: "rewrite" as const, runtimeMap: false };
    await expect(vendor(options, host)).rejects.toThrow(/was not written as it was meant/);
    expect(changed).toBe(true);
    expect(snapshot(root)).toEqual(before);
  });

  test.each([
    ["", /the copy would leak: acme\/_vendor\/alib\/x\.py:1:8 asks for 'alib'/],
    ['[[tool.enisle.accept]]\ncode = "leak"\npath = "acme/_vendor/**"\nreason = "known"\n', undefined],
    ['[[tool.enisle.accept]]\ncode = "leak"\npath = "acme/_vendor/other.py"\nreason = "known"\n', /would leak/],
  ])("that leaks, with the configuration %j", async (accepting, refused) => {
    const root = project({ "pyproject.toml": `[tool.enisle]\nnamespace = "acme._vendor"\n${accepting}` });
    const content = "import alib\n";
    const target = join(temporary(), "x.py");
    writeFileSync(target, content);
    const job: FileJob = { label: "acme/_vendor/alib/x.py", locator: { kind: "file", path: target }, size: 0, executable: false, record: undefined, sha256: undefined, distribution: "alib", place: { module: "alib.x", package: "alib", stub: false, siblings: [] }, map: 0, target, inPlace: false };
    const sha256Now = createHash("sha256").update(content).digest("hex");
    const result: FileResult = { sha256Upstream: sha256Now, sha256Now, undo: [], findings: [], changed: true, size: content.length, sites: [], before: undefined, after: undefined, needsHelper: false, usedExceptions: [], edits: { proven: 0, verified: 0 }, observations: [], verified: [], sha256Before: "", anchors: [], patches: [], covered: false };
    const settings = { maps: [[{ from: "alib", to: "acme._vendor.alib" }]], target: [3, 9] as const, inventory: noInventory, references: defaultReferences, keepContents: false, keepSites: false };
    const run = checkStaged([job], [result], settings, await findConsumer(root, undefined, undefined), hireCrew(0), () => undefined);
    if (refused) await expect(run).rejects.toThrow(refused);
    else expect(await run).toMatchObject([{ code: "leak", severity: "note", accepted: "known" }]);
  });
});

describe("accepted findings", () => {
  test("become notes, and stand in the manifest with their reason", () => {
    const root = project({ "pyproject.toml": '[tool.enisle]\nnamespace = "acme._vendor"\n[[tool.enisle.accept]]\ncode = "syntax-error"\npath = "acme/_vendor/**"\nreason = "a template"\n' });
    const run = enisle(["vendor", "-C", root, "--format", "json", makeWheel(temporary(), { "alib/__init__.py": "", "alib/old.py": "print 'x' 'y' z\n" })]);
    expect(run.status).toBe(0);
    expect(JSON.parse(run.stdout).findings).toMatchObject([{ code: "syntax-error", severity: "note", accepted: "a template" }]);
    expect(JSON.parse(readFileSync(join(root, "acme/_vendor/vendored.json"), "utf8")).distributions[0].accepted).toEqual([{ code: "syntax-error", reason: "a template" }]);
    expect(enisle(["check", "-q", "--strict", "-C", root]).status).toBe(1); // nothing names the copy
    expect(enisle(["check", "-q", "-C", root]).stdout).toBe("");
  });
});
