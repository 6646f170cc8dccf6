/**
 * Expressions → values. Only what Python would certainly compute counts as known: literals and what is made of them by `+`, `%`,
 * `format`, `join`; names bound to such; elements of constant collections, one by one or as "one of these".
 */
import { join, topLevel } from "../../model/name.ts";
import type { AttributeExpression, Binding, CallExpression, Expression, NameExpression, StringExpression } from "../../model/program.ts";
import type { Context } from "../context.ts";
import type { Names } from "./names.ts";
import { type Piece, type Value, alternatives, anyOf, choice, concatenated, constant, cut, elements, listed, lookedUp, pairs, pick, through, unknown } from "./values.ts";

export interface Evaluator {
  (expression: Expression): Value;
}

/** What is evaluated inside what: names may be bound in circles. */
const DEEPEST = 24;
/** Of the places that bind a name so many are looked at: each may be made of all the others. What the rest binds is not known. */
const MOST_BINDINGS = 32;
const passThrough = new Set(["builtins.list", "builtins.tuple", "builtins.set", "builtins.frozenset", "builtins.sorted", "builtins.reversed", "builtins.iter"]);
const runningAttributes = new Set(["__name__", "__module__", "__package__"]);
/** Methods whose result begins as the string itself does, or is a part of it. */
const stringMethods = new Set(["lower", "strip", "rstrip", "encode", "decode", "replace"]);

/** `constantOf`: the value of a constant of another module, by its dotted name. */
export function evaluator(context: Context, names: Names, constantOf: (name: string) => Value | undefined): Evaluator {
  const { place } = context;
  const known = new Map<Expression, Value>();
  let depth = 0;

  const evaluate: Evaluator = (expression) => {
    const before = known.get(expression);
    if (before) return before;
    if (depth >= DEEPEST) return unknown;
    known.set(expression, unknown); // what it is, should it be made of itself
    depth++;
    const value = compute(expression);
    depth--;
    known.set(expression, value);
    return value;
  };
  return evaluate;

  function compute(expression: Expression): Value {
    switch (expression.kind) {
      case "string":
        return ofString(expression);
      case "name":
        return ofName(expression);
      case "attribute": {
        const object = evaluate(expression.object);
        if (expression.name === "__name__" && isClass(expression.object)) return unknown;
        if (runningAttributes.has(expression.name)) return { kind: "running", original: object.kind === "object" && object.names.length === 1 && expression.name === "__name__" ? object.names[0] : undefined };
        if ((expression.name === "name" || expression.name === "parent") && expression.object.kind === "attribute" && expression.object.name === "__spec__") return { kind: "running", original: undefined };
        if (object.kind === "object") {
          // `__spec__.name`, `__spec__.parent`
          if (object.names[0] === "__spec__") return expression.name === "name" ? { kind: "running", original: place.module } : expression.name === "parent" ? { kind: "running", original: place.package } : unknown;
          const attributes = object.names.map((name) => join(name, expression.name));
          return constants(attributes) ?? { kind: "object", names: attributes };
        }
        return keptParameters(expression);
      }
      case "binary":
        if (expression.operator === "+") return concatenated(evaluate(expression.left), evaluate(expression.right), expression.right);
        if (expression.operator === "%") return formatted(evaluate(expression.left), /%(?:\((\w+)\))?([sr%])/, argumentsOf(expression.right), expression.right);
        return unknown;
      case "conditional":
        return choice([evaluate(expression.whenTrue), evaluate(expression.whenFalse)]);
      case "sequence":
        return { kind: "items", items: expression.items.map(evaluate) };
      case "mapping":
        return { kind: "table", entries: expression.entries.map(({ key, value }) => [evaluate(key), evaluate(value)]) };
      case "subscript": {
        const root = derivedRoot(expression, evaluate, context.source);
        if (root) return { kind: "running", original: root.original === undefined ? undefined : topLevel(root.original) };
        // `globals()["__name__"]`, `frame.f_globals["__name__"]`
        if (expression.indices[0] && isRunningKey(evaluate(expression.indices[0]))) return { kind: "running", original: undefined };
        return ofSubscript(evaluate(expression.object), expression.indices);
      }
      case "call":
        return ofCall(expression);
      case "other":
        if (expression.type === "parenthesized_expression" || expression.type === "interpolation") return expression.parts[0] ? evaluate(expression.parts[0]) : unknown;
        if (expression.type === "boolean_operator") return choice(expression.parts.map(evaluate));
        if (expression.type === "named_expression" && expression.parts[0]) return evaluate(expression.parts[0]);
        return unknown;
      default:
        return unknown;
    }
  }

  /** `self.name`, to which a method assigns its parameter: whatever else it may be, it may be what the class is made with. */
  function keptParameters(attribute: AttributeExpression): Value {
    if (attribute.object.kind !== "name" || attribute.object.name !== "self") return unknown;
    const parameters = names.assignedToSelf(attribute).map(evaluate).flatMap(alternatives).filter((value) => value.kind === "parameter");
    return parameters.length === 0 ? unknown : choice([unknown, ...parameters]);
  }

  /** `x.__class__`, `type(x)`, `cls`: their names are no modules'. */
  function isClass(object: Expression): boolean {
    if (object.kind === "attribute") return object.name === "__class__";
    if (object.kind === "name") return object.name === "cls";
    if (object.kind !== "call") return false;
    const callee = evaluate(object.callee);
    return callee.kind === "object" && callee.names.includes("builtins.type");
  }

  function ofString(string: StringExpression): Value {
    if (string.bytes) return unknown;
    let value: Value = { kind: "text", text: "", pieces: [], complete: true, rest: undefined, running: false };
    for (const part of string.parts) {
      if (part.kind === "text") {
        const piece: Piece = { text: part.text, span: part.span, plain: part.plain, literal: string, shared: false };
        value = concatenated(value, { kind: "text", text: part.text, pieces: [piece], complete: true, rest: undefined, running: false }, undefined);
      } else value = concatenated(value, part.formatted ? unknown : evaluate(part.value), part.value);
      if (value.kind === "unknown") return string.parts[0] === part ? unknown : value;
    }
    return value;
  }

  function ofName(use: NameExpression): Value {
    const bindings = names.bindingsOf(use);
    if (bindings.length === 0) return global(use.name);
    if (bindings.every((binding) => binding.how.kind === "import")) {
      const objects = bindings.flatMap((binding) => names.imported(binding)).flatMap((name) => context.options.inventory.origins(name));
      return objects.length > 0 ? (constants(objects) ?? { kind: "object", names: [...new Set(objects)] }) : unknown;
    }
    const values = bindings.length > MOST_BINDINGS ? [...bindings.slice(0, MOST_BINDINGS).map(ofBinding), unknown] : bindings.map(ofBinding);
    // `try: from a import b`, `except ImportError: b = None`
    const objects = values.filter((value) => value.kind === "object");
    if (objects.length > 0) return { kind: "object", names: [...new Set(objects.flatMap((value) => value.names))] };
    return choice(values);
  }

  function constants(objects: readonly string[]): Value | undefined {
    const values = objects.map(constantOf);
    return values.every((value) => value !== undefined) ? choice(values) : undefined;
  }

  function global(name: string): Value {
    if (name === "__name__") return { kind: "running", original: place.module };
    if (name === "__package__") return { kind: "running", original: place.package };
    if (name === "__spec__") return { kind: "object", names: ["__spec__"] };
    return { kind: "object", names: [`builtins.${name}`] };
  }

  function ofBinding(binding: Binding): Value {
    const { how } = binding;
    const isShared = (): boolean => names.isShared(binding);
    switch (how.kind) {
      case "assign":
        return through(filled(binding, pick(evaluate(how.value), how.path)), isShared);
      case "iterate":
        return through(pick(anyOf(elements(evaluate(how.iterable))), how.path), isShared);
      case "parameter": {
        if (["find_spec", "find_module", "load_module", "find_loader", "find_class"].includes(how.function) && how.index === 1) return { kind: "running", original: undefined };
        const parameter: Value = { kind: "parameter", owner: how.owner, name: binding.name, index: how.index };
        return how.default ? choice([through(evaluate(how.default), isShared), parameter]) : parameter;
      }
      case "import":
        return { kind: "object", names: names.imported(binding).flatMap((name) => context.options.inventory.origins(name)) };
      case "definition":
        return place.module === undefined || binding.scope.parent ? unknown : { kind: "object", names: [join(place.module, binding.name)] };
      default:
        return unknown;
    }
  }

  /** `table = {}`, `table["a"] = x`: what is put into a dictionary that has a name. */
  function filled(binding: Binding, value: Value): Value {
    if (value.kind !== "table" || binding.how.kind !== "assign" || binding.how.path.length > 0) return value;
    const entries = names.entriesOf(binding).map(({ key, value: each }): readonly [Value, Value] => [evaluate(key), evaluate(each)]);
    return entries.length === 0 ? value : { kind: "table", entries: [...value.entries, ...entries] };
  }

  function ofSubscript(object: Value, indices: readonly Expression[]): Value {
    const [index] = indices;
    if (!index || indices.length > 1) return unknown;
    if (object.kind === "choice") return choice(object.values.map((value) => ofSubscript(value, indices)));
    if (object.kind === "object" && object.names.includes("sys.modules")) return unknown;
    if (object.kind === "items") {
      const at = index.kind === "other" && index.type === "integer" ? Number(context.source.toString("latin1", index.start, index.end)) : undefined;
      return at === undefined ? choice(object.items) : (object.items[at] ?? unknown);
    }
    if (object.kind !== "table") return unknown;
    const key = evaluate(index);
    const exact = key.kind === "text" && key.complete ? object.entries.filter(([each]) => each.kind === "text" && each.text === key.text) : [];
    return choice((exact.length > 0 ? exact : object.entries).map(([, value]) => value));
  }

  function ofCall(call: CallExpression): Value {
    if (call.callee.kind === "attribute" && !/^(?:(?:iter_)?entry_points(?:_of)?|distributions_of)$/.test(call.callee.name)) {
      const receiver = evaluate(call.callee.object);
      const method = call.callee.name;
      if (receiver.kind === "object" && receiver.names.includes("sys.modules")) return ofModules(receiver, method);
      if (method === "get" && call.positional[0] && isRunningKey(evaluate(call.positional[0]))) return { kind: "running", original: undefined };
      if (receiver.kind === "text" && method === "format") return formatted(receiver, /\{(\w*)(?:!s)?\}/, { positional: call.positional, named: call.keywords }, call);
      if (receiver.kind === "text" && receiver.complete && method === "join" && call.positional[0]) return joined(receiver, evaluate(call.positional[0]), call);
      if (receiver.kind === "running" && stringMethods.has(method)) return { kind: "running", original: undefined };
      if (receiver.kind === "running" && ["rpartition", "rsplit"].includes(method)) return { kind: "items", items: [{ kind: "running", original: undefined }, unknown, unknown] };
      if (receiver.kind === "parameter" && ["rpartition", "rsplit", "partition", "split"].includes(method)) return { kind: "items", items: [receiver, unknown, unknown] };
      if (["items", "values", "keys"].includes(method)) return choice(alternatives(receiver).map((each) => (each.kind === "table" ? listed(each, method) : unknown)));
      if (receiver.kind === "table" && method === "get" && isSameName(call.positional)) return choice(alternatives(evaluate(call.positional[0])).map((each) => lookedUp(receiver, each) ?? each));
      if (receiver.kind === "table" && (method === "get" || method === "pop") && call.positional[0]) return choice([ofSubscript(receiver, [call.positional[0]]), ...call.positional.slice(1).map(evaluate)]);
      return unknown;
    }
    const callee = evaluate(call.callee);
    const [first] = call.positional;
    const groups = callee.kind === "object" ? callee.names.filter((name) => /^importlib[._]metadata\.entry_points$/.test(name) || name === `${context.options.helper}.entry_points`) : [];
    if (groups.length > 0) return { kind: "object", names: groups.map((name) => (name.startsWith("importlib") ? name : "importlib.metadata.entry_points")) };
    if (callee.kind !== "object" || !first) return unknown;
    const imports = callee.names.find((name) => name === "builtins.__import__" || name === "importlib.import_module");
    const imported = imports === undefined ? unknown : evaluate(first);
    // The generated helper, in a file that was relocated already.
    if (imported.kind === "text" && imported.complete && imported.text.endsWith("._relocated")) return { kind: "object", names: ["_relocated"] };
    if (callee.names.some((name) => /^_relocated\.\w+_of$/.test(name))) return evaluate(first);
    if (imported.kind === "text" && imported.complete && call.positional.length === 1) return { kind: "object", names: [imports === "builtins.__import__" && !call.keywords.some(({ name }) => name === "fromlist") ? topLevel(imported.text) : imported.text] };
    if (callee.names.includes("builtins.getattr") && call.positional[1] && isRunningKey(evaluate(call.positional[1]))) return { kind: "running", original: undefined };
    if (callee.names.some((name) => passThrough.has(name))) return elements(evaluate(first));
    if (callee.names.includes("builtins.str")) return evaluate(first);
    if (callee.names.includes("builtins.enumerate")) return pairs(elements(evaluate(first)));
    return unknown;
  }

  /** `sys.modules.keys()`, `.items()`, `.copy()` */
  function ofModules(modules: Value, method: string): Value {
    const name: Value = { kind: "running", original: undefined };
    if (method === "copy") return modules;
    if (method === "keys") return { kind: "items", items: [name] };
    return method === "items" ? { kind: "items", items: [{ kind: "items", items: [name, unknown] }] } : unknown;
  }

  function joined(separator: Value, list: Value, rest: Expression): Value {
    if (list.kind !== "items") return unknown;
    return list.items.reduce((whole: Value, item, index) => concatenated(index === 0 ? whole : concatenated(whole, separator, rest), item, rest), constant(""));
  }

  interface Arguments {
    readonly positional: readonly Expression[];
    readonly named: readonly { readonly name: string; readonly value: Expression }[];
  }

  function argumentsOf(right: Expression): Arguments {
    const inner = right.kind === "other" && right.type === "parenthesized_expression" && right.parts[0] ? right.parts[0] : right;
    if (inner.kind === "sequence") return { positional: inner.items, named: [] };
    if (inner.kind === "mapping") return { positional: [], named: inner.entries.flatMap(({ key, value }) => (key.kind === "string" ? [{ name: key.parts.map((part) => (part.kind === "text" ? part.text : "")).join(""), value }] : [])) };
    return { positional: [inner], named: [] };
  }

  /** Replaces the fields of a format, one after the other, until one is not known. */
  function formatted(format: Value, field: RegExp, given: Arguments, rest: Expression): Value {
    if (format.kind === "choice") return choice(format.values.map((each) => formatted(each, field, given, rest)));
    if (format.kind !== "text") return unknown;
    const first = field.exec(format.text);
    const before = cut(format, first?.index ?? format.text.length);
    if (!first) return format.text.includes("%") || format.text.includes("{") ? { ...cut(format, format.text.search(/[%{]/)), complete: false, rest } : format;
    const [whole, name = ""] = first;
    if (whole === "%%") return { ...before, complete: false, rest };
    const argument = /^\d+$/.test(name) ? given.positional[Number(name)] : name === "" ? given.positional[0] : given.named.find((each) => each.name === name)?.value;
    const value = argument ? evaluate(argument) : unknown;
    const remaining: Arguments = name === "" ? { ...given, positional: given.positional.slice(1) } : given;
    const after = cut(format, first.index + whole.length, format.text.length);
    return concatenated(concatenated(before, value, argument ?? rest), after.text === "" ? after : formatted(after, field, remaining, rest), rest);
  }
}

/** `X.split(".")[0]` and `X.partition(".")[0]` of a name that a module has at run time: that name, as a value. */
export function derivedRoot(expression: Expression, evaluate: Evaluator, source: Buffer): Extract<Value, { kind: "running" }> | undefined {
  if (expression.kind !== "subscript" || expression.object.kind !== "call" || expression.object.callee.kind !== "attribute") return undefined;
  const [index] = expression.indices;
  const { callee, positional } = expression.object;
  if (index?.kind !== "other" || index.type !== "integer" || index.end - index.start !== 1 || !["split", "partition"].includes(callee.name)) return undefined;
  const separator = positional[0] && evaluate(positional[0]);
  if (separator?.kind !== "text" || separator.text !== ".") return undefined;
  const receiver = evaluate(callee.object);
  return receiver.kind === "running" && source[index.start] === 48 ? receiver : undefined;
}

function isRunningKey(key: Value): boolean {
  return key.kind === "text" && key.complete && runningAttributes.has(key.text);
}

/** `table.get(name, name)`, `table.get(names.NAME, names.NAME)` */
function isSameName(given: readonly Expression[]): given is readonly [Expression, Expression] {
  const isSame = (a: Expression | undefined, b: Expression | undefined): boolean =>
    (a?.kind === "name" && b?.kind === "name" && a.name === b.name) || (a?.kind === "attribute" && b?.kind === "attribute" && a.name === b.name && isSame(a.object, b.object));
  return isSame(given[0], given[1]);
}
