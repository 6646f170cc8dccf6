/** The resolver behind `plan`: pip, or uv, asked whether lists of requirements resolve together. Answers are kept, by everything that they depend on. */
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, readdirSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeDirectory } from "../host/makeDirectory.ts";
import { strToU8, zipSync } from "fflate";
import type { Host } from "../host/host.ts";
import { normalisedName } from "../model/distribution.ts";
import type { Answer } from "../model/plan.ts";
import { ArchiveCache } from "./cache.ts";
import { type FetchOptions, sourceOptions } from "./fetch.ts";
import { wordsOfUv } from "./uvWords.ts";
import { type Engine, type ReportedItem, openEngine } from "./engine.ts";

export interface AnswerOptions extends FetchOptions {
  /** Ask no index, and not the cache either. */
  readonly noIndex: boolean;
  /** Do not believe answers that were kept. */
  readonly refresh: boolean;
}

/** A distribution that is there but that no index need have: what the system provides, or one of the projects. */
export interface Provided {
  readonly name: string;
  readonly version: string;
  readonly requires: readonly string[];
  readonly requiresPython?: string | undefined;
  /** Its `.dist-info`, where it is installed. */
  readonly path?: string | undefined;
}

/** An index changes; a folder is looked at each time. */
const FRESH_MS = 60 * 60 * 1000;

const INSTALLED = 'import importlib.metadata as m, json; print(json.dumps([[d.metadata["Name"], d.version, d.requires or [], d.metadata.get("Requires-Python"), str(getattr(d, "_path", ""))] for d in m.distributions() if d.metadata["Name"]]))';

/** Runs pip or uv; `close` when done. */
export class Answers {
  readonly #engine: Engine;
  readonly #cache: ArchiveCache;
  readonly #options: AnswerOptions;
  readonly #stands: string;
  #environment: Readonly<Record<string, string>> | undefined;
  #installed: Promise<readonly Provided[]> | undefined;
  readonly #host: Host;
  /** Questions that the engine itself had to answer. */
  asked = 0;

  static async open(options: AnswerOptions, host: Host): Promise<Answers> {
    const cache = new ArchiveCache(host);
    return new Answers(options, await openEngine(options, host, cache), cache, host);
  }

  private constructor(options: AnswerOptions, engine: Engine, cache: ArchiveCache, host: Host) {
    [this.#options, this.#engine, this.#cache, this.#host] = [options, engine, cache, host];
    this.#stands = mkdtempSync(join(engine.directory, "provided-"));
  }

  /** Variables of markers. Throws Failure where there is no engine, or one that is too old. */
  async environment(): Promise<Readonly<Record<string, string>>> {
    return (this.#environment ??= await this.#engine.environment());
  }

  /** The distribution of that name where the engine's Python has it; undefined where it is not installed. */
  async installed(name: string): Promise<Provided | undefined> {
    this.#installed ??= this.#listInstalled();
    return (await this.#installed).find((each) => normalisedName(each.name) === normalisedName(name));
  }

  async #listInstalled(): Promise<readonly Provided[]> {
    const [program = "", ...first] = await this.#engine.python();
    const run = await this.#host.execute(program, [...first, "-c", INSTALLED], { cwd: this.#engine.directory });
    if (run?.status !== 0) return [];
    return (JSON.parse(run.stdout) as [string, string, string[], string | null, string][]).map(([name, version, requires, requiresPython, path]) => ({ name, version, requires, requiresPython: requiresPython ?? undefined, path: path === "" ? undefined : path }));
  }

  /** Lets the engine find these, as wheels that hold metadata and nothing else. */
  provide(distributions: readonly Provided[]): void {
    for (const { name, version, requires } of distributions) {
      const stem = `${name.replace(/[-_.]+/g, "_")}-${version.replace(/-/g, "_")}`;
      const metadata = `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n${requires.map((line) => `Requires-Dist: ${line}\n`).join("")}`;
      const wheel = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n";
      const info = `${stem}.dist-info`;
      const archive = zipSync({ [`${info}/METADATA`]: strToU8(metadata), [`${info}/WHEEL`]: strToU8(wheel), [`${info}/RECORD`]: strToU8(`${info}/METADATA,,\n${info}/WHEEL,,\n${info}/RECORD,,\n`) }, { mtime: "1980-01-01T00:00:00" });
      writeFileSync(join(this.#stands, `${stem}-py3-none-any.whl`), archive);
    }
  }

  /** Whether `lines` (as pip takes them) resolve together under `constraints`. Throws Failure where the engine cannot say. */
  async resolve(lines: readonly string[], constraints: readonly string[], flags: readonly string[] = []): Promise<Answer> {
    const environment = await this.environment();
    if (lines.length === 0) return { kind: "resolved", items: [], environment };
    const key = createHash("sha256").update(JSON.stringify([lines, constraints, flags, environment, this.#options.noIndex, this.#options.offline, this.#options.onlyBinary, [this.#stands, ...this.#options.findLinks].map(listing)])).digest("hex");
    const kept = this.#kept(key);
    if (kept) return kept;
    const file = join(this.#engine.directory, `${key.slice(0, 16)}.txt`);
    writeFileSync(file, constraints.map((line) => `${line}\n`).join(""));
    const sources = [...sourceOptions(this.#options, this.#cache, this.#engine.directory), "--find-links", this.#stands, ...(constraints.length > 0 ? ["-c", file] : [])];
    this.asked++;
    const attempt = await this.#engine.attempt(lines, [...sources, ...flags]);
    const answer: Answer = "items" in attempt ? { kind: "resolved", items: attempt.items.map(resolved), environment } : { kind: "conflict", ...(this.#engine.name === "uv" ? wordsOfUv : wordsOf)(attempt.log) };
    this.#keep(key, answer);
    return answer;
  }

  close(): void {
    this.#engine.close();
  }

  #kept(key: string): Answer | undefined {
    const file = join(this.#cache.directory, "answers", `${key}.json`);
    if (this.#options.refresh || !existsSync(file)) return undefined;
    if (!this.#options.noIndex && !this.#options.offline && Date.now() - statSync(file).mtimeMs > FRESH_MS) return undefined;
    try {
      const answer = JSON.parse(readFileSync(file, "utf8")) as Answer;
      return answer.kind === "conflict" ? { ...answer, mentioned: new Set(answer.mentioned as unknown as string[]) } : answer;
    } catch {
      return undefined; // cut off, or somebody else's: it is asked again
    }
  }

  #keep(key: string, answer: Answer): void {
    const directory = join(this.#cache.directory, "answers");
    try {
      makeDirectory(directory);
      const file = join(directory, `${key}.json`);
      writeFileSync(`${file}.new`, JSON.stringify(answer.kind === "conflict" ? { ...answer, mentioned: [...answer.mentioned] } : answer), { mode: 0o600 });
      renameSync(`${file}.new`, file);
    } catch {
      // A cache that cannot be written costs time, and no more.
    }
  }
}

function resolved({ metadata, download_info }: ReportedItem): Extract<Answer, { kind: "resolved" }>["items"][number] {
  return { name: normalisedName(metadata.name), label: metadata.name, version: metadata.version, requires: metadata.requires_dist ?? [], url: download_info.url };
}

/** What is in a folder of archives: name, size and time of each. Not of one that pip made of ours, whose times are always new. */
function listing(folder: string): string {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) return folder;
  const own = /enisle-fetch-[^/]+\/provided-/.test(folder);
  const entries = readdirSync(folder).sort().map((name) => {
    const { size, mtimeMs } = statSync(join(folder, name));
    return own ? `${name} ${createHash("sha256").update(readFileSync(join(folder, name))).digest("hex")}` : `${name} ${size} ${mtimeMs}`;
  });
  return `${own ? "" : folder}\n${entries.join("\n")}`;
}

const LINES_SHOWN = 8;

/** pip's own explanation of a conflict, without its advice. */
export function wordsOf(log: string): { readonly words: string; readonly mentioned: ReadonlySet<string> } {
  const lines = log.split("\n").map((line) => line.trim());
  const start = lines.findIndex((line) => /^The conflict is caused by:?/.test(line));
  const cause = start < 0 ? [] : lines.slice(start + 1, lines.findIndex((line, index) => index > start && line === "") >>> 0).filter((line) => line !== "");
  const errors = lines.filter((line) => line.startsWith("ERROR: ") && !/ResolutionImpossible/.test(line)).map((line) => line.slice(7).replace(/ \(from versions: [^)]*\)/, (versions) => (versions.length > 120 ? `${versions.slice(0, 117)}…)` : versions)));
  const shown = cause.length > 0 ? cause : errors;
  const rest = shown.length - LINES_SHOWN;
  const names = (cause.length > 0 ? cause : errors).join(" ").match(/[A-Za-z0-9][\w.-]*[A-Za-z0-9]|[A-Za-z0-9]/g) ?? [];
  return { words: [...shown.slice(0, LINES_SHOWN), ...(rest > 0 ? [`and ${rest} more lines`] : [])].join("\n"), mentioned: new Set(names.map(normalisedName)) };
}
