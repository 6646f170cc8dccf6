/** The host that is a Node process with, perhaps, a terminal. */
import { isatty } from "node:tty";
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import type { Execution, Host } from "./host.ts";

interface Spinner {
  text: string;
  start(): Spinner;
  stop(): Spinner;
}

export interface NodeHost extends Host {
  /** Takes the progress line away. */
  quiet(): void;
  /** Ends the programs that are still running. */
  stop(): void;
}

const GROUPS = process.platform !== "win32";
/** Milliseconds that programs have to end by themselves. */
const GRACE = 300;

/** Most runs start no program, and Node takes as long to load this as to relocate a small module. */
const childProcesses = (): typeof import("node:child_process") => process.getBuiltinModule("node:child_process");

const running = new Set<ChildProcess>();
const temporary = new Set<string>();

function temporaryDirectory(prefix: string): string {
  if (temporary.size === 0) process.once("exit", () => temporary.forEach((directory) => rmSync(directory, { recursive: true, force: true })));
  const directory = mkdtempSync(join(tmpdir(), prefix));
  temporary.add(directory);
  return directory;
}

function execute(command: string, args: readonly string[], cwd: string, environment: Readonly<Record<string, string>>): Promise<Execution | undefined> {
  return new Promise((resolve) => {
    // In a group of its own: pip starts build backends, and those start compilers; all of them end with it.
    const child = childProcesses().spawn(command, args, { cwd, env: { ...process.env, ...environment }, stdio: ["ignore", "pipe", "pipe"], detached: GROUPS });
    running.add(child);
    const [out, err]: Buffer[][] = [[], []];
    child.stdout.on("data", (chunk: Buffer) => out?.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => err?.push(chunk));
    child.on("error", () => {
      running.delete(child);
      resolve(undefined);
    });
    child.on("close", (code) => {
      running.delete(child);
      resolve({ status: code ?? 1, stdout: Buffer.concat(out ?? []).toString("utf8"), stderr: Buffer.concat(err ?? []).toString("utf8") });
    });
  });
}

/** Ends the programs that are still running, and what they started. */
function stopAll(): void {
  const groups = [...running].flatMap((child) => (signal(child, "SIGTERM") ? [child] : []));
  if (groups.length === 0) return;
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, GRACE);
  for (const child of groups) signal(child, "SIGKILL");
}

function signal(child: ChildProcess, name: NodeJS.Signals): boolean {
  if (child.pid === undefined) return false;
  try {
    return GROUPS ? process.kill(-child.pid, name) : child.kill(name);
  } catch {
    return false; // it has ended
  }
}

/** Progress is drawn on standard error, on a terminal, and not where `CI` is set or `quiet` is asked for. */
export async function nodeHost(options: { readonly quiet: boolean }): Promise<NodeHost> {
  const draws = isatty(2) && !process.env["CI"] && !options.quiet;
  const spinner: Spinner | undefined = draws ? (await import("yocto-spinner")).default({ stream: process.stderr }) : undefined;
  let started = false;
  return {
    cwd: process.cwd(),
    progress(text) {
      if (!spinner) return;
      spinner.text = text;
      if (!started) spinner.start();
      started = true;
    },
    quiet: () => void spinner?.stop(),
    run(command, args, cwd) {
      const result = childProcesses().spawnSync(command, args, { cwd, encoding: "utf8", maxBuffer: 2 ** 28, stdio: ["ignore", "pipe", "ignore"] });
      return result.error ? undefined : { status: result.status ?? 1, stdout: result.stdout };
    },
    execute: (command, args, options) => execute(command, args, options.cwd, options.environment ?? {}),
    variable: (name) => process.env[name] || undefined,
    temporaryDirectory,
    home: homedir(),
    stop: stopAll,
    readStandardInput: () => readFileSync(0),
  };
}
