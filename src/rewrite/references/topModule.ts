/** `__import__`, whose value is the top module unless a `fromlist` is given: its value stays what it was. */
import type { CatalogueRow } from "../../model/catalogue.ts";
import { topLevel } from "../../model/name.ts";
import type { CallExpression, Expression } from "../../model/program.ts";
import { hasFuture, hasImplicitRelativeImports, isBefore } from "../context.ts";
import { type Outcome, namedBy, quoteIn, relocateArgument } from "./argument.ts";
import type { Scene } from "./scene.ts";
import { alternatives } from "./values.ts";

const WHY = "__import__ takes a module's name and gives the top module";

export function relocateTopModule(call: CallExpression, argument: Expression, row: CatalogueRow, scene: Scene): Outcome {
  const { context, evaluate, collector } = scene;
  const value = evaluate(argument);
  const none: Outcome = { kind: "none", parameters: [], named: [] };
  if (isRelative(call, scene)) return none;
  // Python 2 looks for a sibling first.
  if (hasImplicitRelativeImports(context) && alternatives(value).some((each) => each.kind === "text" && context.place.siblings.has(topLevel(each.text)))) return none;
  const given = call.keywords.find(({ name }) => name === "fromlist")?.value ?? call.positional[row.fromlist ?? 3];
  const leaf = given !== undefined && !isEmpty(given);
  if (leaf || call.statement) return relocateArgument(argument, value, "module", "import-call", WHY, context, collector, evaluate);

  const texts = alternatives(value).flatMap((each) => (each.kind === "text" ? [each] : []));
  const named = texts.map((text) => namedBy(text, "module", context));
  const moving = named.filter((each) => each !== undefined);
  const tops = new Set(moving.map(({ name }) => topLevel(name)));
  const [first] = moving;
  const single = texts.every((text) => text.complete && !text.text.includes("."));
  if (!first || (!single && (tops.size !== 1 || moving.length !== texts.length)) || call.spread) return relocateArgument(argument, value, "module", "import-call", WHY, context, collector, evaluate);

  const quote = quoteIn(call, context.source);
  const word = `${quote}_${quote}`;
  const quoted = isBefore(context.options.target, 3, 0) && hasFuture(context.facts, "unicode_literals") ? `str(${word})` : word;
  const outcome = relocateArgument(argument, value, "module", "import-call", WHY, context, collector, evaluate);
  if (outcome.named.length === 0) return outcome;
  if (single) {
    if (given) collector.edit(given, `[${quoted}]`, "import-call");
    else collector.edit({ start: endOfArguments(call, context.source), end: endOfArguments(call, context.source) }, `, fromlist=[${quoted}]`, "import-call");
    return outcome;
  }
  const top = context.options.relocations.apply(topLevel(first.name));
  if (top === undefined) return outcome;
  collector.edit({ start: call.start, end: call.start }, "[", "import-call");
  collector.edit({ start: call.end, end: call.end }, `, __import__(${quote}${top}${quote}, fromlist=[${quoted}])][1]`, "import-call");
  return outcome;
}

/** After the last argument: before the closing parenthesis and a trailing comma. */
function endOfArguments(call: CallExpression, source: Buffer): number {
  const ends = [...call.positional, ...call.keywords.map(({ value }) => value)].map((each) => each.end);
  const last = Math.max(...ends);
  // A parenthesis may stand around the last argument.
  const between = source.toString("latin1", last, call.end - 1);
  return last + (/^[\s)]*\)/.exec(between)?.[0].length ?? 0);
}

/** `level` is given and not 0 or -1: the name is relative. */
function isRelative(call: CallExpression, { context }: Scene): boolean {
  const level = call.keywords.find(({ name }) => name === "level")?.value ?? call.positional[4];
  return level !== undefined && !["0", "-1"].includes(context.source.toString("latin1", level.start, level.end));
}

function isEmpty(given: Expression): boolean {
  return (given.kind === "sequence" && given.items.length === 0) || (given.kind === "other" && (given.type === "none" || given.parts.length === 0) && given.type !== "integer");
}
