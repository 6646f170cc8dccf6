/** Stale: what was right when it was vendored and is so no more: requirements that nothing provides, copies that nothing uses. */
import { type Finding, finding } from "../model/finding.ts";
import { MANIFEST_NAME } from "../model/manifest.ts";
import type { Subject } from "./subject.ts";

export function findStale({ namespaces }: Subject): Finding[] {
  return namespaces.flatMap(({ label, missing, unused, settingsAreCurrent }) => {
    const path = `${label}/${MANIFEST_NAME}`;
    return [
      ...[...missing].filter(([, lines]) => lines.length > 0).map(([distribution, lines]) => finding("requirement-missing", `requires, and neither the project nor a copy provides: ${lines.join(", ")}`, { path, distribution })),
      ...unused.map((distribution) => finding("copy-unused", "is vendored, and nothing names it", { path, distribution })),
      ...(settingsAreCurrent ? [] : [finding("settings-changed", "the copies were made with another catalogue, or with other exceptions, than the configuration has now", { path })]),
    ];
  });
}
