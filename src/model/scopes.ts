/** Scopes as plain records, and Python's rule for looking a name up in them. */
import type { AnyImport } from "./facts.ts";
import type { Span } from "./span.ts";

export interface Scope {
  readonly kind: "module" | "function" | "class" | "comprehension";
  readonly parent: Scope | undefined;
  /** Wanted names bound here. */
  readonly bound: ReadonlySet<string>;
  readonly globals: ReadonlySet<string>;
  readonly nonlocals: ReadonlySet<string>;
  /** Of a class: where its name stands. */
  readonly classStart?: number;
}

export interface Occurrence extends Span {
  readonly name: string;
  /** `import`: bound by the import statement `statement`; `declare`: named by `global` or `nonlocal`. */
  readonly kind: "load" | "bind" | "delete" | "declare" | "import";
  readonly scope: Scope;
  readonly statement: AnyImport | undefined;
  /** The attributes read from it: for `a.b.c` at `a`, the spans of `b` and `c`. */
  readonly chain: readonly (Span & { readonly name: string })[];
}

export interface ScopeFacts {
  readonly occurrences: readonly Occurrence[];
  /** The scope in which each import statement stands, by the statement's start. */
  readonly scopeOfImport: ReadonlyMap<number, Scope>;
  /** Starts of the import statements that run whenever their scope does: they stand in its body itself, in no block. */
  readonly unconditional: ReadonlySet<number>;
}

/** The scope to which `name`, used in `from`, belongs (Python reference, 4.2.2): the module's where nothing else binds it. */
export function resolve(name: string, from: Scope): Scope {
  let scope = from;
  for (let first = true; scope.parent; first = false) {
    if (scope.globals.has(name)) return moduleOf(scope);
    const visible = first || scope.kind !== "class";
    if (visible && scope.bound.has(name) && !scope.nonlocals.has(name)) return scope;
    scope = scope.parent;
  }
  return scope;
}

function moduleOf(scope: Scope): Scope {
  return scope.parent ? moduleOf(scope.parent) : scope;
}
