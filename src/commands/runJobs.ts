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
import type { FileJob, FileResult, JobSettings } from "./fileJob.ts";
import { FileWorker } from "./fileWorker.ts";
import { noInventory } from "./inventory.ts";

const CHUNK = 32;
// Starting a helper costs some 60 ms of a core, which about 1 MB of an archive is worth.
const BYTES_WORTH_A_HELPER = 1_000_000;
const MOST_HELPERS = 7;
/** What a directory is taken for without a look inside: helpers start while it is listed. */
export const LARGE_DIRECTORY = BYTES_WORTH_A_HELPER;
// Megabytes for short-lived objects in a helper: with more it is no faster, and they count for every helper.
const YOUNG = 8;

// Beside this module in the build; run from its sources the tool does without.
const workerFile = fileURLToPath(new URL("./thread.js", import.meta.url));

export interface WorkerInput {
  readonly jobs: readonly FileJob[];
  /** Of a run that goes on with the relocations of the one before, without the inventory. */
  readonly settings: JobSettings;
  readonly goesOn: boolean;
  readonly queue: Int32Array;
}

/** Places of the queue's counters. */
const [CLAIMED, FRONT, BACK] = [0, 1, 2];
export type End = "front" | "back";

export type WorkerMessage =
  | { readonly kind: "results"; readonly first: number; readonly results: readonly FileResult[] }
  | { readonly kind: "done" }
  | { readonly kind: "failure"; readonly message: string; readonly wayOut: string | undefined; readonly stack: string | undefined };

type Take = (first: number, results: readonly FileResult[]) => void;

/** The main thread and its helpers, which start while there is still something else to do. */
export interface Crew {
  /** Runs the jobs; `progress` is told how many are done. One call at a time. */
  run(jobs: readonly FileJob[], settings: JobSettings, progress: (done: number) => void): Promise<FileResult[]>;
  dismiss(): Promise<void>;
}

/** `bytes` says how much there is to do, roughly. */
export function hireCrew(bytes: number, parallelism = availableParallelism()): Crew {
  const count = existsSync(workerFile) ? Math.max(0, Math.min(parallelism - 1, Math.floor(bytes / BYTES_WORTH_A_HELPER), MOST_HELPERS)) : 0;
  const helpers = Array.from({ length: count }, () => new Worker(workerFile, { resourceLimits: { maxYoungGenerationSizeMb: YOUNG } }));
  // A crew that is dismissed, or waits for its first jobs, must not keep the process alive.
  for (const helper of helpers) helper.unref();
  const own = new Hand();
  let before: JobSettings | undefined;
  return {
    async run(jobs, settings, progress) {
      const results = Array.from<FileResult>({ length: jobs.length });
      const order = [...jobs.keys()].filter((index) => jobs[index]?.place).concat([...jobs.keys()].filter((index) => !jobs[index]?.place));
      let done = 0;
      const take: Take = (first, chunk) => {
        chunk.forEach((result, index) => (results[order[first + index] ?? -1] = result));
        progress((done += chunk.length));
      };
      const queue = new Int32Array(new SharedArrayBuffer(12));
      const goesOn = before !== undefined && isSameWork(before, settings);
      before = settings;
      const input: WorkerInput = { jobs: order.map((index) => jobs[index] as FileJob), settings: goesOn ? { ...settings, inventory: noInventory } : settings, goesOn, queue };
      try {
        await Promise.all([...helpers.map((helper) => delegate(helper, input, take)), own.work(input, helpers.length > 0 ? "back" : "front", take)]);
      } finally {
        Atomics.store(queue, CLAIMED, jobs.length); // after a failure: nobody takes another chunk
      }
      return results;
    },
    async dismiss() {
      own.close();
      // After a failure a helper may still have something to say, and whoever hears it would let the process end before the helper has.
      for (const helper of helpers) helper.removeAllListeners("message").removeAllListeners("error").on("error", () => undefined);
      await Promise.all(helpers.map((helper) => helper.terminate()));
    },
  };
}

/** All but what is kept of the results. */
function isSameWork(a: JobSettings, b: JobSettings): boolean {
  return a.maps === b.maps && a.inventory === b.inventory && a.references === b.references && a.target === b.target && a.dropped === b.dropped && a.reversed === b.reversed && a.substitute === b.substitute;
}

/** One that works, and keeps what it learned for a run that goes on. */
export class Hand {
  #worker: FileWorker | undefined;

  /** Takes chunks until there are none. */
  async work({ jobs, settings, goesOn, queue }: WorkerInput, end: End, take: Take): Promise<void> {
    if (!goesOn) {
      this.close();
      this.#worker = new FileWorker(settings);
    }
    const worker = this.#worker;
    if (!worker) throw new Error("invariant: work that goes on was begun by the same hand");
    if (goesOn) worker.goOn(settings);
    const chunks = Math.ceil(jobs.length / CHUNK);
    while (Atomics.add(queue, CLAIMED, 1) < chunks) {
      const first = CHUNK * (end === "front" ? Atomics.add(queue, FRONT, 1) : chunks - 1 - Atomics.add(queue, BACK, 1));
      take(first, await worker.run(jobs.slice(first, first + CHUNK)));
      await new Promise((resolve) => setImmediate(resolve)); // let messages and signals in
    }
  }

  close(): void {
    this.#worker?.close();
    this.#worker = undefined;
  }
}

function delegate(helper: Worker, input: WorkerInput, take: Take): Promise<void> {
  return new Promise((resolve, reject) => {
    const onMessage = (message: WorkerMessage): void => {
      if (message.kind === "results") take(message.first, message.results);
      else if (message.kind === "done") settle(resolve);
      else settle(() => reject(message.wayOut === undefined ? Object.assign(new Error(message.message), { stack: message.stack }) : new Failure(message.message, message.wayOut)));
    };
    const onError = (error: unknown): void => settle(() => reject(error));
    const onExit = (code: number): void => settle(() => reject(new Error(`invariant: a helper ended early (code ${code})`)));
    // Only our own listeners: Node's own deliver messages, and tell `terminate` that the helper has ended.
    const settle = (act: () => void): void => {
      helper.off("message", onMessage).off("error", onError).off("exit", onExit);
      helper.unref();
      act();
    };
    helper.ref();
    helper.on("message", onMessage).on("error", onError).on("exit", onExit);
    helper.postMessage(input);
  });
}
