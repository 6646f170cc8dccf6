/** The directories that a run stages into. */
import { mkdirSync } from "node:fs";
import { basename, dirname } from "node:path";
import { fileFailure } from "../model/failure.ts";
import { STAGING_NAME } from "../model/manifest.ts";
import type { FileJob } from "./fileJob.ts";

/** Makes the directories that jobs stage into: once, and not in every worker. */
export function makeDirectories(jobs: readonly FileJob[]): void {
  const made = new Set<string>();
  const make = (directory: string): void => {
    if (made.has(directory)) return;
    made.add(directory);
    // The staging directory itself is there.
    if (basename(dirname(directory)) !== STAGING_NAME && basename(directory) !== STAGING_NAME) make(dirname(directory));
    try {
      mkdirSync(directory);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw fileFailure(error, directory);
    }
  };
  for (const { target } of jobs) if (target !== undefined) make(dirname(target));
}
