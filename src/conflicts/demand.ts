/** Requirement lines (PEP 508) → demands that hold on the host. */
import { normalisedName } from "../model/distribution.ts";
import type { Demand } from "../model/plan.ts";
import { type MarkerEnvironment, holds } from "./marker.ts";

const shape = /^\s*([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(?:\[([^\]]*)\])?\s*(?:@\s*(\S+)|\(?([^;()]*)\)?)\s*(?:;\s*([^]*))?$/;

/** Undefined where the marker does not hold. Throws the line where it is no requirement. */
export function demandOf(line: string, environment: MarkerEnvironment, extras: readonly string[]): Demand | undefined {
  const match = shape.exec(line.trim());
  if (!match?.[1]) throw new NoRequirement(line);
  const [, label, wanted = "", url, specifier = "", marker] = match;
  if (marker !== undefined) {
    const answer = holds(marker, environment, extras);
    if (answer === undefined) throw new NoRequirement(line);
    if (!answer) return undefined;
  }
  const asked = wanted.split(",").map((extra) => normalisedName(extra.trim())).filter((extra) => extra !== "").sort();
  const limits = url === undefined ? specifier.replace(/\s+/g, "") : undefined;
  if (limits !== undefined && limits !== "" && !limits.split(",").every((part) => part === "" || /^(===|~=|==|!=|<=|>=|<|>)[\w.!*+-]+$/.test(part))) throw new NoRequirement(line);
  const head = `${label}${asked.length > 0 ? `[${asked.join(",")}]` : ""}`;
  return { name: normalisedName(label), extras: asked, specifier: limits, text: limits === undefined ? `${head} @ ${url}` : `${head}${limits}` };
}

/** A line that PEP 508 does not know; whoever knows where it stands makes it a failure. */
export class NoRequirement extends Error {
  constructor(readonly line: string) {
    super(`'${line}' is no requirement`);
  }
}
