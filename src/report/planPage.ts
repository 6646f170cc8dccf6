/** A plan as one page: the drawing, each relocation with its reasons, what is shared, how it is installed. No script, nothing fetched. */
import type { PlanDetails } from "../model/planDetails.ts";
import { CONFLICT, colours, drawSvg, escaped } from "./planDrawing.ts";
import type { Graph } from "./planGraph.ts";

const style = `body{font-family:sans-serif;margin:1.5em;max-width:75em;color:#1c1c22}h1{font-size:1.3em}h2{font-size:1.05em;margin-top:1.6em}.legend span{padding:2px 8px;margin-right:8px;border:1px solid}
.drawing{overflow-x:auto}ul{margin:.3em 0;padding-left:1.4em}li{margin:.15em 0}code,pre{font-family:monospace}pre{background:#f4f4f7;padding:.8em;white-space:pre-wrap;overflow-wrap:anywhere}.against{color:${CONFLICT}}`;

export function drawHtml(graph: Graph, details: PlanDetails): string {
  const kinds = [["service", "project", "solid"], ["relocated", "relocated into a project", "dashed"], ["shared", "shared", "solid"]] as const;
  const legend = kinds.map(([kind, text, border]) => `<span style="background:${colours[kind][0]};border-color:${colours[kind][1]};border-style:${border}">${text}</span>`).join("");
  return `<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>enisle plan</title>\n<style>${style}</style></head>\n<body><h1>${heading(details)}</h1>\n<p class="legend">${legend}</p>\n<div class="drawing">\n${drawSvg(graph)}</div>\n${[...reasons(details), ...declared(details), ...shared(details), ...install(details)].join("\n")}\n</body></html>\n`;
}

function heading({ services, conflict, assignment, shared: common }: PlanDetails): string {
  const moved = [...assignment.values()].reduce((sum, names) => sum + names.size, 0);
  const projects = `${services.length} project${services.length === 1 ? "" : "s"}`;
  if (conflict) return `No plan for ${projects}`;
  return moved === 0 ? `${projects} share all of ${common.length}: nothing to relocate` : `${projects} share ${common.length} distribution${common.length === 1 ? "" : "s"}, ${moved} ${moved === 1 ? "is" : "are"} relocated`;
}

function reasons({ services, relocations, conflict, along }: PlanDetails): string[] {
  if (conflict) return ["<h2>Why not</h2>", list([...conflict.chains, ...conflict.reasons])];
  return services.flatMap((service) => {
    const mine = relocations.filter((each) => each.project === service.id);
    if (mine.length === 0) return [];
    return [`<h2>${escaped(service.id)}${service.version === undefined ? "" : ` ${escaped(service.version)}`} gets its own</h2>`, ...mine.map((each) => {
      const [own = "", ...others] = each.because;
      const start = `${own.split(" → ")[0]} → `;
      const rows = [`<li>${escaped(own)}</li>`, ...others.map((line) => (line.startsWith(start) ? `<li>and ${escaped(line)}</li>` : `<li class="against">but ${escaped(line)}</li>`))];
      const moving = each.with.map((label) => {
        const item = [...service.alone.values()].find((candidate) => candidate.label === label);
        return `<li>with ${escaped(label)} ${escaped(item?.version ?? "")}: ${escaped(along.get(`${service.id}\0${item?.name ?? label}`)?.why ?? "")}</li>`;
      });
      return `<p><strong>${escaped(each.distribution)}</strong> ${escaped(each.version)}</p>\n<ul>${[...rows, ...moving].join("")}</ul>`;
    })];
  });
}

function declared({ sections }: PlanDetails): string[] {
  if (sections.length === 0) return [];
  const lines = sections.map(({ asked, vendor, command }) => (command === undefined ? `# ${asked}/pyproject.toml\n[tool.enisle]\nvendor = [${vendor.map((each) => JSON.stringify(each)).join(", ")}]\n` : `${command}\n`));
  return ["<h2>What --apply does</h2>", `<pre>${lines.map((each) => each.split("\n").map(escaped).join("\n")).join("\n")}</pre>`];
}

function shared({ shared: common }: PlanDetails): string[] {
  return common.length === 0 ? [] : [`<details><summary>Shared: ${common.length}</summary>${list(common.map(({ name, version }) => `${name} ${version}`))}</details>`];
}

function install({ install: line }: PlanDetails): string[] {
  return line === "" ? [] : ["<h2>Install all of it in one go</h2>", `<pre>${escaped(line)}</pre>`];
}

function list(items: readonly string[]): string {
  return `<ul>${items.map((item) => `<li>${escaped(item)}</li>`).join("")}</ul>`;
}
