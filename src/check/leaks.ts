/** Leaks: sites of any tier, in copies and in the project, that still ask for an original name. */
import { type Finding, finding } from "../model/finding.ts";
import { topLevel } from "../model/name.ts";
import type { CheckedNamespace, CheckedSource, Subject } from "./subject.ts";

export function findLeaks({ namespaces }: Subject): Finding[] {
  return namespaces.flatMap((namespace) => [
    ...namespace.files.flatMap((file) => [...leaks(file, file.distribution), ...unread(file, file.actual?.kind === "file" && file.actual.sha256 === file.recorded.sha256Upstream)]),
    ...namespace.consumer.flatMap((file) => [...leaks(file, undefined, ownNames(namespace)), ...unread(file, false)]),
  ]);
}

/** `import testtools` in a project that has a testtools of its own means that. */
function ownNames({ provided }: CheckedNamespace): ReadonlySet<string> {
  return new Set([...provided].filter(([, provider]) => provider === "project").map(([name]) => name));
}

function leaks({ label, sites }: CheckedSource, distribution: string | undefined, own: ReadonlySet<string> = new Set()): Finding[] {
  return sites.filter((site) => site.tier !== "opaque" && !own.has(topLevel(site.name))).map(({ name, tier, line, column, endLine, endColumn }) =>
    finding("leak", `asks for '${name}' by its original name (${tier})`, { path: label, line, column, endLine, endColumn, ...(distribution === undefined ? {} : { distribution }) }),
  );
}

/**
 * What the rewriter reports of a file stands for the check too: what it could not decide, it does not call clean. A file of a copy that does not
 * parse and is upstream's own, byte for byte, is imported by nobody: that is no error of the copy.
 */
function unread({ findings }: CheckedSource, pristine: boolean): Finding[] {
  const unreadable = (each: Finding): boolean => each.code === "syntax-error" || each.code === "unknown-encoding";
  return findings.map((each) => (pristine && unreadable(each) ? { ...each, severity: "warning", help: "No Python that reads the file as this tool does can import it, relocated or not; look whether the copy needs it." } : each));
}
