/** A program (model/program.ts) as lines that can be compared: every record with all that it says, in an order that does not matter. */
import type { Expression, Program } from "../../src/model/program.ts";
import type { Scope } from "../../src/model/scopes.ts";

/** `source` is the file's text as a byte string. */
export function described(program: Program, source: string): string[] {
  const numbers = new Map<Scope, number>();
  const nameOf = (scope: Scope): string => {
    if (!numbers.has(scope)) numbers.set(scope, numbers.size);
    return `${numbers.get(scope)} ${scope.kind} in ${scope.parent ? nameOf(scope.parent) : "nothing"}: ${[...scope.bound].sort()} global ${[...scope.globals].sort()} nonlocal ${[...scope.nonlocals].sort()}`;
  };
  // The grammar lets a decorator end after the comment behind it.
  const place = (each: Expression): string => `${each.kind} ${each.start}-${each.kind === "other" && each.type === "decorator" ? "" : each.end}`;
  // It loses the text of a raw string that begins with a backslash and a quote or another backslash.
  const isLost = (each: Expression): boolean => each.kind === "string" && /(?:^|[^a-z])[a-z]?r[a-z]?["']+\\["'\\]/i.test(source.slice(each.start, each.end));
  const known = new Set(program.expressions);
  const value = (key: string, each: unknown): unknown => {
    if (each === undefined) return "undefined";
    if (key === "statement" && typeof each === "object") return (each as { start: number }).start;
    if (key === "scope") return nameOf(each as Scope);
    return known.has(each as Expression) ? place(each as Expression) : each;
  };
  const said = (record: object): string => JSON.stringify({ ...record }, value);
  return [
    ...program.expressions.map((each) => `expression ${place(each)}: ${said({ ...each, end: 0, parent: each.parent && place(each.parent), ...(isLost(each) ? { parts: [] } : {}) })}`),
    ...program.occurrences.map(({ start, end, name, kind, scope, statement, chain }) => `occurrence ${said({ start, end, name, kind, scope, statement, chain })}`),
    ...program.bindings.map((each) => `binding ${said(each)}`),
    ...program.assignments.map((each) => `assignment ${said(each)}`),
    ...program.functions.map((each) => `function ${each.name} in ${nameOf(each.scope)} inner ${nameOf(each.inner)}: ${each.parameters}`),
    ...[...program.scopeOfImport].map(([start, scope]) => `import ${start} in ${nameOf(scope)}`),
    `unconditional ${[...program.unconditional]}`,
    `hidden ${JSON.stringify(program.hidden)}`,
  ];
}
