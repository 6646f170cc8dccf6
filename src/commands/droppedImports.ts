/** Imports of modules that were left out of their copy: they fail at run time, so whoever drops them should know before. */
import type { LocalFinding } from "../model/edit.ts";
import { join, isAtOrBelow, parent } from "../model/name.ts";
import type { FilePlace } from "../rewrite/context.ts";
import { type Readers, readFacts } from "../syntax/readFacts.ts";

/** `dropped` are original names. Throws `needsGrammar` when the file needs a parse and there is no grammar. */
export function droppedImports(source: Buffer, place: FilePlace, dropped: readonly string[], readers: Readers): LocalFinding[] {
  const text = source.toString("latin1");
  if (!dropped.some((name) => text.includes(name.slice(name.lastIndexOf(".") + 1)))) return [];
  const result = readFacts(source, readers);
  if (result.kind === "unreadable") return [];
  return result.facts.imports.flatMap((statement): LocalFinding[] => {
    const names = statement.kind === "import" ? statement.names.map((name) => name.written.name) : fromNames(statement, place);
    const missing = names.map((name) => dropped.find((each) => isAtOrBelow(name, each))).find((name) => name !== undefined);
    return missing === undefined ? [] : [{ code: "dropped-module-imported", message: `'${missing}' is imported here and was left out of the copy`, offset: statement.start }];
  });
}

/** What `from x import y` may load: x, and x.y. */
function fromNames({ level, module, names }: { readonly level: number; readonly module: { readonly name: string }; readonly names: readonly { readonly written: { readonly name: string } }[] }, place: FilePlace): string[] {
  let base = module.name.replace(/^\.+/, "");
  if (level > 0) {
    if (place.package === undefined) return [];
    let above = place.package;
    for (let step = 1; step < level; step++) above = parent(above);
    base = join(above, base);
  }
  return [base, ...names.map((name) => join(base, name.written.name))];
}
