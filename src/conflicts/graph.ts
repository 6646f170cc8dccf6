/** Who requires whom in one service, and what is left for the shared installation once some of it is relocated. */
import type { Demand, Line, Resolved, Service } from "../model/plan.ts";
import { demandOf } from "./demand.ts";
import type { MarkerEnvironment } from "./marker.ts";

/** The service with the requirements of everything it comes to, extras followed: what asks for `a[x]` makes the requirements of that extra hold. */
export function makeService(id: string, version: string | undefined, demands: readonly Demand[], items: readonly Resolved[], environment: MarkerEnvironment): Service {
  const alone = new Map(items.map((item) => [item.name, item]));
  const extras = new Map<string, Set<string>>();
  const edges = new Map<string, readonly Demand[]>();
  const open = [...demands];
  for (let demand = open.pop(); demand; demand = open.pop()) {
    const item = alone.get(demand.name);
    if (!item) continue;
    const known = extras.get(demand.name);
    if (known && demand.extras.every((extra) => known.has(extra))) continue;
    const asked = new Set([...(known ?? []), ...demand.extras]);
    extras.set(demand.name, asked);
    const made = item.requires.flatMap((line) => demandOf(line, environment, [...asked]) ?? []);
    edges.set(demand.name, made);
    open.push(...made); // `a[all]` that requires `a[x]` is one more round, and a cycle ends: its extras are known then
  }
  return { id, version, demands, alone, edges };
}

/** What the shared installation still has to meet for this service. */
export function linesOf(service: Service, relocated: ReadonlySet<string>): Line[] {
  const lines: Line[] = [];
  const seen = new Set<string>();
  const open: (readonly [string | undefined, readonly Demand[]])[] = [[undefined, service.demands]];
  for (let next = open.pop(); next; next = open.pop()) {
    const [parent, demands] = next;
    for (const demand of demands) {
      if (!relocated.has(demand.name)) lines.push({ service: service.id, parent, demand });
      else if (!seen.has(demand.name)) {
        seen.add(demand.name);
        open.push([demand.name, service.edges.get(demand.name) ?? []]);
      }
    }
  }
  return lines;
}

/** The shortest chain of names from the service to a distribution: `[a, b]` for service → a → b. Undefined: it does not come to it. */
export function pathTo(service: Service, name: string): string[] | undefined {
  const from = new Map<string, string | undefined>();
  let level: (readonly [string, string | undefined])[] = service.demands.map((demand) => [demand.name, undefined]);
  while (level.length > 0) {
    const next: (readonly [string, string | undefined])[] = [];
    for (const [each, parent] of level) {
      if (from.has(each)) continue;
      from.set(each, parent);
      for (const demand of service.edges.get(each) ?? []) next.push([demand.name, each]);
    }
    level = next;
  }
  if (!from.has(name)) return undefined;
  const path: string[] = [];
  for (let each: string | undefined = name; each !== undefined; each = from.get(each)) path.unshift(each);
  return path;
}

/** `nova 1.0 → alib 2.0 → blib<3`: from the service to the demand, each with the version that it is alone. */
export function chainTo(service: Service, { parent, demand }: Pick<Line, "parent" | "demand">): string {
  const shown = (name: string): string => `${service.alone.get(name)?.label ?? name} ${service.alone.get(name)?.version ?? "?"}`;
  const path = parent === undefined ? [] : (pathTo(service, parent) ?? [parent]);
  return [service.version === undefined ? service.id : `${service.id} ${service.version}`, ...path.map(shown), demand.text].join(" → ");
}

/** Every demand on a distribution in the service alone, with who makes it. */
export function demandsOn(service: Service, name: string): Line[] {
  const made = (parent: string | undefined, demands: readonly Demand[]): Line[] => demands.filter((demand) => demand.name === name).map((demand) => ({ service: service.id, parent, demand }));
  return [...made(undefined, service.demands), ...[...service.edges].flatMap(([parent, demands]) => made(parent, demands))];
}
