/** One project's part of `enisle update`: which copies move, to what, and who forbids it. */
import { resolve } from "node:path";
import type { Host } from "../host/host.ts";
import { type Distribution, type SourceIdentity, normalisedName } from "../model/distribution.ts";
import { Failure } from "../model/failure.ts";
import type { Manifest, ManifestDistribution } from "../model/manifest.ts";
import type { UpdatedDistribution } from "../model/outcome.ts";
import { evaluateMarker, parseRequirement } from "../plan/requirements.ts";
import { admits, isPin, specifierOf } from "../plan/versions.ts";
import { type Acquire, NOWHERE, canRestore, relocationsOf, restoreAll } from "./arrange.ts";
import type { Consumer } from "./consumer.ts";
import { redeclare } from "./declaration.ts";
import { entryOf } from "./eject.ts";
import type { FetchOptions } from "../acquire/fetch.ts";
import { type ProjectRun, type RunOptions, runProject } from "./projectRun.ts";
import type { Crew } from "./runJobs.ts";
import { treatments } from "./treatment.ts";

/** `urllib3`, or `urllib3==2.8.1`. */
export interface Target {
  readonly name: string;
  readonly version: string | undefined;
}

/** Throws Failure unless the text is a name, with or without one exact version. */
export function parseTarget(text: string): Target {
  const match = /^([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)(?:==([\w.!+-]+))?$/.exec(text.trim());
  if (!match?.[1]) throw new Failure(`'${text}': is no distribution with or without a version`, "Write urllib3, or urllib3==2.8.1.");
  return { name: match[1], version: match[2] };
}

export interface ProjectUpdate {
  readonly run: ProjectRun;
  readonly updated: readonly UpdatedDistribution[];
  readonly notices: readonly string[];
}

/** Which copies of a manifest the targets name; all that were asked for when there are none. */
export function selected(manifest: Manifest, targets: readonly Target[]): { entry: ManifestDistribution; version: string | undefined }[] {
  if (targets.length > 0) return targets.map(({ name, version }) => ({ entry: entryOf(manifest, name), version }));
  return manifest.distributions.filter((entry) => !entry.dependency && entry.source.kind !== "directory").map((entry) => ({ entry, version: undefined }));
}

export async function updateProject(consumer: Consumer, targets: readonly Target[], options: RunOptions, fetching: FetchOptions, acquire: Acquire, crew: Crew, host: Host): Promise<ProjectUpdate> {
  let updated: UpdatedDistribution[] = [];
  const notices: string[] = [];
  const run = await runProject(consumer, { ...options, fetching }, crew, host, async (state) => {
    const { manifest } = state;
    if (!manifest) throw new Failure(`${consumer.namespaceDirectory}: nothing is vendored there`, "Name the project with -C DIR, or roots to search: --root DIR.");
    const treat = treatments(consumer, manifest, { drop: [], keep: [] });
    const moving = selected(manifest, targets);
    const wanted = moving.map((each) => ({ ...each, line: lineOf(each.entry, each.version) }));
    const others = manifest.distributions.filter((entry) => !moving.some((each) => each.entry === entry));
    const pins = fetching.withDeps ? others.filter((entry) => !entry.dependency && entry.version !== null && entry.source.kind !== "directory").map((entry) => `${entry.name}==${entry.version}`) : [];
    const acquired = await acquire({ sources: wanted.map((each) => each.line), requirementFiles: [], constraints: (consumer.configuration.constraints ?? []).map((file) => resolve(consumer.root, file)), base: NOWHERE, pins });
    const fresh = acquired.map((distribution) => renamed(distribution, wanted, manifest));
    refuseForbidden(fresh, others.filter((entry) => !fresh.some((each) => normalisedName(each.metadata.name) === normalisedName(entry.name))), consumer);
    const here = new Map(manifest.distributions.map((entry) => [normalisedName(entry.name), entry]));
    const same = (each: Distribution): ManifestDistribution | undefined => {
      const entry = here.get(normalisedName(each.metadata.name));
      return entry?.source.sha256 === each.source.sha256 && entry.requirement === each.requirement && canRestore(entry, treat(entry.name).patterns) ? entry : undefined;
    };
    const taken = new Set(fresh.map((each) => normalisedName(each.metadata.name)));
    const orphans = new Set(fetching.withDeps ? unneeded(manifest, fresh, taken) : []);
    const staying = manifest.distributions.filter((entry) => !taken.has(normalisedName(entry.name)) && !orphans.has(entry));
    updated = fresh.flatMap((each) => {
      const entry = here.get(normalisedName(each.metadata.name));
      return entry?.version === each.metadata.version && entry?.source.sha256 === each.source.sha256 ? [] : [{ name: each.metadata.name, from: entry ? labelOf(entry.version, entry.source) : null, to: labelOf(each.metadata.version, each.source) }];
    });
    updated.push(...[...orphans].map((entry) => ({ name: entry.name, from: entry.version, to: null })));
    let texts: ReadonlyMap<string, Buffer> = new Map();
    for (const { entry } of wanted) {
      const now = fresh.find((each) => normalisedName(each.metadata.name) === normalisedName(entry.name))?.requirement;
      if (now === undefined || now === entry.requirement) continue;
      const edited = redeclare(consumer, entry.requirement, now, texts);
      if (edited) texts = new Map([...texts, ...edited]);
      else notices.push(`declare ${now} instead of ${entry.requirement} in the configuration`);
    }
    return {
      distributions: [...fresh.filter((each) => !same(each)), ...(await restoreAll([...staying, ...fresh.flatMap((each) => same(each) ?? [])], { consumer, treat, acquire }))],
      treat, current: updated.length === 0 && texts.size === 0, sourceDirectories: [], reversed: relocationsOf([...orphans]), texts,
    };
  });
  return { run, updated, notices };
}

/** The version, with the commit where it is one of a repository. */
function labelOf(version: string | null, { directUrl }: SourceIdentity): string | null {
  return directUrl ? `${version ?? ""} (${directUrl.vcs_info.commit_id.slice(0, 12)})`.trim() : version;
}

/** What pip is asked for: the version that was named, else the newest that the requirement admits; a pin is there to be moved. */
function lineOf({ name, requirement, source }: ManifestDistribution, version: string | undefined): string {
  const extras = /^[A-Za-z0-9._-]+\s*(\[[^\]]*\])/.exec(requirement)?.[1] ?? "";
  // What the index has under that name may be anybody's.
  if (version !== undefined && source.kind === "vcs") throw new Failure(`${name}==${version}: the copy comes from version control (${source.file}), and the index would be asked`, `Name the reference: enisle vendor '${name} @ git+…@${version}'. To take the index's all the same: enisle vendor '${name}==${version}'.`);
  if (version !== undefined) return `${name}${extras}==${version}`;
  const specifier = specifierOf(requirement);
  if (specifier === undefined) return /:\/\//.test(requirement) ? requirement : name;
  return isPin(specifier) ? `${name}${extras}` : requirement;
}

/** The requirement that the manifest records: the range that was asked for while it admits the version, else the version. */
function renamed(distribution: Distribution, wanted: readonly { readonly entry: ManifestDistribution }[], manifest: Manifest): Distribution {
  const { name, version } = distribution.metadata;
  const target = wanted.find(({ entry }) => normalisedName(entry.name) === normalisedName(name))?.entry;
  const known = manifest.distributions.find((entry) => normalisedName(entry.name) === normalisedName(name));
  if (!target) return known && !known.dependency ? { ...distribution, requirement: known.requirement } : distribution;
  const specifier = specifierOf(target.requirement);
  const extras = /^[A-Za-z0-9._-]+\s*(\[[^\]]*\])/.exec(target.requirement)?.[1] ?? "";
  const { dependency: _dependency, ...requested } = distribution;
  const mark = target.dependency ? { dependency: true as const } : {};
  const keeps = (specifier !== undefined && admits(specifier, version) === true) || /:\/\//.test(target.requirement);
  return { ...requested, ...mark, requirement: keeps ? target.requirement : `${name}${extras}==${version ?? ""}` };
}

/** Throws Failure where a copy that stays, or the project's own dependencies, forbid a version. */
function refuseForbidden(fresh: readonly Distribution[], staying: readonly ManifestDistribution[], consumer: Consumer): void {
  const holders = [...staying.map((entry) => ({ who: `${entry.name}${entry.version === null ? "" : ` ${entry.version}`}`, requires: entry.requires })), { who: "the project", requires: consumer.dependencies }];
  for (const { metadata } of fresh) {
    for (const { who, requires } of holders) {
      const against = requires.find((line) => {
        const requirement = parseRequirement(line);
        if (requirement?.name !== normalisedName(metadata.name) || (requirement.marker !== undefined && evaluateMarker(requirement.marker, consumer.target) === false)) return false;
        return admits(specifierOf(requirement.text) ?? "", metadata.version) === false;
      });
      if (against !== undefined) throw new Failure(`${metadata.name} ${metadata.version ?? ""}: ${who} requires ${against.split(";")[0]?.trim() ?? against}`, "Update that one too, name a version that both admit, or vendor the two into different namespaces.");
    }
  }
}

/** Copies that came along and that nothing requires any more. */
function unneeded(manifest: Manifest, fresh: readonly Distribution[], taken: ReadonlySet<string>): ManifestDistribution[] {
  const needed = new Set<string>();
  const requires = [...fresh.map((each) => each.metadata.requires), ...manifest.distributions.filter((entry) => !entry.dependency && !taken.has(normalisedName(entry.name))).map((entry) => entry.requires)];
  for (const lines of requires) for (const line of lines) add(parseRequirement(line)?.name);
  function add(name: string | undefined): void {
    if (name === undefined || needed.has(name)) return;
    needed.add(name);
    const entry = manifest.distributions.find((each) => normalisedName(each.name) === name);
    if (!taken.has(name)) for (const line of entry?.requires ?? []) add(parseRequirement(line)?.name);
  }
  return manifest.distributions.filter((entry) => entry.dependency && !taken.has(normalisedName(entry.name)) && !needed.has(normalisedName(entry.name)));
}
