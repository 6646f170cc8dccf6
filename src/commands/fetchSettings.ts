/** How requirements are fetched: the command line, else the configuration, else the defaults. */
import { resolve } from "node:path";
import type { FetchOptions } from "../acquire/fetch.ts";
import type { Configuration } from "../config/read.ts";

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

export function fetchOptions(flags: FetchFlags, configuration: Configuration, root: string): FetchOptions {
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
