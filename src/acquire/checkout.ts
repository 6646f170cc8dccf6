/** Version control references: git's working tree at one commit, and lines that name it. */
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import type { Host } from "../host/host.ts";
import { Failure } from "../model/failure.ts";
import { redact } from "./redact.ts";

const ENVIRONMENT = { GIT_TERMINAL_PROMPT: "0", GIT_ASKPASS: "true", SSH_ASKPASS: "true" };

/** The requirement with the commit in place of the branch or tag behind the `@`: what was resolved is what is built. */
export function atCommit(text: string, commit: string): string {
  const match = /^(.*?\b(?:git|hg|svn|bzr)\+[a-z0-9+]+:\/\/[^/\s]*)(\/[^#\s]*?)?(#\S*)?((?:\s.*)?)$/i.exec(text);
  if (!match) return text;
  const [, before = "", path = "", fragment = "", rest = ""] = match;
  const at = path.lastIndexOf("@");
  return `${before}${at < 0 ? path : path.slice(0, at)}@${commit}${fragment}${rest}`;
}

/** The repository's address, as git takes it, in a requirement or a `git+` URL; credentials stay in it. */
export function repositoryOf(text: string): string | undefined {
  const match = /\bgit\+([a-z0-9+]+:\/\/[^/\s]*)(\/[^#\s]*)?/i.exec(text);
  if (!match) return undefined;
  const path = match[2] ?? "";
  const at = path.lastIndexOf("@");
  return `${match[1] ?? ""}${at < 0 ? path : path.slice(0, at)}`;
}

/** Clones with tags (which say the version to some build backends) and submodules; returns the directory. `offline` allows local repositories only. */
export async function checkOut(repository: string, commit: string, scratch: string, offline: boolean, host: Host): Promise<string> {
  const directory = mkdtempSync(join(scratch, "checkout-"));
  const git = async (...args: string[]): Promise<void> => {
    const run = await host.execute("git", args, { cwd: directory, environment: offline ? { ...ENVIRONMENT, GIT_ALLOW_PROTOCOL: "file" } : ENVIRONMENT });
    if (!run) throw new Failure("git: no such program, and a version control reference needs it", "Install git, or name an archive.");
    if (run.status !== 0) throw new Failure(`git: ${redact(run.stderr).trim().split("\n").slice(-3).join("\n    ")}`, "Check the repository's address, and that you may read it.");
  };
  await git("clone", "--quiet", "--no-checkout", repository, directory);
  await git("checkout", "--quiet", "--detach", commit).catch(async () => {
    await git("fetch", "--quiet", "origin", commit); // reachable from no branch
    await git("checkout", "--quiet", "--detach", commit);
  });
  await git("submodule", "--quiet", "update", "--init", "--recursive");
  return directory;
}
