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
  const { boxes, routes } = arrange(graph);
  // A conflict is drawn to the right of both.
  const beside = graph.edges.some(({ kind }) => kind === "conflict") ? 80 : 0;
  const width = Math.max(200, ...[...boxes.values()].map((box) => box.x + box.width)) + GAP + beside;
  const height = Math.max(60, ...[...boxes.values(), ...[...routes.values()].flat()].map((box) => box.y + HEIGHT)) + GAP;
  const taken: Rectangle[] = [...boxes.values()].map(({ x, y, width: wide }) => ({ x, y, width: wide, height: HEIGHT }));
  const drawn = graph.edges.flatMap((edge) => {
    const [a, b] = [boxes.get(edge.from), boxes.get(edge.to)];
    return a && b ? [edge.kind === "conflict" ? opposition(a, b, taken) : line(edge, a, b, routes.get(edge) ?? [], taken)] : [];
  });
  const nodes = [...boxes.values()].map(({ x, y, width: wide, kind, label }) => `<g><rect x="${x}" y="${y}" width="${wide}" height="${HEIGHT}" rx="${kind === "service" ? 2 : 9}" fill="${colours[kind][0]}" stroke="${colours[kind][1]}"${kind === "relocated" ? ' stroke-dasharray="5 3"' : ""}/><text x="${x + wide / 2}" y="${y + 20}" text-anchor="middle">${escaped(label)}</text></g>`);
  const marker = (id: string, colour: string): string => `<marker id="${id}" viewBox="0 0 8 8" refX="8" refY="4" markerUnits="userSpaceOnUse" markerWidth="9" markerHeight="9" orient="auto"><path d="M0 0 8 4 0 8z" fill="${colour}"/></marker>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${Math.round(width)}" height="${Math.round(height)}" viewBox="0 0 ${Math.round(width)} ${Math.round(height)}" font-family="monospace" font-size="12">\n<title>Projects, what they share, and what each has to itself</title>\n<defs>${marker("to", colours.shared[1])}${marker("own", colours.relocated[1])}${marker("against", CONFLICT)}</defs>\n<rect width="100%" height="100%" fill="#fff"/>\n${drawn.map((each) => each.path).join("\n")}\n${nodes.join("\n")}\n${drawn.map((each) => each.label).filter((label) => label !== "").join("\n")}\n</svg>\n`;
}

interface Drawn {
  readonly path: string;
  readonly label: string;
}

type Point = readonly [x: number, y: number];

/** From the right side of one to the left side of the other, through the rows that are kept free for it; where that lies before it, below both. */
function line({ label, kind }: GraphEdge, a: Box, b: Box, route: readonly Box[], taken: Rectangle[]): Drawn {
  const back = b.x <= a.x;
  const middle = ({ x, y }: Box): Point => [x, y + HEIGHT / 2];
  const pieces: (readonly [Point, Point, Point, Point])[] = [];
  if (back) {
    const [start, end]: [Point, Point] = [[a.x + a.width / 2, a.y + HEIGHT], [b.x + b.width / 2, b.y + HEIGHT]];
    const depth = Math.max(start[1], end[1]) + GAP;
    pieces.push([start, [start[0], depth], [end[0], depth], end]);
  } else {
    let start: Point = [a.x + a.width, a.y + HEIGHT / 2];
    for (const stop of [...route, b]) {
      const end = middle(stop);
      const bend = Math.max(30, (end[0] - start[0]) / 2);
      pieces.push([start, [start[0] + bend, start[1]], [end[0] - bend, end[1]], end]);
      start = [stop.x + stop.width, stop.y + HEIGHT / 2];
    }
  }
  const colour = kind === "against" ? CONFLICT : colours[kind === "own" ? "relocated" : "shared"][1];
  const on = ([p, q, r, s]: (typeof pieces)[number], t: number): Point => [0, 1].map((axis) => (1 - t) ** 3 * (p[axis] ?? 0) + 3 * (1 - t) ** 2 * t * (q[axis] ?? 0) + 3 * (1 - t) * t ** 2 * (r[axis] ?? 0) + t ** 3 * (s[axis] ?? 0)) as unknown as Point;
  const places = [...route.map(({ x, y, width }): Point => [x + width / 2, y + HEIGHT / 2]), ...pieces.flatMap((piece) => [0.5, 0.35, 0.65, 0.22, 0.78, 0.12, 0.88].map((t) => on(piece, t)))];
  return {
    path: `<path d="M${pieces.map(([p, q, r, s], index) => `${index === 0 ? "" : "L"}${round(p)} C${round(q)} ${round(r)} ${round(s)}`).join(" ")}" fill="none" stroke="${colour}"${kind === "shared" ? "" : ' stroke-width="2"'} marker-end="url(#${kind === "shared" ? "to" : kind})"/>`,
    label: label === "" ? "" : placed(label, places.map(([x, y]) => [x, y - 5] as const), colour, taken),
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

/** The column of each node: behind all that lead to it, as far as requirements form no cycle; two versions of one distribution stand in one column. */
function columns({ nodes, edges }: Graph): ReadonlyMap<string, number> {
  const column = new Map(nodes.map((node) => [node.id, node.kind === "service" ? 0 : 1]));
  const last = nodes.length;
  const next = new Map<string, string[]>();
  for (const edge of edges) if (edge.kind !== "conflict") next.set(edge.from, [...(next.get(edge.from) ?? []), edge.to]);
  const reached = new Map(nodes.map(({ id }) => [id, reachable(id, next)]));
  for (let changed = true, round = 0; changed && round < last; round++) {
    changed = false;
    for (const { from, to, kind } of edges) {
      const [a, b] = [column.get(from) ?? 0, column.get(to) ?? 0];
      if (kind === "conflict") {
        if (a !== b) for (const each of [from, to]) column.set(each, Math.max(a, b));
        changed ||= a !== b;
      } else if (b <= a && !reached.get(to)?.has(from)) {
        column.set(to, a + 1);
        changed = true;
      }
    }
  }
  const used = [...new Set(column.values())].sort((a, b) => a - b);
  return new Map([...column].map(([id, at]) => [id, used.indexOf(at)]));
}

function reachable(from: string, next: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const seen = new Set<string>();
  const open = [from];
  for (let each = open.pop(); each !== undefined; each = open.pop()) {
    if (seen.has(each)) continue;
    seen.add(each);
    open.push(...(next.get(each) ?? []));
  }
  return seen;
}

interface Arrangement {
  readonly boxes: ReadonlyMap<string, Box>;
  /** Of lines that pass columns: the places in them that are kept free. */
  readonly routes: ReadonlyMap<GraphEdge, readonly Box[]>;
}

/** A column for each step away from the projects, wide enough apart for what stands on the lines; rows so that lines cross little: each near those that lead to it. */
function arrange(graph: Graph): Arrangement {
  const place = columns(graph);
  const column = (id: string): number => place.get(id) ?? 0;
  const passing = new Map<GraphEdge, string[]>();
  const nodes: { readonly id: string; readonly column: number; readonly node: GraphNode | undefined }[] = graph.nodes.map((node) => ({ id: node.id, column: column(node.id), node }));
  const before = new Map<string, string[]>();
  for (const [index, edge] of graph.edges.entries()) {
    if (edge.kind === "conflict" || column(edge.to) <= column(edge.from)) continue;
    let last = edge.from;
    for (let at = column(edge.from) + 1; at < column(edge.to); at++) {
      const id = `${index} ${at}`;
      nodes.push({ id, column: at, node: undefined });
      before.set(id, [last]);
      passing.set(edge, [...(passing.get(edge) ?? []), id]);
      last = id;
    }
    before.set(edge.to, [...(before.get(edge.to) ?? []), last]);
  }
  const between = Math.max(LEAST_BETWEEN, ...graph.edges.map(({ label }) => label.length * WIDTH_OF_SMALL + 50));
  const rows = new Map<string, number>();
  const boxes = new Map<string, Box>();
  let x = GAP;
  for (let at = 0; at <= Math.max(0, ...nodes.map((each) => each.column)); at++) {
    const wish = (id: string): number => {
      const from = (before.get(id) ?? []).flatMap((each) => rows.get(each) ?? []);
      return from.length === 0 ? 0 : from.reduce((sum, row) => sum + row, 0) / from.length;
    };
    // Projects stand in the order in which they were named.
    const here = nodes.filter((each) => each.column === at).map((each) => ({ ...each, wish: at === 0 ? 0 : wish(each.id) })).sort((a, b) => a.wish - b.wish || (at === 0 ? 0 : a.id < b.id ? -1 : 1));
    const width = Math.max(60, ...here.map(({ node }) => Math.ceil((node?.label.length ?? 0) * WIDTH_OF_LETTER) + 20));
    for (const [row, { id, node }] of here.entries()) {
      rows.set(id, row);
      boxes.set(id, { ...(node ?? { id, label: "", kind: "shared", depth: at }), x, y: GAP + row * (HEIGHT + GAP), width });
    }
    x += width + between;
  }
  const boxOf = (id: string): Box[] => [boxes.get(id)].filter((box) => box !== undefined);
  return { boxes: new Map(graph.nodes.flatMap(({ id }) => boxOf(id).map((box) => [id, box] as const))), routes: new Map([...passing].map(([edge, ids]) => [edge, ids.flatMap(boxOf)])) };
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
