/** Parameters that are bound anew before they are handed on: what a caller gives is then not certainly what is taken. */
import type { Binding, Expression } from "../../model/program.ts";
import type { Parameter, Scene } from "./scene.ts";

/** `name, color = color, name`, or `name = other` at the level of the function's body. What is made of the parameter itself, or stands for one that was not given, is no reason. */
export function isBoundAnew(parameter: Parameter, scene: Scene): boolean {
  const { program, context } = scene;
  const inner = program.functions.find(({ start }) => start === parameter.owner)?.inner;
  const anew = program.bindings.filter(({ scope, name, how }) => scope === inner && name === parameter.name && how.kind === "assign");
  if (anew.length === 0) return false;
  const first = firstTaken(parameter, scene);
  return anew.some((binding) => binding.start < first && givesAnother(binding, parameter, context.source));
}

function givesAnother({ how, start }: Binding, { name, owner }: Parameter, source: Buffer): boolean {
  if (how.kind !== "assign") return false;
  const element = how.path.reduce((value: Expression | undefined, at) => (value?.kind === "sequence" ? value.items[at] : undefined), how.value);
  const made = element ?? how.value;
  if (new RegExp(`\\b${name}\\b`).test(source.toString("latin1", made.start, made.end))) return false;
  return (how.path.length > 0 && element !== undefined) || isUnconditional(start, owner, source);
}

/** No line of the function before it is indented less, but for the definition itself. */
function isUnconditional(start: number, owner: number, source: Buffer): boolean {
  const depth = (line: string): number => /^[ \t]*/.exec(line)?.[0].length ?? 0;
  const text = source.toString("latin1", source.lastIndexOf(10, owner) + 1, start);
  const [definition = "", ...body] = text.split("\n");
  const own = body.pop();
  return own !== undefined && body.filter((line) => line.trim() !== "" && depth(line) > depth(definition)).every((line) => depth(line) >= depth(own));
}

/** Where the parameter is first given to something that is no function of Python's own; Infinity where it never is. */
function firstTaken({ name, owner }: Parameter, { program, names, evaluate }: Scene): number {
  for (const use of program.expressions) {
    if (use.kind !== "name" || use.name !== name || use.parent?.kind !== "call" || !use.parent.positional.includes(use)) continue;
    if (!names.bindingsOf(use).some(({ how }) => how.kind === "parameter" && how.owner === owner)) continue;
    const callee = evaluate(use.parent.callee);
    if (callee.kind === "object" && callee.names.every((each) => each.startsWith("builtins.") && each !== "builtins.__import__")) continue;
    return use.start;
  }
  return Infinity;
}
