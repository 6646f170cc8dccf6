/** What lies in a project's namespace, by the rules of its configuration. */
import { matcher } from "../plan/chooseFiles.ts";
import type { Consumer } from "./consumer.ts";
import { type JobSettings, defaultReferences } from "./fileJob.ts";
import { noInventory } from "./inventory.ts";
import { type NamespaceState, readNamespace } from "./namespaceState.ts";
import type { Crew } from "./runJobs.ts";

export async function readState(consumer: Consumer, crew: Crew, tolerant = false): Promise<NamespaceState> {
  const own = (consumer.configuration.protected ?? []).map((glob) => matcher(glob));
  const rules = { isProtected: (path: string) => own.some((matches) => matches(path)), replacesForeign: consumer.configuration.vendoring !== undefined, tolerant };
  return readNamespace(consumer.namespaceDirectory, consumer.namespace, rules, async (jobs) => (await crew.run(jobs, { ...baseSettings(consumer), maps: [[]] }, () => undefined)).map((result) => result.sha256Upstream));
}

/** Jobs that relocate nothing. */
export function baseSettings(consumer: Consumer): JobSettings {
  return { maps: [], target: consumer.target, inventory: noInventory, references: defaultReferences, keepContents: false, keepSites: false };
}
