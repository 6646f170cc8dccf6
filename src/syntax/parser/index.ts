/**
 * Python without the grammar: most files that need a parse at all have a few functions that matter, and for those loading and warming up
 * WebAssembly costs more than everything else. This parser makes the tree that the grammar would, as far as program.ts looks at it, and says
 * so where it does not understand; the tests hold the two against each other.
 */
import type { AnyImport } from "../../model/facts.ts";
import type { Span } from "../../model/span.ts";
import { readModule } from "./block.ts";
import { type ParsedNode, attempt } from "./node.ts";
import { Tokens } from "./tokens.ts";

/** The tree of `source` (see `lexicalBytes`), without the bodies in `hidden`; undefined where only the grammar can tell. `imports` are all of the file's. */
export function parse(source: Buffer, imports: readonly AnyImport[], hidden: readonly Span[]): ParsedNode | undefined {
  const reading = {
    t: new Tokens(source),
    imports: new Map(imports.map((statement) => [statement.start, statement])),
    hidden: new Map(hidden.map(({ start, end }) => [start, end])),
  };
  return attempt(() => readModule(reading));
}
