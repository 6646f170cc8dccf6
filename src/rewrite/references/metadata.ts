/** A relocated distribution's metadata: its version becomes a literal; anything else is asked of the generated helper, which knows the kept `.dist-info`. */
import type { CatalogueRow } from "../../model/catalogue.ts";
import type { CallExpression, Expression } from "../../model/program.ts";
import { topLevel } from "../../model/name.ts";
import type { Context } from "../context.ts";
import { quoteIn } from "./argument.ts";
import { type Scene, keyOf } from "./scene.ts";
import { type Value, alternatives, stringsIn } from "./values.ts";

export function rewriteMetadata(call: CallExpression, argument: Expression, row: CatalogueRow, scene: Scene): void {
  const { context, evaluate, collector } = scene;
  const { inventory } = context.options;
  const all = alternatives(evaluate(argument));
  for (const value of all) if (value.kind === "text") for (const { literal } of value.pieces) collector.claim(literal);
  const names = all.map((value) => distributionName(value, row));
  const found = names.map((name) => (name === undefined ? undefined : inventory.distribution(name)));
  // The library that has these functions says by them what they are.
  const isOwn = topLevel(context.place.module ?? "") === topLevel(row.callable);
  const parameters = isOwn ? [] : all.filter((value) => value.kind === "parameter");
  for (const parameter of parameters) {
    const key = keyOf(parameter);
    if (!scene.importers.has(key)) scene.importers.set(key, { parameter, row });
    scene.asked.set(key, [...(scene.asked.get(key) ?? []), { call, argument, row }]);
  }
  if (found.every((each) => each === undefined)) {
    if (names.includes(undefined) && parameters.length === 0 && !isOwn && context.place.module !== undefined) opaque(call, argument, row, scene);
    return;
  }
  const [only] = found;
  if (only?.renamed !== undefined && found.every((each) => each === only)) return renameDistribution(argument, all, only.renamed, row, scene);
  const subject = versionRead(call, row);
  const isPlain = all.every((value) => value.kind !== "text" || value.text === distributionName(value, row));
  if (subject && only?.version && isPlain && found.every((each) => each === only)) {
    const lines = context.source.toString("latin1", subject.start, subject.end).match(/\\?(?:\r\n|\r|\n)/g)?.join("") ?? "";
    const quote = quoteIn(subject, context.source);
    const literal = `${quote}${only.version.replace(/[^\w.!+-]/g, "")}${quote}`;
    collector.edit(subject, lines === "" ? literal : `(${literal}${lines})`, "own-metadata");
    return collector.site(subject, names[0] ?? "", "proven", "own-metadata", "rewritten", "the version of the relocated distribution");
  }
  useHelper(call, names.flatMap((name) => name ?? []).join(", "), row.helper ?? "version", scene);
}

/**
 * The distribution stays installed and is called otherwise: its name follows. A name that is made of the module's own at run time gives the new one by
 * itself, where the distribution is called like its package.
 */
export function renameDistribution(argument: Expression, values: readonly Value[], renamed: string, row: CatalogueRow, { context, collector }: Scene): void {
  const why = `${row.callable} takes the name of the distribution`;
  for (const value of values) {
    if (value.kind === "running" && value.original !== undefined && sameDistribution(context.options.relocations.apply(value.original), renamed)) {
      collector.site(argument, value.original, "proven", "own-metadata", "left", `${why}, which it is at run time`);
      continue;
    }
    const [piece] = value.kind === "text" && value.pieces.length === 1 ? value.pieces : [];
    const name = value.kind === "text" ? (/^[\w.-]+/.exec(value.text)?.[0] ?? "") : "";
    if (piece?.span && !piece.shared && context.source.toString("latin1", piece.span.start, piece.span.start + name.length) === name && name !== "") {
      collector.edit({ start: piece.span.start, end: piece.span.start + name.length }, renamed, "own-metadata");
      collector.site(piece.literal ?? argument, name, "proven", "own-metadata", "rewritten", why);
    } else if (values.length === 1 && (value.kind === "running" || value.kind === "text")) {
      const quote = quoteIn(argument, context.source);
      collector.edit(argument, `${quote}${renamed}${value.kind === "text" ? value.text.slice(name.length) : ""}${quote}`, "own-metadata");
      collector.site(argument, name, "proven", "own-metadata", "rewritten", why);
    } else collector.finding("metadata-unreachable", `the metadata of ${name === "" ? "the distribution" : name} is asked for, and it is called ${renamed} now`, argument.start);
  }
}

/** `pkg_resources.require("a>=1.0")`: only what is installed is found. True where the helper is asked instead. */
export function rewriteRequirement(call: CallExpression, given: readonly Expression[], row: CatalogueRow, scene: Scene): boolean {
  const { context, evaluate, collector } = scene;
  const asked = given.flatMap((argument) => stringsIn(evaluate(argument))).flatMap((value) => {
    const name = value.kind === "text" ? (/^[\w.-]*/.exec(value.text)?.[0] ?? "") : "";
    const distribution = context.options.inventory.distribution(name);
    return distribution && distribution.renamed === undefined ? [name] : [];
  });
  if (asked.length === 0) return false;
  for (const argument of given) for (const value of stringsIn(evaluate(argument))) if (value.kind === "text") for (const { literal } of value.pieces) collector.claim(literal);
  if (row.helper !== undefined) useHelper(call, asked.join(", "), row.helper, scene);
  else collector.finding("metadata-unreachable", `${row.callable} looks for ${asked.join(", ")} among what is installed, where it is not after relocation`, call.start);
  return true;
}

function sameDistribution(a: string | undefined, b: string): boolean {
  const normalised = (name: string): string => name.replace(/[-_.]+/g, "-").toLowerCase();
  return a !== undefined && normalised(a) === normalised(b);
}

/** A function of the file asks for what it is given, and here it is given this: where that is a relocated distribution, the function asks the helper. */
export function rewriteAskedFor(key: string, argument: Expression, scene: Scene): void {
  const { inventory } = scene.context.options;
  for (const value of alternatives(scene.evaluate(argument))) {
    const asked = scene.asked.get(key) ?? [];
    const [first] = asked;
    if (value.kind === "parameter" && first) {
      const outer = keyOf(value);
      if (!scene.importers.has(outer)) scene.importers.set(outer, { parameter: value, row: first.row });
      scene.asked.set(outer, asked);
    }
    const name = distributionName(value, asked[0]?.row);
    const distribution = name === undefined ? undefined : inventory.distribution(name);
    if (distribution?.renamed !== undefined && first) renameDistribution(argument, [value], distribution.renamed, first.row, scene);
    else if (name !== undefined && distribution) for (const { call, row } of asked) useHelper(call, name, row.helper ?? "version", scene);
  }
}

/** What nobody in the file gave the name of a relocated distribution to: others may. */
export function reportAskedFor(scene: Scene): void {
  if (scene.context.place.module === undefined) return;
  for (const { call, argument, row } of new Set([...scene.asked.values()].flat())) if (!scene.collector.isEdited(call.callee)) opaque(call, argument, row, scene);
}

/** The file is a copy's: whatever it asks the metadata of may be a copy, itself or one beside it. */
export function mayAskForCopies({ place, options: { leavesLookUps, relocations, inventory } }: Context): boolean {
  return !leavesLookUps && inventory.holdsMetadata && place.module !== undefined && relocations.covering(place.module) !== undefined;
}

/** Which distribution is known at run time only; the helper finds those that were relocated, and all others as before: what a copy asks for is among its own first. */
function opaque(call: CallExpression, argument: Expression, row: CatalogueRow, scene: Scene): void {
  const { runtimeMap, helper } = scene.context.options;
  if (helper !== undefined && (runtimeMap || mayAskForCopies(scene.context))) useHelper(call, "a distribution", row.helper ?? "version", scene, "opaque");
  else scene.opaque(call, argument, row);
}

/** The expression whose value is the version, or undefined when more is asked for. */
function versionRead(call: CallExpression, row: CatalogueRow): Expression | undefined {
  if (row.meaning === "version") return call;
  const above = call.parent;
  return above?.kind === "attribute" && above.name === "version" && row.helper !== "metadata" ? above : undefined;
}

/** Of a requirement too, where one is taken: `get_distribution("a[x]>=2")`. */
function distributionName(value: Value, row: CatalogueRow | undefined): string | undefined {
  if (value.kind === "text") return !value.complete ? undefined : topLevel(row?.callable ?? "") === "pkg_resources" ? (/^([\w.-]+)\s*(?:\[[^\]]*\])?\s*(?:[<>=!~].*)?$/.exec(value.text)?.[1] ?? value.text) : value.text;
  return value.kind === "running" ? value.original : undefined;
}

/** The call is asked of the helper instead; its arguments stay. Where it may be the backport's, the helper is told the function: what that raises is caught by the backport's names. */
function useHelper(call: CallExpression, name: string, helper: string, { context, collector, evaluate }: Scene, tier: "proven" | "opaque" = "proven"): void {
  const module = context.options.helper;
  if (module === undefined) {
    collector.finding("metadata-unreachable", `the metadata of ${name} is asked for, and is not installed after relocation`, call.start);
    return;
  }
  const quote = quoteIn(call, context.source);
  collector.needsHelper = true;
  const backport = alternatives(evaluate(call.callee)).some((each) => each.kind === "object" && each.names.some((callable) => topLevel(callable) === "importlib_metadata"));
  const callee = context.source.toString("latin1", call.callee.start, call.callee.end);
  const asked = backport ? `asked(${callee})` : `${helper}${callee.match(/\\?(?:\r\n|\r|\n)/g)?.join("") ?? ""}`;
  collector.edit(call.callee, `__import__(${quote}${module}${quote}, fromlist=[${quote}_${quote}]).${asked}`, "own-metadata");
  collector.site(call, name, tier, "own-metadata", "rewritten", "asked of the generated helper, which knows the kept .dist-info");
}
