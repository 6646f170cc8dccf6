/**
 * One expression that names modules → the edits after which it names the relocated ones. The literal itself is edited where nothing
 * else reads it; otherwise the namespace is put before the expression where it is used, and the literal stays.
 */
import type { Rule } from "../../model/edit.ts";
import type { DottedName } from "../../model/name.ts";
import type { AttributeExpression, Expression, NameExpression } from "../../model/program.ts";
import type { Relocation } from "../../model/relocation.ts";
import type { Context } from "../context.ts";
import type { Collector } from "./collector.ts";
import type { Evaluator } from "./evaluate.ts";
import { type Piece, type Text, type Value, alternatives } from "./values.ts";

/** What the text of a name may look like. */
export type Shape = "module" | "object" | "prefix";

export interface Named {
  readonly name: DottedName;
  readonly relocation: Relocation;
}

const moduleName = /^[^\W\d][\w\u0080-\u00ff]*(?:\.[^\W\d][\w\u0080-\u00ff]*)*/;

/** What a text names, when that is relocated: by whole components, so that where only a beginning is known it must end at a dot. */
export function namedBy(value: Text, shape: Shape, context: Context): Named | undefined {
  const { relocations } = context.options;
  const [name = ""] = moduleName.exec(value.text) ?? [];
  if (name === "") return undefined;
  const after = value.text.slice(name.length);
  const relocation = relocations.covering(name);
  if (!relocation) return undefined;
  const whole = name.length > relocation.from.length;
  if (value.complete) {
    const fits = after === "" || (shape === "object" && /^:[\w.]*$/.test(after)) || (shape === "prefix" && after === ".");
    return fits ? { name, relocation } : undefined;
  }
  return whole || after.startsWith(".") || (shape === "object" && after.startsWith(":")) ? { name, relocation } : undefined;
}

export type Plan = "none" | "literal" | "use" | "lost";

/** What has to be done for one alternative. */
function planFor(value: Value, shape: Shape, context: Context, mapped: boolean): { readonly plan: Plan; readonly named?: Named; readonly value: Value } {
  if (value.kind !== "text") return { plan: value.kind === "running" ? "none" : "lost", value };
  const named = namedBy(value, shape, context);
  if (!named) {
    // `"pkg%s" % x` may name anything.
    const open = !value.complete && context.options.relocations.relocations.some(({ from }) => from.startsWith(value.text) || value.text === from);
    return { plan: open ? "lost" : "none", value };
  }
  const first = value.pieces[0];
  if (first && isEditable(first.span, named, context) && !first.shared) return { plan: "literal", named, value };
  // A literal that is rewritten for its own sake (strings.ts), whatever is made of it here.
  if (first?.shared && first.span && isVerified(first, context)) return { plan: "literal", named, value };
  // A whole name can be mapped to another where a variable is used; put together at run time it takes a prefix only.
  return { plan: prefixOf(named) === undefined && !(mapped && value.complete) ? "lost" : "use", named, value };
}

/** The whole literal is the dotted name of something that exists. */
function isVerified({ literal, text }: Piece, { options }: Context): boolean {
  return literal?.kind === "string" && literal.parts.every((part) => part.kind === "text") && literal.parts.map((part) => (part.kind === "text" ? part.text : "")).join("") === text && text.includes(".") && options.inventory.has(text);
}

function isEditable(span: { readonly start: number } | undefined, { relocation, name }: Named, { source }: Context): boolean {
  if (!span) return false;
  const [top = name] = name.split(".");
  const needed = prefixOf({ name, relocation }) === undefined ? relocation.from : top;
  return source.toString("latin1", span.start, span.start + needed.length) === needed;
}

/** What stands before the name after relocation: `N.`; undefined when relocation changes the name itself. */
export function prefixOf({ relocation }: Named): string | undefined {
  return relocation.to.endsWith(`.${relocation.from}`) ? relocation.to.slice(0, -relocation.from.length) : undefined;
}

export interface Outcome {
  /** `opaque`: what it names is known only at run time, wholly or for some alternatives. */
  readonly kind: "rewritten" | "none" | "opaque";
  /** The parameters that it comes from. */
  readonly parameters: readonly Extract<Value, { kind: "parameter" }>[];
  readonly named: readonly Named[];
  /** Relocated names are among the alternatives, and nothing could be done about them here. */
  readonly left?: true;
}

/**
 * Relocates what `expression` names. `rule` and `why` are for `explain`; `evaluate` tells what a variable is that the value begins with. `isItem`: the value is one of
 * those that the expression holds, so that nothing can be put in front of it.
 */
export function relocateArgument(expression: Expression, value: Value, shape: Shape, rule: Rule, why: string, context: Context, collector: Collector, evaluate?: Evaluator, isItem = false): Outcome {
  const all = alternatives(value);
  const parameters = all.flatMap((each) => (each.kind === "parameter" ? [each] : []));
  const leading = leadingPart(expression);
  const plans = all.filter((each) => each.kind !== "parameter").map((each) => planFor(each, shape, context, leading !== undefined));
  const named = plans.flatMap((each) => each.named ?? []);
  for (const each of all) if (each.kind === "text") for (const piece of each.pieces) if (!piece.shared) collector.claim(piece.literal);
  const lost = plans.some(({ plan }) => plan === "lost");
  const opaque = lost || parameters.length > 0;
  if (named.length === 0) return { kind: opaque ? "opaque" : "none", parameters, named };
  const uses = plans.filter(({ plan }) => plan === "use");
  if (uses.length > 0) {
    // Whoever calls the function may give it another name, in front of which no namespace must come; and whoever has the module of a constant may set that anew.
    const certain = !opaque && !isItem && !uses.some((each) => each.value.kind === "text" && each.value.pieces[0]?.elsewhere !== undefined);
    if (certain && plans.every((each) => each.plan === "use") && samePrefix(named) && named.every((each) => prefixOf(each) !== undefined)) prefixUse(expression, named, rule, context, collector);
    else if (!(opaque && context.options.runtimeMap) && leading && !isItem && mapUse(leading, textsOf(leading, expression, uses.map((each) => each.value), context, evaluate), rule, context, collector)) {
      // The name itself, or the one that what is made begins with.
    } else {
      editLiterals(plans, rule, why, context, collector);
      return { kind: "opaque", parameters, named, left: true };
    }
    collector.site(expression, named.map(({ name }) => name).join(", "), "proven", rule, "rewritten", why);
  }
  editLiterals(plans, rule, why, context, collector);
  return { kind: opaque ? "opaque" : "rewritten", parameters, named };
}

function editLiterals(plans: readonly { readonly plan: Plan; readonly named?: Named; readonly value: Value }[], rule: Rule, why: string, context: Context, collector: Collector): void {
  for (const { plan, named, value } of plans) if (plan === "literal" && named && value.kind === "text") editLiteral(value, named, rule, why, context, collector);
}

export function editLiteral(value: Text, named: Named, rule: Rule, why: string, context: Context, collector: Collector, tier: "proven" | "verified" = "proven"): void {
  const first = value.pieces[0];
  if (!first?.span) return;
  const { start } = first.span;
  const prefix = prefixOf(named);
  if (prefix === undefined) collector.edit({ start, end: start + named.relocation.from.length }, named.relocation.to, rule);
  else collector.edit({ start, end: start }, prefix, rule);
  collector.claim(first.literal);
  collector.site({ start: first.literal?.start ?? start, end: first.literal?.end ?? first.span.end }, named.name, tier, rule, "rewritten", why);
  stripRunning(value, prefix, rule, context, collector);
}

/** `f"requests.packages.{module}"`: the name that follows has the namespace in front at run time, and must lose it. */
function stripRunning(value: Text, prefix: string | undefined, rule: Rule, context: Context, collector: Collector): void {
  if (!value.running || prefix === undefined || !value.rest) return;
  const quote = value.pieces.some((piece) => piece.literal && piece.literal.start <= (value.rest?.start ?? 0) && (value.rest?.end ?? 0) <= piece.literal.end && context.source[piece.literal.end - 1] === 34) ? "'" : '"';
  const simple = value.rest.kind === "name" || value.rest.kind === "attribute" || value.rest.kind === "call" || value.rest.kind === "subscript";
  if (!simple) collector.edit({ start: value.rest.start, end: value.rest.start }, "(", rule);
  collector.edit({ start: value.rest.end, end: value.rest.end }, `${simple ? "" : ")"}.replace(${quote}${prefix}${quote}, ${quote}${quote}, 1)`, rule);
}

function samePrefix(named: readonly Named[]): boolean {
  return new Set(named.map(prefixOf)).size === 1;
}

type Variable = NameExpression | AttributeExpression;

/** `name`, `names.NAME`: nothing happens when it is read twice. */
export function isVariable(expression: Expression | undefined): expression is Variable {
  return expression?.kind === "name" || (expression?.kind === "attribute" && isVariable(expression.object));
}

/** `name`, `name + ".x"`, `f"{name}.x"`, `"%s.x" % name`, `"{}.x".format(name)`: the variable that the value begins with. `isItem`: the value is one of
 * those that the expression holds, so that nothing can be put in front of it.
 */
function leadingPart(expression: Expression): Variable | undefined {
  if (isVariable(expression)) return expression;
  if (expression.kind === "binary" && expression.operator === "+") return leadingPart(expression.left);
  if (expression.kind === "binary" && expression.operator === "%" && beginsWith(expression.left, "%s")) {
    const inner = expression.right.kind === "other" && expression.right.type === "parenthesized_expression" ? expression.right.parts[0] : expression.right;
    const first = inner?.kind === "sequence" ? inner.items[0] : inner;
    return isVariable(first) ? first : undefined;
  }
  if (expression.kind === "call" && expression.callee.kind === "attribute" && expression.callee.name === "format" && (beginsWith(expression.callee.object, "{}") || beginsWith(expression.callee.object, "{0}"))) {
    return isVariable(expression.positional[0]) ? expression.positional[0] : undefined;
  }
  const first = expression.kind === "string" ? expression.parts[0] : undefined;
  return first?.kind === "field" && !first.formatted && isVariable(first.value) ? first.value : undefined;
}

function beginsWith(expression: Expression, field: string): boolean {
  const first = expression.kind === "string" ? expression.parts[0] : undefined;
  return first?.kind === "text" && first.text.startsWith(field);
}

/** What the variable may be, as far as that moves, when the values that begin with it are these. */
function textsOf(leading: Variable, whole: Expression, values: readonly Value[], context: Context, evaluate: Evaluator | undefined): readonly string[] {
  if (leading === whole) return values.map((value) => (value.kind === "text" ? value.text : ""));
  if (!evaluate) return values.map((value) => (value.kind === "text" ? (value.pieces[0]?.text ?? "") : ""));
  const texts = alternatives(evaluate(leading)).flatMap((value) => (value.kind === "text" && value.complete ? [value.text] : []));
  const moving = texts.filter((text) => whereTo(text, context) !== undefined);
  // A part of a name is nothing that could be looked up.
  return moving.length === 0 ? texts : moving;
}

/** What a complete name, or one with a dot after it, becomes. */
function whereTo(text: string, context: Context): string | undefined {
  const whole: Value = { kind: "text", text, pieces: [], complete: true, rest: undefined, running: false };
  const named = namedBy(whole, "object", context) ?? namedBy(whole, "prefix", context);
  return named && named.relocation.to + text.slice(named.relocation.from.length);
}

/** `"N." + name`, or `N.` at the beginning of a format string. */
function prefixUse(expression: Expression, named: readonly Named[], rule: Rule, { source }: Context, collector: Collector): void {
  const prefix = named[0] && prefixOf(named[0]);
  if (prefix === undefined) return;
  if (expression.kind === "string" && expression.parts[0]?.kind === "field") {
    collector.claim(expression);
    const { start } = expression.parts[0].span;
    return collector.edit({ start, end: start }, prefix, rule);
  }
  const loose = expression.kind === "conditional" || expression.kind === "comparison" || (expression.kind === "other" && expression.type !== "parenthesized_expression");
  const quote = quoteIn(expression, source);
  collector.edit({ start: expression.start, end: expression.start }, `${quote}${prefix}${quote} + ${loose ? "(" : ""}`, rule);
  if (loose) collector.edit({ start: expression.end, end: expression.end }, ")", rule);
}

/** `{"a": "N.a"}.get(name, name)`: some of the alternatives move. False where the variable's own values are no names. */
function mapUse(leading: Variable, values: readonly string[], rule: Rule, context: Context, collector: Collector): boolean {
  const { source } = context;
  const moved = [...new Set(values)].map((text) => [text, whereTo(text, context)] as const);
  if (moved.length === 0 || moved.some(([, to]) => to === undefined)) return false;
  const quote = quoteIn(leading, source);
  const entries = moved.map(([text, to]) => `${quote}${text}${quote}: ${quote}${to}${quote}`);
  // In a field of a format string two braces are one character.
  const space = source[leading.start - 1] === 123 ? " " : "";
  collector.edit({ start: leading.start, end: leading.start }, `${space}{${entries.join(", ")}}.get(${source.toString("latin1", leading.start, leading.end)}, `, rule);
  collector.edit({ start: leading.end, end: leading.end }, ")", rule);
  return true;
}

/** The quote that may be written in place of the expression: inside a format string the other one than its own (before PEP 701). */
export function quoteIn(expression: Expression, source: Buffer): string {
  for (let at = expression.parent; at; at = at.parent) if (at.kind === "string") return source[at.end - 1] === 34 ? "'" : '"';
  return '"';
}
