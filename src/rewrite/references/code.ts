/**
 * Text that is source code. What is given to `exec` and its like certainly is one; another string is taken for one where all of it parses and
 * the modules and names that it imports exist. Both are relocated by the rules for statements.
 */
import type { Decision } from "../../model/edit.ts";
import type { AnyImport } from "../../model/facts.ts";
import { join, topLevel } from "../../model/name.ts";
import type { Expression, StringExpression } from "../../model/program.ts";
import type { Context } from "../context.ts";
import { type Characters, charactersOf } from "./characters.ts";
import type { Scene } from "./scene.ts";
import { type Text, alternatives, cut, isMovedElsewhere, unmoved } from "./values.ts";

export function relocateCode(argument: Expression, callable: string, scene: Scene): void {
  const { evaluate, context, collector } = scene;
  if (argument.kind === "string" && argument.bytes) {
    collector.claim(argument);
    return relocateText(argument, charactersOf(argument.parts.flatMap((part) => (part.kind === "text" ? [part] : [])), context.source), callable, scene);
  }
  for (const value of alternatives(evaluate(argument))) {
    if (value.kind !== "text") continue;
    for (const { literal } of value.pieces) collector.claim(literal);
    // `"import " + NAME`, and the name is relocated in another module: what is bound then is the namespace's root.
    if (isMovedElsewhere(value) && !bindsTheSame(value, context)) report(argument, callable, scene);
    // Of what is known in part its whole lines, whatever follows them; else the pieces that are whole statements.
    const known = value.complete ? value : cut(value, value.text.lastIndexOf("\n") + 1);
    if (value.complete || importsMoved(known.text, context)) relocateText(known.pieces[0]?.literal ?? argument, charactersOf(known.pieces, context.source), callable, scene);
    else if (importsMoved(value.text, context) && !value.pieces.some(({ literal }) => literal?.kind === "string" && relocateWhole(literal, scene))) report(argument, callable, scene);
  }
}

function relocateText(argument: Expression, code: Characters, callable: string, scene: Scene): void {
  const inner = decideText(code.text, scene.context);
  if (!inner) {
    if (importsMoved(code.text, scene.context)) report(argument, callable, scene);
  } else if (inner.edits.length > 0 && !editInside(argument, code, inner, "code-text", scene)) report(argument, callable, scene);
  else if (inner.edits.length > 0) scene.collector.site(argument, namesIn(inner), "proven", "code-text", "rewritten", `${callable} takes source code`);
}

/** After what the rules for statements would do, the text is what it will be. */
function bindsTheSame(value: Text, context: Context): boolean {
  const before = unmoved(value);
  if (!importsMoved(before, context)) return true;
  const inner = value.complete ? decideText(before, context) : undefined;
  if (!inner) return false;
  let after = before;
  for (const { start, end, text } of [...inner.edits].sort((a, b) => b.start - a.start)) after = after.slice(0, start) + text + after.slice(end);
  return after === value.text;
}

function report(argument: Expression, callable: string, { collector }: Scene): void {
  collector.finding("code-text", `${callable} is given source code that imports a relocated module and cannot be rewritten in place`, argument.start);
}

/** The text has a line that imports a relocated module. */
function importsMoved(text: string, { options }: Context): boolean {
  return [...text.matchAll(/(?:^|[\n;])[ \t]*(?:from|import)[ \t]+([^\W\d]\w*)/g)].some((match) => options.relocations.concerns(match[1] ?? ""));
}

/** What the statement rules do about the text; undefined where it is no source code. Indentation that all lines share is no error. */
export function decideText(text: string, context: Context): Decision | undefined {
  const indented = /^(?:[ \t]*\r?\n)*[ \t]/.test(text);
  const head = indented ? "if 1:\n" : "";
  const whole = head + text;
  const facts = context.facts.nested(whole);
  if (!facts) return undefined;
  const { edits, sites, findings } = context.decideNested(facts, Buffer.from(whole, "latin1"));
  const shift = <T extends { readonly start: number; readonly end: number }>(each: T): T => ({ ...each, start: each.start - head.length, end: each.end - head.length });
  return { edits: edits.map(shift), sites: sites.map(shift), findings };
}

/** Writes edits of the text into the literal; false where a place in it has none in the file. */
export function editInside(literal: Expression, { offsets }: Characters, { edits }: Decision, rule: "code-text" | "verified-string", { context, collector }: Scene): boolean {
  if (!offsets) return false;
  const placed = edits.map(({ start, end, text }) => {
    const [from, last] = [offsets[start], start === end ? offsets[start] : offsets[end - 1]];
    // A line that is continued stays a line of the text.
    return from === undefined || last === undefined || /[\\\r\n]/.test(text) || last < from ? undefined : { start: from, end: start === end ? from : last + 1, text };
  });
  if (placed.some((edit) => edit === undefined)) return false;
  const double = context.source[literal.end - 1] === 34;
  for (const edit of placed) if (edit) collector.edit(edit, double ? edit.text.replaceAll('"', "'") : edit.text, rule);
  return true;
}

function namesIn({ sites }: Decision): string {
  return sites.filter(({ outcome }) => outcome === "rewritten").map(({ name }) => name).join(", ");
}

/** Strings that no rule has claimed: templates of generated modules, scripts for another interpreter. */
export function relocateTexts(scene: Scene): void {
  const { program, context, collector } = scene;
  if (context.facts.texts.length === 0 || context.place.stub) return;
  for (const expression of program.expressions) if (expression.kind === "string" && !expression.statement && !collector.isClaimed(expression)) relocateWhole(expression, scene);
}

/** A literal that is code by itself, or has blocks of it; false where it is none that can be relocated. */
function relocateWhole(expression: StringExpression, scene: Scene): boolean {
  const { context, collector } = scene;
  const code = charactersOf(expression.parts, context.source);
  if (!importsMoved(code.text, context) || isSample(code.text, context)) return false;
  const inner = ["", "_"].map((rest) => verifiedText(code.text + rest, context)).find((each) => each !== undefined) ?? blocksOf(code.text, context);
  if (!inner || inner.edits.length === 0) return false;
  collector.claim(expression);
  if (context.options.verified === "report") collector.site(expression, namesIn(inner), "verified", "verified-string", "left", "verified strings are only listed");
  else if (editInside(expression, code, inner, "verified-string", scene)) collector.site(expression, namesIn(inner), "verified", "verified-string", "rewritten", "source code that imports what exists in the relocated distribution");
  else collector.finding("code-text", "the text is source code that imports a relocated module and cannot be rewritten in place", expression.start);
  return true;
}

/** Blocks of Python in a template, `<%! … %>` and `<?python … ?>`: what the rules for statements do about each; undefined where there are none. */
function blocksOf(text: string, context: Context): Decision | undefined {
  const found = [...text.matchAll(/(<%!?(?=\s)|<\?python(?=\s))([^]*?)(?:%>|\?>)/g)].flatMap((match): Decision[] => {
    const [, opening = "", block = ""] = match;
    const decided = importsMoved(block, context) ? verifiedText(block, context, false) : undefined;
    const at = match.index + opening.length;
    const shift = <T extends { readonly start: number; readonly end: number }>(each: T): T => ({ ...each, start: each.start + at, end: each.end + at });
    return decided ? [{ edits: decided.edits.map(shift), sites: decided.sites.map(shift), findings: [] }] : [];
  });
  return found.length === 0 ? undefined : { edits: found.flatMap(({ edits }) => edits), sites: found.flatMap(({ sites }) => sites), findings: [] };
}

/** A library writes code that imports itself; what it has of another one is most likely a sample that it reads. */
function isSample(text: string, { options, place }: Context): boolean {
  const own = place.module === undefined || options.relocations.covering(place.module) === undefined ? undefined : topLevel(place.module);
  return own !== undefined && !new RegExp(`(?:^|[\\n;])[ \\t]*(?:from|import)[ \\t]+${own}\\b`).test(text);
}

/** `names`: what is imported from a module must exist too, not the module alone. */
function verifiedText(text: string, context: Context, names = true): Decision | undefined {
  // Fields of a format are names, as far as syntax goes.
  const filled = text.replace(/%(?:\(\w+\))?[sdr]|\{\w*\}/g, (field) => "_".repeat(field.length));
  for (const each of new Set([text, filled])) {
    const decided = decideText(each, context);
    const facts = decided && context.facts.nested(/^(?:[ \t]*\r?\n)*[ \t]/.test(each) ? `if 1:\n${each}` : each);
    if (facts?.imports.every((statement) => exists(statement, context, names))) return decided;
  }
  return undefined;
}

function exists(statement: AnyImport, { options }: Context, names: boolean): boolean {
  const { inventory, relocations } = options;
  const found = (name: string): boolean => !relocations.concerns(topLevel(name)) || inventory.has(name);
  if (statement.kind === "import") return statement.names.every(({ written }) => found(written.name));
  return statement.level > 0 || (found(statement.module.name) && (!names || statement.names.every(({ written }) => /^_+$/.test(written.name) || found(join(statement.module.name, written.name)))));
}
