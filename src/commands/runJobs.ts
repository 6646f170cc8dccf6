/**
 * Runs file jobs on all cores, in chunks that each thread takes for itself. There are two queues. Python files are what helpers are hired for: they take
 * them from the front. The main thread does everything else, and then takes Python files from the back, so that the machine code of the rewriter is
 * made in as few threads as possible; helpers learn of the other files only when they have nothing left. The result of a job depends on the job
 * alone, and results are put in the order of the jobs: the number of helpers shows in nothing but time.
 */
import { availableParallelism } from "node:os";
import type { Worker } from "node:worker_threads";
import { Failure } from "../model/failure.ts";
import type { FileJob, FileResult, JobSettings } from "./fileJob.ts";
import { FileWorker } from "./fileWorker.ts";
import { noInventory } from "./inventory.ts";
import { helpersFor, optimizeLater, startThreads } from "./threads.ts";

const CHUNK = 32;
// Starting a helper costs some 60 ms of a core, which about 1 MB of an archive is worth.
const BYTES_WORTH_A_HELPER = 1_000_000;
/** What a directory is taken for without a look inside: helpers start while it is listed. */
export const LARGE_DIRECTORY = BYTES_WORTH_A_HELPER;
// Megabytes for short-lived objects in a helper: with more it is no faster, and they count for every helper.
const YOUNG = 8;

export interface WorkerInput {
  readonly jobs: readonly FileJob[];
  /** Where this goes on with the relocations of the message before, without the inventory. */
  readonly settings: JobSettings;
  readonly goesOn: boolean;
  readonly counters: Int32Array;
}

/** Numbers of chunks that were taken, of a queue: in all, and from each end. */
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
  const worth = bytes / BYTES_WORTH_A_HELPER;
  const count = helpersFor(worth, parallelism);
  const helpers = startThreads(count, "jobs", YOUNG).map((worker) => ({ worker, brief: briefing() }));
  if (count === 0 && worth >= 1) optimizeLater();
  // A crew that is dismissed, or waits for its first jobs, must not keep the process alive.
  for (const { worker } of helpers) worker.unref();
  const own = { hand: new Hand(), brief: briefing() };
  return {
    async run(jobs, settings, progress) {
      const results = Array.from<FileResult>({ length: jobs.length });
      let done = 0;
      const queue = (isIn: (job: FileJob) => boolean): Queue => {
        const indices = largestFirst([...jobs.keys()].filter((index) => isIn(jobs[index] as FileJob)), jobs);
        const take: Take = (first, chunk) => {
          chunk.forEach((result, index) => (results[indices[first + index] ?? -1] = result));
          progress((done += chunk.length));
        };
        return { jobs: indices.map((index) => jobs[index] as FileJob), counters: new Int32Array(new SharedArrayBuffer(12)), take };
      };
      const [python, others] = [queue(({ place }) => place !== undefined), queue(({ place }) => place === undefined)];
      try {
        await Promise.all([
          ...helpers.map(async ({ worker, brief }) => {
            for (const each of [python, others]) if (hasChunks(each)) await delegate(worker, { ...brief(settings), jobs: each.jobs, counters: each.counters }, each.take);
          }),
          (async () => {
            for (const each of [others, python]) if (hasChunks(each)) await own.hand.work({ ...own.brief(settings), jobs: each.jobs, counters: each.counters }, helpers.length > 0 ? "back" : "front", each.take);
          })(),
        ]);
      } finally {
        for (const each of [python, others]) Atomics.store(each.counters, CLAIMED, jobs.length); // after a failure: nobody takes another chunk
      }
      return results;
    },
    async dismiss() {
      own.hand.close();
      // After a failure a helper may still have something to say, and whoever hears it would let the process end before the helper has.
      for (const { worker } of helpers) worker.removeAllListeners("message").removeAllListeners("error").on("error", () => undefined);
      await Promise.all(helpers.map(({ worker }) => worker.terminate()));
    },
  };
}

/** Whole chunks, so that what lies together in an archive is read together. The main thread, at the back, gets the small files, which seldom take a parse. */
function largestFirst(indices: readonly number[], jobs: readonly FileJob[]): number[] {
  const chunks = Array.from({ length: Math.ceil(indices.length / CHUNK) }, (_, chunk) => indices.slice(chunk * CHUNK, (chunk + 1) * CHUNK));
  const size = (chunk: readonly number[]): number => (chunk.length < CHUNK ? -1 : chunk.reduce((sum, index) => sum + (jobs[index]?.size ?? 0), 0)); // one that is not full is the last
  return chunks.map((chunk) => ({ chunk, size: size(chunk) })).sort((a, b) => b.size - a.size).flatMap(({ chunk }) => chunk);
}

interface Queue extends Pick<WorkerInput, "jobs" | "counters"> {
  readonly take: Take;
}

function hasChunks({ jobs, counters }: Queue): boolean {
  return Atomics.load(counters, CLAIMED) * CHUNK < jobs.length;
}

/** What one hand has to be told of the settings, where it knows those of its last jobs. */
function briefing(): (settings: JobSettings) => Pick<WorkerInput, "settings" | "goesOn"> {
  let before: JobSettings | undefined;
  return (settings) => {
    const goesOn = before !== undefined && isSameWork(before, settings);
    before = settings;
    return { settings: goesOn ? { ...settings, inventory: noInventory } : settings, goesOn };
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
  async work({ jobs, settings, goesOn, counters }: WorkerInput, end: End, take: Take): Promise<void> {
    if (!goesOn) {
      this.close();
      this.#worker = new FileWorker(settings);
    }
    const worker = this.#worker;
    if (!worker) throw new Error("invariant: work that goes on was begun by the same hand");
    if (goesOn) worker.goOn(settings);
    const chunks = Math.ceil(jobs.length / CHUNK);
    while (Atomics.add(counters, CLAIMED, 1) < chunks) {
      const first = CHUNK * (end === "front" ? Atomics.add(counters, FRONT, 1) : chunks - 1 - Atomics.add(counters, BACK, 1));
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
