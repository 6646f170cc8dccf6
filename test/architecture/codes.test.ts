import { readFileSync } from "node:fs";
import fastGlob from "fast-glob";
import { expect, test } from "vitest";
import { codes } from "../../src/diagnostics/codes.ts";

test("the README's table of findings is the catalogue, and the catalogue is sorted", () => {
  const rows = [...readFileSync("README.md", "utf8").matchAll(/^\| `([\w-]+)` \| (error|warning|note) \|/gm)].map((match) => [match[1], match[2]]);
  expect(rows).toEqual(Object.entries(codes).map(([code, { severity }]) => [code, severity]));
  expect(Object.keys(codes)).toEqual(Object.keys(codes).sort());
});

test("every code is made somewhere", () => {
  const source = fastGlob.sync("src/**/*.ts").filter((file) => !file.includes("diagnostics/")).map((file) => readFileSync(file, "utf8")).join("\n");
  for (const code of Object.keys(codes)) expect(source, code).toContain(`"${code}"`);
});
