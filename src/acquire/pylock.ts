/** `pylock.toml` (PEP 751) → requirement lines: each package pinned, with the hashes of all of its archives. */
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { utf8Text } from "../config/read.ts";
import { normalisedName } from "../model/distribution.ts";
import { Failure, fileFailure } from "../model/failure.ts";
import { type RequirementLine, requirementLine } from "./requirementLine.ts";

type Table = Readonly<Record<string, unknown>>;

/** `pylock.toml` or `pylock.<name>.toml`, the names that PEP 751 admits. */
export function isLockFile(path: string): boolean {
  return /(^|[/\\])pylock(\.[^./\\]+)?\.toml$/.test(path);
}

/** Throws Failure for another lock version, for damage, and for packages without hashes. No extra and the default groups are asked for. */
export async function readLock(path: string): Promise<RequirementLine[]> {
  const { parse } = await import("smol-toml");
  let lock: Table;
  try {
    lock = parse(utf8Text(readFileSync(path), path)) as Table;
  } catch (error) {
    const { line, message } = error as Error & { line?: number };
    if (line === undefined) throw fileFailure(error, path);
    throw new Failure(`${path}:${line}: is no valid TOML: ${message.split("\n")[0] ?? ""}`, "Mend the file, or lock again.");
  }
  const version = lock["lock-version"];
  if (typeof version !== "string" || !/^1\.\d+$/.test(version)) {
    throw new Failure(`${path}: has lock version ${typeof version === "string" ? version : "unknown"}; this tool knows version 1`, "Look for a newer release of this tool, or lock again with one that writes version 1.0.");
  }
  const groups = new Set(strings(lock["default-groups"]));
  const packages = lock["packages"];
  if (!Array.isArray(packages)) throw new Failure(`${path}: lists no packages`, "Lock again.");
  return (packages as Table[]).map((entry) => lineOf(entry, path, groups));
}

function lineOf(entry: Table, path: string, groups: ReadonlySet<string>): RequirementLine {
  const { name, version, marker } = entry;
  if (typeof name !== "string") throw new Failure(`${path}: a package has no name`, "Lock again.");
  const condition = typeof marker === "string" ? ` ; ${settled(marker, groups)}` : "";
  const archives = [...tables(entry["wheels"]), ...tables([entry["sdist"], entry["archive"]])];
  const hashes = archives.flatMap((archive) => Object.entries((archive["hashes"] ?? {}) as Record<string, string>).filter(([algorithm]) => /^sha(256|384|512)$/.test(algorithm)).map(([algorithm, digest]) => ` --hash=${algorithm}:${digest}`));
  const [vcs, directory, archive] = tables([entry["vcs"], entry["directory"], entry["archive"]].map((each) => each ?? {}));
  const local = (table: Table | undefined): string | undefined => (typeof table?.["path"] === "string" ? resolve(dirname(path), table["path"]) : undefined);
  if (entry["directory"] !== undefined) return requirementLine(local(directory) ?? name, dirname(path));
  if (entry["vcs"] !== undefined) return named(name, `${name} @ ${String(vcs?.["type"])}+${String(vcs?.["url"] ?? local(vcs))}@${String(vcs?.["commit-id"])}${subdirectory(vcs)}${condition}`, condition);
  if (hashes.length === 0) throw new Failure(`${path}: ${name} has no hash that is strong enough`, "Lock again: a lock without hashes protects from nothing.");
  if (entry["archive"] !== undefined) return named(name, `${name} @ ${String(archive?.["url"] ?? `file://${local(archive) ?? ""}`)}${subdirectory(archive)}${condition}${hashes.join("")}`, condition);
  if (typeof version !== "string") throw new Failure(`${path}: ${name} has no version`, "Lock again.");
  return { name: normalisedName(name), text: `${name}==${version}${condition}${hashes.join("")}`, asked: `${name}==${version}` };
}

function named(name: string, text: string, condition: string): RequirementLine {
  return { ...requirementLine(text, "/"), name: normalisedName(name), asked: requirementLine(text.replace(condition, ""), "/").asked };
}

function subdirectory(table: Table | undefined): string {
  return typeof table?.["subdirectory"] === "string" ? `#subdirectory=${table["subdirectory"]}` : "";
}

/** pip knows the variables of PEP 508 only: what a lock asks of extras and groups is settled here, in a marker that is always or never true. */
function settled(marker: string, groups: ReadonlySet<string>): string {
  return marker.replace(/(["'])([^"']*)\1\s+(not\s+in|in)\s+(extras|dependency_groups)\b/g, (_, __, value: string, operator: string, variable: string) => {
    const holds = (variable === "dependency_groups" && groups.has(value)) === (operator === "in");
    return holds ? "python_version >= '0'" : "python_version < '0'";
  });
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}

function tables(value: unknown): Table[] {
  return Array.isArray(value) ? value.filter((each): each is Table => typeof each === "object" && each !== null) : [];
}
