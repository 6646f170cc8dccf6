/** Audits of small trees, with an index of small libraries. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterAll, expect } from "vitest";
import type { RawEntry } from "../vendor/wheel.ts";
import { makeWheel } from "../vendor/wheel.ts";
import { type Run, type Tree, enisle, join } from "../vendor/project.ts";

export interface JsonCopy {
  readonly name: string;
  readonly version: string | null;
  readonly versions: string[];
  readonly path: string;
  readonly chain: string[];
  readonly owner: string | null;
  readonly namespace: string;
  readonly state: string;
  readonly evidence: { kind: string; detail: string; confidence: number }[];
  readonly advisories: { id: string; aliases: string[]; fixed: string[]; severity: string; status: string; why: string }[];
}

export interface JsonAudit {
  readonly status: number | null;
  readonly database: { date: string | null; entries: number } | null;
  readonly copies: JsonCopy[];
  readonly findings: { code: string; severity: string; path?: string; message: string; line?: number }[];
}

export function run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Run {
  return enisle(["audit", "--no-cache", ...args], { env: { XDG_DATA_HOME: "/nonexistent", ...env } });
}

export function audit(root: string, ...args: string[]): JsonAudit {
  const { status, stdout, stderr } = run([root, "--format", "json", ...args]);
  expect(stderr, stdout).toBe("");
  const { result, findings } = JSON.parse(stdout);
  return { status, ...result, findings };
}

const body = (seed: string): string => Array.from({ length: 12 }, (_, n) => `def ${seed}_${n}(value, other=None):\n    # step ${n}\n    if other is None:\n        other = ${n} * len(str(value))\n    return [value, other, "${seed} ${n}"]\n\n`).join("\n");

/** A library whose modules import each other in every way, and say enough to be known again. */
export function library(version: string, changes: Tree = {}): Record<string, string | Buffer> {
  return {
    "herblib/__init__.py": `"""A library of herbs."""\nimport herblib.core\nfrom herblib.core import core_1\nimport os, herblib.tables as tables\n\n__version__ = "${version}"\n\n${body("init")}`,
    "herblib/core.py": `import sys\nfrom herblib import tables\nfrom .tables import tables_2\n\n${body("core")}`,
    "herblib/tables.py": `${body("tables")}`,
    "herblib/deep/__init__.py": "",
    "herblib/deep/leaf.py": `import herblib.deep\nimport json\n\n${body("leaf")}`,
    ...changes,
  };
}

/** An index with herblib 1.0, 1.1 (core changed) and 2.0 (a module more). */
export function herbIndex(): string {
  // Kept for all tests of a file, and gone after them.
  const directory = mkdtempSync(join(tmpdir(), "enisle-index-"));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  const core = library("1.1")["herblib/core.py"] as string;
  const wheels = [
    makeWheel(directory, library("1.0"), { name: "herblib", version: "1.0" }),
    makeWheel(directory, library("1.1", { "herblib/core.py": core.replace("core 3", "core three") }), { name: "herblib", version: "1.1" }),
    makeWheel(directory, library("2.0", { "herblib/core.py": core.replace("core 3", "core three"), "herblib/extra.py": body("extra") }), { name: "herblib", version: "2.0" }),
    makeWheel(directory, { "mono.py": `__version__ = "0.9"\nimport os\n\n${body("mono")}` }, { name: "mono", version: "0.9" }),
  ];
  const index = join(directory, "test.idx");
  const made = enisle(["index", "add", "--index", index, ...wheels]);
  expect(made.status, made.stderr).toBe(0);
  return index;
}

/** The files below `prefix`, as a copy would lie in a project. */
export function placed(prefix: string, files: Readonly<Record<string, string | Buffer>>): Record<string, string | Buffer> {
  return Object.fromEntries(Object.entries(files).map(([path, content]) => [`${prefix}/${path}`, content]));
}

/** Relocates as tools that work line by line do. */
export function relocated(files: Readonly<Record<string, string | Buffer>>, top: string, namespace: string): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([path, content]) => [path, String(content).replace(new RegExp(`^(\\s*)import ${top}\\.(\\S+)$`, "gm"), `$1import ${namespace}.${top}.$2`).replace(new RegExp(`^(\\s*)from ${top}(?=[ .])`, "gm"), `$1from ${namespace}.${top}`).replaceAll(`, ${top}.tables as`, `, ${namespace}.${top}.tables as`)]));
}

/** A tar archive (ustar). */
export function tar(entries: readonly RawEntry[]): Buffer {
  const blocks = entries.flatMap(({ name, content }) => {
    const header = Buffer.alloc(512);
    header.write(name, 0, 100, "utf8");
    header.write("0000644\0", 100);
    header.write(`${content.length.toString(8).padStart(11, "0")}\0`, 124);
    header.write("        ", 148);
    header.write("0", 156);
    header.write("ustar\x0000", 257);
    header.write(`${header.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, "0")}\0 `, 148);
    return [header, content, Buffer.alloc((512 - (content.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

export function has(program: string): boolean {
  return spawnSync("which", [program]).status === 0;
}
