/** Looks at a file of a copy for what relocation does not reach; the worker's side of it, see observed.ts for what is made of it. */
import { inspectBinary } from "../inspect/binary.ts";
import { importsOutside } from "../inspect/outside.ts";
import { inspectPickle } from "../inspect/pickles.ts";
import { processState } from "../inspect/processState.ts";
import type { LocalFinding } from "../model/edit.ts";
import type { FileFacts } from "../model/facts.ts";
import type { LocalObservation, Observation } from "../model/observation.ts";
import { Interest } from "../model/words.ts";
import type { RewriteOptions } from "../rewrite/context.ts";
import type { ContentKind, PlaceData } from "./fileJob.ts";

/** Of a Python file. Throws `needsGrammar` where it must be parsed for that. */
export function observe(facts: FileFacts, place: PlaceData, { relocations }: RewriteOptions, source: Buffer): Observation[] {
  if (place.stub) return [];
  return withLines([...importsOutside(facts, relocations, new Set(place.siblings), source), ...stateOf(facts, source)], source);
}

function stateOf(facts: FileFacts, source: Buffer): LocalObservation[] {
  try {
    return processState(facts, (facts.interest & Interest.state) !== 0, source);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return []; // nested too deeply: there is a finding already
  }
}

/** Of every other file. */
export function lookInto(source: Buffer, content: Exclude<ContentKind, { readonly kind: "text" }>, { relocations, inventory }: RewriteOptions): { readonly findings: readonly LocalFinding[]; readonly observations: readonly Observation[] } {
  switch (content.kind) {
    case "compiled": {
      const { findings, observations } = inspectBinary(source, content.module, relocations, inventory.isModule);
      return { findings, observations: withLines(observations, source) };
    }
    case "pickle":
      return { findings: inspectPickle(source, relocations, inventory.isModule), observations: [] };
    case "entry-points": {
      const declared = declaredEntryPoints(source.toString("utf8"));
      return { findings: [], observations: declared.length === 0 ? [] : [{ kind: "entry-points", declared, line: 1 }] };
    }
  }
}

/** Group and name of each, from an entry_points.txt. */
function declaredEntryPoints(text: string): string[] {
  let group = "";
  return text.split(/\r\n|\n|\r/).flatMap((line) => {
    const header = /^\s*\[(.+)\]\s*$/.exec(line);
    if (header) group = header[1]?.trim() ?? "";
    const name = /^\s*([^\s#;[=][^=]*?)\s*=/.exec(line)?.[1];
    return header || name === undefined ? [] : [`${group}: ${name}`];
  });
}

function withLines(observations: readonly LocalObservation[], source: Buffer): Observation[] {
  return observations.map(({ offset, ...rest }) => {
    let line = 1;
    for (let at = source.indexOf(10); at >= 0 && at < offset; at = source.indexOf(10, at + 1)) line++;
    return { ...rest, line } as Observation;
  });
}
