/** Where a helper thread begins; its data say what it is for. */
import { parentPort, workerData } from "node:worker_threads";
import { type ThreadStart, hasLoaded } from "./commands/threads.ts";
import { loadBundle } from "./loadBundle.ts";

if (parentPort) {
  const start = workerData as ThreadStart;
  const { serve } = loadBundle();
  hasLoaded(start);
  void serve(parentPort, start);
}
