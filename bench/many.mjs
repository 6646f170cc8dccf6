// One update of the copies of one library in many projects, beside copying the trees.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { census, wheelOf } from "./inputs.mjs";
import { median, paired, peakMemory, ratio, run } from "./measure.mjs";

const node = process.execPath;
const dist = resolve(import.meta.dirname, "..", "dist");
const cli = join(dist, "cli.js");
const [from, to] = ["urllib3==2.4.0", "urllib3==2.5.0"];

const modules = [
  "import urllib3\nfrom urllib3.util import Retry\n\n\ndef pool():\n    return urllib3.PoolManager(retries=Retry(3))\n",
  "import urllib3.exceptions\n\nERRORS = (urllib3.exceptions.HTTPError,)\n",
  "import os\n\n\ndef here():\n    return os.getcwd()\n",
];

/** Generated services below `root`, each with a copy in a namespace of its own. */
async function generate(root, projects) {
  const { vendor, nodeHost } = await import(join(dist, "index.mjs"));
  const host = await nodeHost({ quiet: true });
  for (let number = 0; number < projects; number++) {
    const [project, name] = [join(root, `project${number}`), `service${number}`];
    mkdirSync(join(project, name), { recursive: true });
    mkdirSync(join(project, "tests"));
    writeFileSync(join(project, "pyproject.toml"), `[project]\nname = "${name}"\nversion = "1"\n`);
    writeFileSync(join(project, name, "__init__.py"), "");
    modules.forEach((text, index) => writeFileSync(join(project, name, `m${index}.py`), text));
    writeFileSync(join(project, "tests", "test_m.py"), `from ${name} import m0\n\n\ndef test():\n    assert m0.pool()\n`);
    await vendor({ project, sources: [wheelOf({ requirement: from })], namespace: undefined, targetPython: undefined, dryRun: false, diff: false, verified: "rewrite", runtimeMap: false }, host);
  }
}

/** The update of 200 projects; memory of half of them too, which may not be less. */
export async function updateMany({ work, rounds }) {
  const [all, some, target] = [join(work, "all"), join(work, "some"), join(work, "target")];
  await generate(all, 200);
  await generate(some, 100);
  const copy = (tree) => (rmSync(target, { recursive: true, force: true }), run(["cp", "-r", tree, target]), target);
  const update = (tree) => [node, cli, "update", to, "--root", copy(tree), "--offline", "--find-links", dirname(wheelOf({ requirement: to })), "--quiet"];
  const seconds = paired([
    { name: "cp -r", prepare: () => (rmSync(target, { recursive: true, force: true }), ["cp", "-r", all, target]) },
    { name: "enisle update", prepare: () => update(all) },
    { name: "100 of them", prepare: () => update(some) },
  ], rounds);
  const memory = [peakMemory(update(some)), peakMemory(update(all))];
  const group = `urllib3 in 200 projects, ${census(all).files} files: 2.4.0 to 2.5.0`;
  const row = (name) => ({ group, name, value: median(seconds.get(name)), unit: "s" });
  return [
    row("cp -r"),
    { ...row("enisle update"), ratio: ratio(seconds, "enisle update", "cp -r"), against: "cp -r", limit: 1.5 },
    row("100 of them"),
    { group, name: "peak memory", value: memory[1], unit: "MB", ratio: memory[1] / memory[0], against: "100 of them", limit: 1.25 },
  ];
}
