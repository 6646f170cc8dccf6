/** The other forms of a plan: sections to paste, what distributors write into their packages, drawings. */
import type { Outcome, PlanResult } from "../model/outcome.ts";
import type { PlanDetails } from "../model/planDetails.ts";
import { type Graph, graphOf } from "./planGraph.ts";
import { drawMermaid, drawSvg } from "./planDrawing.ts";
import { drawHtml } from "./planPage.ts";
import { formatPlan, section } from "./plan.ts";
import type { TextOptions } from "./text.ts";

type Format = "text" | "json" | "toml" | "mermaid" | "svg" | "html" | "rpm" | "deb";

export function planFormat(format: Format, details: PlanDetails): (outcome: Outcome<PlanResult>, options: TextOptions) => string {
  switch (format) {
    case "toml": return () => details.sections.map((each) => `# ${each.asked}\n${each.command === undefined ? `${section(each.vendor).join("\n")}\n` : `# ${each.command}\n`}`).join("\n");
    case "rpm": return () => rpm(details);
    case "deb": return () => deb(details);
    case "svg": case "html": case "mermaid": return () => graphFor(format, details);
    default: return (outcome, options) => formatPlan(outcome, details, options);
  }
}

export function graphFor(kind: "svg" | "html" | "mermaid", details: PlanDetails): string {
  const graph: Graph = graphOf(details);
  return kind === "svg" ? drawSvg(graph) : kind === "html" ? drawHtml(graph, details) : drawMermaid(graph);
}

interface Inside {
  readonly name: string;
  readonly label: string;
  readonly version: string;
}

function insideOf({ services, assignment }: PlanDetails): { readonly service: PlanDetails["services"][number]; readonly inside: readonly Inside[] }[] {
  return services.map((service) => ({
    service,
    inside: [...(assignment.get(service.id) ?? [])].sort().map((name) => ({ name, label: service.alone.get(name)?.label ?? name, version: service.alone.get(name)?.version ?? "" })),
  }));
}

/** Virtual provides of Fedora's guidelines: `bundled(python3dist(NAME)) = VERSION`; requirements that stay shared as `python3dist(NAME)`. */
function rpm(details: PlanDetails): string {
  return insideOf(details).map(({ service, inside }) => {
    const moved = new Set(inside.map(({ name }) => name));
    const needed = sharedNeeds(service, moved);
    return [
      `# ${service.id}`,
      ...inside.map(({ name, version }) => `Provides: bundled(python3dist(${name})) = ${version}`),
      ...needed.flatMap(({ name, extras, specifier }) => rpmRequires(`python3dist(${name}${extras.length > 0 ? `[${extras.join(",")}]` : ""})`, specifier ?? "")),
      "",
    ].join("\n");
  }).join("\n");
}

/** RPM has rich dependencies (`with`, `or`) for what PEP 440 says in one specifier. */
function rpmRequires(capability: string, specifier: string): string[] {
  const clauses = specifier.split(",").filter((part) => part !== "").map((part) => {
    const [, operator = "", version = ""] = /^(===|~=|==|!=|<=|>=|<|>)\s*(.*)$/.exec(part) ?? [];
    const release = version.replace(/\.\*$/, "").split(".");
    const wild = version.endsWith(".*");
    const up = (parts: readonly string[]): string => [...parts.slice(0, -1), String(Number(parts.at(-1)) + 1)].join(".");
    if (operator === "~=") return `(${capability} >= ${version} with ${capability} < ${up(release.slice(0, -1))}~~)`;
    if (operator === "!=") return wild ? `(${capability} < ${release.join(".")}~~ or ${capability} >= ${up(release)})` : `(${capability} < ${version} or ${capability} > ${version})`;
    if (wild) return `(${capability} >= ${release.join(".")} with ${capability} < ${up(release)}~~)`;
    return `${capability} ${operator.replace(/^===?$/, "=")} ${version}${operator === "<" ? "~~" : ""}`;
  });
  if (clauses.length === 0) return [`Requires: ${capability}`];
  return [`Requires: ${clauses.length === 1 ? clauses[0] : `(${clauses.join(" with ")})`}`];
}

/** Debian: what lies inside goes into `XB-Python-Bundled` for the security tracker's embedded-copies list; what stays shared is python3-NAME. */
function deb(details: PlanDetails): string {
  return insideOf(details).map(({ service, inside }) => {
    const moved = new Set(inside.map(({ name }) => name));
    const depends = sharedNeeds(service, moved).flatMap(({ name, specifier }) => debDepends(`python3-${name}`, specifier ?? ""));
    return [
      `# ${service.id}`,
      ...(depends.length > 0 ? [`Depends: ${depends.join(", ")}`] : []),
      ...(inside.length > 0 ? [`XB-Python-Bundled: ${inside.map(({ name, version }) => `python3-${name} (= ${version})`).join(", ")}`] : []),
      "",
    ].join("\n");
  }).join("\n");
}

function debDepends(name: string, specifier: string): string[] {
  const clauses = specifier.split(",").filter((part) => part !== "").flatMap((part) => {
    const [, operator = "", version = ""] = /^(===|~=|==|!=|<=|>=|<|>)\s*(.*)$/.exec(part) ?? [];
    const release = version.replace(/\.\*$/, "").split(".");
    const up = (parts: readonly string[]): string => [...parts.slice(0, -1), String(Number(parts.at(-1)) + 1)].join(".");
    if (operator === "~=") return [`${name} (>= ${version})`, `${name} (<< ${up(release.slice(0, -1))}~)`];
    if (operator.startsWith("==")) return [`${name} (>= ${release.join(".")})`, `${name} (<< ${up(release)}~)`];
    if (operator === "!=") return version.endsWith(".*") ? [] : [`${name} (<< ${version}~) | ${name} (>> ${version})`];
    return [`${name} (${operator === "<" ? "<<" : operator === ">" ? ">>" : operator} ${version}${operator === "<" ? "~" : ""})`];
  });
  return clauses.length > 0 ? clauses : [name];
}

/** What the service, and what lies inside it, need of the shared installation. */
function sharedNeeds(service: PlanDetails["services"][number], moved: ReadonlySet<string>): PlanDetails["services"][number]["demands"][number][] {
  const all = [...service.demands, ...[...moved].flatMap((name) => service.edges.get(name) ?? [])].filter((demand) => !moved.has(demand.name));
  return [...new Map(all.map((demand) => [demand.text, demand])).values()].sort((a, b) => (a.text < b.text ? -1 : 1));
}
