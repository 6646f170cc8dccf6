/** The helper threads of all commands: how they are started, and what is told to V8 when all have loaded. */
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { Worker } from "node:worker_threads";

/** What a thread is for: chunks of file jobs, chunks of modules to be digested, or whole projects. */
export type ThreadWork = "jobs" | "digests" | "projects";

export interface ThreadStart {
  readonly work: ThreadWork;
  /** What it begins with, where it does not wait for messages. */
  readonly input: unknown;
  /** The number of threads that were started together and have not loaded yet. */
  readonly loading: Int32Array;
}

const MOST_HELPERS = 7;
// Beside this module in the build; run from its sources the tool does without.
const threadFile = fileURLToPath(new URL("./thread.js", import.meta.url));

/** How many threads to start where as many as `worth` would pay: the main thread has a core, too. */
export function helpersFor(worth: number, parallelism = availableParallelism()): number {
  return existsSync(threadFile) ? Math.max(0, Math.min(parallelism - 1, Math.floor(worth), MOST_HELPERS)) : 0;
}

/** `young`: megabytes for short-lived objects in each. */
export function startThreads(count: number, work: ThreadWork, young?: number, input?: unknown): Worker[] {
  const loading = new Int32Array(new SharedArrayBuffer(4));
  loading[0] = count;
  const workerData: ThreadStart = { work, input, loading };
  return Array.from({ length: count }, () => new Worker(threadFile, { workerData, ...(young === undefined ? {} : { resourceLimits: { maxYoungGenerationSizeMb: young } }) }));
}

/** To be called by each thread when it has loaded. */
export function hasLoaded({ loading }: ThreadStart): void {
  if (Atomics.sub(loading, 0, 1) === 1) optimizeLater();
}

/**
 * Most runs are over before code that was optimized early has paid for it: a fifth of their time went into the compiler. It holds for all
 * threads, and not before all have loaded: what V8 and Node keep of compiling is kept for the flags it was made with.
 */
export function optimizeLater(): void {
  setFlagsFromString("--interrupt-budget=2000000");
}
