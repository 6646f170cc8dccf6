/** Imports that fail, and what programs do about it. A failed import must bind and load exactly what it did before. */
import type { Draft, Form } from "./draft.ts";
import { value } from "./scope.ts";

/** A statement that fails, and the names that it makes local to a function all the same. */
const absent: readonly (readonly [string, ...string[]])[] = [
  ["import alib.missing", "alib"], ["import alib.missing.deeper", "alib"], ["import alib.core.leaf", "alib"], ["import alib.broken", "alib"],
  ["from alib.core import missing", "missing"], ["from alib.missing import x", "x"], ["from alib.deep import nothing", "nothing"],
  ["import alib.fast as core", "core"], ["from alib import missing as host", "host"], ["import alib_missing", "alib_missing"],
  ["import alib.deep.leaf.nothing as leaf", "leaf"], ["import os, alib.missing, blib", "os", "alib", "blib"],
  ["import blib.core, alib.missing as lib", "blib", "lib"],
];

function failing(draft: Draft): string {
  const possible = absent.filter(([, ...names]) => names.every((name) => draft.mayBind(name) && (name !== "host" || draft.heat > 0)));
  const [statement, ...names] = draft.chance.pick(possible);
  for (const name of names) draft.scope.owner(name).locals.add(name);
  return statement;
}

function fallback(draft: Draft): void {
  const name = draft.chance.pick(["alib", "blib", "core", draft.own()].filter((each) => draft.mayBind(each)).concat(draft.fresh("x")));
  draft.block("try:", () => draft.line(`import alib.fast as ${name}`));
  const rescue = draft.chance.pick([`import alib.slow as ${name}`, `from alib import slow as ${name}`, `${name} = None`]);
  draft.block("except ImportError:", () => draft.line(rescue));
  draft.scope.bind(name, rescue.endsWith("None") ? value : { kind: "module", path: "alib.slow" });
  draft.load("alib.slow");
}

function refused(draft: Draft): void {
  const statement = failing(draft);
  const guard = statement.includes("broken") ? "RuntimeError" : draft.chance.pick(["ImportError", "ModuleNotFoundError", "Exception"]);
  draft.block("try:", () => draft.line(statement));
  const caught = draft.fresh("e");
  draft.block(draft.chance.odds(0.4) ? `except ${guard} as ${caught}:` : "except Exception:", () => draft.line(draft.point()));
  draft.line(draft.point());
}

function unguarded(draft: Draft): void {
  const name = draft.fresh("f");
  draft.block(`def ${name}():`, () => draft.inside("function", () => draft.line(failing(draft))));
  draft.line(`attempt(${draft.number()}, ${name})`);
}

/** Compound statements around an import that fails. */
export const failingForms: readonly Form<void>[] = [
  { name: "try: import, except: another", weight: 2, write: fallback },
  { name: "try: import of nothing", weight: 2, write: refused },
  { name: "import of nothing, unguarded", weight: 1, write: unguarded },
];
