/** A worker thread: takes chunks of jobs until there are none. */
import { parentPort, workerData } from "node:worker_threads";
import { type WorkerInput, type WorkerMessage, work } from "./commands/runJobs.ts";
import { Failure } from "./model/failure.ts";

const post = (message: WorkerMessage): void => parentPort?.postMessage(message);

work(workerData as WorkerInput, "front", (first, results) => post({ kind: "results", first, results })).catch((error: unknown) => {
  const { message, stack } = error as Error;
  post({ kind: "failure", message, wayOut: error instanceof Failure ? error.wayOut : undefined, stack });
});
