/**
 * Optional parts of a namespace package of which another part moves: `try: from backports import zstd` in a copy, where nobody requires `backports.zstd`.
 * The namespace package's name is the copy's own too, so asking the system for it is an escape: it is asked of the namespace, where it fails as if not installed.
 */
import { importsOutside } from "../inspect/outside.ts";
import { normalisedName } from "../model/distribution.ts";
import type { FileFacts } from "../model/facts.ts";
import { type DottedName, join, leaf, parent } from "../model/name.ts";
import { type Relocation, relocationMap } from "../model/relocation.ts";
import type { FilePlace, RewriteOptions } from "../rewrite/context.ts";

/** The options with relocations for such parts, or the very same where the file asks for none. */
export function withOptionalParts(options: RewriteOptions, facts: FileFacts, place: FilePlace, source: Buffer): RewriteOptions {
  const { relocations } = options;
  if (place.package === undefined || !relocations.hasAncestors || !relocations.covering(place.package)) return options;
  if (!facts.imports.some((statement) => (statement.kind === "from" ? [statement.module] : statement.names.map(({ written }) => written)).some(({ name }) => relocations.isAncestor(name) || relocations.isAncestor(parent(name))))) return options;
  const extra = importsOutside(facts, relocations, place.siblings, source).flatMap((each): Relocation[] => {
    if (each.kind !== "outside" || !each.guarded || isRequired(each.name, options)) return [];
    const target = relocations.isAncestor(parent(each.name)) ? relocations.ancestorTarget(parent(each.name)) : undefined;
    return target === undefined ? [] : [{ from: each.name, to: join(target, leaf(each.name)), absent: true }];
  });
  return extra.length === 0 ? options : { ...options, relocations: relocationMap([...relocations.named, ...extra]) };
}

/** A requirement is named like the module, like its last component, or like the first ones together. */
function isRequired(name: DottedName, { inventory }: RewriteOptions): boolean {
  const parts = name.split(".");
  const joined = parts.map((_, index) => normalisedName(parts.slice(0, index + 1).join("-")));
  return [...joined.slice(1), ...parts.slice(1).map(normalisedName)].some((each) => inventory.requires.has(each));
}
