/** `import a, b.c as x`: the names that a relocation covers become statements of their own, in place and in order. */
import { type Decision, type Edit, type Site, nothing } from "../model/edit.ts";
import type { ImportStatement, ImportedName } from "../model/facts.ts";
import { type DottedName, topLevel } from "../model/name.ts";
import type { Context } from "./context.ts";
import { type RootName, type Style, bindAlias, bindModule, loadAndBind } from "./forms.ts";
import { replaceSpan } from "./keepLines.ts";

export interface ImportForms {
  readonly style: Style;
  /** See rootName.ts. */
  rootName(statement: ImportStatement, root: string, at: number): RootName;
  /** The text for a name that needs more than its own relocation (partialNamespace.ts); undefined for every other. */
  special(statement: ImportStatement, name: ImportedName): string | undefined;
  /** True when the name means a module of the file's own package (Python 2). */
  isSibling(name: DottedName): boolean;
}

export function rewriteImport(context: Context, statement: ImportStatement, forms: ImportForms): Decision {
  const texts = statement.names.map((name) => forms.special(statement, name) ?? relocatedText(context, statement, name, forms));
  const sites = statement.names.flatMap((name, index) => site(context, name, texts[index]));
  if (texts.every((text) => text === undefined)) return sites.length > 0 ? { ...nothing, sites } : nothing;
  const edits: Edit[] = [];
  statement.names.forEach((name, index) => {
    const [text, before] = [texts[index], texts[index - 1]];
    const previous = statement.names[index - 1];
    const starts = previous === undefined || text !== undefined || before !== undefined;
    if (previous?.comma !== undefined && starts) edits.push({ start: previous.comma, end: previous.comma + 1, text: ";", rule: "import" });
    if (text !== undefined) edits.push(replaceSpan(context.source, { start: previous ? name.start : statement.start, end: name.end }, text, "import"));
    else if (previous && starts) edits.push({ start: name.start, end: name.start, text: `${forms.style.lazy}import `, rule: "import" });
  });
  return { edits, sites, findings: [] };
}

/** The statements for one name, or undefined when no relocation covers it. */
function relocatedText(context: Context, statement: ImportStatement, { written, alias }: ImportedName, forms: ImportForms): string | undefined {
  const { relocations } = context.options;
  const moved = relocations.apply(written.name);
  if (moved === undefined || forms.isSibling(written.name)) return undefined;
  const top = topLevel(written.name);
  // What is not there must fail with ModuleNotFoundError, which `from N import a` does not raise.
  if (relocations.covering(written.name)?.absent && (alias || top === written.name)) return `${forms.style.lazy}import ${moved} as ${alias?.name ?? top}`;
  if (alias) return top === written.name ? bindModule(moved, alias.name, forms.style, true) : bindAlias(moved, alias.name, forms.style);
  const target = relocations.apply(top) ?? relocations.ancestorTarget(top);
  if (target === undefined) throw new Error(`invariant: ${written.name} should have been left to the partial-namespace pass`);
  if (top === written.name) return bindModule(target, top, forms.style);
  return loadAndBind(moved, top, [bindModule(target, top, forms.style)], forms.rootName(statement, topLevel(moved), written.start), forms.style);
}

function site(context: Context, name: ImportedName, text: string | undefined): Site[] {
  const relocation = context.options.relocations.covering(name.written.name);
  if (!relocation && text === undefined) return [];
  const shared = { start: name.start, end: name.end, name: name.written.name, tier: "proven", rule: "import" } as const;
  if (text === undefined) return [{ ...shared, outcome: "left", why: "in Python 2, without absolute_import, this is the module of that name in the same package" }];
  return [{ ...shared, outcome: "rewritten", why: relocation ? `${relocation.from} is relocated to ${relocation.to}` : "it binds a namespace package of which a part is relocated" }];
}

export function isSiblingOf(siblings: ReadonlySet<string>, implicitRelative: boolean): (name: DottedName) => boolean {
  return (name) => implicitRelative && siblings.has(topLevel(name));
}
