/** `[tool.enisle]` in pyproject.toml, or enisle.toml: read, validated against the shipped schema; an unknown key names the nearest known one. */
import { isUtf8 } from "node:buffer";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { CatalogueRow } from "../model/catalogue.ts";
import { Failure, fileFailure } from "../model/failure.ts";
import type { Configuration, Exception } from "./configuration.ts";
import { readVendoring } from "./vendoring.ts";

export type { AuditSettings, Configuration, Exception } from "./configuration.ts";

/** What pyproject.toml says of the project itself (PEP 621 and build back ends); everything optional. */
export interface ProjectTable {
  readonly name: string | undefined;
  readonly requiresPython: string | undefined;
  readonly dependencies: readonly string[];
  /** Directories that hold the packages, besides the root and `src`. */
  readonly packageRoots: readonly string[];
}

export interface ProjectFileSettings {
  readonly configuration: Configuration;
  readonly project: ProjectTable;
}

type Table = Record<string, unknown>;

export async function readSettings(directory: string): Promise<ProjectFileSettings> {
  const pyprojectFile = join(directory, "pyproject.toml");
  const ownFile = join(directory, "enisle.toml");
  const pyproject = existsSync(pyprojectFile) ? await readToml(pyprojectFile) : {};
  const inPyproject = table(table(pyproject["tool"])["enisle"]);
  if (existsSync(ownFile)) {
    if (Object.keys(inPyproject).length > 0) throw new Failure(`${ownFile}: pyproject.toml has a [tool.enisle] table too`, "Keep one of the two.");
    return { configuration: await validated(await readToml(ownFile), ownFile), project: projectTable(pyproject) };
  }
  const present = "enisle" in table(pyproject["tool"]);
  const vendoring = table(pyproject["tool"])["vendoring"];
  const configuration = present ? await validated(inPyproject, pyprojectFile) : vendoring === undefined ? { present: false } : await readVendoring(table(vendoring), directory, pyprojectFile);
  return { configuration, project: projectTable(pyproject) };
}

/** Throws Failure with the place where it is no TOML. */
export async function readToml(path: string): Promise<Table> {
  const { parse } = await import("smol-toml");
  try {
    return parse(utf8Text(readFileSync(path), path), { integersAsBigInt: "asNeeded" }) as Table;
  } catch (error) {
    const { line, column, message } = error as Error & { line?: number; column?: number };
    if (line === undefined) throw fileFailure(error, path);
    throw new Failure(`${path}:${line}:${column}: is no valid TOML: ${(message.split("\n")[0] ?? "").replace(/^Invalid TOML document: /, "")}`, "Mend the file.");
  }
}

/** The text of a TOML file, which is UTF-8. Throws Failure with the line where it is not: whatever is read wrongly would be written back wrongly. */
export function utf8Text(content: Buffer, path: string): string {
  if (!isUtf8(content)) {
    const lines = content.toString("latin1").split("\n");
    const line = lines.findIndex((each) => !isUtf8(Buffer.from(each, "latin1"))) + 1;
    throw new Failure(`${path}:${line}: is not UTF-8, as TOML has to be`, "Save the file as UTF-8.");
  }
  return content.toString("utf8");
}

async function validated(value: Table, path: string): Promise<Configuration> {
  const [{ default: Ajv }, { default: schema }] = await Promise.all([import("ajv"), import("./schema.json", { with: { type: "json" } })]);
  const validate = new Ajv.default({ allErrors: false, verbose: true }).compile(schema);
  if (validate(value)) return { ...value, ...(await withPlaces(value, path)), present: true };
  const [error] = validate.errors ?? [];
  const place = (error?.instancePath ?? "").split("/").slice(1).map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  const unknown = (error?.params as Table)?.["additionalProperty"];
  const key = String(unknown ?? place.findLast((part) => !/^\d+$/.test(part)) ?? "");
  const where = `${path}${lineOf(path, key)}`;
  if (unknown !== undefined) {
    const known = Object.keys((error?.parentSchema as { properties?: Table } | undefined)?.properties ?? {});
    throw new Failure(`${where}: unknown key '${[...place, key].join(".")}'`, `Did you mean '${nearest(key, known)}'?`);
  }
  const described = (error?.parentSchema as { description?: string } | undefined)?.description ?? (schema.properties as Record<string, { description: string }>)[place[0] ?? ""]?.description ?? "";
  throw new Failure(`${where}: '${place.join(".")}' ${error?.message ?? "is not valid"}`, `See the description of the key: ${described}`);
}

/** The rows of the catalogue, checked, and where each exception stands. */
async function withPlaces(value: Table, path: string): Promise<Pick<Configuration, "catalogue" | "leave">> {
  const rows = list(value["catalogue"]).map(table);
  if (rows.length > 0) {
    const [{ default: Ajv }, { default: schema }] = await Promise.all([import("ajv"), import("../catalogue/schema.json", { with: { type: "json" } })]);
    const validate = new Ajv.default({ allErrors: false }).compile(schema);
    for (const row of rows) {
      if (validate(row)) continue;
      const [error] = validate.errors ?? [];
      const name = String((error?.params as Table)?.["additionalProperty"] ?? (error?.params as Table)?.["missingProperty"] ?? error?.instancePath.slice(1) ?? "");
      const known = name === "meaning" ? `Use one of: ${schema.properties.meaning.enum.join(", ")}.` : `Known are: ${Object.keys(schema.properties).join(", ")}.`;
      throw new Failure(`${path}${lineOfValue(path, String(row["callable"] ?? row[name] ?? name))}: a row of the catalogue: '${name}' ${error?.message ?? "is not valid"}`, known);
    }
  }
  const leave = list(value["leave"]).map((entry) => ({ ...(table(entry) as unknown as Exception), place: `${path}${lineOfValue(path, String(table(entry)["string"]))}` }));
  return { catalogue: rows.map((row) => ({ argument: 0, ...row }) as unknown as CatalogueRow), leave };
}

function lineOfValue(path: string, value: string): string {
  const index = readFileSync(path, "utf8").split("\n").findIndex((line) => line.includes(value));
  return index < 0 ? "" : `:${index + 1}`;
}

function lineOf(path: string, key: string): string {
  const lines = readFileSync(path, "utf8").split("\n");
  const index = lines.findIndex((line) => new RegExp(`^\\s*["']?${key.replace(/[^\w-]/g, ".")}["']?\\s*=`).test(line));
  return index < 0 ? "" : `:${index + 1}`;
}

/** The known word with the fewest letters to change. */
export function nearest(word: string, known: readonly string[]): string {
  return known.toSorted((a, b) => distance(word, a) - distance(word, b))[0] ?? "";
}

/** Levenshtein's distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next[j] = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1));
    row = next;
  }
  return row[b.length] ?? 0;
}

function projectTable(pyproject: Table): ProjectTable {
  const project = table(pyproject["project"]);
  const tool = table(pyproject["tool"]);
  const poetry = table(tool["poetry"]);
  const setuptools = table(tool["setuptools"]);
  const find = table(table(setuptools["packages"])["find"]);
  const from = list(poetry["packages"]).map((entry) => table(entry)["from"]);
  return {
    name: text(project["name"]) ?? text(poetry["name"]) ?? text(table(table(tool["flit"])["module"])["name"]),
    requiresPython: text(project["requires-python"]) ?? text(table(poetry["dependencies"])["python"]),
    dependencies: list(project["dependencies"]).concat(Object.keys(table(poetry["dependencies"]))).filter((entry) => typeof entry === "string"),
    packageRoots: [...list(find["where"]), table(setuptools["package-dir"])[""], ...from].filter((entry) => typeof entry === "string"),
  };
}

function table(value: unknown): Table {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Table) : {};
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
