#!/usr/bin/env node
/** argv → command → exit code. */
import { loadBundle } from "./loadBundle.ts";
import { VERSION } from "./version.ts";

const [first] = process.argv.slice(2);
// Scripts ask for the version at every start: answer without loading anything.
if (process.argv.length === 3 && (first === "--version" || first === "-V")) {
  process.stdout.once("error", ({ code }: NodeJS.ErrnoException) => {
    if (code === "EPIPE") return;
    process.stderr.write(`error: standard output: cannot be written (${code})\n  Send it elsewhere.\n`);
    process.exitCode = 2;
  });
  process.stdout.write(`${VERSION}\n`);
} else void loadBundle().main(process.argv).then((code) => (process.exitCode = code));
