/** What cannot be planned: exit code 2, a message that names the file and a way out, nothing written. */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { enisle, snapshot, write } from "../vendor/project.ts";
import { build } from "./scenario.ts";

const made = () => {
  const world = build({ wheels: { "alib 1.0": {}, "alib 2.0": {} }, projects: { nova: { dependencies: ["alib<2"] }, keystone: { dependencies: ["alib>=2"] } } });
  write(world.root, {
    "empty/readme": "", "a.txt": "-r b.txt\n", "b.txt": "-r a.txt\n", "text.md": "", "broken.whl": "no archive",
    "unmet/pyproject.toml": '[project]\nname = "unmet"\nversion = "1"\ndependencies = ["alib>=9"]\n',
    "line/pyproject.toml": '[project]\nname = "line"\nversion = "1"\ndependencies = ["alib <"]\n',
    "newer/pyproject.toml": '[project]\nname = "newer"\nversion = "1"\nrequires-python = ">=3.99"\n',
    "toml/pyproject.toml": "[project\n",
  });
  return world;
};

describe("bad input", () => {
  test("each fails in its own words", () => {
    const { root, folder } = made();
    const before = snapshot(root);
    const cases: readonly (readonly [readonly string[], string])[] = [
      [[], "no PROJECT given"],
      [["./empty"], "./empty: says nowhere what it requires"],
      [["./missing"], "./missing: no such file or directory"],
      [["text.md"], "text.md: is no project"],
      [["broken.whl"], "is not a zip archive"],
      [["a.txt", "./nova"], "a.txt: includes itself"],
      [["./unmet", "./nova"], "./unmet: cannot be resolved even alone (./unmet/pyproject.toml)\n    Could not find a version that satisfies the requirement alib>=9"],
      [["./line"], "./line/pyproject.toml: 'alib <' is no requirement"],
      [["./newer"], "./newer: requires Python >=3.99"],
      [["./toml"], "is no valid TOML"],
      [["./nova", "nova"], "are the same project, nova"],
      [["./nova", "--never", "zzz"], "no project comes to a distribution 'zzz'"],
      [["./nova", "--never", "glance:alib"], "there is no project 'glance'"],
      [["./nova", "--system", "empty"], "holds no installed distribution"],
      [["./nova", "--graph", "plan.png"], "plan.png: is no kind of drawing"],
      [["./nova", "--python", "3.99"], "python3.99: no such program"],
      [["./nova", "-c", "none.txt"], "none.txt: no such file or directory"],
    ];
    for (const [args, message] of cases) {
      const { status, stdout, stderr } = enisle(["plan", ...args, "--no-index", "--find-links", folder], { cwd: root });
      expect({ status, stdout, args }).toEqual({ status: 2, stdout: "", args });
      expect(stderr).toContain(message);
      expect(stderr).not.toContain("internal error");
    }
    expect(snapshot(root)).toEqual(before);
  }, 120_000);

  test("a cycle of requirements is no failure: pip resolves it, and the plan ends", () => {
    const world = build({
      wheels: { "alib 1.0": { requires: ["blib"] }, "alib 2.0": { requires: ["blib"] }, "blib 1.0": { requires: ["alib"] } },
      projects: { nova: { dependencies: ["alib<2"] }, keystone: { dependencies: ["alib>=2"] } },
    });
    const run = enisle(["plan", ...world.projects, "--no-index", "--find-links", world.folder, "--graph", "plan.svg", "--never", "keystone:alib"], { cwd: world.root });
    expect({ status: run.status, stderr: run.stderr }).toEqual({ status: 0, stderr: "" });
    expect(run.stdout).toContain("nova 1.0 gets its own\n  alib 1.0\n    nova 1.0 → alib<2\n    but keystone 1.0 → alib>=2\n");
    expect(run.stdout.split("\n").filter((line) => line.length > 80 && !line.includes("pip install"))).toEqual([]);
    expect(snapshot(world.root)[join("plan.svg")]).toMatch(/^<svg [^]*alib 1\.0[^]*<\/svg>\n$/);
  }, 60_000);
});
