/** A name that is used or bound. What is read from it comes off the text: few are asked for it. */
import type { AnyImport } from "../model/facts.ts";
import type { Occurrence, Scope } from "../model/scopes.ts";
import type { Span } from "../model/span.ts";
import { Class, classOf, endOfWord, skipBlanks } from "./bytes.ts";

type Chain = Occurrence["chain"];

export class SeenName implements Occurrence {
  constructor(
    readonly start: number,
    readonly end: number,
    readonly name: string,
    readonly kind: Occurrence["kind"],
    readonly scope: Scope,
    readonly statement: AnyImport | undefined,
    private readonly source: Buffer,
  ) {}

  get chain(): Chain {
    return this.kind === "load" ? readChain(this.source, this.end) : [];
  }
}

/** The attributes that follow the name which ends at `at`. A line never starts with a single dot, so line ends may be skipped. */
function readChain(source: Buffer, at: number): (Span & { readonly name: string })[] {
  const chain: (Span & { readonly name: string })[] = [];
  let i = at;
  for (;;) {
    const dot = skipBlanks(source, i, true);
    if (classOf[source[dot] ?? 0] !== Class.dot) return chain;
    const start = skipBlanks(source, dot + 1, true);
    if (classOf[source[start] ?? 0] !== Class.word) return chain;
    i = endOfWord(source, start);
    chain.push({ start, end: i, name: source.toString("latin1", start, i) });
  }
}
