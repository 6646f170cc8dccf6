/**
 * Runs file jobs on all cores. Chunks of jobs are handed out from a shared queue with two ends: helpers take Python files from its front, the main
 * thread takes from its back, where everything else is, so that the machine code of the rewriter is made in as few threads as possible. The
 * result of a job depends on the job alone, and results are put in the order of the jobs: the number of helpers shows in nothing but time.
 */
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { Failure } from "../model/failure.ts";
import { type FileJob, type FileResult, FileWorker, type JobSettings, makeDirectories } from "./fileJob.ts";

const CHUNK = 32;
// Starting a worker costs some 40 ms of a core, which about 2 MB of sources are worth.
const BYTES_WORTH_A_WORKER = 2_000_000;
const JOBS_WORTH_A_WORKER = 250;
const MOST_WORKERS = 7;

// Beside this module in the build; run from its sources the tool does without.
const workerFile = fileURLToPath(new URL("./worker.js", import.meta.url));

export interface WorkerInput {
  readonly jobs: readonly FileJob[];
  readonly settings: JobSettings;
  readonly queue: Int32Array;
}

/** Places of the queue's counters. */
const [CLAIMED, FRONT, BACK] = [0, 1, 2];
export type End = "front" | "back";

export type WorkerMessage =
  | { readonly kind: "results"; readonly first: number; readonly results: readonly FileResult[] }
  | { readonly kind: "failure"; readonly message: string; readonly wayOut: string | undefined; readonly stack: string | undefined };

/** `progress` is told how many jobs are done. `parallelism` is for tests; the default is the machine's. */
export async function runJobs(jobs: readonly FileJob[], settings: JobSettings, progress: (done: number) => void, parallelism = availableParallelism()): Promise<FileResult[]> {
  const results = Array.from<FileResult>({ length: jobs.length });
  const queue = new Int32Array(new SharedArrayBuffer(12));
  const order = jobs.map((_, index) => index).sort((a, b) => Number(jobs[a]?.place === undefined) - Number(jobs[b]?.place === undefined) || a - b);
  let done = 0;
  const take = (first: number, chunk: readonly FileResult[]): void => {
    chunk.forEach((result, index) => (results[order[first + index] ?? -1] = result));
    progress((done += chunk.length));
  };
  makeDirectories(jobs);
  const input: WorkerInput = { jobs: order.map((index) => jobs[index] as FileJob), settings, queue };
  const bytes = jobs.reduce((sum, job) => sum + job.size, 0);
  const worth = Math.max(Math.floor(bytes / BYTES_WORTH_A_WORKER), Math.floor(jobs.length / JOBS_WORTH_A_WORKER));
  const count = existsSync(workerFile) ? Math.max(0, Math.min(parallelism - 1, worth, MOST_WORKERS)) : 0;
  const helpers = Array.from({ length: count }, () => startHelper(input, take));
  try {
    await Promise.all([work(input, helpers.length > 0 ? "back" : "front", take), ...helpers.map((helper) => helper.finished)]);
  } finally {
    Atomics.store(queue, CLAIMED, jobs.length); // after a failure: nobody takes another chunk
    await Promise.all(helpers.map((helper) => helper.stop()));
  }
  return results;
}

/** Takes chunks until there are none. */
export async function work({ jobs, settings, queue }: WorkerInput, end: End, take: (first: number, results: readonly FileResult[]) => void): Promise<void> {
  const worker = new FileWorker(settings);
  try {
    const chunks = Math.ceil(jobs.length / CHUNK);
    while (Atomics.add(queue, CLAIMED, 1) < chunks) {
      const first = CHUNK * (end === "front" ? Atomics.add(queue, FRONT, 1) : chunks - 1 - Atomics.add(queue, BACK, 1));
      take(first, await worker.run(jobs.slice(first, first + CHUNK)));
      await new Promise((resolve) => setImmediate(resolve)); // let messages and signals in
    }
  } finally {
    worker.close();
  }
}

function startHelper(input: WorkerInput, take: (first: number, results: readonly FileResult[]) => void): { finished: Promise<void>; stop: () => Promise<unknown> } {
  const worker = new Worker(workerFile, { workerData: input });
  const finished = new Promise<void>((resolve, reject) => {
    worker.on("message", (message: WorkerMessage) => {
      if (message.kind === "results") take(message.first, message.results);
      else reject(message.wayOut === undefined ? Object.assign(new Error(message.message), { stack: message.stack }) : new Failure(message.message, message.wayOut));
    });
    worker.on("error", reject);
    worker.on("exit", () => resolve());
  });
  finished.catch(() => undefined); // it is awaited by the caller too; an early failure must not count as unhandled
  return { finished, stop: () => worker.terminate() };
}
