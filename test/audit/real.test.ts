/**
 * Recall, versions, states and precision on distributions that were not made for it (fixtures/audit), with the lists they carry hidden. Needs the
 * index of packages; where CI is set it is mandatory.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compareVersions } from "../../src/audit/pep440.ts";
import { type JsonCopy, audit } from "./support.ts";

interface Expected {
  readonly requirement: string;
  readonly hidden: readonly string[];
  readonly copies: readonly { readonly name: string; readonly version?: string; readonly versions?: readonly string[]; readonly path: string; readonly state?: string }[];
}

const fixtures = join(import.meta.dirname, "../../fixtures/audit");
const subjects = readdirSync(fixtures).filter((name) => name.endsWith(".json")).map((name) => JSON.parse(readFileSync(join(fixtures, name), "utf8")) as Expected);
let directory = "";
let reachable = true;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "enisle-audit-"));
  const download = ["-m", "pip", "download", "-q", "--disable-pip-version-check", "--no-deps", "--ignore-requires-python", "--only-binary", ":all:", "--python-version", "3.11", "--implementation", "cp", "--abi", "cp311", "--abi", "abi3", "--abi", "none", "--platform", "manylinux2014_x86_64", "--platform", "manylinux_2_17_x86_64", "--platform", "any", "-d", directory];
  const run = spawnSync("python3", [...download, ...subjects.map((each) => each.requirement)], { encoding: "utf8" });
  reachable = run.status === 0;
  if (!reachable && process.env["CI"]) throw new Error(`the index of packages is mandatory where CI is set: ${run.stderr}`);
  if (!reachable) process.stderr.write("real.test.ts: skipped, the index of packages cannot be reached\n");
}, 300_000);

afterAll(() => rmSync(directory, { recursive: true, force: true }));

function unpacked({ requirement, hidden }: Expected): string {
  const [name = "", version = ""] = requirement.split("==");
  const file = readdirSync(directory).find((each) => each.toLowerCase().replaceAll("_", "-").startsWith(`${name.toLowerCase().replaceAll("_", "-")}-${version}-`)) ?? "";
  const root = join(directory, requirement, "site-packages");
  expect(spawnSync("python3", ["-m", "zipfile", "-e", join(directory, file), root]).status, file).toBe(0);
  for (const path of hidden) rmSync(join(root, path));
  return root;
}

describe.each(subjects)("$requirement", (subject) => {
  test("every copy, its version, its state, and nothing besides", () => {
    if (!reachable) return;
    const { copies } = audit(unpacked(subject));
    const at = (path: string, name: string): JsonCopy | undefined => copies.find((copy) => copy.path === path && copy.name === name);
    const shown = ({ name, path, version, versions, state }: Pick<JsonCopy, "name" | "path" | "version" | "versions" | "state">) => ({ name, path, versions: version === null ? versions : [version], state });
    const found = subject.copies.map(({ name, path, state }) => {
      const copy = at(path, name);
      return copy ? { ...shown(copy), state: state === undefined ? "any" : copy.state } : { name, path, versions: [], state: "not found" };
    });
    const wanted = subject.copies.map(({ name, path, version, versions, state }) => ({ name, path, versions: [...(versions ?? [version ?? ""])].sort(compareVersions), state: state ?? "any" }));
    expect(found).toEqual(wanted);
    expect(copies.filter((copy) => !subject.copies.some((each) => each.path === copy.path && each.name === copy.name)).map(shown)).toEqual([]);
  }, 120_000);
});
