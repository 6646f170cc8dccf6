/** Parts of a module's own name: `__name__.split(".")[0]` is the consumer's root after relocation, which nobody meant. */
import { topLevel } from "../../model/name.ts";
import type { Expression } from "../../model/program.ts";
import { quoteIn } from "./argument.ts";
import { derivedRoot } from "./evaluate.ts";
import type { Scene } from "./scene.ts";
import { alternatives, isMovedElsewhere } from "./values.ts";

export function rewriteDerived(scene: Scene): void {
  const { context, collector, evaluate } = scene;
  const { relocations } = context.options;
  for (const expression of scene.program.expressions) {
    if (expression.kind !== "subscript") continue;
    const root = derivedRoot(expression, evaluate, context.source);
    if (root) {
      const name = root.original === undefined ? undefined : topLevel(root.original);
      const moved = name === undefined ? undefined : relocations.apply(name);
      // A rename leaves the depth as it is: the expression gives the new name by itself.
      if (moved !== undefined && root.original !== undefined && topLevel(relocations.apply(root.original) ?? "") === moved) continue;
      if (moved === undefined) {
        if (name === undefined && comparedWithMoved(expression, scene)) collector.finding("derived-name", "the first component of a module's name is compared with a relocated name, and is the namespace's after relocation", expression.start);
        continue;
      }
      const quote = quoteIn(expression, context.source);
      const lines = context.source.toString("latin1", expression.start, expression.end).match(/\\?(?:\r\n|\r|\n)/g)?.join("") ?? "";
      collector.edit(expression, lines === "" ? `${quote}${moved}${quote}` : `(${quote}${moved}${quote}${lines})`, "derived-name");
      collector.site(expression, name ?? "", "proven", "derived-name", "rewritten", "the first component of the module's own name");
      continue;
    }
    if (cutsConstant(expression, scene)) collector.finding("derived-name", "the name is relocated where another module defines it, and is taken apart here, counted from its beginning", expression.start);
    else if (cutsFromBeginning(expression, scene) || splitsOnce(expression, scene)) collector.finding("derived-name", "the module's own name is cut at a place that is counted from its beginning, which the namespace moves on", expression.start);
    else shiftIndex(expression, scene);
  }
}

/** `__name__.split(".")[1]`, `[:2]`: counted from the beginning, which the namespace moves on. */
function shiftIndex(expression: Extract<Expression, { kind: "subscript" }>, { context, collector, evaluate }: Scene): void {
  const { object, indices } = expression;
  if (object.kind !== "call" || object.callee.kind !== "attribute" || object.callee.name !== "split" || object.positional.length !== 1 || object.keywords.length > 0) return;
  const receiver = evaluate(object.callee.object);
  if (receiver.kind !== "running" || receiver.original === undefined) return;
  const relocation = context.options.relocations.covering(receiver.original);
  const [index] = indices;
  if (!relocation || !index) return;
  const depth = relocation.to.split(".").length - relocation.from.split(".").length;
  if (depth === 0) return;
  const text = context.source.toString("latin1", index.start, index.end);
  const shifted = text.replace(/^(\d+)(?=:|$)|(?<=^\d*:)(\d+)(?=:|$)/g, (digits) => `${digits}+${depth}`); // the sum is not computed, so that a second run sees what was done
  if (shifted === text || !/^[\d:-]+$/.test(text)) return;
  collector.edit(index, shifted, "derived-name");
  collector.site(expression, receiver.original, "proven", "derived-name", "rewritten", "components of the module's own name, counted from its beginning");
}

/** `__name__[:__name__.index(".")]`, `__name__[len("a."):]` */
function cutsFromBeginning({ object, indices }: Extract<Expression, { kind: "subscript" }>, { context, evaluate }: Scene): boolean {
  const value = evaluate(object);
  const [index] = indices;
  if (!index || value.kind !== "running" || value.original === undefined || !context.options.relocations.covering(value.original)) return false;
  return /\.(?:index|find)\(|\blen\(["']|^\d|:\d/.test(context.source.toString("latin1", index.start, index.end));
}

/** `__name__.split(".", 1)[1]`, `__name__.partition(".")[2]`: what follows the first component, of which there are more now. */
function splitsOnce({ object, indices }: Extract<Expression, { kind: "subscript" }>, { context, evaluate }: Scene): boolean {
  if (object.kind !== "call" || object.callee.kind !== "attribute" || !indices[0]) return false;
  const isLimited = object.positional.length > 1 || object.keywords.length > 0;
  if (object.callee.name === "split" ? !isLimited : object.callee.name !== "partition") return false;
  const [separator, receiver] = [object.positional[0] && evaluate(object.positional[0]), evaluate(object.callee.object)];
  if (separator?.kind !== "text" || separator.text !== "." || receiver.kind !== "running" || receiver.original === undefined) return false;
  // The dot in the middle is a dot.
  if (object.callee.name === "partition" && context.source.toString("latin1", indices[0].start, indices[0].end) === "1") return false;
  const relocation = context.options.relocations.covering(receiver.original);
  return relocation !== undefined && relocation.to.split(".").length !== relocation.from.split(".").length;
}

/** `NAME.split(".")[0]` of a constant that is relocated in another module. */
function cutsConstant({ object, indices, parent: above }: Extract<Expression, { kind: "subscript" }>, { context, evaluate }: Scene): boolean {
  const [index] = indices;
  // What topModule.ts writes.
  if (above?.kind === "call" && above.callee.kind === "attribute" && above.callee.object.kind === "mapping") return false;
  if (!index || context.source[index.start] === MINUS) return false;
  const cut = object.kind === "call" && object.callee.kind === "attribute" && ["split", "partition"].includes(object.callee.name) ? object.callee.object : object;
  return alternatives(evaluate(cut)).some((value) => value.kind === "text" && isMovedElsewhere(value));
}

const MINUS = 45;

/** `if name.startswith("a."): name = name[2:]`: cut by the length of a literal that became longer. The last to look, when it is known which did. */
export function shiftCuts({ program, names, evaluate, context, collector }: Scene): void {
  const { source } = context;
  for (const cut of program.expressions) {
    const digits = cut.kind === "subscript" && cut.object.kind === "name" && cut.indices[0] ? /^(\d+):$/.exec(source.toString("latin1", cut.indices[0].start, cut.indices[0].end))?.[1] : undefined;
    if (digits === undefined || cut.kind !== "subscript" || cut.object.kind !== "name") continue;
    const bindings = names.bindingsOf(cut.object);
    for (const call of program.expressions) {
      if (call.kind !== "call" || call.callee.kind !== "attribute" || call.callee.name !== "startswith" || call.callee.object.kind !== "name" || call.callee.object.name !== cut.object.name || !call.positional[0]) continue;
      const value = evaluate(call.positional[0]);
      const piece = value.kind === "text" && value.complete && value.text.length === Number(digits) ? value.pieces[0] : undefined;
      const added = piece?.span ? collector.insertedAt(piece.span.start).length : 0;
      const [index] = cut.indices;
      if (added === 0 || !index || names.bindingsOf(call.callee.object).some((each) => !bindings.includes(each))) continue;
      collector.edit({ start: index.start + digits.length, end: index.start + digits.length }, `+${added}`, "derived-name");
      collector.site(cut, value.kind === "text" ? value.text : "", "proven", "derived-name", "rewritten", "it is cut by the length of what it was compared with, which is longer now");
    }
  }
}

function comparedWithMoved(expression: Expression, { context, evaluate }: Scene): boolean {
  const above = expression.parent;
  if (above?.kind !== "comparison") return false;
  return above.operands.some((operand) => {
    const value = evaluate(operand);
    return value.kind === "text" && context.options.relocations.covering(value.text) !== undefined;
  });
}
