/** pip as the fetch and build engine: it is run with the user's own configuration, so that indexes, proxies and credentials are what they are everywhere else. */
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import type { Host } from "../host/host.ts";
import { Failure } from "../model/failure.ts";
import type { ArchiveCache } from "./cache.ts";
import type { Engine, Place, ReportedItem, Resolution } from "./engine.ts";
import { redact } from "./redact.ts";
import { repositoryTrouble } from "./repositoryTrouble.ts";
import type { RequirementSet } from "./requirementLine.ts";

const ENVIRONMENT = {
  PIP_DISABLE_PIP_VERSION_CHECK: "1", PIP_NO_INPUT: "1", PIP_REQUIRE_VIRTUALENV: "0", PIP_NO_COLOR: "1", PIP_PROGRESS_BAR: "off", PIP_ROOT_USER_ACTION: "ignore", PYTHONWARNINGS: "ignore", PYTHONIOENCODING: "utf-8",
};
const LINES_SHOWN = 12;

export class Pip implements Engine {
  readonly name = "pip";
  #command: readonly string[];
  #isResolved = false;
  readonly #host: Host;
  readonly #cache: ArchiveCache;
  readonly directory: string;

  constructor(command: readonly string[], host: Host, cache: ArchiveCache) {
    [this.#command, this.#host, this.#cache, this.directory] = [command, host, cache, host.temporaryDirectory("enisle-fetch-")];
  }

  /** What pip's resolver would install for these lines; `options` are pip's, one an element. */
  async resolve(lines: readonly string[], options: readonly string[]): Promise<Resolution> {
    const report = join(this.directory, "report.json");
    const log = await this.#run(["install", "--dry-run", "--ignore-installed", "--report", report, ...options, "-r", this.#list("requested", lines)]);
    const { install, environment = {} } = JSON.parse(readFileSync(report, "utf8")) as { install: ReportedItem[]; environment?: Record<string, string> };
    const system = ["implementation_name", "python_version", "sys_platform", "platform_machine"].map((key) => environment[key] ?? "any").join("-");
    return { items: install, system, yanked: /candidate selected for download or install is a yanked version:[^\n]*/.exec(log)?.[0] };
  }

  /** The same where a conflict is an answer and no failure: then pip's log, redacted. Throws Failure for all else, such as a network that is down. */
  async attempt(lines: readonly string[], options: readonly string[]): Promise<{ readonly items: readonly ReportedItem[] } | { readonly log: string }> {
    const directory = mkdtempSync(join(this.directory, "attempt-"));
    const report = join(directory, "report.json");
    const file = join(directory, "lines.txt");
    writeFileSync(file, lines.map((line) => `${spelled(line)}\n`).join(""), { mode: 0o600 });
    const { status, stdout, stderr } = await this.#execute(["install", "--dry-run", "--ignore-installed", "--report", report, ...options, "-r", file]);
    const log = `${stdout}\n${stderr}`;
    if (status === 0) return { items: (JSON.parse(readFileSync(report, "utf8")) as { install: ReportedItem[] }).install };
    if (unreachable(log) || !/ResolutionImpossible|No matching distribution found|conflicting dependencies/.test(log)) this.#refuse(log);
    return { log: redact(log).replaceAll(this.directory, "") };
  }

  /** The variables of markers (PEP 508) as this pip's interpreter has them, and pip's own version as `pip`. */
  async environment(): Promise<Readonly<Record<string, string>>> {
    const { status, stdout, stderr } = await this.#execute(["inspect", "--path", this.directory]);
    if (status !== 0) {
      if (/unknown command/.test(stderr)) throw new Failure(`${this.#command.join(" ")}: is too old: it cannot report what it resolves`, "Use pip 22.2 or newer: python3 -m pip install --upgrade pip");
      this.#refuse(stdout + stderr);
    }
    const { environment, pip_version: pip } = JSON.parse(stdout) as { environment: Record<string, string>; pip_version: string };
    return { ...environment, pip };
  }

  async obtain(items: readonly ReportedItem[], wanted: RequirementSet, resolution: Resolution, sources: readonly string[]): Promise<ReadonlyMap<string, Place>> {
    const { obtainWithPip } = await import("./pipFetch.ts");
    return obtainWithPip(items, wanted, resolution, sources, this, this.#cache, this.#host);
  }

  async python(): Promise<readonly string[]> {
    return this.#command.at(-2) === "-m" ? this.#command.slice(0, -2) : ["python3"];
  }

  /** Downloads or builds a wheel for each line; absolute paths of the wheels. */
  async wheels(lines: readonly string[], options: readonly string[], name: string): Promise<string[]> {
    return this.#fetch("wheel", ["-w"], lines, options, name);
  }

  /** The pure-Python wheel of one version, where the index has one beside those for particular systems; its path. */
  async pureWheel(line: string, options: readonly string[]): Promise<string | undefined> {
    const directory = mkdtempSync(join(this.directory, "pure-"));
    const { status } = await this.#execute(["download", "--no-deps", "--only-binary", ":all:", "--platform", "any", "--implementation", "py", "--abi", "none", "-d", directory, ...options.filter((each) => each !== "--only-binary" && each !== ":all:"), "-r", this.#list("pure", [line])]);
    const [file] = readdirSync(directory);
    return status === 0 && file !== undefined ? join(directory, file) : undefined;
  }

  /** Versions that the index has, newest first, as pip lists them; empty where it knows none. */
  async versions(name: string, options: readonly string[]): Promise<string[]> {
    const run = await this.#execute(["index", "versions", ...options, name]);
    const listed = /^Available versions:\s*(.*)$/m.exec(run.stdout)?.[1];
    if (run.status !== 0 && !/No matching distribution found/.test(run.stderr)) this.#refuse(run.stdout + run.stderr);
    return listed?.split(",").map((version) => version.trim()) ?? [];
  }

  close(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  async #fetch(command: string, into: readonly string[], lines: readonly string[], options: readonly string[], name: string): Promise<string[]> {
    const directory = mkdtempSync(join(this.directory, `${name}-`));
    await this.#run([command, "--no-deps", ...into, directory, ...options, "-r", this.#list(name, lines)]);
    return readdirSync(directory).sort().map((file) => join(directory, file));
  }

  #list(name: string, lines: readonly string[]): string {
    const file = join(this.directory, `${name}.txt`);
    writeFileSync(file, lines.map((line) => `${spelled(line)}\n`).join(""), { mode: 0o600 });
    return file;
  }

  async #execute(args: readonly string[]): Promise<{ status: number; stdout: string; stderr: string }> {
    await this.#resolveShim();
    const [command = "", ...first] = this.#command;
    const run = await this.#host.execute(command, [...first, ...args], { cwd: this.#host.cwd, environment: { ...ENVIRONMENT, TMPDIR: this.directory } }); // what it leaves behind when it is ended goes too
    if (!run) throw new Failure(`${command}: no such program, and requirements are fetched with pip`, "Install Python with pip, or say how to run it: --pip 'python3.12 -m pip'; or use uv: --engine uv");
    if (/No module named pip\b/.test(run.stderr)) throw new Failure(`${this.#command.join(" ")}: this Python has no pip`, "Install it (python3 -m ensurepip, or your system's python3-pip), or name another: --pip 'python3.12 -m pip'; or use uv: --engine uv");
    return run;
  }

  /** What stands on the PATH may be a script that looks for the interpreter, and does more when it sees pip: pyenv's writes its own files, and fails where two do. */
  async #resolveShim(): Promise<void> {
    if (this.#isResolved) return;
    this.#isResolved = true;
    const [python = "", ...rest] = this.#command;
    if (rest.join(" ") !== "-m pip") return;
    const run = await this.#host.execute(python, ["-c", "import sys; print(sys.executable)"], { cwd: this.#host.cwd, environment: ENVIRONMENT });
    const found = run?.status === 0 ? run.stdout.trim() : "";
    if (isAbsolute(found) && existsSync(found)) this.#command = [found, ...rest];
  }

  async #run(args: readonly string[]): Promise<string> {
    const { status, stdout, stderr } = await this.#execute(args);
    const log = `${stdout}\n${stderr}`;
    if (status !== 0) this.#refuse(log);
    return log;
  }

  /** Turns pip's log into a failure: what matters of it, and where the whole lies. */
  #refuse(log: string): never {
    const text = redact(log).replaceAll(this.directory, "");
    if (/no such option: --report/.test(text)) throw new Failure(`${this.#command.join(" ")}: is too old: it cannot report what it resolves`, "Use pip 22.2 or newer: python3 -m pip install --upgrade pip");
    const lines = text.split("\n").map((line) => line.trimEnd());
    const said = lines.filter((line) => /^\s*(ERROR|error):/.test(line)).map((line) => line.replace(/^\s*(ERROR|error):\s*/, "").replace(/ \(from versions: ([^)]*)\)/, (whole, list: string) => shortened(whole, list)));
    // A defect of pip's, or an archive that it did not expect: the last line of the traceback says most.
    const errors: string[] = said.some((line) => line !== "Exception:") ? said : lines.filter((line) => /^\w[\w.]*(Error|Exception)\b/.test(line)).slice(-1);
    const whole = this.#cache.log(text);
    const trouble = repositoryTrouble(text);
    if (trouble) throw new Failure(trouble.message, `${trouble.wayOut} pip's whole log: ${whole}`);
    const failedBuild = /subprocess-exited-with-error|metadata-generation-failed|Failed building wheel|Failed to build/.test(text);
    if (failedBuild) {
      const start = lines.findIndex((line) => /\[\d+ lines of output\]/.test(line));
      const output = (start < 0 ? lines : lines.slice(start + 1)).filter((line) => line.trim() !== "");
      const end = output.findIndex((line) => /\[end of output\]/.test(line));
      const shown = output.slice(0, end < 0 ? undefined : end).slice(-LINES_SHOWN).map((line) => `    ${line.trim()}`);
      const what = errors.find((line) => /Failed|failed|subprocess/.test(line)) ?? "";
      throw new Failure(`pip could not build a source distribution${what === "" ? "" : `: ${what}`}\n${shown.join("\n")}`, `The whole log: ${whole}. Build its wheel where that works, and name the wheel; or use --only-binary.`);
    }
    if (/^\s*ERROR: Wheel '[^']*' located at .* is invalid/m.test(text)) throw new Failure(`pip: ${errors[0]?.replace(/ located at .* is /, " is ") ?? ""} It is damaged, or was cut off on the way.`, `Try again, and look at what the index serves. pip's whole log: ${whole}`);
    if (unreachable(text)) errors.unshift(`the index does not answer${/connection broken by '(\w+)/.exec(text)?.[1]?.replace(/^(\w+)$/, " ($1)") ?? ""}`);
    const message = errors.length > 0 ? [...new Set(errors)].slice(0, 4).join("\n    ") : lines.filter((line) => line !== "").slice(-3).join("\n    ");
    throw new Failure(`pip: ${message}`, `${wayOut(text)} pip's whole log: ${whole}`);
  }
}

/** Where connections failed to the end, pip goes on as if the index had nothing. */
function unreachable(log: string): boolean {
  const failed = /NewConnectionError|Max retries|name resolution|ProxyError|ReadTimeout|Network is unreachable|ConnectTimeout/i.test(log);
  return failed || (/No matching distribution found/.test(log) && /connection broken by/.test(log));
}

/** `NAME @ git+file:///…` as pip takes it: to its parser, an address without a host is none. */
function spelled(line: string): string {
  const match = /^([A-Za-z0-9][\w.-]*)\s*(\[[^\]]*\])?\s*@\s*((?:git|hg|svn|bzr)\+file:\/\/\/[^#\s]*)(?:#(\S*))?(.*)$/.exec(line);
  if (!match) return line;
  const [, name = "", extras = "", url = "", fragment = "", rest = ""] = match;
  return `${url}#egg=${name}${extras}${fragment === "" ? "" : `&${fragment}`}${rest}`;
}

/** The newest versions stand last. */
function shortened(whole: string, list: string): string {
  const versions = list.split(", ");
  return versions.length <= 8 ? whole : ` (from ${versions.length} versions, the last of them: ${versions.slice(-5).join(", ")})`;
}

function wayOut(log: string): string {
  if (/DO NOT MATCH THE HASHES|Hashes are required|require-hashes/i.test(log)) return "The archive is another one than was asked for: compare the hash with the one that its authors publish.";
  if (unreachable(log) || /Connection(Error|Refused|Reset)|IncompleteRead/i.test(log)) return "Check the network and pip's configuration (pip config list), or work from the cache: --offline.";
  if (/ResolutionImpossible|conflicting dependencies/.test(log)) return "Loosen one of the requirements that conflict.";
  if (/No matching distribution/.test(log)) return "Check name and version, and that the index of your pip configuration has it.";
  if (/does not appear to be a Python project/.test(log)) return "Name the directory that holds pyproject.toml or setup.py; in a repository by #subdirectory=DIR behind the address.";
  return "Look at the log.";
}
