/** `[tool.vendoring]`, the configuration of pypa's `vendoring`, read with the meaning that it has there. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../model/failure.ts";
import type { Configuration } from "./configuration.ts";

type Table = Readonly<Record<string, unknown>>;

const known = ["destination", "namespace", "requirements", "protected-files", "patches-dir", "sbom-file", "transformations", "license", "typing-stubs"];

/** `path` is for messages. Throws Failure for unknown keys, as `vendoring` does, and for what lacks or has the wrong type. */
export async function readVendoring(table: Table, root: string, path: string): Promise<Configuration> {
  refuseUnknown(table, known, "", path);
  const transformations = sub(table["transformations"], "transformations", path);
  const license = sub(table["license"], "license", path);
  refuseUnknown(transformations, ["substitute", "drop"], "transformations.", path);
  refuseUnknown(license, ["directories", "fallback-urls"], "license.", path);
  const destination = text(table, "destination", path).replace(/\/+$/, "");
  const namespace = text(table, "namespace", path);
  const requirements = text(table, "requirements", path);
  if (namespace === "") throw new Failure(`${path}: [tool.vendoring] has the namespace ''`, "This tool relocates: give the dotted name of the destination as the namespace.");
  const patchesDirectory = table["patches-dir"] === undefined ? undefined : text(table, "patches-dir", path);
  const requirementsBelow = requirements.startsWith(`${destination}/`) ? [requirements.slice(destination.length + 1)] : [];
  const sbom = table["sbom-file"] === undefined ? undefined : text(table, "sbom-file", path);
  return {
    present: true,
    namespace,
    requirements: [requirements],
    protected: [...new Set([...strings(table["protected-files"], "protected-files", path), ...requirementsBelow])],
    ...(sbom === undefined ? {} : { sbom }),
    vendoring: {
      destination,
      requirements,
      patches: patchesDirectory === undefined ? [] : listPatches(root, patchesDirectory.replace(/\/+$/, "")),
      substitute: substitutions(transformations["substitute"], path),
      drop: strings(transformations["drop"], "transformations.drop", path),
      stubs: Object.fromEntries(Object.entries(sub(table["typing-stubs"], "typing-stubs", path)).map(([name, modules]) => [name, strings(modules, `typing-stubs.${name}`, path)])),
      licenseDirectories: texts(sub(license["directories"], "license.directories", path)),
      licenseUrls: texts(sub(license["fallback-urls"], "license.fallback-urls", path)),
    },
  };
}

function refuseUnknown(table: Table, allowed: readonly string[], prefix: string, path: string): void {
  const unknown = Object.keys(table).find((key) => !allowed.includes(key));
  if (unknown !== undefined) throw new Failure(`${path}: unknown key '${prefix}${unknown}' in [tool.vendoring]`, `Its keys are: ${allowed.map((key) => `${prefix}${key}`).join(", ")}.`);
}

function wrong(key: string, path: string): Failure {
  return new Failure(`${path}: '${key}' in [tool.vendoring] is missing or of the wrong type`, "See the documentation of vendoring.");
}

function text(table: Table, key: string, path: string): string {
  const value = table[key];
  if (typeof value !== "string") throw wrong(key, path);
  return value;
}

function strings(value: unknown, key: string, path: string): string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value) || !value.every((each) => typeof each === "string")) throw wrong(key, path);
  return value;
}

function sub(value: unknown, key: string, path: string): Table {
  if (value === undefined) return {};
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrong(key, path);
  return value as Table;
}

function texts(table: Table): Record<string, string> {
  return Object.fromEntries(Object.entries(table).map(([key, value]) => [key, String(value)]));
}

function substitutions(value: unknown, path: string): { match: string; replace: string }[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw wrong("transformations.substitute", path);
  return value.map((item) => {
    const { match, replace } = item as Table;
    if (typeof match !== "string" || typeof replace !== "string") throw wrong("transformations.substitute", path);
    return { match, replace };
  });
}

function listPatches(root: string, directory: string): string[] {
  if (!existsSync(join(root, directory))) return [];
  return readdirSync(join(root, directory)).filter((name) => name.endsWith(".patch")).sort().map((name) => `${directory}/${name}`);
}
