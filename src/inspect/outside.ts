/** Imports that leave the copy: of what is neither relocated nor in the standard library, so that they find whatever the system has. */
import type { AnyImport, FileFacts } from "../model/facts.ts";
import { type DottedName, join, topLevel } from "../model/name.ts";
import type { LocalObservation } from "../model/observation.ts";
import type { RelocationMap } from "../model/relocation.ts";
import { headersAround } from "../model/blocks.ts";
import { isStandardLibrary } from "./standardLibrary.ts";

/** One observation a name, or two where their second components differ. `siblings` are modules that Python 2 finds first; what only type checkers read is left out. */
export function importsOutside(facts: FileFacts, relocations: RelocationMap, siblings: ReadonlySet<string>, source: Buffer): LocalObservation[] {
  const found = new Map<DottedName, LocalObservation>();
  let text: string | undefined;
  for (const statement of facts.imports) {
    if (statement.kind === "from" && (statement.level > 0 || isSettled(statement.module.name, relocations))) continue;
    for (const name of namesOf(statement)) {
      if (isStandard(name, relocations)) continue;
      const absent = relocations.covering(name);
      const outside = absent ? (absent.absent ? absent.from : undefined) : outsidePart(name, relocations);
      const key = name.split(".", 2).join(".");
      if (outside === undefined || siblings.has(outside) || found.has(key)) continue;
      const headers = headersAround((text ??= source.toString("latin1")), statement.start);
      if (headers.some((header) => /^(?:el)?if\b.*\bTYPE_CHECKING\b/.test(header) && !/\bnot\b/.test(header))) continue;
      const offset = statement.start;
      found.set(key, absent ? { kind: "isolated", name: outside, offset } : { kind: "outside", name: outside, written: name, guarded: headers.some((header) => /^(?:try|except)\b/.test(header)), offset });
    }
  }
  return [...found.values()];
}

/** Whatever is imported from there: of most statements that is all there is to say. */
function isSettled(module: DottedName, relocations: RelocationMap): boolean {
  return isStandard(module, relocations) || (!relocations.hasAbsent && relocations.covering(module) !== undefined);
}

function isStandard(name: DottedName, relocations: RelocationMap): boolean {
  const top = topLevel(name);
  return !relocations.concerns(top) && isStandardLibrary(top);
}

function namesOf(statement: AnyImport): DottedName[] {
  if (statement.kind === "import") return statement.names.map(({ written }) => written.name);
  return statement.names.length === 0 ? [statement.module.name] : statement.names.map(({ written }) => join(statement.module.name, written.name));
}

/** The top-level name; below a namespace package of which a part moves, the first name that belongs to another part. */
function outsidePart(name: DottedName, relocations: RelocationMap): DottedName | undefined {
  const [top = "", ...rest] = name.split(".");
  if (isStandardLibrary(top)) return undefined;
  let part = top;
  while (relocations.isAncestor(part)) {
    const next = rest.shift();
    if (next === undefined) return undefined;
    part = join(part, next);
  }
  return part;
}
