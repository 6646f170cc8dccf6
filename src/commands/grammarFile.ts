/** Where the Python grammar lies: in the package, beside `dist` (or `src`, when run from sources). */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const candidates = ["../grammars/python/tree-sitter-python.wasm", "../../grammars/python/tree-sitter-python.wasm"];

export const grammarFile: string = candidates.map((path) => fileURLToPath(new URL(path, import.meta.url))).find((path) => existsSync(path)) ?? "tree-sitter-python.wasm";
