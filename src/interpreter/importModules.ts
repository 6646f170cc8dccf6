/** Imports any number of modules, in processes side by side, each for a part of them; what ends a process is tried again in one of its own. */
import { availableParallelism } from "node:os";
import { isAtOrBelow } from "../model/name.ts";
import type { Interpreter } from "./find.ts";
import { type ImportTask, type ModuleEnd, type RequestedName, runProcess } from "./process.ts";
import type { Scratch } from "./scratch.ts";

// A process that is replaced gives back its memory; the more modules it takes, the fewer are loaded again in the next one.
const MOST_A_PROCESS = 250;
const MOST_PROCESSES = 8;
// So many attempts may time out; then the rest counts as not tried.
const MOST_TIMEOUTS = 20;

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
    for (const each of result.requests) requests.set([each.name, ...each.at, ...(each.client ?? [])].join("\0"), each);
    if (result.aborted?.timedOut) timeouts++;
    settings.progress(ends.size);
    return result.aborted?.module;
  };
  /** Packages and modules that end a process of their own: whatever lies below needs them. */
  const fatal = new Set<string>();
  /** Finds out, one by one, what of a module and of the packages above it ends the process. */
  const tryAlone = async (module: string): Promise<void> => {
    const above = task.modules.filter((name) => name !== module && isAtOrBelow(module, name) && !ends.has(name));
    for (const name of [...above.toSorted((a, b) => a.length - b.length), module]) {
      if (timeouts >= MOST_TIMEOUTS) return;
      if ((await run([name])) === undefined) continue;
      fatal.add(name);
      return;
    }
  };
  const skipFatal = (modules: readonly string[]): string[] => modules.filter((module) => {
    const because = [...fatal].find((name) => isAtOrBelow(module, name));
    if (because !== undefined && module !== because) ends.set(module, { kind: "untried", because });
    return because === undefined;
  });
  const work = async (): Promise<void> => {
    for (let chunk = chunks.shift(); chunk; chunk = chunks.shift()) {
      for (chunk = skipFatal(chunk); chunk.length > 0; ) {
        const stopped: string | undefined = await run(chunk);
        if (stopped === undefined) break;
        await tryAlone(stopped);
        chunk = skipFatal(chunk.slice(chunk.indexOf(stopped) + 1));
        if (timeouts < MOST_TIMEOUTS) continue;
        for (const module of [...chunk, ...skipFatal(chunks.splice(0).flat())]) ends.set(module, { kind: "untried", because: undefined });
        return;
      }
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
  return { ends, requests: [...requests.values()].sort((a, b) => (a.at[0] === b.at[0] ? a.at[1] - b.at[1] : a.at[0] < b.at[0] ? -1 : 1)) };
}
