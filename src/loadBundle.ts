/**
 * Loads the bundle (bundle.ts) with what V8 kept of compiling it when it was built: a run of half a second would spend a tenth of it on compiling
 * the same code again. V8 looks whether that was made by the same version with the same flags, and compiles where it was not.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { Script } from "node:vm";
import type * as bundle from "./bundle.ts";

type Exports = typeof bundle;
type Wrapper = (exports: object, require: NodeJS.Require, module: { exports: object }, directory: string) => void;

const file = fileURLToPath(new URL("./bundle.js", import.meta.url));
const cache = `${file}.cache`;

/** `keep` writes that cache for the next ones; call it after a run, when the functions that a run needs are compiled. */
export function loadBundle(): Exports & { readonly keep: () => void } {
  // ASCII only, as the build writes it.
  const source = `(function(exports,require,module,__dirname){${readFileSync(file, "latin1")}\n})`;
  const script = new Script(source, { filename: file, ...(existsSync(cache) ? { cachedData: readFileSync(cache) } : {}) });
  const module = { exports: {} };
  (script.runInThisContext() as Wrapper)(module.exports, createRequire(import.meta.url), module, dirname(file));
  return { ...(module.exports as Exports), keep: () => writeFileSync(cache, script.createCachedData()) };
}
