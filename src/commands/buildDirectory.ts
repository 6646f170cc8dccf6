/** Build mode: the project is copied to a directory, and the copy is what is relocated; the sources stay as they are. */
import { cpSync, existsSync, lstatSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { makeDirectory } from "../host/makeDirectory.ts";
import { listProjectFiles } from "../acquire/project.ts";
import type { Host } from "../host/host.ts";
import { Failure, fileFailure } from "../model/failure.ts";
import { STAGING_NAME } from "../model/manifest.ts";
import { atInterrupt } from "../write/transaction.ts";
import type { Consumer } from "./consumer.ts";

const skipped = new Set([".git", ".hg", ".svn", "node_modules", "__pycache__", ".venv", ".tox", ".nox", ".mypy_cache", ".pytest_cache", ".ruff_cache"]);

/** The consumer in its copy beside `out`, and what puts the copy there in one step once it is complete. Throws Failure when `out` holds anything. */
export async function buildDirectory(consumer: Consumer, out: string, excluded: readonly string[], host: Host): Promise<{ readonly twin: Consumer; finish(): void; drop(): void }> {
  if (existsSync(out) && (!lstatSync(out).isDirectory() || readdirSync(out).length > 0)) throw new Failure(`${out}: is not empty`, "Name a directory that is new or empty, or remove it first.");
  if (!relative(out, consumer.root).startsWith("..")) throw new Failure(`${out}: the project lies in it`, "Name a directory beside the project or inside it.");
  // Listed here: in the copy nobody could say what version control ignores.
  const files = await listProjectFiles(consumer.root, consumer.packages, consumer.configuration, [consumer.namespaceDirectory, out, ...excluded], host);
  const fresh = join(dirname(out), `.${basename(out)}-${process.pid}`);
  // Threads may still write into it: under another name they do not find it.
  const forget = atInterrupt(() => {
    const gone = `${fresh}.gone`;
    if (existsSync(fresh)) renameSync(fresh, gone);
    rmSync(gone, { recursive: true, force: true });
  });
  const drop = (): void => {
    forget();
    rmSync(fresh, { recursive: true, force: true });
  };
  try {
    makeDirectory(dirname(out));
    // Entry by entry: the directory may lie in the project itself.
    const copy = (from: string, to: string): void => {
      makeDirectory(to);
      for (const entry of readdirSync(from, { withFileTypes: true })) {
        const source = join(from, entry.name);
        if (skipped.has(entry.name) || entry.name.startsWith(STAGING_NAME) || source === fresh || source === out || existsSync(join(source, "pyvenv.cfg"))) continue;
        if (entry.isDirectory()) copy(source, join(to, entry.name));
        else cpSync(source, join(to, entry.name), { dereference: false, verbatimSymlinks: true, preserveTimestamps: true });
      }
    };
    copy(consumer.root, fresh);
  } catch (error) {
    drop();
    throw fileFailure(error, out);
  }
  const moved = (path: string): string => resolve(fresh, relative(consumer.root, path));
  return {
    twin: { ...consumer, root: fresh, files: files.map((file) => file.path), namespaceDirectory: moved(consumer.namespaceDirectory), packages: consumer.packages.map((each) => ({ ...each, directory: moved(each.directory) })) },
    finish() {
      try {
        if (existsSync(out)) rmSync(out, { recursive: true });
        renameSync(fresh, out);
        forget();
      } catch (error) {
        throw fileFailure(error, out);
      }
    },
    drop,
  };
}
