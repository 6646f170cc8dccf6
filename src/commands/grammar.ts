/** The Python grammar of the package, beside `dist` (or `src`, when run from sources). */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { needsGrammar } from "../syntax/readFacts.ts";
import { type Grammar, loadGrammar } from "../syntax/tree.ts";

const candidates = ["../grammars/python/tree-sitter-python.wasm", "../../grammars/python/tree-sitter-python.wasm"];

export async function pythonGrammar(): Promise<Grammar> {
  const file = candidates.map((path) => fileURLToPath(new URL(path, import.meta.url))).find((path) => existsSync(path));
  if (file === undefined) throw new Error("invariant: the package has no grammar");
  return loadGrammar(await readFile(file));
}

/** Does `work` without the grammar, and again with it where that turns out to be needed: most files do without. */
export async function withGrammarOnDemand<T>(work: (grammar: Grammar | undefined) => T): Promise<T> {
  try {
    return work(undefined);
  } catch (error) {
    if (error !== needsGrammar) throw error;
    return work(await pythonGrammar());
  }
}
