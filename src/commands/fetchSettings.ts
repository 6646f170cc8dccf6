/** How requirements are fetched: the command line, else the configuration, else the defaults. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { FetchOptions } from "../acquire/fetch.ts";
import type { Configuration } from "../config/read.ts";
import { Failure } from "../model/failure.ts";

export interface FetchFlags {
  /** Undefined: as the configuration says. */
  readonly withDeps?: boolean | undefined;
  readonly onlyBinary?: boolean | undefined;
  readonly offline?: boolean | undefined;
  readonly allowYanked?: boolean | undefined;
  /** Folders, absolute, or URLs. */
  readonly findLinks?: readonly string[] | undefined;
  /** How pip is run, in one string, such as `python3.12 -m pip`. */
  readonly pip?: string | undefined;
  readonly engine?: "pip" | "uv" | undefined;
}

/** Throws Failure for a folder of the command line that is not there: pip would go on without it. */
export function fetchOptions(flags: FetchFlags, configuration: Configuration, root: string): FetchOptions {
  if (flags.pip?.trim() === "") throw new Failure("--pip is empty", "Say how pip is run: --pip 'python3.12 -m pip'.");
  for (const folder of flags.findLinks ?? []) if (!/^[a-z]+:\/\//i.test(folder) && !existsSync(folder)) throw new Failure(`${folder}: no such directory`, "Name a folder of archives, or a page of links: --find-links DIR.");
  return {
    withDeps: flags.withDeps ?? configuration["with-deps"] ?? false,
    onlyBinary: flags.onlyBinary ?? configuration["only-binary"] ?? false,
    offline: flags.offline === true,
    allowYanked: flags.allowYanked === true,
    findLinks: [...(flags.findLinks ?? []), ...(configuration["find-links"] ?? []).map((folder) => (/^[a-z]+:\/\//i.test(folder) ? folder : resolve(root, folder)))],
    engine: flags.engine ?? configuration.engine ?? "pip",
    pip: flags.pip?.split(/\s+/).filter((part) => part !== "") ?? ["python3", "-m", "pip"],
  };
}
