/** Pickled objects name the modules of their classes (`c` and STACK_GLOBAL opcodes): a pickle in a copy asks for them by their original names. */
import type { LocalFinding } from "../model/edit.ts";
import { type DottedName, topLevel } from "../model/name.ts";
import type { RelocationMap } from "../model/relocation.ts";

/** At most one finding. The beginning of a pickle is checked, so that other binary files are left alone. */
export function inspectPickle(content: Buffer, relocations: RelocationMap, isModule: (name: DottedName) => boolean): LocalFinding[] {
  const text = content.toString("latin1");
  const named = new Set<DottedName>();
  for (const top of new Set(relocations.relocations.filter(({ absent }) => !absent).map(({ from }) => topLevel(from)))) {
    // GLOBAL: `c` module LF name LF. SHORT_BINUNICODE (0x8c, one byte of length) and BINUNICODE (`X`, four): a module's name, then the class's, then STACK_GLOBAL.
    for (const match of text.matchAll(new RegExp(`(?:c|\\x8c[^]|X[^]\\0\\0\\0)(${top}(?:\\.\\w+)*)`, "g"))) {
      const name = lengthOf(text, match.index, match[1] ?? "");
      if (relocations.covering(name) && isModule(name)) named.add(name);
    }
  }
  if (named.size === 0) return [];
  return [{ code: "pickled-name", message: `the pickle names classes of ${[...named].sort().slice(0, 4).map((name) => `'${name}'`).join(", ")}, and is loaded by those names`, offset: 0 }];
}

/** The name, cut to the length that its opcode gives it. */
function lengthOf(text: string, at: number, name: string): string {
  const opcode = text[at];
  if (opcode === "c") return text[at + 1 + name.length] === "\n" ? name : "";
  const length = text.charCodeAt(at + 1);
  return length <= name.length ? name.slice(0, length) : "";
}
