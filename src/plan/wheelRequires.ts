/** What a wheel requires once others lie inside it: what those require, and nobody inside provides. */
import { normalisedName } from "../model/distribution.ts";
import type { ManifestDistribution } from "../model/manifest.ts";
import { parseRequirement } from "./requirements.ts";

/** Requires-Dist values to add. `own` are the wheel's: they may ask for extras of what is inside, whose requirements then count. Sorted. */
export function requiredBy(own: readonly string[], inside: readonly ManifestDistribution[]): string[] {
  const names = new Set(inside.map((entry) => normalisedName(entry.name)));
  const listed = new Set(own);
  const added = new Set<string>();
  const extras = extrasAsked(own, inside);
  for (const entry of inside) {
    for (const line of entry.requires) {
      const requirement = parseRequirement(line);
      if (!requirement || names.has(requirement.name)) continue;
      const value = withoutExtra(line, extras.get(normalisedName(entry.name)) ?? new Set());
      if (value !== undefined && !listed.has(value)) added.add(value);
    }
  }
  return [...added].sort();
}

/** Which extras of what is inside are asked for, by the wheel or by others inside whose own conditions hold; by normalised name. */
function extrasAsked(own: readonly string[], inside: readonly ManifestDistribution[]): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>(inside.map((entry) => [normalisedName(entry.name), new Set<string>()]));
  const queue = [...own, ...inside.map((entry) => entry.requirement), ...inside.flatMap((entry) => entry.requires.filter((line) => withoutExtra(line, new Set()) !== undefined))];
  for (const line of queue) {
    const name = parseRequirement(line)?.name ?? "";
    const known = found.get(name);
    const fresh = (/^[^[(;<>=!~@]*\[([^\]]*)\]/.exec(line)?.[1] ?? "").split(",").map((extra) => normalisedName(extra.trim())).filter((extra) => extra !== "" && known?.has(extra) === false);
    if (!known || fresh.length === 0) continue;
    for (const extra of fresh) known.add(extra);
    // An extra may be made of others, also of the same distribution.
    for (const entry of inside) if (normalisedName(entry.name) === name) queue.push(...entry.requires.filter((each) => withoutExtra(each, new Set()) === undefined && withoutExtra(each, known) !== undefined));
  }
  return found;
}

/** The requirement without its condition on an extra; undefined when that extra is not asked for. */
function withoutExtra(line: string, extras: ReadonlySet<string>): string | undefined {
  const [requirement = "", marker] = [line.split(";")[0]?.trim(), line.includes(";") ? line.slice(line.indexOf(";") + 1).trim() : undefined];
  if (marker === undefined || !/\bextra\b/.test(marker)) return line;
  const condition = /\(?\s*extra\s*==\s*["']([^"']+)["']\s*\)?/;
  const extra = condition.exec(marker)?.[1];
  if (extra === undefined || !extras.has(normalisedName(extra))) return undefined;
  const rest = marker.replace(condition, "").replace(/^\s*and\s+|\s+and\s*$/g, "").trim();
  return rest === "" ? requirement : `${requirement} ; ${rest.replace(/^\((.*)\)$/, "$1")}`;
}
