/**
 * Real source distributions, one for each common build backend, with copies inside: the wheel that pip builds of the result holds what `enisle wheel`
 * makes of the original's wheel. Needs the index; one of them always, two where CI is set, all where ENISLE_SLOW is.
 */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { enisle, join, snapshot, temporary } from "../vendor/project.ts";

const index = spawnSync("python3", ["-m", "pip", "download", "-q", "--no-deps", "-d", "/dev/null/none", "six==1.17.0"], { encoding: "utf8" }).stderr.includes("No matching distribution") === false;
const most = process.env["ENISLE_SLOW"] ? Infinity : process.env["CI"] ? 2 : 1;
const cases: readonly (readonly [backend: string, requirement: string, ...vendor: string[]])[] = [
  ["flit", "flask==3.0.3", "itsdangerous==2.2.0", "blinker==1.8.2"],
  ["setuptools, setup.py", "requests==2.32.3", "idna==3.7", "urllib3==2.2.1"],
  ["hatchling", "httpx==0.27.0", "h11==0.14.0", "httpcore==1.0.5"],
  ["poetry", "rich==13.7.1", "mdurl==0.1.2", "markdown-it-py==3.0.0"],
  ["pdm", "findpython==0.6.1", "packaging==24.0"],
  ["pbr", "oslo.i18n==6.3.0", "packaging==24.0"],
];

function pip(command: string, ...args: string[]): void {
  const { status, stderr } = spawnSync("python3", ["-m", "pip", command, "-q", "--no-deps", ...args], { encoding: "utf8" });
  expect([status, stderr]).toEqual([0, expect.anything()]);
}

function only(directory: string): string {
  return join(directory, readdirSync(directory)[0] ?? "");
}

/** Its files, without what differs by intention: records, the manifest's paths, and where licences lie. */
function contents(wheel: string): { files: Record<string, string>; requires: string[] } {
  const directory = temporary();
  expect(spawnSync("python3", ["-m", "zipfile", "-e", wheel, directory]).status).toBe(0);
  const found = snapshot(directory);
  const metadata = Object.keys(found).find((path) => /^[^/]+\.dist-info\/METADATA$/.test(path)) ?? "";
  const files = Object.fromEntries(Object.entries(found).filter(([path]) => !/\.dist-info\/(RECORD|METADATA|WHEEL|licenses\/vendored\/.*)$|_vendor\/(vendored\.json|[^/]+\.dist-info\/.*(LICENSE|COPYING|NOTICE|AUTHORS)[^/]*)$/.test(path)));
  return { files, requires: [...(found[metadata] ?? "").matchAll(/^Requires-Dist: (.*)$/gm)].map((match) => (match[1] ?? "").replace(/\s/g, "").replaceAll('"', "'")).sort() };
}

describe.skipIf(!index && !process.env["CI"])("real source distributions", () => {
  test.each(cases.slice(0, most))("%s: %s", (_, requirement, ...vendor) => {
    const [sdists, plain, relocated, fromSdist, fromWheel] = [temporary(), temporary(), temporary(), temporary(), temporary()];
    pip("download", "--no-binary", ":all:", "-d", sdists, requirement);
    pip("wheel", "-w", plain, only(sdists));
    const inside = vendor.flatMap((each) => ["--vendor", each]);
    const run = enisle(["wheel", only(sdists), ...inside, "-w", relocated]);
    expect([run.status, run.stderr]).toEqual([0, ""]);
    expect(enisle(["wheel", only(plain), ...inside, "-w", fromWheel]).status).toBe(0);
    pip("wheel", "-w", fromSdist, only(relocated));
    const [a, b] = [contents(only(fromSdist)), contents(only(fromWheel))];
    expect(Object.keys(a.files)).toEqual(Object.keys(b.files));
    expect(a).toEqual(b);
    expect(a.requires.some((line) => vendor.some((each) => line.toLowerCase().startsWith(each.split("==")[0] ?? "")))).toBe(false);
  });
});
