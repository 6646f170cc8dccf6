/** Scores from CVSS vectors (versions 2.0, 3.0, 3.1 and 4.0), by the equations and tables of their specifications, and the levels they come to. */
import { Cvss4P0 } from "ae-cvss-calculator";
import type { SeverityLevel } from "../model/audit.ts";

const weights3: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  AV: { N: 0.85, A: 0.62, L: 0.55, P: 0.2 },
  AC: { L: 0.77, H: 0.44 },
  UI: { N: 0.85, R: 0.62 },
  C: { H: 0.56, L: 0.22, N: 0 },
  I: { H: 0.56, L: 0.22, N: 0 },
  A: { H: 0.56, L: 0.22, N: 0 },
};
const privileges: Readonly<Record<string, readonly [unchanged: number, changed: number]>> = { N: [0.85, 0.85], L: [0.62, 0.68], H: [0.27, 0.5] };
const weights2: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  AV: { L: 0.395, A: 0.646, N: 1 }, AC: { H: 0.35, M: 0.61, L: 0.71 }, Au: { M: 0.45, S: 0.56, N: 0.704 },
  C: { N: 0, P: 0.275, C: 0.66 }, I: { N: 0, P: 0.275, C: 0.66 }, A: { N: 0, P: 0.275, C: 0.66 },
};

/** Of the base metrics; in 4.0 also of threat and environment, where a vector has them. Undefined for a vector that is incomplete. */
export function scoreOf(vector: string): number | undefined {
  if (vector.startsWith("CVSS:4.")) return scoreOf4(vector);
  const metrics = new Map(vector.split("/").map((part) => part.split(":", 2) as [string, string]));
  const weight = (table: typeof weights3, metric: string): number => table[metric]?.[metrics.get(metric) ?? ""] ?? NaN;
  if (/^CVSS:3\.[01]\//.test(vector)) {
    const [scope, required] = [metrics.get("S"), privileges[metrics.get("PR") ?? ""]];
    if (!required || (scope !== "U" && scope !== "C")) return undefined;
    const changed = scope === "C";
    const base = 1 - (1 - weight(weights3, "C")) * (1 - weight(weights3, "I")) * (1 - weight(weights3, "A"));
    const impact = changed ? 7.52 * (base - 0.029) - 3.25 * (base - 0.02) ** 15 : 6.42 * base;
    const exploitability = 8.22 * weight(weights3, "AV") * weight(weights3, "AC") * required[changed ? 1 : 0] * weight(weights3, "UI");
    const score = impact <= 0 ? 0 : roundUp(Math.min((changed ? 1.08 : 1) * (impact + exploitability), 10));
    return Number.isNaN(score + impact + exploitability) ? undefined : score;
  }
  if (/^(?:CVSS:2\.0\/)?AV:[LAN]\/AC:[HML]\/Au:/.test(vector)) {
    const impact = 10.41 * (1 - (1 - weight(weights2, "C")) * (1 - weight(weights2, "I")) * (1 - weight(weights2, "A")));
    const score = (0.6 * impact + 0.4 * 20 * weight(weights2, "AV") * weight(weights2, "AC") * weight(weights2, "Au") - 1.5) * (impact === 0 ? 0 : 1.176);
    return Number.isNaN(score) ? undefined : Math.round(score * 10) / 10;
  }
  return undefined;
}

const base4 = ["AV", "AC", "AT", "PR", "UI", "VC", "VI", "VA", "SC", "SI", "SA"];

function scoreOf4(vector: string): number | undefined {
  const [version, ...metrics] = vector.split("/").map((part) => part.split(":", 1)[0] ?? "");
  // A metric may stand once; all of the base must.
  if (version !== "CVSS" || new Set(metrics).size !== metrics.length || !base4.every((metric) => metrics.includes(metric))) return undefined;
  try {
    const calculated = new Cvss4P0(vector);
    return calculated.isBaseFullyDefined() ? calculated.calculateScores().overall : undefined;
  } catch {
    return undefined; // a metric or a value that there is none of
  }
}

/** The specification's own rounding, which floating point does not disturb. */
function roundUp(value: number): number {
  const whole = Math.round(value * 100_000);
  return whole % 10_000 === 0 ? whole / 100_000 : (Math.floor(whole / 10_000) + 1) / 10;
}

export function levelOf(score: number): SeverityLevel {
  return score >= 9 ? "critical" : score >= 7 ? "high" : score >= 4 ? "medium" : score > 0 ? "low" : "none";
}
