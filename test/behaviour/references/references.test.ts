/**
 * A library that reaches its own modules by calls, strings and tables, and a program that uses it: both say the same before and after
 * relocation, but for the namespace in names. On python3, and on older Pythons where there are some.
 */
import { spawnSync } from "node:child_process";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { enisle, project, temporary } from "../../vendor/project.ts";

const here = import.meta.dirname;
const library = join(here, "library");

/** The interpreter, where it is there and runs. */
function interpreter(version: string): string | undefined {
  const find = (command: string, args: readonly string[]): string => spawnSync(command, args, { encoding: "utf8" }).stdout?.trim() ?? "";
  const candidates = version === "3" ? ["python3"] : [`python${version}`, ...find("pyenv", ["versions", "--bare"]).split("\n").filter((each) => each.startsWith(`${version}.`)).map((each) => join(find("pyenv", ["root"]), "versions", each, "bin", "python"))];
  return candidates.find((candidate) => find(candidate, ["-c", "import sys; print('%d.%d' % sys.version_info[:2])"]).startsWith(version));
}

function output(python: string, root: string): Record<string, unknown> {
  const run = spawnSync(python, ["-B", "-s", "program.py"], { cwd: root, encoding: "utf8", env: { PATH: process.env["PATH"], HOME: process.env["HOME"], PYTHONDONTWRITEBYTECODE: "1" } });
  if (run.status !== 0) throw new Error(run.stderr);
  return JSON.parse(run.stdout);
}

describe("references at run time", () => {
  test.for(["3", "3.6", "2.7"])("python %s", { timeout: 60_000 }, (version, { skip }) => {
    const python = interpreter(version);
    if (python === undefined) return skip(`no python${version}`);
    const [before, after] = [temporary(), project()];
    for (const root of [before, after]) cpSync(join(here, "program.py"), join(root, "program.py"));
    cpSync(library, before, { recursive: true });
    const run = enisle(["vendor", "-C", after, "--target-python", version === "3" ? "3.9" : version, "--format", "json", library]);
    expect(run.stderr).toBe("");
    expect(run.status).toBe(0);
    const [upstream, relocated] = [output(python, before), output(python, after)];
    // No original was loaded; everything else is the same but for the namespace in front of names.
    expect(upstream["asked"]).not.toEqual([]);
    expect(relocated["asked"]).toEqual([]);
    const same = (result: Record<string, unknown>): unknown => JSON.parse(JSON.stringify({ ...result, asked: [] }).replaceAll("acme._vendor.", ""));
    expect(same(relocated)).toEqual(same(upstream));
    expect(JSON.stringify(relocated["messages"])).not.toContain("acme");
  });
});
