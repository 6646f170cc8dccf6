/** Where a helper thread begins; its data say what it is for. */
import { parentPort, workerData } from "node:worker_threads";
import { loadBundle } from "./loadBundle.ts";

if (parentPort) {
  const { serve, serveDigests } = loadBundle();
  if (workerData === "digests") serveDigests(parentPort);
  else serve(parentPort);
}
