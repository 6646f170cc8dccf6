/** `check --import`: every module of the copies and of the projects in a real interpreter; those that fail, with the upstream library too. */
import type { Host } from "../host/host.ts";
import { findInterpreter, type Interpreter } from "../interpreter/find.ts";
import { type ImportRun, importModules } from "../interpreter/importModules.ts";
import type { ModuleEnd, RequestedName } from "../interpreter/process.ts";
import type { Scratch } from "../interpreter/scratch.ts";
import type { ImportSummary } from "../model/checkResult.ts";
import { Failure } from "../model/failure.ts";
import { type Finding, type Place, finding } from "../model/finding.ts";
import { isAtOrBelow } from "../model/name.ts";
import { parsePython } from "./consumer.ts";
import type { Importable, ImportableModule } from "./importable.ts";

export interface ImportProof {
  readonly summary: ImportSummary;
  readonly findings: readonly Finding[];
  /** Modules that were imported, by project, in the projects' order. */
  readonly imported: readonly (readonly string[])[];
}

/** Throws Failure when one of the copies was made for newer Pythons. */
export function chooseInterpreter(name: string, cwd: string, importables: readonly Importable[]): Interpreter {
  const interpreter = findInterpreter(name, cwd);
  for (const { open } of importables) {
    const [major, minor] = parsePython(open.manifest.targetPython) ?? [0, 0];
    const [have, has] = interpreter.numbers;
    if (have < major || (have === major && has < minor)) {
      throw new Failure(`${name}: is Python ${interpreter.version}, and the copies in ${open.directory} were made for ${open.manifest.targetPython} and newer`, `Name a newer interpreter with --python, or vendor again with --target-python ${interpreter.numbers.join(".")}.`);
    }
  }
  return interpreter;
}

export interface ProofContext {
  readonly host: Host;
  readonly scratch: Scratch;
  /** Seconds for one module. */
  readonly timeout: number;
  readonly label: (path: string) => string;
}

export async function proveImports(interpreter: Interpreter, importables: readonly Importable[], context: ProofContext): Promise<ImportProof> {
  const findings: Finding[] = [];
  const imported: string[][] = [];
  const total = { modules: 0, failed: 0, failedUpstream: 0, leaks: 0 };
  for (const importable of importables) {
    const proof = await proveOne(interpreter, importable, context);
    findings.push(...proof.findings);
    imported.push(proof.imported);
    total.modules += importable.modules.length;
    total.failed += proof.failed;
    total.failedUpstream += proof.failedUpstream;
    total.leaks += proof.leaks;
  }
  return { summary: { python: interpreter.version, ...total }, findings, imported };
}

async function proveOne(interpreter: Interpreter, importable: Importable, context: ProofContext): Promise<{ findings: Finding[]; imported: string[]; failed: number; failedUpstream: number; leaks: number }> {
  const { modules, path, zones } = importable;
  const run = await importModules(interpreter, { modules: modules.map(({ name }) => name), path, zones, aliases: [] }, settings(context, `Importing with Python ${interpreter.version}`, modules.length));
  const failing = modules.filter(({ name }) => run.ends.get(name)?.kind !== "ok");
  const upstream = failing.length > 0 ? await runUpstream(interpreter, importable, failing, context, false) : undefined;
  const suspects = failing.filter((module) => upstream?.ends.get(nameUpstream(module))?.kind === "ok");
  const broken = await confirm(interpreter, importable, suspects, run, context);
  const others = failing.filter((module) => !broken.has(module));
  if (modules.length > 0 && failing.length === modules.length && suspects.length === 0) throw hopeless(interpreter, importable, run, modules[0]);
  const leaks = describeRequests(run.requests, importable.locate, context);
  const findings = [
    ...leaks,
    ...brokenModules(broken, interpreter, importable, context),
    ...abortedModules(others, run, interpreter, importable, context),
    ...failedBefore(others, run, interpreter, importable, context),
  ];
  return { findings, imported: modules.filter((module) => !failing.includes(module)).map(({ name }) => name), failed: broken.size, failedUpstream: others.length, leaks: leaks.length };
}

/**
 * Alone in a process, relocated and upstream: neither an earlier import nor its failure has a part in it. What lies below a package that is
 * broken needs the package, and is not tried again.
 */
async function confirm(interpreter: Interpreter, importable: Importable, suspects: readonly ImportableModule[], run: ImportRun, context: ProofContext): Promise<Map<ImportableModule, ModuleEnd>> {
  const broken = new Map<ImportableModule, ModuleEnd>();
  const { path, zones } = importable;
  for (let open = suspects; open.length > 0; ) {
    const wave = open.filter((module) => !open.some((other) => other !== module && isAtOrBelow(module.name, other.name)));
    const alone = await importModules(interpreter, { modules: wave.map(({ name }) => name), path, zones, aliases: [] }, { ...settings(context, "Importing again, one by one", wave.length), alone: true });
    const failing = wave.filter(({ name }) => alone.ends.get(name)?.kind !== "ok");
    const upstream = failing.length > 0 ? await runUpstream(interpreter, importable, failing, context, true) : undefined;
    for (const module of failing) {
      const end = alone.ends.get(module.name);
      if (!end || upstream?.ends.get(nameUpstream(module))?.kind !== "ok") continue;
      broken.set(module, end);
      for (const below of open) if (below !== module && isAtOrBelow(below.name, module.name)) broken.set(below, run.ends.get(below.name) ?? end);
    }
    open = open.filter((module) => !wave.includes(module) && !broken.has(module));
  }
  return broken;
}

/** One finding for a cause: what fails in one place fails in every module that needs the place. */
function brokenModules(broken: ReadonlyMap<ImportableModule, ModuleEnd>, { version }: Interpreter, importable: Importable, context: ProofContext): Finding[] {
  const causes = new Map<string, { first: ImportableModule; end: ModuleEnd; others: number }>();
  for (const [module, end] of [...broken].sort(([a], [b]) => (a.name < b.name ? -1 : 1))) {
    const cause = end.kind === "error" ? `${end.error}\0${end.at?.join("\0")}` : module.name;
    const known = causes.get(cause);
    if (known) known.others++;
    else causes.set(cause, { first: module, end, others: 0 });
  }
  return [...causes.values()].map(({ first, end, others }) => {
    const more = others === 0 ? "" : ` (as do ${others} more module${others === 1 ? "" : "s"})`;
    return finding("import-broken", `${first.name} ${describe(end)} in Python ${version}${more}; with the upstream library it is imported`, placeOf(first, end, importable, context));
  });
}

/** The copies' modules under their own names, the project's with those in place of the copies. */
function runUpstream(interpreter: Interpreter, importable: Importable, modules: readonly ImportableModule[], context: ProofContext, alone: boolean): Promise<ImportRun> {
  const { upstream, path, tree, aliases } = importable;
  const task = { modules: modules.map(nameUpstream), path: [upstream, ...path], zones: [{ directory: upstream, forbidden: [] }, { directory: tree, forbidden: [] }], aliases };
  return importModules(interpreter, task, { ...settings(context, "Importing with the upstream library", modules.length), alone });
}

function nameUpstream({ name, original }: ImportableModule): string {
  return original ?? name;
}

function settings({ host, scratch, timeout }: ProofContext, what: string, total: number): { timeout: number; scratch: Scratch; progress: (done: number) => void } {
  return { timeout, scratch, progress: (done) => host.progress(`${what}: ${done} of ${total} modules`) };
}

function hopeless({ version }: Interpreter, { open, modules }: Importable, run: ImportRun, first: ImportableModule | undefined): Failure {
  const end = first && run.ends.get(first.name);
  return new Failure(`${open.directory}: not one of ${modules.length} modules can be imported with Python ${version}, nor with the upstream library: ${first?.name ?? ""} ${end ? describe(end) : ""}`, "Name an interpreter that has what the project needs installed: --python venv/bin/python");
}

function describe(end: ModuleEnd): string {
  switch (end.kind) {
    case "error":
      return `fails with ${end.error.replaceAll(/\s+/g, " ")}`;
    case "aborted":
      return end.how;
    case "untried":
      return end.because === undefined ? "was not tried" : `needs ${end.because}, which ends or blocks the process`;
    case "ok":
      return "is imported";
  }
}

/** Those that take the process with them; what lies below them is counted, not listed. */
function abortedModules(modules: readonly ImportableModule[], run: ImportRun, { version }: Interpreter, importable: Importable, context: ProofContext): Finding[] {
  const ends = modules.map((module) => [module, run.ends.get(module.name)] as const);
  const untried = (because: string | undefined): number => ends.filter(([, end]) => end?.kind === "untried" && end.because === because).length;
  const found = ends.flatMap(([module, end]) => {
    if (end?.kind !== "aborted") return [];
    const below = untried(module.name);
    return [finding("import-aborted", `${module.name} ${end.how} in Python ${version}${below > 0 ? `; ${below} module${below === 1 ? "" : "s"} below it cannot be tried` : ""}`, placeOf(module, end, importable, context))];
  });
  const rest = untried(undefined);
  return rest === 0 ? found : [...found, finding("import-aborted", `${rest} modules were not tried in Python ${version}: too many before them did not come to an end`, { path: context.label(importable.open.directory) })];
}

function placeOf(module: ImportableModule, end: ModuleEnd | undefined, importable: Importable, { label }: ProofContext): Place {
  const at = end?.kind === "error" ? end.at : undefined;
  const file = at && importable.locate(at[0]);
  const owner = module.distribution === undefined ? {} : { distribution: module.distribution };
  return { path: label(file ?? module.file), ...(file !== undefined && at ? lineOf(at[1]) : {}), ...owner };
}

function lineOf(line: number): Place {
  return line > 0 ? { line, column: 1, endLine: line, endColumn: 1 } : {};
}

const MOST_NAMED = 3;

/** One note for a distribution, and one for the project: a missing optional requirement makes many modules fail. */
function failedBefore(modules: readonly ImportableModule[], run: ImportRun, { version }: Interpreter, importable: Importable, { label }: ProofContext): Finding[] {
  const groups = new Map<string | undefined, ImportableModule[]>();
  for (const module of modules) if (run.ends.get(module.name)?.kind === "error") groups.set(module.distribution, [...(groups.get(module.distribution) ?? []), module]);
  return [...groups].map(([distribution, all]) => {
    const named = all.slice(0, MOST_NAMED).map((module) => `${module.name} ${describe(run.ends.get(module.name) ?? { kind: "ok" })}`);
    const message = `${all.length} module${all.length === 1 ? " fails" : "s fail"} in Python ${version}, with the upstream library too: ${named.join("; ")}${all.length > MOST_NAMED ? "; …" : ""}`;
    return finding("import-failed", message, { path: label(distribution === undefined ? importable.project.consumer.root : importable.open.directory), ...(distribution === undefined ? {} : { distribution }) });
  });
}

/** One finding for a name and a line, however many modules led there. What a function asks for on behalf of another file is found where that calls it. */
export function describeRequests(requests: readonly RequestedName[], locate: (file: string) => string | undefined, { label }: ProofContext): Finding[] {
  const places = new Map<string, RequestedName>();
  for (const each of requests) {
    const key = [each.name, ...each.at, ...(each.client ?? [])].join("\0");
    const known = places.get(key);
    if (!known || each.during < known.during) places.set(key, each);
  }
  const shown = (file: string): string => label(locate(file) ?? file);
  return [...places.values()].map(({ name, at, client, during }) => {
    const [file, line] = client ?? at;
    const through = client ? `, through ${shown(at[0])}:${at[1]}` : "";
    return finding("import-leak", `asked for '${name}' by its original name${through}, as when ${during} is imported`, { ...(locate(file) === undefined ? {} : { path: shown(file) }), ...lineOf(line) });
  });
}
