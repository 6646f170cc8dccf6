/** An assignment → what is told about it: each relocation with the chains of requirements that make it necessary. */
import { normalisedName } from "../model/distribution.ts";
import type { PlannedRelocation } from "../model/outcome.ts";
import type { Assignment, Line, Service } from "../model/plan.ts";
import { agreeing } from "./disagreement.ts";
import { chainTo, demandsOn } from "./graph.ts";
import type { Conflict } from "./search.ts";

/** By service and name: what moves along with what. */
export type Along = ReadonlyMap<string, { readonly along: string; readonly why: string }>;

export interface Finished {
  readonly services: readonly Service[];
  readonly assignment: Assignment;
  readonly conflicts: readonly Conflict[];
  /** What the shared installation has to meet in the end. */
  readonly lines: readonly Line[];
  readonly fixed: readonly Line[];
  readonly shared: ReadonlyMap<string, string>;
  readonly along: Along;
  /** Pairs that were asked for with --always. */
  readonly always: ReadonlySet<string>;
}

export function relocationsOf(finished: Finished): PlannedRelocation[] {
  return finished.services.flatMap((service) => {
    const names = finished.assignment.get(service.id) ?? new Set<string>();
    const isAlong = (name: string): boolean => names.has(finished.along.get(`${service.id}\0${name}`)?.along ?? "") && !ownReason(finished, service, name);
    return [...names].filter((name) => !isAlong(name)).sort().map((name): PlannedRelocation => ({
      project: service.id,
      distribution: service.alone.get(name)?.label ?? name,
      version: service.alone.get(name)?.version ?? "",
      because: because(finished, service, name, names),
      with: companions(finished, service, name, names, isAlong).map((each) => service.alone.get(each)?.label ?? each).sort(),
    }));
  });
}

/** It stands in a conflict of its own, or leads to one. */
function ownReason({ conflicts, always }: Finished, service: Service, name: string): boolean {
  return always.has(`${service.id}\0${name}`) || conflicts.some((conflict) => conflict.lines.some((line) => line.service === service.id && line.demand.name === name));
}

/** Those that move along with it, and along with those. */
function companions({ along }: Finished, service: Service, name: string, names: ReadonlySet<string>, isAlong: (name: string) => boolean): string[] {
  const found = new Set<string>();
  for (let size = -1; size !== found.size; ) {
    size = found.size;
    for (const each of names) {
      const to = along.get(`${service.id}\0${each}`)?.along;
      if (isAlong(each) && to !== undefined && (to === name || found.has(to))) found.add(each);
    }
  }
  return [...found];
}

function because(finished: Finished, service: Service, name: string, names: ReadonlySet<string>): string[] {
  const { services, conflicts, lines, fixed, shared, always } = finished;
  // The chain goes on to what is relocated behind it: that is where the conflict lies.
  const inner = demandsBehind(service, name, names);
  const own = inner.map((line) => chainTo(service, line));
  const targets = new Set(inner.map((line) => line.demand.name));
  const against = [...lines, ...fixed].filter((line) => targets.has(line.demand.name) && inner.some((mine) => mine.demand.name === line.demand.name && agreeing([mine, line]).every((set) => set.length < 2)));
  const chains = against.map((line) => shown(services, line));
  if (chains.length === 0) chains.push(...demandedByOthers(finished, service, inner));
  if (chains.length === 0) {
    // Not a contradiction at first sight: what the resolver found to fail together.
    const conflict = conflicts.find((each) => each.lines.some((line) => line.service === service.id && (line.demand.name === name || targets.has(line.demand.name))));
    for (const line of conflict?.lines ?? []) if (line.service !== service.id || !names.has(line.demand.name)) chains.push(shown(services, line));
    for (const target of targets) if (shared.has(target)) chains.push(`shared: ${target} ${shared.get(target)}`);
    if (conflict?.words !== undefined) chains.push(...conflict.words.split("\n").map((line) => `pip: ${line}`));
  }
  return [...new Set([...(always.has(`${service.id}\0${name}`) ? ["asked for with --always"] : []), ...own, ...chains])];
}

/** What other services come to demand of the shared ones, behind their own requirements, and what this service cannot live with. */
function demandedByOthers({ services, assignment }: Finished, service: Service, inner: readonly Line[]): string[] {
  return services.filter((other) => other !== service).flatMap((other) => {
    const own = assignment.get(other.id) ?? new Set<string>();
    return [...new Set(inner.map((line) => line.demand.name))].filter((name) => !own.has(name)).flatMap((name) => demandsOn(other, name))
      .filter((line) => line.parent === undefined || !own.has(line.parent))
      .filter((line) => inner.some((mine) => mine.demand.name === line.demand.name && agreeing([mine, line]).every((set) => set.length < 2)))
      .map((line) => chainTo(other, line));
  });
}

/** The demands that are met inside the service, followed from this distribution as far as they go. */
function demandsBehind(service: Service, name: string, names: ReadonlySet<string>): Line[] {
  const seen = new Set<string>();
  const leaves: Line[] = [];
  const open = [name];
  for (let each = open.pop(); each !== undefined; each = open.pop()) {
    if (seen.has(each)) continue;
    seen.add(each);
    const next = (service.edges.get(each) ?? []).filter((demand) => names.has(demand.name));
    if (next.length === 0 || each === name) leaves.push(...demandsOn(service, each).filter((line) => line.parent === undefined || names.has(line.parent)));
    open.push(...next.map((demand) => demand.name));
  }
  return leaves.filter((line) => line.demand.name !== name || leaves.every((other) => other.demand.name === name) || line.demand.specifier !== "");
}

export function shown(services: readonly Service[], line: Line): string {
  const service = services.find((each) => each.id === line.service);
  return service ? chainTo(service, line) : `fixed: ${line.demand.text}`;
}

export function sharedOf(items: readonly { readonly label: string; readonly version: string }[]): { readonly name: string; readonly version: string }[] {
  return items.map(({ label, version }) => ({ name: label, version })).sort((a, b) => (normalisedName(a.name) < normalisedName(b.name) ? -1 : 1));
}
