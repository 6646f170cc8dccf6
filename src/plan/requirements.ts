/** Which requirements of a distribution (PEP 508) nobody provides. Markers are evaluated for the target Python; what the platform decides counts as needed. */
import { normalisedName } from "../model/distribution.ts";

export interface Requirement {
  /** Normalised (PEP 503). */
  readonly name: string;
  /** As written, without the marker. */
  readonly text: string;
  readonly marker: string | undefined;
}

export function parseRequirement(line: string): Requirement | undefined {
  const match = /^\s*([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*([^;]*?)\s*(?:;\s*(.*))?$/.exec(line);
  if (!match?.[1]) return undefined;
  return { name: normalisedName(match[1]), text: `${match[1]}${(match[2] ?? "").replace(/^\((.*)\)$/, "$1")}`, marker: match[3] };
}

/** Requirements that neither `provided` nor an extra explains; names are normalised. Sorted, without repetition. */
export function missingRequirements(lines: readonly string[], provided: ReadonlySet<string>, python: readonly [number, number]): string[] {
  const missing = lines.flatMap((line) => {
    const requirement = parseRequirement(line);
    if (!requirement || provided.has(requirement.name)) return [];
    return requirement.marker === undefined || evaluateMarker(requirement.marker, python) !== false ? [requirement.text] : [];
  });
  return [...new Set(missing)].sort();
}

/** True, false, or undefined where only the system knows. */
export function evaluateMarker(marker: string, python: readonly [number, number]): boolean | undefined {
  const tokens = marker.match(/\(|\)|\b(?:and|or)\b|not\s+in\b|\bin\b|===|[<>=!~]=|[<>]|"[^"]*"|'[^']*'|[\w.]+/g) ?? [];
  let at = 0;
  const or = (): boolean | undefined => {
    let value = and();
    while (tokens[at] === "or") {
      at++;
      const right = and();
      value = value === true || right === true ? true : value === false && right === false ? false : undefined;
    }
    return value;
  };
  const and = (): boolean | undefined => {
    let value = atom();
    while (tokens[at] === "and") {
      at++;
      const right = atom();
      value = value === false || right === false ? false : value === true && right === true ? true : undefined;
    }
    return value;
  };
  const atom = (): boolean | undefined => {
    if (tokens[at] === "(") {
      at++;
      const value = or();
      at++;
      return value;
    }
    const [left = "", operator = "", right = ""] = [tokens[at], tokens[at + 1], tokens[at + 2]];
    at += 3;
    return compare(left, operator, right, python);
  };
  return or();
}

/** Only `extra` and the Python version can be known; no extra is asked for. The target is a lower bound, so a marker for newer Pythons may hold. */
function compare(left: string, operator: string, right: string, python: readonly [number, number]): boolean | undefined {
  const [variable, literal, turned] = /^["']/.test(left) ? [right, left, true] : [left, right, false];
  const value = literal.slice(1, -1);
  if (variable === "extra") return operator === "==" ? value === "" : operator === "!=" ? value !== "" : undefined;
  if (variable !== "python_version" && variable !== "python_full_version") return undefined;
  const [major = 0, minor = 0] = value.split(".").map(Number);
  const order = python[0] - major || python[1] - minor;
  const effective = turned ? ({ "<": ">", ">": "<", "<=": ">=", ">=": "<=" }[operator] ?? operator) : operator;
  switch (effective) {
    case "<":
    case "<=":
      // Every Python from the target on: false as soon as the target itself is too new.
      return (effective === "<" ? order < 0 : order <= 0) ? undefined : false;
    case ">":
    case ">=":
      return (effective === ">" ? order > 0 : order >= 0) ? true : undefined;
    default:
      return order > 0 && effective === "==" ? false : undefined;
  }
}

/**
 * Whether a module is likely of a distribution, going by their names alone: equal when normalised, or but for what stands for the language
 * (`python-dateutil` and `dateutil`, `PyYAML` and `yaml`). A part of a namespace package has a distribution called like the part.
 */
export function mayProvide(distribution: string, module: string): boolean {
  const bare = (name: string): string => name.replace(/^(?:python3?|py)-?|-?(?:python3?|py)$/g, "");
  const name = normalisedName(distribution);
  const parts = module.split(".");
  const prefixes = parts.map((_, index) => normalisedName(parts.slice(0, index + 1).join("-")));
  return prefixes.includes(name) || (bare(name) !== "" && bare(name) === bare(prefixes[0] ?? ""));
}
