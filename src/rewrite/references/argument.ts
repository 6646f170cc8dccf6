/**
 * One expression that names modules → the edits after which it names the relocated ones. The literal itself is edited where nothing
 * else reads it; otherwise the namespace is put before the expression where it is used, and the literal stays.
 */
import type { Rule } from "../../model/edit.ts";
import type { DottedName } from "../../model/name.ts";
import type { Expression, NameExpression } from "../../model/program.ts";
import type { Relocation } from "../../model/relocation.ts";
import type { Context } from "../context.ts";
import type { Collector } from "./collector.ts";
import { type Piece, type Value, alternatives } from "./values.ts";

/** What the text of a name may look like. */
export type Shape = "module" | "object" | "prefix";

export interface Named {
  readonly name: DottedName;
  readonly relocation: Relocation;
}

type Text = Extract<Value, { kind: "text" }>;

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

/** Relocates what `expression` names. `rule` and `why` are for `explain`. */
export function relocateArgument(expression: Expression, value: Value, shape: Shape, rule: Rule, why: string, context: Context, collector: Collector): Outcome {
  const all = alternatives(value);
  const parameters = all.flatMap((each) => (each.kind === "parameter" ? [each] : []));
  const leading = leadingName(expression);
  const plans = all.filter((each) => each.kind !== "parameter").map((each) => planFor(each, shape, context, leading !== undefined));
  const named = plans.flatMap((each) => each.named ?? []);
  for (const each of all) if (each.kind === "text") for (const piece of each.pieces) if (!piece.shared) collector.claim(piece.literal);
  const lost = plans.some(({ plan }) => plan === "lost");
  const opaque = lost || parameters.length > 0;
  if (named.length === 0) return { kind: opaque ? "opaque" : "none", parameters, named };
  const uses = plans.filter(({ plan }) => plan === "use");
  if (uses.length > 0) {
    // Whoever calls the function may give it another name, in front of which no namespace must come.
    if (!opaque && plans.every((each) => each.plan === "use") && samePrefix(named) && named.every((each) => prefixOf(each) !== undefined)) prefixUse(expression, named, rule, context, collector);
    else if (!(opaque && context.options.runtimeMap) && leading && mapUse(leading, uses.map((each) => (leading === expression ? textOf(each.value) : firstOf(each.value))), rule, context, collector)) {
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

/** `name`, `name + ".x"`, `f"{name}.x"`: the variable that the value begins with. */
function leadingName(expression: Expression): NameExpression | undefined {
  if (expression.kind === "name") return expression;
  if (expression.kind === "binary" && expression.operator === "+") return leadingName(expression.left);
  const first = expression.kind === "string" ? expression.parts[0] : undefined;
  return first?.kind === "field" && !first.formatted && first.value.kind === "name" ? first.value : undefined;
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

function textOf(value: Value): string {
  return value.kind === "text" ? value.text : "";
}

function firstOf(value: Value): string {
  return value.kind === "text" ? (value.pieces[0]?.text ?? "") : "";
}

/** `{"a": "N.a"}.get(name, name)`: some of the alternatives move. False where the variable's own values are no names. */
function mapUse(leading: NameExpression, values: readonly string[], rule: Rule, context: Context, collector: Collector): boolean {
  const { source } = context;
  const named = values.map((text) => namedBy({ kind: "text", text, pieces: [], complete: true, rest: undefined, running: false }, "object", context));
  if (named.includes(undefined)) return false;
  const quote = quoteIn(leading, source);
  const entries = [...new Map(named.flatMap((each) => (each ? [[each.name, `${quote}${each.name}${quote}: ${quote}${each.relocation.to}${each.name.slice(each.relocation.from.length)}${quote}`]] : []))).values()];
  // In a field of a format string two braces are one character.
  const space = source[leading.start - 1] === 123 ? " " : "";
  collector.edit({ start: leading.start, end: leading.start }, `${space}{${entries.join(", ")}}.get(${leading.name}, `, rule);
  collector.edit({ start: leading.end, end: leading.end }, ")", rule);
  return true;
}

/** The quote that may be written in place of the expression: inside a format string the other one than its own (before PEP 701). */
export function quoteIn(expression: Expression, source: Buffer): string {
  for (let at = expression.parent; at; at = at.parent) if (at.kind === "string") return source[at.end - 1] === 34 ? "'" : '"';
  return '"';
}
