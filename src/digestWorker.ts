/** A helper thread of an audit: for each message, takes chunks of its files until there are none. */
import { parentPort } from "node:worker_threads";
import { type DigestWork, indexedDigest, workThrough } from "./commands/digestFiles.ts";

const digest = indexedDigest();

parentPort?.on("message", (work: DigestWork) => {
  void workThrough(work, digest).then(() => parentPort?.postMessage("done"));
});
