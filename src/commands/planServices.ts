/** PROJECTs → services: each described, checked against this host, and resolved alone. */
import type { Answers, Provided } from "../acquire/answers.ts";
import { describeProject } from "../acquire/describe.ts";
import { NoRequirement, demandOf } from "../conflicts/demand.ts";
import { makeService } from "../conflicts/graph.ts";
import type { Host } from "../host/host.ts";
import { normalisedName } from "../model/distribution.ts";
import { Failure } from "../model/failure.ts";
import type { Demand, Service } from "../model/plan.ts";
import { meets } from "../model/specifier.ts";
import type { ProjectDescription } from "../model/project.ts";

export interface KnownService {
  readonly service: Service;
  readonly description: ProjectDescription;
}

/** Constraint lines as pip takes them: what people listed, and what the system provides. */
export interface Limits {
  readonly constraints: readonly string[];
  readonly system: readonly Provided[];
}

export async function planServices(projects: readonly string[], extras: readonly string[], limits: Limits, answers: Answers, host: Host): Promise<KnownService[]> {
  const described: ProjectDescription[] = [];
  for (const project of projects) {
    host.progress(`Reading ${project}`);
    described.push(await describeProject(project, host.cwd, extras, answers, limits.system));
  }
  for (const [index, each] of described.entries()) {
    const same = described.slice(0, index).find((other) => normalisedName(other.id) === normalisedName(each.id));
    if (same) throw new Failure(`'${same.asked}' and '${each.asked}' are the same project, ${each.id}`, "Name each project once. Two versions of one service need two names, which a wheel can be given: enisle wheel nova-11.0-py3-none-any.whl --rename nova=nova_11 -w DIR");
  }
  const environment = await answers.environment();
  // What one project requires of another is the project itself, and that counts for itself.
  answers.provide(described.flatMap(({ name, version }) => (name !== undefined && version !== undefined ? [{ name, version, requires: [] }] : [])));
  const own = new Map(described.flatMap(({ name, version }) => (name !== undefined && version !== undefined ? [[normalisedName(name), `${name}==${version}`] as const] : [])));
  host.progress("Resolving each project alone");
  return eachOf(described, async (description) => {
    checkPython(description, environment["python_full_version"] ?? "");
    const demands = demandsOf(description, environment);
    const items = await alone(description, demands, [...own.values()], limits, answers);
    return { description, service: makeService(description.id, description.version, demands, items.filter((item) => !own.has(item.name)), environment) };
  });
}

/** pip is one thread, and waits for the network: a few at a time. */
const AT_ONCE = 3;

async function eachOf<T, R>(all: readonly T[], work: (each: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < all.length; index = next++) results[index] = await work(all[index] as T);
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, all.length) }, worker));
  return results;
}

/** The project's requirements that hold here; extras of its own are followed. */
function demandsOf({ name, requires, extras, from }: ProjectDescription, environment: Readonly<Record<string, string>>): Demand[] {
  const self = name === undefined ? undefined : normalisedName(name);
  const wanted = new Set(extras.map(normalisedName));
  for (;;) {
    const before = wanted.size;
    let made: Demand[];
    try {
      made = requires.flatMap((line) => demandOf(line, environment, [...wanted]) ?? []);
    } catch (error) {
      if (!(error instanceof NoRequirement)) throw error;
      throw new Failure(`${from}: '${error.line}' is no requirement as PEP 508 has them`, "Correct the line.");
    }
    for (const demand of made) if (demand.name === self) for (const extra of demand.extras) wanted.add(extra);
    if (wanted.size === before) return made.filter((demand) => demand.name !== self);
  }
}

function checkPython({ asked, requiresPython }: ProjectDescription, python: string): void {
  // What is no specifier, whoever installs it will say so of.
  if (requiresPython !== undefined && meets(python, requiresPython) === false) throw new Failure(`${asked}: requires Python ${requiresPython}, and this is ${python}`, "Name the interpreter of the system in question with --python.");
}

/** Under what is fixed, if it goes; a service that does not fit the system has its own versions of what does not. */
async function alone({ asked, from }: ProjectDescription, demands: readonly Demand[], own: readonly string[], { constraints, system }: Limits, answers: Answers): Promise<Extract<Awaited<ReturnType<Answers["resolve"]>>, { kind: "resolved" }>["items"]> {
  const lines = [...new Set(demands.map((demand) => demand.text))].sort();
  const pins = system.map(({ name, version }) => `${name}==${version}`);
  const attempts = [[...own, ...constraints, ...pins], [...own, ...constraints], [...own]].filter((each, index, all) => index === 0 || each.length !== all[index - 1]?.length);
  let words = "";
  for (const attempt of attempts) {
    const answer = await answers.resolve(lines, attempt);
    if (answer.kind === "resolved") return answer.items;
    words = answer.words;
  }
  throw new Failure(`${asked}: cannot be resolved even alone (${from})\n${words.split("\n").map((line) => `    ${line}`).join("\n")}`, "Mend its requirements first: pip could not install it either.");
}
