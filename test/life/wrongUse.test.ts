/** Wrong invocations and damaged input that once ended with a stack trace, went round for ever, or were taken for something else. */
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseManifest } from "../../src/manifest/read.ts";
import { enisle, join, project, readFileSync, snapshot, temporary, write } from "../vendor/project.ts";
import { makeWheel } from "../vendor/wheel.ts";

function vendored(): { root: string; wheel: string } {
  const root = project({ "acme/app.py": "import alib\n" });
  const wheel = makeWheel(temporary(), { "alib/__init__.py": "" });
  expect(enisle(["vendor", "-q", "-C", root, wheel]).status).toBe(0);
  return { root, wheel };
}

test("each is refused in its own words, and nothing is written", () => {
  const { root, wheel } = vendored();
  const place = temporary();
  symlinkSync("loop.whl", join(place, "loop.whl"));
  write(place, { "binary.txt": Buffer.from([0xff, 0xfe, 0]), "file": "" });
  mkdirSync(join(place, "empty"));
  const foreign = join(temporary(), "tree");
  mkdirSync(foreign);
  writeFileSync(Buffer.concat([Buffer.from(`${foreign}/caf`), Buffer.from([0xe9]), Buffer.from(".py")]), "");
  const before = snapshot(root);
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [["vendor", "-C", root, ""], /a SOURCE is empty/], [["vendor", "-C", root, root], /holds the project itself/], [["vendor", "-C", root, join(place, "loop.whl")], /too many symbolic links/],
    [["vendor", "-C", root, "-r", join(place, "binary.txt")], /is no text in UTF-8/], [["vendor", "-C", root, "-c", "nosuch.txt", "x"], /nosuch\.txt: no such file/],
    [["vendor", "-C", root, "--find-links", join(place, "nosuch"), "x"], /nosuch: no such directory/], [["vendor", "-C", root, "--pip", "", "x"], /--pip is empty/],
    [["vendor", "-C", root, "--drop", "^(", wheel], /'\^\(' is no regular expression: Unterminated group/], [["vendor", "-C", root, "--out", "/proc/x", wheel], /^error: \/proc\/x/],
    [["wheel", wheel, "--rename", "alib=alib_1", "-w", "/proc/x"], /^error: \/proc\/x/], [["wheel", wheel, "--rename", "alib=alib_1", "-w", join(place, "file")], /not a directory/],
    [["vendor", "-C", root, foreign], /the name of this file is not UTF-8/],
    [["update", "-C", project(), "alib"], /nothing is vendored there/], [["index", "add", join(place, "binary.txt"), "--index", join(place, "i")], /neither a wheel nor an sdist/],
  ];
  for (const [args, said] of cases) {
    const run = enisle(args, { cwd: join(place, "empty") });
    expect([args.join(" "), run.status, run.stdout, run.stderr]).toEqual([args.join(" "), 2, "", expect.stringMatching(said)]);
    expect(run.stderr).not.toMatch(/internal error|^ {4}at /m);
  }
  expect(snapshot(root)).toEqual(before);
});

test("a manifest that lacks a part is called damaged, by every command that reads it", () => {
  const { root, wheel } = vendored();
  const path = join(root, "acme/_vendor/vendored.json");
  const text = readFileSync(path, "utf8");
  const said = (change: (entry: Record<string, unknown>, manifest: Record<string, unknown>) => void): string => {
    const manifest = JSON.parse(text) as { distributions: Record<string, unknown>[] };
    change(manifest.distributions[0] ?? {}, manifest as unknown as Record<string, unknown>);
    writeFileSync(path, JSON.stringify(manifest));
    try {
      parseManifest(readFileSync(path, "utf8"), "M");
      return "nothing";
    } catch (error) {
      return (error as Error).message;
    }
  };
  expect(said((entry) => (entry["source"] = { kind: "file" }))).toContain("'source' of alib");
  expect(said((entry) => (entry["license"] = {}))).toContain("'license' of alib");
  expect(said((entry) => delete entry["patches"])).toContain("'patches' of alib");
  expect(said((entry) => (entry["accepted"] = [1]))).toContain("'accepted' of alib");
  expect(said((entry) => delete entry["requirement"])).toContain("'requirement' of alib");
  expect(said((_, manifest) => (manifest["targetPython"] = "x"))).toContain("'targetPython'");
  expect(said((_, manifest) => (manifest["isolated"] = "x"))).toContain("'isolated'");
  expect(said(() => undefined)).toBe("nothing");
  said((entry) => (entry["dropped"] = 3));
  const before = snapshot(root);
  for (const [command = "", ...rest] of [["check"], ["vendor", wheel], ["eject", "alib"], ["update", "alib"]]) {
    const run = enisle([command, "-C", root, ...rest]);
    expect([run.status, run.stdout, run.stderr]).toEqual([2, "", expect.stringContaining("the manifest is damaged: 'dropped' of alib")]);
  }
  expect(snapshot(root)).toEqual(before);
});
