/** `enisle plan`: several services, one system: whether their requirements resolve together, and else the fewest relocations after which they do. */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Answers } from "../acquire/answers.ts";
import { listProjectFiles, findPackages } from "../acquire/project.ts";
import { readRequirements } from "../acquire/requirementLine.ts";
import { contentOf } from "../acquire/content.ts";
import { readSystem } from "../acquire/system.ts";
import { acquireWheel } from "../acquire/wheel.ts";
import { readSettings } from "../config/read.ts";
import { NoRequirement, demandOf } from "../conflicts/demand.ts";
import { pathTo } from "../conflicts/graph.ts";
import { type Along, relocationsOf, sharedOf, shown } from "../conflicts/result.ts";
import { type Found, search } from "../conflicts/search.ts";
import type { Host } from "../host/host.ts";
import { type SourceFile, normalisedName } from "../model/distribution.ts";
import { Failure } from "../model/failure.ts";
import { type Finding, finding } from "../model/finding.ts";
import type { DottedName } from "../model/name.ts";
import type { Outcome, PlanResult } from "../model/outcome.ts";
import type { Assignment, Line, Service } from "../model/plan.ts";
import type { PlanDetails } from "../model/planDetails.ts";
import { defaultNamespace } from "../plan/home.ts";
import { Examiner } from "./exposure.ts";
import { type FetchFlags, fetchOptions } from "./fetchSettings.ts";
import { installLine, sectionOf } from "./planInstall.ts";
import { type Choice, PlanOracle } from "./planOracle.ts";
import { type KnownService, planServices } from "./planServices.ts";

export interface PlanOptions extends FetchFlags {
  /** As typed. */
  readonly projects: readonly string[];
  /** Files of constraints, as typed. */
  readonly constraints: readonly string[];
  readonly system: readonly string[];
  /** A version, or a command. */
  readonly python: string | undefined;
  readonly extras: readonly string[];
  /** `[PROJECT:]DIST`, as typed. */
  readonly prefer: readonly string[];
  readonly never: readonly string[];
  readonly always: readonly string[];
  readonly noIndex: boolean;
  readonly refresh: boolean;
  readonly editable: boolean;
  readonly states?: number;
}

export interface PlanOutcome extends Outcome<PlanResult> {
  readonly details: PlanDetails;
}

/** States of the search that are looked at before it goes on without proof, and questions to pip. */
const STATES = 2000;
const QUESTIONS = 400;

export async function plan(options: PlanOptions, host: Host): Promise<PlanOutcome> {
  if (options.projects.length === 0) throw new Failure("no PROJECT given", "Name the projects that are to share one system: enisle plan ./nova ./keystone");
  const fetching = { ...fetchOptions({ ...options, ...(options.python === undefined ? {} : { pip: interpreter(options.python) }) }, { present: false }, host.cwd), noIndex: options.noIndex, refresh: options.refresh };
  const answers = await Answers.open(fetching, host);
  try {
    const environment = await answers.environment();
    const system = options.system.flatMap((directory) => readSystem(resolve(host.cwd, directory)));
    const constraints = options.constraints.flatMap((file) => constraintsIn(resolve(host.cwd, file)));
    answers.provide(system);
    const known = await planServices(options.projects, options.extras, { constraints, system }, answers, host);
    const services = known.map(({ service }) => service);
    const fixed = fixedLines([...constraints, ...system.map(({ name, version }) => `${name}==${version}`), ...known.flatMap(({ description: { name, version } }) => (name !== undefined && version !== undefined ? [`${name}==${version}`] : []))], environment);
    const offered = { ...fetching, findLinks: [...fetching.findLinks], offline: fetching.offline };
    const examiner = new Examiner(offered, options.noIndex ? withoutIndex(host) : host);
    const steering = { prefer: choices(options.prefer, services), never: choices(options.never, services) };
    const oracle = new PlanOracle(services, answers, examiner, steering, immovableOf(known, examiner), importsOf(known, examiner, host));
    const always = choices(options.always, services);
    const start = startOf(always, services);
    host.progress("Resolving all together");
    const found = await search(services, oracle, { fixed, start, states: options.states ?? STATES, questions: QUESTIONS });
    return finish({ known, services, found, oracle, always, fixed, options, asked: () => answers.asked, system: new Set(system.map(({ name }) => normalisedName(name))) });
  } finally {
    answers.close();
  }
}

interface Ending {
  /** Names of what is there already. */
  readonly system: ReadonlySet<string>;
  readonly known: readonly KnownService[];
  readonly services: readonly Service[];
  readonly found: Found;
  readonly oracle: PlanOracle;
  readonly always: readonly Choice[];
  readonly fixed: readonly Line[];
  readonly options: PlanOptions;
  readonly asked: () => number;
}

async function finish({ known, services, found, oracle, always, fixed, options, asked, system }: Ending): Promise<PlanOutcome> {
  const bare = { command: "plan", changes: [], notices: [] };
  const projects = known.map(({ description: { id, asked, kind, path, name } }) => ({ id, asked, kind, path, name }));
  if (found.kind === "none") {
    const reasons = await reasonsOf(found.conflict.lines, oracle);
    const chains = found.conflict.lines.map((line) => shown(services, line));
    return {
      ...bare, result: { satisfiable: false, minimal: found.proven ? "proven" : "bound", shared: [], relocations: [], install: "" },
      findings: [finding("no-plan", `no relocation makes the projects resolve together: ${[...chains, ...reasons].join("; ")}`)],
      details: { services, projects, assignment: new Map(), relocations: [], shared: [], sections: [], conflict: { chains, reasons, words: found.conflict.words, names: [...new Set(found.conflict.lines.map(({ demand }) => demand.name))] }, along: new Map(), install: "", asked: asked() },
    };
  }
  const along: Along = new Map([...oracle.drawnBy].filter(([, drawn]) => drawn.blocked === undefined));
  const own = new Set(known.flatMap(({ description: { name } }) => (name === undefined ? [] : [normalisedName(name)])));
  const shared = sharedOf(found.answer.items.filter((item) => !own.has(item.name)));
  const relocations = relocationsOf({
    services, assignment: found.assignment, conflicts: found.conflicts, lines: found.lines, fixed, along,
    shared: new Map(shared.map(({ name, version }) => [normalisedName(name), version])),
    always: new Set(always.flatMap((choice) => services.filter((service) => choice.service === undefined || choice.service === service.id).map((service) => `${service.id}\0${choice.name}`))),
  });
  const install = installLine(known, found.assignment, shared.filter(({ name }) => !system.has(normalisedName(name))), options);
  return {
    ...bare, result: { satisfiable: true, minimal: found.proven ? "proven" : "bound", shared, relocations, install },
    findings: boundaries(oracle, found.assignment),
    details: { services, projects, assignment: found.assignment, relocations, shared, sections: known.flatMap((each) => sectionOf(each, found.assignment, options) ?? []), conflict: undefined, along, install, asked: asked() },
  };
}

/** What should move along and cannot. */
function boundaries(oracle: PlanOracle, assignment: Assignment): Finding[] {
  return [...oracle.drawnBy.values()].filter(({ service, name, along, blocked }) => blocked !== undefined && assignment.get(service)?.has(along) && !assignment.get(service)?.has(name)).map(({ service, name, along, why, blocked }) =>
    finding("type-boundary", `${service} gets its own ${along}, and the shared ${name} shows types of another one (${why}); it cannot move along: ${blocked}`, { distribution: name }));
}

async function reasonsOf(lines: readonly Line[], oracle: PlanOracle): Promise<string[]> {
  const reasons: string[] = [];
  for (const { service, demand } of lines) {
    if (service === undefined) continue;
    const { blocked } = await oracle.weigh({ service, name: demand.name });
    if (blocked !== undefined) reasons.push(`${demand.name} cannot be relocated into ${service}: ${blocked}`);
  }
  return [...new Set(reasons)];
}

function constraintsIn(path: string): string[] {
  const set = readRequirements(path, resolve(path, ".."));
  return [...set.lines.map((line) => line.text.replace(/\s+--[a-z].*$/, "")), ...set.constraints.flatMap(constraintsIn)];
}

function fixedLines(lines: readonly string[], environment: Readonly<Record<string, string>>): Line[] {
  return lines.flatMap((line) => {
    try {
      const demand = demandOf(line, environment, []);
      return demand ? [{ service: undefined, parent: undefined, demand }] : [];
    } catch (error) {
      if (!(error instanceof NoRequirement)) throw error;
      throw new Failure(`'${line}': a constraint has to be a requirement (PEP 508)`, "Correct the line.");
    }
  });
}

/** `3.11` is the interpreter of that name; anything else is a command. */
function interpreter(python: string): string {
  return /^\d+(\.\d+)?$/.test(python) ? `python${python} -m pip` : `${python} -m pip`;
}

/** Throws Failure where nothing is called so. */
function choices(texts: readonly string[], services: readonly Service[]): Choice[] {
  return texts.map((text) => {
    const [, project, dist = ""] = /^(?:([^:]+):)?([^:]+)$/.exec(text) ?? [];
    const name = normalisedName(dist);
    const service = project === undefined ? undefined : services.find((each) => normalisedName(each.id) === normalisedName(project));
    if (project !== undefined && !service) throw new Failure(`'${text}': there is no project '${project}'`, `The projects are: ${services.map((each) => each.id).join(", ")}.`);
    if (!(service ? [service] : services).some((each) => each.alone.has(name))) throw new Failure(`'${text}': ${service ? `${service.id} does not come` : "no project comes"} to a distribution '${dist}'`, "Name a distribution that is required, as [PROJECT:]DISTRIBUTION.");
    return { service: service?.id, name };
  });
}

/** What is relocated in any case, with all that leads to it: what stays shared could not reach it. */
function startOf(always: readonly Choice[], services: readonly Service[]): Assignment {
  return new Map(services.map((service) => [service.id, new Set(always.filter((choice) => choice.service === undefined || choice.service === service.id).flatMap(({ name }) => pathTo(service, name) ?? []))]));
}

function importsOf(known: readonly KnownService[], examiner: Examiner, host: Host): (service: Service) => Promise<ReadonlySet<DottedName>> {
  const made = new Map<string, Promise<ReadonlySet<DottedName>>>();
  const look = async (service: Service): Promise<ReadonlySet<DottedName>> => {
    const description = known.find((each) => each.service === service)?.description;
    if (!description) return new Set();
    return examiner.importsOf(description, await filesOf(description, examiner, host));
  };
  return (service) => {
    let found = made.get(service.id);
    if (!found) made.set(service.id, (found = look(service)));
    return found;
  };
}

/** Why a service has no place for copies; asked only where something conflicts. */
function immovableOf(known: readonly KnownService[], examiner: Examiner): (service: string) => Promise<string | undefined> {
  const made = new Map<string, Promise<string | undefined>>();
  const look = async (id: string): Promise<string | undefined> => {
    const description = known.find(({ service }) => service.id === id)?.description;
    if (!description || description.kind === "tree") return undefined;
    if (description.kind === "requirements") return "a file of requirements has no package that it could be relocated into";
    const { name = id, path, version } = description;
    const distribution = path?.endsWith(".whl") ? await acquireWheel(path, path) : undefined;
    const examined = distribution ?? (await examiner.examine({ name: normalisedName(name), label: name, version: version ?? "", requires: [], url: path === undefined || description.kind === "installed" ? undefined : pathToFileURL(path).href }));
    if (examined instanceof Failure) return `no wheel of it can be had: ${examined.message}`;
    const { files } = "distribution" in examined ? examined.distribution : examined;
    const points = files.find((file) => /^[^/]+\.dist-info\/entry_points\.txt$/.test(file.path));
    const found = defaultNamespace(files, name, points ? contentOf(points).toString("utf8") : "");
    return "why" in found ? `${name} ${found.why}` : undefined;
  };
  return (id) => {
    let found = made.get(id);
    if (!found) made.set(id, (found = look(id)));
    return found;
  };
}

async function filesOf({ kind, path, name, version }: KnownService["description"], examiner: Examiner, host: Host): Promise<readonly SourceFile[]> {
  if (kind === "tree" && path !== undefined) {
    const settings = await readSettings(path);
    const files = await listProjectFiles(path, findPackages(path, settings), { present: false }, [], host);
    return files.map((file) => ({ path: file.path.replace(/^(src|lib)\//, ""), size: file.size, executable: false, locator: { kind: "file", path: file.real }, record: undefined }));
  }
  if (path?.endsWith(".whl")) return (await acquireWheel(path, path)).files;
  if (name === undefined || version === undefined || (kind !== "requirement" && kind !== "installed")) return [];
  const examined = await examiner.examine({ name: normalisedName(name), label: name, version, requires: [], url: undefined });
  return examined instanceof Failure ? [] : examined.distribution.files;
}

/** For runs of pip or uv that ask for wheels: the same host, and no index. */
export function withoutIndex(host: Host): Host {
  return { ...host, execute: (command, args, settings) => host.execute(command, args, { ...settings, environment: { ...settings.environment, PIP_NO_INDEX: "1", UV_OFFLINE: "1" } }) };
}
