/**
 * Whether `import nova._vendor.a.b` may bind `nova` in the scope where it would stand. It may not where that name means
 * something else, nor in a function that reads a global of that name: the import would make it local.
 */
import type { AnyImport } from "../model/facts.ts";
import type { Occurrence, Scope, ScopeFacts } from "../model/scopes.ts";
import type { Context } from "./context.ts";

/** Answers for one file; asks for scopes only where the file's text holds the name. */
export function rootNameJudge(context: Context): (statement: AnyImport, root: string) => boolean {
  const known = new Map<string, ScopeFacts | undefined>();
  const scopesOf = (root: string): ScopeFacts | undefined => {
    if (!known.has(root)) known.set(root, context.source.includes(root, 0, "latin1") ? context.facts.scopes(new Set([root])) : undefined);
    return known.get(root);
  };
  return (statement, root) => {
    if (statement.scope === "class") return false; // it would become an attribute of the class
    const facts = scopesOf(root);
    if (!facts) return true;
    const scope = facts.scopeOfImport.get(statement.start);
    return scope !== undefined && facts.occurrences.every((occurrence) => !disturbs(occurrence, scope, root));
  };
}

/** True when `occurrence` would see a binding of `root` made in `scope`, and must not. */
function disturbs(occurrence: Occurrence, scope: Scope, root: string): boolean {
  if (!reaches(occurrence.scope, scope, root)) return false;
  if (occurrence.kind === "import" && occurrence.scope === scope) return !bindsRootPackage(occurrence, root);
  // A module may read the name, as long as it is bound, and by nothing but imports of the package.
  return !(occurrence.kind === "load" && isModule(scope) && scope.bound.has(root));
}

/** Whether the look-up of `root` that starts in `from` gets as far as `scope`. */
function reaches(from: Scope, scope: Scope, root: string): boolean {
  for (let step: Scope | undefined = from; step; step = step.parent) {
    if (step === scope) return true;
    if (step.globals.has(root)) return isModule(scope);
    const visible = step === from || step.kind !== "class";
    if (visible && step.bound.has(root) && !step.nonlocals.has(root)) return false;
  }
  return false;
}

function isModule(scope: Scope): boolean {
  return scope.parent === undefined;
}

/** `import nova` and `import nova.x`, without `as`. */
function bindsRootPackage({ statement }: Occurrence, root: string): boolean {
  return statement?.kind === "import" && statement.names.every(({ alias, written }) => alias?.name !== root || written.name === root);
}
