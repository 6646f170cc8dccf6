/** What a program binds where, as far as the generator has to know it to write a program that is valid and mostly runs. */

export type ScopeKind = "module" | "function" | "class";

/** What a name stands for: a module of the library, something to use by a template (`$` is the name), or a plain number. */
export type Meaning =
  | { readonly kind: "module"; readonly path: string }
  | { readonly kind: "member"; readonly use: string }
  | { readonly kind: "value" };

export const value: Meaning = { kind: "value" };

export class Scope {
  readonly kind: ScopeKind;
  readonly parent: Scope | undefined;
  /** Bound at this point of the text. */
  readonly names = new Map<string, Meaning>();
  /** Bound at any point so far: Python takes such a name for a local in the whole scope. */
  readonly locals = new Set<string>();
  readonly declared = new Map<string, "global" | "nonlocal">();
  /** Read from a scope outside; binding it here as well would make that reading fail. */
  readonly readFromOutside = new Set<string>();

  constructor(kind: ScopeKind, parent?: Scope) {
    this.kind = kind;
    this.parent = parent;
  }

  /** The scope in which a name bound here lands: `global` and `nonlocal` lead elsewhere. */
  owner(name: string): Scope {
    const declared = this.declared.get(name);
    if (declared === "global") return this.module();
    if (declared === "nonlocal") return this.enclosingFunctions().find((scope) => scope.locals.has(name)) ?? this;
    return this;
  }

  bind(name: string, meaning: Meaning): void {
    const owner = this.owner(name);
    owner.names.set(name, meaning);
    owner.locals.add(name);
  }

  unbind(name: string): void {
    this.owner(name).names.delete(name);
  }

  /** What a name stands for when read here; class scopes around do not count. Notes where it came from. */
  read(name: string): Meaning | undefined {
    const owner = this.owner(name);
    if (owner !== this || this.locals.has(name)) return owner.names.get(name);
    this.readFromOutside.add(name);
    return this.outer().find((scope) => scope.locals.has(name))?.names.get(name);
  }

  /** Names that can be read here. */
  visible(): readonly string[] {
    const all = [this, ...this.outer()].flatMap((scope) => [...scope.names.keys()]);
    return [...new Set(all)].filter((name) => {
      const owner = this.owner(name);
      if (owner !== this || this.locals.has(name)) return owner.names.has(name);
      return this.outer().find((scope) => scope.locals.has(name))?.names.has(name) === true;
    });
  }

  /** Names that a function or class inside this scope may declare `nonlocal`. */
  captured(): readonly string[] {
    const found = new Set<string>();
    const hidden = new Set<string>();
    for (const scope of this.enclosingFunctions(true)) {
      for (const [name, kind] of scope.declared) if (kind === "global") hidden.add(name);
      for (const name of scope.locals) if (!hidden.has(name) && !scope.declared.has(name)) found.add(name);
    }
    return [...found];
  }

  module(): Scope {
    return this.parent?.module() ?? this;
  }

  private outer(): readonly Scope[] {
    return this.parent ? [this.parent, ...this.parent.outer()].filter(({ kind }) => kind !== "class") : [];
  }

  private enclosingFunctions(withOwn = false): readonly Scope[] {
    return [...(withOwn ? [this] : []), ...this.outer()].filter(({ kind }) => kind === "function");
  }
}
