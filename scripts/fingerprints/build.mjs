// Builds the index of releases that is shipped: downloads every release of the listed libraries with pip, and indexes them.
//
//     node scripts/fingerprints/build.mjs [DIRECTORY]
//
// Downloads stay in DIRECTORY (default: a temporary one that is removed), so that a second run fetches what is new only.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const here = import.meta.dirname;
const names = readFileSync(join(here, "libraries.txt"), "utf8").split("\n").filter((line) => line !== "" && !line.startsWith("#"));
const directory = process.argv[2] === undefined ? mkdtempSync(join(tmpdir(), "enisle-releases-")) : resolve(process.argv[2]);
mkdirSync(directory, { recursive: true });
const run = (program, args) => {
  const { status, error } = spawnSync(program, args, { stdio: "inherit" });
  if (error || status !== 0) throw new Error(`${program} failed (${error?.message ?? `exit code ${status}`})`);
};
try {
  run("python3", [join(here, "download.py"), directory, ...names]);
  const index = resolve(here, "../../fingerprints/releases.idx");
  rmSync(index, { force: true });
  const sources = names.map((name) => join(directory, name)).filter((path) => existsSync(path) && readdirSync(path).some((file) => /\.(?:whl|tar\.gz|zip|tar\.bz2)$/.test(file)));
  run(process.execPath, [resolve(here, "../../dist/cli.js"), "index", "add", "--index", index, ...sources]);
} finally {
  if (process.argv[2] === undefined) rmSync(directory, { recursive: true, force: true });
}
