// Vendors the modules of the specification's cases, so that most functions of such a run are compiled, and keeps the result for V8 (src/loadBundle.ts).
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { zipSync } from "fflate";
import { loadBundle } from "../dist/loadBundle.js";

const cases = fileURLToPath(new URL("../fixtures/rewrite", import.meta.url));
const blocks = readdirSync(cases, { recursive: true }).filter((path) => path.endsWith(".md")).sort()
  .flatMap((path) => /^## before\n[^]*?^```python\n([^]*?)^```$/m.exec(readFileSync(join(cases, path), "utf8"))?.[1] ?? []);

const files = { "testtools/__init__.py": "", ...Object.fromEntries(blocks.map((text, index) => [`testtools/case${index}.py`, text])) };
files["testtools-1.dist-info/METADATA"] = "Metadata-Version: 2.1\nName: testtools\nVersion: 1\n";
files["testtools-1.dist-info/WHEEL"] = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n";
const digest = (text) => createHash("sha256").update(text).digest("base64url");
files["testtools-1.dist-info/RECORD"] = [...Object.entries(files).map(([path, text]) => `${path},sha256=${digest(text)},${text.length}`), "testtools-1.dist-info/RECORD,,", ""].join("\n");

const root = mkdtempSync(join(tmpdir(), "enisle-build-"));
try {
  mkdirSync(join(root, "nova"));
  writeFileSync(join(root, "nova/__init__.py"), "import testtools\n");
  const wheel = join(root, "testtools-1-py3-none-any.whl");
  writeFileSync(wheel, zipSync(Object.fromEntries(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)]))));
  const { main, keep } = loadBundle();
  for (const rest of [["vendor", "-q", "--namespace", "nova._vendor", wheel], ["check", "-q"]]) {
    const code = await main([process.execPath, "enisle", rest[0], "-C", root, ...rest.slice(1)]);
    if (code === 2) throw new Error(`enisle ${rest[0]} cannot run`);
  }
  keep();
} finally {
  rmSync(root, { recursive: true, force: true });
}
