/**
 * Constants of other relocated modules: `from .constants import BACKEND`, `import_module(BACKEND + ".base")`. What they are when the program runs depends on what
 * is decided about the literal in its own file: that is asked first, without regard to constants of third modules, so that nothing goes in circles.
 */
import { type Decision, nothing } from "../../model/edit.ts";
import { type DottedName, topLevel } from "../../model/name.ts";
import type { Expression } from "../../model/program.ts";
import { placesIn } from "../../model/span.ts";
import type { Context, RewriteOptions } from "../context.ts";
import { evaluator } from "./evaluate.ts";
import { namesOf } from "./names.ts";
import { type Value, alternatives, choice, constant } from "./values.ts";

const known = new WeakMap<RewriteOptions, Map<DottedName, Value | undefined>>();

/** The value at run time, after relocation, of what a relocated module binds to constant strings; undefined where it is anything else. */
export function constantOf(name: DottedName, context: Context): Value | undefined {
  const { options } = context;
  if (!context.decideBeside || !options.relocations.concerns(topLevel(name))) return undefined;
  let values = known.get(options);
  if (!values) known.set(options, (values = new Map()));
  if (!values.has(name)) values.set(name, find(name, context));
  return values.get(name);
}

function find(name: DottedName, { options, decideBeside }: Context): Value | undefined {
  const [module, attribute, ...deeper] = options.inventory.split(name) ?? [];
  const found = module === undefined || attribute === undefined || deeper.length > 0 ? undefined : options.inventory.source(module);
  if (!found || !decideBeside || attribute === undefined || !isAssigned(attribute, found.source)) return undefined;
  const program = found.program();
  if (!program) return undefined;
  const context = { ...found, options, again: false, decideNested: () => nothing };
  const names = namesOf(program, context);
  const evaluate = evaluator(context, names, () => undefined);
  const assigned = names.ofModule(attribute).map(({ how }) => (how.kind === "assign" && how.path.length === 0 ? how.value : undefined));
  let decision: Decision | undefined;
  const values: Value[] = [];
  for (const expression of assigned) {
    if (!expression) return undefined;
    for (const value of alternatives(evaluate(expression))) {
      if (value.kind !== "text" || !value.complete || !/^[\w.:]*$/.test(value.text)) return undefined;
      const moves = options.relocations.covering(/^[\w.]*/.exec(value.text)?.[0] ?? "") !== undefined || options.relocations.concerns(topLevel(value.text));
      const text = moves ? afterwards(value, expression, (decision ??= decideBeside(found)), options) : value.text;
      if (text === undefined) return undefined;
      values.push(constant(text, value.text));
    }
  }
  return values.length === 0 ? undefined : choice(values);
}

/** Whether a name may be a constant that names what is relocated, or begins so: by a look at the text, for those who would have to parse for it. */
export function mayBeMoved(name: DottedName, { options: { inventory, relocations } }: Context): boolean {
  return inventory.origins(name).some((origin) => {
    const [module, attribute, ...deeper] = inventory.split(origin) ?? [];
    const source = module === undefined || attribute === undefined || deeper.length > 0 ? undefined : inventory.source(module)?.source;
    return source !== undefined && attribute !== undefined && isAssigned(attribute, source, (top) => relocations.concerns(top));
  });
}

/** A look at the text, before anything is parsed: a string, or something that a string is made of. */
function isAssigned(name: string, source: Buffer, isWanted: (top: string) => boolean = () => true): boolean {
  for (const at of placesIn(source, name)) {
    const before = source.toString("latin1", Math.max(0, at - 20), at);
    if (!/(?:^|\n)[ \t]*$/.test(before)) continue;
    const after = source.toString("latin1", at + name.length, at + name.length + 120);
    const assigned = /^[ \t]*(?::[^=\n]*)?=[ \t]*\(?\s*(?:[A-Za-z]{0,2}["']+(\w*)|\w+[ \t]*\+[ \t]*["'])/.exec(after);
    if (assigned && (assigned[1] === undefined || isWanted(assigned[1]))) return true;
  }
  return false;
}

/** What the text is after the edits of its own file; undefined where they touch more than its beginning. */
function afterwards(value: Extract<Value, { kind: "text" }>, expression: Expression, { edits }: Decision, { relocations }: RewriteOptions): string | undefined {
  const pieces = value.pieces.flatMap(({ span }) => span ?? []);
  const near = edits.filter(({ start, end }) => (expression.start <= end && start <= expression.end) || pieces.some((span) => span.start <= end && start <= span.end));
  if (near.length === 0) return value.text;
  const first = value.pieces[0]?.span;
  const name = /^[\w.]*/.exec(value.text)?.[0] ?? "";
  const moved = relocations.apply(name.replace(/\.$/, ""));
  if (near.length > 1 || !first || moved === undefined || near[0]?.start !== first.start) return undefined;
  return moved + value.text.slice(name.replace(/\.$/, "").length);
}
