/**
 * What an object keeps of what it was made with: where a method hands `self.name` on, and `__init__` has `self.name = name`, the class is called
 * with names of modules. Outside of its own file nobody is followed.
 */
import { headersAround } from "../../model/blocks.ts";
import type { Expression } from "../../model/program.ts";
import type { Scene } from "./scene.ts";
import { type Value, alternatives, choice } from "./values.ts";

/** The value of `self.name`, as far as it comes from a parameter with which its objects are made. */
export function keptValue(argument: Expression, scene: Scene): Value {
  const { evaluate, program, context } = scene;
  const value = evaluate(argument);
  if (value.kind !== "unknown" || argument.kind !== "attribute" || !isSelf(argument.object)) return value;
  const source = context.source.toString("latin1");
  const [, owner] = ownerAround(source, argument.start);
  if (owner === undefined) return value;
  const assigned = program.assignments.filter(({ target }) => target.kind === "attribute" && target.name === argument.name && isSelf(target.object));
  if (assigned.length === 0) scene.unseen.add(argument.name);
  const kept = assigned.flatMap(({ target, value: given }) => {
    const [method, around] = ownerAround(source, target.start);
    const each = alternatives(evaluate(given));
    return method === "__init__" && around === owner && each.some(({ kind }) => kind === "parameter") ? each : [];
  });
  return kept.length > 0 ? choice(kept) : value;
}

function isSelf(expression: Expression): boolean {
  return expression.kind === "name" && expression.name === "self";
}

/** The method and the class around a place. */
function ownerAround(source: string, offset: number): readonly [method: string | undefined, owner: string | undefined] {
  const headers = headersAround(source, offset);
  const at = headers.findIndex((header) => header.startsWith("class "));
  const [method, owner] = [headers[at - 1], headers[at]];
  return [/^(?:async[ \t]+)?def[ \t]+(\w+)/.exec(method ?? "")?.[1], /^class[ \t]+(\w+)/.exec(owner ?? "")?.[1]];
}
