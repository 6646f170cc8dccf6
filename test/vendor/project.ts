/** Temporary projects, and the command line as a process. */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach } from "vitest";

export const cli = join(import.meta.dirname, "../../dist/cli.js");
const made: string[] = [];
/** Not the user's own: what a run finds must not depend on what another left. */
const cache = mkdtempSync(join(tmpdir(), "enisle-cache-"));

afterAll(() => rmSync(cache, { recursive: true, force: true }));

afterEach(() => {
  for (const directory of made.splice(0)) rmSync(directory, { recursive: true, force: true });
});

export function temporary(): string {
  const directory = mkdtempSync(join(tmpdir(), "enisle-test-"));
  made.push(directory);
  return directory;
}

export type Tree = Readonly<Record<string, string | Buffer>>;

export function write(root: string, files: Tree): string {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

/** A project with a package `acme`; `files` come on top. */
export function project(files: Tree = {}): string {
  return write(temporary(), { "acme/__init__.py": "", ...files });
}

/** Every file below the root, with its content; what must not have changed is compared with this. */
export function snapshot(root: string, directory = ""): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of readdirSync(join(root, directory)).sort()) {
    const path = directory === "" ? name : `${directory}/${name}`;
    if (lstatSync(join(root, path)).isDirectory()) Object.assign(found, snapshot(root, path));
    else found[path] = readFileSync(join(root, path)).toString("latin1");
  }
  return found;
}

export interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function enisle(args: readonly string[], options: { readonly cwd?: string; readonly input?: string | Buffer; readonly env?: NodeJS.ProcessEnv } = {}): Run {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], { cwd: options.cwd ?? tmpdir(), input: options.input, encoding: "utf8", env: { ...process.env, NO_COLOR: "1", XDG_CACHE_HOME: cache, ...options.env }, maxBuffer: 2 ** 28 });
  return { status, stdout, stderr };
}

export function python(code: string, cwd: string): Run {
  const { status, stdout, stderr } = spawnSync("python3", ["-B", "-s", "-c", code], { cwd, encoding: "utf8" });
  return { status, stdout, stderr };
}

export { chmodSync, existsSync, join, readFileSync };
