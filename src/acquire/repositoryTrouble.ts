/** What pip prints where a version control system fails: it looks like a failed build, and is none. */

/** `log` is pip's, redacted. Undefined where no version control system failed. */
export function repositoryTrouble(log: string): { readonly message: string; readonly wayOut: string } | undefined {
  const failed = /\u00d7 (git|hg|svn|bzr)(?:\.exe)? (.*) did not run successfully/.exec(log);
  if (!failed) return undefined;
  const [, system = "", command = ""] = failed;
  const before = log.slice(0, failed.index);
  const [, repository = "the repository", revision] = [...before.matchAll(/^\s*Cloning (.+?)(?: \(to revision (.+)\))? to \S+\s*$/gm)].at(-1) ?? [];
  const reasons = before.split("\n").map((line) => line.trim()).filter((line) => /^(?:fatal|error|abort|ssh|svn: E\d+): /.test(line) && !/subprocess-exited-with-error|Could not read from remote repository/.test(line));
  const reason = reasons.length > 0 ? `\n    ${[...new Set(reasons)].slice(-3).join("\n    ")}` : "";
  const isRevision = revision !== undefined && /^(?:checkout|fetch|update|switch)\b/.test(command) && !/Could not resolve|unable to access|Permission denied/i.test(reason);
  if (isRevision) return { message: `${system}: ${repository} has no '${revision}'${reason}`, wayOut: "Check the branch, the tag or the commit behind the @." };
  return { message: `${system}: ${repository} cannot be had${reason}`, wayOut: "Check the repository's address, that it is reachable from here, and that you may read it." };
}
