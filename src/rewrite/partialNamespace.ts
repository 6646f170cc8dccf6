/**
 * One name, two trees: `google.protobuf` moves and `google.cloud` stays, so `google` can be needed for both in one file.
 *
 * Where a file uses only the moved part, its `google` is bound to `N.google`. Where it needs both, `google` stays what it was, the moved
 * module gets a name of its own, and every use `google.protobuf` that resolves to an import of `google` is replaced by that name.
 */
import { type Decision, type Edit, type Site, nothing } from "../model/edit.ts";
import type { ImportStatement, ImportedName } from "../model/facts.ts";
import { type DottedName, isAtOrBelow, join, topLevel } from "../model/name.ts";
import type { Relocation } from "../model/relocation.ts";
import { type Occurrence, type Scope, type ScopeFacts, resolve } from "../model/scopes.ts";
import type { Context } from "./context.ts";
import { type RootName, type Style, bindModule, loadAndBind } from "./forms.ts";

/** A name that an import statement binds to a namespace package of which a part moves. */
interface Binding {
  readonly statement: ImportStatement;
  readonly name: ImportedName;
  readonly local: string;
  readonly package: DottedName;
}

interface Use {
  readonly occurrence: Occurrence;
  readonly binding: Binding;
  /** The relocation whose module is used, and where its name ends; undefined for a use of what stays. */
  readonly moved: { readonly relocation: Relocation; readonly end: number } | undefined;
  readonly bare: boolean;
}

export interface PartialNamespaces {
  readonly decision: Decision;
  /** The statements that replace a name of an import statement; undefined: it stays, or follows its own relocation. */
  text(name: ImportedName): string | undefined;
}

const none: PartialNamespaces = { decision: nothing, text: () => undefined };

export function splitNamespaces(context: Context, style: Style, rootName: (statement: ImportStatement, root: string, at: number) => RootName): PartialNamespaces {
  const bindings = context.facts.imports.flatMap((statement) => (statement.kind === "import" ? bindingsOf(context, statement) : []));
  if (bindings.length === 0) return none;
  const facts = context.facts.program();

  const results = [...new Set(bindings.map((binding) => binding.package))].map((name) =>
    splitOne(context, style, rootName, facts, name, bindings.filter((binding) => binding.package === name)),
  );
  return {
    decision: { edits: results.flatMap((result) => result.decision.edits), sites: results.flatMap((result) => result.decision.sites), findings: results.flatMap((result) => result.decision.findings) },
    text: (name) => results.map((result) => result.text(name)).find((text) => text !== undefined),
  };
}

function bindingsOf({ options }: Context, statement: ImportStatement): Binding[] {
  return statement.names.flatMap((name) => {
    const bound = name.alias ? name.written.name : topLevel(name.written.name);
    if (!options.relocations.isAncestor(bound)) return [];
    return [{ statement, name, local: name.alias?.name ?? bound, package: bound }];
  });
}

function splitOne(
  context: Context, style: Style, rootName: (statement: ImportStatement, root: string, at: number) => RootName, facts: ScopeFacts, namespace: DottedName, bindings: readonly Binding[],
): PartialNamespaces {
  const { relocations } = context.options;
  const loads = (binding: Binding): "moved" | "stays" | "nothing" =>
    relocations.covering(binding.name.written.name) ? "moved" : relocations.isAncestor(binding.name.written.name) ? "nothing" : "stays";
  const uses = usesOf(context, facts, namespace, bindings);
  // A copy that takes the package as a whole (`space.__path__`) means the one in which its own parts lie.
  const takesWhole = isOfCopy(context) && bindings.every((binding) => loads(binding) === "nothing") && uses.every((use) => use.bare);
  const needsMoved = takesWhole || bindings.some((binding) => loads(binding) === "moved") || uses.some((use) => use.moved);
  if (!needsMoved) return none;
  const needsRest = bindings.some((binding) => loads(binding) === "stays") || uses.some((use) => !use.moved && !use.bare);
  const target = relocations.ancestorTarget(namespace);
  const loading = (binding: Binding, binds: readonly string[]): string => {
    const moved = relocations.apply(binding.name.written.name);
    return moved === undefined ? binds.join("; ") : loadAndBind(moved, binding.local, binds, rootName(binding.statement, topLevel(moved), binding.name.start), style);
  };
  if (!needsRest && target !== undefined) {
    const whole = (binding: Binding): string => loading(binding, [bindModule(target, binding.local, style)]);
    return { decision: nothing, text: (name) => bindings.filter((binding) => binding.name === name).map(whole)[0] };
  }

  const scopeOf = (binding: Binding): Scope | undefined => facts.scopeOfImport.get(binding.statement.start);
  const rebound = facts.occurrences.find((occurrence) => occurrence.kind !== "load" && occurrence.kind !== "import" && bindings.some((binding) => binding.local === occurrence.name && reboundIn(occurrence, scopeOf(binding))));
  if (rebound) {
    const message = `${namespace} is needed for its relocated part and for the rest, and is bound by more than import statements`;
    return { decision: { ...nothing, findings: [{ code: "partial-namespace-binding", message, offset: rebound.start }] }, text: () => undefined };
  }
  const aliasOf = (relocation: Relocation): string => freshName(context.source, relocation.from);
  const edits: Edit[] = [];
  const sites: Site[] = [];
  // What each binding statement must bind in addition: aliases that uses of its scope need and no statement there imports.
  const wanted = new Map<Binding, Set<Relocation>>();
  for (const binding of bindings) {
    const relocation = relocations.covering(binding.name.written.name);
    if (relocation) wanted.set(binding, new Set([relocation]));
  }
  for (const { occurrence, binding, moved } of uses) {
    if (!moved) continue;
    const there = bindings.filter((other) => scopeOf(other) === scopeOf(binding));
    if (!there.some((other) => wanted.get(other)?.has(moved.relocation))) wanted.set(binding, (wanted.get(binding) ?? new Set()).add(moved.relocation));
    edits.push({ start: occurrence.start, end: moved.end, text: aliasOf(moved.relocation), rule: "partial-namespace" });
    sites.push({ start: occurrence.start, end: moved.end, name: moved.relocation.from, tier: "proven", rule: "partial-namespace", outcome: "rewritten", why: `${namespace} itself stays, ${moved.relocation.from} moves` });
  }
  const text = (binding: Binding): string | undefined => {
    const aliases = [...(wanted.get(binding) ?? [])].map((relocation) => bindModule(relocation.to, aliasOf(relocation), style));
    if (aliases.length === 0) return undefined;
    const scope = scopeOf(binding);
    const keeps = bindings.some((other) => other !== binding && scopeOf(other) === scope && loads(other) !== "moved");
    const restUsedHere = uses.some((use) => !use.moved && scopeOf(use.binding) === scope);
    const original = loads(binding) === "moved" ? (restUsedHere && !keeps ? `${style.lazy}import ${namespace}${binding.name.alias ? ` as ${binding.local}` : ""}` : undefined) : importOf(binding, style);
    return [original, loading(binding, aliases)].filter((part) => part !== undefined).join("; ");
  };
  const texts = new Map(bindings.map((binding) => [binding.name, text(binding)]));
  return { decision: { edits, sites, findings: [] }, text: (name) => texts.get(name) };
}

function importOf({ name, local }: Binding, style: Style): string {
  return `${style.lazy}import ${name.written.name}${name.alias ? ` as ${local}` : ""}`;
}

function reboundIn(occurrence: Occurrence, scope: Scope | undefined): boolean {
  return scope !== undefined && resolve(occurrence.name, occurrence.scope) === scope;
}

function isOfCopy({ place, options }: Context): boolean {
  return place.module !== undefined && options.relocations.covering(place.module) !== undefined;
}

/** Loads that resolve to one of the bindings. */
function usesOf(context: Context, facts: ScopeFacts, namespace: DottedName, bindings: readonly Binding[]): Use[] {
  const { options } = context;
  const ofCopy = isOfCopy(context);
  return facts.occurrences.flatMap((occurrence): Use[] => {
    if (occurrence.kind !== "load") return [];
    const scope = resolve(occurrence.name, occurrence.scope);
    const binding = bindings.find((candidate) => candidate.local === occurrence.name && facts.scopeOfImport.get(candidate.statement.start) === scope);
    if (!binding) return [];
    let name = namespace;
    for (const attribute of occurrence.chain) {
      name = join(name, attribute.name);
      const relocation = options.relocations.covering(name);
      if (relocation && isAtOrBelow(name, relocation.from)) return [{ occurrence, binding, moved: { relocation, end: attribute.end }, bare: false }];
      if (!options.relocations.isAncestor(name)) return [{ occurrence, binding, moved: undefined, bare: ofCopy && /^__\w+__$/.test(attribute.name) }];
    }
    return [{ occurrence, binding, moved: undefined, bare: true }];
  });
}

function freshName(source: Buffer, from: DottedName): string {
  const base = `_enisle_${from.replaceAll(".", "_")}`;
  let name = base;
  for (let n = 1; source.includes(name, 0, "latin1"); n++) name = `${base}_${n}`;
  return name;
}
