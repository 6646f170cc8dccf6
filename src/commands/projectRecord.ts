/** The manifest's record of what was rewritten in the project: read to restore the originals, written after each run. */
import { hash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { ProjectFile } from "../acquire/project.ts";
import { reanchor } from "../manifest/anchors.ts";
import { fileFailure } from "../model/failure.ts";
import type { ManifestProjectFile, RecordedEdit } from "../model/manifest.ts";
import type { FileResult } from "./fileJob.ts";

export interface RecordedProject {
  /** By path: the edits that lead from the file as it lies there to what it was. */
  readonly edits: ReadonlyMap<string, readonly RecordedEdit[]>;
  /** Paths with lines that were rewritten, and were edited by hand since. */
  readonly lost: readonly string[];
}

/** Finds the recorded edits again: at their places where the file is as the tool left it, else by the lines they stand in; a file that moved, by its digest. */
export function recordedProject(files: readonly ProjectFile[], recorded: readonly ManifestProjectFile[]): RecordedProject {
  const edits = new Map<string, readonly RecordedEdit[]>();
  const lost: string[] = [];
  if (recorded.length === 0) return { edits, lost };
  const byPath = new Map(recorded.map((file) => [file.path, file]));
  const here = new Set(files.map((file) => file.path));
  const moved = new Map(recorded.filter((file) => !here.has(file.path)).map((file) => [file.sha256Now, file]));
  for (const file of files) {
    const known = byPath.get(file.path);
    if (!known && moved.size === 0) continue;
    const content = read(file.real);
    const digest = hash("sha256", content);
    const record = known ?? moved.get(digest);
    if (!record) continue;
    if (record.sha256Now === digest) edits.set(file.path, record.edits.map(([at, length, was]) => [at, length, was]));
    else {
      const found = reanchor(content.toString("latin1"), record.edits);
      if (found.edits.length > 0) edits.set(file.path, found.edits);
      if (found.lost.length > 0) lost.push(file.path);
    }
  }
  return { edits, lost };
}

export function recordProject(files: readonly ProjectFile[], results: readonly FileResult[]): ManifestProjectFile[] {
  return files.flatMap((file, index) => {
    const result = results[index];
    return result && result.anchors.length > 0 ? [{ path: file.path, sha256Now: result.sha256Now, edits: result.anchors }] : [];
  });
}

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw fileFailure(error, path);
  }
}
