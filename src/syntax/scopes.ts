/**
 * Scope analysis: where a few wanted names are bound and used, and which scope each occurrence belongs to.
 *
 * One walk, in source order. What Python evaluates outside a scope is walked outside it: decorators, default values, annotations and base
 * classes; the first iterable of a comprehension; a walrus in a comprehension binds in the enclosing function (PEP 572). Anything
 * that this file does not know is taken for a load, which errs towards "the name is in use".
 */
import type { AnyImport } from "../model/facts.ts";
import { topLevel } from "../model/name.ts";
import type { Occurrence, Scope, ScopeFacts } from "../model/scopes.ts";
import type { Span } from "../model/span.ts";
import { Class, classOf, endOfWord, skipBlanks } from "./bytes.ts";
import type { Node } from "./tree.ts";

interface OpenScope extends Scope {
  readonly bound: Set<string>;
  readonly globals: Set<string>;
  readonly nonlocals: Set<string>;
  readonly parent: OpenScope | undefined;
}

const comprehensions = new Set(["list_comprehension", "set_comprehension", "dictionary_comprehension", "generator_expression"]);

/** `imports` are the file's statements as the scanner or the tree found them; `wanted` the names to look for. */
export function readScopes(root: Node, source: Buffer, imports: readonly AnyImport[], wanted: ReadonlySet<string>): ScopeFacts {
  const module = newScope("module", undefined);
  const occurrences: Occurrence[] = [];
  const scopeOfImport = new Map<number, Scope>();
  const unconditional = new Set<number>();
  const importAt = new Map(imports.map((statement) => [statement.lazy?.end ?? statement.start, statement]));
  walk(root, module);
  return { occurrences, scopeOfImport, unconditional };

  function newScope(kind: Scope["kind"], parent: OpenScope | undefined): OpenScope {
    return { kind, parent, bound: new Set(), globals: new Set(), nonlocals: new Set() };
  }

  function note(node: Node, scope: OpenScope, kind: Occurrence["kind"]): void {
    // The text of the parser has its bytes above 127 replaced: names are read from the file.
    noteSpan({ start: node.startIndex, end: node.endIndex }, source.toString("latin1", node.startIndex, node.endIndex), scope, kind, undefined);
  }

  function noteSpan(span: Span, name: string, scope: OpenScope, kind: Occurrence["kind"], statement: AnyImport | undefined): void {
    if (!wanted.has(name)) return;
    if (kind !== "load" && kind !== "declare") scope.bound.add(name);
    occurrences.push({ start: span.start, end: span.end, name, kind, scope, statement, chain: kind === "load" ? readChain(source, span.end) : [] });
  }

  function walkAll(nodes: readonly (Node | null)[], scope: OpenScope): void {
    for (const node of nodes) if (node) walk(node, scope);
  }

  function walk(node: Node, scope: OpenScope): void {
    switch (node.type) {
      case "identifier":
        return note(node, scope, "load");
      case "import_statement":
      case "import_from_statement":
        return walkImport(node, scope);
      case "function_definition":
        return walkFunction(node, scope);
      case "lambda": {
        const inner = newScope("function", scope);
        walkParameters(node.childForFieldName("parameters"), scope, inner);
        return walkField(node, "body", inner);
      }
      case "class_definition":
        return walkClass(node, scope);
      case "attribute":
        return walkField(node, "object", scope);
      case "keyword_argument":
        return walkField(node, "value", scope);
      case "assignment":
      case "augmented_assignment":
        walkField(node, "right", scope);
        walkField(node, "type", scope);
        return bindField(node, "left", scope);
      case "named_expression": {
        walkField(node, "value", scope);
        let target = scope;
        while (target.kind === "comprehension" && target.parent) target = target.parent;
        return bindField(node, "name", target);
      }
      case "for_statement":
        walkField(node, "right", scope);
        bindField(node, "left", scope);
        walkField(node, "body", scope);
        return walkField(node, "alternative", scope);
      case "as_pattern_target":
        return bind(node, scope);
      case "except_clause":
        return walkExcept(node, scope);
      case "global_statement":
      case "nonlocal_statement":
        for (const name of node.namedChildren) {
          if (name?.type !== "identifier") continue;
          (node.type === "global_statement" ? scope.globals : scope.nonlocals).add(source.toString("latin1", name.startIndex, name.endIndex));
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
      default:
        if (comprehensions.has(node.type)) return walkComprehension(node, scope);
        return walkAll(node.namedChildren, scope);
    }
  }

  function walkField(node: Node, field: string, scope: OpenScope): void {
    for (const child of node.childrenForFieldName(field)) if (child) walk(child, scope);
  }

  function bindField(node: Node, field: string, scope: OpenScope): void {
    const target = node.childForFieldName(field);
    if (target) bind(target, scope);
  }

  function bind(target: Node, scope: OpenScope): void {
    if (target.type === "identifier") note(target, scope, "bind");
    else if (target.type === "attribute" || target.type === "subscript" || target.type === "call") walk(target, scope);
    else for (const child of target.namedChildren) if (child) bind(child, scope);
  }

  function unbind(target: Node, scope: OpenScope): void {
    if (target.type === "identifier") note(target, scope, "delete");
    else if (target.type === "attribute" || target.type === "subscript" || target.type === "call") walk(target, scope);
    else for (const child of target.namedChildren) if (child) unbind(child, scope);
  }

  function walkImport(node: Node, scope: OpenScope): void {
    const statement = importAt.get(node.startIndex);
    if (!statement) return walkAll(node.namedChildren, scope);
    scopeOfImport.set(statement.start, scope);
    const above = node.parent;
    if (above?.type === "module" || (above?.type === "block" && above.parent?.type === "function_definition")) unconditional.add(statement.start);
    for (const name of statement.names) {
      const first = name.written.parts[0] ?? name;
      const bound = name.alias?.name ?? (statement.kind === "import" ? topLevel(name.written.name) : name.written.name);
      noteSpan(name.alias ?? first, bound, scope, "import", statement);
    }
  }

  function walkFunction(node: Node, scope: OpenScope): void {
    const name = node.childForFieldName("name");
    if (name) note(name, scope, "bind");
    // PEP 695: type parameters live in a scope between; annotations see them, default values do not.
    const types = node.childForFieldName("type_parameters");
    const between = types ? newScope("function", scope) : scope;
    if (types) bindTypeParameters(types, between);
    const inner = newScope("function", between);
    walkParameters(node.childForFieldName("parameters"), scope, inner, between);
    walkField(node, "return_type", between);
    walkField(node, "body", inner);
  }

  function walkClass(node: Node, scope: OpenScope): void {
    const name = node.childForFieldName("name");
    if (name) note(name, scope, "bind");
    const types = node.childForFieldName("type_parameters");
    const outer = types ? newScope("function", scope) : scope;
    if (types) bindTypeParameters(types, outer);
    walkField(node, "superclasses", outer);
    walkField(node, "body", newScope("class", outer));
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
  function walkParameters(parameters: Node | null, outer: OpenScope, inner: OpenScope, annotations = outer): void {
    for (const parameter of parameters?.namedChildren ?? []) {
      if (!parameter) continue;
      walkField(parameter, "value", outer);
      walkField(parameter, "type", annotations);
      const outside = new Set([...parameter.childrenForFieldName("value"), ...parameter.childrenForFieldName("type")].map((child) => child?.id));
      if (parameter.type === "identifier") note(parameter, inner, "bind");
      else for (const child of parameter.namedChildren) if (child && !outside.has(child.id)) bind(child, inner);
    }
  }

  function walkComprehension(node: Node, scope: OpenScope): void {
    const inner = newScope("comprehension", scope);
    let first = true;
    for (const child of node.namedChildren) {
      if (child?.type !== "for_in_clause") continue;
      walkField(child, "right", first ? scope : inner);
      bindField(child, "left", inner);
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

  /** PEP 634: a bare name captures, a dotted one is looked up, the head of a class pattern too. */
  function walkPattern(node: Node, scope: OpenScope): void {
    for (const child of node.namedChildren) {
      if (!child) continue;
      if (child.type === "identifier") note(child, scope, "bind");
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
    if (first) note(first, scope, kind);
  }
}

/** The attributes that follow the name which ends at `at`. A line never starts with a single dot, so line ends may be skipped. */
function readChain(source: Buffer, at: number): (Span & { readonly name: string })[] {
  const chain: (Span & { readonly name: string })[] = [];
  let i = at;
  for (;;) {
    const dot = skipBlanks(source, i, true);
    if (classOf[source[dot] ?? 0] !== Class.dot) return chain;
    const start = skipBlanks(source, dot + 1, true);
    if (classOf[source[start] ?? 0] !== Class.word) return chain;
    i = endOfWord(source, start);
    chain.push({ start, end: i, name: source.toString("latin1", start, i) });
  }
}
