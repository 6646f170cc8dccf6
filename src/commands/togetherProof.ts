/** `check --together`: several projects in one interpreter. They must share no module, no file and no name; what they change of the process is listed. */
import { readdirSync } from "node:fs";
import { sep } from "node:path";
import type { Interpreter } from "../interpreter/find.ts";
import { type ProcessRun, runProcess } from "../interpreter/process.ts";
import type { TogetherSummary } from "../model/checkResult.ts";
import { normalisedName } from "../model/distribution.ts";
import { Failure } from "../model/failure.ts";
import { type Finding, finding } from "../model/finding.ts";
import { isAtOrBelow, topLevel } from "../model/name.ts";
import type { Importable } from "./importable.ts";
import { type ProofContext, describeRequests } from "./importProof.ts";

/** What process_state.py's witness() says. */
interface Witness {
  readonly projects: readonly {
    /** Modules and where their files are. */
    readonly files: readonly (readonly [module: string, file: string])[];
    readonly versions: Readonly<Record<string, string | null>>;
    /** An attribute of one project's module that comes from another project; or (-1) a module that is an original under another name. */
    readonly holds: readonly (readonly [module: string, attribute: string, from: string, project: number])[];
  }[];
  readonly shared: readonly (readonly string[])[];
}

// A module that was imported alone may end the process in company; so many are left out one after the other.
const MOST_ATTEMPTS = 10;

export interface TogetherProof {
  readonly summary: TogetherSummary;
  readonly findings: readonly Finding[];
}

/** `imported` are the modules of each project that can be imported at all. */
export async function proveTogether(interpreter: Interpreter, importables: readonly Importable[], imported: readonly (readonly string[])[], context: ProofContext): Promise<TogetherProof> {
  const owners = ownNames(importables);
  const modules = importables.map((_, index) => (imported[index] ?? []).filter((name) => owners.get(topLevel(name)) === index));
  const left: Finding[] = [];
  let todo = modules.flat();
  for (let attempt = 0; ; attempt++) {
    context.host.progress(`Importing ${todo.length} modules into one Python ${interpreter.version}`);
    const run = await runProcess(interpreter, task(importables, owners, todo), context.timeout, context.scratch);
    const { aborted } = run;
    if (!aborted) return { summary: summarise(interpreter, importables, modules, run, context), findings: [...left, ...judge(importables, modules, run, context)] };
    const end = run.ends.get(aborted.module);
    const how = end?.kind === "aborted" ? end.how : "ends the process";
    if (attempt === MOST_ATTEMPTS) throw new Failure(`${importables.map(({ open }) => open.directory).join(" and ")}: cannot be imported together: ${aborted.module} ${how}`, "Import the projects one by one (--import), and look at that module.");
    left.push(finding("import-aborted", `${aborted.module} ${how} in Python ${interpreter.version}, in one process with the other project`, place(aborted.module, importables, context)));
    todo = todo.filter((name) => !isAtOrBelow(name, aborted.module));
  }
}

/** Top-level names → the project they belong to. Of a name that several have, such as `tests`, only the first could be imported: it is left to none, unless it holds a namespace. */
function ownNames(importables: readonly Importable[]): Map<string, number> {
  const owners = new Map<string, number>();
  const several = new Set<string>();
  importables.forEach(({ modules }, index) => {
    for (const name of new Set(modules.map((module) => topLevel(module.name)))) {
      if (owners.has(name)) several.add(name);
      else owners.set(name, index);
    }
  });
  for (const name of several) {
    const holders = importables.filter(({ open }) => topLevel(open.manifest.namespace) === name);
    if (holders.length > 1) throw new Failure(`${holders.map(({ project }) => project.consumer.root).join(" and ")}: both have the top-level package '${name}', and one interpreter can import one of them`, "Give the projects' packages different names; the copies in them cannot be told apart otherwise.");
    const [holder] = holders;
    if (holder) owners.set(name, importables.indexOf(holder));
    else owners.delete(name);
  }
  return owners;
}

function task(importables: readonly Importable[], owners: ReadonlyMap<string, number>, modules: readonly string[]): Parameters<typeof runProcess>[1] {
  return {
    modules,
    path: importables.flatMap(({ path }) => path),
    zones: importables.flatMap(({ zones }) => zones),
    aliases: [],
    projects: importables.map(({ open }, index) => ({
      names: [...owners].filter(([, owner]) => owner === index).map(([name]) => name),
      modules: [...own(open), ...open.manifest.distributions.flatMap((entry) => Object.values(entry.relocations))],
      originals: [...Object.keys(open.renamed?.modules ?? {}), ...open.manifest.distributions.flatMap((entry) => Object.keys(entry.relocations))],
    })),
  };
}

function summarise(interpreter: Interpreter, importables: readonly Importable[], modules: readonly (readonly string[])[], run: ProcessRun, { label }: ProofContext): TogetherSummary {
  const witness = run.witness as Witness;
  return {
    python: interpreter.version,
    modules: [...run.ends.values()].filter((end) => end.kind === "ok").length,
    projects: importables.map(({ open }, index) => ({
      path: label(open.directory),
      namespace: calledIn(open),
      modules: modules[index]?.length ?? 0,
      distributions: [...itself(open), ...open.manifest.distributions].flatMap(({ name, version, relocations }) => Object.values(relocations).slice(0, 1).map((module) => ({ name, version, module, seen: witness.projects[index]?.versions[module] ?? null }))),
    })),
  };
}

/** The namespace, or the package where there are no copies. */
function calledIn(open: Importable["open"] | undefined): string {
  return open ? (open.bare ? topLevel(open.manifest.namespace) : open.manifest.namespace) : "";
}

/** Modules of the project itself whose version is asked for: of one that was renamed, or has no copies. */
function own({ bare, renamed, manifest }: Importable["open"]): string[] {
  return renamed ? Object.values(renamed.modules) : bare ? [topLevel(manifest.namespace)] : [];
}

function itself(open: Importable["open"]): { readonly name: string; readonly version: string | null; readonly relocations: Readonly<Record<string, string>> }[] {
  return own(open).slice(0, 1).map((module) => ({ name: open.renamed?.name ?? module, version: open.renamed?.version ?? installedVersion(open, module), relocations: { [module]: module } }));
}

/** As the name of its metadata's directory says. */
function installedVersion({ project }: Importable["open"], name: string): string | null {
  const infos = project ? readdirSync(project.importRoot).filter((each) => each.endsWith(".dist-info")) : [];
  const info = infos.find((each) => normalisedName(each.split("-")[0] ?? "") === normalisedName(name));
  return info?.slice(0, -".dist-info".length).split("-")[1] ?? null;
}

function judge(importables: readonly Importable[], modules: readonly (readonly string[])[], run: ProcessRun, context: ProofContext): Finding[] {
  const witness = run.witness as Witness;
  const name = (index: number): string => calledIn(importables[index]?.open);
  const found: Finding[] = [];
  for (const keys of witness.shared) found.push(finding("shared-module", `one module object answers to ${keys.join(" and to ")}`, place(keys[0] ?? "", importables, context)));
  witness.projects.forEach(({ files, holds }, index) => {
    const own = importables[index];
    for (const [module, file] of files) {
      if (!own || file === "" || file.startsWith(own.tree + sep)) continue;
      const other = importables.findIndex(({ tree }) => file.startsWith(tree + sep));
      if (other >= 0 || isAtOrBelow(module, own.open.manifest.namespace)) found.push(finding("shared-module", `${module} was imported from ${other >= 0 ? `the files of ${name(other)}` : file}`, place(module, importables, context)));
    }
    for (const [module, attribute, from, other] of holds) {
      const what = other < 0 ? `${module} is ${from}, which is not a copy` : `${module}.${attribute} is ${from}, which belongs to ${name(other)}`;
      found.push(finding("shared-module", what, place(module, importables, context)));
    }
  });
  for (const [module, end] of run.ends) if (end.kind === "error") found.push(finding("import-broken", `${module} fails with ${end.error.replaceAll(/\s+/g, " ")} in Python, in one process with the other project; alone it is imported`, place(module, importables, context)));
  found.push(...describeRequests(run.requests, (file) => locate(file, importables), context));
  return [...found, ...sharedState(importables, modules, run, context)];
}

/** What more than one project changed, and who in each did it. */
function sharedState(importables: readonly Importable[], modules: readonly (readonly string[])[], run: ProcessRun, context: ProofContext): Finding[] {
  const owner = new Map(modules.flatMap((own, index) => own.map((module) => [module, index] as const)));
  const changes = new Map<string, Map<number, string>>();
  for (const { module, changed } of run.changes) {
    const index = owner.get(module);
    if (index === undefined) continue;
    for (const [what, who] of Object.entries(changed)) {
      const by = changes.get(what) ?? new Map<number, string>();
      if (!by.has(index)) by.set(index, described(who, module, importables, context));
      changes.set(what, by);
    }
  }
  return [...changes].filter(([, by]) => by.size > 1).sort(([a], [b]) => (a < b ? -1 : 1)).map(([what, by]) => {
    const last = Math.max(...by.keys());
    const who = [...by].map(([index, text]) => `${calledIn(importables[index]?.open)} (${text})`).join(" and by ");
    return finding("shared-state", `${what} is changed by ${who}`, { path: context.label(importables[last]?.open.directory ?? "") });
  });
}

function described(who: string | null, module: string, importables: readonly Importable[], { label }: ProofContext): string {
  const match = /^(.*):(\d+)$/s.exec(who ?? "");
  const file = match?.[1] === undefined ? undefined : locate(match[1], importables);
  return file === undefined ? `importing ${module}` : `${label(file)}:${match?.[2]}`;
}

function locate(file: string, importables: readonly Importable[]): string | undefined {
  return importables.map((each) => each.locate(file)).find((located) => located !== undefined);
}

function place(module: string, importables: readonly Importable[], { label }: ProofContext): { path?: string } {
  const found = importables.flatMap((each) => each.modules).find(({ name }) => name === module);
  return found ? { path: label(found.file) } : {};
}
