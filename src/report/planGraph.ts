/** The part of the dependency graph that a plan is about: who leads to what is relocated, or, where nothing is, what each project asks for itself. */
import type { Demand, Service } from "../model/plan.ts";
import type { PlanDetails } from "../model/planDetails.ts";

export interface GraphNode {
  readonly id: string;
  readonly label: string;
  readonly kind: "service" | "relocated" | "shared";
  /** Steps from a project. */
  readonly depth: number;
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** The specifier. */
  readonly label: string;
  /** `own`: into a copy of the project's own; `against`: a demand that no plan meets; `conflict`: between two versions of one distribution. */
  readonly kind: "own" | "shared" | "against" | "conflict";
}

export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

export function graphOf({ services, assignment, shared, conflict }: PlanDetails): Graph {
  const against = new Set(conflict?.names);
  const contested = new Set([...assignment.values()].flatMap((names) => [...names]).concat([...against]));
  const versions = new Map(shared.map(({ name, version }) => [name.replace(/[-_.]+/g, "-").toLowerCase(), version]));
  const nodes = new Map<string, GraphNode>();
  const edges = new Map<string, GraphEdge>();
  const add = (node: GraphNode): void => {
    if ((nodes.get(node.id)?.depth ?? Infinity) > node.depth) nodes.set(node.id, node);
  };
  for (const service of services) {
    const inside = assignment.get(service.id) ?? new Set<string>();
    const leads = leadingTo(service, contested);
    add({ id: `p:${service.id}`, label: `${service.id}${service.version === undefined ? "" : ` ${service.version}`}`, kind: "service", depth: 0 });
    const seen = new Set<string>();
    let level: (readonly [string, readonly Demand[], number])[] = [[`p:${service.id}`, service.demands, 1]];
    while (level.length > 0) {
      const next: (readonly [string, readonly Demand[], number])[] = [];
      for (const [from, demands, depth] of level) {
        for (const demand of demands) {
          if (contested.size === 0 ? depth > 1 : !leads.has(demand.name)) continue;
          // A shared distribution's own requirements are met by the shared ones, whatever the project has inside.
          const own = inside.has(demand.name) && (from.startsWith("p:") || from.startsWith(`c:${service.id}:`));
          const item = service.alone.get(demand.name);
          const id = own ? `c:${service.id}:${demand.name}` : `s:${demand.name}`;
          add({ id, label: `${item?.label ?? demand.name} ${own ? (item?.version ?? "") : (versions.get(demand.name) ?? "")}`.trim(), kind: own ? "relocated" : "shared", depth });
          edges.set(`${from}\0${id}`, { from, to: id, label: demand.specifier ?? "@", kind: own ? "own" : against.has(demand.name) ? "against" : "shared" });
          if (!seen.has(id)) next.push([id, service.edges.get(demand.name) ?? [], depth + 1]);
          seen.add(id);
        }
      }
      level = next;
    }
  }
  const opposed = [...nodes.values()].flatMap(({ id, kind }): GraphEdge[] => {
    const other = `s:${id.slice(id.lastIndexOf(":") + 1)}`;
    return kind === "relocated" && nodes.has(other) ? [{ from: id, to: other, label: "", kind: "conflict" }] : [];
  });
  return { nodes: [...nodes.values()], edges: [...edges.values(), ...opposed] };
}

/** Names of a service from which a contested one can be reached. */
function leadingTo(service: Service, contested: ReadonlySet<string>): ReadonlySet<string> {
  const found = new Set([...service.alone.keys()].filter((name) => contested.has(name)));
  for (let size = -1; size !== found.size; ) {
    size = found.size;
    for (const [name, demands] of service.edges) if (demands.some((demand) => found.has(demand.name))) found.add(name);
  }
  return found;
}
