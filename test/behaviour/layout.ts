/** Layouts that mean the same to Python and that a rewriter has to keep. */
import type { Chance } from "./prng.ts";

/** Join lines: mostly plainly, now and then with tabs, Windows line ends, a byte order mark, form feeds, or no last line end. */
export function layOut(lines: readonly string[], source: Chance): string {
  let text = `${lines.join("\n")}\n`;
  if (source.odds(0.1)) text = text.replace(/^(?: {4})+/gm, (indent) => "\t".repeat(indent.length / 4));
  if (source.odds(0.05)) text = text.replace(/^(?=def |class )/gm, "\f");
  if (source.odds(0.1)) text = text.replaceAll("\n", "\r\n");
  if (source.odds(0.1)) text = text.trimEnd();
  if (source.odds(0.1)) text = `\uFEFF${text}`;
  return text;
}
