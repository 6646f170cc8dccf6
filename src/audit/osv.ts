/** Advisories in the OSV format, reduced to what matching needs. Values may be strings throughout, as YAML read without types gives them. */
import type { SeverityLevel } from "../model/audit.ts";
import { normalisedName } from "../model/distribution.ts";
import { levelOf, scoreOf } from "./cvss.ts";

export type OsvEvent = { readonly introduced: string } | { readonly fixed: string } | { readonly last_affected: string };

export interface Affected {
  /** Normalised (PEP 503). */
  readonly name: string;
  /** Of ranges that name versions; those that name commits are left out. */
  readonly ranges: readonly (readonly OsvEvent[])[];
  readonly versions: readonly string[];
  /** Dotted names of what is vulnerable, where the entry says: functions, classes, modules. */
  readonly symbols: readonly string[];
}

/** Files that the text of an advisory names: "a ReDoS in pygments/lexers/smithy.py". */
const namedFile = /(?<![\w/.-])(?:[A-Za-z_]\w*\/)*[A-Za-z_]\w*\.py\b/g;

export interface Advisory {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly summary: string;
  readonly modified: string | null;
  readonly severity: SeverityLevel;
  readonly affected: readonly Affected[];
  /** Python files that its text names. */
  readonly files: readonly string[];
}

type Json = Record<string, unknown>;

/** Undefined for a withdrawn entry. Throws Error, with the reason, for what is no OSV entry. */
export function advisoryOf(value: unknown): Advisory | undefined {
  if (!isObject(value) || typeof value["id"] !== "string") throw new Error("it has no id");
  if (value["affected"] !== undefined && value["affected"] !== null && !Array.isArray(value["affected"])) throw new Error("'affected' is no list");
  if (typeof value["withdrawn"] === "string" && value["withdrawn"] !== "" && value["withdrawn"] !== "null") return undefined;
  const affected = list(value["affected"]).filter(isObject);
  return {
    id: value["id"],
    aliases: list(value["aliases"]).filter((each) => typeof each === "string"),
    summary: summaryOf(value),
    modified: typeof value["modified"] === "string" ? value["modified"] : null,
    severity: severityOf(value, affected),
    affected: affected.flatMap((each) => affectedOf(each) ?? []),
    files: [...new Set(`${String(value["summary"] ?? "")}\n${String(value["details"] ?? "")}`.match(namedFile) ?? [])],
  };
}

function affectedOf(value: Json): Affected | undefined {
  const found = isObject(value["package"]) ? value["package"] : {};
  if (typeof found["name"] !== "string" || !/^pypi(?::|$)/i.test(String(found["ecosystem"] ?? ""))) return undefined;
  return {
    name: normalisedName(found["name"]),
    ranges: list(value["ranges"]).filter(isObject).filter((range) => range["type"] !== "GIT").map((range) => list(range["events"]).filter(isObject).flatMap(eventsOf)),
    versions: list(value["versions"]).filter((each) => typeof each === "string" || typeof each === "number").map(String),
    symbols: symbolsOf(value),
  };
}

function eventsOf(event: Json): OsvEvent[] {
  const events: OsvEvent[] = [];
  for (const key of ["introduced", "fixed", "last_affected"] as const) {
    const version = event[key];
    if (typeof version === "string" || typeof version === "number") events.push({ [key]: String(version) } as unknown as OsvEvent);
  }
  return events;
}

function symbolsOf(value: Json): string[] {
  const dotted = (each: unknown): each is string => typeof each === "string" && /^[\w.]+$/.test(each) && each.includes(".");
  return [value["ecosystem_specific"], value["database_specific"]].filter(isObject).flatMap((specific) => {
    const functions = list(specific["affected_functions"]).filter((each): each is string => typeof each === "string" && /^[\w.]+$/.test(each));
    const imports = list(specific["imports"]).flatMap((each) => (isObject(each) ? list(each["modules"]).filter((name): name is string => typeof name === "string").map((name) => name) : []));
    const modules = list(specific["affected_modules"] ?? specific["modules"]).filter((each): each is string => dotted(each) || typeof each === "string");
    return [...functions, ...imports, ...modules];
  });
}

function summaryOf(value: Json): string {
  const text = typeof value["summary"] === "string" && value["summary"] !== "" ? value["summary"] : typeof value["details"] === "string" ? value["details"] : "";
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > 160 ? `${line.slice(0, 157)}...` : line;
}

const named: Readonly<Record<string, SeverityLevel>> = { critical: "critical", high: "high", moderate: "medium", medium: "medium", low: "low", none: "none" };

/** The highest level that any vector of the entry comes to; where none can be computed, the word the database gives. */
function severityOf(value: Json, affected: readonly Json[]): SeverityLevel {
  const scores = [value, ...affected].flatMap((each) => list(each["severity"])).flatMap((each) => (isObject(each) ? (scoreOf(String(each["score"])) ?? []) : []));
  if (scores.length > 0) return levelOf(Math.max(...scores));
  const word = [value, ...affected].flatMap((each) => [each["database_specific"], each["ecosystem_specific"]]).filter(isObject).map((each) => named[String(each["severity"]).toLowerCase()]).find((each) => each !== undefined);
  return word ?? "unknown";
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
