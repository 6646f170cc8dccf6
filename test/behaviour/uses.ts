/** Uses of the names that imports bind, as simple statements. */
import type { Draft, Form } from "./draft.ts";
import { readForms } from "./shadows.ts";
import { value } from "./scope.ts";

/** In a class body a nested expression scope does not see the class's own names. */
const notInClass = ({ scope }: Draft): boolean => scope.kind !== "class";

function pointAt(name: string, weight: number, around: (expression: string) => string, when?: (draft: Draft) => boolean): Form<string> {
  return { name, weight, ...(when ? { when } : {}), write: (draft) => draft.point(around(draft.expression())) };
}

function assign(draft: Draft): string {
  const expression = draft.expression();
  const name = draft.fresh("v");
  draft.scope.bind(name, value);
  return `${name} = ${expression}`;
}

/** Forms of one simple statement. */
export const useForms: readonly Form<string>[] = [
  pointAt("use", 5, (expression) => expression),
  pointAt("use in a lambda that runs", 2, (expression) => `lambda: ${expression}`),
  pointAt("use in a list comprehension", 1, (expression) => `[${expression} for q in range(2)]`, notInClass),
  pointAt("use in a generator", 1, (expression) => `list(${expression} for q in "ab" if q)`, notInClass),
  pointAt("use in a dict comprehension", 0.5, (expression) => `{q: ${expression} for q in range(1)}`, notInClass),
  pointAt("use in an f-string", 1, (expression) => `f"{${expression}}"`),
  pointAt("use in a condition", 0.5, (expression) => `1 if ${expression} else 0`),
  pointAt("use as a lambda's default", 0.5, (expression) => `(lambda q=${expression}: q)()`),
  pointAt("use in a nested lambda", 0.5, (expression) => `lambda: (lambda: [${expression} for q in "a"])()`),
  { name: "use, assigned", weight: 1, write: assign },
  { name: "use, asserted", weight: 0.5, write: (draft) => `assert [${draft.expression()}]` },
  {
    name: "read x here", weight: 2, when: (draft) => draft.ownVisible() !== undefined,
    write: (draft) => draft.choose(readForms),
  },
];
