/** Writes valid Python programs that import the library of `world/` in every statement form, and tell what they see. */
import { chance } from "./prng.ts";
import { compoundForms } from "./compound.ts";
import { definitionForms } from "./definitions.ts";
import { Draft } from "./draft.ts";
import { failingForms } from "./failing.ts";
import { layOut } from "./layout.ts";
import { oneLineForms, simpleStatement } from "./simple.ts";
import type { ScopeKind } from "./scope.ts";

export interface Program {
  /** Its module name: `prog_7`, or `host.prog_7` for a module of the consumer. */
  readonly name: string;
  readonly source: string;
  /** Feature → the kinds of scope in which the program has it. */
  readonly features: ReadonlyMap<string, ReadonlySet<ScopeKind>>;
}

function statement(draft: Draft): void {
  const deep = draft.depth >= 3;
  const sort = draft.chance.weighed([
    { weight: 5, write: simpleLine },
    { weight: 1.5, write: (d: Draft) => d.choose(oneLineForms) },
    { weight: 0.8, write: (d: Draft) => d.choose(failingForms) },
    { weight: deep ? 0.4 : 1.6, write: (d: Draft) => d.choose(compoundForms(body)) },
    { weight: deep ? 0.6 : 2.5, write: (d: Draft) => d.choose([...definitionForms(body), ...(d.depth < 4 ? [] : oneLineForms)]) },
  ]);
  sort.write(draft);
}

function simpleLine(draft: Draft): void {
  const text = simpleStatement(draft);
  draft.line(draft.chance.odds(0.06) && !text.includes("\n") ? `${text}  # import alib.core` : text);
}

function body(draft: Draft): void {
  const count = 1 + draft.chance.below(3);
  for (let at = 0; at < count; at += 1) statement(draft);
}

/**
 * Write a program. The same arguments give the same program, on every machine.
 * @param python the minor version of the Python that will run it: 8 for 3.8
 */
export function generate(seed: number, number: number, python: number): Program {
  const source = chance(Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b));
  const inHost = source.odds(0.3);
  const draft = new Draft(source, python, inHost);
  if (source.odds(0.5)) draft.line('"""Says "import alib.core" in its docstring, and means nothing by it."""');
  if (source.odds(0.2)) draft.line("from __future__ import annotations");
  draft.line("from witness import Box, again, attempt, holding, point");
  const count = 5 + source.below(9);
  for (let at = 0; at < count; at += 1) {
    statement(draft);
    if (source.odds(0.3)) draft.line(draft.point());
  }
  return { name: `${inHost ? "host." : ""}prog_${number}`, source: layOut(draft.lines, source), features: draft.features };
}
