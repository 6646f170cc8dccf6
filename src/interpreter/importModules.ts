/** Imports any number of modules, in processes side by side, each for a part of them; what ends a process is tried again in one of its own. */
import { availableParallelism } from "node:os";
import { isAtOrBelow } from "../model/name.ts";
import type { Interpreter } from "./find.ts";
import { type ImportTask, type ModuleEnd, type RequestedName, runProcess } from "./process.ts";
import type { Scratch } from "./scratch.ts";

// A process that is replaced gives back its memory; the more modules it takes, the fewer are loaded again in the next one.
const MOST_A_PROCESS = 250;
const MOST_PROCESSES = 8;
// So many modules may time out; then the rest counts as not tried.
const MOST_TIMEOUTS = 10;

export interface ImportRun {
  readonly ends: ReadonlyMap<string, ModuleEnd>;
  readonly requests: readonly RequestedName[];
}

export interface RunSettings {
  /** Seconds for one module. */
  readonly timeout: number;
  readonly scratch: Scratch;
  readonly progress: (done: number) => void;
  /** A process for each module. */
  readonly alone?: boolean;
}

export async function importModules(interpreter: Interpreter, task: ImportTask, settings: RunSettings): Promise<ImportRun> {
  const parallel = Math.min(availableParallelism(), MOST_PROCESSES);
  const size = settings.alone ? 1 : Math.max(1, Math.min(MOST_A_PROCESS, Math.ceil(task.modules.length / parallel)));
  const chunks = Array.from({ length: Math.ceil(task.modules.length / size) }, (_, index) => task.modules.slice(index * size, (index + 1) * size));
  const ends = new Map<string, ModuleEnd>();
  const requests = new Map<string, RequestedName>();
  let timeouts = 0;
  const run = async (modules: readonly string[]): Promise<string | undefined> => {
    const result = await runProcess(interpreter, { ...task, modules }, settings.timeout, settings.scratch);
    for (const [module, end] of result.ends) ends.set(module, end);
    for (const each of result.requests) requests.set(`${each.name}\0${each.at.join("\0")}`, each);
    if (result.aborted?.timedOut) timeouts++;
    settings.progress(ends.size);
    return result.aborted?.module;
  };
  const work = async (): Promise<void> => {
    for (let chunk = chunks.shift(); chunk; chunk = chunks.shift()) {
      while (chunk.length > 0) {
        const stopped: string | undefined = await run(chunk);
        if (stopped === undefined) break;
        const again: boolean = chunk.length > 1 && timeouts < MOST_TIMEOUTS && (await run([stopped])) === undefined;
        const reason = ends.get(stopped);
        const rest: string[] = chunk.slice(chunk.indexOf(stopped) + 1);
        // Whatever lies below a package needs the package.
        const doomed: readonly string[] = again || reason?.kind !== "aborted" ? [] : rest.filter((module) => isAtOrBelow(module, stopped));
        for (const module of doomed) ends.set(module, { kind: "aborted", how: `cannot be tried: ${stopped} ${reason?.kind === "aborted" ? reason.how : ""}` });
        chunk = rest.filter((module) => !doomed.includes(module));
        if (timeouts >= MOST_TIMEOUTS) {
          for (const module of [...chunk, ...chunks.splice(0).flat()]) ends.set(module, { kind: "aborted", how: `was not tried: ${timeouts} modules before it did not come to an end` });
          return;
        }
      }
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
  return { ends, requests: [...requests.values()].sort((a, b) => (a.at[0] === b.at[0] ? a.at[1] - b.at[1] : a.at[0] < b.at[0] ? -1 : 1)) };
}
