/** Text → manifest. A newer schema is refused, a damaged file too: guessing would cost the user files. */
import { Failure } from "../model/failure.ts";
import type { Manifest } from "../model/manifest.ts";

const SCHEMA = 1;

/** `path` is for messages. */
export function parseManifest(text: string, path: string): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw damaged(path, (error as Error).message);
  }
  if (!isRecord(value) || typeof value["schema"] !== "number") throw damaged(path, "it has no schema number");
  if (value["schema"] > SCHEMA) {
    throw new Failure(`${path}: was written by a newer version of this tool (schema ${value["schema"]}; this one knows ${SCHEMA})`, "Use that version, or a newer one.");
  }
  if (value["schema"] !== SCHEMA) throw damaged(path, `there is no schema ${value["schema"]}`);
  const wrong = problem(value);
  if (wrong !== undefined) throw damaged(path, wrong);
  return value as unknown as Manifest;
}

function damaged(path: string, reason: string): Failure {
  return new Failure(`${path}: the manifest is damaged: ${reason}`, "Restore it from version control; without it the copies cannot be told from files of your own.");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const digest = /^[0-9a-f]{64}$/;

function problem(manifest: Record<string, unknown>): string | undefined {
  for (const key of ["tool", "namespace", "targetPython"]) if (typeof manifest[key] !== "string") return `'${key}' is no string`;
  if (!/^[23]\.\d+$/.test(String(manifest["targetPython"]))) return "'targetPython' is no Python version";
  const { distributions, generated, isolated = [], location = "" } = manifest;
  if (!areTexts(isolated)) return "'isolated' is no list of texts";
  if (!isText(location)) return "'location' is no text";
  if (!Array.isArray(generated) || !generated.every((row) => isRecord(row) && isInside(row["path"]) && digest.test(String(row["sha256"])))) return "'generated' is not a list of files";
  const project = manifest["project"] ?? [];
  if (!Array.isArray(project) || !project.every((row) => isRecord(row) && isInside(row["path"]) && digest.test(String(row["sha256Now"])) && Array.isArray(row["edits"]) && areAnchored(row["edits"]))) return "'project' is not a list of files";
  if (!Array.isArray(distributions)) return "'distributions' is no list";
  for (const item of distributions as unknown[]) {
    if (!isRecord(item) || typeof item["name"] !== "string") return "a distribution has no name";
    const name = item["name"];
    if (!isRecord(item["relocations"]) || !isRecord(item["source"]) || !isRecord(item["license"])) return `the entry of ${name} is not complete`;
    if (typeof item["version"] !== "string" && item["version"] !== null) return `the version of ${name} is neither a text nor null`;
    if (!Object.values(item["relocations"]).every(isText)) return `'relocations' of ${name} does not map names to names`;
    for (const key of ["requires", "topLevels", "leftOut", "namespaceInits", "dropped"]) if (!areTexts(item[key])) return `'${key}' of ${name} is no list of texts`;
    if (!areTexts(item["droppedFiles"] ?? [])) return `'droppedFiles' of ${name} is no list of texts`;
    if (!isText(item["requirement"])) return `'requirement' of ${name} is no text`;
    const { source, license } = item;
    if (!["wheel", "directory", "sdist", "vcs"].includes(String(source["kind"])) || !isText(source["file"]) || !digest.test(String(source["sha256"]))) return `'source' of ${name} is not complete`;
    if ((!isText(license["expression"]) && license["expression"] !== null) || !areTexts(license["files"])) return `'license' of ${name} is not complete`;
    if (!areRows(item["patches"], "file", "sha256")) return `'patches' of ${name} is no list of patches`;
    if (!areRows(item["accepted"], "code", "reason")) return `'accepted' of ${name} is no list of findings`;
    if (!Array.isArray(item["files"])) return `'files' of ${name} is no list`;
    for (const file of item["files"] as unknown[]) {
      if (!isRecord(file) || !isInside(file["path"]) || !digest.test(String(file["sha256Upstream"])) || !digest.test(String(file["sha256Now"])) || !Array.isArray(file["edits"]) || !areEdits(file["edits"])) {
        return `a file of ${name} is not complete`;
      }
    }
  }
  return undefined;
}

function isText(value: unknown): boolean {
  return typeof value === "string";
}

function areTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every(isText);
}

/** Objects that have texts under these keys. */
function areRows(value: unknown, ...keys: readonly string[]): boolean {
  return Array.isArray(value) && value.every((row) => isRecord(row) && keys.every((key) => isText(row[key])));
}

/** Sorted and apart, as undoing them needs. */
function areEdits(edits: readonly unknown[]): boolean {
  let last = 0;
  return edits.every((edit) => {
    if (!Array.isArray(edit) || edit.length !== 3 || !Number.isInteger(edit[0]) || !Number.isInteger(edit[1]) || edit[0] < last || edit[1] < 0 || !isText(edit[2])) return false;
    last = edit[0] + edit[1];
    return true;
  });
}

/** With the column and the block in which each is found again. */
function areAnchored(edits: readonly unknown[]): boolean {
  return edits.every((edit) => Array.isArray(edit) && edit.length === 5 && Number.isInteger(edit[3]) && isText(edit[4])) && areEdits(edits.map((edit) => (edit as readonly unknown[]).slice(0, 3)));
}

/** A relative path that stays below its directory. */
function isInside(path: unknown): boolean {
  return typeof path === "string" && path !== "" && !path.startsWith("/") && !path.split("/").some((part) => part === ".." || part === "");
}
