/** One Python file: bytes → facts → decision → bytes. Where syntax and rewriting meet; pure but for the grammar it is given. */
import { withOptionalParts } from "./optionalParts.ts";
import { type Decision, nothing } from "../model/edit.ts";
import { type RecordedEdit } from "../model/manifest.ts";
import { applyEdits, undoable } from "../rewrite/applyEdits.ts";
import type { FilePlace, ModuleSource, RewriteOptions } from "../rewrite/context.ts";
import { decide } from "../rewrite/decide.ts";
import { type Readers, readFacts } from "../syntax/readFacts.ts";
import { type WordTable, wordTable } from "../syntax/words.ts";
import { interests } from "../rewrite/references/interests.ts";
import type { FileFacts } from "../model/facts.ts";
import { stateWords } from "../inspect/processState.ts";
import { Interest } from "../model/words.ts";

export interface RelocatedSource {
  /** The very same buffer when nothing changed. */
  readonly content: Buffer;
  readonly undo: readonly RecordedEdit[];
  readonly decision: Decision;
  /** Undefined for a file that cannot be read. */
  readonly facts: FileFacts | undefined;
}

/** `again`: see Context. Throws `needsGrammar` (syntax/readFacts.ts) when the file needs a parse and there is no grammar. */
export function relocateSource(source: Buffer, place: FilePlace, options: RewriteOptions, readers: Readers, again = false): RelocatedSource {
  try {
    return relocateReadable(source, place, options, readers, again);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { content: source, undo: [], decision: { ...nothing, findings: [{ code: "syntax-error", message: "the file does not parse: it is nested too deeply", offset: 0 }] }, facts: undefined };
  }
}

function relocateReadable(source: Buffer, place: FilePlace, options: RewriteOptions, readers: Readers, again: boolean): RelocatedSource {
  const result = readFacts(source, readers, wordsFor(options));
  if (result.kind === "unreadable") {
    const message = result.code === "syntax-error" ? `the file does not parse: ${result.problem.reason}` : result.problem.reason;
    return { content: source, undo: [], decision: { edits: [], sites: [], findings: [{ code: result.code, message, offset: result.problem.offset }] }, facts: undefined };
  }
  const decision = decideFile(place, options, result.facts, source, again, (module) => {
    const beside = readFacts(module.source, readers, wordsFor(options));
    return beside.kind === "facts" ? decideFile(module.place, options, beside.facts, module.source, false) : nothing;
  });
  if (decision.edits.length === 0) return { content: source, undo: [], decision, facts: result.facts };
  const text = source.toString("latin1");
  return { content: Buffer.from(applyEdits(text, decision.edits), "latin1"), undo: undoable(text, decision.edits), decision, facts: result.facts };
}

function decideFile(place: FilePlace, options: RewriteOptions, facts: FileFacts, source: Buffer, again: boolean, decideBeside?: (module: ModuleSource) => Decision): Decision {
  const own = withOptionalParts(options, facts, place, source);
  return decide({ place, options: own, facts, source, again, ...(decideBeside ? { decideBeside } : {}), decideNested: (inner, text) => decideFile({ ...place, siblings: new Set() }, own, inner, text, again) });
}

const tables = new WeakMap<RewriteOptions, WordTable>();

/** The words that make a file interesting: names that move, and the catalogue's callables. */
function wordsFor(options: RewriteOptions): WordTable {
  let table = tables.get(options);
  if (!table) {
    const words = new Map(interests(options));
    if (words.size > 0) for (const word of stateWords) words.set(word, { interest: (words.get(word)?.interest ?? 0) | Interest.state, number: words.get(word)?.number ?? 0 });
    tables.set(options, (table = wordTable(words)));
  }
  return table;
}
