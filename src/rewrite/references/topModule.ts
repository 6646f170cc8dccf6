/** `__import__`, whose value is the top module unless a `fromlist` is given: its value stays what it was. */
import type { CatalogueRow } from "../../model/catalogue.ts";
import { topLevel } from "../../model/name.ts";
import type { CallExpression, Expression } from "../../model/program.ts";
import { hasFuture, hasImplicitRelativeImports, isBefore } from "../context.ts";
import { type Outcome, isVariable, namedBy, quoteIn, relocateArgument } from "./argument.ts";
import type { Scene } from "./scene.ts";
import { type Text, alternatives, isMovedElsewhere, unmoved } from "./values.ts";

const WHY = "__import__ takes a module's name and gives the top module";

export function relocateTopModule(call: CallExpression, argument: Expression, row: CatalogueRow, scene: Scene): Outcome {
  const { context, evaluate, collector } = scene;
  const value = evaluate(argument);
  const none: Outcome = { kind: "none", parameters: [], named: [] };
  if (isRelative(call, scene)) return none;
  // Python 2 looks for a sibling first.
  if (hasImplicitRelativeImports(context) && alternatives(value).some((each) => each.kind === "text" && context.place.siblings.has(topLevel(each.text)))) return none;
  const texts = alternatives(value).flatMap((each) => (each.kind === "text" ? [each] : []));
  const given = call.keywords.find(({ name }) => name === "fromlist")?.value ?? call.positional[row.fromlist ?? 3];
  const leaf = given !== undefined && !isEmpty(given);
  if (leaf || call.statement) return relocateArgument(argument, value, "module", "import-call", WHY, context, collector, evaluate);
  if (texts.some(isMovedElsewhere)) return keepValue(call, argument, given, texts, alternatives(value).length === texts.length, scene);
  const named = texts.map((text) => namedBy(text, "module", context));
  const moving = named.filter((each) => each !== undefined);
  const tops = new Set(moving.map(({ name }) => topLevel(name)));
  const [first] = moving;
  const single = texts.every((text) => text.complete && !text.text.includes("."));
  if (!first || (!single && (tops.size !== 1 || moving.length !== texts.length)) || call.spread) return relocateArgument(argument, value, "module", "import-call", WHY, context, collector, evaluate);

  const quote = quoteIn(call, context.source);
  const quoted = fromListWord(call, scene);
  const outcome = relocateArgument(argument, value, "module", "import-call", WHY, context, collector, evaluate);
  if (outcome.named.length === 0) return outcome;
  if (single) {
    giveFromList(call, given, scene);
    return outcome;
  }
  const top = context.options.relocations.apply(topLevel(first.name));
  if (top === undefined) return outcome;
  collector.edit({ start: call.start, end: call.start }, "[", "import-call");
  collector.edit({ start: call.end, end: call.end }, `, __import__(${quote}${top}${quote}, fromlist=[${quoted}])][1]`, "import-call");
  return outcome;
}

/** The literal was relocated where another module defines it: the name is right here, and the value of the call is not. */
function keepValue(call: CallExpression, argument: Expression, given: Expression | undefined, texts: readonly Text[], complete: boolean, scene: Scene): Outcome {
  const { context, collector } = scene;
  const none: Outcome = { kind: "none", parameters: [], named: [] };
  if (isKept(call, context.source)) return none;
  const before = texts.map(unmoved);
  const certain = complete && !call.spread && texts.every((text) => text.complete && text.pieces.length === 1 && text.pieces[0]?.elsewhere !== undefined);
  if (certain && texts.every(isMovedElsewhere) && before.every((name) => !name.includes("."))) giveFromList(call, given, scene);
  else if (certain && isVariable(argument)) {
    const quote = quoteIn(call, context.source);
    const [name, quoted] = [context.source.toString("latin1", argument.start, argument.end), fromListWord(call, scene)];
    const tops = texts.flatMap((text, index) => {
      const top = isMovedElsewhere(text) ? context.options.relocations.apply(topLevel(before[index] ?? "")) : undefined;
      return top === undefined ? [] : [`${quote}${text.text}${quote}: ${quote}${top}${quote}`];
    });
    if (tops.length < texts.filter(isMovedElsewhere).length) return report();
    collector.edit({ start: call.start, end: call.start }, "[", "import-call");
    // Set anew, the constant may name any module.
    collector.edit({ start: call.end, end: call.end }, `, __import__({${[...new Set(tops)].join(", ")}}.get(${name}, ${name}.split(${quote}.${quote})[0]), fromlist=[${quoted}])][1]`, "import-call");
  } else return report();
  collector.site(call, before.join(", "), "proven", "import-call", "rewritten", WHY);
  return none;

  function report(): Outcome {
    collector.finding("opaque-name", "__import__ is given a constant that is relocated in another module, and would give the namespace's top module", call.start);
    return none;
  }
}

/** `[__import__(NAME), __import__({…}.get(NAME, …), …)][1]`, of an earlier run. */
function isKept(call: CallExpression, source: Buffer): boolean {
  const above = call.parent;
  if (above?.kind !== "sequence" || above.items.length !== 2 || above.items[0] !== call || above.parent?.kind !== "subscript") return false;
  const other = above.items[1];
  return other?.kind === "call" && source.toString("latin1", other.start, other.end).startsWith("__import__({");
}

function giveFromList(call: CallExpression, given: Expression | undefined, scene: Scene): void {
  const end = endOfArguments(call, scene.context.source);
  const list = `[${fromListWord(call, scene)}]`;
  if (given) scene.collector.edit(given, list, "import-call");
  else scene.collector.edit({ start: end, end }, `, fromlist=${list}`, "import-call");
}

function fromListWord(call: CallExpression, { context }: Scene): string {
  const quote = quoteIn(call, context.source);
  const word = `${quote}_${quote}`;
  return isBefore(context.options.target, 3, 0) && hasFuture(context.facts, "unicode_literals") ? `str(${word})` : word;
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
