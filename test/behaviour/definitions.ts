/** Functions and classes: the scopes in which a binding too many does harm. */
import type { Draft, Form } from "./draft.ts";
import { value } from "./scope.ts";

/** Names that functions declare `global` or `nonlocal`, and that parameters hide. */
const contested = (draft: Draft): readonly string[] => [draft.own(), draft.own(), "alib", "blib", "core"];

interface Parameters {
  readonly text: string;
  /** What a call passes. */
  readonly passed: readonly string[];
  readonly names: readonly string[];
}

function parameters(draft: Draft): Parameters {
  if (draft.chance.odds(0.55)) return { text: "", passed: [], names: [] };
  const name = draft.chance.pick(contested(draft));
  const kind = draft.chance.pick(["plain", "default", "star", "keyword", "only"]);
  if (kind === "default") return { text: `${name}=${draft.expression()}`, passed: [], names: [name] };
  if (kind === "star") return { text: `*${name}`, passed: ["1", "2"], names: [name] };
  if (kind === "keyword") return { text: `**${name}`, passed: [`${name}=1`], names: [name] };
  if (kind === "only") return { text: `a, *, ${name}`, passed: ["1", `${name}=2`], names: ["a", name] };
  return { text: draft.chance.odds(0.3) ? `${name}: "alib.core.Thing"` : name, passed: ["3"], names: [name] };
}

/** Write `global` and `nonlocal` lines; they have to come before any use of the name. */
function declare(draft: Draft, taken: readonly string[]): void {
  if (!draft.chance.odds(0.35)) return;
  const captured = draft.scope.parent?.captured().filter((name) => !taken.includes(name)) ?? [];
  if (captured.length > 0 && draft.chance.odds(0.6)) {
    const own = draft.chance.odds(0.5) ? captured.find((each) => each === "host" || each === "lodge") : undefined;
    const name = own ?? draft.chance.pick(captured);
    draft.scope.declared.set(name, "nonlocal");
    draft.choose([{ name: "nonlocal", weight: 1, write: () => draft.line(`nonlocal ${name}`) }]);
    return;
  }
  const names = [...new Set([draft.chance.pick(contested(draft)), draft.chance.pick(contested(draft))])].filter((name) => !taken.includes(name));
  if (names.length === 0) return;
  for (const name of names) draft.scope.declared.set(name, "global");
  draft.choose([{ name: "global", weight: 1, write: () => draft.line(`global ${names.join(", ")}`) }]);
}

function define(draft: Draft, body: () => void, keyword = "def", last = "return"): void {
  const name = nameOf(draft, "f");
  const decorator = draft.chance.odds(0.12) ? draft.spell("alib.core", "mark") : undefined;
  const { text, passed, names } = parameters(draft);
  if (decorator !== undefined) draft.line(`@${decorator}`);
  draft.block(`${keyword} ${name}(${text}):`, () => draft.inside("function", () => {
    declare(draft, names);
    for (const each of names) draft.scope.bind(each, value);
    body();
    draft.line(draft.point());
    draft.line(`${last} ${draft.expression()}`);
  }));
  draft.scope.bind(name, { kind: "member", use: "$.__name__" });
  if (draft.chance.odds(0.92)) draft.line(`attempt(${[draft.number(), name, ...passed].join(", ")})`);
  if (text.includes('"')) draft.line(draft.point("lambda: __import__('typing').get_type_hints(" + name + ")"));
}

function defineClass(draft: Draft, body: () => void): void {
  const name = nameOf(draft, "C");
  const base = draft.chance.odds(0.3) ? draft.spell("alib.core", "Thing") : undefined;
  draft.block(`class ${name}${base === undefined ? "" : `(${base})`}:`, () => draft.inside("class", () => {
    declare(draft, []);
    body();
    draft.line(draft.point());
  }));
  draft.scope.bind(name, { kind: "member", use: "$.__name__" });
  draft.line(draft.point(`[key for key in sorted(vars(${name})) if key[0] != "_"]`));
}

/**
 * Forms that open a new scope.
 * @param body writes the statements of a scope
 */
export function definitionForms(body: (draft: Draft) => void): readonly Form<void>[] {
  const shallow = ({ depth }: Draft): boolean => depth < 4;
  return [
    { name: "def", weight: 6, when: shallow, write: (draft) => define(draft, () => body(draft)) },
    { name: "def, generator", weight: 1, when: shallow, write: (draft) => define(draft, () => body(draft), "def", "yield") },
    { name: "async def", weight: 1, when: shallow, write: (draft) => define(draft, () => asynchronous(draft, body), "async def") },
    { name: "class", weight: 4, when: shallow, write: (draft) => defineClass(draft, () => body(draft)) },
  ];
}

function asynchronous(draft: Draft, body: (draft: Draft) => void): void {
  const own = draft.own();
  if (draft.chance.odds(0.5) || !draft.mayBind(own)) {
    body(draft);
    return;
  }
  draft.scope.bind(own, value);
  draft.block(`async with Box() as ${own}:`, () => body(draft));
}

/** A fresh name; now and then the contested one. */
function nameOf(draft: Draft, prefix: string): string {
  const own = draft.own();
  return draft.chance.odds(0.07) && draft.mayBind(own) ? own : draft.fresh(prefix);
}
