/** Advisory databases on disk, in every layout they come in: directories of OSV entries, single files, `all.zip`, tar archives. Read offline. */
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { Failure, fileFailure } from "../model/failure.ts";
import type { Unreadable } from "../model/tree.ts";
import { isArchive, reasonOf, walkTree } from "./tree.ts";

export interface DatabaseEntry {
  /** For messages. */
  readonly path: string;
  readonly value: unknown;
}

export interface DatabaseReading {
  /** Those that may concern one of the names asked for. */
  readonly entries: readonly DatabaseEntry[];
  /** All that the database holds. */
  readonly count: number;
  /** The latest `modified` of all entries. */
  readonly date: string | null;
  readonly unreadable: readonly Unreadable[];
}

const entryName = /\.(?:json|ya?ml)$/i;
const packageName = /(?:^|[\s{,])"?name"?\s*:\s*["']?([A-Za-z0-9][\w.-]*)/g;
const modifiedField = /(?:^|[\s{,])"?modified"?\s*:\s*["']?(\d{4}-\d\d-\d\dT[\d:.]+Z?)/m;

/**
 * `wanted` are normalised names: entries about others are counted and not parsed, which makes a database of thousands quick to ask.
 * Throws Failure when `path` does not exist or holds no entry.
 */
export async function readDatabase(path: string, wanted: ReadonlySet<string>, normalise: (name: string) => string): Promise<DatabaseReading> {
  const { load, FAILSAFE_SCHEMA } = await import("js-yaml");
  const entries: DatabaseEntry[] = [];
  const unreadable: Unreadable[] = [];
  let count = 0;
  let date: string | null = null;
  const take = (name: string, text: string): void => {
    const parse = (): unknown => (/\.json$/i.test(name) ? JSON.parse(text) : load(text, { schema: FAILSAFE_SCHEMA, filename: name }));
    const isPlain = /(?:^|[\s{,])"?affected"?\s*:/m.test(text) && /(?:^|[\s{,])"?id"?\s*:/m.test(text);
    const concerned = [...text.matchAll(packageName)].some((match) => wanted.has(normalise(match[1] ?? "")));
    const modified = modifiedField.exec(text)?.[1];
    if (modified !== undefined && (date === null || modified > date)) date = modified;
    // JSON is checked whole, it costs little: what was cut off in the middle must not pass for an entry about something else.
    if (isPlain && !concerned && !/\.json$/i.test(name)) {
      count++;
      return;
    }
    let value: unknown;
    try {
      value = parse();
    } catch (error) {
      unreadable.push({ path: name, reason: `is no valid ${/\.json$/i.test(name) ? "JSON" : "YAML"}: ${((error as Error).message.split("\n")[0] ?? "").slice(0, 120)}` });
      return;
    }
    for (const each of Array.isArray(value) ? value : [value]) {
      const isEntry = typeof each === "object" && each !== null && typeof (each as { id?: unknown }).id === "string";
      if (isEntry) count++;
      if (isEntry && concerned) entries.push({ path: name, value: each });
      else if (!isEntry) unreadable.push({ path: name, reason: "is no OSV entry: it has no id" });
    }
  };
  try {
    if (statSync(path).isDirectory()) readDirectory(path, "", take, unreadable);
    else if (isArchive(path)) readArchive(path, take, unreadable);
    else if (entryName.test(path)) take(path, readFileSync(path, "utf8"));
    else throw new Failure(`${path}: is no advisory database`, "Name a directory of OSV entries, a .json or .yaml file, or an archive of them (all.zip).");
  } catch (error) {
    throw fileFailure(error, path);
  }
  if (count === 0) throw new Failure(`${path}: holds no OSV entry that can be read${unreadable[0] ? ` (${unreadable[0].path}: ${unreadable[0].reason})` : ""}`, "Name a directory of OSV entries, a .json or .yaml file, or an archive of them (all.zip).");
  return { entries, count, date, unreadable };
}

function isEntryFile(path: string): boolean {
  return entryName.test(path) && !/(?:^|\/)\./.test(path) && !/(?:^|\/)(?:package(?:-lock)?|schema|mkdocs)\.(?:json|ya?ml)$/.test(path);
}

function attempt(path: string, work: () => void, unreadable: Unreadable[]): void {
  try {
    work();
  } catch (error) {
    unreadable.push({ path, reason: reasonOf(error) });
  }
}

function readArchive(path: string, take: (name: string, text: string) => void, unreadable: Unreadable[]): void {
  for (const tree of walkTree(path, (problem) => unreadable.push(problem))) {
    for (const file of tree.files) if (isEntryFile(file.path)) attempt(file.path, () => take(file.path, file.read().toString("utf8")), unreadable);
  }
}

function readDirectory(root: string, below: string, take: (name: string, text: string) => void, unreadable: Unreadable[]): void {
  for (const entry of readdirSync(join(root, below), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory() && !entry.name.startsWith(".")) attempt(path, () => readDirectory(root, path, take, unreadable), unreadable);
    else if (entry.isFile() && isEntryFile(path)) attempt(path, () => take(path, readFileSync(join(root, path), "utf8")), unreadable);
    else if (entry.isFile() && isArchive(path)) attempt(path, () => readArchive(join(root, path), take, unreadable), unreadable);
  }
}
