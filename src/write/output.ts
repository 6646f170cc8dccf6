/** One file, whole or not at all. */
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { fileFailure } from "../model/failure.ts";

export function writeOutput(path: string, content: string | Buffer): void {
  const staged = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(staged, content, { flag: "wx" }); // never through a link that lies in wait
    renameSync(staged, path);
  } catch (error) {
    rmSync(staged, { force: true });
    throw fileFailure(error, path);
  }
}
