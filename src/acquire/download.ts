/** URLs → files, through Python's own library: proxies, certificates and `.netrc` are then what they are for the user's other Python tools. */
import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Host } from "../host/host.ts";
import { Failure } from "../model/failure.ts";
import { redact } from "./redact.ts";

export interface Login {
  /** `https://host:443`. */
  readonly realm: string;
  readonly user: string;
  readonly password: string;
}

export interface DownloadTask {
  /** May hold credentials. */
  readonly url: string;
  /** Absolute; written where the download succeeds. */
  readonly path: string;
  /** Bytes; more is an error. */
  readonly limit?: number;
}

/** Undefined: it was fetched. Else why not, in words for people, and the HTTP status where there was an answer. */
export type DownloadEnd = { readonly error: string; readonly status: number | undefined } | undefined;

/** Seconds without a byte. */
const TIMEOUT = 30;

const script = [new URL("./download.py", import.meta.url), new URL("./acquire/download.py", import.meta.url)].map((url) => fileURLToPath(url));

/** One end a task, in order. `python` is how an interpreter (3.6 or newer) is run; `scratch` a private directory, since tasks may hold credentials. Throws Failure where there is no interpreter. */
export async function download(tasks: readonly DownloadTask[], python: readonly string[], known: readonly Login[], scratch: string, host: Host): Promise<DownloadEnd[]> {
  if (tasks.length === 0) return [];
  const job = join(mkdtempSync(join(scratch, "download-")), "job.json");
  const wanted = Number(host.variable("UV_HTTP_TIMEOUT") ?? host.variable("PIP_DEFAULT_TIMEOUT") ?? host.variable("PIP_TIMEOUT") ?? TIMEOUT);
  writeFileSync(job, JSON.stringify({ tasks, known, timeout: wanted > 0 ? wanted : TIMEOUT }), { mode: 0o600 });
  const [command = "", ...args] = python;
  const run = await host.execute(command, [...args, "-I", script.find((path) => existsSync(path)) ?? "", job], { cwd: scratch });
  if (!run) throw new Failure(`${command}: no such program, and archives are fetched with Python`, "Install Python 3.");
  const lines = run.stdout.split("\n").filter((line) => line !== "");
  return tasks.map((_, index): DownloadEnd => {
    const { status, error } = JSON.parse(lines[index] ?? '{"error": "the download was cut off"}') as { status?: number; error?: string };
    return error === undefined ? undefined : { error: redact(error), status };
  });
}
