/** Strings that the configuration says to leave. */
import type { Decision, Site } from "../model/edit.ts";
import type { Context } from "./context.ts";

/** The decision without the edits of such strings, and which of the exceptions were used (indices). */
export function applyExceptions({ options, place, source }: Pick<Context, "options" | "place" | "source">, decision: Decision): Decision {
  if (options.leave.length === 0) return decision;
  const used = new Set<number>();
  const left = new Set<Site>();
  for (const site of decision.sites) {
    const index = options.leave.findIndex(({ string, path }) => isAt(path, place.path) && source.toString("utf8", site.start, site.end).replace(/^\w*["']+|["']+$/g, "") === string);
    if (index < 0) continue;
    used.add(index);
    left.add(site);
  }
  const inside = ({ start, end }: { readonly start: number; readonly end: number }): boolean => [...left].some((site) => site.start <= start && end <= site.end);
  return {
    ...decision,
    edits: decision.edits.filter((edit) => !inside(edit)),
    sites: decision.sites.map((site) => (left.has(site) ? { ...site, rule: "by-hand", outcome: "left", why: "the configuration says so" } : site)),
    usedExceptions: [...used],
  };
}

function isAt(wanted: string | undefined, path: string | undefined): boolean {
  if (wanted === undefined) return true;
  const directory = wanted.replace(/\/$/, "");
  return path === directory || path?.startsWith(`${directory}/`) === true;
}
