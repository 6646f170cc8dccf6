/** `enisle check`: reads every copy below the roots back from disk, judges it by the rules, and on request proves it in interpreters and against upstream. */
import { dirname, join, relative, resolve, sep } from "node:path";
import { type Acceptance, accept, unusedAcceptances } from "../check/accept.ts";
import { rules } from "../check/rules.ts";
import type { CheckedNamespace } from "../check/subject.ts";
import type { Host } from "../host/host.ts";
import type { CheckResult } from "../model/checkResult.ts";
import { type Finding, byPlace } from "../model/finding.ts";
import type { Outcome } from "../model/outcome.ts";
import { findManifests } from "./findManifests.ts";
import { type OpenNamespace, gather, openNamespace, sizeOf } from "./gather.ts";
import { type Crew, hireCrew } from "./runJobs.ts";

export interface CheckOptions {
  /** Absolute; what paths in findings are relative to, and the root where none is given. */
  readonly project: string;
  /** As typed. */
  readonly roots: readonly string[];
  /** Import everything with these interpreters, as typed; undefined: import nothing. */
  readonly pythons: readonly string[] | undefined;
  /** Projects to import into one interpreter, as typed. */
  readonly together: readonly string[];
  /** Prove the copies against the original archives, which are looked for in these directories before they are fetched; undefined: do not. */
  readonly upstream: readonly string[] | undefined;
  /** Seconds that one module may take to import. */
  readonly timeout: number;
}

export async function check(options: CheckOptions, host: Host): Promise<Outcome<CheckResult>> {
  const roots = [...(options.roots.length > 0 || options.together.length > 0 ? options.roots : [options.project]), ...options.together].map((root) => resolve(host.cwd, root));
  const directories = findManifests(roots);
  const label = labeller(baseOf(options.project, roots));
  const open: OpenNamespace[] = [];
  for (const directory of directories) open.push(await openNamespace(directory, host));
  const crew = hireCrew(open.reduce((sum, each) => sum + sizeOf(each), 0));
  try {
    const namespaces: CheckedNamespace[] = [];
    for (const each of open) namespaces.push(await gather(each, label, crew, (done, total) => host.progress(`Checking ${each.manifest.namespace}: ${done} of ${total} files`)));
    const findings = rules.flatMap((rule) => rule.find({ namespaces }));
    const proofs = await prove(options, open, label, crew, host);
    const judged = acceptAll([...findings, ...proofs.findings], open, label).sort(byPlace);
    return {
      command: "check",
      result: {
        manifests: open.length,
        files: namespaces.reduce((sum, each) => sum + each.files.length + each.consumer.length, 0),
        clean: !judged.some((each) => each.severity === "error"),
        namespaces: namespaces.map(({ label: path, manifest }) => ({ namespace: manifest.namespace, path, distributions: manifest.distributions.map(({ name, version }) => ({ name, version })) })),
        ...proofs.result,
      },
      findings: judged,
      changes: [],
      notices: [],
    };
  } finally {
    await crew.dismiss();
  }
}

interface Proofs {
  readonly result: Pick<CheckResult, "import" | "imports" | "together" | "upstream">;
  readonly findings: readonly Finding[];
}

async function prove(_options: CheckOptions, _open: readonly OpenNamespace[], _label: (path: string) => string, _crew: Crew, _host: Host): Promise<Proofs> {
  return { result: {}, findings: [] };
}

/** Paths are relative to the project where all roots lie in it, as those of other commands are; otherwise to the directory that holds all roots. */
function baseOf(project: string, roots: readonly string[]): string {
  const isBelow = (path: string, base: string): boolean => path === base || path.startsWith(base === sep ? sep : base + sep);
  let base = roots.every((root) => isBelow(root, project)) ? project : (roots[0] ?? project);
  while (!roots.every((root) => isBelow(root, base))) base = dirname(base);
  return base;
}

function labeller(base: string): (path: string) => string {
  return (path) => relative(base, path).split(sep).join("/") || ".";
}

/** Each project's entries apply to what lies in the project. */
function acceptAll(findings: readonly Finding[], open: readonly OpenNamespace[], label: (path: string) => string): Finding[] {
  let judged = findings;
  const unused: Finding[] = [];
  const roots = new Map<string, readonly Acceptance[]>();
  for (const { project } of open) if (project?.consumer.configuration.accept) roots.set(project.consumer.root, project.consumer.configuration.accept);
  for (const [root, entries] of roots) {
    const prefix = label(root) === "." ? "" : `${label(root)}/`;
    const result = accept(judged, entries, ({ path }) => (path?.startsWith(prefix) ? path.slice(prefix.length) : undefined));
    judged = result.findings;
    unused.push(...unusedAcceptances(entries, result.used, label(join(root, "pyproject.toml"))));
  }
  return [...judged, ...unused];
}
