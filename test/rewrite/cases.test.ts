import { describe, expect, test } from "vitest";
import { findingsOf, readCases, run } from "../case.ts";

const cases = readCases("fixtures/rewrite/**/*.md");

describe("specification cases", () => {
  test("there are many", () => expect(cases.length).toBeGreaterThan(100));

  test.each(cases.map((each) => [each.name, each] as const))("%s", (_, each) => {
    const relocated = run(each);
    expect(relocated.content.toString("latin1")).toBe(each.after.toString("latin1"));
    expect(findingsOf(each, relocated)).toEqual(each.findings);
    if (each.after.equals(each.before)) expect(relocated.content).toBe(each.before);
  });
});
