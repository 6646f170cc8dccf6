/** Drawings of a plan: nothing covers anything, conflicts are drawn, and names of strangers stay text. */
import { expect, test } from "vitest";
import { makeService } from "../../src/conflicts/graph.ts";
import { demandOf } from "../../src/conflicts/demand.ts";
import type { Demand, Resolved } from "../../src/model/plan.ts";
import type { PlanDetails } from "../../src/model/planDetails.ts";
import { graphFor } from "../../src/report/planFormats.ts";

const environment = { python_version: "3.11" };
const demands = (...lines: string[]): Demand[] => lines.flatMap((line) => demandOf(line, environment, []) ?? []);
const item = (name: string, version: string, ...requires: string[]): Resolved => ({ name, label: name, version, requires, url: undefined });

const services = [
  makeService("nova", "11.0", demands("alib<2", "middle", "base<2"), [item("alib", "1.0"), item("middle", "1.0", "alib"), item("base", "1.0")], environment),
  makeService("<b>&\"x", "9.0", demands("deep", "base>=2"), [item("deep", "4.0", "alib>=2", "loop"), item("alib", "2.0"), item("loop", "1.0", "deep"), item("base", "2.0")], environment),
];
const details: PlanDetails = {
  services, projects: [], assignment: new Map([["nova", new Set(["alib", "base"])]]), sections: [], conflict: undefined, along: new Map(), install: "pip install <it>", asked: 0,
  relocations: [{ project: "nova", distribution: "alib", version: "1.0", because: ["nova 11.0 → alib<2", "<b>&\"x 9.0 → deep 4.0 → alib>=2"], with: [] }],
  shared: [{ name: "alib", version: "2.0" }, { name: "base", version: "2.0" }, { name: "middle", version: "1.0" }, { name: "deep", version: "4.0" }],
};

interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

test("boxes and labels lie apart and inside, lines go to the right but for a cycle", () => {
  const svg = graphFor("svg", details);
  const [, width = "0", height = "0"] = /width="(\d+)" height="(\d+)"/.exec(svg) ?? [];
  const boxes = [...svg.matchAll(/<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/g)].map((match): Rectangle => ({ x: Number(match[1]), y: Number(match[2]), width: Number(match[3]), height: Number(match[4]) }));
  const labels = [...svg.matchAll(/<text x="(\d+)" y="(\d+)" text-anchor="middle" font-size="11"[^>]*>([^<]*)</g)].map((match): Rectangle => ({ x: Number(match[1]) - (match[3] ?? "").replace(/&\w+;/g, "x").length * 3.3, y: Number(match[2]) - 9, width: (match[3] ?? "").replace(/&\w+;/g, "x").length * 6.6, height: 11 }));
  expect(boxes.length).toBe(9);
  expect(labels.length).toBeGreaterThan(4);
  const all = [...boxes, ...labels];
  const meets = (a: Rectangle, b: Rectangle): boolean => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
  expect(all.flatMap((a, index) => all.slice(index + 1).filter((b) => meets(a, b)).map((b) => [a, b]))).toEqual([]);
  expect(all.filter((each) => each.x < 0 || each.y < 0 || each.x + each.width > Number(width) || each.y + each.height > Number(height))).toEqual([]);
  expect(svg.match(/>conflict</g)?.length).toBe(2);
});

test("names of strangers are text in every form, and the page gives reasons and the line", () => {
  const page = graphFor("html", details);
  expect(page).not.toMatch(/<b>|<script|<it>/);
  expect(page).toContain("<li>nova 11.0 → alib&lt;2</li>");
  expect(page).toContain('<li class="against">but &lt;b&gt;&amp;&quot;x 9.0 → deep 4.0 → alib&gt;=2</li>');
  expect(page).toContain("<pre>pip install &lt;it&gt;</pre>");
  expect(graphFor("mermaid", details)).toContain('"#lt;b#gt;#amp;#quot;x 9.0"');
  const none = graphFor("html", { ...details, assignment: new Map(), relocations: [], conflict: { chains: ["nova 11.0 → alib<2"], reasons: ["it cannot be"], words: undefined, names: ["alib"] } });
  expect(none).toContain("No plan for 2 projects");
  expect(none).toContain('marker-end="url(#against)"');
});
