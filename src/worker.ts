/** A helper thread: for each message, takes chunks of its jobs until there are none. */
import { type MessagePort, workerData } from "node:worker_threads";
import { Hand, type WorkerInput, type WorkerMessage } from "./commands/runJobs.ts";
import { Failure } from "./model/failure.ts";

export function serve(port: MessagePort): void {
  // With data from the start it is one that takes whole projects.
  if (workerData !== null && workerData !== undefined) {
    void import("./commands/updateThread.ts").then(({ runThread }) => runThread(port));
    return;
  }
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
