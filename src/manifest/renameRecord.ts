/** Text → what a renaming recorded; a damaged file or a newer schema is refused. */
import { Failure } from "../model/failure.ts";
import type { RenameRecord } from "../model/renameRecord.ts";

/** `path` is for messages. */
export function parseRenameRecord(text: string, path: string): RenameRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw damaged(path, (error as Error).message);
  }
  if (!isRecord(value)) throw damaged(path, "it is no object");
  if (typeof value["schema"] === "number" && value["schema"] > 1) throw new Failure(`${path}: was written by a newer version of this tool (schema ${value["schema"]}; this one knows 1)`, "Use that version, or a newer one.");
  const texts = ["tool", "name", "version", "targetPython"].every((key) => typeof value[key] === "string");
  const maps = ["modules", "commands", "data"].every((key) => isRecord(value[key]) && Object.values(value[key]).every((each) => typeof each === "string"));
  const { files } = value;
  if (value["schema"] !== 1 || !texts || !maps || !Array.isArray(files) || !files.every(isFile)) throw damaged(path, "it is not complete");
  return value as unknown as RenameRecord;
}

function isFile(row: unknown): boolean {
  if (!isRecord(row) || !Array.isArray(row["edits"])) return false;
  return ["path", "was"].every((key) => isInside(row[key])) && row["edits"].every((edit) => Array.isArray(edit) && edit.length === 3 && Number.isInteger(edit[0]) && Number.isInteger(edit[1]) && typeof edit[2] === "string");
}

function isInside(path: unknown): boolean {
  return typeof path === "string" && path !== "" && !path.startsWith("/") && !path.split("/").some((part) => part === ".." || part === "");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function damaged(path: string, reason: string): Failure {
  return new Failure(`${path}: is damaged: ${reason}`, "Install the renamed wheel again.");
}
