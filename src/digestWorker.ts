/** A helper thread of an audit: for each message, takes chunks of its files until there are none. */
import type { MessagePort } from "node:worker_threads";
import { type DigestWork, indexedDigest, workThrough } from "./commands/digestFiles.ts";

export function serveDigests(port: MessagePort): void {
  const digest = indexedDigest();
  port.on("message", (work: DigestWork) => {
    void workThrough(work, digest).then(() => port.postMessage("done"));
  });
}
