/**
 * A parse tree → its names, expressions and scopes (model/program.ts). One walk, in source order.
 *
 * What Python evaluates outside a scope is walked outside it: decorators, default values, annotations and base
 * classes; the first iterable of a comprehension; a walrus in a comprehension binds in the enclosing function (PEP 572). Anything
 * that this file does not know is taken for a load, which errs towards "the name is in use".
 *
 * It is one long function because every step needs the same few lists, and Python's rules about scopes are easier to check side by side.
 */
import type { AnyImport } from "../model/facts.ts";
import { topLevel } from "../model/name.ts";
import type { Assignment, Binding, Expression, Function, MatchedLiteral, Program } from "../model/program.ts";
import type { Occurrence, Scope } from "../model/scopes.ts";
import type { Span } from "../model/span.ts";
import { isExtra, readExpression } from "./expressions.ts";
import { SeenName } from "./seenName.ts";
import type { SyntaxNode as Node } from "./tree.ts";

interface OpenScope extends Scope {
  readonly bound: Set<string>;
  readonly globals: Set<string>;
  readonly nonlocals: Set<string>;
  readonly parent: OpenScope | undefined;
}

const comprehensions = new Set(["list_comprehension", "set_comprehension", "dictionary_comprehension", "generator_expression"]);

/** `imports` are the file's statements as the scanner or the tree found them. */
export function readProgram(root: Node, source: Buffer, imports: readonly AnyImport[], hidden: readonly Span[] = []): Program {
  const module = newScope("module", undefined);
  const occurrences: Occurrence[] = [];
  const scopeOfImport = new Map<number, Scope>();
  const unconditional = new Set<number>();
  const expressions: Expression[] = [];
  const bindings: Binding[] = [];
  const assignments: Assignment[] = [];
  const functions: Function[] = [];
  const matches: MatchedLiteral[] = [];
  const hiddenBodies = new Set(hidden.map(({ start }) => start));
  const skipped: Span[] = [];
  const importAt = new Map(imports.map((statement) => [statement.lazy?.end ?? statement.start, statement]));
  const text = source.toString("latin1");
  const reader = { text, load: (node: Node, scope: Scope) => note(node, scope as OpenScope, "load"), special: (node: Node, scope: Scope) => special(node, scope as OpenScope), found: (expression: Expression) => void expressions.push(expression) };
  walk(root, module);
  return { module, hidden: [...hidden, ...skipped], occurrences, scopeOfImport, unconditional, expressions: inOrder(expressions), bindings, assignments, functions, matches };

  function newScope(kind: Scope["kind"], parent: OpenScope | undefined, classStart = -1): OpenScope {
    return { kind, parent, bound: new Set(), globals: new Set(), nonlocals: new Set(), classStart };
  }

  function note(node: Node, scope: OpenScope, kind: Occurrence["kind"]): void {
    // The text of the parser has its bytes above 127 replaced: names are read from the file.
    noteSpan(node.startIndex, node.endIndex, text.slice(node.startIndex, node.endIndex), scope, kind, undefined);
  }

  function noteSpan(start: number, end: number, name: string, scope: OpenScope, kind: Occurrence["kind"], statement: AnyImport | undefined): void {
    if (kind !== "load" && kind !== "declare") scope.bound.add(name);
    occurrences.push(new SeenName(start, end, name, kind, scope, statement, source));
  }

  function bound(name: string, scope: OpenScope, start: number, how: Binding["how"]): void {
    bindings.push({ name, scope, start, how });
  }

  function walkAll(nodes: readonly (Node | null)[], scope: OpenScope): void {
    for (const node of nodes) if (node) walk(node, scope);
  }

  /** Expressions that open a scope or bind a name; undefined for every other. */
  function special(node: Node, scope: OpenScope): readonly Expression[] | undefined {
    const first = expressions.length;
    switch (node.type) {
      case "lambda": {
        const inner = newScope("function", scope);
        walkParameters(node.childForFieldName("parameters"), scope, inner);
        walkField(node, "body", inner);
        break;
      }
      case "named_expression": {
        const value = node.childForFieldName("value");
        const read = value ? readExpression(value, scope, reader) : undefined;
        let target = scope;
        while (target.kind === "comprehension" && target.parent) target = target.parent;
        const name = node.childForFieldName("name");
        if (name) bind(name, target, read ? { kind: "assign", value: read, path: [] } : { kind: "other" });
        break;
      }
      default:
        if (!comprehensions.has(node.type)) return undefined;
        walkComprehension(node, scope);
    }
    return expressions.slice(first).filter((expression) => expression.parent === undefined);
  }

  function walk(node: Node, scope: OpenScope): void {
    switch (node.type) {
      case "module":
      case "block":
      case "decorated_definition":
      case "if_statement":
      case "elif_clause":
      case "else_clause":
      case "while_statement":
      case "try_statement":
      case "finally_clause":
      case "except_group_clause":
      case "with_statement":
      case "with_clause":
      case "case_clause":
      case "expression_statement":
        return walkAll(node.namedChildren, scope);
      case "match_statement":
        return walkMatch(node, scope);
      case "with_item": {
        const value = node.childForFieldName("value");
        if (value) walk(value, scope);
        return;
      }
      case "as_pattern": {
        const [value, ...rest] = node.namedChildren.filter((child) => child && !isExtra(child));
        if (value) walk(value, scope);
        return walkAll(rest, scope);
      }
      case "import_statement":
      case "import_from_statement":
        return walkImport(node, scope);
      case "function_definition":
        return walkFunction(node, scope);
      case "class_definition":
        return walkClass(node, scope);
      case "assignment":
      case "augmented_assignment":
        return walkAssignment(node, scope);
      case "for_statement": {
        const right = node.childForFieldName("right");
        const iterable = right ? readExpression(right, scope, reader) : undefined;
        const left = node.childForFieldName("left");
        if (left) bind(left, scope, iterable ? { kind: "iterate", iterable, path: [] } : { kind: "other" });
        walkField(node, "body", scope);
        return walkField(node, "alternative", scope);
      }
      case "as_pattern_target":
        return bind(node, scope);
      case "except_clause":
        return walkExcept(node, scope);
      case "global_statement":
      case "nonlocal_statement":
        for (const name of node.namedChildren) {
          if (name?.type !== "identifier") continue;
          (node.type === "global_statement" ? scope.globals : scope.nonlocals).add(text.slice(name.startIndex, name.endIndex));
          note(name, scope, "declare");
        }
        return;
      case "delete_statement":
        for (const child of node.namedChildren) if (child) unbind(child, scope);
        return;
      case "case_pattern":
        return walkPattern(node, scope);
      case "type_alias_statement":
        walkField(node, "right", scope);
        return bindField(node, "left", scope);
      case "comment":
      case "line_continuation":
        return;
      default:
        // A statement that only holds expressions, or an expression.
        readExpression(node, scope, reader);
    }
  }

  function walkAssignment(node: Node, scope: OpenScope): void {
    const right = node.childForFieldName("right");
    const type = node.childForFieldName("type");
    const left = node.childForFieldName("left");
    // `a = b = c` nests to the right, and every target has the value of the last.
    const targets: Node[] = left ? [left] : [];
    let last = right;
    while (last?.type === "assignment") {
      const next = last.childForFieldName("left");
      if (next) targets.push(next);
      last = last.childForFieldName("right");
    }
    const value = last ? readExpression(last, scope, reader) : undefined;
    if (type) readExpression(type, scope, reader);
    for (const target of targets) bind(target, scope, value && node.type === "assignment" ? { kind: "assign", value, path: [] } : { kind: "other" });
  }

  function walkField(node: Node, field: string, scope: OpenScope): void {
    for (const child of node.childrenForFieldName(field)) if (child) walk(child, scope);
  }

  function bindField(node: Node, field: string, scope: OpenScope): void {
    const target = node.childForFieldName(field);
    if (target) bind(target, scope);
  }

  function bind(target: Node, scope: OpenScope, how: Binding["how"] = { kind: "other" }): void {
    if (target.type === "identifier") {
      note(target, scope, "bind");
      bound(text.slice(target.startIndex, target.endIndex), scope, target.startIndex, how);
    } else if (target.type === "attribute" || target.type === "subscript" || target.type === "call") {
      const written = readExpression(target, scope, reader, "store");
      if (how.kind === "assign" && how.path.length === 0) assignments.push({ target: written, value: how.value });
    } else {
      target.namedChildren.filter((child) => child && !isExtra(child)).forEach((child, index) => {
        if (!child) return;
        const inside = child.type !== "list_splat_pattern" && (how.kind === "assign" || how.kind === "iterate") && isPattern(target) ? { ...how, path: [...how.path, index] } : { kind: "other" as const };
        bind(child, scope, inside);
      });
    }
  }

  function unbind(target: Node, scope: OpenScope): void {
    if (target.type === "identifier") {
      note(target, scope, "delete");
      bound(text.slice(target.startIndex, target.endIndex), scope, target.startIndex, { kind: "other" });
    } else if (target.type === "attribute" || target.type === "subscript" || target.type === "call") readExpression(target, scope, reader, "delete");
    else for (const child of target.namedChildren) if (child) unbind(child, scope);
  }

  function walkImport(node: Node, scope: OpenScope): void {
    const statement = importAt.get(node.startIndex);
    if (!statement) return walkAll(node.namedChildren, scope);
    scopeOfImport.set(statement.start, scope);
    const above = node.parent;
    if (above?.type === "module" || (above?.type === "block" && above.parent?.type === "function_definition")) unconditional.add(statement.start);
    statement.names.forEach((name, index) => {
      const first = name.written.parts[0] ?? name;
      const local = name.alias?.name ?? (statement.kind === "import" ? topLevel(name.written.name) : name.written.name);
      const { start, end } = name.alias ?? first;
      noteSpan(start, end, local, scope, "import", statement);
      bound(local, scope, name.start, { kind: "import", statement, index });
    });
  }

  function walkFunction(node: Node, scope: OpenScope): void {
    const name = node.childForFieldName("name");
    if (name) bind(name, scope, { kind: "definition" });
    const body = hiddenBodies.size > 0 ? node.childForFieldName("body") : null;
    if (name && body && hiddenBodies.has(body.startIndex) && !/["']/.test(text.slice(name.endIndex, body.startIndex))) {
      // Nothing in its header has to be decided about either.
      skipped.push({ start: name.endIndex, end: body.endIndex });
      return;
    }
    // PEP 695: type parameters live in a scope between; annotations see them, default values do not.
    const types = node.childForFieldName("type_parameters");
    const between = types ? newScope("function", scope) : scope;
    if (types) bindTypeParameters(types, between);
    const inner = newScope("function", between);
    const called = name ? text.slice(name.startIndex, name.endIndex) : "";
    const parameters = walkParameters(node.childForFieldName("parameters"), scope, inner, between, called, name?.startIndex);
    functions.push({ name: called, start: name?.startIndex ?? -1, end: node.endIndex, scope, inner, parameters });
    walkField(node, "return_type", between);
    walkField(node, "body", inner);
  }

  function walkClass(node: Node, scope: OpenScope): void {
    const name = node.childForFieldName("name");
    if (name) bind(name, scope, { kind: "definition" });
    const types = node.childForFieldName("type_parameters");
    const outer = types ? newScope("function", scope) : scope;
    if (types) bindTypeParameters(types, outer);
    walkField(node, "superclasses", outer);
    walkField(node, "body", newScope("class", outer, name?.startIndex));
  }

  function bindTypeParameters(node: Node, scope: OpenScope): void {
    for (const parameter of node.namedChildren) {
      const inner = parameter?.namedChildren[0];
      // `T: bound`, and `T = default` as the parser was shown it
      if (inner?.type === "constrained_type" || inner?.type === "binary_operator" || inner?.type === "union_type") {
        const [name, ...rest] = inner.namedChildren;
        if (name) bind(name, scope);
        walkAll(rest, scope);
      } else if (parameter) bind(parameter, scope);
    }
  }

  /** Names bind inside; default values and annotations are evaluated outside. */
  function walkParameters(parameters: Node | null, outer: OpenScope, inner: OpenScope, annotations = outer, called = "", owner = -1): string[] {
    const names: string[] = [];
    for (const parameter of parameters?.namedChildren ?? []) {
      if (!parameter || isExtra(parameter)) continue;
      if (parameter.type === "identifier") {
        bind(parameter, inner, { kind: "parameter", default: undefined, function: called, owner, index: names.length });
        names.push(text.slice(parameter.startIndex, parameter.endIndex));
        continue;
      }
      const given = parameter.childForFieldName("value");
      const value = given ? readExpression(given, outer, reader) : undefined;
      const type = parameter.childForFieldName("type");
      if (type) walk(type, annotations);
      const how = { kind: "parameter", default: value, function: called, owner, index: names.length } as const;
      const plain = parameter.type === "default_parameter" || parameter.type === "typed_parameter" || parameter.type === "typed_default_parameter";
      for (const child of parameter.namedChildren) if (child && child.id !== given?.id && child.id !== type?.id) bind(child, inner, plain && child.type === "identifier" ? how : { kind: "other" });
      if (!parameter.type.endsWith("separator")) names.push(/\w+/.exec(text.slice(parameter.startIndex, parameter.endIndex))?.[0] ?? "");
    }
    return names;
  }

  function walkComprehension(node: Node, scope: OpenScope): void {
    const inner = newScope("comprehension", scope);
    let first = true;
    for (const child of node.namedChildren) {
      if (child?.type !== "for_in_clause") continue;
      const right = child.childForFieldName("right");
      const iterable = right ? readExpression(right, first ? scope : inner, reader) : undefined;
      const left = child.childForFieldName("left");
      if (left) bind(left, inner, iterable ? { kind: "iterate", iterable, path: [] } : { kind: "other" });
      first = false;
    }
    for (const child of node.namedChildren) if (child && child.type !== "for_in_clause") walk(child, inner);
  }

  /** Python 2 binds in `except E, e`; that the same form lists types in PEP 758 does not matter here: a binding is the safer guess. */
  function walkExcept(node: Node, scope: OpenScope): void {
    const [, second] = node.childrenForFieldName("value");
    for (const child of node.namedChildren) {
      if (!child) continue;
      if (second && child.id === second.id) bind(child, scope);
      else walk(child, scope);
    }
  }

  function walkMatch(node: Node, scope: OpenScope): void {
    const parts = node.namedChildren.flatMap((child) => (child && !isExtra(child) ? [child] : []));
    const subjects = parts.filter((child) => child.type !== "block" && child.type !== "case_clause").map((child) => readExpression(child, scope, reader));
    const [subject] = subjects;
    for (const clause of parts.flatMap((child) => (child.type === "block" ? child.namedChildren : [child]))) {
      if (clause?.type !== "case_clause") continue;
      const first = expressions.length;
      const heads = clause.namedChildren.filter((child) => child?.type === "case_pattern");
      walk(clause, scope);
      if (!subject || subjects.length > 1 || heads.length !== 1) continue;
      const starts = new Set(literalsOf(heads[0]));
      for (const literal of expressions.slice(first)) if (literal.kind === "string" && starts.has(literal.start)) matches.push({ subject, literal });
    }
  }

  /** PEP 634: a bare name captures, a dotted one is looked up, the head of a class pattern too. */
  function walkPattern(node: Node, scope: OpenScope): void {
    for (const child of node.namedChildren) {
      if (!child) continue;
      if (child.type === "identifier") bind(child, scope);
      else if (child.type === "dotted_name") noteDotted(child, scope, child.namedChildCount === 1 ? "bind" : "load");
      else if (child.type === "class_pattern") {
        const [head, ...rest] = child.namedChildren;
        if (head) noteDotted(head, scope, "load");
        for (const pattern of rest) if (pattern) walkPattern(pattern, scope);
      } else if (child.type === "keyword_pattern") {
        for (const value of child.namedChildren.slice(1)) {
          if (value?.type === "dotted_name") noteDotted(value, scope, value.namedChildCount === 1 ? "bind" : "load");
          else if (value) walkPattern(value, scope);
        }
      } else if (child.type === "as_pattern" || child.type.endsWith("_pattern")) walkPattern(child, scope);
      else walk(child, scope);
    }
  }

  function noteDotted(node: Node, scope: OpenScope, kind: "bind" | "load"): void {
    const first = node.type === "identifier" ? node : node.namedChildren[0];
    if (first && kind === "bind") bind(first, scope);
    else if (first) note(first, scope, kind);
  }
}

/** Where the literals stand that a pattern compares its whole subject with. */
function literalsOf(pattern: Node | null | undefined): number[] {
  return (pattern?.namedChildren ?? []).flatMap((child) => {
    if (child?.type === "string" || child?.type === "concatenated_string") return [child.startIndex];
    return child?.type === "union_pattern" || child?.type === "as_pattern" || child?.type === "case_pattern" ? literalsOf(child) : [];
  });
}

/** Parents before their parts. They were found after them, and not every statement is walked from left to right. */
function inOrder(found: readonly Expression[]): Expression[] {
  const count = found.length;
  // Numbers sort natively.
  const keys = new Float64Array(count);
  found.forEach(({ start }, index) => (keys[index] = start * count + (count - 1 - index)));
  keys.sort();
  const ordered: Expression[] = [];
  for (let at = 0; at < count; at++) ordered.push(found[count - 1 - ((keys[at] ?? 0) % count)] as Expression);
  return ordered;
}

function isPattern(node: Node): boolean {
  return node.type === "pattern_list" || node.type === "tuple_pattern" || node.type === "list_pattern" || node.type === "tuple" || node.type === "list";
}
