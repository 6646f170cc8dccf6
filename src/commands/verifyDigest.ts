/** The bytes that a job reads are those that RECORD, or the manifest, says. */
import { hash } from "node:crypto";
import { Failure } from "../model/failure.ts";
import type { FileJob } from "./fileJob.ts";

/** `sha256` is that of `source`, hex. Throws Failure where they are not. */
export function verify(job: FileJob, source: Buffer, sha256: string): void {
  if (job.record) {
    const { algorithm, digest } = job.record;
    const actual = algorithm === "sha256" ? sha256 : hash(algorithm, source);
    const archive = job.locator.kind === "entry" ? job.locator.archive : job.label;
    if (actual !== Buffer.from(digest, "base64url").toString("hex")) {
      throw new Failure(`${archive}: does not match its RECORD: '${job.label}' has another digest`, "Get the wheel again; one that was changed by hand needs a new RECORD (`wheel unpack`, `wheel pack`).");
    }
  }
  if (job.sha256 !== undefined && job.sha256 !== sha256) {
    if (job.locator.kind === "file") throw new Failure(`${job.locator.path}: was changed while it was read`, "Run again when nobody writes there.");
    throw new Failure(`${job.label}: its edits cannot be undone to the recorded original`, "The file or the manifest was changed by hand: restore both from version control.");
  }
}
