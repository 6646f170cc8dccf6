// npm run bench: our time beside that of unzip, cp and the peers, in one run. Exit code 1 when a promise is not kept, 2 when it cannot run.
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { linearity, rewriteInPlace, slowPeers, startUp, wheelToProject } from "./cases.mjs";
import { census, inputs, wheelOf } from "./inputs.mjs";
import { updateMany } from "./many.mjs";
import { run } from "./measure.mjs";
import { findPeers, installPeers } from "./peers.mjs";
import { formatRows, holds } from "./table.mjs";

const usage = `npm run bench [-- OPTION…]
  --install-peers    first put ast-grep, LibCST and vendoring into the cache
  --rounds N         how often everything is measured (default 9, the large library 3)
  --skip-large       leave the large library out
  --only-many        only the update of many projects
  --work DIR         where to unpack (default: a new directory in the system's)
  --json             print one object instead of the table`;

const options = { "install-peers": { type: "boolean" }, rounds: { type: "string", default: "9" }, "skip-large": { type: "boolean" }, "only-many": { type: "boolean" }, work: { type: "string", default: tmpdir() }, json: { type: "boolean" }, help: { type: "boolean", short: "h" } };

async function measure(values, rounds, say) {
  if (!existsSync(resolve(import.meta.dirname, "..", "dist", "cli.js"))) throw new Error("dist is missing: npm run build");
  if (values["install-peers"]) {
    say("installing the peers");
    installPeers();
  }
  const peers = findPeers();
  const load = loadavg()[0];
  const work = mkdtempSync(join(resolve(values.work), "enisle-bench-"));
  process.once("SIGINT", () => (rmSync(work, { recursive: true, force: true }), process.exit(130)));
  const rows = values["only-many"] ? [] : startUp(rounds * 3);
  const measured = [];
  try {
    for (const [index, input] of inputs.slice(0, values["only-many"] ? 0 : values["skip-large"] ? 1 : undefined).entries()) {
      const [large, base] = [index > 0, join(work, String(index))];
      const each = { ...input, peers, rounds: large ? Math.min(3, rounds) : rounds, work: base, tree: join(base, "tree") };
      mkdirSync(base);
      say(`${input.title}: unpacking`);
      each.wheel = wheelOf(input);
      run(["unzip", "-q", each.wheel, "-d", each.tree]);
      measured.push({ title: input.title, ...census(each.tree) });
      for (const step of large ? [wheelToProject, rewriteInPlace, linearity] : [wheelToProject, rewriteInPlace, linearity, slowPeers]) {
        say(`${input.title}: ${step.name}`);
        rows.push(...step(each));
      }
      rmSync(base, { recursive: true, force: true });
    }
    say("many projects");
    rows.push(...(await updateMany({ work, rounds })));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return { node: process.version, cores: availableParallelism(), load, rounds, inputs: measured, rows: rows.map((row) => ({ ...row, holds: holds(row) })), missing: Object.keys(peers).filter((name) => !peers[name]) };
}

function print({ cores, load, rounds, inputs: all, rows, missing }) {
  console.log(`Medians of ${rounds} rounds on ${cores} cores; ratios are medians of the rounds' own.`);
  if (load > cores / 2) console.log(`The machine was busy (load ${load.toFixed(1)}): what uses all cores comes out too slow beside what uses one.`.replace(/(.{1,79}) /, "$1\n"));
  for (const { title, files, python, bytes } of all) console.log(`  ${title}: ${files} files, ${python} of them Python, ${(bytes / 1e6).toFixed(1)} MB`);
  process.stdout.write(formatRows(rows));
  if (missing.length > 0) console.log(`\nAbsent: ${missing.join(", ")} (npm run bench -- --install-peers).`);
}

try {
  const { values } = parseArgs({ options });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds ${values.rounds}: is no number of rounds\n${usage}`);
  if (values.help) console.log(usage);
  else {
    const result = await measure(values, rounds, (text) => process.stderr.isTTY && console.error(`… ${text}`));
    if (values.json) console.log(JSON.stringify(result, null, 2));
    else print(result);
    if (result.rows.some((row) => row.holds === false)) process.exitCode = 1;
  }
} catch (error) {
  console.error(`bench: ${error.code === "ERR_PARSE_ARGS_UNKNOWN_OPTION" ? `${error.message}\n${usage}` : error.message}`);
  process.exitCode = 2;
}
