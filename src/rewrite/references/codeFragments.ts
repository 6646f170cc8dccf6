/**
 * Calls that import, in text that is a piece of source code: `lines.append("def f(x=__import__('a.b').b.c):")`. A compiler puts its modules
 * together from such pieces, of which none parses by itself. The call does; only names that exist are followed, and never in prose.
 */
import { topLevel } from "../../model/name.ts";
import { placesIn } from "../../model/span.ts";
import type { Context } from "../context.ts";
import { charactersOf } from "./characters.ts";
import { decideText, editInside } from "./code.ts";
import type { Scene } from "./scene.ts";

const COMMON = "import_";
/** The rest of `__import__(` and `import_module(`. */
const opening = /^(?:_\(|module\()\s*\\?["'](\w+)/;
const call = /(?<![\w.])(__import__|(?:importlib\.)?import_module)\(\s*(["'])([^\W\d]\w*(?:\.[^\W\d]\w*)*)\2(?:\s*,[^()]*)?\s*\)/g;
const keywords = new Set("and as assert async await break class continue def del elif else except exec finally for from global if import in is lambda nonlocal not or pass print raise return try while with yield".split(" "));

/** Where calls stand that import a relocated module and whose quotes may lie in a string. */
export function fragmentOffsets({ source, options }: Context): number[] {
  const offsets: number[] = [];
  for (const at of placesIn(source, COMMON)) {
    const name = opening.exec(source.toString("latin1", at + COMMON.length, at + COMMON.length + 90))?.[1];
    if (name !== undefined && options.relocations.concerns(name)) offsets.push(at);
  }
  return offsets;
}

export function relocateFragments(scene: Scene): void {
  const { program, context, collector } = scene;
  const { inventory, relocations, verified } = context.options;
  if (context.place.stub || fragmentOffsets(context).length === 0) return;
  for (const expression of program.expressions) {
    if (expression.kind !== "string" || expression.statement || collector.isEditedWithin(expression)) continue;
    const code = charactersOf(expression.parts, context.source);
    for (const match of code.text.matchAll(call)) {
      const [text, callable = "", , name = ""] = match;
      if (relocations.covering(name) === undefined) continue;
      const why = reasonToLeave(code.text, text, name, context);
      if (why !== undefined || verified === "report") {
        collector.site(expression, name, why === undefined || inventory.isModule(name) ? "verified" : "ambiguous", "verified-string", "left", why ?? "verified strings are only listed");
        continue;
      }
      // The name of the function is known by what imports it, which is elsewhere.
      const head = callable === "__import__" ? "_ = " : "from importlib import import_module; import importlib; _ = ";
      const inner = decideText(head + text, context);
      if (!inner || inner.edits.length === 0) continue;
      const shift = match.index - head.length;
      const edits = inner.edits.map((edit) => ({ ...edit, start: edit.start + shift, end: edit.end + shift }));
      collector.claim(expression);
      if (editInside(expression, code, { ...inner, edits }, "verified-string", scene)) collector.site(expression, name, "verified", "verified-string", "rewritten", "a piece of source code that imports what exists in the relocated distribution");
      else collector.finding("code-text", "the text is a piece of source code that imports a relocated module and cannot be rewritten in place", expression.start);
    }
  }
}

/** As for whole texts, a copy writes code that imports itself; what it has of another library is most likely a sample. */
function reasonToLeave(whole: string, text: string, name: string, { options, place }: Context): string | undefined {
  const own = place.module === undefined ? undefined : options.relocations.covering(place.module);
  if (!options.inventory.isModule(name)) return "no such module in the relocated distribution";
  if (own && topLevel(own.from) !== topLevel(name)) return "code of another library in a text";
  return isProse(whole.replace(text, "()")) ? "people read it" : undefined;
}

/** Two words side by side of which none is a keyword are no code. */
function isProse(text: string): boolean {
  const words = [...text.matchAll(/(?<![\w.])([A-Za-z]+)[ \t]+(?=([A-Za-z]+)(?![\w]))/g)];
  return words.some(([, first = "", second = ""]) => !keywords.has(first) && !keywords.has(second));
}
