/** The result of an unchanged tree is kept: a second audit of it costs no more than looking whether it is unchanged. */
import { createHash } from "node:crypto";
import { lstatSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { makeDirectory } from "../host/makeDirectory.ts";
import { VERSION } from "../version.ts";

/** Results kept; the oldest go. */
const KEPT = 50;

/** Files that an audit never opens: that they are there is all that counts, and asking for their times would be a large part of a second audit. */
const unread = /\.(?:pyi|pyc|pyx|pxd|c|cc|cpp|h|hpp|js|mjs|ts|css|scss|html|map|png|gif|jpe?g|svg|ico|ttf|woff2?|mo|po|pot|typed|ipynb|npy|npz|csv)$/;

export function cacheDirectory(): string {
  return join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "enisle", "audit");
}

/** A name for the state of all files at and below `root`, and of those `besides` that the result depends on (of `archives` that they are there): their paths, sizes, times and inodes. Undefined where it cannot be told. */
export function stateOf(root: string, besides: readonly string[], archives: readonly string[]): string | undefined {
  const digest = createHash("sha256").update(`${VERSION}\0${root}\0${archives.join("\0")}\n`);
  try {
    for (const path of besides) note(digest, path);
    if (!lstatSync(root).isDirectory()) note(digest, root);
    else walk(root, digest);
  } catch {
    return undefined; // what cannot be read is for the audit to report
  }
  return digest.digest("hex");
}

function note(digest: ReturnType<typeof createHash>, path: string): void {
  const stats = statSync(path, { bigint: false });
  digest.update(`${path}\0${stats.size}\0${stats.mtimeMs}\0${stats.ctimeMs}\0${stats.ino}\n`);
}

function walk(directory: string, digest: ReturnType<typeof createHash>): void {
  let lines = "";
  const below: string[] = [];
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = `${directory}/${entry.name}`;
    if (entry.isDirectory()) {
      if (entry.name !== "__pycache__" && entry.name !== ".git") below.push(path);
      continue;
    }
    if (unread.test(entry.name) && entry.isFile()) {
      lines += `${path}\n`;
      continue;
    }
    const stats = entry.isSymbolicLink() ? (statSync(path, { throwIfNoEntry: false }) ?? lstatSync(path)) : lstatSync(path);
    lines += `${path}\0${stats.size}\0${stats.mtimeMs}\0${stats.ctimeMs}\0${stats.ino}\n`;
  }
  digest.update(lines);
  for (const path of below) walk(path, digest);
}

export function recall<T>(key: string): T | undefined {
  try {
    return JSON.parse(readFileSync(join(cacheDirectory(), `${key}.json`), "utf8")) as T;
  } catch {
    return undefined;
  }
}

/** A cache that cannot be written is none. */
export function keep(key: string, value: unknown): void {
  const path = join(cacheDirectory(), `${key}.json`);
  const staged = `${path}.${process.pid}.tmp`;
  try {
    makeDirectory(dirname(path), 0o700);
    writeFileSync(staged, JSON.stringify(value), { mode: 0o600 });
    renameSync(staged, path);
    const all = readdirSync(dirname(path)).map((name) => join(dirname(path), name));
    if (all.length > KEPT) {
      const byAge = all.map((each) => ({ each, age: statSync(each).mtimeMs })).sort((a, b) => b.age - a.age);
      for (const { each } of byAge.slice(KEPT)) rmSync(each, { force: true });
    }
  } catch {
    rmSync(staged, { force: true });
  }
}
