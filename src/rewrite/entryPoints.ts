/** `setup(entry_points={"console_scripts": ["name = a.b:c"]})`: the object behind the name follows; also in one text as an entry_points.txt has it. */
import { type Decision, type Edit, type Site, nothing } from "../model/edit.ts";
import type { Context } from "./context.ts";

const declaration = /(^|\n)([ \t]*[^\s=:[\]#;][^\n=]*?[ \t]*=[ \t]*)([^\W\d][\w.]*)(?:[ \t]*:[ \t]*[\w.]+)?[ \t]*(?:\[[^\]\n]*\])?[ \t]*(?=\n|$)/g;

/** Only in files that call `setup`, and speak of entry points and of a relocated name. */
export function rewriteEntryPoints({ facts, options, source }: Context): Decision {
  if (!source.includes("entry_points") || !source.includes("setup(") || !options.relocations.relocations.some(({ from }) => source.includes(from, 0, "latin1"))) return nothing;
  const edits: Edit[] = [];
  const sites: Site[] = [];
  for (const expression of facts.program().expressions) {
    if (expression.kind !== "string" || expression.statement || expression.bytes) continue;
    for (const part of expression.parts) {
      if (part.kind !== "text" || !part.plain) continue;
      for (const match of part.text.matchAll(declaration)) {
        const [, before = "", assigned = "", name = ""] = match;
        const relocation = options.relocations.covering(name);
        if (!relocation || relocation.absent || !(options.inventory.isModule(name) || match[0].includes(":"))) continue;
        const start = part.span.start + match.index + before.length + assigned.length;
        edits.push({ start, end: start + relocation.from.length, text: relocation.to, rule: "entry-point" });
        sites.push({ start, end: start + name.length, name, tier: "proven", rule: "entry-point", outcome: "rewritten", why: "the object of an entry point" });
      }
    }
  }
  return edits.length > 0 ? { edits, sites, findings: [] } : nothing;
}
