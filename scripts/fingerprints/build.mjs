// Builds an index of releases: downloads every release of the listed libraries with pip, and indexes them.
//
//     node scripts/fingerprints/build.mjs [DIRECTORY] [--list FILE] [--index FILE]
//
// Downloads stay in DIRECTORY (default: a temporary one that is removed), so that a second run fetches what is new only. Without --list and --index it is
// the index that is shipped, from libraries.txt beside this file. pip is configured as always: by its files and its PIP_… variables.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

const here = import.meta.dirname;
const { values, positionals } = parseArgs({ allowPositionals: true, options: { list: { type: "string", default: join(here, "libraries.txt") }, index: { type: "string", default: resolve(here, "../../fingerprints/releases.idx") } } });
const names = readFileSync(values.list, "utf8").split("\n").map((line) => line.trim()).filter((line) => line !== "" && !line.startsWith("#"));
const index = resolve(values.index);
const directory = positionals[0] === undefined ? mkdtempSync(join(tmpdir(), "enisle-releases-")) : resolve(positionals[0]);
mkdirSync(directory, { recursive: true });
const run = (program, args) => {
  const { status, error } = spawnSync(program, args, { stdio: "inherit" });
  if (error || status !== 0) throw new Error(`${program} failed (${error?.message ?? `exit code ${status}`})`);
};
try {
  run("python3", [join(here, "download.py"), directory, ...names]);
  const sources = names.map((name) => join(directory, name)).filter((path) => existsSync(path) && readdirSync(path).some((file) => /\.(?:whl|tar\.gz|zip|tar\.bz2)$/.test(file)));
  // The old index stands until the new one is there.
  rmSync(`${index}.new`, { force: true });
  run(process.execPath, [resolve(here, "../../dist/cli.js"), "index", "add", "--index", `${index}.new`, ...sources]);
  renameSync(`${index}.new`, index);
} finally {
  if (positionals[0] === undefined) rmSync(directory, { recursive: true, force: true });
}
