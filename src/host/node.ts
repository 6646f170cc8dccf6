/** The host that is a Node process with, perhaps, a terminal. */
import { isatty } from "node:tty";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { Host } from "./host.ts";

interface Spinner {
  text: string;
  start(): Spinner;
  stop(): Spinner;
}

export interface NodeHost extends Host {
  /** Takes the progress line away. */
  quiet(): void;
}

/** Progress is drawn on standard error, on a terminal, and not where `CI` is set or `quiet` is asked for. */
export async function nodeHost(options: { readonly quiet: boolean }): Promise<NodeHost> {
  const draws = isatty(2) && !process.env["CI"] && !options.quiet;
  const spinner: Spinner | undefined = draws ? (await import("yocto-spinner")).default({ stream: process.stderr }) : undefined;
  let started = false;
  return {
    cwd: process.cwd(),
    progress(text) {
      if (!spinner) return;
      spinner.text = text;
      if (!started) spinner.start();
      started = true;
    },
    quiet: () => void spinner?.stop(),
    run(command, args, cwd) {
      const result = spawnSync(command, args, { cwd, encoding: "utf8", maxBuffer: 2 ** 28, stdio: ["ignore", "pipe", "ignore"] });
      return result.error ? undefined : { status: result.status ?? 1, stdout: result.stdout };
    },
    readStandardInput: () => readFileSync(0),
  };
}
