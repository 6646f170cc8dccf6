/** One simple statement of any sort, and the compound statements that hold one on the same line. */
import type { Draft, Form } from "./draft.ts";
import { importForms } from "./imports.ts";
import { shadowForms, shadowName } from "./shadows.ts";
import { useForms } from "./uses.ts";
import { value } from "./scope.ts";

/** Write one simple statement: `import a.b`, `host = 5`, `point(…)`. */
export function simpleStatement(draft: Draft): string {
  const sort = draft.chance.weighed([
    { forms: importForms, weight: 4 }, { forms: shadowForms, weight: 3 }, { forms: useForms, weight: 3 },
  ]);
  return draft.choose(sort.forms);
}

function oneOrTwo(draft: Draft): string {
  const first = draft.choose(importForms);
  return draft.chance.odds(0.4) ? `${first}; ${simpleStatement(draft)}` : first;
}

function onOneLine(draft: Draft, header: string): void {
  draft.line(`${header} ${oneOrTwo(draft)}`);
}

function separated(draft: Draft): void {
  const statements = Array.from({ length: 2 + draft.chance.below(2) }, () => simpleStatement(draft));
  draft.line(statements.join("; ") + (draft.chance.odds(0.4) ? ";" : ""));
}

function binding(draft: Draft, header: (name: string) => string): void {
  const name = shadowName(draft);
  draft.scope.bind(name, value);
  onOneLine(draft, header(name));
}

function method(draft: Draft): void {
  const name = draft.fresh("f");
  const body = draft.inside("function", () => `${oneOrTwo(draft)}; return ${draft.expression()}`);
  draft.scope.bind(name, { kind: "member", use: "$.__name__" });
  draft.line(`def ${name}(): ${body}`);
  draft.line(`attempt(${draft.number()}, ${name})`);
}

function classBody(draft: Draft): void {
  const name = draft.fresh("C");
  draft.line(draft.inside("class", () => `class ${name}: ${oneOrTwo(draft)}; ${draft.point()}`));
  draft.scope.bind(name, { kind: "member", use: "$.__name__" });
}

/** Compound statements on one line, and statements joined by semicolons. */
export const oneLineForms: readonly Form<void>[] = [
  { name: "a; b;", weight: 4, write: separated },
  { name: "if 1: import", weight: 3, write: (draft) => onOneLine(draft, "if 1:") },
  { name: "if 0: import", weight: 1, write: (draft) => draft.dead(() => onOneLine(draft, "if 0:")) },
  { name: "for x in y: import", weight: 1.5, write: (draft) => binding(draft, (name) => `for ${name} in (1, 2):`) },
  { name: "with y as x: import", weight: 1.5, write: (draft) => binding(draft, (name) => `with holding(1) as ${name}:`) },
  { name: "while x: import", weight: 1, write: (draft) => onOneLine(draft, `while again(${draft.number()}):`) },
  { name: "def f(): import", weight: 2, write: method },
  { name: "class C: import", weight: 2, write: classBody },
  {
    name: "try: import on one line", weight: 2,
    write: (draft) => {
      onOneLine(draft, "try:");
      draft.line("finally: pass");
    },
  },
];
