/** Names → what binds them. Resolution is Python's own, by scope; what several places bind is told as such. */
import { join, parent, topLevel } from "../../model/name.ts";
import type { AttributeExpression, Binding, Expression, Function, NameExpression, Program } from "../../model/program.ts";
import { type Scope, resolve } from "../../model/scopes.ts";
import type { Span } from "../../model/span.ts";
import type { Context } from "../context.ts";

export interface Names {
  /** Every place that binds the name which is used here, in order. */
  bindingsOf(use: NameExpression): readonly Binding[];
  /** Whether the binding's name is read in more than one place. */
  isShared(binding: Binding): boolean;
  /** What `name[key] = value` puts in, where the name is this binding's and no other's. */
  entriesOf(binding: Binding): readonly { readonly key: Expression; readonly value: Expression }[];
  /** Dotted names that an import binding stands for, in original names. */
  imported(binding: Binding): readonly string[];
  /** Every place that binds the name in the module's own scope. */
  ofModule(name: string): readonly Binding[];
  functionsNamed(name: string): readonly Function[];
  /** What is assigned to `self.name` in the class around. */
  assignedToSelf(attribute: AttributeExpression): readonly Expression[];
  /** Whether an import at the module's level binds the name: a statement, or what one becomes for an old Python (`a = __import__("N.a", …)`). */
  isImportedAtTop(top: string): boolean;
}

export function namesOf(program: Program, { place, source, options }: Context): Names {
  const { original } = options.relocations;
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
  let put: Map<string, { readonly object: NameExpression; readonly key: Expression; readonly value: Expression }[]> | undefined;
  const entriesPut = (name: string) => {
    if (!put) {
      put = new Map();
      for (const { target, value } of program.assignments) {
        const [key] = target.kind === "subscript" ? target.indices : [];
        if (target.kind !== "subscript" || target.object.kind !== "name" || !key || target.indices.length > 1) continue;
        put.set(target.object.name, [...(put.get(target.object.name) ?? []), { object: target.object, key, value }]);
      }
    }
    return put.get(name) ?? [];
  };
  let hidden: readonly (Span & { readonly text: string })[] | undefined;
  // In bodies that were not parsed the word may be anything: it counts as a use. A function's own names are seen inside it alone.
  const hiddenUses = (name: string, owner: Scope): number => {
    hidden ??= program.hidden.map(({ start, end }) => ({ start, end, text: source.toString("latin1", start, end) }));
    const around = owner.kind === "function" ? program.functions.find(({ inner }) => inner === owner) : undefined;
    const word = new RegExp(`\\b${name}\\b`, "g");
    return hidden.reduce((sum, { start, end, text }) => sum + (text.includes(name) && (!around || (around.start <= start && end <= around.end)) ? (text.match(word)?.length ?? 0) : 0), 0);
  };
  // `self.NAME`, `Class.NAME`
  const attributeReads = (name: string): number => program.expressions.filter((expression) => expression.kind === "attribute" && expression.name === name).length;
  return {
    bindingsOf: (use) => bindings.get(resolve(use.name, use.scope))?.get(use.name) ?? [],
    entriesOf(binding) {
      const scope = ownerOf(binding);
      return entriesPut(binding.name).filter(({ object }) => resolve(object.name, object.scope) === scope && bindings.get(scope)?.get(object.name)?.length === 1);
    },
    isShared(binding) {
      const owner = ownerOf(binding);
      const seen = (reads.get(owner)?.get(binding.name) ?? 0) + (binding.scope.kind === "class" ? attributeReads(binding.name) : 0);
      return seen > 1 || seen + hiddenUses(binding.name, owner) > 1;
    },
    imported(binding) {
      if (binding.how.kind !== "import") return [];
      const { statement, index } = binding.how;
      const name = statement.names[index];
      if (!name) return [];
      if (statement.kind === "import") return [original(name.alias ? name.written.name : topLevel(name.written.name))];
      const module = absolute(place.package, statement.level, statement.module.name);
      return module === undefined ? [] : [original(join(module, name.written.name))];
    },
    assignedToSelf({ object, name }) {
      const around = isSelf(object) ? classAround(object.scope) : undefined;
      return around === undefined ? [] : program.assignments.flatMap(({ target, value }) => (target.kind === "attribute" && target.name === name && isSelf(target.object) && classAround(target.object.scope) === around ? [value] : []));
    },
    ofModule: (name) => bindings.get(program.module)?.get(name) ?? [],
    functionsNamed: (name) => program.functions.filter((each) => each.name === name),
    isImportedAtTop: (top) => bindings.get(program.module)?.get(top)?.some(({ how }) => how.kind === "import" || (how.kind === "assign" && isImportCall(how.value))) ?? false,
  };
}

function isImportCall(value: Expression): boolean {
  return value.kind === "call" && value.callee.kind === "name" && value.callee.name === "__import__";
}

function isSelf(object: Expression): object is NameExpression {
  return object.kind === "name" && object.name === "self";
}

/** The scope of the class in which a method stands. */
export function classAround(scope: Scope): Scope | undefined {
  for (let at: Scope | undefined = scope; at; at = at.parent) if (at.kind === "class") return at;
  return undefined;
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
