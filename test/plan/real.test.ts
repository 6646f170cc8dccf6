/**
 * Well-known applications whose requirements cannot be installed together: planned, applied, installed by the one line, started, and checked in one
 * interpreter. Needs the index and minutes, so only with ENISLE_SLOW=1. What the index had then is recorded with each (fixtures/plan).
 */
import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { parse } from "smol-toml";
import { describe, expect, test } from "vitest";
import { enisle, temporary, write } from "../vendor/project.ts";
import type { PlanJson } from "./scenario.ts";

interface Recorded {
  readonly projects: readonly string[];
  readonly relocations: readonly string[];
  readonly run: readonly (readonly [command: string, says: string])[];
  readonly pins: readonly string[];
}

const folder = new URL("../../fixtures/plan/", import.meta.url).pathname;
const scenarios = readdirSync(folder).filter((name) => name.endsWith(".toml")).sort();
const MINUTES = 60_000;

test("five are recorded, each with its versions", () => {
  expect(scenarios.length).toBeGreaterThanOrEqual(5);
  for (const name of scenarios) {
    const recorded = parse(readFileSync(join(folder, name), "utf8")) as unknown as Recorded;
    expect([...recorded.projects, ...recorded.pins].filter((line) => !/^[\w.-]+==[\w.]+$/.test(line))).toEqual([]);
    expect(recorded.relocations.length).toBeGreaterThan(0);
    expect(recorded.run.length).toBeGreaterThanOrEqual(2);
  }
});

describe.skipIf(process.env["ENISLE_SLOW"] !== "1")("real applications", () => {
  test.each(scenarios)("%s", (name) => {
    const { projects, relocations, run, pins } = parse(readFileSync(join(folder, name), "utf8")) as unknown as Recorded;
    const root = temporary();
    write(root, { "pins.txt": pins.map((pin) => `${pin}\n`).join("") });
    const environment = join(root, "environment");
    expect(spawnSync("python3", ["-m", "venv", environment]).status).toBe(0);
    const shell = (command: string): { readonly status: number | null; readonly said: string } => {
      const done = spawnSync("sh", ["-c", command], { cwd: root, encoding: "utf8", env: { ...process.env, PATH: `${environment}/bin:${process.env["PATH"]}`, HOME: root, PIP_DISABLE_PIP_VERSION_CHECK: "1", LC_ALL: "C.UTF-8" } });
      return { status: done.status, said: done.stdout + done.stderr };
    };
    // pip refuses them together, or there would be nothing to plan.
    expect(shell(`python3 -m pip install -q --dry-run --only-binary :all: ${projects.map((each) => `'${each}'`).join(" ")}`).said).toContain("ResolutionImpossible");

    const applied = enisle(["plan", ...projects, "-c", "pins.txt", "--only-binary", "--apply", "--format", "json"], { cwd: root });
    expect({ status: applied.status, said: applied.status === 0 ? "" : applied.stdout + applied.stderr }).toEqual({ status: 0, said: "" });
    const { result } = JSON.parse(applied.stdout) as { result: PlanJson };
    expect(result.relocations.map((each) => [`${each.project} ${each.distribution} ${each.version}`, ...each.with].join(" + "))).toEqual(relocations);
    expect(result).toMatchObject({ minimal: "proven", check: { clean: true } });

    const installed = shell(result.install);
    expect({ status: installed.status, said: installed.status === 0 ? "" : installed.said }).toEqual({ status: 0, said: "" });
    write(join(root, "work"), { ".keep": "" });
    for (const [command, says] of run) expect({ command, said: shell(`cd work && ${command}`).said }).toEqual({ command, said: expect.stringMatching(new RegExp(says)) });

    const site = join(environment, "lib", basename(readdirSync(join(environment, "lib"))[0] ?? ""), "site-packages");
    const roots = (result.check?.together?.projects ?? []).map(({ path }) => join(site, path.replace(/\/_\w+$/, "").split("/").at(-1) ?? ""));
    expect(roots.length).toBe(2);
    const checked = enisle(["check", "--together", ...roots, "--python", join(environment, "bin/python")], { cwd: root });
    expect({ status: checked.status, said: checked.status === 0 ? "" : checked.stdout }).toEqual({ status: 0, said: "" });
  }, 15 * MINUTES);
});
