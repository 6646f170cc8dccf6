#!/usr/bin/env node
/** argv → command → print → exit code. The only file that knows the process and its streams. */
import { fileURLToPath } from "node:url";
import { realpathSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { VERSION } from "./version.ts";

async function start(): Promise<void> {
  const [first] = process.argv.slice(2);
  // Scripts ask for the version at every start: answer without loading anything.
  if (process.argv.length === 3 && (first === "--version" || first === "-V")) {
    process.stdout.once("error", ({ code }: NodeJS.ErrnoException) => {
      if (code === "EPIPE") return;
      process.stderr.write(`error: standard output: cannot be written (${code})\n  Send it elsewhere.\n`);
      process.exitCode = 2;
    });
    process.stdout.write(`${VERSION}\n`);
    return;
  }
  // Most runs are over before code that was optimized early has paid for it: a fifth of their time went into the compiler.
  setFlagsFromString("--interrupt-budget=2000000");
  const { main } = await import("./main.ts");
  process.exitCode = await main(process.argv);
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) await start();
