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

interface OldName {
  readonly from: string;
  readonly to: string;
  readonly pattern: RegExp;
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
