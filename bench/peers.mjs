// The peers: used where they are installed, never required. `--install-peers` puts them into the cache.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { cache } from "./inputs.mjs";
import { run } from "./measure.mjs";

const home = join(cache, "peers");
const places = [join(home, "node_modules", ".bin"), join(home, "venv", "bin"), ...(process.env.PATH ?? "").split(delimiter)];
const find = (program) => places.map((place) => join(place, program)).find((path) => existsSync(path));

export function installPeers() {
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, "package.json"), '{"private": true}\n');
  run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", home, "@ast-grep/cli"]);
  run(["python3", "-m", "venv", join(home, "venv")]);
  run([join(home, "venv", "bin", "python"), "-m", "pip", "install", "--quiet", "libcst", "vendoring"]);
}

/** Paths of the programs; undefined for what is absent. LibCST is a module: the interpreter that has it. */
export function findPeers() {
  const python = [join(home, "venv", "bin", "python"), "python3"].find((program) => {
    try {
      return run([program, "-c", "import libcst"], { status: [0] });
    } catch {
      return false;
    }
  });
  return { "ast-grep": find("ast-grep"), libcst: python, vendoring: find("vendoring") };
}

/** The rule that comes nearest to what `enisle rewrite` does: module names in import statements. It makes as many edits, but does not mind bindings. */
const rule = (module, to) => `id: relocate
language: python
rule:
  kind: dotted_name
  pattern: $NAME
  regex: ^${module}(\\.|$)
  any:
    - inside: { kind: import_statement }
    - inside: { kind: import_from_statement, field: module_name }
    - inside: { kind: aliased_import }
transform:
  NEW: { replace: { source: $NAME, replace: '^${module}', by: ${to} } }
fix: $NEW
`;

export function astGrepCommand(program, work, module, to, tree) {
  const file = join(work, `${module}.yml`);
  writeFileSync(file, rule(module, to));
  return [program, "scan", "--rule", file, "--update-all", join(tree, module)];
}

export function libcstCommand(python, module, to, directory) {
  return [python, "-m", "libcst.tool", "codemod", "rename.RenameCommand", "--no-format", "--hide-progress", "-j", "1", "--old_name", module, "--new_name", to, directory];
}

/** Runs `vendoring` on the wheel once; its time, or what it says when it refuses. */
export function tryVendoring(program, root, wheel, requirement) {
  writeFileSync(join(root, "vendor.txt"), `${requirement}\n`);
  writeFileSync(join(root, "pyproject.toml"), '[tool.vendoring]\ndestination = "acme/_vendor/"\nrequirements = "vendor.txt"\nnamespace = "acme._vendor"\n');
  mkdirSync(join(root, "acme", "_vendor"), { recursive: true });
  try {
    return { seconds: run([program, "sync"], { cwd: root, env: { PIP_NO_INDEX: "1", PIP_FIND_LINKS: join(wheel, ".."), NO_COLOR: "1" }, timeout: 300_000 }).seconds };
  } catch (error) {
    const said = error.message.split("\n").map((line) => line.trim()).filter((line) => line !== "");
    return { refused: said.find((line) => line.startsWith("Encountered import")) ?? said.find((line) => /error/i.test(line)) ?? said.at(-1) ?? "no reason given" };
  }
}
