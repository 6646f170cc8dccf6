/** `check --upstream`: the original archive, relocated again, must be what lies on disk, byte for byte; and nothing of it may be missing. */
import type { CheckedNamespace } from "../check/subject.ts";
import { globExpression } from "../check/accept.ts";
import type { Host } from "../host/host.ts";
import { type Finding, finding } from "../model/finding.ts";
import type { ManifestDistribution } from "../model/manifest.ts";
import { MANIFEST_NAME } from "../model/manifest.ts";
import { type Layout, layOut } from "../plan/layout.ts";
import { TOOL } from "../version.ts";
import { type ArchiveSearch, findArchive } from "./archives.ts";
import { recordedSettings } from "./basis.ts";
import { copyJobs, inventoryOfCopies } from "./copies.ts";
import type { FileResult } from "./fileJob.ts";
import { type OpenNamespace, isolatedFrom } from "./gather.ts";
import type { Crew } from "./runJobs.ts";

export interface UpstreamProof {
  readonly distributions: number;
  readonly files: number;
  readonly findings: readonly Finding[];
}

export async function proveUpstream(open: OpenNamespace, checked: CheckedNamespace, search: ArchiveSearch, crew: Crew, host: Host): Promise<UpstreamProof> {
  const { manifest, project } = open;
  if (!project || manifest.distributions.length === 0) return { distributions: 0, files: 0, findings: [] };
  const archives = [];
  for (const entry of manifest.distributions) archives.push(await findArchive(entry, search, host));
  const layouts = layOut(archives, manifest.namespace, project.consumer.package);
  const jobs = copyJobs(layouts, project.consumer, undefined);
  const relocations = [...layouts.flatMap((layout) => layout.relocations), ...isolatedFrom(manifest)];
  const { references } = recordedSettings(project.consumer, manifest);
  const settings = { maps: [relocations], target: project.consumer.target, inventory: inventoryOfCopies(layouts), references, keepContents: false, keepSites: false };
  const results = await crew.run(jobs, settings, (done) => host.progress(`Comparing with upstream: ${done} of ${jobs.length} files`));
  const onDisk = new Map(checked.files.map((file) => [file.label, file.actual?.kind === "file" ? file.actual.sha256 : undefined]));
  let first = 0;
  const findings = layouts.flatMap((layout, index) => {
    const own = results.slice(first, first + layout.placements.length);
    first += layout.placements.length;
    const entry = manifest.distributions[index];
    return entry ? compare(entry, layout, own, (path) => onDisk.get(`${checked.label}/${path}`), checked, manifest.tool) : [];
  });
  return { distributions: archives.length, files: jobs.length, findings };
}

function compare(entry: ManifestDistribution, layout: Layout, results: readonly FileResult[], onDisk: (path: string) => string | undefined, { label }: CheckedNamespace, tool: string): Finding[] {
  const archive = entry.source.file;
  const recorded = new Map(entry.files.map((file) => [file.path, file]));
  const dropped = entry.dropped.map(globExpression);
  const found: Finding[] = [];
  const report = (path: string, message: string, severity?: "warning"): void => {
    found.push({ ...finding("upstream-differs", message, { path: `${label}/${path}`, distribution: entry.name }), ...(severity ? { severity } : {}) });
  };
  layout.placements.forEach(({ destination, file }, index) => {
    const [result, known] = [results[index], recorded.get(destination)];
    recorded.delete(destination);
    if (!known) {
      if (!dropped.some((pattern) => pattern.test(file.path) || pattern.test(destination))) report(destination, `${archive} has this file, and the manifest does not`);
    } else if (result?.sha256Upstream !== known.sha256Upstream) report(destination, `the recorded original is not the file in ${archive}`);
    else if (entry.patches.length === 0 && onDisk(destination) !== undefined && result.sha256Now !== onDisk(destination)) {
      // Another version of the tool may decide otherwise, and rightly so.
      if (tool === TOOL) report(destination, `is not what this tool makes of the file in ${archive}`);
      else report(destination, `was made by ${tool}; ${TOOL} makes another file of the one in ${archive}`, "warning");
    }
  });
  // What it has in common with another copy is compared there.
  for (const { destination } of layout.shared) recorded.delete(destination);
  for (const path of recorded.keys()) report(path, `is in the manifest, and not in ${archive}`);
  const { name, version } = layout.distribution.metadata;
  if (name !== entry.name || version !== entry.version) report(MANIFEST_NAME, `${archive} is ${name} ${version ?? ""}, the manifest says ${entry.name} ${entry.version ?? ""}`);
  return found;
}
