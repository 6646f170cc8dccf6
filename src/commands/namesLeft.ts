/** What a renamed wheel's sources still say of its old commands and data files: no names of modules, so they are reported and left. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { normalisedName } from "../model/distribution.ts";
import { type Finding, finding } from "../model/finding.ts";
import type { Renaming } from "../plan/renaming.ts";

export interface OldNames {
  readonly commands: Readonly<Record<string, string>>;
  readonly data: Readonly<Record<string, string>>;
  readonly renaming: Renaming;
}

/** `paths` are files below `root`; one finding for a name in a file. */
export function findNamesLeft(root: string, paths: readonly string[], { commands, data, renaming }: OldNames): Finding[] {
  const own = new Set([...renaming.relocations.map(({ from }) => from), renaming.distribution.from].map(normalisedName));
  // A word that is the package's name too may mean anything.
  const words = Object.entries(commands).filter(([from]) => !own.has(normalisedName(from))).map(([from, to]) => ({ from, to, pattern: new RegExp(`(["'])${escaped(from)}\\1`) }));
  const places = [...new Map(Object.entries(data).flatMap(([from, to]) => changedParts(from, to)).map((each) => [each.from, each])).values()].map((each) => ({ ...each, pattern: pathPattern(each.from) }));
  const all = [...words, ...places];
  if (all.length === 0) return [];
  return paths.filter((path) => path.endsWith(".py") || !/\.\w+$/.test(path)).flatMap((path) => {
    const text = readFileSync(join(root, path), "latin1");
    return all.flatMap(({ from, to, pattern }): Finding[] => {
      const match = pattern.exec(text);
      if (!match) return [];
      const line = text.slice(0, match.index).split("\n").length;
      return [finding("renamed-name-left", `names ${from}, which is ${to} now`, { path, line, column: 1, endLine: line, endColumn: 1 })];
    });
  });
}

/** Up to the component that changed: `etc/nova` for `etc/nova/api.ini`. A bare word says too little. */
function changedParts(from: string, to: string): { readonly from: string; readonly to: string }[] {
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
