/** A program while it is being written: its lines, the scope at the current point, and what it exercises. */
import type { Chance } from "./prng.ts";
import { expressions, library } from "./library.ts";
import { type Meaning, Scope, type ScopeKind } from "./scope.ts";

/** A way to write something. `when` says where it would be valid; what is written takes effect on the draft's scope. */
export interface Form<Written> {
  readonly name: string;
  readonly weight: number;
  readonly when?: (draft: Draft) => boolean;
  readonly write: (draft: Draft) => Written;
}

export class Draft {
  readonly chance: Chance;
  /** The minor version of the Python that will run it: 8 for 3.8. */
  readonly python: number;
  /** Whether the program is a module of the package `host`. */
  readonly inHost: boolean;
  /** How often the program names something of its own like the namespace's root: 0 is never. */
  readonly heat: number;
  readonly lines: string[] = [];
  readonly imported = new Set<string>();
  /** Feature → the kinds of scope it occurs in. */
  readonly features = new Map<string, Set<ScopeKind>>();
  scope = new Scope("module");
  /** How deeply compound statements are nested here. */
  depth = 0;
  #indent = "";
  #points = 0;
  #names = 0;

  constructor(chance: Chance, python: number, inHost: boolean) {
    this.chance = chance;
    this.python = python;
    this.inHost = inHost;
    this.heat = chance.pick([0, 0, 0.15, 1, 1, 1]);
  }

  /** A name that the program has for something of its own: the namespace's root, or one that nobody contests. */
  own(): "host" | "lodge" {
    return this.chance.odds(this.heat) ? "host" : "lodge";
  }

  /** The program's own such name, where it can be read. */
  ownVisible(): string | undefined {
    const names = this.scope.visible();
    return ["host", "lodge"].find((name) => names.includes(name));
  }

  /** Choose a form that is valid here, note it as a feature, and write it. */
  choose<Written>(forms: readonly Form<Written>[]): Written {
    const form = this.chance.weighed(forms.filter(({ when }) => when?.(this) ?? true));
    const kinds = this.features.get(form.name) ?? new Set();
    this.features.set(form.name, kinds.add(this.scope.kind));
    return form.write(this);
  }

  line(text: string): void {
    this.lines.push(this.#indent + text);
  }

  /** Write a header and what belongs under it. */
  block(header: string, body: () => void): void {
    this.line(header);
    const indent = this.#indent;
    this.#indent += "    ";
    this.depth += 1;
    const before = this.lines.length;
    body();
    if (this.lines.length === before) this.line("pass");
    this.depth -= 1;
    this.#indent = indent;
  }

  /** Run `body` in a new scope inside the current one. */
  inside<T>(kind: ScopeKind, body: () => T): T {
    const outer = this.scope;
    this.scope = new Scope(kind, outer);
    const result = body();
    this.scope = outer;
    return result;
  }

  /** Write something that is never executed: it has no effect on what is bound. */
  dead(body: () => void): void {
    const imported = [...this.imported];
    const saved: (readonly [Scope, readonly (readonly [string, Meaning])[]])[] = [];
    for (let scope: Scope | undefined = this.scope; scope; scope = scope.parent) saved.push([scope, [...scope.names]]);
    body();
    for (const [scope, names] of saved) {
      scope.names.clear();
      for (const [name, meaning] of names) scope.names.set(name, meaning);
    }
    this.imported.clear();
    for (const name of imported) this.imported.add(name);
  }

  /** A name that nothing else has. */
  fresh(prefix: string): string {
    this.#names += 1;
    return prefix + this.#names;
  }

  /** A call that notes the names of the scope, and values. */
  point(...values: readonly string[]): string {
    return `point(${[this.number(), "locals()", ...values].join(", ")})`;
  }

  number(): number {
    this.#points += 1;
    return this.#points;
  }

  /** Whether binding a name here leaves what was read before intact; now and then it is done all the same. */
  mayBind(name: string): boolean {
    const { scope } = this;
    if (scope.kind !== "function" || scope.owner(name) !== scope || scope.locals.has(name)) return true;
    return !scope.readFromOutside.has(name) || this.chance.odds(0.08);
  }

  load(module: string): void {
    for (const name of library[module]?.loads ?? []) this.imported.add(name);
  }

  /** An expression over a name that is bound here; most often one of the library's. */
  expression(): string {
    const names = this.scope.visible();
    if (names.length === 0) return "0";
    const own = this.chance.odds(0.25) ? this.ownVisible() : undefined;
    const name = own ?? this.chance.pick(names);
    const meaning = this.scope.read(name);
    if (meaning?.kind === "member") return meaning.use.replace("$", name);
    if (meaning?.kind !== "module") return name;
    const possible = expressions(name, meaning.path, this.imported);
    return possible.length > 0 ? this.chance.pick(possible) : name;
  }

  /** How a member of the library can be written here, if a bound name leads to it. */
  spell(module: string, member: string): string | undefined {
    for (const name of this.scope.visible()) {
      const meaning = this.scope.read(name);
      if (meaning?.kind !== "module") continue;
      if (meaning.path === module) return `${name}.${member}`;
      if (module.startsWith(`${meaning.path}.`) && this.imported.has(module)) {
        return `${name}${module.slice(meaning.path.length)}.${member}`;
      }
    }
    return undefined;
  }
}
