// Two services that need incompatible versions of one library share one interpreter.
// Runs the built command on copies in a temporary directory; exit code 1 when a step fails.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const repository = resolve(import.meta.dirname, "..");
const cli = join(repository, "dist", "cli.js");
const services = [
  { name: "orchard", library: "herbarium-1.4", version: "1.4.0", shown: "planting.py" },
  { name: "meadow", library: "herbarium-2.0", version: "2.0.0", shown: "survey.py" },
];

// Isolated (-I), so that neither PYTHONPATH nor the current directory lends a library.
const together = `
import importlib, sys
sys.dont_write_bytecode = True
sys.path[:0] = sys.argv[1:]
for name in ("orchard", "meadow"):
    print(importlib.import_module(name + ".service").main())
print("sys.modules:")
for key in sorted(sys.modules):
    if "herbarium" in key:
        print("  " + key)
`;

/** Run a program in the temporary directory; its two outputs, or an error that shows them. */
function run(step, program, args, cwd) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, encoding: "utf8" });
  if (error || status !== 0) {
    throw new Error(`${step} failed (${error?.message ?? `exit code ${status}`})\n${stdout ?? ""}${stderr ?? ""}`);
  }
  return { stdout: stdout.trimEnd(), stderr: stderr.trimEnd() };
}

function show(text) {
  if (text) console.log(text.replace(/^/gm, "  "));
}

function vendor(place, { name, library, shown }) {
  const file = join(place, name, name, shown);
  const before = readFileSync(file, "utf8").split("\n");
  console.log(`\n$ enisle vendor -C ${name} ${library}`);
  const { stdout, stderr } = run(`vendoring into ${name}`, process.execPath, [cli, "vendor", "-C", name, library], place);
  show(stdout);
  show(stderr);
  const after = readFileSync(file, "utf8").split("\n");
  const changed = before.flatMap((line, at) => (line === after[at] ? [] : [[line.trim(), after[at]?.trim()]]));
  if (changed.length === 0) throw new Error(`vendoring into ${name} left ${shown} as it was`);
  console.log(`  ${name}/${shown}, ${changed.length} lines changed:`);
  // Folded after a semicolon to fit 80 columns; in the file it is one line.
  for (const [was, is] of changed) console.log(`    - ${was}\n    + ${is.replaceAll("; ", ";\n        ")}`);
}

function demonstrate(place) {
  if (spawnSync("python3", ["--version"]).error) throw new Error("python3 is not on the PATH, and the demo needs it");
  if (!existsSync(cli)) throw new Error('dist/cli.js is missing: run "npm run build" first');
  for (const folder of services.flatMap(({ name, library }) => [name, library])) {
    cpSync(join(repository, "fixtures", "projects", folder), join(place, folder), { recursive: true });
  }
  for (const service of services) vendor(place, service);

  console.log('\n$ python3 -I -c "…"    # both services in one process');
  const paths = services.map(({ name }) => join(place, name));
  const { stdout } = run("running both services", "python3", ["-I", "-c", together, ...paths], place);
  show(stdout);
  for (const { name, version } of services) {
    if (!stdout.includes(`${name}: herbarium ${version}`)) throw new Error(`${name} did not get herbarium ${version}`);
  }
  if (/^ +herbarium\b/m.test(stdout)) throw new Error("something imported the library by its original name");

  for (const { name } of services) {
    console.log(`\n$ python3 -m unittest discover -s tests    # in ${name}`);
    const tests = run(`the tests of ${name}`, "python3", ["-B", "-m", "unittest", "discover", "-s", "tests"], join(place, name));
    show(tests.stderr.split("\n").filter((line) => /^(Ran|OK)/.test(line)).join("\n"));
  }
  console.log("\nShown: herbarium 1.4 and 2.0 in one process, each service with its own.");
}

const place = mkdtempSync(join(tmpdir(), "enisle-demo-"));
try {
  demonstrate(place);
} catch (failure) {
  console.error(`\ndemo: ${failure.message}`);
  process.exitCode = 1;
} finally {
  rmSync(place, { recursive: true, force: true });
}
