/**
 * `__lazy_modules__ = ["a.b"]` (PEP 810): names of modules that plain import statements load lazily. The interpreter compares the full
 * name of the module that a statement imports, so the relocated names go in, and with `N.a.b` also `N.a`, which the statement that binds `a` imports.
 */
import { type Decision, type Edit, type Site, nothing } from "../model/edit.ts";
import { topLevel } from "../model/name.ts";
import type { Context } from "./context.ts";

const assignment = /^__lazy_modules__[ \t]*(?::[^=\n]*)?=[ \t]*(?:frozenset\(|set\(|tuple\(|list\()?[[({]([^\])}]*)[\])}]/gm;
const used = /^__lazy_modules__\b/m;
const changedLater = /^__lazy_modules__[ \t]*(?:\.|[-+|&]?=(?![ \t]*(?:frozenset\(|set\(|tuple\(|list\()?[[({]))/m;
const element = /(["'])([\w.]+)\1/g;

/** True where the module has such a list: its imports must then name modules in full. */
export function hasLazyModules({ facts }: Context): boolean {
  return facts.namesLazyModules && used.test(facts.lexical.toString("latin1"));
}

export function rewriteLazyModules(context: Context): Decision {
  const { facts, options } = context;
  if (!facts.namesLazyModules) return nothing;
  const text = facts.lexical.toString("latin1");
  const edits: Edit[] = [];
  const sites: Site[] = [];
  let literal = false;
  for (const list of text.matchAll(assignment)) {
    literal = true;
    const body = list[1] ?? "";
    const start = list.index + list[0].indexOf(body, list[0].search(/[[({]/));
    const elements = [...body.matchAll(element)];
    const listed = new Set(elements.map((match) => match[2] ?? ""));
    for (const match of elements) {
      const [whole, quote, name = ""] = match;
      const moved = options.relocations.apply(name);
      if (moved === undefined || isCommented(body, match.index)) continue;
      const top = topLevel(name);
      const target = options.relocations.apply(top);
      const extra = top !== name && target !== undefined && !listed.has(top) ? `, ${quote}${target}${quote}` : "";
      if (extra) listed.add(top);
      const span = { start: start + match.index, end: start + match.index + whole.length };
      edits.push({ ...span, text: `${quote}${moved}${quote}${extra}`, rule: "lazy-modules" });
      sites.push({ ...span, name, tier: "proven", rule: "lazy-modules", outcome: "rewritten", why: "__lazy_modules__ lists full module names (PEP 810)" });
    }
  }
  const opaque = literal ? changedLater.exec(text) : used.exec(text);
  const message = "not all of __lazy_modules__ is a literal list, so its names were not all relocated";
  return { edits, sites, findings: opaque ? [{ code: "lazy-modules-opaque", message, offset: opaque.index }] : [] };
}

function isCommented(body: string, at: number): boolean {
  return body.slice(body.lastIndexOf("\n", at) + 1, at).includes("#");
}
