/** Python interpreters that the user names: where they really are, and which version they have. */
import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { Failure } from "../model/failure.ts";

export interface Interpreter {
  /** Absolute; no wrapper that would need the user's environment. */
  readonly executable: string;
  /** `3.11.7`. */
  readonly version: string;
  readonly numbers: readonly [major: number, minor: number];
}

const QUESTION = "import sys; sys.stdout.write('\\n'.join([sys.executable, '.'.join(map(str, sys.version_info[:3]))]))";
const PATIENCE = 30_000;

/** `name` is a path, or a command that is looked for on the PATH. Throws Failure when there is none, or it does not answer as Python does. */
export function findInterpreter(name: string, cwd: string): Interpreter {
  const command = /[/\\]/.test(name) ? resolve(cwd, name) : name;
  const run = spawnSync(command, ["-E", "-s", "-c", QUESTION], { encoding: "utf8", timeout: PATIENCE, stdio: ["ignore", "pipe", "pipe"], cwd });
  const wayOut = "Name one with --python PATH; without it, python3 is looked for on the PATH.";
  if (run.error && (run.error as NodeJS.ErrnoException).code === "ETIMEDOUT") throw new Failure(`${name}: did not answer within ${PATIENCE / 1000} seconds`, wayOut);
  if (run.error) throw new Failure(`${name}: there is no such Python interpreter`, wayOut);
  const [executable = "", version = ""] = run.stdout.split(/\r?\n/);
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (run.status !== 0 || executable === "" || !/^\d+\.\d+\.\d+$/.test(version)) throw new Failure(`${name}: does not behave like a Python interpreter${firstLine(run.stderr)}`, wayOut);
  if (major < 2 || (major === 2 && minor < 7) || (major === 3 && minor < 4)) throw new Failure(`${name}: is Python ${version}, and modules can be checked with 2.7 and with 3.4 or newer`, wayOut);
  return { executable, version, numbers: [major, minor] };
}

function firstLine(text: string): string {
  const [first = ""] = text.trim().split(/\r?\n/);
  return first === "" ? "" : ` (${first})`;
}
