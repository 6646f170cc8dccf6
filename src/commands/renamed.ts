/** Packages that `enisle wheel --rename` renamed, where they are installed: what they were called, and what their files were. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parseRenameRecord } from "../manifest/renameRecord.ts";
import { fileFailure } from "../model/failure.ts";
import { type DottedName, isAtOrBelow, parent } from "../model/name.ts";
import { RENAME_RECORD, type RenameRecord } from "../model/renameRecord.ts";
import type { Relocation } from "../model/relocation.ts";
import { moduleNameOf } from "../plan/topLevels.ts";
import type { InventoryData } from "./inventory.ts";

/** The record of the distribution in `directory` (a site-packages) that a top-level name belongs to; undefined where it was not renamed. */
export function findRename(directory: string, top: string): RenameRecord | undefined {
  return recordsIn(directory).find((record) => Object.values(record.modules).some((name) => isAtOrBelow(name, top)));
}

/** The packages and modules in `directory` that were renamed, as far as they are there; absolute. */
export function renamedPlaces(directory: string): string[] {
  return recordsIn(directory).flatMap((record) => Object.values(record.modules)).flatMap((name) => {
    const base = join(directory, ...name.split("."));
    return [base, ...[".py", ".so", ".pyd"].map((suffix) => `${base}${suffix}`)].filter((path) => existsSync(path)).slice(0, 1);
  });
}

function recordsIn(directory: string): RenameRecord[] {
  try {
    const infos = readdirSync(directory).filter((name) => name.endsWith(".dist-info") && existsSync(join(directory, name, RENAME_RECORD)));
    return infos.sort().map((info) => {
      const path = join(directory, info, RENAME_RECORD);
      return parseRenameRecord(readFileSync(path, "utf8"), path);
    });
  } catch (error) {
    throw fileFailure(error, directory);
  }
}

export function renamesOf(record: RenameRecord | undefined): Relocation[] {
  return Object.entries(record?.modules ?? {}).map(([from, to]) => ({ from, to }));
}

/** Its modules under their old names, as they were. `directory` is where it is installed. */
export function inventoryOfRenamed(record: RenameRecord, directory: string): InventoryData["modules"] {
  return record.files.flatMap(({ path, was, edits }) => {
    const [name, within] = moduleOf(was);
    const full = join(directory, path);
    return name === undefined ? [] : [{ name, package: was.endsWith("/__init__.py") ? name : within, locator: path.endsWith(".py") && existsSync(full) ? { kind: "relocated" as const, path: full, edits } : undefined, size: 0 }];
  });
}

function moduleOf(path: string): [name: DottedName | undefined, within: DottedName] {
  const parts = path.split("/");
  const stem = moduleNameOf(parts.pop() ?? "");
  const name = stem === undefined ? undefined : [...parts, ...(stem === "__init__" ? [] : [stem])].join(".") || undefined;
  return [name, name === undefined ? "" : parent(name)];
}
