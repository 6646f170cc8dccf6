/** What holds for every file whatsoever, tried on all specification cases. */
import { describe, expect, test } from "vitest";
import { undo } from "../../src/rewrite/applyEdits.ts";
import { readFacts } from "../../src/syntax/readFacts.ts";
import { readCases, readers, run } from "../case.ts";

const cases = readCases("fixtures/rewrite/**/*.md").map((each) => [each.name, each] as const);
const lineEnds = (text: string): number => text.split(/\r\n|\r|\n/).length;

describe("laws", () => {
  test.each(cases)("twice equals once: %s", (_, each) => {
    const once = run(each).content;
    expect(run(each, once).content.toString("latin1")).toBe(once.toString("latin1"));
  });

  test.each(cases)("no relocation changes nothing: %s", (_, each) => {
    expect(run(each, each.before, []).content).toBe(each.before);
  });

  test.each(cases)("undo gives the original: %s", (_, each) => {
    const { content, undo: edits } = run(each);
    expect(undo(content.toString("latin1"), edits)).toBe(each.before.toString("latin1"));
  });

  test.each(cases)("no line is added or removed: %s", (_, each) => {
    expect(lineEnds(run(each).content.toString("latin1"))).toBe(lineEnds(each.before.toString("latin1")));
  });

  test.each(cases)("edits are sorted, apart, and all bytes outside them stay: %s", (_, each) => {
    const { content, decision } = run(each);
    const [before, after] = [each.before.toString("latin1"), content.toString("latin1")];
    let [at, shift] = [0, 0];
    for (const edit of decision.edits) {
      expect(edit.start).toBeGreaterThanOrEqual(at);
      expect(after.slice(at + shift, edit.start + shift)).toBe(before.slice(at, edit.start));
      shift += edit.text.length - (edit.end - edit.start);
      at = edit.end;
    }
    expect(after.slice(at + shift)).toBe(before.slice(at));
  });

  test.each(cases)("what is written parses where the original did: %s", (_, each) => {
    if (readFacts(each.before, readers).kind === "unreadable") return;
    expect(readFacts(run(each).content, readers).kind).toBe("facts");
  });
});
