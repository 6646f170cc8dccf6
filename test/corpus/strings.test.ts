/**
 * No false rewrites: distributions with common names, relocated all together, and every edit outside import statements compared with the
 * reviewed list in fixtures/corpus/strings.txt. A line that appears or goes has to be looked at; `-u` writes the list. Needs the index; where
 * CI is set it is mandatory.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { acquire } from "../../src/acquire/source.ts";
import { catalogueWith } from "../../src/catalogue/index.ts";
import { inventoryOfCopies } from "../../src/commands/copies.ts";
import { defaultReferences } from "../../src/commands/fileJob.ts";
import { inventoryOf } from "../../src/commands/inventory.ts";
import { relocateSource } from "../../src/commands/relocateSource.ts";
import type { Locator } from "../../src/model/distribution.ts";
import type { Edit, Rule, Site } from "../../src/model/edit.ts";
import { relocationMap } from "../../src/model/relocation.ts";
import { positionAt } from "../../src/model/span.ts";
import { layOut } from "../../src/plan/layout.ts";
import { applyEdits } from "../../src/rewrite/applyEdits.ts";
import { readers } from "../case.ts";

// Their names are words of everyday English, or of programming, or stand in many other libraries.
const pins = [
  "amqp==5.3.1", "arrow==1.3.0", "attrs==25.3.0", "billiard==4.2.1", "blinker==1.9.0", "celery==5.5.3", "certifi==2025.6.15", "click==8.2.1", "Django==5.2",
  "dnspython==2.7.0", "docutils==0.21.2", "Faker==37.4.0", "Flask==3.1.1", "future==1.0.0", "httpx==0.28.1", "idna==3.10", "invoke==2.2.0", "itsdangerous==2.2.0",
  "Jinja2==3.1.6", "kombu==5.5.4", "Markdown==3.8.2", "mock==5.2.0", "networkx==3.5", "packaging==25.0", "parse==1.20.2", "passlib==1.7.4", "path==17.1.0",
  "pip==25.1.1", "platformdirs==4.3.8", "Pygments==2.19.2", "pyramid==2.0.2", "pytest==8.4.1", "python-dateutil==2.9.0.post0", "redis==6.2.0", "requests==2.32.4",
  "responses==0.25.7", "rich==14.0.0", "rq==2.4.0", "schedule==1.2.2", "sh==2.2.2", "six==1.17.0", "structlog==25.4.0", "tabulate==0.9.0", "toml==0.10.2",
  "typer==0.16.0", "urllib3==2.5.0", "vine==5.1.0", "Werkzeug==3.1.3",
];

const statements = new Set<Rule>(["import", "from-import", "lazy-modules", "partial-namespace", "relative-outside"]);

let index = true;
let directory = "";

beforeAll(() => {
  directory = process.env["ENISLE_CORPUS"] ?? mkdtempSync(join(tmpdir(), "enisle-corpus-"));
  if (process.env["ENISLE_CORPUS"]) return;
  const run = spawnSync("python3", ["-m", "pip", "download", "-q", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:", "--platform", "any", "--implementation", "py", "--abi", "none", "-d", directory, ...pins], { encoding: "utf8" });
  index = run.status === 0;
  if (!index && process.env["CI"]) throw new Error(`the index is mandatory where CI is set: ${run.stderr}`);
}, 300_000);

afterAll(() => {
  if (!process.env["ENISLE_CORPUS"]) rmSync(directory, { recursive: true, force: true });
});

/** `line rule: before → after`, for every place outside import statements that was edited. */
function changes(source: Buffer, edits: readonly Edit[], sites: readonly Site[]): string[] {
  const text = source.toString("latin1");
  const places: { start: number; end: number; edits: Edit[] }[] = [];
  for (const edit of edits.filter(({ rule }) => !statements.has(rule))) {
    const site = sites.find(({ start, end, outcome }) => outcome === "rewritten" && start <= edit.start && edit.end <= end) ?? edit;
    const place = places.find(({ start, end }) => start <= site.start && site.end <= end);
    if (place) place.edits.push(edit);
    else places.push({ start: site.start, end: site.end, edits: [edit] });
  }
  return places.map(({ start, end, edits: own }) => {
    const [from, to] = [Math.max(start, (own[0]?.start ?? start) - 50), Math.min(end, (own.at(-1)?.end ?? end) + 50)];
    const inside = own.map((edit) => ({ ...edit, start: edit.start - from, end: edit.end - from }));
    const plain = (each: string): string => Buffer.from(each, "latin1").toString("utf8").replace(/\s+/g, " ");
    const before = text.slice(from, to);
    return `${positionAt(text, own[0]?.start ?? start).line} ${[...new Set(own.map(({ rule }) => rule))].join("+")}: ${plain(before)} → ${plain(applyEdits(before, inside)).replaceAll("acme._vendor.", "N.")}`;
  });
}

describe("no false rewrites", () => {
  test("every edit outside import statements is one of the reviewed ones", { timeout: 300_000 }, async ({ skip }) => {
    if (!index) skip("no index: pip download failed");
    const unpacked = join(directory, "unpacked");
    const distributions = [];
    for (const wheel of readdirSync(directory).filter((file) => file.endsWith(".whl")).sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1))) {
      const place = join(unpacked, wheel);
      mkdirSync(place, { recursive: true });
      expect(spawnSync("python3", ["-m", "zipfile", "-e", join(directory, wheel), place]).status).toBe(0);
      distributions.push(await acquire(place, "/"));
    }
    const layouts = layOut(distributions, "acme._vendor", "acme");
    const read = (locator: Locator): Buffer => (locator.kind === "file" ? readFileSync(locator.path) : Buffer.alloc(0));
    const options = {
      ...defaultReferences, relocations: relocationMap(layouts.flatMap(({ relocations }) => relocations)), target: [3, 9] as const,
      inventory: inventoryOf(inventoryOfCopies(layouts), read, () => readers), catalogue: catalogueWith([]), helper: "acme._vendor._relocated",
    };
    const lines = layouts.flatMap(({ distribution, placements }) => {
      const found = placements.flatMap(({ file, python }) => {
        if (!python) return [];
        const source = read(file.locator);
        const { decision } = relocateSource(source, { ...python, siblings: new Set() }, options, readers);
        return changes(source, decision.edits, decision.sites).map((change) => `${file.path}:${change}`);
      });
      return found.length === 0 ? [] : [`# ${distribution.metadata.name}==${distribution.metadata.version}`, ...found.sort((a, b) => a.localeCompare(b, "en", { numeric: true })), ""];
    });
    rmSync(unpacked, { recursive: true, force: true });
    await expect(lines.join("\n")).toMatchFileSnapshot("../../fixtures/corpus/strings.txt");
  });
});
