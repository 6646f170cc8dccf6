/**
 * Places where names of modules are at run time: `sys.modules`, `__name__`, `cls.__module__`, names that an import hook is asked for. What
 * they are compared with, or looked up by, is relocated too.
 */
import type { Rule } from "../../model/edit.ts";
import type { CallExpression, ComparisonExpression, Expression } from "../../model/program.ts";
import { topLevel } from "../../model/name.ts";
import { type Shape, relocateArgument } from "./argument.ts";
import { mapAtRunTime } from "./runtimeMap.ts";
import { type Scene, keyOf } from "./scene.ts";
import { alternatives } from "./values.ts";

const lookUps = new Set(["get", "pop", "setdefault", "__getitem__", "__setitem__", "__delitem__", "__contains__", "update"]);
/** String methods whose first argument is a name, or the beginning of one. */
const comparing = new Set(["startswith", "removeprefix", "replace", "__eq__", "__ne__", "lstrip", "index", "find", "partition", "split"]);
const equalities = new Set(["==", "!=", "in", "not in", "is", "is not"]);

export function rewriteRunning(scene: Scene): void {
  for (const expression of scene.program.expressions) {
    if (expression.kind === "subscript" && isModules(expression.object, scene)) {
      const [key] = expression.indices;
      if (key) relocate(key, "module", "sys-modules", "sys.modules is looked up by it", scene);
    } else if (expression.kind === "call") {
      rewriteMethod(expression, scene);
      rewriteNamesIn(expression.keywords.map(({ name, value }) => [name, value]), scene);
      rewriteSetting(expression, scene);
      rewriteHandedOver(expression, scene);
    } else if (expression.kind === "mapping") {
      rewriteNamesIn(expression.entries.map(({ key, value }) => [textOf(key, scene), value]), scene);
      for (const { key, value } of expression.entries) rewriteEntry(expression, textOf(key, scene), value, scene);
    } else if (expression.kind === "comparison") rewriteComparison(expression, scene);
  }
  for (const { subject, literal } of scene.program.matches) {
    if (isRunning(subject, scene) && !(isNameOfSomething(subject, scene) && isWord(literal, scene))) relocate(literal, "prefix", "module-comparison", "the name of a module is matched with it", scene);
  }
  for (const { target, value } of scene.program.assignments) {
    if (target.kind === "attribute" && isModuleName(target.name)) relocate(value, "module", "module-name", `it becomes the ${target.name} of something`, scene);
  }
  for (const { name, how } of scene.program.bindings) {
    if (how.kind === "assign" && how.path.length === 0 && isModuleName(name)) relocate(how.value, "module", "module-name", `it becomes the ${name} of something`, scene);
  }
}

/** `{"__module__": "a"}`, `{"__name__": "a.b"}`: namespaces of classes and of modules. A word is as likely the name of a function, unless globals are meant. */
function rewriteEntry(mapping: Expression, key: string | undefined, value: Expression, scene: Scene): void {
  if (key !== "__module__" && key !== "__name__" && key !== "__package__") return;
  if (key === "__name__" && isWord(value, scene) && !areGlobals(mapping, scene)) return;
  relocate(value, "module", "module-name", `it becomes the ${key} of something`, scene);
}

/** `f_globals={…}`, `frame.f_globals = {…}`, `globals = {…}`, `exec(code, {…})` */
function areGlobals(mapping: Expression, { program }: Scene): boolean {
  const above = mapping.parent;
  if (above?.kind === "call") {
    const keyword = above.keywords.find(({ value }) => value === mapping)?.name;
    if (keyword !== undefined) return /globals/i.test(keyword);
    return above.callee.kind === "name" && (above.callee.name === "exec" || above.callee.name === "eval") && above.positional[1] === mapping;
  }
  if (program.assignments.some(({ target, value }) => value === mapping && target.kind === "attribute" && /globals/i.test(target.name))) return true;
  return program.bindings.some(({ name, how }) => how.kind === "assign" && how.value === mapping && /globals/i.test(name));
}

function isModuleName(name: string): boolean {
  return name === "__module__" || name === "__name__" || name === "__package__";
}

/** What only the namespace of a module has beside its name: a function has a `__name__` too. */
const besideName = new Set(["__package__", "__file__", "__path__", "__spec__", "__loader__", "__builtins__"]);

/** `{"__name__": "a.b", "__package__": "a"}`, `dict(__package__="a")` */
function rewriteNamesIn(entries: readonly (readonly [string | undefined, Expression])[], scene: Scene): void {
  for (const [key, value] of entries) {
    if (key === undefined || !isModuleName(key)) continue;
    if (key === "__name__" && isWord(value, scene) && !entries.some(([other]) => besideName.has(other ?? ""))) continue;
    relocate(value, "module", "module-name", `it becomes the ${key} of something`, scene);
  }
}

/** `setattr(f, "__module__", "a")` */
function rewriteSetting(call: CallExpression, scene: Scene): void {
  const [, key, value] = call.positional;
  if (call.callee.kind !== "name" || call.callee.name !== "setattr" || !key || !value) return;
  const name = textOf(key, scene);
  if (name !== undefined && name !== "__name__" && isModuleName(name)) relocate(value, "module", "module-name", `it becomes the ${name} of something`, scene);
}

function isModules(expression: Expression, { evaluate }: Scene): boolean {
  // An attribute's dotted name ends as it does itself.
  if (expression.kind === "attribute" && expression.name !== "modules") return false;
  return alternatives(evaluate(expression)).some((value) => value.kind === "object" && value.names.includes("sys.modules"));
}

function isRunning(expression: Expression, { evaluate }: Scene): boolean {
  return alternatives(evaluate(expression)).some((each) => each.kind === "running");
}

/** `f.__name__`: of a function or a class as likely as of a module, which a word alone does not tell. */
function isNameOfSomething(expression: Expression, scene: Scene): boolean {
  if (expression.kind !== "attribute" || expression.name !== "__name__") return false;
  const { object } = expression;
  const called = object.kind === "name" || object.kind === "attribute" ? object.name : object.kind === "subscript" && isModules(object.object, scene) ? "module" : "";
  return !/mod|package|pkg/i.test(called);
}

function isWord(expression: Expression, { evaluate }: Scene): boolean {
  return listed(expression).every((each) => alternatives(evaluate(each)).every((value) => value.kind === "text" && value.complete && !value.text.includes(".")));
}

/** `name.startswith("a.")` where the same name is handed to `import_module`: with the dot it is a module's name that is looked at. */
function isHandedOn(expression: Expression, argument: Expression, { evaluate, names, moduleNames }: Scene): boolean {
  if (expression.kind !== "name" || !names.bindingsOf(expression).some((binding) => moduleNames.has(`${binding.name} ${binding.start}`))) return false;
  const value = evaluate(argument);
  return value.kind === "text" && value.text.includes(".");
}

function relocate(expression: Expression, shape: Shape, rule: Rule, why: string, scene: Scene): void {
  for (const each of listed(expression)) {
    const value = scene.evaluate(each);
    if (value.kind === "items") {
      // A collection that has a name: what it holds is read by others too.
      for (const item of value.items) {
        const { left } = relocateArgument(each, item, shape, rule, why, scene.context, scene.collector, scene.evaluate, true);
        if (left) scene.collector.finding("opaque-name", `${why}, holds a name that may be relocated, and cannot be rewritten here`, each.start);
      }
      continue;
    }
    const { kind, parameters, left } = relocateArgument(each, value, shape, rule, why, scene.context, scene.collector, scene.evaluate);
    // `def unload(name): del sys.modules[name]`
    if (rule === "sys-modules") for (const parameter of parameters) if (!scene.importers.has(keyOf(parameter))) scene.importers.set(keyOf(parameter), { parameter, row: undefined });
    const mapped = kind === "opaque" && rule === "sys-modules" && mapAtRunTime(each, rule, scene.context, scene.collector);
    if (left && !mapped) scene.collector.finding("opaque-name", `${why}, may be one that is relocated, and cannot be rewritten here`, each.start);
    if (kind === "opaque" && rule === "sys-modules" && !mapped && !left && isConstantElsewhere(each, scene)) {
      scene.collector.finding("opaque-name", "sys.modules is looked up by a constant of a relocated module whose value is not known", each.start);
    }
  }
}

/** `NAME` of another relocated module, by the spelling that constants have. */
function isConstantElsewhere(expression: Expression, { evaluate, context }: Scene): boolean {
  if (context.place.module === undefined || (expression.kind !== "name" && expression.kind !== "attribute") || !/^[A-Z][A-Z0-9_]*$/.test(expression.name)) return false;
  return alternatives(evaluate(expression)).some((value) => value.kind === "object" && value.names.some((name) => context.options.relocations.concerns(topLevel(name))));
}

/** The expressions of a collection that is written in place, or the expression itself. */
function listed(expression: Expression): readonly Expression[] {
  if (expression.kind === "sequence") return expression.items;
  if (expression.kind === "mapping") return expression.entries.map(({ key }) => key);
  if (expression.kind === "other" && expression.type === "parenthesized_expression" && expression.parts[0]) return listed(expression.parts[0]);
  return [expression];
}

function rewriteMethod(call: CallExpression, scene: Scene): void {
  if (call.callee.kind !== "attribute") return;
  const [first] = call.positional;
  if (!first) return;
  if (lookUps.has(call.callee.name) && isModules(call.callee.object, scene)) return relocate(first, "module", "sys-modules", "sys.modules is looked up by it", scene);
  if (comparing.has(call.callee.name) && ((isRunning(call.callee.object, scene) && !(isNameOfSomething(call.callee.object, scene) && isWord(first, scene))) || isHandedOn(call.callee.object, first, scene))) relocateCompared(call, first, scene);
}

function relocateCompared(call: CallExpression, first: Expression, scene: Scene): void {
  relocate(first, "prefix", "module-comparison", "it is compared with the name of a module", scene);
  const [, second] = call.positional;
  // `path.replace("a.b.c", "a.b")`: a name for a name.
  if (call.callee.kind === "attribute" && call.callee.name === "replace" && second) relocate(second, "prefix", "module-comparison", "it takes the place of a module's name", scene);
}

/** `patch.dict(sys.modules, {"a": None})`, `monkeypatch.setitem(sys.modules, "a", None)`: what the rest names are its keys. */
function rewriteHandedOver(call: CallExpression, scene: Scene): void {
  const [first, ...rest] = call.positional;
  if (!first || !(isModules(first, scene) || textOf(first, scene) === "sys.modules")) return;
  for (const argument of rest) relocate(argument, "module", "sys-modules", "it is a key of sys.modules", scene);
  const callee = call.callee.kind === "attribute" ? call.callee.name : "";
  const { relocations } = scene.context.options;
  for (const { name } of callee === "dict" ? call.keywords : []) {
    if (relocations.covering(name)) scene.collector.finding("opaque-name", `'${name}' becomes a key of sys.modules, and a keyword cannot name the relocated module: give a dictionary`, call.start);
  }
}

function textOf(expression: Expression, { evaluate }: Scene): string | undefined {
  const value = evaluate(expression);
  return value.kind === "text" && value.complete ? value.text : undefined;
}

function rewriteComparison({ operands, operators }: ComparisonExpression, scene: Scene): void {
  operands.forEach((operand, index) => {
    if (isRunning(operand, scene)) return;
    const left = index > 0 ? operands[index - 1] : undefined;
    const right = operands[index + 1];
    const beside = [
      ...(left && equalities.has(operators[index - 1] ?? "") ? [left] : []),
      ...(right && equalities.has(operators[index] ?? "") ? [right] : []),
    ];
    if (right && (operators[index] === "in" || operators[index] === "not in") && isModules(right, scene)) return relocate(operand, "module", "sys-modules", "it is looked for in sys.modules", scene);
    if (beside.some((other) => isRunning(other, scene) && !(isNameOfSomething(other, scene) && isWord(operand, scene)))) relocate(operand, "prefix", "module-comparison", "it is compared with the name of a module", scene);
  });
}
