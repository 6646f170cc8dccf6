/** What the build puts into one file: the command line, the workers, the public API. Each waits for who asks for it: a thread that began with all of it would begin late. */
import type { MessagePort } from "node:worker_threads";
import type { ThreadStart } from "./commands/threads.ts";

export const main = async (argv: readonly string[]): Promise<number> => (await import("./main.ts")).main(argv);

export async function serve(port: MessagePort, { work, input }: ThreadStart): Promise<void> {
  if (work === "jobs") (await import("./worker.ts")).serveJobs(port);
  else if (work === "digests") (await import("./digestWorker.ts")).serveDigests(port);
  else await (await import("./commands/updateThread.ts")).runThread(port, input);
}

/** At once, as those who `require` the package need it; the build knows this form too. */
export const publicApi = (): typeof import("./index.ts") => require("./index.ts") as typeof import("./index.ts");
