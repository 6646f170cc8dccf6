/**
 * Does a rewritten program do what it did before?
 * ENISLE_FUZZ: how many programs · ENISLE_FUZZ_SEED: which · ENISLE_FUZZ_FEATURES=1: print what they exercise.
 */
import { describe, expect, test } from "vitest";
import { difference } from "./compare.ts";
import { tabulate } from "./features.ts";
import { generate } from "./generate.ts";
import { pythonMinor, runBoth } from "./project.ts";
import { shrink } from "./shrink.ts";

const count = Number(process.env["ENISLE_FUZZ"] ?? 150);
const seed = Number(process.env["ENISLE_FUZZ_SEED"] ?? 1);
const python = pythonMinor();
/** So many differing programs are made smaller and printed whole. */
const shown = 3;

describe.skipIf(python === undefined)("behaviour", () => {
  const programs = Array.from({ length: count }, (_, number) => generate(seed, number, python ?? 8));

  test("a seed and a number name one program", () => {
    expect(generate(seed, 3, 11).source).toBe(generate(seed, 3, 11).source);
    expect(generate(seed, 3, 11).source).not.toBe(generate(seed + 1, 3, 11).source);
  });

  test(`${count} programs of seed ${seed} behave as before`, { timeout: 120_000 + count * 500 }, () => {
    if (process.env["ENISLE_FUZZ_FEATURES"]) console.log(tabulate(programs));
    const { before, after, rewritten, report } = runBoth(programs);

    const invalid = programs.filter(({ name }) => before[name]?.trace.some(([sort, , , [words]]) => sort === "ended" && words?.startsWith("SyntaxError")));
    expect(invalid.map(({ source }) => source), "the generator writes valid programs").toEqual([]);

    const differing = programs.flatMap((program) => {
      const [was, is] = [before[program.name], after[program.name]];
      const found = was && is ? difference(was, is) : "one of the two runs is missing";
      return found === undefined ? [] : [{ program, found }];
    });
    const told = differing.slice(0, shown).map(({ program, found }) => {
      const small = shrink(program);
      const again = runBoth([small]);
      return [
        `--- ${program.name} (seed ${seed}), made smaller\n${small.source}`,
        `--- rewritten\n${again.rewritten.get(small.name)}`,
        `--- trace before\n${JSON.stringify(again.before[small.name]?.trace)}\n--- trace after\n${JSON.stringify(again.after[small.name]?.trace)}`,
        `--- whole program\n${program.source}\n--- rewritten\n${rewritten.get(program.name)}\n${found}\n${again.report}`,
      ].join("\n");
    });
    if (told.length > 0) console.error(told.join("\n\n"), `\n${report.slice(-2000)}`);
    expect(differing.map(({ program }) => program.name), "programs that behave differently").toEqual([]);
  });
});
