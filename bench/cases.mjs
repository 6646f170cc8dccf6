// What is measured: each case gives rows `{group, name, value, unit, ratio?, against?, limit?, note?}`. A row with a limit is a promise.
import { mkdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { census, copyShare, newProject } from "./inputs.mjs";
import { median, paired, peakMemory, ratio, run } from "./measure.mjs";
import { astGrepCommand, libcstCommand, tryVendoring } from "./peers.mjs";

const node = process.execPath;
const cli = resolve(import.meta.dirname, "..", "dist", "cli.js");
const TO = "acme._vendor";

// Not by Node: its own way takes several times as long.
const copyTree = (from, to) => run(["cp", "-r", from, to]);
const remove = (path) => rmSync(path, { recursive: true, force: true });
const timed = (group, seconds, name, reference, limit) => ({
  group, name, value: median(seconds.get(name)), unit: "s",
  ...(reference && seconds.has(reference) ? { ratio: ratio(seconds, name, reference), against: reference } : {}),
  ...(limit && seconds.has(reference) ? { limit } : {}),
});

/** Directories that are new for every run; what `drop` removes is not timed. */
function places(work) {
  let number = 0;
  const here = () => join(work, `run-${number}`);
  return { fresh: () => (mkdirSync(join(work, `run-${++number}`), { recursive: true }), here()), here, drop: () => remove(here()) };
}

export function startUp(rounds) {
  const seconds = paired([{ name: "node -e 0", prepare: () => [node, "-e", "0"] }, { name: "enisle --version", prepare: () => [node, cli, "--version"] }], rounds);
  return [timed("Start-up", seconds, "node -e 0"), timed("Start-up", seconds, "enisle --version", "node -e 0", 2)];
}

/** Wheel to relocated project, beside what merely moves the bytes. `tree` is the wheel unpacked. */
export function wheelToProject({ title, wheel, tree, work, rounds }) {
  const { fresh, drop } = places(work);
  const vendor = (project) => [node, cli, "vendor", "-C", project, wheel];
  const seconds = paired([
    { name: "unzip -q", prepare: () => ["unzip", "-q", wheel, "-d", fresh()], after: drop },
    { name: "cp -r", prepare: () => ["cp", "-r", tree, join(fresh(), "tree")], after: drop },
    { name: "enisle vendor", prepare: () => vendor(newProject(fresh())), again: "the same again", after: drop },
  ], rounds);
  const group = `${title}: wheel to relocated project`;
  const memory = peakMemory(vendor(newProject(fresh())));
  drop();
  return [
    timed(group, seconds, "unzip -q"),
    timed(group, seconds, "cp -r", "unzip -q"),
    timed(group, seconds, "enisle vendor", "unzip -q", 2),
    timed(group, seconds, "the same again", "enisle vendor", 0.5),
    { group, name: "peak memory", value: memory, unit: "MB", limit: 250 },
  ];
}

/** The bare rewriter in place, on a fresh copy of the tree in each run. */
export function rewriteInPlace({ title, module, tree, work, rounds, peers }) {
  const { fresh, here, drop } = places(work);
  const copy = () => (copyTree(join(tree, module), join(fresh(), module)), here());
  const maps = (more) => Array.from({ length: more }, (_, index) => `--map=library_${index}=${TO}.library_${index}`);
  const enisle = (more) => () => [node, cli, "rewrite", `--map=${module}=${TO}.${module}`, ...maps(more), copy()];
  const contenders = [
    { name: "enisle rewrite", prepare: enisle(0), after: drop },
    { name: "with 100 relocations", prepare: enisle(99), after: drop },
  ];
  if (peers["ast-grep"]) contenders.unshift({ name: "ast-grep", prepare: () => astGrepCommand(peers["ast-grep"], work, module, `${TO}.${module}`, copy()), after: drop });
  const seconds = paired(contenders, rounds);
  const group = `${title}: imports rewritten in place`;
  const memory = peakMemory(enisle(0)());
  drop();
  return [
    ...(peers["ast-grep"] ? [timed(group, seconds, "ast-grep")] : [{ group, name: "ast-grep", note: "absent" }]),
    timed(group, seconds, "enisle rewrite", "ast-grep", 0.6),
    timed(group, seconds, "with 100 relocations", "enisle rewrite", 1.15),
    { group, name: "peak memory", value: memory, unit: "MB", limit: 250 },
  ];
}

/** Seconds a byte on a quarter of a tree and on all of it, the time of an empty run taken off. */
export function linearity({ title, module, tree, work, rounds }) {
  const { fresh, here, drop } = places(work);
  const [quarter, nothing] = [join(work, "quarter"), newProject(join(work, "nothing"))];
  const [some, all] = [copyShare(tree, module, quarter, 0.25), census(join(tree, module)).bytes];
  const rewrite = (from) => () => (copyTree(from, join(fresh(), module)), [node, cli, "rewrite", `--map=${module}=${TO}.${module}`, here()]);
  const seconds = paired([
    { name: "nothing", prepare: rewrite(nothing), after: drop },
    { name: "quarter", prepare: rewrite(join(quarter, module)), after: drop },
    { name: "all", prepare: rewrite(join(tree, module)), after: drop },
  ], rounds);
  const perByte = (name, bytes) => seconds.get(name).map((value, round) => (value - seconds.get("nothing")[round]) / bytes);
  const [base, whole] = [perByte("quarter", some), perByte("all", all)];
  const group = `${title}: linear in bytes`;
  return [
    { group, name: `${(some / 1e6).toFixed(1)} MB of Python`, value: median(base) * 1e9, unit: "ms/MB" },
    { group, name: `${(all / 1e6).toFixed(1)} MB of Python`, value: median(whole) * 1e9, unit: "ms/MB", ratio: median(whole.map((value, round) => value / base[round])), against: "the part", limit: 1.25 },
  ];
}

/** Peers that take too long, or refuse: once each, LibCST on a part. */
export function slowPeers({ title, module, requirement, wheel, tree, work, peers }) {
  const group = `${title}: other peers, run once`;
  const { fresh, here, drop } = places(work);
  const rows = [];
  const part = () => (mkdirSync(join(fresh(), module)), copyTree(join(tree, module, "core"), join(here(), module, "core")));
  if (peers.libcst) {
    part();
    const megabytes = census(here()).bytes / 1e6;
    const libcst = run(libcstCommand(peers.libcst, module, `${TO}.${module}`, here()), { cwd: here() }).seconds;
    drop();
    part();
    const ours = run([node, cli, "rewrite", `--map=${module}=${TO}.${module}`, here()]).seconds;
    drop();
    rows.push({ group, name: `LibCST, ${megabytes.toFixed(1)} MB`, value: libcst, unit: "s", ratio: libcst / ours, against: "enisle rewrite" });
  } else rows.push({ group, name: "LibCST", note: "absent" });
  if (peers.vendoring) {
    const { seconds, refused } = tryVendoring(peers.vendoring, newProject(fresh()), wheel, requirement);
    drop();
    rows.push(refused ? { group, name: "vendoring", note: `refuses: ${refused}` } : { group, name: "vendoring", value: seconds, unit: "s" });
  } else rows.push({ group, name: "vendoring", note: "absent" });
  return rows;
}
