/** Text → facts. The scanner answers for nearly every file; the parser is asked where the scanner doubts, and where scopes matter. */
import type { AnyImport, FileFacts, ScopeKind, SyntaxProblem } from "../model/facts.ts";
import { type Span, placesIn } from "../model/span.ts";
import type { Program } from "../model/program.ts";
import { type WordTable, noWords } from "./words.ts";
import { lexicalBytes } from "./encoding.ts";
import { readImport } from "./importStatement.ts";
import type { Mask, Scanner } from "./scan.ts";
import { parse } from "./parser/index.ts";
import { readProgram } from "./program.ts";
import { type Grammar, type Node, firstError } from "./tree.ts";

/** Thrown where the parser is needed and was not given: load the grammar and ask again. */
export const needsGrammar = Symbol("needsGrammar");

export type FactsResult =
  | { readonly kind: "facts"; readonly facts: FileFacts }
  | { readonly kind: "unreadable"; readonly code: "syntax-error" | "unknown-encoding"; readonly problem: SyntaxProblem };

export interface Readers {
  readonly scanner: Scanner;
  /** Loading it takes as long as relocating a small library. */
  readonly grammar: Grammar | undefined;
}

/** `words` are looked out for. `lenient` takes the scanner's word for it where it is in doubt. Otherwise throws `needsGrammar` when the scanner is in doubt and there is no grammar. */
export function readFacts(source: Buffer, readers: Readers, words: WordTable = noWords, lenient = false): FactsResult {
  const { scanner, grammar } = readers;
  const lexical = lexicalBytes(source);
  if ("reason" in lexical) {
    return { kind: "unreadable", code: lexical.reason.startsWith("encoding") ? "unknown-encoding" : "syntax-error", problem: lexical };
  }
  const { bytes } = lexical;
  const scanned = scanner(bytes, lexical.utf8, words);
  if (scanned.broken) return { kind: "unreadable", code: "syntax-error", problem: scanned.broken };
  let imports = scanned.imports;
  if (scanned.doubt && !lenient) {
    if (!grammar) throw needsGrammar;
    const judged = grammar.withTree(bytes, scanned.masks, (root) => firstError(root) ?? importsOf(root, bytes, scanned.masks));
    if ("reason" in judged) return { kind: "unreadable", code: "syntax-error", problem: { ...judged, offset: Math.min(judged.offset, scanned.doubt.offset) } };
    imports = judged.imports;
  }
  let program: Program | undefined;
  const parsed = (hidden: readonly Span[]): Program => {
    const tree = parse(bytes, imports, hidden);
    if (tree) return readProgram(tree, bytes, imports, hidden);
    if (!grammar) throw needsGrammar;
    return grammar.withTree(withoutBodies(bytes, hidden), scanned.masks, (root) => readProgram(root, bytes, imports, hidden));
  };
  return {
    kind: "facts",
    facts: {
      imports,
      namesLazyModules: scanned.namesLazyModules,
      lexical: bytes,
      strings: scanned.strings,
      interest: scanned.interest,
      words: scanned.words,
      texts: scanned.texts,
      program() {
        return (program ??= parsed([]));
      },
      programAround(offsets) {
        return program ?? parsed(bodiesWithout(offsets, scanned.bodies, bytes));
      },
      nested(text) {
        const inner = readFacts(Buffer.from(text, "latin1"), readers, words);
        return inner.kind === "facts" ? inner.facts : undefined;
      },
    },
  };
}

/** Bodies, the outermost each, in which none of the offsets lies and no statement that binds names outside. */
export function bodiesWithout(offsets: readonly number[], bodies: readonly Span[], source: Buffer): Span[] {
  const hidden: Span[] = [];
  const declarations = [...placesIn(source, "global"), ...placesIn(source, "nonlocal")];
  // Outer bodies come after the inner ones.
  for (let index = bodies.length - 1; index >= 0; index--) {
    const body = bodies[index] as Span;
    const outer = hidden.at(-1);
    if (outer && outer.start <= body.start && body.end <= outer.end) continue;
    if (offsets.some((offset) => body.start <= offset && offset < body.end)) continue;
    // The last line of the file may lack its line end.
    const end = body.end === source.length && source[body.end - 1] !== 10 ? body.end : source.lastIndexOf(10, body.end - 1);
    if (end <= body.start || declarations.some((at) => body.start <= at && at < end)) continue;
    hidden.push({ start: body.start, end });
  }
  return hidden;
}

/** The text with `0` for each of the bodies. */
export function withoutBodies(source: Buffer, bodies: readonly Span[]): Buffer {
  if (bodies.length === 0) return source;
  const text = Buffer.from(source);
  for (const { start, end } of bodies) {
    text.fill(32, start, end);
    text[start] = 48;
  }
  return text;
}

// Only the word `lazy` is masked letter by letter.
const LOWER_L = 108;

const scopeOfNode: Readonly<Record<string, ScopeKind>> = { function_definition: "function", class_definition: "class" };

const importNodes = new Set(["import_statement", "import_from_statement", "future_import_statement"]);

/** The import statements of a tree, each read by the same reader that the scanner uses. */
export function importsOf(root: Node, source: Buffer, masks: readonly Mask[]): { readonly imports: AnyImport[] } {
  const lazyAt = new Set(masks.filter((mask) => source[mask.offset] === LOWER_L).map((mask) => mask.offset));
  const imports: AnyImport[] = [];
  const visit = (node: Node, scope: ScopeKind): void => {
    if (importNodes.has(node.type)) {
      const lazyStart = [...lazyAt].find((offset) => offset < node.startIndex && /^lazy\s+$/.test(source.toString("latin1", offset, node.startIndex)));
      const lazy = lazyStart === undefined ? undefined : { start: lazyStart, end: node.startIndex };
      const statement = readImport(source, { start: node.startIndex, end: node.endIndex }, lazy, scope);
      if (statement) imports.push(statement);
      return;
    }
    for (const child of node.namedChildren) if (child) visit(child, node.type === "block" ? scope : (scopeOfNode[node.type] ?? scope));
  };
  visit(root, "module");
  return { imports };
}
