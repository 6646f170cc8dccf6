/** A plan's graph as SVG, and as Mermaid. Names come from strangers: every text is escaped. */
import type { Graph, GraphEdge, GraphNode } from "./planGraph.ts";
import { visible } from "./terminal.ts";

const WIDTH_OF_LETTER = 7.4;
const WIDTH_OF_SMALL = 6.7;
const HEIGHT = 30;
const GAP = 22;
const LEAST_BETWEEN = 90;
export const colours = { service: ["#e8e8ee", "#55556a"], relocated: ["#ffe3c7", "#c2571a"], shared: ["#dcecff", "#2b66a8"] } as const;
export const CONFLICT = "#b3261e";

interface Box extends GraphNode {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export function drawSvg(graph: Graph): string {
  const boxes = arrange(graph);
  const width = Math.max(200, ...[...boxes.values()].map((box) => box.x + box.width)) + GAP;
  const height = Math.max(60, ...[...boxes.values()].map((box) => box.y + HEIGHT)) + GAP;
  const taken: Rectangle[] = [...boxes.values()].map(({ x, y, width: wide }) => ({ x, y, width: wide, height: HEIGHT }));
  const drawn = graph.edges.flatMap((edge) => {
    const [a, b] = [boxes.get(edge.from), boxes.get(edge.to)];
    return a && b ? [edge.kind === "conflict" ? opposition(a, b, taken) : line(edge, a, b, taken)] : [];
  });
  const nodes = [...boxes.values()].map(({ x, y, width: wide, kind, label }) => `<g><rect x="${x}" y="${y}" width="${wide}" height="${HEIGHT}" rx="${kind === "service" ? 2 : 9}" fill="${colours[kind][0]}" stroke="${colours[kind][1]}"${kind === "relocated" ? ' stroke-dasharray="5 3"' : ""}/><text x="${x + wide / 2}" y="${y + 20}" text-anchor="middle">${escaped(label)}</text></g>`);
  const marker = (id: string, colour: string): string => `<marker id="${id}" viewBox="0 0 8 8" refX="8" refY="4" markerUnits="userSpaceOnUse" markerWidth="9" markerHeight="9" orient="auto"><path d="M0 0 8 4 0 8z" fill="${colour}"/></marker>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${Math.round(width)}" height="${Math.round(height)}" viewBox="0 0 ${Math.round(width)} ${Math.round(height)}" font-family="monospace" font-size="12">\n<title>Projects, what they share, and what each has to itself</title>\n<defs>${marker("to", colours.shared[1])}${marker("own", colours.relocated[1])}${marker("against", CONFLICT)}</defs>\n<rect width="100%" height="100%" fill="#fff"/>\n${drawn.map((each) => each.path).join("\n")}\n${nodes.join("\n")}\n${drawn.map((each) => each.label).filter((label) => label !== "").join("\n")}\n</svg>\n`;
}

interface Drawn {
  readonly path: string;
  readonly label: string;
}

/** From the right side of one to the left side of the other; where that lies before it, below both. */
function line({ label, kind }: GraphEdge, a: Box, b: Box, taken: Rectangle[]): Drawn {
  const back = b.x <= a.x;
  const start = back ? [a.x + a.width / 2, a.y + HEIGHT] as const : [a.x + a.width, a.y + HEIGHT / 2] as const;
  const end = back ? [b.x + b.width / 2, b.y + HEIGHT] as const : [b.x, b.y + HEIGHT / 2] as const;
  const bend = Math.max(40, (end[0] - start[0]) / 2);
  const depth = Math.max(start[1], end[1]) + 40;
  const [first, second] = back ? [[start[0], depth] as const, [end[0], depth] as const] : [[start[0] + bend, start[1]] as const, [end[0] - bend, end[1]] as const];
  const colour = kind === "against" ? CONFLICT : colours[kind === "own" ? "relocated" : "shared"][1];
  const marker = kind === "shared" ? "to" : kind;
  const at = (t: number, axis: 0 | 1): number => (1 - t) ** 3 * start[axis] + 3 * (1 - t) ** 2 * t * first[axis] + 3 * (1 - t) * t ** 2 * second[axis] + t ** 3 * end[axis];
  return {
    path: `<path d="M${round(start)} C${round(first)} ${round(second)} ${round(end)}" fill="none" stroke="${colour}"${kind === "shared" ? "" : ' stroke-width="2"'} marker-end="url(#${marker})"/>`,
    label: label === "" ? "" : placed(label, [0.5, 0.35, 0.65, 0.22, 0.78, 0.12, 0.88].map((t) => [at(t, 0), at(t, 1) - 5] as const), colour, taken),
  };
}

/** Two versions of one distribution: the reason for the plan. */
function opposition(a: Box, b: Box, taken: Rectangle[]): Drawn {
  const [x, y1, y2] = [Math.max(a.x + a.width, b.x + b.width), a.y + HEIGHT / 2, b.y + HEIGHT / 2];
  const [xa, xb] = [a.x + a.width, b.x + b.width];
  return {
    path: `<path d="M${round([xa, y1])} C${round([x + 50, y1])} ${round([x + 50, y2])} ${round([xb, y2])}" fill="none" stroke="${CONFLICT}" stroke-dasharray="2 4"/>`,
    label: placed("conflict", [[x + 44, (y1 + y2) / 2 + 4], [x + 44, y1 + 4], [x + 44, y2 + 4]], CONFLICT, taken),
  };
}

/** At the first place where it covers nothing; on a halo, so that lines may cross it. */
function placed(label: string, places: readonly (readonly [number, number])[], colour: string, taken: Rectangle[]): string {
  const width = label.length * WIDTH_OF_SMALL;
  const around = ([x, y]: readonly [number, number]): Rectangle => ({ x: x - width / 2 - 2, y: y - 11, width: width + 4, height: 14 });
  const free = places.find((place) => !taken.some((other) => meet(around(place), other))) ?? places[0] ?? ([0, 0] as const);
  taken.push(around(free));
  return `<text x="${Math.round(free[0])}" y="${Math.round(free[1])}" text-anchor="middle" font-size="11" fill="${colour}" stroke="#fff" stroke-width="3" paint-order="stroke">${escaped(label)}</text>`;
}

function meet(a: Rectangle, b: Rectangle): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

function round([x, y]: readonly [number, number]): string {
  return `${Math.round(x)} ${Math.round(y)}`;
}

/** A column for each step away from the projects, wide enough apart for what stands on the lines; rows so that lines cross little: each near those that lead to it. */
function arrange({ nodes, edges }: Graph): ReadonlyMap<string, Box> {
  const boxes = new Map<string, Box>();
  const rows = new Map<string, number>();
  const between = Math.max(LEAST_BETWEEN, ...edges.map(({ label }) => label.length * WIDTH_OF_SMALL + 50));
  let x = GAP;
  for (let depth = 0; depth <= Math.max(0, ...nodes.map((node) => node.depth)); depth++) {
    const wish = (node: GraphNode): number => {
      const from = edges.filter(({ to, kind }) => to === node.id && kind !== "conflict").flatMap((edge) => rows.get(edge.from) ?? []);
      return from.length === 0 ? 0 : from.reduce((sum, row) => sum + row, 0) / from.length;
    };
    // Projects stand in the order in which they were named.
    const column = nodes.filter((node) => node.depth === depth).map((node) => ({ node, wish: depth === 0 ? 0 : wish(node) })).sort((a, b) => a.wish - b.wish || (depth === 0 ? 0 : a.node.id < b.node.id ? -1 : 1));
    const width = Math.max(60, ...column.map(({ node }) => Math.ceil(node.label.length * WIDTH_OF_LETTER) + 20));
    for (const [row, { node }] of column.entries()) {
      rows.set(node.id, row);
      boxes.set(node.id, { ...node, x, y: GAP + row * (HEIGHT + GAP), width });
    }
    x += width + between;
  }
  return boxes;
}

export function drawMermaid({ nodes, edges }: Graph): string {
  const ids = new Map(nodes.map((node, index) => [node.id, `n${index}`]));
  const quoted = (text: string): string => `"${visible(text).replaceAll("&", "#amp;").replaceAll('"', "#quot;").replaceAll("<", "#lt;").replaceAll(">", "#gt;")}"`;
  const arrow = { own: "==>", against: "==>", shared: "-->", conflict: "-.-" } as const;
  return [
    "flowchart LR",
    ...nodes.map((node) => `  ${ids.get(node.id)}${node.kind === "service" ? `[${quoted(node.label)}]` : `(${quoted(node.label)})`}:::${node.kind}`),
    ...edges.map(({ from, to, label, kind }) => `  ${ids.get(from)} ${arrow[kind]}${label === "" && kind !== "conflict" ? "" : `|${quoted(kind === "conflict" ? "conflict" : label)}|`} ${ids.get(to)}`),
    ...Object.entries(colours).map(([kind, [fill, stroke]]) => `  classDef ${kind} fill:${fill},stroke:${stroke}${kind === "relocated" ? ",stroke-dasharray:5 3" : ""}`),
    ...edges.flatMap(({ kind }, index) => (kind === "conflict" || kind === "against" ? [`  linkStyle ${index} stroke:${CONFLICT}`] : [])),
    "",
  ].join("\n");
}

export function escaped(text: string): string {
  return visible(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
