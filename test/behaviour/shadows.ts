/**
 * Ways in which a program uses the name of the namespace's root (`host`), or of the library, for something of its own:
 * simple statements. A rewritten import must not disturb any of them.
 */
import type { Draft, Form } from "./draft.ts";
import { value } from "./scope.ts";

/** The name that is used for something else; most often the root's. */
export function shadowName(draft: Draft): string {
  const name = draft.chance.odds(0.8) ? draft.own() : draft.chance.pick(["alib", "blib", "core", "leaf"]);
  return draft.mayBind(name) ? name : draft.fresh("v");
}

/** A form that binds a name to a plain value. */
function binding(name: string, weight: number, text: (name: string, draft: Draft) => string, when?: (draft: Draft) => boolean): Form<string> {
  return {
    name, weight, ...(when ? { when } : {}),
    write: (draft) => {
      const bound = shadowName(draft);
      const written = text(bound, draft);
      draft.scope.bind(bound, value);
      return written;
    },
  };
}

/** A form that mentions a name without binding it in the scope. */
function mention(name: string, weight: number, text: (name: string, draft: Draft) => string): Form<string> {
  return { name, weight, write: (draft) => text(draft.chance.odds(0.85) ? draft.own() : "alib", draft) };
}

function remove(draft: Draft): string {
  const name = draft.chance.pick([...draft.scope.names.keys()]);
  draft.scope.unbind(name);
  return `del ${name}`;
}

const multiplied = ({ scope }: Draft): string | undefined => ["host", "lodge"].find((name) => scope.names.get(name) === value);

function annotated(draft: Draft): string {
  const name = shadowName(draft);
  if (draft.scope.declared.has(name)) return `${name} = 5`;
  draft.scope.bind(name, value);
  return `${name}: int = 5`;
}

function onlyAnnotated(draft: Draft): string {
  const name = shadowName(draft);
  const { scope } = draft;
  if (scope.declared.has(name) || scope.locals.has(name)) return "pass";
  // In a function this makes the name a local that has no value yet.
  if (scope.kind === "function") scope.locals.add(name);
  return `${name}: int`;
}

/** Forms of one simple statement. */
export const shadowForms: readonly Form<string>[] = [
  binding("x = value", 5, (name) => `${name} = 5`),
  { name: "x: int = value", weight: 1, write: annotated },
  { name: "x: int", weight: 0.5, write: onlyAnnotated },
  binding("walrus", 2, (name, draft) => draft.point(`(${name} := 7)`)),
  binding("walrus in a comprehension", 1, (name) => `[${name} := q for q in range(3)]`, ({ scope }) => scope.kind !== "class"),
  binding("tuple target", 1, (name) => `${name}, other = 1, 2`),
  binding("starred target", 1, (name) => `first, *${name} = 1, 2, 3`),
  { name: "x *= value", weight: 1, when: (draft) => multiplied(draft) !== undefined, write: (draft) => `${multiplied(draft)} *= 2` },
  { name: "del x", weight: 1.5, when: ({ scope }) => scope.names.size > 0, write: remove },
  mention("attribute", 1, (name, draft) => draft.point(`Box(${name}=3).${name}`)),
  mention("keyword argument", 1, (name, draft) => draft.point(`dict(${name}=3)`)),
  mention("comprehension variable", 2, (name, draft) => draft.point(draft.chance.pick([
    `[${name} for ${name} in range(3)]`, `{${name}: 1 for ${name} in "ab"}`, `sorted({${name} for ${name} in range(3)})`,
    `list(${name} + q for ${name} in range(2) for q in range(2) if ${name})`, `[[${name} for ${name} in q] for q in ("ab", "c")]`,
  ]))),
  mention("lambda parameter", 1, (name, draft) => draft.point(draft.chance.pick([
    `(lambda ${name}: ${name} + 1)(2)`, `(lambda *${name}: ${name})(2)`, `(lambda q, ${name}=3: ${name} + q)(2)`,
  ]))),
  mention("read, bound or not", 1.5, (name, draft) => draft.point(`lambda: ${name}`)),
  mention("string", 0.7, (name, draft) => draft.point(`"import ${name}.core", 'see ${name}'`)),
];

/** Reading the root's name, where it has a value. */
export const readForms: readonly Form<string>[] = [
  { name: "read x", weight: 1, write: (draft) => draft.point(reading(draft)) },
  { name: "read x in an f-string", weight: 1, write: (draft) => draft.point(`f"{${reading(draft)}!r:>5} host"`) },
  { name: "read x in a lambda", weight: 1, write: (draft) => draft.point(`(lambda: ${reading(draft)})`) },
  { name: "read x =", weight: 0.5, write: (draft) => draft.point(`f"{${reading(draft)}=}"`) },
];

function reading(draft: Draft): string {
  const name = draft.ownVisible() ?? draft.own();
  draft.scope.read(name);
  return name;
}
