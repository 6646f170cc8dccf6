/** `enisle eject`: the way back. The project, and the copies that stay, use the library's own name again; what the tool wrote is undone from its record. */
import type { Host } from "../host/host.ts";
import { normalisedName } from "../model/distribution.ts";
import { Failure } from "../model/failure.ts";
import type { Manifest, ManifestDistribution } from "../model/manifest.ts";
import type { EjectResult, EjectedDistribution, Outcome } from "../model/outcome.ts";
import { parseRequirement } from "../plan/requirements.ts";
import { admits, specifierOf } from "../plan/versions.ts";
import type { PythonVersion } from "../rewrite/context.ts";
import { acquirer, relocationsOf, restoreAll } from "./arrange.ts";
import { type Consumer, findConsumer } from "./consumer.ts";
import { redeclare } from "./declaration.ts";
import { fetchOptions } from "./fetchSettings.ts";
import { runProject } from "./projectRun.ts";
import { hireCrew } from "./runJobs.ts";
import { treatments } from "./treatment.ts";

export interface EjectOptions {
  /** Absolute. */
  readonly project: string;
  readonly namespace: string | undefined;
  readonly targetPython: PythonVersion | undefined;
  /** Names of distributions. */
  readonly distributions: readonly string[];
  /** Everything. */
  readonly all: boolean;
  /** Patched copies too, although the library's own behaviour comes back. */
  readonly force: boolean;
  /** Only what the running system provides in an admissible version. */
  readonly ifSatisfied: boolean;
  /** The interpreter that is asked for that. */
  readonly python: string;
  readonly dryRun: boolean;
  readonly diff: boolean;
}

export async function eject(options: EjectOptions, host: Host): Promise<Outcome<EjectResult>> {
  const consumer = await findConsumer(options.project, options.namespace, options.targetPython);
  if (options.all === options.distributions.length > 0) throw new Failure(options.all ? "--all and DIST were both given" : "no DIST given", "Name distributions, or eject all of them: enisle eject --all");
  const crew = hireCrew(0);
  const notices: string[] = [];
  let [ejected, kept]: [EjectedDistribution[], { name: string; version: string | null; why: string }[]] = [[], []];
  try {
    const run = await runProject(consumer, { writes: !options.dryRun && !options.diff, diff: options.diff }, crew, host, async (state) => {
      const { manifest } = state;
      if (!manifest) throw new Failure(`${consumer.namespaceDirectory}: nothing is vendored there`, "Name the project with -C DIR, and its namespace with --namespace.");
      const asked = options.all ? manifest.distributions : options.distributions.map((name) => entryOf(manifest, name));
      const provided = options.ifSatisfied ? await installed(asked, options.python, host, consumer.root) : undefined;
      kept = provided ? asked.flatMap((entry) => unsatisfied(entry, provided.get(normalisedName(entry.name)))) : [];
      const going = withOrphans(asked.filter((entry) => !kept.some(({ name }) => name === entry.name)), manifest, options.ifSatisfied);
      const patched = going.filter((entry) => entry.patches.length > 0);
      if (patched.length > 0 && !options.force) throw new Failure(`${patched.map((entry) => entry.name).join(", ")}: the copy is patched, and the library's own behaviour would come back`, "Eject it all the same with --force; its patch files stay.");
      ejected = going.map((entry) => ({ name: entry.name, version: entry.version, requirement: declarationOf(entry) }));
      const staying = manifest.distributions.filter((entry) => !going.includes(entry));
      refuseGuests(going, staying);
      const treat = treatments(consumer, manifest, { drop: [], keep: [] });
      const acquire = acquirer(fetchOptions({}, consumer.configuration, consumer.root), host);
      return {
        distributions: await restoreAll(staying, { consumer, treat, acquire }), treat, current: going.length === 0, sourceDirectories: [],
        reversed: relocationsOf(going), texts: undeclare(consumer, going, notices),
      };
    });
    return {
      command: "eject",
      result: { namespace: consumer.namespace, ejected, kept, project: run.project, changed: run.changed },
      findings: run.findings, changes: run.changes, notices: [...run.notices, ...notices],
    };
  } finally {
    await crew.dismiss();
  }
}

/** What lies in the package of a copy that stays cannot be asked for by its own name: that package is asked of the namespace. */
function refuseGuests(going: readonly ManifestDistribution[], staying: readonly ManifestDistribution[]): void {
  for (const guest of going) {
    for (const host of staying) {
      const inside = Object.keys(guest.relocations).find((name) => Object.keys(host.relocations).some((above) => name.startsWith(`${above}.`)));
      const common = Object.keys(guest.relocations).find((name) => name in host.relocations);
      if (common !== undefined) throw new Failure(`${guest.name}: has its modules in ${common}, as ${host.name} has, which stays`, `Eject both: enisle eject ${guest.name} ${host.name}`);
      if (inside !== undefined) throw new Failure(`${guest.name}: puts ${inside} into the package of ${host.name}, which stays`, `Eject both: enisle eject ${guest.name} ${host.name}`);
    }
  }
}

/** Throws Failure for a name that is not there. */
export function entryOf(manifest: Manifest, name: string): ManifestDistribution {
  const entry = manifest.distributions.find((each) => normalisedName(each.name) === normalisedName(name));
  if (!entry) throw new Failure(`${name}: is not vendored in ${manifest.namespace}`, `What is: ${manifest.distributions.map((each) => each.name).join(", ")}.`);
  return entry;
}

/** What came along for the ones that go, and serves nobody any more, goes too. */
function withOrphans(going: readonly ManifestDistribution[], manifest: Manifest, cautious: boolean): ManifestDistribution[] {
  if (cautious || going.length === 0) return [...going];
  const staying = new Set(manifest.distributions.filter((entry) => !going.includes(entry) && !entry.dependency));
  for (const entry of staying) {
    for (const line of entry.requires) {
      const needed = manifest.distributions.find((each) => normalisedName(each.name) === parseRequirement(line)?.name);
      if (needed && !going.includes(needed)) staying.add(needed);
    }
  }
  return manifest.distributions.filter((entry) => !staying.has(entry));
}

/** What the project has to declare from now on. */
function declarationOf({ name, version, requirement }: ManifestDistribution): string {
  return specifierOf(requirement) === undefined ? (version === null ? name : `${name}==${version}`) : requirement;
}

/** Versions that an interpreter finds, by normalised name. */
async function installed(entries: readonly ManifestDistribution[], python: string, host: Host, cwd: string): Promise<ReadonlyMap<string, string>> {
  const code = "import json, sys\nfrom importlib.metadata import version, PackageNotFoundError\nfound = {}\nfor name in sys.argv[1:]:\n    try:\n        found[name] = version(name)\n    except PackageNotFoundError:\n        pass\nprint(json.dumps(found))\n";
  const run = await host.execute(python, ["-I", "-c", code, ...entries.map((entry) => normalisedName(entry.name))], { cwd });
  if (!run || run.status !== 0) throw new Failure(`${python}: could not be asked what is installed${run ? `: ${run.stderr.trim().split("\n").at(-1) ?? ""}` : ""}`, "Name an interpreter of Python 3.8 or newer: --python /usr/bin/python3");
  return new Map(Object.entries(JSON.parse(run.stdout) as Record<string, string>));
}

function unsatisfied(entry: ManifestDistribution, version: string | undefined): { name: string; version: string | null; why: string }[] {
  const row = (why: string): { name: string; version: string | null; why: string }[] => [{ name: entry.name, version: entry.version, why }];
  if (version === undefined) return row("the system does not provide it");
  const specifier = specifierOf(entry.requirement) ?? (entry.version === null ? "" : `==${entry.version}`);
  return admits(specifier, version) === true ? [] : row(`the system provides ${version}, and ${entry.name}${specifier} is asked for`);
}

function undeclare(consumer: Consumer, going: readonly ManifestDistribution[], notices: string[]): ReadonlyMap<string, Buffer> {
  let texts: ReadonlyMap<string, Buffer> = new Map();
  for (const { name, requirement, dependency } of going) {
    if (dependency) continue;
    const edited = redeclare(consumer, requirement, undefined, texts);
    if (edited) texts = new Map([...texts, ...edited]);
    else notices.push(`${name} is still declared: remove ${requirement} from the configuration`);
  }
  return texts;
}
