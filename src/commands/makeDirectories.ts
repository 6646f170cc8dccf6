/** The directories that a worker stages into. */
import { mkdirSync } from "node:fs";
import { basename, dirname } from "node:path";
import { fileFailure } from "../model/failure.ts";
import { STAGING_NAME } from "../model/manifest.ts";

/** Gives a function that makes a directory and those above it, each once; not the staging directory itself: after a rollback nothing may come back. */
export function directoryMaker(): (directory: string) => void {
  const made = new Set<string>();
  return function make(directory) {
    if (made.has(directory)) return;
    made.add(directory);
    if (basename(dirname(directory)) !== STAGING_NAME && basename(directory) !== STAGING_NAME) make(dirname(directory));
    try {
      mkdirSync(directory);
    } catch (error) {
      // Another worker was there before.
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw fileFailure(error, directory);
    }
  };
}
