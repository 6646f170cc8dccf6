/** A SOURCE as the user types it → a distribution. */
import { statSync } from "node:fs";
import { resolve } from "node:path";
import type { Distribution } from "../model/distribution.ts";
import { Failure } from "../model/failure.ts";

/** `base` is the directory that relative paths start from. */
export async function acquire(source: string, base: string): Promise<Distribution> {
  const path = resolve(base, source);
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isDirectory()) return (await import("./directory.ts")).acquireDirectory(path, source);
  if (stats && /\.(tar\.(gz|bz2|xz)|tgz|zip)$/i.test(source)) {
    throw new Failure(`${source}: is a source distribution, which would have to be built`, `Build a wheel first, and name that: pip wheel --no-deps -w DIR ${source}`);
  }
  if (stats) {
    if (!source.toLowerCase().endsWith(".whl")) throw new Failure(`${source}: is not a wheel (its name does not end in .whl)`, "Name a wheel, or a directory with importable modules.");
    return (await import("./wheel.ts")).acquireWheel(path, source);
  }
  if (/^[A-Za-z0-9][\w.-]*(\[[^\]]*\])?\s*([=<>!~;@].*)?$/.test(source) && !/[/\\]|\.whl$/.test(source)) {
    throw new Failure(`${source}: no such file or directory`, `If you mean the distribution of that name, download its wheel and name that: pip download --no-deps -d DIR '${source}'`);
  }
  throw new Failure(`${source}: no such file or directory`, "Name a wheel, or a directory with importable modules.");
}
