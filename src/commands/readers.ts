/** Loads what reads Python: the scanner at once, the grammar where it turns out to be needed. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Readers, needsGrammar } from "../syntax/readFacts.ts";
import { loadScanner } from "../syntax/scan.ts";
import { loadGrammar } from "../syntax/tree.ts";

/** Beside this module in the build; `dist` is there too when it is run from its sources. */
const scannerFiles = ["./scanner.wasm", "../../dist/scanner.wasm"];
const grammarFiles = ["../grammars/python/tree-sitter-python.wasm", "../../grammars/python/tree-sitter-python.wasm"];

function find(candidates: readonly string[]): string {
  const file = candidates.map((path) => fileURLToPath(new URL(path, import.meta.url))).find((path) => existsSync(path));
  if (file === undefined) throw new Error(`invariant: the package lacks ${candidates[0]}; in a checkout, run npm run build`);
  return file;
}

export function scannerModule(): Uint8Array {
  return new Uint8Array(readFileSync(find(scannerFiles)));
}

let scanner: Readers["scanner"] | undefined;

/** The scanner of this thread. */
export function scannerOnly(): Readers {
  return { scanner: (scanner ??= loadScanner(scannerModule())), grammar: undefined };
}

export async function withGrammar(readers: Readers): Promise<Readers> {
  return { ...readers, grammar: await loadGrammar(readFileSync(find(grammarFiles))) };
}

/** Does `work` without the grammar, and again with it where that turns out to be needed: most files do without. */
export async function withReaders<T>(work: (readers: Readers) => T): Promise<T> {
  const readers = scannerOnly();
  try {
    return work(readers);
  } catch (error) {
    if (error !== needsGrammar) throw error;
    return work(await withGrammar(readers));
  }
}
