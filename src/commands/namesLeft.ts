/** What a renamed wheel's sources say of its old commands and data files: literals that are paths which the wheel installs follow, all else is reported and left. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { normalisedName } from "../model/distribution.ts";
import { type Finding, finding } from "../model/finding.ts";
import type { Renaming } from "../plan/renaming.ts";
import { applyEdits } from "../rewrite/applyEdits.ts";
import { renameDataPaths } from "../rewrite/dataPaths.ts";
import { type Readers, needsGrammar, readFacts } from "../syntax/readFacts.ts";

export interface OldNames {
  readonly commands: Readonly<Record<string, string>>;
  readonly data: Readonly<Record<string, string>>;
  readonly renaming: Renaming;
}

interface OldName {
  readonly from: string;
  readonly to: string;
  readonly pattern: RegExp;
}

/** Rewrites the paths of data files in one source; the same text where there are none, or where the file is not understood. */
export function withDataPaths(text: string, data: Readonly<Record<string, string>>, readers: Readers): string {
  const moved = [...new Map(Object.entries(data).flatMap(([from, to]) => changedPart(from, to)).filter(({ from }) => from.includes("/")).map((each) => [each.from, each])).values()];
  const near = moved.filter(({ from }) => text.includes(from.slice(from.lastIndexOf("/") + 1)));
  if (near.length === 0) return text;
  const read = readFacts(Buffer.from(text, "latin1"), readers, undefined, true);
  if (read.kind !== "facts") return text;
  try {
    return applyEdits(text, renameDataPaths(read.facts.program(), near));
  } catch (error) {
    if (error === needsGrammar) return text; // what it says is reported
    throw error;
  }
}

/** `paths` are files below `root`; one finding for a name in a file, at its first line. */
export function findNamesLeft(root: string, paths: readonly string[], { commands, data, renaming }: OldNames): Finding[] {
  const own = new Set([...renaming.relocations.map(({ from }) => from), renaming.distribution.from].map(normalisedName));
  // A word that is the package's name too may mean anything.
  const words = Object.entries(commands).filter(([from]) => !own.has(normalisedName(from))).map(([from, to]) => ({ from, to, pattern: new RegExp(`(["'])${escaped(from)}\\1`) }));
  const places = Object.entries(data).flatMap(([from, to]) => changedPart(from, to)).map((each) => ({ ...each, pattern: pathPattern(each.from) }));
  // There may be thousands of data files: what stands between quotes leads to those that are meant.
  const byPart = new Map<string, OldName[]>();
  for (const each of new Map([...words, ...places].map((one) => [one.from, one])).values()) {
    const part = each.from.slice(each.from.lastIndexOf("/") + 1);
    byPart.set(part, [...(byPart.get(part) ?? []), each]);
  }
  if (byPart.size === 0) return [];
  return paths.filter((path) => path.endsWith(".py") || !/\.\w+$/.test(path)).flatMap((path) => {
    const text = readFileSync(join(root, path), "latin1");
    const near = new Set([...text.matchAll(/["']([^"'\n]*)["']?/g)].flatMap((match) => (match[1] ?? "").split("/")).flatMap((part) => byPart.get(part) ?? []));
    return [...near].flatMap(({ from, to, pattern }): Finding[] => {
      const match = pattern.exec(text);
      if (!match) return [];
      const line = text.slice(0, match.index).split("\n").length;
      return [finding("renamed-name-left", `names ${from}, which is ${to} now`, { path, line, column: 1, endLine: line, endColumn: 1 })];
    });
  });
}

/** Up to the component that changed: `etc/nova` for `etc/nova/api.ini`. A bare word says too little. */
function changedPart(from: string, to: string): { readonly from: string; readonly to: string }[] {
  const [old, fresh] = [from.split("/"), to.split("/")];
  const at = old.findIndex((part, index) => part !== fresh[index]);
  const [a, b] = [old.slice(0, at + 1).join("/"), fresh.slice(0, at + 1).join("/")];
  return a.includes("/") || a.includes(".") ? [{ from: a, to: b }] : [];
}

/** `"etc/nova"` and `"etc", "nova"`. */
function pathPattern(path: string): RegExp {
  return new RegExp(`(?<=["'/])${path.split("/").map(escaped).join(`(?:/|["']\\s*,\\s*[rubRUB]*["'])`)}(?=["'/])`);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
