/** Between a layout and the manifest: the jobs that make a copy, and the entry that records it. */
import { lstatSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { entryPointGroups } from "../acquire/entryPointGroups.ts";
import type { Distribution } from "../model/distribution.ts";
import { normalisedName } from "../model/distribution.ts";
import type { ManifestDistribution, ManifestFile } from "../model/manifest.ts";
import { join as dotted, parent } from "../model/name.ts";
import type { Layout } from "../plan/layout.ts";
import { isPickleName, textFormatOf } from "../model/textFormat.ts";
import { parseRequirement } from "../plan/requirements.ts";
import { moduleNameOf } from "../plan/topLevels.ts";
import type { InventoryData } from "./inventory.ts";
import type { Consumer } from "./consumer.ts";
import type { FileJob, FileResult } from "./fileJob.ts";

/** One job a file, copy by copy; `stage` is undefined when nothing is to be written. */
export function copyJobs(copies: readonly Layout[], consumer: Pick<Consumer, "root" | "namespaceDirectory" | "target">, stage: string | undefined): FileJob[] {
  const prefix = relative(consumer.root, consumer.namespaceDirectory).split(sep).join("/");
  return copies.flatMap(({ distribution, placements }) =>
    placements.map(({ file, destination, python, compiled }) => ({
      label: `${prefix}/${destination}`,
      locator: file.locator,
      size: file.size,
      executable: file.executable,
      record: file.record,
      sha256: distribution.digests?.get(file.path),
      distribution: distribution.metadata.name,
      place: python && (consumer.target[0] < 3 ? python : { ...python, siblings: [] }), // they are many, and only Python 2 asks
      ...contentOf(destination, compiled),
      map: 0,
      // Destinations are normal: joining them properly took a tenth of all that comes before the first file.
      target: stage === undefined ? undefined : stage + sep + (sep === "/" ? destination : destination.replaceAll("/", sep)),
      inPlace: false,
    })),
  );
}

const entryPointsFile = /^[^/]+\.(?:dist|egg)-info\/entry_points\.txt$/;

/** What is looked for in files that are no Python sources. */
function contentOf(destination: string, compiled: boolean): Pick<FileJob, "content"> {
  const module = compiled ? compiledModule(destination) : undefined;
  if (module !== undefined) return { content: { kind: "compiled", module } };
  if (isPickleName(destination)) return { content: { kind: "pickle" } };
  const name = destination.slice(destination.lastIndexOf("/") + 1);
  const format = textFormatOf(name);
  if (format === undefined) return {};
  if (/^[^/]+\.(?:dist|egg)-info\//.test(destination)) return name === "entry_points.txt" ? { content: { kind: "entry-points" } } : {};
  return { content: { kind: "text", format } };
}

/** The module that an extension file is, in original names; undefined for a shared library that is none. */
export function compiledModule(destination: string): string | undefined {
  const module = moduleNameOf(destination.slice(destination.lastIndexOf("/") + 1));
  const within = destination.includes("/") ? destination.slice(0, destination.lastIndexOf("/")).replaceAll("/", ".") : "";
  return module === undefined ? undefined : dotted(within, module === "__init__" ? "" : module);
}

/** `results` are those of the copy's jobs, in order. */
export function manifestEntry({ distribution, topLevels, relocations, placements }: Layout, results: readonly FileResult[], requirement: string): ManifestDistribution {
  const { metadata, source } = distribution;
  return {
    name: metadata.name,
    version: metadata.version,
    purl: `pkg:pypi/${normalisedName(metadata.name)}${metadata.version === null ? "" : `@${metadata.version}`}`,
    source,
    requirement,
    ...(distribution.dependency ? { dependency: true as const } : {}),
    requires: metadata.requires,
    license: { expression: metadata.licenseExpression, files: metadata.licenseFiles },
    topLevels: topLevels.topLevels,
    relocations: Object.fromEntries(relocations.map(({ from, to }) => [from, to])),
    patches: [],
    dropped: [],
    leftOut: distribution.leftOut,
    namespaceInits: [...distribution.namespaceInits].sort(),
    accepted: [],
    files: placements.map(({ file, destination }, index): ManifestFile => {
      const result = results[index];
      if (!result) throw new Error(`invariant: no result for ${destination}`);
      const { sha256Upstream, sha256Now, undo, edits } = result;
      return { path: destination, ...(file.path === destination ? {} : { upstreamPath: file.path }), sha256Upstream, sha256Now, ...(file.executable ? { executable: true as const } : {}), ...(edits.verified > 0 ? { verified: edits.verified } : {}), edits: undo };
    }).sort((a, b) => (a.path < b.path ? -1 : 1)),
  };
}

/** What the copies hold, for rules that ask whether a name exists. */
export function inventoryOfCopies(layouts: readonly Layout[]): InventoryData {
  return {
    modules: layouts.flatMap(({ placements }) =>
      placements.flatMap(({ file, destination, python, compiled }) => {
        if (python) return [{ name: python.module, package: python.package, locator: python.stub ? undefined : file.locator, size: file.size }];
        const name = compiled ? compiledModule(destination) : undefined;
        return name === undefined ? [] : [{ name, package: parent(name), locator: undefined, size: 0 }];
      }),
    ),
    entryPointGroups: [...new Set(layouts.flatMap(({ distribution, placements }) => (distribution.entryPointGroups?.length && placements.some(({ destination }) => entryPointsFile.test(destination)) ? distribution.entryPointGroups : [])))].sort(),
    files: `\n${layouts.flatMap(({ placements }) => placements.flatMap(({ destination, python }) => (python ? [] : [destination]))).join("\n")}\n`,
    distributions: layouts.map(({ distribution, placements }) => ({
      name: distribution.metadata.name,
      version: distribution.metadata.version,
      directory: placements.map(({ destination }) => /^[^/]+\.dist-info(?=\/METADATA$)/.exec(destination)?.[0]).find((each) => each !== undefined),
      requires: distribution.metadata.requires.flatMap((line) => {
        const requirement = parseRequirement(line);
        return requirement && !/\bextra\b/.test(requirement.marker ?? "") ? [requirement.name] : [];
      }),
    })),
  };
}

/** As they lie there; a file that is gone is told elsewhere. */
function groupsOfKept(entry: ManifestDistribution, namespaceDirectory: string): Pick<Distribution, "entryPointGroups"> {
  const points = entry.files.find(({ path }) => entryPointsFile.test(path));
  const path = points && join(namespaceDirectory, points.path);
  return path !== undefined && lstatSync(path, { throwIfNoEntry: false })?.isFile() === true ? { entryPointGroups: entryPointGroups(readFileSync(path, "utf8")) } : {};
}

/** A copy that is in the namespace already, as a distribution: its original bytes come from its files and their recorded edits. */
export function keptDistribution(entry: ManifestDistribution, namespaceDirectory: string): Distribution {
  return {
    metadata: { name: entry.name, version: entry.version, requires: entry.requires, licenseExpression: entry.license.expression, licenseFiles: entry.license.files.filter((path) => entry.files.some((file) => (file.upstreamPath ?? file.path) === path)) },
    source: entry.source,
    requirement: entry.requirement,
    ...(entry.dependency ? { dependency: true as const } : {}),
    ...groupsOfKept(entry, namespaceDirectory),
    ...(entry.droppedFiles ? { dropped: entry.droppedFiles } : {}),
    leftOut: entry.leftOut,
    namespaceInits: new Set(entry.namespaceInits),
    digests: new Map(entry.files.map((file) => [file.upstreamPath ?? file.path, file.sha256Upstream])),
    files: entry.files.map((file) => ({
      path: file.upstreamPath ?? file.path,
      size: 0,
      executable: file.executable === true,
      record: undefined,
      locator: { kind: "relocated", path: join(namespaceDirectory, file.path), edits: file.edits },
    })),
  };
}
