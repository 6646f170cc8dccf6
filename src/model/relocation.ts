/** Relocations and their look-up: longest *from* first, by whole components; the cost is that of one name, however many there are. */
import { type DottedName, join, parent, topLevel } from "./name.ts";

export interface Relocation {
  readonly from: DottedName;
  readonly to: DottedName;
  /** Nothing is there: an import of it must fail, as it does where the module is not installed. */
  readonly absent?: true;
}

export interface RelocationMap {
  readonly relocations: readonly Relocation[];
  /** The same as they were given, in characters. */
  readonly named: readonly Relocation[];
  /** Some relocation moves a part of a package. */
  readonly hasAncestors: boolean;
  /** Some name has to be absent. */
  readonly hasAbsent: boolean;
  /** False when no relocation has `top` as its first component: the quick answer for most names. */
  concerns(top: string): boolean;
  /** The longest relocation whose *from* is `name` or a parent of it. */
  covering(name: DottedName): Relocation | undefined;
  /** True when `name` is a proper parent of some *from*: a namespace package of which only a part moves. */
  isAncestor(name: DottedName): boolean;
  /** The relocated name of `name`, or undefined when no relocation covers it. */
  apply(name: DottedName): DottedName | undefined;
  /** The name before relocation of one that is relocated already; any other name as it is. */
  original(name: DottedName): DottedName;
  /** Where an ancestor's moved part lies (`google` → `N.google`); undefined when its relocations do not agree on one place. */
  ancestorTarget(name: DottedName): DottedName | undefined;
}

/** Names are held as byte strings (see span.ts), as those of facts are: in UTF-8. */
export function relocationMap(named: readonly Relocation[]): RelocationMap {
  const bytes = (name: DottedName): DottedName => Buffer.from(name, "utf8").toString("latin1");
  const relocations = named.map((each): Relocation => ({ ...each, from: bytes(each.from), to: bytes(each.to) }));
  const byFrom = new Map(relocations.map((relocation) => [relocation.from, relocation]));
  const byTo = new Map(relocations.map((relocation) => [relocation.to, relocation]));
  const ancestors = new Map<DottedName, DottedName | undefined>();
  for (const { from, to } of relocations) {
    let [original, moved]: [DottedName, DottedName | undefined] = [from, to];
    while (parent(original) !== "") {
      const agrees: boolean = moved !== undefined && moved.slice(moved.lastIndexOf(".") + 1) === original.slice(original.lastIndexOf(".") + 1);
      moved = agrees && moved !== undefined ? parent(moved) : undefined;
      original = parent(original);
      ancestors.set(original, ancestors.has(original) && ancestors.get(original) !== moved ? undefined : moved || undefined);
    }
  }
  const tops = new Set(relocations.map(({ from }) => topLevel(from)));
  const covering = (name: DottedName): Relocation | undefined => {
    for (let prefix = name; prefix !== ""; prefix = parent(prefix)) {
      const found = byFrom.get(prefix);
      if (found) return found;
    }
    return undefined;
  };
  return {
    relocations,
    named,
    hasAncestors: ancestors.size > 0,
    hasAbsent: relocations.some(({ absent }) => absent),
    concerns: (top) => tops.has(top),
    covering,
    isAncestor: (name) => ancestors.has(name) && covering(name) === undefined,
    apply: (name) => {
      const found = covering(name);
      return found && join(found.to, name.slice(found.from.length + 1));
    },
    original(name) {
      for (let prefix = name; prefix !== ""; prefix = parent(prefix)) {
        const found = byTo.get(prefix);
        if (found) return join(found.from, name.slice(prefix.length + 1));
      }
      return name;
    },
    ancestorTarget: (name) => ancestors.get(name),
  };
}
