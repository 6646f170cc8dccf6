/** Compound statements that open no scope: branches, loops, handlers, captures. */
import type { Draft, Form } from "./draft.ts";
import { shadowName } from "./shadows.ts";
import { value } from "./scope.ts";

type Body = (draft: Draft) => void;

/** A header that binds a name to a plain value, and a body under it. */
function target(name: string, weight: number, body: Body, header: (name: string, draft: Draft) => string, unbinds = false): Form<void> {
  return {
    name, weight,
    write: (draft) => {
      const bound = shadowName(draft);
      const text = header(bound, draft);
      const lines = text.split("\n");
      for (const line of lines.slice(0, -1)) draft.line(line);
      draft.scope.bind(bound, value);
      draft.block(lines[lines.length - 1] ?? text, () => {
        draft.line(draft.point());
        body(draft);
      });
      // `except … as x` deletes x at its end.
      if (unbinds) draft.scope.unbind(bound);
      draft.line(draft.point());
    },
  };
}

function branches(draft: Draft, body: Body): void {
  draft.block(draft.chance.pick(["if 1:", "if len('ab') == 2:"]), () => body(draft));
  if (draft.chance.odds(0.4)) draft.block("elif 0:", () => draft.dead(() => body(draft)));
  if (draft.chance.odds(0.5)) draft.block("else:", () => draft.dead(() => body(draft)));
}

function guarded(draft: Draft, body: Body): void {
  draft.block("try:", () => body(draft));
  draft.block("except ImportError:", () => draft.dead(() => body(draft)));
  if (draft.chance.odds(0.4)) draft.block("else:", () => body(draft));
  if (draft.chance.odds(0.4)) draft.block("finally:", () => body(draft));
}

function typeChecking(draft: Draft, body: Body): void {
  draft.line("from typing import TYPE_CHECKING");
  draft.scope.bind("TYPE_CHECKING", value);
  draft.block("if TYPE_CHECKING:", () => draft.dead(() => body(draft)));
}

function libraryError(draft: Draft, body: Body): void {
  const error = draft.spell("alib.core", "AlibError") ?? "KeyError";
  draft.block("try:", () => draft.line(`raise ${error}(1)`));
  const bound = shadowName(draft);
  draft.scope.bind(bound, value);
  draft.block(`except ${error} as ${bound}:`, () => body(draft));
  draft.scope.unbind(bound);
}

function match(draft: Draft, body: Body): void {
  const name = shadowName(draft);
  const thing = draft.spell("alib.core", "Thing");
  const limit = draft.spell("alib.core", "LIMIT");
  const [subject, pattern] = draft.chance.pick([
    ["{'k': 3, 'l': 4}", `{'k': ${name}}`], ["{'k': 3, 'l': 4}", `{'k': 3, **${name}}`], ["(1, 2, 3)", `(1, *${name})`], ["5", name],
    ["2", `(1 | 2) as ${name}`], ["Box(size=2)", `Box(size=${name})`],
    ...(thing === undefined ? [] : [[`${thing}(4)`, `${thing}(size=${name})`] as const]),
    ...(limit === undefined ? [] : [["10", limit] as const]),
  ] as const);
  draft.block(`match ${subject}:`, () => {
    if (pattern !== limit) draft.scope.bind(name, value);
    draft.block(`case ${pattern}:`, () => {
      draft.line(draft.point());
      body(draft);
    });
  });
}

function typeParameters(draft: Draft): void {
  const [name, own] = [draft.fresh("f"), draft.own()];
  draft.line(draft.chance.pick([
    `def ${name}[${own}](a: ${own} = 1) -> ${own}: import alib.core; return alib.core.LIMIT, a`,
    `class ${name}[${own}]: import alib.core`, `type ${name} = ${own}`,
  ]));
  draft.line(draft.point(`${name}.__name__`));
}

/** @param body writes statements in the current scope */
export function compoundForms(body: Body): readonly Form<void>[] {
  return [
    { name: "if", weight: 3, write: (draft) => branches(draft, body) },
    { name: "try", weight: 3, write: (draft) => guarded(draft, body) },
    { name: "if TYPE_CHECKING", weight: 0.7, write: (draft) => typeChecking(draft, body) },
    { name: "while", weight: 0.7, write: (draft) => draft.block(`while again(${draft.number()}):`, () => body(draft)) },
    target("for target", 1.5, body, (name) => `for ${name} in (1, 2):`),
    target("for target, starred", 0.7, body, (name) => `for q, *${name} in [(1, 2, 3)]:`),
    target("with target", 1.5, body, (name) => `with holding(3) as ${name}:`),
    target("except as", 1.5, body, (name) => `try:\n    raise KeyError(1)\nexcept KeyError as ${name}:`, true),
    { name: "except of the library's error", weight: 1.5, write: (draft) => libraryError(draft, body) },
    { name: "except*", weight: 0.5, when: ({ python }) => python >= 11, write: (draft) => {
      draft.block("try:", () => draft.line("raise ExceptionGroup('g', [KeyError(1)])"));
      const bound = shadowName(draft);
      draft.block(`except* KeyError as ${bound}:`, () => draft.line(draft.point(`len(${bound}.exceptions)`)));
      draft.scope.owner(bound).locals.add(bound);
      draft.scope.unbind(bound);
    } },
    { name: "match", weight: 2, when: ({ python }) => python >= 10, write: (draft) => match(draft, body) },
    { name: "type parameter", weight: 0.7, when: ({ python }) => python >= 12, write: typeParameters },
  ];
}
