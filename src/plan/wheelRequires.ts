/** What a wheel requires once others lie inside it: what those require, and nobody inside provides. */
import { normalisedName } from "../model/distribution.ts";
import type { ManifestDistribution } from "../model/manifest.ts";
import { parseRequirement } from "./requirements.ts";

/** Requires-Dist values to add. `own` are the wheel's: they may ask for extras of what is inside, whose requirements then count. Sorted. */
export function requiredBy(own: readonly string[], inside: readonly ManifestDistribution[]): string[] {
  const names = new Set(inside.map((entry) => normalisedName(entry.name)));
  const listed = new Set(own);
  const added = new Set<string>();
  const asked = [...own, ...inside.flatMap((entry) => [...entry.requires, entry.requirement])];
  for (const entry of inside) {
    const extras = new Set(asked.filter((line) => parseRequirement(line)?.name === normalisedName(entry.name)).flatMap((line) => (/^[^[(;<>=!~@]*\[([^\]]*)\]/.exec(line)?.[1] ?? "").split(",").map((extra) => normalisedName(extra.trim())).filter((extra) => extra !== "")));
    for (const line of entry.requires) {
      const requirement = parseRequirement(line);
      if (!requirement || names.has(requirement.name)) continue;
      const value = withoutExtra(line, extras);
      if (value !== undefined && !listed.has(value)) added.add(value);
    }
  }
  return [...added].sort();
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
