/**
 * The text of a relocated module as it was before: import statements that load what upstream's do become upstream's own, and the namespace is taken off
 * elsewhere. What is left between it and upstream's text is what somebody changed. For people to read; nothing is decided by it.
 */
import { diffArrays } from "diff";
import type { AnyImport } from "../model/facts.ts";
import { loadedNames } from "./normalise.ts";

export interface ModuleText {
  /** One UTF-16 unit a byte. */
  readonly text: string;
  readonly imports: readonly AnyImport[];
}

/** Of import statements; where more differ, none is taken for another. */
const MOST_DIFFERENT = 2000;

interface Unit {
  readonly start: number;
  readonly end: number;
  readonly loads: string;
}

/** `namespaces` are the dotted prefixes below which `local` may have been relocated. */
export function undoRelocation(local: ModuleText, upstream: ModuleText, namespaces: readonly string[]): string {
  const [here, there] = [unitsOf(local, namespaces), unitsOf(upstream, [])];
  const restored = new Map<Unit, string>();
  let [a, b] = [0, 0];
  for (const part of diffArrays(here.map((unit) => unit.loads), there.map((unit) => unit.loads), { maxEditLength: MOST_DIFFERENT }) ?? []) {
    for (let i = 0; !part.added && !part.removed && i < part.value.length; i++) {
      const [own, original] = [here[a + i], there[b + i]];
      if (own && original) restored.set(own, upstream.text.slice(original.start, original.end));
    }
    if (!part.added) a += part.value.length;
    if (!part.removed) b += part.value.length;
  }
  const parts: string[] = [];
  let at = 0;
  for (const unit of here) {
    parts.push(withoutNamespaces(local.text.slice(at, unit.start), upstream.text, namespaces), restored.get(unit) ?? withoutNamespaces(local.text.slice(unit.start, unit.end), upstream.text, namespaces));
    at = unit.end;
  }
  return parts.join("") + withoutNamespaces(local.text.slice(at), upstream.text, namespaces);
}

/** Statements on one line that stand for one import: `import N.a.b; from N import a; del nova`. */
function unitsOf({ text, imports }: ModuleText, namespaces: readonly string[]): Unit[] {
  const units: Unit[] = [];
  for (let first = 0; first < imports.length; ) {
    let last = first;
    while (last + 1 < imports.length && /^[ \t]*;[ \t]*$/.test(text.slice(imports[last]?.end, Math.min(imports[last + 1]?.start ?? 0, (imports[last]?.end ?? 0) + 80)))) last++;
    const end = imports[last]?.end ?? 0;
    const tail = /^[ \t]*;[ \t]*del [\w]+/.exec(text.slice(end, end + 200))?.[0] ?? "";
    units.push({ start: imports[first]?.start ?? 0, end: end + tail.length, loads: loadedNames(imports.slice(first, last + 1), namespaces).join() });
    first = last + 1;
  }
  return units;
}

function withoutNamespaces(text: string, upstream: string, namespaces: readonly string[]): string {
  return namespaces.reduce((short, namespace) => {
    if (!short.includes(namespace) || upstream.includes(namespace)) return short;
    const escaped = namespace.replaceAll(".", "\\.");
    return short.replace(new RegExp(`^([ \\t]*(?:>>> )?)from ${escaped} import (\\w+)(?=[ \\t]*(?:$|#|as ))`, "gm"), "$1import $2").replace(new RegExp(`(?<![\\w.])${escaped}\\.`, "g"), "");
  }, text);
}
