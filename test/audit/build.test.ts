/** The script that builds the shipped index, from end to end on two small libraries that lie in a folder: no network is asked. */
import { spawnSync } from "node:child_process";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { makeWheel } from "../vendor/wheel.ts";
import { enisle, join, temporary, write } from "../vendor/project.ts";
import { audit, has, library, placed, relocated, tar } from "./support.ts";

const script = join(import.meta.dirname, "../../scripts/fingerprints/build.mjs");

test("every release is downloaded, indexed and found; a later run fetches what is new, and the old index stands where one fails", () => {
  if (!has("python3")) return;
  const [folder, work] = [temporary(), temporary()];
  const sdist = { "PKG-INFO": "Metadata-Version: 2.1\nName: sage\nVersion: 0.5\n", "setup.py": "raise SystemExit('must not run')\n", "sage.py": String(library("1.0")["herblib/tables.py"]).replaceAll("tables", "sage") };
  write(folder, { "sage-0.5.tar.gz": gzipSync(tar(Object.entries(sdist).map(([path, content]) => ({ name: `sage-0.5/${path}`, content: Buffer.from(content) })))) });
  makeWheel(folder, library("1.0"), { name: "herblib", version: "1.0" });
  makeWheel(folder, library("1.1", { "herblib/extra.py": String(library("1.0")["herblib/tables.py"]).replaceAll("tables", "extra") }), { name: "herblib", version: "1.1" });
  const list = join(write(work, { "list.txt": "# two\nherblib\nsage\nnowhere-to-be-found\n" }), "list.txt");
  const index = join(work, "own.idx");
  const build = (): ReturnType<typeof spawnSync> => spawnSync(process.execPath, [script, join(work, "downloads"), "--list", list, "--index", index], { encoding: "utf8", env: { ...process.env, PIP_NO_INDEX: "1", PIP_FIND_LINKS: folder, PIP_DISABLE_PIP_VERSION_CHECK: "1" } });
  const releases = (): string[] => JSON.parse(enisle(["index", "show", "--index", index, "--format", "json"]).stdout).result.libraries.map((each: { name: string; releases: number; newest: string }) => `${each.name} ${each.releases} ${each.newest}`);
  const first = build();
  expect([first.status, first.stderr]).toEqual([0, expect.any(String)]);
  expect(releases()).toEqual(["herblib 2 1.1", "sage 1 0.5"]);
  makeWheel(folder, library("2.0"), { name: "herblib", version: "2.0" });
  expect(build().status).toBe(0);
  expect(releases()).toEqual(["herblib 3 2.0", "sage 1 0.5"]);
  const root = write(temporary(), { "acme/__init__.py": "", "acme/_vendor/__init__.py": "", ...placed("acme/_vendor", relocated(library("1.0"), "herblib", "acme._vendor")) });
  expect(audit(root, "--index", index).copies).toMatchObject([{ name: "herblib", version: "1.0", state: "relocated" }]);
  write(work, { "list.txt": "nowhere-to-be-found\n" });
  expect(build().status).toBe(1);
  expect(releases()).toHaveLength(2);
}, 60_000);
