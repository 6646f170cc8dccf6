/** The manifest of a run, and the files that are generated with it. */
import { createHash } from "node:crypto";
import { relative, sep } from "node:path";
import { withAccepted } from "../check/accept.ts";
import { formatLicenseOverview } from "../manifest/licenseOverview.ts";
import { formatSbom } from "../manifest/sbom.ts";
import type { Finding } from "../model/finding.ts";
import { type Manifest, type ManifestDistribution, type ManifestProjectFile, SBOM_NAME } from "../model/manifest.ts";
import { type Choice } from "../plan/chooseFiles.ts";
import type { Layout } from "../plan/layout.ts";
import { TOOL } from "../version.ts";
import type { Consumer } from "./consumer.ts";
import { manifestEntry } from "./copies.ts";
import type { Basis } from "./basis.ts";
import type { FileResult } from "./fileJob.ts";
import { generatedFiles as generatedByTool } from "./generated.ts";
import type { NamespaceState } from "./namespaceState.ts";
import type { Treatment } from "./treatment.ts";
import type { PlacedLicenses } from "./vendoredLicenses.ts";

export interface ManifestInput {
  readonly consumer: Consumer;
  readonly state: NamespaceState;
  readonly basis: Basis;
  readonly layouts: readonly Layout[];
  /** Some edit calls the helper module. */
  readonly needsHelper: boolean;
  /** Undefined: the copies stay as they are. */
  readonly copies: readonly Layout[] | undefined;
  readonly choices: readonly Choice[];
  /** Of the copies' files, copy by copy. */
  readonly results: readonly FileResult[];
  readonly treat: (name: string) => Treatment;
  /** Those that are accepted are recorded with their distributions. */
  readonly findings: readonly Finding[];
  /** Names from outside that are shut out. */
  readonly isolated: readonly string[];
  /** Digests of patches that were made anew. */
  readonly patched: ReadonlyMap<string, string>;
  /** Licence files that are placed besides those of the copies. */
  readonly licenses: PlacedLicenses;
  readonly project: readonly ManifestProjectFile[];
}

export interface NewManifest {
  readonly manifest: Manifest;
  /** Generated, below the namespace directory. */
  readonly namespaceFiles: ReadonlyMap<string, Buffer>;
  /** Generated, relative to the project: what is not only replaced with the namespace directory as a whole. */
  readonly texts: ReadonlyMap<string, Buffer>;
}

/** Undefined when nothing is vendored. */
export function newManifest(input: ManifestInput): NewManifest | undefined {
  const { consumer, state, project, basis } = input;
  const isolated = input.copies ? input.isolated : (state.manifest?.isolated ?? []);
  const distributions = input.copies ? entries(input, input.copies) : (state.manifest?.distributions ?? []);
  if (distributions.length === 0) return undefined;
  const namespaceFiles = generatedFiles(input, distributions);
  const generated = [...namespaceFiles].map(([path, content]) => ({ path, sha256: createHash("sha256").update(content).digest("hex") }));
  const location = relative(consumer.root, consumer.namespaceDirectory).split(sep).join("/");
  const plain: Manifest = {
    schema: 1,
    tool: TOOL,
    namespace: consumer.namespace,
    ...basis,
    ...(isolated.length > 0 ? { isolated: [...isolated].sort() } : {}),
    generated: input.copies ? generated : (state.manifest?.generated ?? []),
    ...(location === consumer.namespace.replaceAll(".", "/") ? {} : { location }),
    ...(state.emptyInit || state.manifest?.emptyInit ? { emptyInit: true as const } : {}),
    ...(project.length > 0 ? { project } : {}),
    distributions: [...distributions].sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
  const manifest = input.copies ? withAccepted(plain, input.findings) : plain;
  const beside = `${location}/${SBOM_NAME}`;
  const sboms = new Set([...(state.sbom ? [beside] : []), ...(consumer.configuration.sbom === undefined ? [] : [consumer.configuration.sbom])]);
  const sbom = Buffer.from(formatSbom(manifest, TOOL));
  return { manifest, namespaceFiles: sboms.has(beside) ? new Map([...namespaceFiles, [SBOM_NAME, sbom]]) : namespaceFiles, texts: new Map([...sboms].map((path) => [path, sbom])) };
}

function entries({ choices, results, treat, patched, licenses }: ManifestInput, copies: readonly Layout[]): ManifestDistribution[] {
  let first = 0;
  const made = copies.map((copy, index): ManifestDistribution => {
    const own = results.slice(first, first + copy.placements.length);
    first += copy.placements.length;
    const { name } = copy.distribution.metadata;
    const { patterns, patches, license } = treat(name);
    // Patches that are shared by all belong to those whose files they change.
    const applied = new Set(own.flatMap((result) => result.patches.map((outcome) => outcome.file)));
    return {
      ...manifestEntry(copy, own, requirementOf(copy.distribution.requirement)),
      ...(license === undefined && !licenses.fetched.has(name) ? {} : { license: { expression: license ?? copy.distribution.metadata.licenseExpression, files: [...copy.distribution.metadata.licenseFiles, ...(licenses.fetched.get(name) ?? [])] } }),
      patches: patches.filter(({ file }) => applied.has(file)).map(({ file, sha256, after }) => ({ file, sha256: patched.get(file) ?? sha256, ...(after ? { after } : {}) })),
      dropped: patterns,
      ...(choices[index]?.dropped.length ? { droppedFiles: choices[index].dropped } : {}),
    };
  });
  return withShared(made, copies);
}

/** A file that serves several copies is recorded for each: each can go, and the file stays for the others. */
function withShared(made: readonly ManifestDistribution[], copies: readonly Layout[]): ManifestDistribution[] {
  if (copies.every(({ shared }) => shared.length === 0)) return [...made];
  const rows = new Map(made.flatMap((entry) => entry.files.map((file) => [file.path, file] as const)));
  return made.map((entry, index) => {
    const more = (copies[index]?.shared ?? []).flatMap(({ destination }) => rows.get(destination) ?? []);
    return more.length === 0 ? entry : { ...entry, files: [...entry.files, ...more].sort((a, b) => (a.path < b.path ? -1 : 1)) };
  });
}

/** What the manifest records of a SOURCE: no path of the machine. */
export function requirementOf(source: string): string {
  if (/^[^/\\]*@\s|:\/\/|[<>=!~;]/.test(source)) return source;
  return source.split(/[/\\]/).filter((part) => part !== "").at(-1) ?? source;
}

function generatedFiles({ consumer, state, layouts, needsHelper, licenses, copies = [] }: ManifestInput, distributions: readonly ManifestDistribution[]): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  const taken = new Set([...distributions.flatMap((each) => each.files.map((file) => file.path)), ...state.protected]);
  const put = (path: string, text: string): void => {
    if (!taken.has(path)) files.set(path, Buffer.from(text));
  };
  for (const { path, content } of generatedByTool(consumer, layouts, needsHelper)) if (!state.protected.includes(path)) files.set(path, content);
  for (const [path, content] of licenses.files) if (!taken.has(path)) files.set(path, content);
  const { "license-overview": overview, stubs = [], vendoring } = consumer.configuration;
  if (overview !== undefined) put(overview, formatLicenseOverview(distributions));
  const typed = new Set(copies.flatMap((copy) => copy.placements.filter(({ destination }) => /(^|\/)py\.typed$|\.pyi$/.test(destination)).map(({ destination }) => (destination.split("/")[0] ?? "").replace(/\.pyi$/, ""))));
  const tops = distributions.flatMap((each) => each.topLevels);
  for (const name of stubs) if (tops.includes(name) && !typed.has(name)) put(`${name}.pyi`, `from ${name} import *\n`);
  if (vendoring) {
    for (const name of tops.filter((top) => !typed.has(top) && !(top in vendoring.stubs))) put(`${name}.pyi`, `from ${name} import *\n`);
    for (const module of Object.values(vendoring.stubs).flat()) put(`${module.replaceAll(".", "/")}.pyi`, `from ${module.replace(/\.__init__$/, "")} import *\n`);
  }
  return files;
}
