/** Puts programs into a temporary project, runs them as they are, relocates the library, and runs them again. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Run } from "./compare.ts";

const here = import.meta.dirname;
const cli = join(here, "..", "..", "dist", "cli.js");
const library = ["alib", "blib"];
const vendored = join("host", "_vendor");

/** A program by its module name: `prog_7`, or `host.prog_7`. */
export interface Named {
  readonly name: string;
  readonly source: string;
}

export interface BothRuns {
  readonly before: Readonly<Record<string, Run>>;
  readonly after: Readonly<Record<string, Run>>;
  /** Module name → the source after the rewrite. */
  readonly rewritten: ReadonlyMap<string, string>;
  /** What the rewriter printed, and its exit code. */
  readonly report: string;
  readonly status: number;
}

/** The minor version of `python3` (11 for 3.11), or undefined where there is none. */
export function pythonMinor(): number | undefined {
  const { stdout, status } = spawnSync("python3", ["-c", "import sys; print(sys.version_info[1])"], { encoding: "utf8" });
  return status === 0 ? Number(stdout) : undefined;
}

const fileOf = (name: string): string => `${name.replaceAll(".", "/")}.py`;

function run(project: string, names: readonly string[]): Record<string, Run> {
  const { stdout, stderr, status } = spawnSync("python3", ["-I", join(here, "run_programs.py"), project], {
    input: JSON.stringify(names), encoding: "utf8", maxBuffer: 2 ** 30, timeout: 60_000 + 100 * names.length,
  });
  if (status !== 0) throw new Error(`running the programs failed:\n${stderr}`);
  return JSON.parse(stdout) as Record<string, Run>;
}

function rewrite(project: string): { readonly report: string; readonly status: number } {
  const paths = readdirSync(project, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".py") && !/^(witness|alib2)\b/.test(path)).sort();
  const maps = library.flatMap((name) => ["--map", `${name}=host._vendor.${name}`]);
  const { stdout, stderr, status } = spawnSync(process.execPath, [cli, "rewrite", ...maps, ...paths], {
    cwd: project, encoding: "utf8", maxBuffer: 2 ** 28,
  });
  if (status !== 0 && status !== 1) throw new Error(`enisle rewrite ended with ${status}:\n${stdout}${stderr}`);
  return { report: stdout + stderr, status };
}

/** Run programs before and after the relocation, in two fresh interpreters. */
export function runBoth(programs: readonly Named[]): BothRuns {
  const place = mkdtempSync(join(tmpdir(), "enisle-behaviour-"));
  try {
    const [original, relocated] = [join(place, "before"), join(place, "after")];
    for (const project of [original, relocated]) {
      cpSync(join(here, "world"), project, { recursive: true, filter: (path) => !path.includes("__pycache__") });
      for (const { name, source } of programs) writeFileSync(join(project, fileOf(name)), source);
    }
    mkdirSync(join(relocated, vendored));
    writeFileSync(join(relocated, vendored, "__init__.py"), "");
    for (const name of library) {
      cpSync(join(relocated, name), join(relocated, vendored, name), { recursive: true });
      rmSync(join(relocated, name), { recursive: true });
    }
    const names = programs.map(({ name }) => name);
    const before = run(original, names);
    const rewriting = rewrite(relocated);
    const after = run(relocated, names);
    const rewritten = new Map(names.map((name) => [name, readFileSync(join(relocated, fileOf(name)), "utf8")]));
    return { before, after, rewritten, ...rewriting };
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}
