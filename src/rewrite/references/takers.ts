/**
 * Functions of other modules that hand on what they are given: `from .compat import is_available`, `is_available("jinja2")`. Their module is looked into
 * when such a call is seen. What comes out depends on nothing but that module's text and those it imports from, to a fixed depth:
 * on no order in which files are treated.
 */
import type { Catalogue, Meaning } from "../../model/catalogue.ts";
import { type DottedName, join, topLevel } from "../../model/name.ts";
import type { Expression, Program } from "../../model/program.ts";
import { nothing } from "../../model/edit.ts";
import { positionAt } from "../../model/span.ts";
import type { Context, Inventory } from "../context.ts";
import { absolute } from "./names.ts";
import { isBoundAnew } from "./rebound.ts";
import { type Importer, type Parameter, type Scene, type Taken, type Taker, keyOf } from "./scene.ts";
import { stringsIn } from "./values.ts";

/** From one module to the next, so many times. */
export const DEEPEST = 2;

/** What the analysis of one module's calls comes to. */
export type Analyse = (context: Context, program: Program, depth: number) => Scene;

interface Known {
  /** By depth and module: its functions that hand something on, by `nameOf`. */
  readonly modules: Map<string, ReadonlyMap<string, Taker>>;
  readonly likely: Map<string, boolean>;
  readonly definitions: Map<DottedName, ReadonlyMap<string, string>>;
}

const known = new WeakMap<Inventory, Known>();

function knownOf(inventory: Inventory): Known {
  let found = known.get(inventory);
  if (!found) known.set(inventory, (found = { modules: new Map(), likely: new Map(), definitions: new Map() }));
  return found;
}

/** `name`: of a function, a class or a method; `ofInstance`: the method of an object that was made by calling the class. */
export function takerOf(name: DottedName, ofInstance: boolean, context: Context, depth: number, analyse: Analyse): Taker | undefined {
  const { inventory, relocations } = context.options;
  if (depth === 0 || !relocations.concerns(topLevel(name))) return undefined;
  for (const origin of inventory.origins(name)) {
    const [module, ...path] = inventory.split(origin) ?? [];
    if (module === undefined || path[0] === undefined || path.length > 2 || !mayHandOn(join(module, path[0]), context, depth)) continue;
    const taker = takersIn(module, context, depth, analyse).get(`${path.join(".")}${ofInstance ? "()" : ""}`);
    if (taker) return taker;
  }
  return undefined;
}

function takersIn(module: DottedName, context: Context, depth: number, analyse: Analyse): ReadonlyMap<string, Taker> {
  const { modules } = knownOf(context.options.inventory);
  const key = `${depth} ${module}`;
  let takers = modules.get(key);
  if (!takers) {
    const found = context.options.inventory.source(module);
    const program = found?.program();
    modules.set(key, (takers = found && program ? takersOf(module, analyse({ ...found, options: context.options, again: false, decideNested: () => nothing }, program, depth - 1)) : new Map()));
  }
  return takers;
}

/** Keys: `f`, `Class` for what its objects are made with, `Class.method`, and `Class.method()` where it is called on an object. */
function takersOf(module: DottedName, scene: Scene): ReadonlyMap<string, Taker> {
  const { program, context } = scene;
  const takers = new Map<string, Taker>();
  const isDefined = (name: string): boolean => program.bindings.every((binding) => binding.name !== name || binding.scope !== program.module || binding.how.kind === "definition");
  for (const each of program.functions) {
    const taken = each.parameters.flatMap((keyword, index): Taken[] => {
      const importer = scene.importers.get(`${each.start} ${index}`);
      return importer ? [takenOf(importer, scene, keyword)] : [];
    });
    if (taken.length === 0) continue;
    const around = each.scope === program.module ? "" : program.bindings.find(({ start, scope }) => start === each.scope.classStart && scope === program.module)?.name;
    if (around === undefined || !isDefined(around || each.name)) continue;
    const name = join(around, each.name);
    const where = `${join(module, name)} (line ${positionAt(context.source.toString("latin1"), each.start).line})`;
    const [self] = each.parameters;
    const add = (key: string, unwritten: 0 | 1): void => void (takers.has(key) || takers.set(key, { where, unwritten, taken }));
    if (around === "") add(name, 0);
    else {
      add(name, self === "cls" ? 1 : 0);
      add(`${name}()`, self === "self" || self === "cls" ? 1 : 0);
      if (each.name === "__init__") add(around, 1);
    }
  }
  return takers;
}

function takenOf(importer: Importer, scene: Scene, keyword: string): Taken {
  const { parameter, row } = importer;
  const left = scene.ownNames.has(keyOf(parameter)) || (row !== undefined && !naming.has(row.meaning));
  return { index: parameter.index, keyword, kind: left ? "left" : isBoundAnew(parameter, scene) ? "uncertain" : "module", callable: row?.callable ?? "a call that takes a module's name", ...ownWords(importer, scene) };
}

/** What a function compares its parameter with, or looks it up in, before it takes it for a module. */
function ownWords({ parameter }: Importer, scene: Scene): { readonly words: ReadonlySet<string>; readonly beginnings: readonly string[]; readonly registry: boolean } {
  const { program, names, evaluate, context } = scene;
  const words = new Set<string>();
  const beginnings: string[] = [];
  let registry = false;
  const take = (expression: Expression): boolean => {
    const value = evaluate(expression);
    const texts = value.kind === "items" ? value.items : value.kind === "table" ? value.entries.map(([key]) => key) : value.kind === "text" ? [value] : [];
    for (const text of texts) if (text.kind === "text") words.add(text.text);
    // What is empty at first is filled later, and so is what gets keys that only running tells.
    return texts.length > 0 && (value.kind !== "table" || texts.every(({ kind }) => kind === "text"));
  };
  for (const use of program.expressions) {
    if (use.kind !== "name" || use.name !== parameter.name || !names.bindingsOf(use).some(({ how }) => how.kind === "parameter" && how.owner === parameter.owner)) continue;
    const above = use.parent;
    if (above?.kind === "comparison") {
      above.operands.forEach((operand, index) => {
        if (operand === use || isStored(operand, parameter, scene) || isModules(operand, scene)) return;
        const operator = above.operators[index - 1] ?? above.operators[index] ?? "";
        if (["==", "!="].includes(operator)) take(operand);
        else if (["in", "not in"].includes(operator) && !take(operand)) registry = true;
      });
      continue;
    }
    const asked = above?.kind === "attribute" && above.name === "startswith" && above.parent?.kind === "call" && above.parent.callee === above ? above.parent.positional[0] : undefined;
    if (asked) for (const value of stringsIn(evaluate(asked))) if (value.kind === "text" && value.complete && value.text !== "") beginnings.push(value.text);
    const table = above?.kind === "subscript" && above.indices[0] === use && above.use === "load" ? above.object : above?.kind === "call" && above.positional[0] === use && above.callee.kind === "attribute" && above.callee.name === "get" ? above.callee.object : undefined;
    if (!table || !isAnswer(above, parameter.name, context) || isStored(table, parameter, scene) || isModules(table, scene)) continue;
    if (!take(table)) registry = true;
  }
  return { words, beginnings, registry };
}

function isModules(expression: Expression, { evaluate }: Scene): boolean {
  const value = evaluate(expression);
  return value.kind === "object" && value.names.includes("sys.modules");
}

/** `loaded[name] = …` in the same function: it remembers what was imported by that name. */
function isStored(table: Expression, { owner, name }: Parameter, { program, names, context }: Scene): boolean {
  const text = context.source.toString("latin1", table.start, table.end);
  return program.assignments.some(({ target }) => {
    const index = target.kind === "subscript" ? target.indices[0] : undefined;
    if (target.kind !== "subscript" || index?.kind !== "name" || index.name !== name || context.source.toString("latin1", target.object.start, target.object.end) !== text) return false;
    return names.bindingsOf(index).some(({ how }) => how.kind === "parameter" && how.owner === owner);
  });
}

/** It is returned, or the parameter is bound to it anew. */
function isAnswer(expression: Expression | undefined, name: string, { source }: Context): boolean {
  let whole = expression;
  while (whole?.parent) whole = whole.parent;
  if (!whole) return false;
  const before = source.toString("latin1", Math.max(0, whole.start - 100), whole.start);
  return /\breturn[ \t]*\(?\s*$/.test(before) || new RegExp(`\\b${name}[ \\t]*=[ \\t]*\\(?\\s*$`).test(before);
}

const lastWords = new WeakMap<Catalogue, ReadonlyMap<string, ReadonlySet<string>>>();
const naming = new Set<Meaning>(["module", "top-module", "object", "anchor", "module-prefix", "namespace-package", "logger"]);
/** What is given to a function that hands it on to one of these is decided: that it stays, too. */
const followed = new Set<Meaning>([...naming, "label"]);

/** The last words of callables that take names of modules, each with what the callables lie in (`logging` for `logging.getLogger`). */
function wordsOf(catalogue: Catalogue): ReadonlyMap<string, ReadonlySet<string>> {
  const before = lastWords.get(catalogue);
  if (before) return before;
  const words = new Map<string, Set<string>>();
  for (const [callable, rows] of catalogue.rows) {
    if (callable.startsWith("@") || !rows.some(({ meaning }) => followed.has(meaning))) continue;
    const [above = "", word = ""] = callable.split(".").slice(-2);
    words.set(word, (words.get(word) ?? new Set()).add(above));
  }
  lastWords.set(catalogue, words);
  return words;
}

/** A first look at the text: the function, or one that it calls, has a word of the catalogue. Most have none, and no parse is needed to know. */
export function mayHandOn(name: DottedName, context: Context, depth = DEEPEST): boolean {
  const { likely } = knownOf(context.options.inventory);
  const key = `${depth} ${name}`;
  let found = likely.get(key);
  if (found === undefined) likely.set(key, (found = looksLikely(name, context, depth)));
  return found;
}

function looksLikely(name: DottedName, context: Context, depth: number): boolean {
  const { inventory, catalogue, relocations } = context.options;
  const words = wordsOf(catalogue);
  return inventory.origins(name).some((origin) => {
    if (catalogue.rows.get(origin)?.some(({ meaning }) => followed.has(meaning))) return true;
    const [module, first] = inventory.split(origin) ?? [];
    const found = module === undefined || first === undefined ? undefined : inventory.source(module);
    if (!found || first === undefined) return false;
    const definitions = definitionsIn(module ?? "", inventory, found.source);
    const outside = new Set<string>();
    const aliases = new Map(found.facts.imports.flatMap((statement) => (statement.kind === "from" ? statement.names.flatMap(({ alias, written }): [string, string][] => (alias && (written.name === "modules" || words.has(written.name)) ? [[alias.name, written.name]] : [])) : [])));
    const reached = new Set([first]);
    for (const each of reached) {
      const body = definitions.get(each);
      if (body === undefined) {
        outside.add(each);
        continue;
      }
      for (const [, called = ""] of body.matchAll(/\b([A-Za-z_]\w*)[ \t]*\(/g)) {
        const parents = words.get(aliases.get(called) ?? called);
        if (parents && [...parents].some((above) => above === "builtins" || found.source.includes(above, 0, "latin1"))) return true;
        reached.add(called);
      }
      if (/\bmodules\b/.test(body) || [...aliases].some(([alias, word]) => word === "modules" && body.includes(alias))) return true;
    }
    if (depth <= 1) return false;
    return found.facts.imports.some((statement) =>
      statement.kind === "from" && statement.names.some(({ alias, written }) => {
        if (!outside.has(alias?.name ?? written.name)) return false;
        const from = absolute(found.place.package, statement.level, statement.module.name);
        return from !== undefined && relocations.concerns(topLevel(from)) && mayHandOn(join(from, written.name), context, depth - 1);
      }),
    );
  });
}

function definitionsIn(module: DottedName, inventory: Inventory, source: Buffer): ReadonlyMap<string, string> {
  const { definitions } = knownOf(inventory);
  let found = definitions.get(module);
  if (!found) definitions.set(module, (found = definitionsOf(source.toString("latin1"))));
  return found;
}

/** The texts of a module's functions and classes by their names, as far as indentation shows where they end. */
function definitionsOf(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const { 0: head, 1: indent = "", 2: name = "", index } of text.matchAll(/^([ \t]*)(?:async[ \t]+def|def|class)[ \t]+(\w+)/gm)) {
    const end = new RegExp(`\\n[ \\t]{0,${indent.length}}[^ \\t\\r\\n#)]`, "g");
    end.lastIndex = index + head.length;
    // Of several by one name, all count.
    found.set(name, (found.get(name) ?? "") + text.slice(index, end.exec(text)?.index));
  }
  return found;
}
