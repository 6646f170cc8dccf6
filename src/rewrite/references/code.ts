/** Constant text that is given to `exec` and its like is source code, and is relocated as such, by the rules for statements. */
import type { Expression } from "../../model/program.ts";
import type { Scene } from "./scene.ts";
import { alternatives } from "./values.ts";

export function relocateCode(argument: Expression, callable: string, { evaluate, context, collector }: Scene): void {
  for (const value of alternatives(evaluate(argument))) {
    if (value.kind !== "text") continue;
    const [piece] = value.pieces;
    if (piece?.literal) collector.claim(piece.literal);
    const facts = value.complete ? context.facts.nested(value.text) : undefined;
    const statements = facts?.imports ?? [];
    const concerned = /(?:^|[\n;])[ \t]*(?:from|import)[ \t]+([^\W\d]\w*)/g;
    const named = facts ? statements.length > 0 : [...value.text.matchAll(concerned)].some((match) => context.options.relocations.concerns(match[1] ?? ""));
    if (!named) continue;
    const inner = facts && context.decideNested(facts, Buffer.from(value.text, "latin1"));
    if (inner && inner.edits.length === 0) continue;
    const quote = piece?.span && context.source[piece.span.end];
    const usable = inner && value.pieces.length === 1 && piece?.span && piece.plain && !piece.shared;
    if (!usable || !piece.span) {
      collector.finding("code-text", `${callable} is given source code that imports a relocated module and cannot be rewritten in place`, argument.start);
      continue;
    }
    for (const edit of inner.edits) {
      const text = quote === 34 ? edit.text.replaceAll('"', "'") : edit.text;
      collector.edit({ start: piece.span.start + edit.start, end: piece.span.start + edit.end }, text, "code-text");
    }
    collector.site(piece.literal ?? argument, inner.sites.map((site) => site.name).join(", "), "proven", "code-text", "rewritten", `${callable} takes source code`);
  }
}
