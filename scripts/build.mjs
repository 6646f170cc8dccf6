// Bundles src into dist: few files load fast, and the command line needs no more than the command it runs. Compiles the scanner to WebAssembly.
import { chmodSync, copyFileSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";
import asc from "assemblyscript/asc";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const { version } = JSON.parse(readFileSync(`${root}package.json`, "utf8"));

// The catalogue is data: a row that does not fit its schema must not be shipped.
const validate = new Ajv({ allErrors: true }).compile(JSON.parse(readFileSync(`${root}src/catalogue/schema.json`, "utf8")));
for (const row of JSON.parse(readFileSync(`${root}src/catalogue/python.json`, "utf8"))) {
  if (!validate(row)) throw new Error(`src/catalogue/python.json: ${JSON.stringify(row)}: ${validate.errors.map((error) => `${error.instancePath} ${error.message}`).join("; ")}`);
}

rmSync(`${root}dist`, { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: ["src/cli.ts", "src/index.ts", "src/worker.ts", "src/digestWorker.ts"],
  outdir: "dist",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  // The parser finds its own WebAssembly beside itself; everything else loads faster from a few files than from many packages.
  external: ["web-tree-sitter"],
  banner: { js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);' },
  define: { ENISLE_VERSION: JSON.stringify(version) },
  logLevel: "warning",
});
const { error, stderr } = await asc.main(["src/syntax/scanner/index.ts", "--outFile", "dist/scanner.wasm", "--optimizeLevel", "3", "--runtime", "stub", "--noAssert", "--enable", "simd", "--baseDir", root]);
if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
// What runs in Python interpreters is read by them, from files.
for (const name of ["import_modules.py", "process_state.py"]) copyFileSync(`${root}src/interpreter/${name}`, `${root}dist/${name}`);
chmodSync(`${root}dist/cli.js`, 0o755);
