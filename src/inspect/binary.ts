/**
 * Extension modules (.so, .pyd): which original names stand in the binary, and what they do there. What a name is used for cannot be read off
 * a string, so the judgement goes by its form: the name of another module is there to be imported; the module's own name is entered into
 * `sys.modules` by what Cython generates, and is only shown by everything else; names below it are those of types and functions.
 */
import { type DottedName, isAtOrBelow, leaf, topLevel } from "../model/name.ts";
import type { LocalFinding } from "../model/edit.ts";
import type { LocalObservation } from "../model/observation.ts";
import type { RelocationMap } from "../model/relocation.ts";
import { placesIn } from "../model/span.ts";

export interface BinaryReport {
  readonly findings: readonly LocalFinding[];
  readonly observations: readonly LocalObservation[];
}

const nothing: BinaryReport = { findings: [], observations: [] };

/** `own` is the module's name before relocation, `isModule` tells what the relocated distributions hold. */
export function inspectBinary(content: Buffer, own: DottedName, relocations: RelocationMap, isModule: (name: DottedName) => boolean): BinaryReport {
  const tops = [...new Set(relocations.relocations.filter(({ absent }) => !absent).map(({ from }) => topLevel(from)))];
  const strings = tops.flatMap((top) => [...stringsWith(content, top)]);
  if (strings.length === 0) return nothing;
  const cython = content.includes("__pyx_");
  const imported = new Set<DottedName>();
  const shown = new Set<DottedName>();
  let registers = false;
  for (const { text, whole } of strings) {
    if (!relocations.covering(text) && !relocations.isAncestor(text)) continue;
    if (text === own) {
      if (cython) registers = true;
      else if (text.includes(".")) shown.add(text);
    } else if (whole && isModule(text) && (text.includes(".") || cython) && relocations.covering(text)) imported.add(text);
    else if (isAtOrBelow(text, own) && text.includes(".") && !/__pyx|__\w+__$/.test(text)) shown.add(text);
  }
  const reasons: string[] = [];
  if (imported.size > 0) reasons.push(`names ${list([...imported].sort())}, which it may import by ${imported.size > 1 ? "those names" : "that name"}`);
  if (registers) reasons.push(`enters itself into sys.modules as '${own}', where another install of it would find this copy`);
  return {
    findings: reasons.length === 0 ? [] : [{ code: "compiled-module", message: `the extension module ${leaf(own)} ${reasons.join("; it ")}`, offset: 0 }],
    observations: shown.size === 0 ? [] : [{ kind: "shown-names", names: [...shown].sort(), offset: 0 }],
  };
}

function list(names: readonly string[]): string {
  return `${names.slice(0, 4).map((name) => `'${name}'`).join(", ")}${names.length > 4 ? ` and ${names.length - 4} more` : ""}`;
}

/** Names that begin with `top`, from texts that end with them: linkers let one text be the end of another (`init a.b` holds `a.b`). */
function* stringsWith(content: Buffer, top: string): Generator<{ readonly text: string; readonly whole: boolean }> {
  const seen = new Set<string>();
  for (const at of placesIn(content, top)) {
    const before = content[at - 1] ?? 0;
    if (isNameByte(before) || before === DOT || before === SLASH) continue;
    let end = at + top.length;
    while (isNameByte(content[end] ?? 0) || (content[end] === DOT && isNameByte(content[end + 1] ?? 0))) end++;
    if (content[end] !== 0 || content[end - 1] === DOT) continue; // a text goes on: a sentence, a path
    const text = content.toString("latin1", at, end);
    const whole = before < 32 || before > 126 || content.toString("latin1", Math.max(0, at - 5), at) === "init ";
    if (!whole || seen.has(text) || /\.(?:c|cc|cpp|cxx|h|hpp|m|pyx|pxd|pxi|py|rs|so|dll|pyd)$/.test(text)) continue;
    seen.add(text);
    yield { text, whole };
  }
}

const [DOT, SLASH] = [46, 47];

function isNameByte(byte: number): boolean {
  return (byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 90) || byte === 95 || (byte >= 97 && byte <= 122);
}
