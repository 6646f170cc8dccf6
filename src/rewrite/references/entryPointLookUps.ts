/**
 * Look-ups of entry points. What the copies declare is registered no more: where it may be meant, the generated helper is asked, which knows
 * it besides what is installed.
 */
import { topLevel } from "../../model/name.ts";
import type { CallExpression, Expression } from "../../model/program.ts";
import { placesIn } from "../../model/span.ts";
import type { Context } from "../context.ts";
import { quoteIn } from "./argument.ts";
import type { Scene } from "./scene.ts";
import { alternatives, stringsIn } from "./values.ts";

/** Functions, each with the helper's one that makes of it what asks the copies too: what the file, or a test's mock, calls by the name stays what is called. */
const functions: ReadonlyMap<string, string> = new Map([
  ["importlib.metadata.entry_points", "entry_points_of"],
  ["importlib_metadata.entry_points", "entry_points_of"],
  ["pkg_resources.iter_entry_points", "iter_entry_points_of"],
  // Whoever goes through all distributions looks for entry points.
  ["importlib.metadata.distributions", "distributions_of"],
  ["importlib_metadata.distributions", "distributions_of"],
]);

/** Where they may be called; nowhere unless a copy declares entry points. */
export function lookUpOffsets({ source, options }: Context): number[] {
  return options.inventory.entryPointGroups.size === 0 ? [] : ["entry_points", "distributions("].flatMap((word) => [...placesIn(source, word)]);
}

/** The file asks for a group of this name. */
export function noteGroup(argument: Expression, { evaluate, groups, context }: Scene, own: "own" | "own, handed on" = "own"): void {
  const { entryPointGroups } = context.options.inventory;
  for (const value of stringsIn(evaluate(argument))) groups.add(value.kind === "text" && value.complete ? (entryPointGroups.has(value.text) ? own : "foreign") : "unknown");
}

/** After all groups were noted. In the project only a group that a copy is known to have is meant; a copy may ask for its own by any name. */
export function rewriteLookUps(scene: Scene): void {
  const { context, groups, evaluate } = scene;
  const { inventory, relocations } = context.options;
  if (inventory.entryPointGroups.size === 0 || relocations.relocations.length === 0 || context.options.leavesLookUps) return;
  const { module } = context.place;
  // What is written away others may read, for whom the copies' are not meant.
  const inCopy = module !== undefined && relocations.covering(module) !== undefined && !/\b(?:json|pickle|marshal)\.dumps?\(/.test(context.source.toString("latin1"));
  for (const call of scene.program.expressions) {
    if (call.kind !== "call") continue;
    if (call.callee.kind !== "name" && call.callee.kind !== "attribute") continue;
    const callee = evaluate(call.callee);
    const callable = callee.kind === "object" ? callee.names.find((name) => functions.has(name)) : undefined;
    // The library that has the function says by it what it is.
    if (callable === undefined || topLevel(module ?? "") === topLevel(callable)) continue;
    const helper = functions.get(callable) ?? "";
    if (helper === "distributions_of") {
      if (inCopy && call.positional.length === 0 && call.keywords.length === 0 && !call.spread) askCopiesToo(call, "entry points", helper, scene, "opaque");
      continue;
    }
    const given = call.keywords.find(({ name }) => name === "group")?.value ?? (helper === "iter_entry_points_of" ? call.positional[0] : undefined);
    const names = given ? alternatives(evaluate(given)).map((value) => (value.kind === "text" && value.complete ? value.text : undefined)) : [];
    const known = names.length > 0 && !names.includes(undefined);
    // What a function takes and hands on is meant where somebody gives it such a group.
    const asked = given === undefined && !call.spread ? groups.has("own") || (inCopy && (groups.has("unknown") || groups.size === 0)) : inCopy;
    const meant = known ? names.some((name) => inventory.entryPointGroups.has(name ?? "")) : asked || groups.has("own, handed on");
    if (meant) askCopiesToo(call, known ? names.join(", ") : "entry points", helper, scene, known ? "proven" : "opaque");
  }
}

function askCopiesToo(call: CallExpression, name: string, helper: string, { context, collector }: Scene, tier: "proven" | "opaque"): void {
  const module = context.options.helper;
  if (module === undefined) return collector.finding("metadata-unreachable", `entry points of copies are asked for (${name}), and are registered no more`, call.start);
  const quote = quoteIn(call, context.source);
  const { start, end } = call.callee;
  collector.needsHelper = true;
  collector.edit({ start, end: start }, `__import__(${quote}${module}${quote}, fromlist=[${quote}_${quote}]).${helper}(`, "own-metadata");
  collector.edit({ start: end, end }, ")", "own-metadata");
  collector.site(call, name, tier, "own-metadata", "rewritten", "asked of the generated helper too, which knows the kept .dist-info");
}
