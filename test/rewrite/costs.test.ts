/** What a value may be is not followed for ever, and that it was not is said. */
import { expect, test } from "vitest";
import { type Case, findingsOf, run } from "../case.ts";

const given: Omit<Case, "before" | "after"> = { name: "", relocations: [{ from: "alib", to: "acme._vendor.alib" }], path: "alib/a.py", siblings: [], target: [3, 9], holds: ["alib"], attributes: [], groups: [], files: [], beside: new Map(), versions: new Map(), findings: [] };

test.each(["X = X + '.a'", "X = X + Y", "X = '%s.a' % X", "X = X.format(X)", "X = X or X + '.a'", "X = f'{X}.{X}'"])("a name that is made of itself: %s", (line) => {
  const started = performance.now();
  const before = Buffer.from(`from importlib import import_module\nX = 'alib'\nY = '.y'\n${`${line}\n`.repeat(2000)}import_module(X)\n`);
  const relocated = run({ ...given, before, after: before });
  // It took minutes, and memory without end.
  expect(performance.now() - started).toBeLessThan(10_000);
  expect(findingsOf({ ...given, before, after: before }, relocated)).toEqual(["opaque-name line 2004"]);
});
