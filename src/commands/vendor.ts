/** `enisle vendor`: the sources that are named, or the declared state, relocated into the project's namespace; the project rewritten to use them. */
import { statSync } from "node:fs";
import { resolve } from "node:path";
import type { Host } from "../host/host.ts";
import { normalisedName } from "../model/distribution.ts";
import { Failure } from "../model/failure.ts";
import type { Manifest, ManifestDistribution } from "../model/manifest.ts";
import type { Outcome, VendorResult, VendoredDistribution } from "../model/outcome.ts";
import { missingRequirements, parseRequirement } from "../plan/requirements.ts";
import type { PythonVersion } from "../rewrite/context.ts";
import { NotCurrent, acquirer, arrangeDeclared, arrangeSources, isCurrent } from "./arrange.ts";
import type { References } from "./basis.ts";
import { buildDirectory } from "./buildDirectory.ts";
import { type Consumer, findConsumer } from "./consumer.ts";
import { type FetchFlags, fetchOptions } from "./fetchSettings.ts";
import { type ProjectRun, notCurrent, runProject } from "./projectRun.ts";
import { type Crew, LARGE_DIRECTORY, hireCrew } from "./runJobs.ts";
import { treatments } from "./treatment.ts";

export interface VendorOptions extends FetchFlags, References {
  /** Absolute. */
  readonly project: string;
  /** As typed; none: what the configuration declares. */
  readonly sources: readonly string[];
  readonly namespace: string | undefined;
  readonly targetPython: PythonVersion | undefined;
  /** Write nothing. */
  readonly dryRun: boolean;
  /** Write nothing, and give every change. */
  readonly diff: boolean;
  /** Files of requirements, and locks. */
  readonly requirementFiles?: readonly string[];
  readonly constraints?: readonly string[];
  readonly drop?: readonly string[];
  readonly keep?: readonly string[];
  /** Write nothing, and an error finding where the tree is not what is declared. */
  readonly locked?: boolean;
  /** The same, after resolving what is new; for a look at the difference. */
  readonly check?: boolean;
  /** Absolute. Leave the project alone and write a relocated copy of it there. */
  readonly out?: string | undefined;
}

export async function vendor(options: VendorOptions, host: Host): Promise<Outcome<VendorResult>> {
  const consumer = await findConsumer(options.project, options.namespace, options.targetPython);
  const declares = [consumer.configuration.vendor, consumer.configuration.requirements].some((list) => list && list.length > 0);
  const named = options.sources.length > 0 || (options.requirementFiles ?? []).length > 0;
  if (!named && !declares && !consumer.configuration.vendor) {
    throw new Failure("no SOURCE given, and none declared", "Name a wheel, a directory or a requirement: enisle vendor SOURCE…; or list them: vendor = [\"testtools==1.7.1\"] in [tool.enisle] (enisle init writes one).");
  }
  if (named && (options.locked || options.check)) throw new Failure("--locked and --check compare with what is declared, and SOURCEs were given", "Leave one of the two out.");
  const crew = hireCrew(sizeOf(named ? options.sources : (consumer.configuration.vendor ?? []), host));
  try {
    return await vendorWith(options, consumer, named, crew, host);
  } catch (error) {
    if (!(error instanceof NotCurrent)) throw error;
    return { command: "vendor", result: { namespace: consumer.namespace, distributions: [], project: { files: 0, rewritten: 0, otherRewritten: 0 }, changed: true, verified: [] }, findings: [notCurrent(error.message)], changes: [], notices: [] };
  } finally {
    await crew.dismiss();
  }
}

async function vendorWith(options: VendorOptions, consumer: Consumer, named: boolean, crew: Crew, host: Host): Promise<Outcome<VendorResult>> {
  const compares = options.locked === true || options.check === true;
  const fetching = fetchOptions(options, consumer.configuration, consumer.root);
  const acquire = acquirer(fetching, host);
  let undeclared: readonly string[] = [];
  const writes = !options.dryRun && !options.diff && !compares;
  const sourceDirectories = named ? options.sources.map((source) => resolve(host.cwd, source)) : (consumer.configuration.vendor ?? []).map((source) => resolve(consumer.root, source));
  const build = options.out !== undefined && writes ? await buildDirectory(consumer, options.out, sourceDirectories, host) : undefined;
  const run = await runProject(build?.twin ?? consumer, { writes, diff: options.diff || options.check === true, verified: options.verified, runtimeMap: options.runtimeMap, fetching }, crew, host, async (state, basis) => {
    const treat = treatments(consumer, state.manifest, { drop: options.drop ?? [], keep: options.keep ?? [] });
    const setting = { consumer, state, basis, treat, options: fetching, acquire };
    const base = host.cwd;
    const request = { sources: options.sources, requirementFiles: (options.requirementFiles ?? []).map((file) => resolve(base, file)), constraints: [...(options.constraints ?? []).map((file) => resolve(base, file)), ...(consumer.configuration.constraints ?? []).map((file) => resolve(consumer.root, file))], base };
    if (named && consumer.configuration.vendoring && state.foreign.length > 0) {
      throw new Failure(`${consumer.namespaceDirectory}: holds copies that [tool.vendoring] declares and that this tool has not made yet, and SOURCEs were given`, "Run enisle vendor without SOURCE first: it makes all of them anew.");
    }
    const arranged = named ? await arrangeSources(request, setting) : await arrangeDeclared(setting, options.locked === true);
    if (named && consumer.configuration.vendor) undeclared = arranged.distributions.filter((each) => !each.dependency && arranged.named.has(normalisedName(each.metadata.name)) && !consumer.configuration.vendor?.includes(each.requirement)).map((each) => each.metadata.name);
    return {
      distributions: arranged.distributions, treat, reversed: arranged.reversed, texts: new Map(),
      current: isCurrent(arranged.distributions, setting),
      sourceDirectories,
    };
  }).catch((error: unknown) => {
    build?.drop();
    throw error;
  });
  build?.finish();
  return {
    command: "vendor",
    result: { namespace: consumer.namespace, distributions: summarise(run, consumer), project: run.project, changed: run.changed, verified: run.verified },
    findings: compares && run.changed ? [notCurrent(`the tree is not what ${options.locked ? "the configuration" : "the declared state"} comes to`), ...run.findings] : run.findings,
    changes: run.changes,
    notices: [...run.notices, ...(undeclared.length > 0 ? [`not declared in [tool.enisle], so that enisle vendor without arguments removes it: ${undeclared.join(", ")}`] : [])],
  };
}

/** Bytes of the sources, roughly: how much work there will be. */
function sizeOf(sources: readonly string[], host: Host): number {
  return sources.reduce((sum, source) => {
    const stats = statSync(resolve(host.cwd, source), { throwIfNoEntry: false });
    return sum + (stats?.isFile() ? stats.size : LARGE_DIRECTORY);
  }, 0);
}

export function summarise({ manifest }: Pick<ProjectRun, "manifest">, consumer: Consumer): VendoredDistribution[] {
  const entries: Manifest["distributions"] = manifest?.distributions ?? [];
  const provides = new Set([...entries.map((entry) => normalisedName(entry.name)), ...consumer.dependencies.flatMap((line) => parseRequirement(line)?.name ?? [])]);
  return entries.map((entry) => ({
    name: entry.name,
    version: entry.version,
    topLevels: entry.topLevels,
    relocations: entry.relocations,
    files: entry.files.length,
    rewritten: entry.files.filter((file) => file.edits.length > 0).length,
    edits: countEdits(entry),
    missingRequirements: missingRequirements(entry.requires, provides, consumer.target),
  }));
}

function countEdits({ files }: ManifestDistribution): { readonly proven: number; readonly verified: number } {
  const verified = files.reduce((sum, file) => sum + (file.verified ?? 0), 0);
  return { proven: files.reduce((sum, file) => sum + file.edits.length, 0) - verified, verified };
}
