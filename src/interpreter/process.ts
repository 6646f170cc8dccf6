/** One interpreter process that imports a list of modules, watched from outside: it may hang, end, crash, fork or print as it likes. */
import { spawn } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { Interpreter } from "./find.ts";
import type { Scratch } from "./scratch.ts";

export interface Zone {
  /** Absolute. */
  readonly directory: string;
  /** Names that code below the directory must not ask for. */
  readonly forbidden: readonly string[];
}

export interface ImportTask {
  readonly modules: readonly string[];
  /** Directories ahead of the interpreter's own. */
  readonly path: readonly string[];
  /** The first one that holds a file counts. */
  readonly zones: readonly Zone[];
  /** Names under which the modules of other names appear. */
  readonly aliases: readonly (readonly [name: string, original: string])[];
  /** Watch the state of the process, and tell what each of these projects holds at the end. */
  readonly projects?: readonly { readonly names: readonly string[]; readonly modules: readonly string[]; readonly originals: readonly string[] }[];
}

/** A file of checked code and a 1-based line. */
export type At = readonly [file: string, line: number];

export interface RequestedName {
  readonly name: string;
  readonly at: At;
  /** Who called a function of another file, which then asked. */
  readonly client: At | undefined;
  readonly during: string;
}

export type ModuleEnd =
  | { readonly kind: "ok" }
  | { readonly kind: "error"; readonly error: string; readonly at: At | undefined }
  /** The process did not survive it. */
  | { readonly kind: "aborted"; readonly how: string }
  /** It needs a module that a process does not survive; or so many attempts did not come to an end that no more were made (undefined). */
  | { readonly kind: "untried"; readonly because: string | undefined };

export interface ProcessRun {
  readonly ends: ReadonlyMap<string, ModuleEnd>;
  readonly requests: readonly RequestedName[];
  /** What changed in the process during a module's import, and who did it: `file:line`, or null for the module itself. */
  readonly changes: readonly { readonly module: string; readonly changed: Readonly<Record<string, string | null>> }[];
  /** Undefined when the process did not reach its end. */
  readonly witness: unknown;
  /** The module at which the process ended before its time, and whether it was because of the clock. */
  readonly aborted: { readonly module: string; readonly timedOut: boolean } | undefined;
}

interface Line {
  readonly start?: string;
  readonly end?: string;
  readonly error?: string | null;
  readonly at?: At | null;
  readonly leak?: string;
  readonly for?: At | null;
  readonly during?: string;
  readonly state?: Readonly<Record<string, string | null>>;
  readonly of?: string;
  readonly done?: unknown;
}

// Beside this module in the build, and beside it in the sources.
const script = (name: string): string => [`./${name}`, `./interpreter/${name}`].map((path) => fileURLToPath(new URL(path, import.meta.url))).find((path) => existsSync(path)) ?? name;

/** Resolves when the process has ended; never rejects for what the modules do. `timeout` is that of one module, in seconds. */
export function runProcess(interpreter: Interpreter, task: ImportTask, timeout: number, scratch: Scratch): Promise<ProcessRun> {
  const home = scratch.make("home");
  const specification = join(home, "specification.json");
  writeFileSync(specification, JSON.stringify({ ...task, ...(task.projects ? { state: script("process_state.py") } : {}) }));
  const isolated = interpreter.numbers[0] < 3 ? ["-E", "-s"] : ["-I"];
  const child = spawn(interpreter.executable, ["-B", ...isolated, script("import_modules.py"), specification], {
    cwd: home, env: environment(home), stdio: ["ignore", "ignore", "ignore", "pipe"], detached: process.platform !== "win32", windowsHide: true,
  });
  scratch.own(child);
  const ends = new Map<string, ModuleEnd>();
  const requests: RequestedName[] = [];
  const changes: { module: string; changed: Readonly<Record<string, string | null>> }[] = [];
  let witness: unknown;
  let current = task.modules[0] ?? "";
  let timedOut = false;
  return new Promise((resolve) => {
    const onTime = (): void => {
      timedOut = true;
      scratch.kill(child);
    };
    let clock = setTimeout(onTime, timeout * 1000);
    const take = (line: Line): void => {
      clearTimeout(clock);
      clock = setTimeout(onTime, timeout * 1000);
      if (line.start !== undefined) current = line.start;
      else if (line.end !== undefined) ends.set(line.end, line.error == null ? { kind: "ok" } : { kind: "error", error: line.error, at: line.at ?? undefined });
      else if (line.leak !== undefined) requests.push({ name: line.leak, at: line.at ?? ["", 0], client: line.for ?? undefined, during: line.during ?? current });
      else if (line.state !== undefined) changes.push({ module: line.of ?? current, changed: line.state });
      else if (line.done !== undefined) witness = line.done;
    };
    let rest = "";
    const stream = child.stdio[3] as Readable;
    stream.setEncoding("utf8");
    stream.on("data", (chunk: string) => {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const parsed = parse(line);
        if (parsed) take(parsed);
      }
    });
    stream.on("error", () => undefined);
    let finished = false;
    const finish = (how: string): void => {
      if (finished) return;
      finished = true;
      clearTimeout(clock);
      if (witness === undefined) ends.set(current, { kind: "aborted", how: timedOut ? `does not come to an end within ${timeout} seconds` : how });
      resolve({ ends, requests, changes, witness, aborted: witness === undefined ? { module: current, timedOut } : undefined });
    };
    child.on("error", (error) => finish(`cannot be tried: ${error.message}`));
    // What was written before the end is still read; whoever a module left behind goes first, and with it the pipe. One that left the group may keep it.
    child.on("exit", (code, signal) => {
      const how = signal === null ? `ends the process with exit code ${code}` : `ends the process with ${signal}`;
      scratch.kill(child);
      stream.once("close", () => finish(how));
      setTimeout(() => finish(how), 500);
    });
  });
}

/** A module may have written into the pipe what it liked. */
function parse(line: string): Line | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** What interpreters need to start, and nothing that lends them modules, a display, or a home to write into. */
function environment(home: string): NodeJS.ProcessEnv {
  const kept = ["PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "WINDIR", "COMSPEC", "PATHEXT"].flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]));
  return {
    ...Object.fromEntries(kept), HOME: home, USERPROFILE: home, TMPDIR: home, TEMP: home, TMP: home, XDG_CACHE_HOME: home, XDG_CONFIG_HOME: home, LC_ALL: "C.UTF-8", LANG: "C.UTF-8", TZ: "UTC",
    PYTHONHASHSEED: "0", MPLBACKEND: "agg", QT_QPA_PLATFORM: "offscreen", SDL_VIDEODRIVER: "dummy", SDL_AUDIODRIVER: "dummy", CUDA_VISIBLE_DEVICES: "",
  };
}
