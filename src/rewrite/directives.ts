/** `# enisle: skip` and `# enisle: relocate`: what a person has decided about the statement on that line. */
import type { Decision, LocalFinding } from "../model/edit.ts";
import type { Span } from "../model/span.ts";
import type { Context } from "./context.ts";
import { editLiteral, namedBy } from "./references/argument.ts";
import { Collector } from "./references/collector.ts";
import { evaluator } from "./references/evaluate.ts";
import { namesOf } from "./references/names.ts";

interface Directive extends Span {
  readonly word: string;
}

const comment = /#[ \t]*enisle:[ \t]*([\w-]*)[^\r\n]*/g;

/** The decision, as the file's comments change it. */
export function applyDirectives(context: Context, decision: Decision): Decision {
  const { source } = context;
  if (!source.includes("enisle:", 0, "latin1")) return decision;
  return directivesIn(context).reduce((changed, directive) => apply(context, changed, directive), decision);
}

function directivesIn({ facts }: Context): Directive[] {
  const strings = facts.program().expressions.filter((expression) => expression.kind === "string");
  return [...facts.lexical.toString("latin1").matchAll(comment)]
    .map((match): Directive => ({ start: match.index, end: match.index + match[0].length, word: match[1] ?? "" }))
    .filter(({ start }) => !strings.some((string) => string.start <= start && start < string.end));
}

function apply(context: Context, decision: Decision, directive: Directive): Decision {
  const region = statementAround(context, directive);
  const inside = ({ start, end }: Span): boolean => region.start <= start && end <= region.end;
  if (directive.word === "skip") {
    const skipped = decision.sites.filter((site) => inside(site) && site.outcome !== "left");
    const silenced = decision.findings.filter(({ offset }) => inside({ start: offset, end: offset }));
    if (skipped.length === 0 && silenced.length === 0) return withFinding(decision, unused(directive, "nothing on its line names a relocated module"));
    return {
      ...decision,
      edits: decision.edits.filter((edit) => !inside(edit)),
      sites: decision.sites.map((site) => (skipped.includes(site) ? { ...site, rule: "by-hand", outcome: "left", why: "a comment on the line says so" } : site)),
      findings: decision.findings.filter((finding) => !silenced.includes(finding)),
    };
  }
  if (directive.word === "relocate") return relocate(context, decision, directive, inside);
  return withFinding(decision, unused(directive, `'${directive.word}' is none of skip and relocate`));
}

function relocate(context: Context, decision: Decision, directive: Directive, inside: (span: Span) => boolean): Decision {
  const program = context.facts.program();
  const evaluate = evaluator(context, namesOf(program, context), () => undefined);
  const collector = new Collector();
  let done = false;
  for (const expression of program.expressions) {
    if (expression.kind !== "string" || !inside(expression)) continue;
    const value = evaluate(expression);
    const named = value.kind === "text" ? (namedBy(value, "object", context) ?? namedBy(value, "prefix", context)) : undefined;
    if (!named || value.kind !== "text") continue;
    done = true;
    if (!decision.edits.some((edit) => expression.start <= edit.start && edit.end <= expression.end)) editLiteral(value, named, "by-hand", "a comment on the line says so", context, collector);
  }
  if (!done) return withFinding(decision, unused(directive, "no string on its line begins with a relocated name"));
  const more = collector.decision();
  const replaced = (span: Span): boolean => more.sites.some((site) => site.start === span.start && site.end === span.end);
  return {
    ...decision,
    edits: [...decision.edits, ...more.edits].sort((a, b) => a.start - b.start || a.end - b.end),
    sites: [...decision.sites.filter((site) => !replaced(site)), ...more.sites].sort((a, b) => a.start - b.start || a.end - b.end),
  };
}

/** The lines of the statement that the comment's line is a part of. */
function statementAround({ facts, source }: Context, directive: Directive): Span {
  const line = { start: source.lastIndexOf(10, directive.start - 1) + 1, end: directive.end };
  const wholes = [...facts.imports, ...facts.program().expressions.filter((expression) => expression.parent === undefined)];
  const touching = wholes.filter((each) => each.start < line.end && line.start <= each.end);
  return { start: Math.min(line.start, ...touching.map((each) => each.start)), end: Math.max(line.end, ...touching.map((each) => each.end)) };
}

function unused({ start }: Directive, why: string): LocalFinding {
  return { code: "unused-directive", message: `the comment '# enisle:' does nothing: ${why}`, offset: start };
}

function withFinding(decision: Decision, finding: LocalFinding): Decision {
  return { ...decision, findings: [...decision.findings, finding].sort((a, b) => a.offset - b.offset) };
}
