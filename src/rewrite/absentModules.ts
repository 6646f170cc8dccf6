/** What the project imports from a copy that the copy has not: a plugin that another distribution puts there, or a misspelling. The relocated import fails as the original did, or finds no plugin any more. */
import { type Decision, type LocalFinding, nothing } from "../model/edit.ts";
import type { AnyImport } from "../model/facts.ts";
import { type DottedName, join, leaf } from "../model/name.ts";
import type { Context } from "./context.ts";
import { absolute } from "./references/names.ts";

/** Asked of the project's files only: what copies try to import of themselves is upstream's affair. */
export function findAbsentModules({ facts, place, options: { relocations, inventory } }: Context, isSibling: (name: DottedName) => boolean): Decision {
  if (place.module !== undefined && relocations.covering(place.module)) return nothing;
  const findings = facts.imports.flatMap((statement): LocalFinding[] => {
    const missing = namesOf(statement, place.package).map(relocations.original).find((name) => {
      const relocation = relocations.covering(name);
      return relocation && !relocation.absent && relocation.to.endsWith(`.${relocation.from}`) && inventory.isModule(relocation.from) && !isSibling(name) && inventory.lacks(name);
    });
    return missing === undefined ? [] : [{ code: "not-in-copy", message: `'${missing}' is imported here, and the copy has nothing of that name`, offset: statement.start }];
  });
  return findings.length === 0 ? nothing : { ...nothing, findings };
}

/** What the statement asks for: modules, and what is taken out of them. */
function namesOf(statement: AnyImport, within: DottedName | undefined): DottedName[] {
  if (statement.kind === "import") return statement.names.map(({ written }) => written.name);
  const module = absolute(within, statement.level, statement.module.name);
  if (module === undefined) return [];
  return [module, ...statement.names.map(({ written }) => join(module, written.name)).filter((name) => !leaf(name).startsWith("__"))];
}
