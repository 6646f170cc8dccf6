/**
 * References that are not import statements. Few files need a parse for them: those with a string that begins with a relocated name and a
 * word of the catalogue, and those that take names of modules apart. In the rest a string is looked at by itself.
 */
import { type Decision, nothing } from "../../model/edit.ts";
import { topLevel } from "../../model/name.ts";
import { Interest } from "../../model/words.ts";
import type { Context } from "../context.ts";
import { rewriteCalls } from "./calls.ts";
import { relocateTexts } from "./code.ts";
import { Collector } from "./collector.ts";
import { rewriteCommands } from "./commands.ts";
import { rewriteDerived } from "./derived.ts";
import { evaluator } from "./evaluate.ts";
import { namesOf } from "./names.ts";
import { rewriteRunning } from "./running.ts";
import type { Scene } from "./scene.ts";
import { decideString, rewriteStrings } from "./strings.ts";

export function rewriteReferences(context: Context): Decision {
  const { facts, place } = context;
  if (needsProgram(context)) return withProgram(context);
  if (facts.strings.length === 0 || place.stub) return nothing;
  const collector = new Collector();
  for (const string of facts.strings) {
    if (string.statement || /b/i.test(context.source.toString("latin1", string.start, string.opening))) continue;
    const start = string.opening + quotesAt(context.source, string.opening);
    const end = string.end - (start - string.opening);
    const text = context.source.toString("latin1", start, string.format ? endOfConstant(context.source, start, end) : end);
    const complete = !string.format || start + text.length === end;
    if (text.includes("\\")) continue;
    decideString({ kind: "text", text, pieces: [{ text, span: { start, end: start + text.length }, plain: true, literal: undefined, shared: false }], complete, rest: undefined, running: false }, string, context, collector);
  }
  return collector.decision();
}

function needsProgram(context: Context): boolean {
  const { facts, place, source } = context;
  const { interest, strings } = facts;
  if (interest & (Interest.dynamic | Interest.namespace | Interest.relative | Interest.text)) return true;
  if (interest & Interest.code && mentionsImport(context)) return true;
  if (strings.length === 0) return false;
  if (interest & (Interest.static | Interest.name) || source.includes("__module__")) return true;
  if (place.stub) return false;
  // An annotation names what an import binds; implicit concatenation makes one string of several.
  const bound = new Set(facts.imports.flatMap((statement) => statement.names.map((name) => name.alias?.name ?? topLevel(name.written.name))));
  return strings.some((string) => string.adjacent || isFollowedByMore(source, string.end) || bound.has(topAt(source, string.opening)));
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

function withProgram(context: Context): Decision {
  const program = context.facts.program();
  const names = namesOf(program, context);
  const collector = new Collector();
  const scene: Scene = {
    context,
    program,
    names,
    evaluate: evaluator(context, names),
    collector,
    importers: new Map(),
    moduleNames: new Set(),
    opaque(call, row) {
      if (context.place.module === undefined) return;
      collector.finding("opaque-name", `${row.callable} is given a name that is known only at run time`, call.start);
      collector.site(call, context.source.toString("latin1", call.start, Math.min(call.end, call.start + 60)), "opaque", "catalogue", "reported", "known only at run time");
    },
  };
  rewriteCalls(scene);
  rewriteRunning(scene);
  rewriteCommands(scene);
  rewriteDerived(scene);
  relocateTexts(scene);
  rewriteStrings(scene);
  return collector.decision();
}
