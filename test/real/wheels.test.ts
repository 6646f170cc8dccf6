/**
 * Popular distributions, as the index has them: relocated with their requirements, every module imports as it did before, with the
 * originals absent. Needs the index; where CI is set it is mandatory.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { enisle, join, project, readFileSync, temporary } from "../vendor/project.ts";
import { undo } from "../../src/rewrite/applyEdits.ts";
import type { Manifest } from "../../src/model/manifest.ts";

// Pinned, so that a failure is ours; newest versions are for the benchmark and for people.
const families: Readonly<Record<string, readonly string[]>> = {
  django: ["Django==5.2", "asgiref==3.8.1", "sqlparse==0.5.3"],
  sqlalchemy: ["SQLAlchemy==2.0.41", "typing_extensions==4.14.0"],
  jinja2: ["Jinja2==3.1.6", "MarkupSafe==3.0.2"],
  attrs: ["attrs==25.3.0"],
  requests: ["requests==2.32.4", "urllib3==2.5.0", "idna==3.10", "certifi==2025.6.15", "charset-normalizer==3.4.2"],
  click: ["click==8.2.1"],
  flask: ["Flask==3.1.1", "Werkzeug==3.1.3", "itsdangerous==2.2.0", "blinker==1.9.0", "click==8.2.1", "Jinja2==3.1.6", "MarkupSafe==3.0.2"],
  packaging: ["packaging==25.0"],
  rich: ["rich==14.0.0", "Pygments==2.19.2", "markdown-it-py==3.0.0", "mdurl==0.1.2"],
  six: ["six==1.17.0"],
};

const wheels = new Map<string, string>();
let index = true;
let directory = "";

afterAll(() => rmSync(directory, { recursive: true, force: true }));

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "enisle-wheels-"));
  const pins = [...new Set(Object.values(families).flat())];
  const download = (...args: string[]): { status: number | null; stderr: string } =>
    spawnSync("python3", ["-m", "pip", "download", "-q", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:", "-d", directory, ...args], { encoding: "utf8" });
  // Pure wheels, except of what has none.
  const compiled = pins.filter((pin) => pin.startsWith("MarkupSafe"));
  const runs = [download("--platform", "any", "--implementation", "py", "--abi", "none", ...pins.filter((pin) => !compiled.includes(pin))), download(...compiled)];
  index = runs.every((run) => run.status === 0);
  if (!index && process.env["CI"]) throw new Error(`the index is mandatory where CI is set: ${runs.map((run) => run.stderr).join("")}`);
  if (index) for (const file of readdirSync(directory)) wheels.set(file.split("-")[0]?.toLowerCase().replaceAll("_", "-") ?? "", join(directory, file));
}, 300_000);

function importAll(root: string, prefix: string, names: readonly string[]): { ends: Record<string, string>; originals: string[] } {
  const run = spawnSync("python3", ["-I", "-S", join(import.meta.dirname, "import_all.py"), root, prefix, ...names], { encoding: "utf8", timeout: 200_000 });
  return JSON.parse(run.stdout);
}

describe("real distributions", () => {
  test.for(Object.keys(families))("%s", { timeout: 300_000 }, (family, { skip }) => {
    if (!index) skip("no index: pip download failed");
    const sources = (families[family] ?? []).map((pin) => wheels.get((pin.split("==")[0] ?? "").toLowerCase().replaceAll("_", "-")) ?? pin);
    const root = project();
    const run = enisle(["vendor", "-C", root, "--format", "json", ...sources]);
    expect(run.stderr).toBe("");
    const { result, findings } = JSON.parse(run.stdout);
    expect(findings.filter((finding: { severity: string }) => finding.severity === "error")).toEqual([]);

    const before = temporary();
    for (const source of sources) expect(spawnSync("python3", ["-m", "zipfile", "-e", source, before]).status).toBe(0);
    const names = result.distributions.flatMap((each: { topLevels: string[] }) => each.topLevels);
    const upstream = importAll(before, "", names);
    const relocated = importAll(root, "acme._vendor.", names);
    expect(relocated.originals).toEqual([]);
    const broken = Object.keys(upstream.ends).filter((module) => upstream.ends[module] === "ok" && relocated.ends[module] !== "ok").map((module) => `${module}: ${relocated.ends[module]}`);
    expect(broken).toEqual([]);
    expect(Object.values(upstream.ends).filter((end) => end === "ok").length).toBeGreaterThan(0);

    // Reversal: every original comes back from the manifest.
    const manifest: Manifest = JSON.parse(readFileSync(join(root, "acme/_vendor/vendored.json"), "utf8"));
    for (const { files } of manifest.distributions) {
      for (const file of files) {
        if (file.edits.length === 0) continue;
        const now = readFileSync(join(root, "acme/_vendor", file.path)).toString("latin1");
        expect(undo(now, file.edits)).toBe(readFileSync(join(before, file.upstreamPath ?? file.path)).toString("latin1"));
      }
    }
  });
});
