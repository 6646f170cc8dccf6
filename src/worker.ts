/** A helper thread: for each message, takes chunks of its jobs until there are none. */
import type { MessagePort } from "node:worker_threads";
import { Hand, type WorkerInput, type WorkerMessage } from "./commands/runJobs.ts";
import { Failure } from "./model/failure.ts";

export function serveJobs(port: MessagePort): void {
  const hand = new Hand();
  const post = (message: WorkerMessage): void => port.postMessage(message);
  port.on("message", (input: WorkerInput) => {
    hand.work(input, "front", (first, results) => post({ kind: "results", first, results })).then(
      () => post({ kind: "done" }),
      (error: unknown) => {
        const { message, stack } = error as Error;
        post({ kind: "failure", message, wayOut: error instanceof Failure ? error.wayOut : undefined, stack });
      },
    );
  });
}
