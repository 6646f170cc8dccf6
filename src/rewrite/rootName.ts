/**
 * Whether `import nova._vendor.a.b` may bind `nova` in the scope where it would stand. It may not where that name means
 * something else, nor in a function that reads a global of that name: the import would make it local.
 */
import type { AnyImport } from "../model/facts.ts";
import type { Occurrence, Scope, ScopeFacts } from "../model/scopes.ts";
import type { Context } from "./context.ts";
import type { RootName } from "./forms.ts";

/** Answers for one file, for the name at offset `at` of a statement; asks for scopes only where the file's text holds the name. */
export function rootNameJudge(context: Context): (statement: AnyImport, root: string, at: number) => RootName {
  const known = new Map<string, ScopeFacts | undefined>();
  const scopesOf = (root: string): ScopeFacts | undefined => {
    if (!known.has(root)) known.set(root, context.source.includes(root, 0, "latin1") ? occurrencesOf(context, root) : undefined);
    return known.get(root);
  };
  let star: boolean | undefined;
  const starImports = (): boolean => (star ??= context.facts.imports.some((each) => each.kind === "from" && each.star));
  return (statement, root, at) => {
    // A class body may have a namespace of its own kind, as that of an Enum, to which even a name deleted again makes a difference.
    if (statement.scope === "class") return "taken";
    // `from x import *` may bring the name in without writing it.
    if (statement.scope === "module" && starImports()) return "taken";
    const facts = scopesOf(root);
    if (!facts) return "free";
    const scope = facts.scopeOfImport.get(statement.start);
    if (scope === undefined || facts.occurrences.some((occurrence) => disturbs(occurrence, scope, root))) return "taken";
    const own = facts.occurrences.filter((occurrence) => reaches(occurrence.scope, scope, root));
    if (own.length === 0) return mayBeReached(context.source) ? "taken" : "free";
    // Bound already, for certain, by the time the statement runs: else it would be bound too early.
    return own.some((occurrence) => occurrence.scope === scope && occurrence.start < at && occurrence.statement && facts.unconditional.has(occurrence.statement.start)) ? "imported" : "taken";
  };
}

function occurrencesOf({ facts }: Context, name: string): ScopeFacts {
  const program = facts.program();
  return { ...program, occurrences: program.occurrences.filter((occurrence) => occurrence.name === name) };
}

const reflective = /\b(?:exec|eval|globals|locals|vars|setattr|delattr|__dict__)\b/;

/** `globals()["nova"]`, `exec("nova = 1")`: names that no scope analysis sees. */
function mayBeReached(source: Buffer): boolean {
  return reflective.test(source.toString("latin1"));
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
