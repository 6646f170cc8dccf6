/** Names → what binds them. Resolution is Python's own, by scope; what several places bind is told as such. */
import { join, parent, topLevel } from "../../model/name.ts";
import type { Binding, Function, NameExpression, Program } from "../../model/program.ts";
import { type Scope, resolve } from "../../model/scopes.ts";
import type { Context } from "../context.ts";

export interface Names {
  /** Every place that binds the name which is used here, in order. */
  bindingsOf(use: NameExpression): readonly Binding[];
  /** How often the binding's name is read. */
  uses(binding: Binding): number;
  /** Dotted names that an import binding stands for, in original names. */
  imported(binding: Binding): readonly string[];
  functionsNamed(name: string): readonly Function[];
  /** Whether the module has no other binding of the name than these imports give it. */
  isImportedAtTop(top: string): boolean;
}

export function namesOf(program: Program, { place, source }: Context): Names {
  const bindings = new Map<Scope, Map<string, Binding[]>>();
  for (const binding of program.bindings) {
    const scope = ownerOf(binding);
    let names = bindings.get(scope);
    if (!names) bindings.set(scope, (names = new Map()));
    const list = names.get(binding.name);
    if (list) list.push(binding);
    else names.set(binding.name, [binding]);
  }
  const reads = new Map<Scope, Map<string, number>>();
  for (const { kind, name, scope } of program.occurrences) {
    if (kind !== "load") continue;
    const owner = resolve(name, scope);
    let counts = reads.get(owner);
    if (!counts) reads.set(owner, (counts = new Map()));
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const hidden = program.hidden.map(({ start, end }) => source.toString("latin1", start, end)).join("\n");
  // In bodies that were not parsed the word may be anything: it counts as a use.
  const hiddenUses = (name: string): number => (hidden === "" ? 0 : (hidden.match(new RegExp(`\\b${name}\\b`, "g"))?.length ?? 0));
  return {
    bindingsOf: (use) => bindings.get(resolve(use.name, use.scope))?.get(use.name) ?? [],
    uses: (binding) => (reads.get(ownerOf(binding))?.get(binding.name) ?? 0) + hiddenUses(binding.name),
    imported(binding) {
      if (binding.how.kind !== "import") return [];
      const { statement, index } = binding.how;
      const name = statement.names[index];
      if (!name) return [];
      if (statement.kind === "import") return [name.alias ? name.written.name : topLevel(name.written.name)];
      const module = absolute(place.package, statement.level, statement.module.name);
      return module === undefined ? [] : [join(module, name.written.name)];
    },
    functionsNamed: (name) => program.functions.filter((each) => each.name === name),
    isImportedAtTop: (top) => bindings.get(program.module)?.get(top)?.some((binding) => binding.how.kind === "import") ?? false,
  };
}

/** The scope that a binding belongs to, `global` and `nonlocal` considered. */
function ownerOf({ name, scope }: Binding): Scope {
  return scope.globals.has(name) || scope.nonlocals.has(name) ? resolve(name, scope) : scope;
}

/** The module of a from-import in original names; undefined where the file's place is not known. */
export function absolute(within: string | undefined, level: number, name: string): string | undefined {
  if (level === 0) return name;
  if (within === undefined) return undefined;
  let base = within;
  for (let step = 1; step < level && base !== ""; step++) base = parent(base);
  return base === "" ? undefined : join(base, name);
}
