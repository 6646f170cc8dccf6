/** What a job on a copy's file and a run of such jobs are, but for the namespace: two of one identity come to the same. */
import { STAGING_NAME } from "../model/manifest.ts";
import type { FileJob, JobSettings } from "./fileJob.ts";

/** Everything that results depend on, but for the namespace; undefined where it cannot be told without reading. */
export function keyOf(jobs: readonly FileJob[], identities: readonly string[], { maps, inventory, ...settings }: JobSettings, namespace: string): string | undefined {
  const digests = new Map(jobs.map((job) => [pathOf(job), job.sha256]));
  const modules: string[] = [];
  for (const { name, package: inside, locator } of inventory.modules) {
    const content = locator?.kind === "entry" ? numberOf(locator) : locator && digests.get(locator.path);
    if (locator && content === undefined) return undefined;
    modules.push(`${name} ${inside} ${content ?? ""}`);
  }
  const references = { ...settings.references, helper: undefined };
  const rest = JSON.stringify([namespace.split(".").length, maps[0]?.map(({ from, absent }) => [from, absent]), inventory.distributions, { ...settings, reversed: undefined, references }]);
  return [rest, ...modules, ...identities].join("\n");
}

const numbers = new WeakMap<object, number>();
let lastNumber = 0;

/** One for each place in an archive, which is the same object in all projects. */
function numberOf(locator: object): number {
  const number = numbers.get(locator) ?? ++lastNumber;
  numbers.set(locator, number);
  return number;
}

/** What a job comes to, but for the settings; `record` and `size` go with the place in the archive. */
export function identityOf({ locator, sha256, target, executable, distribution, place, content }: FileJob): string {
  const source = locator.kind === "entry" ? numberOf(locator) : sha256;
  const python = place && `${place.module} ${place.package} ${place.stub} ${place.siblings.join()}`;
  return `${below(target ?? "")}\t${source}\t${executable}\t${distribution}\t${python}\t${content ? JSON.stringify(content) : ""}`;
}

/** Path below the namespace of what is staged there. */
export function below(target: string): string {
  const marker = `/${STAGING_NAME}/namespace/`;
  const at = target.lastIndexOf(marker);
  return at < 0 ? "" : target.slice(at + marker.length);
}

export function pathOf({ locator }: FileJob): string {
  return locator.kind === "entry" ? "" : locator.path;
}
