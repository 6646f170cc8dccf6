/**
 * `enisle update` over many projects: threads take one after the other from a shared queue. A project is one thread's from start to end; what is fetched is
 * fetched once, by the main thread. Results depend on the projects alone and are put in their order: the number of threads shows in nothing but time.
 */
import type { Worker } from "node:worker_threads";
import type { FetchOptions } from "../acquire/fetch.ts";
import type { SourceRequest } from "../acquire/source.ts";
import type { Host } from "../host/host.ts";
import type { Distribution } from "../model/distribution.ts";
import { Failure } from "../model/failure.ts";
import { atInterrupt, recover } from "../write/transaction.ts";
import type { Acquire } from "./arrange.ts";
import type { ProjectReport } from "./update.ts";
import { helpersFor, startThreads } from "./threads.ts";
import type { FoundSubject } from "./updateSubjects.ts";

/** A thread costs as much as some of these. */
const PROJECTS_WORTH_A_THREAD = 16;
/** Milliseconds that an interrupted run gives its threads to finish the project at hand. */
const PATIENCE = 3000;
/** Bytes of the manifests of projects that a thread has begun and that wait: memory does not grow with the number of all. */
const MOST_OPEN = 600_000;

/** Gives the acquirer for some options. */
export type Acquirers = (options: FetchOptions) => Acquire;

/** Projects that lie in one another are one piece of work. */
export type Groups = readonly (readonly number[])[];

/** The queue's counter, and behind it the state of each group. */
export type Queue = Int32Array;

/** Of groups that helpers have begun. `waiting`: for something to be fetched, with nothing but the staging directory to show for it. */
const state = { busy: 1, waiting: 2, done: 3 } as const;

export interface ThreadInput<Options> {
  readonly options: Options;
  readonly subjects: readonly FoundSubject[];
  readonly groups: Groups;
  readonly queue: Queue;
}

export type ThreadMessage =
  | { readonly kind: "report"; readonly index: number; readonly report: ProjectReport }
  | { readonly kind: "acquire"; readonly id: number; readonly options: FetchOptions; readonly request: SourceRequest }
  | { readonly kind: "done" }
  | { readonly kind: "failure"; readonly message: string; readonly stack: string | undefined };

export type Acquired = { readonly id: number } & ({ readonly distributions: readonly Distribution[] } | { readonly message: string; readonly wayOut: string | undefined });

/** How many threads are worth starting beside the main one. */
export function threadsFor(projects: number): number {
  return helpersFor(projects / PROJECTS_WORTH_A_THREAD);
}

/** Indices of subjects, in order: those whose roots are the same or lie in one another go together, since one's run looks at and may change the other's files. */
export function groupSubjects(subjects: readonly FoundSubject[]): Groups {
  const order = subjects.map((_, index) => index).sort((a, b) => compare(subjects[a]?.root, subjects[b]?.root) || a - b);
  const groups: number[][] = [];
  let top: string | undefined;
  for (const index of order) {
    const root = `${subjects[index]?.root ?? ""}/`;
    if (top !== undefined && root.startsWith(top)) groups.at(-1)?.push(index);
    else {
      groups.push([index]);
      top = root;
    }
  }
  return groups.map((group) => group.sort((a, b) => a - b)).sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0));
}

/** By components: what lies in a directory follows it at once. */
function compare(a = "", b = ""): number {
  const [left, right] = [a.replaceAll("/", "\0"), b.replaceAll("/", "\0")];
  return left < right ? -1 : left > right ? 1 : 0;
}

/**
 * Takes groups until there are none. One is worked on at a time, but while some wait for what is fetched, the next are begun: pip takes as long as
 * dozens of projects. `perform` hands `acquire` on as what may wait.
 */
export async function workThrough(subjects: readonly FoundSubject[], groups: Groups, queue: Queue, helps: boolean, acquirers: Acquirers, perform: (index: number, acquirers: Acquirers) => Promise<void>): Promise<void> {
  const baton = new Baton();
  const open = new Map<Promise<void>, number>();
  const errors: unknown[] = [];
  for (let next = Atomics.add(queue, 0, 1); next < groups.length; next = Atomics.add(queue, 0, 1)) {
    await baton.take();
    const group = next;
    const say = (value: number): void => {
      if (!helps) return;
      Atomics.store(queue, 1 + group, value);
      Atomics.notify(queue, 1 + group);
    };
    const patient: Acquirers = (options) => async (request) => {
      say(state.waiting);
      baton.give();
      try {
        return await acquirers(options)(request);
      } finally {
        await baton.take();
        say(state.busy);
      }
    };
    const run = async (): Promise<void> => {
      say(state.busy);
      try {
        for (const index of groups[group] ?? []) await perform(index, patient);
      } finally {
        say(state.done);
        await new Promise((resolve) => setImmediate(resolve)); // let messages and signals in
        baton.give();
      }
    };
    const running: Promise<void> = run().catch((error: unknown) => void errors.push(error)).finally(() => open.delete(running));
    open.set(running, (groups[group] ?? []).reduce((sum, index) => sum + (subjects[index]?.size ?? 0), 0));
    await Promise.race([running, baton.free()]);
    while ([...open.values()].reduce((sum, size) => sum + size, 0) > MOST_OPEN) await Promise.race(open.keys());
    if (errors.length > 0) break;
  }
  await Promise.all(open.keys());
  if (errors.length > 0) throw errors[0];
}

/** Held by one at a time, in the order in which it was asked for. */
class Baton {
  #last: Promise<void> = Promise.resolve();
  #give: () => void = () => undefined;

  async take(): Promise<void> {
    const before = this.#last;
    let give = (): void => undefined;
    this.#last = new Promise((resolve) => (give = resolve));
    await before;
    this.#give = give;
  }

  give(): void {
    this.#give();
  }

  /** Resolves when nobody holds it or waits for it. */
  free(): Promise<void> {
    return this.#last;
  }
}

/** Reports in the order of the subjects. `perform` is what the main thread does with one itself; helpers do the same (updateThread.ts). */
export async function shareOut<Options>(input: Omit<ThreadInput<Options>, "queue" | "groups">, helpers: number, acquirers: Acquirers, perform: (subject: FoundSubject, acquirers: Acquirers) => Promise<ProjectReport>, host: Host): Promise<ProjectReport[]> {
  const { subjects } = input;
  const groups = groupSubjects(subjects);
  const queue = new Int32Array(new SharedArrayBuffer(4 * (1 + groups.length)));
  const reports = Array.from<ProjectReport | undefined>({ length: subjects.length });
  let done = 0;
  const take = (index: number, report: ProjectReport): void => {
    reports[index] = report;
    host.progress(`Updating: ${++done} of ${subjects.length} projects`);
  };
  const whole: ThreadInput<Options> = { ...input, groups, queue };
  const threads = startThreads(helpers, "projects", undefined, whole).map((worker) => ({ worker, end: attend(worker, take, acquirers) }));
  const forget = atInterrupt(() => stop(queue, groups, subjects));
  try {
    await Promise.all([...threads.map(({ end }) => end), workThrough(subjects, groups, queue, false, acquirers, async (index, patient) => take(index, await perform(subjects[index] as FoundSubject, patient)))]);
  } finally {
    Atomics.add(queue, 0, groups.length); // after a failure: nobody takes another
    forget();
    await Promise.all(threads.map(({ worker }) => worker.terminate()));
  }
  return reports as ProjectReport[];
}

function attend(worker: Worker, take: (index: number, report: ProjectReport) => void, acquirers: Acquirers): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.on("message", (message: ThreadMessage) => {
      if (message.kind === "report") take(message.index, message.report);
      else if (message.kind === "done") resolve();
      else if (message.kind === "failure") reject(Object.assign(new Error(message.message), { stack: message.stack }));
      else {
        const { id } = message;
        const send = (answer: Acquired): void => worker.postMessage(answer);
        acquirers(message.options)(message.request).then(
          (distributions) => send({ id, distributions }),
          (error: unknown) => send({ id, message: (error as Error).message, wayOut: error instanceof Failure ? error.wayOut : undefined }),
        );
      }
    });
    worker.on("error", reject);
    worker.on("exit", (code) => reject(new Error(`invariant: a thread ended early (code ${code})`)));
  });
}

/** At a signal: threads finish the project at hand; what others have staged that wait for something to be fetched is dropped. */
function stop(queue: Queue, groups: Groups, subjects: readonly FoundSubject[]): void {
  Atomics.add(queue, 0, groups.length);
  const end = Date.now() + PATIENCE;
  for (const [index, group] of groups.entries()) {
    // What takes longer is cut off when the process ends, as by a kill: the next run repairs it.
    while (Atomics.load(queue, 1 + index) === state.busy && Date.now() < end) Atomics.wait(queue, 1 + index, state.busy, Math.max(1, end - Date.now()));
    if (Atomics.load(queue, 1 + index) === state.waiting) for (const each of group) recover(subjects[each]?.root ?? "");
  }
}
