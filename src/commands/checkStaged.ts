/** What was staged is read back and judged before it is committed: it is what was decided upon, and nothing in it asks for an original name. */
import { readFileSync, statSync } from "node:fs";
import { accept } from "../check/accept.ts";
import { Failure } from "../model/failure.ts";
import { type Finding, located } from "../model/finding.ts";
import type { FileJob, FileResult, JobSettings } from "./fileJob.ts";
import type { Consumer } from "./consumer.ts";
import type { Crew } from "./runJobs.ts";

const MOST_NAMED = 5;

/**
 * `jobs` have been done with `settings`, and gave `results`. Of a file that was staged as it came, the bytes are those that the decision was made
 * on: that it is there in its whole length is enough. Throws Failure for a proven leak that the configuration does not accept; gives all others.
 */
export async function checkStaged(jobs: readonly FileJob[], results: readonly FileResult[], settings: JobSettings, consumer: Consumer, crew: Crew, progress: (done: number, total: number) => void): Promise<Finding[]> {
  const staged = jobs.flatMap((job, index) => {
    const result = results[index];
    return job.target !== undefined && result && (result.changed || !job.inPlace) ? [{ job, result, target: job.target }] : [];
  });
  const edited = staged.filter(({ result }) => result.changed);
  const reading = edited.map(({ job, result, target }): FileJob => ({
    ...job, locator: { kind: "file", path: target }, size: result.size, record: undefined, sha256: undefined, target: undefined, inPlace: false,
  }));
  const running = crew.run(reading, { ...settings, keepContents: false, keepSites: true, again: true }, (done) => progress(done, reading.length));
  const short = staged.find(({ result, target }) => !result.changed && sizeOf(target) !== result.size); // while the helpers have begun
  const again = await running;
  if (short) throw notAsMeant(short.job, "length");
  const leaks = edited.flatMap(({ job, result, target }, index): Finding[] => {
    const now = again[index];
    if (now?.sha256Upstream !== result.sha256Now) throw notAsMeant(job, "digest");
    const remaining = now.sites.filter((site) => site.outcome === "rewritten" && site.tier !== "opaque"); // what only running tells asks for no original name
    const source = remaining.length > 0 ? readFileSync(target) : Buffer.alloc(0);
    return remaining.map((site) => located({ code: "leak", message: `asks for '${Buffer.from(site.name, "latin1").toString("utf8")}' by its original name (${site.tier})`, offset: site.start }, job.label, source, job.distribution));
  });
  const { findings } = accept(leaks, consumer.configuration.accept ?? [], ({ path }) => path);
  // A string that names a module may be meant to stay, as the group of entry points in a call that was rewritten: an error to look at, but no reason to refuse.
  const open = findings.filter((each) => each.accepted === undefined && !each.message.endsWith("(verified)"));
  if (open.length === 0) return [...findings];
  const named = open.slice(0, MOST_NAMED).map(({ path, line, column, message }) => `${path}:${line}:${column} ${message}`);
  throw new Failure(`the copy would leak: ${named.join("; ")}${open.length > MOST_NAMED ? `; and ${open.length - MOST_NAMED} more` : ""}`, 'Nothing was written. To live with it, add [[tool.enisle.accept]] with code = "leak", the path and a reason.');
}

function sizeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.size;
}

function notAsMeant({ label }: FileJob, what: string): Failure {
  return new Failure(`${label}: was not written as it was meant: the staged file has another ${what}`, "Nothing was changed; see that the disk is sound and that nothing else writes there, and run again.");
}
