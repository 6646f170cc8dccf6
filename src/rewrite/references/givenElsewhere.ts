/** A word that a function of another module may take for a module: `is_available("jinja2")`. Whether it does, only a parse tells; where it may, a look at texts does. */
import type { WantedString } from "../../model/facts.ts";
import { join, topLevel } from "../../model/name.ts";
import type { Context } from "../context.ts";
import { absolute } from "./names.ts";
import { mayBeMoved } from "./constants.ts";
import { seenWords, wordsThere } from "./interests.ts";
import { mayHandOn } from "./takers.ts";

/** Where a parse is needed for it: the calls, and the strings; empty in nearly every file. */
export function givenElsewhere(strings: readonly WantedString[], context: Context): number[] {
  // What is given to a call concerns that call: a word, and what exists too, which the function may take for something else.
  const given = strings.filter((string) => isFirstArgument(string, context));
  const open = strings.filter((string) => !given.includes(string) && !isCompared(string, context) && isOpen(string, context));
  if (open.length === 0 && given.length === 0) return [];
  const imported = importedNames(context);
  if (imported.size === 0) return [];
  const { inventory, catalogue } = context.options;
  const calls = open.length === 0 ? given.flatMap((string) => calleeBefore(string, context)) : callsOf([...imported.keys()], context);
  const offsets = calls.filter(({ local, attributes }) => {
    const names = (imported.get(local) ?? []).map((name) => name + attributes);
    // What the catalogue has is known without a look, by its own word.
    return names.some((name) => !inventory.origins(name).some((origin) => catalogue.rows.has(origin) && lastOf(origin) === lastOf(name)) && mayHandOn(name, context));
  }).map(({ offset }) => offset);
  return offsets.length === 0 ? [] : [...offsets, ...[...open, ...given].map(({ start }) => start)];
}

function lastOf(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1);
}

interface NamedCall {
  /** The first name of the callee, and the rest with its dots. */
  readonly local: string;
  readonly attributes: string;
  readonly offset: number;
}

function callsOf(names: readonly string[], { source }: Context): NamedCall[] {
  const word = new RegExp(`(?<![\\w.])(${names.join("|")})((?:\\.[A-Za-z_]\\w*)*)[ \\t]*\\(`, "g");
  return [...source.toString("latin1").matchAll(word)].map(({ 1: local = "", 2: attributes = "", index }) => ({ local, attributes, offset: index }));
}

/** The call of which a string is the first argument. */
function calleeBefore({ start }: WantedString, { source }: Context): NamedCall[] {
  const from = Math.max(0, start - 200);
  const found = /(?<![\w.])([A-Za-z_]\w*)((?:\.[A-Za-z_]\w*)*)[ \t]*\(\s*$/.exec(source.toString("latin1", from, start));
  return found ? [{ local: found[1] ?? "", attributes: found[2] ?? "", offset: from + found.index }] : [];
}

/** `find_spec(BACKEND)`, `sys.modules[names.BACKEND]`: the name may stand in another module, and nothing in this file look like one. */
export function givenConstants(context: Context): number[] {
  const { source } = context;
  const seen = seenWords(context);
  if (seen.length === 0) return [];
  let imported: Map<string, readonly string[]> | undefined;
  let relevant: ReadonlySet<number> | undefined;
  return seen.flatMap(({ offset }) => {
    const given = /^\w+[ \t]*[([][ \t]*[fF]?["']?(?:(?:import|from)[ \t]+(?:%s)?(?:["'][ \t]*[+%][ \t]*\(?)?)?\{?((?:[A-Za-z_]\w*\.)*)([A-Z][A-Z0-9_]*)\b/.exec(source.toString("latin1", offset, offset + 160));
    if (!given) return [];
    const [local = "", ...attributes] = `${given[1]}${given[2]}`.split(".");
    relevant ??= new Set(wordsThere(context).calls);
    if (!relevant.has(offset)) return [];
    imported ??= importedNames(context);
    return (imported.get(local) ?? []).some((name) => mayBeMoved(join(name, ...attributes), context)) ? [offset] : [];
  });
}

/** By itself the string does not say enough: a single word, or a path that does not exist. */
function isOpen({ opening, end }: WantedString, { source, options }: Context): boolean {
  const text = source.toString("latin1", opening, end).replace(/^["']+|["']+$/g, "");
  const name = /^[\w.]+/.exec(text)?.[0] ?? "";
  if (options.relocations.covering(name) === undefined || !/^(?:$|[:%{])/.test(text.slice(name.length))) return false;
  return !name.includes(".") || name.endsWith(".") || name !== text || options.verified === "report" || !options.inventory.has(name);
}

function isFirstArgument({ start }: WantedString, { source }: Context): boolean {
  return /\w\(\s*$/.test(source.toString("latin1", Math.max(0, start - 80), start));
}

/** `domain == "a"`, `domain in ("a", "b")`: nobody is given it. */
function isCompared({ start, end }: WantedString, { source }: Context): boolean {
  return /(?:[!=]=|\bin)\s*(?:[([{](?:\s*["'][\w.]*["']\s*,)*\s*)?$/.test(source.toString("latin1", Math.max(0, start - 120), start)) || /^[ \t]*[!=]=/.test(source.toString("latin1", end, end + 8));
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
