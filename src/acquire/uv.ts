/** uv as the fetch and build engine: it resolves and builds, with the user's own configuration; what it resolved is fetched by its digest, since uv keeps no archives. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Host } from "../host/host.ts";
import { Failure } from "../model/failure.ts";
import type { ArchiveCache } from "./cache.ts";
import type { Engine, EngineOptions, Place, ReportedItem, Resolution } from "./engine.ts";
import { redact } from "./redact.ts";
import { type RequirementSet, requirementLine } from "./requirementLine.ts";
import { markerEnvironment } from "./markerEnvironment.ts";
import { itemsOfLock } from "./uvLock.ts";

const ENVIRONMENT = { UV_NO_PROGRESS: "1", NO_COLOR: "1", GIT_TERMINAL_PROMPT: "0", UV_COMPILE_BYTECODE: "0" };
const LINES_SHOWN = 12;
const UNREACHABLE = /error sending request|dns error|tcp connect error|connection (refused|reset|closed)|operation timed out|Failed to (fetch|download)|network was disabled|Could not connect|Request failed after/i;

export class Uv implements Engine {
  readonly name = "uv";
  readonly #interpreter: readonly string[];
  readonly #host: Host;
  readonly #cache: ArchiveCache;
  readonly directory: string;
  /** Nothing may be fetched. */
  readonly offline: boolean;
  #command: readonly string[] | undefined;
  #python: string | undefined;
  #environment: Readonly<Record<string, string>> | undefined;

  /** `pip` is how pip would be run: `python3.12 -m pip` makes uv use that interpreter, and the default leaves the choice to uv. */
  constructor({ pip, offline }: EngineOptions, host: Host, cache: ArchiveCache) {
    this.offline = offline;
    const python = pip.at(-2) === "-m" ? pip.slice(0, -2) : [];
    this.#interpreter = python.join(" ") === "python3" ? [] : python;
    [this.#host, this.#cache, this.directory] = [host, cache, host.temporaryDirectory("enisle-fetch-")];
  }

  async resolve(lines: readonly string[], options: readonly string[]): Promise<Resolution> {
    const { status, stdout, stderr } = await this.#compile(lines, options);
    if (status !== 0) this.refuse(stderr);
    return this.#resolution(stdout, stderr, lines);
  }

  async attempt(lines: readonly string[], options: readonly string[]): Promise<{ readonly items: readonly ReportedItem[] } | { readonly log: string }> {
    const { status, stdout, stderr } = await this.#compile(lines, options);
    if (status !== 0) {
      if (UNREACHABLE.test(stderr) || !/No solution found|unsatisfiable/.test(stderr)) this.refuse(stderr);
      return { log: this.#clean(stderr) };
    }
    const { withMetadata } = await import("./uvFetch.ts");
    return { items: await withMetadata(await this.#resolution(stdout, stderr, lines), options, this, this.#cache, this.#host) };
  }

  async #resolution(lock: string, log: string, lines: readonly string[]): Promise<Resolution> {
    const asked = lines.filter((line) => !line.startsWith("-")).map((line) => ({ text: line, name: requirementLine(line, "/").name }));
    const environment = await this.environment();
    const system = ["implementation_name", "python_version", "sys_platform", "platform_machine"].map((key) => environment[key] ?? "any").join("-");
    return { items: await itemsOfLock(lock, asked, this.directory, log), system, yanked: undefined };
  }

  async environment(): Promise<Readonly<Record<string, string>>> {
    if (!this.#environment) {
      const { executable: _, ...variables } = await markerEnvironment(await this.python(), this.#host);
      this.#environment = { ...variables, uv: (await this.run(["--version"])).stdout.trim() };
    }
    return this.#environment;
  }

  /** The newest of all, and the newest that the specifier admits: uv lists no versions. */
  async versions(name: string, options: readonly string[], specifier: string): Promise<string[]> {
    const found = new Set<string>();
    for (const line of new Set([name, `${name}${specifier}`])) {
      const { status, stdout, stderr } = await this.#compile([line], ["--no-deps", ...options]);
      if (status !== 0 && (UNREACHABLE.test(stderr) || !/No solution found|unsatisfiable/.test(stderr))) this.refuse(stderr);
      const version = /^version = "([^"]+)"$/m.exec(stdout)?.[1];
      if (status === 0 && version !== undefined) found.add(version);
    }
    return [...found];
  }

  async obtain(items: readonly ReportedItem[], wanted: RequirementSet, { system }: Resolution, sources: readonly string[]): Promise<ReadonlyMap<string, Place>> {
    const { obtainWithUv } = await import("./uvFetch.ts");
    return obtainWithUv(items, wanted, system, sources, this, this.#cache, this.#host);
  }

  async python(): Promise<readonly string[]> {
    if (this.#interpreter.length > 1) return this.#interpreter;
    if (this.#python === undefined) {
      const { status, stdout, stderr } = await this.run(["python", "find", ...this.#interpreter]);
      if (status !== 0) this.refuse(stderr);
      this.#python = stdout.trim();
    }
    return [this.#python];
  }

  /** A wheel of a source tree or archive, built into a directory of its own; returns that. */
  async build(source: string, sources: readonly string[]): Promise<string> {
    const directory = mkdtempSync(join(this.directory, "built-"));
    const { status, stdout, stderr } = await this.run(["build", ...(this.offline ? ["--offline"] : []), "--wheel", "--out-dir", directory, "--no-create-gitignore", ...(await this.#pythonOption()), ...forBuilding(sources), source]);
    if (status !== 0) this.refuse(`${stdout}\n${stderr}`, true);
    return directory;
  }

  /** Runs uv to its end; what it prints is captured. */
  async run(args: readonly string[]): Promise<{ readonly status: number; readonly stdout: string; readonly stderr: string }> {
    this.#command ??= await this.#find();
    const [command = "", ...first] = this.#command;
    const run = await this.#host.execute(command, [...first, ...args], { cwd: this.#host.cwd, environment: { ...ENVIRONMENT, TMPDIR: this.directory } });
    return run ?? { status: 1, stdout: "", stderr: `${command}: no such program` };
  }

  /** Turns uv's log into a failure: what matters of it, and where the whole lies. */
  refuse(log: string, building = false): never {
    const text = this.#clean(log);
    const lines = text.split("\n").map((line) => line.trimEnd()).filter((line) => line.trim() !== "" && !/^(Resolved|Using|Downloading|Downloaded|Prepared|Building source|Building wheel)\b/.test(line));
    const whole = this.#cache.log(text);
    if (building || /Failed to build|build backend returned an error|Build backend failed/i.test(text)) {
      // Its own words stand before what the backend printed, or behind it.
      const isOwn = (line: string): boolean => /^\s*(?:error|cause|hint): |^\s*\[std(?:out|err)\]$/.test(line);
      const what = lines.filter((line) => /^\s*cause: /.test(line)).at(-1)?.trim().replace("cause: ", "");
      const output = lines.filter((line) => !isOwn(line));
      // Standard output and error arrive in no particular order: what looks like the cause is shown wherever it stands.
      const telling = output.slice(0, -LINES_SHOWN).filter((line) => /(?:error|exception|fatal)\b/i.test(line)).slice(-LINES_SHOWN / 3);
      const shown = [...telling, ...output.slice(telling.length - LINES_SHOWN)].map((line) => `    ${line.trim()}`);
      throw new Failure([`uv could not build a source distribution${what === undefined ? "" : `: ${what}`}`, ...shown].join("\n"), `The whole log: ${whole}. Build its wheel where that works, and name the wheel; or use --only-binary.`);
    }
    const start = Math.max(0, lines.findIndex((line) => line.startsWith("error:")));
    const message = lines.slice(start, start + 8).map((line) => line.trim().replace(/^(error|cause): /, "")).join("\n    ");
    throw new Failure(`uv: ${message}`, `${wayOut(text)} uv's whole log: ${whole}`);
  }

  close(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  async #compile(lines: readonly string[], options: readonly string[]): Promise<{ readonly status: number; readonly stdout: string; readonly stderr: string }> {
    const file = join(mkdtempSync(join(this.directory, "lines-")), "requirements.in");
    writeFileSync(file, lines.map((line) => `${line}\n`).join(""), { mode: 0o600 });
    return this.run(["pip", "compile", ...(this.offline ? ["--offline"] : []), "--format", "pylock.toml", "--no-header", "--no-annotate", ...(await this.#pythonOption()), ...options, file]);
  }

  async #pythonOption(): Promise<string[]> {
    if (this.#interpreter.length === 0) return [];
    return ["--python", this.#interpreter.length === 1 ? (this.#interpreter[0] ?? "") : ((await markerEnvironment(this.#interpreter, this.#host))["executable"] ?? "")];
  }

  async #find(): Promise<readonly string[]> {
    for (const command of [["uv"], [...(this.#interpreter.length > 0 ? this.#interpreter : ["python3"]), "-m", "uv"]]) {
      const [program = "", ...args] = command;
      const run = await this.#host.execute(program, [...args, "--version"], { cwd: this.#host.cwd, environment: ENVIRONMENT });
      if (run?.status !== 0) continue;
      const version = /(\d+)\.(\d+)\.(\d+)/.exec(run.stdout);
      if (version && Number(version[1]) === 0 && Number(version[2]) < 7) throw new Failure(`${command.join(" ")}: is too old: it cannot write what it resolves`, "Use uv 0.7 or newer (uv self update, or python3 -m pip install --upgrade uv).");
      return command;
    }
    throw new Failure("uv: no such program, and it is what requirements are to be fetched with", "Install it (python3 -m pip install uv, or your system's package), or use pip: --engine pip");
  }

  #clean(text: string): string {
    return redact(text).replaceAll(this.directory, "");
  }
}

/** What of the options says where build requirements come from. */
function forBuilding(options: readonly string[]): string[] {
  return options.flatMap((option, index) => (option === "--no-index" || option === "--find-links" || options[index - 1] === "--find-links" ? [option] : []));
}

function wayOut(log: string): string {
  if (/connectivity is disabled|network was disabled/.test(log)) return "Leave --offline out, or name what lies on this machine.";
  if (/is not supported\)/.test(log) && log.includes("Unsupported URL prefix")) return "uv knows git only: use --engine pip.";
  if (/No interpreter found|Invalid version request/.test(log)) return "Name another interpreter: --pip 'python3.12 -m pip', or leave the choice to uv.";
  if (log.includes("Git operation failed")) return "Check the repository's address and the reference behind the @.";
  if (UNREACHABLE.test(log)) return "Check the network and uv's configuration, or work from the cache: --offline.";
  if (/was not found|no version of/i.test(log)) return "Check name and version, and that the index of your uv configuration has it.";
  if (/unsatisfiable|No solution found/.test(log)) return "Loosen one of the requirements that conflict.";
  return "Look at the log.";
}
