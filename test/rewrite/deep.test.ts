/** Expressions that are nested so deeply that whoever walks them runs out of stack: a finding, on every thread the same, and no crash. */
import { describe, expect, test } from "vitest";
import { type Case, run } from "../case.ts";

const given: Omit<Case, "before" | "after"> = { name: "", relocations: [{ from: "alib", to: "acme._vendor.alib" }], path: undefined, siblings: [], target: [3, 9], holds: [], attributes: [], groups: [], files: [], beside: new Map(), versions: new Map(), findings: [] };
const head = "import alib\nimport importlib\nimportlib.import_module(name)\n";

describe("deep nesting", () => {
  test.each([
    ["operands in a row", `x = ${"'alib.a' + ".repeat(3000)}''\n`],
    ["negations", `x = ${"not ".repeat(8000)}y\n`],
    ["conditional expressions", `x = ${"1 if y else ".repeat(4000)}2\n`],
  ])("%s: imports are rewritten, and a finding says that nothing else was", (_, text) => {
    const before = Buffer.from(head + text);
    const { content, decision } = run({ ...given, before, after: before });
    expect(content.toString("latin1").startsWith("from acme._vendor import alib\n")).toBe(true);
    expect(decision.findings).toMatchObject([{ code: "opaque-name", message: expect.stringContaining("nested too deeply") as string }]);
  });

  test("brackets, which no Python takes: the file stays", () => {
    const before = Buffer.from(`${head}x = ${"(".repeat(6000)}1${")".repeat(6000)}\n`);
    const { content, decision } = run({ ...given, before, after: before });
    expect(content).toBe(before);
    expect(decision.findings).toMatchObject([{ code: "syntax-error", message: expect.stringContaining("nested too deeply") as string }]);
  });
});
