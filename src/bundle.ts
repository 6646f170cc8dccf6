/** What the build puts into one file: the command line, the workers, the public API. */
export * from "./index.ts";
export { main } from "./main.ts";
export { serve } from "./worker.ts";
export { serveDigests } from "./digestWorker.ts";
