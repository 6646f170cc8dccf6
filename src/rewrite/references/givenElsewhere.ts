/** A word that a function of another module may take for a module: `is_available("jinja2")`. Whether it does, only a parse tells; where it may, a look at texts does. */
import type { WantedString } from "../../model/facts.ts";
import { join, topLevel } from "../../model/name.ts";
import type { Context } from "../context.ts";
import { absolute } from "./names.ts";
import { mayHandOn } from "./takers.ts";

/** Where a parse is needed for it: the calls, and the strings; empty in nearly every file. */
export function givenElsewhere(strings: readonly WantedString[], context: Context): number[] {
  const open = strings.filter((string) => isOpen(string, context));
  if (open.length === 0) return [];
  const imported = importedNames(context);
  if (imported.size === 0) return [];
  const text = context.source.toString("latin1");
  const offsets: number[] = [];
  for (const match of text.matchAll(new RegExp(`(?<![\\w.])(${[...imported.keys()].join("|")})((?:\\.[A-Za-z_]\\w*)*)[ \\t]*\\(`, "g"))) {
    const [, local = "", attributes = ""] = match;
    const names = (imported.get(local) ?? []).map((name) => name + attributes);
    if (names.some((name) => mayHandOn(name, context))) offsets.push(match.index);
  }
  return offsets.length === 0 ? [] : [...offsets, ...open.map(({ start }) => start)];
}

/** By itself the string does not say enough: a single word, or a path that does not exist. */
function isOpen({ opening, end }: WantedString, { source, options }: Context): boolean {
  const text = source.toString("latin1", opening, end).replace(/^["']+|["']+$/g, "");
  const name = /^[\w.]+/.exec(text)?.[0] ?? "";
  if (options.relocations.covering(name) === undefined) return false;
  // What exists is rewritten, unless the function that has it takes it for something else.
  if (/\w\([ \t]*[uU]?$/.test(source.toString("latin1", Math.max(0, opening - 40), opening))) return true;
  return !name.includes(".") || name.endsWith(".") || name !== text || options.verified === "report" || !options.inventory.has(name);
}

/** Local names that come from relocated modules, and what they are in original names. */
function importedNames({ facts, place, options }: Context): Map<string, readonly string[]> {
  const { relocations } = options;
  const names = new Map<string, string[]>();
  const add = (local: string, name: string | undefined): void => {
    if (name !== undefined && relocations.concerns(topLevel(name))) names.set(local, [...(names.get(local) ?? []), name]);
  };
  for (const statement of facts.imports) {
    for (const { alias, written } of statement.names) {
      if (statement.kind === "from") {
        const module = absolute(place.package, statement.level, statement.module.name);
        add(alias?.name ?? written.name, module === undefined ? undefined : relocations.original(join(module, written.name)));
      } else add(alias?.name ?? topLevel(written.name), relocations.original(alias ? written.name : topLevel(written.name)));
    }
  }
  return names;
}
