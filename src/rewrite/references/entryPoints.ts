/** Look-ups of entry points that relocated distributions declare: nothing is installed that registers them, so the generated helper, which knows the kept `.dist-info`, is asked. */
import type { CallExpression, Expression } from "../../model/program.ts";
import { topLevel } from "../../model/name.ts";
import type { Context } from "../context.ts";
import { useHelper } from "./metadata.ts";
import type { Scene } from "./scene.ts";
import { alternatives } from "./values.ts";

/** With the functions of the helper that stand in for them. */
const callables: ReadonlyMap<string, string> = new Map([
  ["importlib.metadata.entry_points", "entry_points"],
  ["importlib_metadata.entry_points", "entry_points"],
  ["pkg_resources.iter_entry_points", "iter_entry_points"],
  // Of which each is asked for its `entry_points`.
  ["importlib.metadata.distributions", "distributions"],
  ["importlib_metadata.distributions", "distributions"],
]);

/** Relocated distributions declare entry points besides commands, and a look-up can be made to find them. */
export function mayAskForOwnGroups({ options: { helper, leavesLookUps, inventory } }: Context): boolean {
  return helper !== undefined && !leavesLookUps && inventory.declaresPlugins();
}

export function rewriteEntryPoints(scene: Scene): void {
  const { context, program, evaluate } = scene;
  if (!mayAskForOwnGroups(context)) return;
  const { place, options: { relocations, inventory } } = context;
  const ofCopy = place.module !== undefined && relocations.covering(place.module) !== undefined;
  for (const call of program.expressions) {
    if (call.kind !== "call") continue;
    const callee = evaluate(call.callee);
    const name = callee.kind === "object" ? callee.names.find((each) => callables.has(each)) : undefined;
    const helper = name === undefined ? undefined : callables.get(name);
    // The backport, relocated, says itself what they are.
    if (name === undefined || helper === undefined || topLevel(place.module ?? "") === topLevel(name)) continue;
    if (helper === "distributions" && !context.source.includes(".entry_points")) continue;
    const given = helper === "entry_points" ? groupAskedFor(call) : helper === "distributions" ? undefined : (call.keywords.find((each) => each.name === "group")?.value ?? call.positional[0]);
    const groups = given ? alternatives(evaluate(given)).map((value) => (value.kind === "text" && value.complete ? value.text : undefined)) : [undefined];
    const declared = groups.filter((group) => group !== undefined && inventory.declaresGroup(group));
    if (declared.length > 0) useHelper(call, declared.join(", "), helper, scene, "proven", false);
    // A copy looks for what it knows at run time only: for its own, among others.
    else if (ofCopy && groups.includes(undefined)) useHelper(call, "a group of entry points", helper, scene, "opaque", false);
  }
}

/** `entry_points(group="a")`, `entry_points().select(group="a")`, `.get("a")`, `entry_points()["a"]` */
function groupAskedFor(call: CallExpression): Expression | undefined {
  const own = call.keywords.find(({ name }) => name === "group");
  if (own) return own.value;
  const above = call.parent;
  if (above?.kind === "subscript" && above.object === call) return above.indices[0];
  const method = above?.kind === "attribute" && above.parent?.kind === "call" && above.parent.callee === above ? above.parent : undefined;
  return method && (method.keywords.find(({ name }) => name === "group")?.value ?? (above?.kind === "attribute" && above.name === "get" ? method.positional[0] : undefined));
}
