/**
 * What was parsed may show that more has to be: a function takes names of modules, so that whoever calls it must be seen, and who hands on what
 * it was called with; `load = importlib.import_module` makes a call of the catalogue of every `load()`. Bodies that mention such a name are parsed too.
 */
import type { Binding } from "../../model/program.ts";
import type { Span } from "../../model/span.ts";
import type { Scene } from "./scene.ts";
import { alternatives } from "./values.ts";

const madeBy = new Set(["__init__", "__new__", "__call__"]);

/** Names that stand for callables which take names of modules, and attributes that hold such. `strings`: there are some that calls may be given. */
export function openEnds(scene: Scene, strings: boolean): ReadonlySet<string> {
  const { program, importers, unseen } = scene;
  if (program.hidden.length === 0) return new Set();
  const ends = new Set(aliases(scene));
  if (!strings) return ends;
  for (const name of unseen) ends.add(name);
  const owners = new Set([...importers.values()].map(({ parameter }) => parameter.owner));
  for (const { start, name, scope } of program.functions) {
    if (name === "" || !owners.has(start)) continue; // a lambda is called by no name of its own
    ends.add(name);
    if (madeBy.has(name)) for (const binding of program.bindings) if (binding.start === scope.classStart) ends.add(binding.name);
  }
  return ends;
}

/** Offsets of the names in the parts that were not parsed; undefined where a function goes by another name from there on. */
export function hiddenMentions(names: ReadonlySet<string>, hidden: readonly Span[], source: Buffer): number[] | undefined {
  if (names.size === 0) return [];
  const word = new RegExp(`(def[ \\t]+|class[ \\t]+)?\\b(?:${[...names].join("|")})\\b([ \\t]*\\()?`, "g");
  const offsets: number[] = [];
  for (const { start, end } of hidden) {
    for (const match of source.toString("latin1", start, end).matchAll(word)) {
      if (match[1] === undefined && match[2] === undefined) return undefined;
      offsets.push(start + match.index);
    }
  }
  return offsets;
}

function aliases({ program, names, evaluate, context }: Scene): string[] {
  const { rows } = context.options.catalogue;
  const stands = (binding: Binding): readonly string[] => {
    const { how } = binding;
    if (how.kind === "import") return how.statement.names[how.index]?.alias ? names.imported(binding).flatMap((name) => context.options.inventory.origins(name)) : [];
    if (how.kind !== "assign" || how.path.length > 0 || (how.value.kind !== "attribute" && how.value.kind !== "name")) return [];
    return alternatives(evaluate(how.value)).flatMap((each) => (each.kind === "object" ? each.names : []));
  };
  return program.bindings.filter((binding) => stands(binding).some((name) => rows.has(name) || name === "sys.modules")).map(({ name }) => name);
}
