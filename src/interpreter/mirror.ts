/** Copies of trees, in which strangers' modules may run: what they write beside themselves stays out of the project. */
import { constants, copyFileSync, mkdirSync, readdirSync, realpathSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileFailure } from "../model/failure.ts";

// Larger files are data, which modules read: a link does.
const LARGE = 1 << 20;
const skipped = new Set(["__pycache__", "node_modules", ".git", ".hg", ".svn", ".tox", ".nox", ".venv", ".enisle-staging"]);

/** Copies the directory `from` to `to`, which is made; `only` chooses among its own entries. */
export function mirror(from: string, to: string, only: (name: string, isDirectory: boolean) => boolean = () => true): void {
  try {
    mkdirSync(to, { recursive: true });
    for (const entry of readdirSync(from, { withFileTypes: true })) {
      if (skipped.has(entry.name) || /\.py[co]$/.test(entry.name) || !only(entry.name, entry.isDirectory())) continue;
      const [source, target] = [join(from, entry.name), join(to, entry.name)];
      if (entry.isDirectory()) mirror(source, target);
      else if (entry.isFile() && statSync(source).size <= LARGE) copyFileSync(source, target, constants.COPYFILE_FICLONE);
      else if (entry.isFile() || entry.isSymbolicLink()) link(source, target);
    }
  } catch (error) {
    throw fileFailure(error, from);
  }
}

function link(source: string, target: string): void {
  try {
    symlinkSync(realpathSync(source), target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error; // a link to nowhere
  }
}
