/** Drift: what lies on disk is not what the manifest says, or the manifest is not what the tool wrote. */
import { type Finding, finding } from "../model/finding.ts";
import { MANIFEST_NAME } from "../model/manifest.ts";
import type { CheckedFile, CheckedNamespace, Subject } from "./subject.ts";

export function findDrift({ namespaces }: Subject): Finding[] {
  return namespaces.flatMap((namespace) => [
    ...manifestDrift(namespace),
    ...namespace.files.flatMap(fileDrift),
    ...namespace.added.map((path) => finding("copy-added", "is not in the manifest", { path })),
  ]);
}

function manifestDrift({ label, manifest, sealed, inPlace }: CheckedNamespace): Finding[] {
  const path = `${label}/${MANIFEST_NAME}`;
  const found: Finding[] = [];
  if (!sealed) found.push(finding("manifest-changed", "the manifest is not as the tool wrote it: a line was changed, added or taken out", { path }));
  if (!inPlace) found.push(finding("manifest-changed", `the manifest is for the namespace ${manifest.namespace}, and does not lie there`, { path }));
  return found;
}

function fileDrift({ label, distribution, recorded, actual }: CheckedFile): Finding[] {
  const place = distribution === undefined ? { path: label } : { path: label, distribution };
  if (!actual) return [finding("copy-missing", "is in the manifest and not on disk", place)];
  if (actual.kind === "other") return [finding("copy-changed", `is ${actual.what}, and was a file`, place)];
  const found: Finding[] = [];
  if (actual.sha256 !== recorded.sha256Now) found.push(finding("copy-changed", "was changed after it was vendored", place));
  else if (actual.sha256Undone !== undefined && actual.sha256Undone !== recorded.sha256Upstream) found.push(finding("copy-irreversible", "its recorded edits cannot be undone to the recorded original", place));
  if (actual.executable !== recorded.executable) found.push(finding("copy-mode", actual.executable ? "is executable, and was not upstream" : "is not executable, and was upstream", place));
  return found;
}
