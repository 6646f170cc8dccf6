/**
 * Functions that hand on what they are given to a call that takes a module's name: whoever calls them names one too. Those of the file itself
 * are followed as they are found; those of other relocated modules are asked for (takers.ts).
 */
import type { CallExpression, Expression, Function, NameExpression } from "../../model/program.ts";
import { namedBy, relocateArgument } from "./argument.ts";
import { argumentOf, leave } from "./calls.ts";
import { noteGroup } from "./entryPointLookUps.ts";
import { reportAskedFor, rewriteAskedFor } from "./metadata.ts";
import { classAround } from "./names.ts";
import { type Scene, type Taken, type Taker, keyOf } from "./scene.ts";
import { type Value, alternatives, stringsIn } from "./values.ts";

export function followHandedOn(scene: Scene): void {
  const calls = scene.program.expressions.filter((expression) => expression.kind === "call");
  for (const call of calls) rewriteGivenElsewhere(call, scene);
  // Functions that hand their parameter on are callables of the same meaning; those may be called by others of that kind.
  for (let known = 0; known !== scene.importers.size; ) {
    known = scene.importers.size;
    const owners = new Set([...scene.importers.values()].map(({ parameter }) => parameter.owner));
    const functions = scene.program.functions.filter(({ start }) => owners.has(start));
    for (const call of calls) for (const called of functionsCalled(call.callee, functions, scene)) rewriteGiven(call, called, scene);
  }
  reportAskedFor(scene);
}

interface Called {
  readonly function: Function;
  /** How many of its parameters the call does not write: `self`. */
  readonly unwritten: 0 | 1;
}

/** Those of `functions` that a call may mean. */
function functionsCalled(callee: Expression, functions: readonly Function[], scene: Scene): readonly Called[] {
  const { names } = scene;
  if (callee.kind === "name") {
    if (!functions.some(({ name }) => name === callee.name || name === "__init__")) return [];
    const starts = names.bindingsOf(callee).filter(({ how }) => how.kind === "definition").map(({ start }) => start);
    return functions.flatMap((each): Called[] => (starts.includes(each.start) ? [{ function: each, unwritten: 0 }] : each.name === "__init__" && starts.includes(each.scope.classStart ?? -1) ? [{ function: each, unwritten: 1 }] : []));
  }
  if (callee.kind !== "attribute") return [];
  if (!functions.some(({ name }) => name === callee.name)) return [];
  const all = names.functionsNamed(callee.name);
  const { object } = callee;
  if (object.kind === "name" && ["self", "cls"].includes(object.name)) {
    const around = classAround(object.scope);
    const own = all.filter(({ scope }) => around !== undefined && scope === around);
    const [only] = own.length > 0 ? own : all;
    return (own.length > 0 ? own : all).length === 1 && only ? [{ function: only, unwritten: isBound(only.parameters) }] : [];
  }
  const instance = instanceOf(object, scene);
  const classes = classStarts(instance ?? object, scene);
  return all.filter(({ scope }) => classes.includes(scope.classStart ?? -1)).map((each) => ({ function: each, unwritten: instance || each.parameters[0] === "cls" ? isBound(each.parameters) : 0 }));
}

function isBound([first]: readonly string[]): 0 | 1 {
  return first === "self" || first === "cls" ? 1 : 0;
}

/** What is called to make the object: `Loader()` and a name that is bound to it once. */
function instanceOf(object: Expression, { names }: Scene): Expression | undefined {
  if (object.kind === "call") return object.callee;
  if (object.kind !== "name") return undefined;
  const [binding, ...others] = names.bindingsOf(object);
  return others.length === 0 && binding?.how.kind === "assign" && binding.how.path.length === 0 && binding.how.value.kind === "call" ? binding.how.value.callee : undefined;
}

function classStarts(expression: Expression, { names }: Scene): readonly number[] {
  return expression.kind === "name" ? names.bindingsOf(expression).filter(({ how }) => how.kind === "definition").map(({ start }) => start) : [];
}

function rewriteGiven(call: CallExpression, { function: called, unwritten }: Called, scene: Scene): void {
  called.parameters.forEach((parameter, index) => {
    const key = `${called.start} ${index}`;
    const importer = scene.importers.get(key);
    const argument = importer && argumentOf(call, index - unwritten, parameter);
    if (!argument) return;
    if (scene.asked.has(key)) {
      rewriteAskedFor(key, argument, scene);
      // Perhaps it is looked for as a module as well: the helper knows it by that name too.
      if (importer.row?.meaning === "version" || importer.row?.meaning === "metadata") return claim(argument, scene);
    }
    if (scene.ownNames.has(key)) return claim(argument, scene);
    if (importer.row?.meaning === "entry-point-group") noteGroup(argument, scene, "own, handed on");
    if (importer.row?.meaning === "entry-point-group" || importer.row?.meaning === "label") return leave(argument, importer.row, scene);
    const outcome = relocateArgument(argument, scene.evaluate(argument), "object", "module-call", `${called.name} hands it on to ${importer.row?.callable ?? "a call that takes a module's name"}`, scene.context, scene.collector, scene.evaluate);
    if (outcome.left) scene.collector.finding("opaque-name", `${called.name} is given a name that may be relocated, and cannot be rewritten here`, argument.start);
    for (const each of outcome.parameters) scene.importers.set(keyOf(each), { parameter: each, row: importer.row });
  });
}

function claim(argument: Expression, scene: Scene): void {
  for (const value of stringsIn(scene.evaluate(argument))) if (value.kind === "text") for (const { literal } of value.pieces) scene.collector.claim(literal);
}

/** A call of a function that another module defines. */
function rewriteGivenElsewhere(call: CallExpression, scene: Scene): void {
  const given = [...call.positional, ...call.keywords.map(({ value }) => value)].filter((argument) => isOpen(argument, scene));
  if (given.length === 0) return;
  for (const taker of takersCalled(call.callee, scene)) {
    for (const taken of taker.taken) {
      const argument = argumentOf(call, taken.index - taker.unwritten, taken.keyword);
      if (argument && given.includes(argument)) rewriteTaken(argument, taker, taken, scene);
    }
  }
}

/** It names something that is relocated, or comes from the function's own caller. */
function isOpen(argument: Expression, { evaluate, context }: Scene): boolean {
  if (argument.kind === "call" || argument.kind === "mapping") return false;
  return alternatives(evaluate(argument)).some((value) => value.kind === "parameter" || (value.kind === "text" && namedBy(value, "object", context) !== undefined));
}

function takersCalled(callee: Expression, scene: Scene): readonly Taker[] {
  const instance = callee.kind === "attribute" ? instanceOf(callee.object, scene) : undefined;
  const base = instance ?? callee;
  if (base.kind === "name" && !isImported(base, scene)) return [];
  const named = (value: Value): readonly string[] => (value.kind === "object" ? value.names : []);
  const method = instance && callee.kind === "attribute" ? `.${callee.name}` : "";
  return alternatives(scene.evaluate(base)).flatMap(named).filter((name) => !scene.context.options.catalogue.rows.has(name)).flatMap((name) => scene.takerOf(`${name}${method}`, instance !== undefined) ?? []);
}

function isImported(name: NameExpression, { names }: Scene): boolean {
  return names.bindingsOf(name).some(({ how }) => how.kind === "import");
}

function rewriteTaken(argument: Expression, { where }: Taker, { kind, words, beginnings, registry, callable }: Taken, scene: Scene): void {
  const { context, collector, evaluate } = scene;
  const value = evaluate(argument);
  if (kind === "left") return claim(argument, scene);
  const own = alternatives(value).find((each) => each.kind === "text" && each.complete && !each.text.includes(".") && (kind === "uncertain" || registry || words.has(each.text) || beginnings.some((beginning) => each.text.startsWith(beginning))));
  if (own?.kind === "text") {
    claim(argument, scene);
    if (context.options.relocations.covering(own.text)) collector.site(argument, own.text, "ambiguous", "ambiguous-string", "left", `${where} may have something of its own by this word, before it hands it on to ${callable}`);
    return;
  }
  // A path that exists is decided as a string of its own (strings.ts).
  if (kind === "uncertain") return;
  const outcome = relocateArgument(argument, value, "object", "module-call", `${where} hands it on to ${callable}`, context, collector, evaluate);
  if (outcome.left) collector.finding("opaque-name", `${where} is given a name that may be relocated, and cannot be rewritten here`, argument.start);
  for (const each of outcome.parameters) if (!scene.importers.has(keyOf(each))) scene.importers.set(keyOf(each), { parameter: each, row: undefined });
}
