/**
 * Rows of a table of modules: `{"fast": ("a.codecs.fast", "Fast"), "slow": ("a.codecs.slow", "Slow")}`. One of them may be a module that this release does not have,
 * or not for this system; it is looked for all the same, and in the namespace, not outside.
 */
import type { WantedString } from "../../model/facts.ts";
import { type DottedName, parent, topLevel } from "../../model/name.ts";
import type { Expression, StringExpression } from "../../model/program.ts";
import type { Context, Inventory } from "../context.ts";

/** True where `name` does not exist, its package does, and the strings in its place of the table's other rows are modules of that library. */
export function isRowOfModules(name: DottedName, literal: StringExpression, { options: { inventory } }: Context): boolean {
  if (!mayBeMissing(name, inventory)) return false;
  const others = inItsPlace(literal).flatMap((each) => (each.kind === "string" && each !== literal ? [plainText(each)] : [])).filter((text) => topLevel(text) === topLevel(name) && text.includes("."));
  const modules = others.filter((text) => inventory.isModule(text)).length;
  // Two in a row are no table; and what has words of another kind in it names something else.
  return modules >= 2 && others.every((text) => inventory.isModule(text) || !inventory.has(text)) && modules > others.length - modules;
}

function mayBeMissing(name: DottedName, inventory: Inventory): boolean {
  return /^\w+(?:\.\w+)+$/.test(name) && inventory.isPackage(parent(name)) && !inventory.isModule(name) && !inventory.has(name);
}

/** Whether a table may be worth a parse for this string. */
export function mayBeRow({ start, opening, end, format }: WantedString, { source, options: { inventory } }: Context): boolean {
  if (format || !/^\s*[,\])}]/.test(source.toString("latin1", end, end + 20)) || /[\w)\]]\(\s*$/.test(source.toString("latin1", Math.max(0, start - 20), start))) return false;
  return mayBeMissing(source.toString("latin1", opening, end).replace(/^["']+|["']+$/g, ""), inventory);
}

/** The strings of a list, a mapping's values, or what stands in the same place of its rows. */
function inItsPlace(literal: Expression): readonly Expression[] {
  const row = literal.parent;
  if (row?.kind === "mapping") return row.entries.some(({ value }) => value === literal) ? row.entries.map(({ value }) => value) : [];
  if (row?.kind !== "sequence") return [];
  const place = row.items.indexOf(literal);
  const table = row.parent;
  const rows = table?.kind === "sequence" ? table.items : table?.kind === "mapping" ? table.entries.map(({ value }) => value) : [];
  return [...row.items, ...rows.flatMap((each) => (each.kind === "sequence" && each !== row && each.items[place] ? [each.items[place]] : []))];
}

function plainText({ parts }: StringExpression): string {
  return parts.map((part) => (part.kind === "text" ? part.text : "{")).join("");
}
