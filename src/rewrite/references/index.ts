/**
 * References that are not import statements. Few files need a parse for them: those with a string that begins with a relocated name and a
 * word of the catalogue, and those that take names of modules apart. In the rest a string is looked at by itself.
 */
import { type Decision, merge, nothing } from "../../model/edit.ts";
import type { CatalogueRow } from "../../model/catalogue.ts";
import { topLevel } from "../../model/name.ts";
import type { WantedString } from "../../model/facts.ts";
import type { Program, StringExpression, StringPart } from "../../model/program.ts";
import { type Span, placesIn } from "../../model/span.ts";
import { Interest } from "../../model/words.ts";
import type { Context } from "../context.ts";
import { rewriteCalls } from "./calls.ts";
import { relocateTexts } from "./code.ts";
import { fragmentOffsets, relocateFragments } from "./codeFragments.ts";
import { Collector } from "./collector.ts";
import { constantOf } from "./constants.ts";
import { rewriteCommands } from "./commands.ts";
import { type DirectCall, directCalls } from "./direct.ts";
import { rewriteDerived, shiftCuts } from "./derived.ts";
import { lookUpOffsets, rewriteLookUps } from "./entryPointLookUps.ts";
import { evaluator } from "./evaluate.ts";
import { namesOf } from "./names.ts";
import { rewriteRunning } from "./running.ts";
import { relocateLogger, relocateLoggingTables } from "./logging.ts";
import { importAtRunTime, mapAtRunTime } from "./runtimeMap.ts";
import { mayAskForCopies } from "./metadata.ts";
import { interestIn, wordsThere } from "./interests.ts";
import type { Scene } from "./scene.ts";
import { mayBeRow } from "./tables.ts";
import { DEEPEST, takerOf } from "./takers.ts";
import { hiddenMentions, openEnds } from "./openEnds.ts";
import { givenConstants, givenElsewhere } from "./givenElsewhere.ts";
import { followHandedOn } from "./handedOn.ts";
import { decideString, rewriteStrings } from "./strings.ts";
import type { Value } from "./values.ts";

/** Functions that hand on to one another; what is not seen by then is seen in a parse of everything. */
const MOST_ROUNDS = 3;

export function rewriteReferences(context: Context): Decision {
  const { facts, place } = context;
  const strings = facts.strings.filter((string) => !string.statement && !isBytes(string, context.source) && isNamed(string, context));
  const elsewhere = strings.length > 0 ? givenElsewhere(strings, context) : [];
  const around = [...offsetsToParse(context, strings), ...elsewhere, ...(strings.length > 0 || context.again ? [] : givenConstants(context))];
  const depth = elsewhere.length > 0 ? DEEPEST : 0;
  if (around.length === 0) return place.stub ? nothing : judged(strings, context);
  const direct = directCalls(around, strings, context);
  if (direct.length === around.length) return place.stub ? nothing : merge([relocateDirect(direct, context), judged(strings.filter((string) => !direct.some(({ literal }) => literal === string)), context)]);
  const parsed = withOpenEnds(context, around, depth, strings.length > 0);
  const rest = strings.filter((string) => parsed.hidden.some(({ start, end }) => start <= string.start && string.start < end));
  if (rest.length === 0) return parsed.decision;
  return place.stub ? parsed.decision : merge([parsed.decision, judged(rest, context)]);
}

/** As `rewriteCalls` would, see direct.ts. */
function relocateDirect(calls: readonly DirectCall[], context: Context): Decision {
  const collector = new Collector();
  for (const { row, literal } of calls) {
    if (!literal) continue;
    const text = context.source.toString("latin1", literal.opening + 1, literal.end - 1);
    const expression = literalOf(literal, literal.opening + 1, text, context);
    relocateLogger(expression, textOf(expression, true), row, context, collector);
  }
  return collector.decision();
}

/** A module that moves, or a relocated distribution, may be meant. */
function isNamed({ opening, end }: WantedString, { source, options }: Context): boolean {
  if (options.relocations.concerns(topAt(source, opening))) return true;
  const text = source.toString("latin1", opening, end).replace(/^["']+|["']+$/g, "");
  return text.length <= 100 && options.inventory.distribution(/^([\w.-]+)\s*(?:\[[^\]]*\])?\s*[<>=!~].*$/.exec(text)?.[1] ?? text) !== undefined;
}

/** Bytes name no module. */
function isBytes({ start, opening }: WantedString, source: Buffer): boolean {
  return /b/i.test(source.toString("latin1", start, opening));
}

/** Strings by themselves: in the text around them nothing can make more of them than they say. */
function judged(strings: readonly WantedString[], context: Context): Decision {
  if (strings.length === 0) return nothing;
  const collector = new Collector();
  for (const string of strings) {
    const start = string.opening + quotesAt(context.source, string.opening);
    const end = string.end - (start - string.opening);
    const text = context.source.toString("latin1", start, string.format ? endOfConstant(context.source, start, end) : end);
    const complete = !string.format || start + text.length === end;
    if (text.includes("\\")) continue;
    decideString(textOf(literalOf(string, start, text, context), complete), string, context, collector);
  }
  return collector.decision();
}

type Literal = StringExpression & { readonly parts: readonly [Extract<StringPart, { kind: "text" }>] };

/** What the parser would make of a string without escapes of which `text`, at `start`, is known. */
function literalOf({ start, opening, end, statement }: WantedString, textStart: number, text: string, { source }: Context): Literal {
  const span = { start: textStart, end: textStart + text.length };
  return { kind: "string", start, end, parent: undefined, parts: [{ kind: "text", span, text, plain: true, quote: source.toString("latin1", opening, opening + 1) }], statement, bytes: false };
}

function textOf(literal: Literal, complete: boolean): Extract<Value, { kind: "text" }> {
  const [{ text, span, plain }] = literal.parts;
  return { kind: "text", text, pieces: [{ text, span, plain, literal, shared: false }], complete, rest: undefined, running: false };
}

/** Where it takes a parse to decide; empty where the strings can be judged one by one. */
export function offsetsToParse(context: Context, strings: readonly WantedString[]): number[] {
  const { facts, again } = context;
  const interest = interestIn(context);
  if (again && strings.length === 0 && facts.texts.length === 0) return [];
  const asksForWords = strings.length > 0 || interest & (Interest.namespace | Interest.dynamic | Interest.relative | Interest.code);
  const asksForMetadata = (interest & Interest.called) !== 0 && mayAskForCopies(context);
  const words = asksForWords || asksForMetadata ? wordsThere(context) : undefined;
  const offsets = [...facts.texts, ...fragmentOffsets(context), ...lookUpOffsets(context)];
  if (words && interest & (Interest.dynamic | Interest.relative)) offsets.push(...words.always);
  if (words && asksForMetadata) offsets.push(...words.metadata);
  if (words && words.always.length > 0 && interest & Interest.code && mentionsImport(context)) offsets.push(...words.always);
  if (words && (interest & Interest.namespace || (interest & Interest.name && strings.length > 0))) offsets.push(...words.names);
  offsets.push(...strings.filter(({ start }) => isInCase(context.source, start)).map(({ start }) => start));
  if (words && strings.length > 0) offsets.push(...words.calls, ...keyOffsets(context.source), ...unclear(strings, context));
  return offsets;
}

/** `{"__module__": "a"}`, `setattr(f, "__module__", "a")`: a class is made by a call, a module by executing text. `{"loggers": {"a": …}}`: logging is configured. */
function keyOffsets(source: Buffer): number[] {
  return moduleKeys.flatMap((key) => [...placesIn(source, key)]);
}

const moduleKeys = ["__module__", "__package__", "__name__", "loggers"].flatMap((key) => [`${key}"`, `${key}'`]);

/** Strings that may be more than themselves: an annotation names what an import binds, and neighbours make one string of several. */
function unclear(strings: readonly WantedString[], context: Context): number[] {
  const { facts, source } = context;
  const bound = new Set(facts.imports.flatMap((statement) => statement.names.map((name) => name.alias?.name ?? topLevel(name.written.name))));
  // What an import statement becomes for an old Python.
  for (const top of new Set(strings.map((string) => topAt(source, string.opening)))) if (top !== "" && source.includes(`${top} = __import__(`, 0, "latin1")) bound.add(top);
  return [...strings.flatMap((string) => begunWith(string, source)), ...strings.filter((string) => string.adjacent || isFollowedByMore(source, string.end) || isCutBy(source, string) || mayBeRow(string, context) || bound.has(topAt(source, string.opening))).map((string) => string.start)];
}

/** `case "a.b" | "a.c":` */
function isInCase(source: Buffer, start: number): boolean {
  return /(?:^|\n)[ \t]*case\b[^:\n]*$/.test(source.toString("latin1", Math.max(0, start - 200), start));
}

/** `OWN = "a"`, and `f"{OWN}.b"` or `OWN + ".b"` somewhere: there, and here. */
function begunWith({ start, opening, end }: WantedString, source: Buffer): number[] {
  const name = /(?:^|\n)[ \t]*(\w+)[ \t]*=[ \t]*$/.exec(source.toString("latin1", Math.max(0, start - 80), start))?.[1];
  if (name === undefined || source.subarray(opening, end).includes(DOT)) return [];
  const uses = [...source.toString("latin1").matchAll(new RegExp(`["']\\{${name}\\}\\.|\\b${name}[ \\t]*\\+[ \\t]*["']\\.`, "g"))].map(({ index }) => index);
  return uses.length === 0 ? [] : [start, ...uses];
}

const DOT = 46;

/** `startswith("a.")`, and somewhere `[2:]`. */
function isCutBy(source: Buffer, { start, opening, end }: WantedString): boolean {
  return /\.startswith\(\s*$/.test(source.toString("latin1", Math.max(0, start - 40), start)) && source.includes(`[${end - opening - 2}:]`, 0, "latin1");
}

function topAt(source: Buffer, opening: number): string {
  return /^["']+\^?(\w*)/.exec(source.toString("latin1", opening, opening + 80))?.[1] ?? "";
}

/** Another string follows, or an operator that makes a larger one of it. */
function isFollowedByMore(source: Buffer, end: number): boolean {
  return /^(?:[ \t\f\r\n]|\\\r?\n|#[^\n]*\n)*(?:[rbuftRBUFT]{0,2}["']|[+%]|\.format\b|\.join\b)/.test(source.toString("latin1", end, end + 200));
}

/** The file's text has more imports of relocated modules than its statements: some stand in strings. */
function mentionsImport({ facts, options, source }: Context): boolean {
  const { relocations } = options;
  const written = [...source.toString("latin1").matchAll(/\b(?:from|import)[ \t]+([^\W\d]\w*)/g)].filter((match) => relocations.concerns(match[1] ?? "")).length;
  const stated = facts.imports.filter((statement) => relocations.concerns(topLevel(statement.kind === "from" ? statement.module.name : (statement.names[0]?.written.name ?? "")))).length;
  return written > stated;
}

function quotesAt(source: Buffer, opening: number): 1 | 3 {
  return source[opening + 1] === source[opening] && source[opening + 2] === source[opening] ? 3 : 1;
}

function endOfConstant(source: Buffer, start: number, end: number): number {
  const field = source.indexOf("{", start, "latin1");
  return field < 0 || field > end ? end : field;
}

/** Parses what has to be, and what that shows to be needed besides. */
function withOpenEnds(context: Context, around: readonly number[], depth: number, strings: boolean): { readonly decision: Decision; readonly hidden: readonly Span[] } {
  let offsets = around;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const { scene, hidden } = withProgram(context, offsets, depth);
    const mentions = hiddenMentions(openEnds(scene, strings), hidden, context.source);
    if (mentions?.length === 0) return { decision: scene.collector.decision(), hidden };
    if (!mentions) break;
    offsets = [...offsets, ...mentions];
  }
  const { scene, hidden } = withProgram(context, undefined, depth);
  return { decision: scene.collector.decision(), hidden };
}

/** `around`: where it has to be parsed; undefined: everywhere. `depth`: through how many other modules what is handed on is followed. */
function withProgram(context: Context, around: readonly number[] | undefined, depth: number): { readonly scene: Scene; readonly hidden: readonly Span[] } {
  const program = around ? context.facts.programAround(around) : context.facts.program();
  const scene = sceneOf(context, program, depth);
  followCalls(scene);
  rewriteDerived(scene);
  relocateLoggingTables(scene);
  relocateTexts(scene);
  relocateFragments(scene);
  rewriteStrings(scene);
  shiftCuts(scene);
  return { scene, hidden: program.hidden };
}

/** Calls that take names of modules, and functions that hand names on to them. */
function followCalls(scene: Scene): void {
  rewriteCalls(scene);
  rewriteRunning(scene);
  rewriteCommands(scene);
  followHandedOn(scene);
  rewriteLookUps(scene);
}

/** What functions of another module hand on (takers.ts): nothing is decided about that module here. */
function analyse(context: Context, program: Program, depth: number): Scene {
  const scene = sceneOf(context, program, depth);
  followCalls(scene);
  return scene;
}

function sceneOf(context: Context, program: Program, depth: number): Scene {
  const names = namesOf(program, context);
  const collector = new Collector();
  return {
    context,
    program,
    names,
    evaluate: evaluator(context, names, (name) => constantOf(name, context)),
    collector,
    importers: new Map(),
    ownNames: new Set(),
    asked: new Map(),
    unseen: new Set(),
    groups: new Set(),
    moduleNames: new Set(),
    takerOf: (name, ofInstance) => takerOf(name, ofInstance, context, depth, analyse),
    opaque(call, argument, row, partly = false) {
      const mapped = row.meaning === "top-module" ? importAtRunTime(call, context, collector) : isMapped(row) && mapAtRunTime(argument, "module-call", context, collector);
      // A script that takes names from elsewhere does not mean the copy, unless it was seen to.
      if (mapped || (context.place.module === undefined && !partly) || (row.creates === true && !partly)) return;
      collector.finding("opaque-name", `${row.callable} is given ${partly ? "other names too, which are" : "a name that is"} known only at run time`, call.start);
      collector.site(call, context.source.toString("latin1", call.start, Math.min(call.end, call.start + 60)), "opaque", "catalogue", "reported", "known only at run time");
    },
  };
}

/** Names of modules and objects can be mapped at run time; those of distributions are asked for by functions of their own. */
function isMapped({ meaning }: CatalogueRow): boolean {
  return meaning === "module" || meaning === "object" || meaning === "anchor";
}
