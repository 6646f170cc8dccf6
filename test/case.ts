/** Reads specification cases: one Markdown file each; see fixtures/README.md for the format. */
import { readFileSync } from "node:fs";
import fastGlob from "fast-glob";
import type { Relocation } from "../src/model/relocation.ts";
import type { PythonVersion } from "../src/rewrite/context.ts";
import { relocateSource, type RelocatedSource } from "../src/commands/relocateSource.ts";
import { basename } from "node:path";
import { catalogueWith } from "../src/catalogue/index.ts";
import { defaultReferences } from "../src/commands/fileJob.ts";
import { moduleOfFile } from "../src/model/name.ts";
import { inventoryOf } from "../src/commands/inventory.ts";
import type { Inventory } from "../src/rewrite/context.ts";
import { relocationMap } from "../src/model/relocation.ts";
import { scannerOnly, withGrammar } from "../src/commands/readers.ts";
import { positionAt } from "../src/model/span.ts";

export interface Case {
  readonly name: string;
  readonly relocations: readonly Relocation[];
  /** Undefined: not said, so relative imports cannot be judged. */
  readonly path: string | undefined;
  readonly siblings: readonly string[];
  readonly target: PythonVersion;
  readonly holds: readonly string[];
  readonly attributes: readonly string[];
  readonly versions: ReadonlyMap<string, string>;
  /** Other modules of the relocated distributions, by their paths. */
  readonly beside: ReadonlyMap<string, Buffer>;
  readonly before: Buffer;
  /** The same as `before` where the case has no `after`. */
  readonly after: Buffer;
  /** `code line N`, sorted. */
  readonly findings: readonly string[];
}

const fence = /^(`{3,})python( escaped)?\n([^]*?)^\1$/m;

export function readCases(pattern: string): Case[] {
  return fastGlob.sync(pattern).sort().map((file) => {
    const text = readFileSync(file, "utf8");
    const sections = new Map(text.split(/^## /m).slice(1).map((part) => [part.slice(0, part.indexOf("\n")).trim(), part.slice(part.indexOf("\n") + 1)]));
    const head = text.split(/^## /m)[0] ?? "";
    const field = (name: string): string[] => [...head.matchAll(new RegExp(`^- ${name}: (.*)$`, "gm"))].map((match) => (match[1] ?? "").trim());
    const before = block(file, sections.get("before") ?? "");
    const after = sections.get("after");
    const [major = 3, minor = 9] = (field("target")[0] ?? "3.9").split(".").map(Number);
    return {
      name: file.replace(/^fixtures\//, "").replace(/\.md$/, ""),
      relocations: field("relocate").map((line) => {
        const [, from = "", to = ""] = /`([^`]+)` → `([^`]+)`/.exec(line) ?? [];
        if (!from || !to) throw new Error(`${file}: '- relocate: ${line}' is not "\`from\` → \`to\`"`);
        return { from, to };
      }),
      path: field("path")[0]?.replaceAll("`", ""),
      siblings: (field("siblings")[0] ?? "").split(/\s+/).filter(Boolean),
      target: [major, minor],
      holds: field("holds").flatMap((line) => [...line.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? "")),
      attributes: field("attributes").flatMap((line) => [...line.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? "")),
      versions: new Map(field("version").map((line) => [/`([^`]+)`/.exec(line)?.[1] ?? "", line.split(" ").at(-1) ?? ""])),
      beside: new Map([...sections].flatMap(([title, section]) => (title.startsWith("beside ") ? [[title.slice(7).replaceAll("`", ""), block(file, section)] as const] : []))),
      before,
      after: after === undefined ? before : block(file, after),
      findings: [...(sections.get("findings") ?? "").matchAll(/^- `([\w-]+)`(?: line (\d+))?$/gm)].map((match) => `${match[1]} line ${match[2] ?? "?"}`).sort(),
    };
  });
}

function block(file: string, section: string): Buffer {
  const match = fence.exec(section);
  if (!match) throw new Error(`${file}: a section has no python block`);
  const [, , escaped, content = ""] = match;
  if (!escaped) return Buffer.from(content, "utf8");
  const unescaped = content.replace(/\n/g, "").replace(/\\(?:x([0-9a-fA-F]{2})|(.))/g, (_, hex: string | undefined, letter: string) => {
    if (hex) return String.fromCharCode(Number.parseInt(hex, 16));
    const known: Record<string, string> = { n: "\n", r: "\r", t: "\t", f: "\f", "\\": "\\" };
    if (known[letter] === undefined) throw new Error(`${file}: unknown escape \\${letter}`);
    return known[letter];
  });
  return Buffer.from(unescaped, "latin1");
}

export const readers = await withGrammar(scannerOnly());

/** A case may say what the relocated distributions hold: `- holds: `a.b` `a.b.C``, what of that is no module: `- attributes: `a.x``, and their versions: `- version: `a` 1.0`. */
function inventory(each: Case): Inventory {
  const names = new Set(each.holds);
  const below = (name: string): boolean => each.holds.some((other) => other.startsWith(`${name}.`));
  const modules = [...each.beside].map(([path, text]) => ({ name: moduleOfFile(packageOf(path), basename(path)) ?? "", package: packageOf(path), locator: { kind: "file" as const, path }, size: text.length }));
  const beside = inventoryOf({ modules, distributions: [] }, (locator) => (locator.kind === "file" ? each.beside.get(locator.path) : undefined) ?? Buffer.alloc(0), () => readers);
  return { isModule: (name) => names.has(name) || beside.isModule(name), isPackage: (name) => below(name) || beside.isPackage(name), has: (name) => names.has(name) || each.attributes.includes(name) || beside.has(name), origins: beside.origins, split: beside.split, source: beside.source, groups: new Set<string>(), requires: new Set<string>(), lacks: (name) => !names.has(name) && !each.attributes.includes(name) && !beside.has(name), holdsMetadata: each.versions.size > 0, distributionNames: [...each.versions.keys()], distribution: (name) => (each.versions.has(name) ? { version: each.versions.get(name) ?? null } : undefined) };
}

function packageOf(path: string): string {
  return path.replace(/\/?[^/]*$/, "").replaceAll("/", ".");
}

export function run(each: Case, source = each.before, relocations = each.relocations): RelocatedSource {
  const within = each.path === undefined ? undefined : packageOf(each.path);
  const place = { module: moduleOfFile(within, basename(each.path ?? "")), package: within, stub: each.path?.endsWith(".pyi") ?? false, siblings: new Set(each.siblings) };
  return relocateSource(source, place, { ...defaultReferences, relocations: relocationMap(relocations), target: each.target, inventory: inventory(each), catalogue: catalogueWith([]), helper: "nova._vendor._relocated" }, readers);
}

export function findingsOf(each: Case, { decision }: RelocatedSource): string[] {
  return decision.findings.map(({ code, offset }) => `${code} line ${positionAt(each.before.toString("latin1"), offset).line}`).sort();
}
