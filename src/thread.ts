/** Where a helper thread begins. */
import { parentPort } from "node:worker_threads";
import { loadBundle } from "./loadBundle.ts";

if (parentPort) loadBundle().serve(parentPort);
