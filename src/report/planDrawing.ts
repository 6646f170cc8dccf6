/** A plan's graph as SVG, as a page around it, and as Mermaid. Names come from strangers: every text is escaped. */
import type { Graph, GraphNode } from "./planGraph.ts";
import { visible } from "./terminal.ts";

const WIDTH_OF_LETTER = 7.4;
const HEIGHT = 30;
const GAP = 18;
const BETWEEN = 110;
const colours = { service: ["#e8e8ee", "#55556a"], relocated: ["#ffe3c7", "#c2571a"], shared: ["#dcecff", "#2b66a8"] } as const;

interface Box extends GraphNode {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

export function drawSvg(graph: Graph): string {
  const boxes = arrange(graph.nodes);
  const width = Math.max(200, ...[...boxes.values()].map((box) => box.x + box.width)) + GAP;
  const height = Math.max(60, ...[...boxes.values()].map((box) => box.y + HEIGHT)) + GAP;
  const edges = graph.edges.map(({ from, to, label, own }) => {
    const [a, b] = [boxes.get(from), boxes.get(to)];
    if (!a || !b) return "";
    const back = b.x <= a.x;
    const [x1, y1, x2, y2] = [back ? a.x + a.width / 2 : a.x + a.width, a.y + (back ? HEIGHT : HEIGHT / 2), back ? b.x + b.width / 2 : b.x, b.y + (back ? HEIGHT : HEIGHT / 2)];
    const bend = back ? `${x1} ${Math.max(y1, y2) + 40} ${x2} ${Math.max(y1, y2) + 40}` : `${x1 + BETWEEN / 2} ${y1} ${x2 - BETWEEN / 2} ${y2}`;
    const colour = colours[own ? "relocated" : "shared"][1];
    return `<path d="M${x1} ${y1} C${bend} ${x2} ${y2}" fill="none" stroke="${colour}"${own ? ' stroke-width="2"' : ""} marker-end="url(#${own ? "own" : "to"})"/>` +
      (label === "" ? "" : `<text x="${(x1 + x2) / 2}" y="${(y1 + y2) / 2 - 4}" text-anchor="middle" font-size="11" fill="${colour}">${escaped(label)}</text>`);
  });
  const nodes = [...boxes.values()].map(({ x, y, width: wide, kind, label }) => `<g><rect x="${x}" y="${y}" width="${wide}" height="${HEIGHT}" rx="${kind === "service" ? 2 : 9}" fill="${colours[kind][0]}" stroke="${colours[kind][1]}"${kind === "relocated" ? ' stroke-dasharray="5 3"' : ""}/><text x="${x + wide / 2}" y="${y + 20}" text-anchor="middle">${escaped(label)}</text></g>`);
  const marker = (id: string, colour: string): string => `<marker id="${id}" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z" fill="${colour}"/></marker>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${Math.round(width)}" height="${Math.round(height)}" viewBox="0 0 ${Math.round(width)} ${Math.round(height)}" font-family="monospace" font-size="12">\n<title>Projects, what they share, and what each has to itself</title>\n<defs>${marker("to", colours.shared[1])}${marker("own", colours.relocated[1])}</defs>\n<rect width="100%" height="100%" fill="#fff"/>\n${edges.filter((edge) => edge !== "").join("\n")}\n${nodes.join("\n")}\n</svg>\n`;
}

/** A column for each step away from the projects. */
function arrange(nodes: readonly GraphNode[]): ReadonlyMap<string, Box> {
  const boxes = new Map<string, Box>();
  let x = GAP;
  for (let depth = 0; depth <= Math.max(0, ...nodes.map((node) => node.depth)); depth++) {
    const column = nodes.filter((node) => node.depth === depth).sort((a, b) => (a.kind === b.kind ? (a.id < b.id ? -1 : 1) : a.kind < b.kind ? -1 : 1));
    const width = Math.max(60, ...column.map((node) => Math.ceil(node.label.length * WIDTH_OF_LETTER) + 20));
    for (const [row, node] of column.entries()) boxes.set(node.id, { ...node, x, y: GAP + row * (HEIGHT + GAP), width });
    x += width + BETWEEN;
  }
  return boxes;
}

export function drawHtml(graph: Graph): string {
  const legend = (["service", "relocated", "shared"] as const).map((kind) => `<span style="background:${colours[kind][0]};border:1px ${kind === "relocated" ? "dashed" : "solid"} ${colours[kind][1]};padding:2px 8px;margin-right:8px">${{ service: "project", relocated: "relocated into a project", shared: "shared" }[kind]}</span>`);
  return `<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>enisle plan</title></head>\n<body style="font-family:sans-serif;margin:1.5em"><h1 style="font-size:1.2em">Projects, what they share, and what each has to itself</h1>\n<p>${legend.join("")}</p>\n${drawSvg(graph)}</body></html>\n`;
}

export function drawMermaid({ nodes, edges }: Graph): string {
  const ids = new Map(nodes.map((node, index) => [node.id, `n${index}`]));
  const quoted = (text: string): string => `"${visible(text).replaceAll("&", "#amp;").replaceAll('"', "#quot;").replaceAll("<", "#lt;").replaceAll(">", "#gt;")}"`;
  return [
    "flowchart LR",
    ...nodes.map((node) => `  ${ids.get(node.id)}${node.kind === "service" ? `[${quoted(node.label)}]` : `(${quoted(node.label)})`}:::${node.kind}`),
    ...edges.map(({ from, to, label, own }) => `  ${ids.get(from)} ${own ? "==>" : "-->"}${label === "" ? "" : `|${quoted(label)}|`} ${ids.get(to)}`),
    ...Object.entries(colours).map(([kind, [fill, stroke]]) => `  classDef ${kind} fill:${fill},stroke:${stroke}${kind === "relocated" ? ",stroke-dasharray:5 3" : ""}`),
    "",
  ].join("\n");
}

function escaped(text: string): string {
  return visible(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
