// Bundles src into dist, compiles the scanner to WebAssembly, and keeps what V8 makes of the bundle.
import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
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
// CommonJS: the loader of modules would take longer than all of this.
const common = {
  absWorkingDir: root, outdir: "dist", bundle: true, platform: "node", target: "node20.19", format: "cjs", logLevel: "warning",
  define: { ENISLE_VERSION: JSON.stringify(version), "import.meta.url": "__url" },
  banner: { js: 'const __url = require("node:url").pathToFileURL(__dirname + "/bundle.js").href;' },
};
await build({ ...common, entryPoints: ["src/cli.ts", "src/thread.ts", "src/loadBundle.ts"] });
// One file loads faster than the many it is made of. What only some commands need waits inside it until they ask for it.
await build({
  ...common,
  entryPoints: ["src/bundle.ts"],
  // The parser finds its own WebAssembly beside itself.
  external: ["web-tree-sitter"],
  supported: { "dynamic-import": false },
  minifyWhitespace: true,
  lineLimit: 160,
});
// It is read as ASCII (loadBundle.ts). Texts are escaped, regular expressions are left as they are written.
const foreign = readFileSync(`${root}dist/bundle.js`, "utf8").match(/.{0,40}[^\0-\x7f].{0,40}/);
if (foreign) throw new Error(`src: a regular expression holds a character that is not ASCII: write it as \\u…: ${foreign[0]}`);
writeFileSync(`${root}dist/package.json`, '{ "type": "commonjs" }\n');
const names = Object.keys(createRequire(import.meta.url)(`${root}dist/bundle.js`).publicApi());
writeFileSync(`${root}dist/index.mjs`, `import bundle from "./bundle.js";\n\nexport const { ${names.join(", ")} } = bundle.publicApi();\n`);
const { error, stderr } = await asc.main(["src/syntax/scanner/index.ts", "--outFile", "dist/scanner.wasm", "--optimizeLevel", "3", "--runtime", "stub", "--noAssert", "--enable", "simd", "--baseDir", root]);
if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
// What runs in Python interpreters is read by them, from files.
for (const name of ["interpreter/import_modules.py", "interpreter/process_state.py", "acquire/download.py", "wheel/enisle_build.py"]) copyFileSync(`${root}src/${name}`, `${root}dist/${name.split("/")[1]}`);
chmodSync(`${root}dist/cli.js`, 0o755);
// In a process of its own: what is kept is what such a run compiled.
execFileSync(process.execPath, [`${root}scripts/warm.mjs`]);
