/** What the operating system provides: the distributions whose metadata lies in a directory. */
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { Failure, fileFailure } from "../model/failure.ts";
import type { Provided } from "./answers.ts";
import { parseMetadata } from "./metadata.ts";

/** Throws Failure where the directory cannot be read, or holds no distribution. */
export function readSystem(path: string): Provided[] {
  let names: string[];
  try {
    names = readdirSync(path).sort();
  } catch (error) {
    throw fileFailure(error, path);
  }
  const found = names.filter((name) => /\.(dist|egg)-info$/.test(name)).flatMap((name): Provided[] => {
    const entry = join(path, name);
    const file = statSync(entry).isFile() ? entry : [join(entry, "METADATA"), join(entry, "PKG-INFO")].find((each) => existsSync(each));
    if (file === undefined) return [];
    const metadata = parseMetadata(readFileSync(file, "utf8"));
    return metadata.name && metadata.version ? [{ name: metadata.name, version: metadata.version, requires: metadata.requires, path: entry }] : [];
  });
  if (found.length === 0) throw new Failure(`${path}: holds no installed distribution`, "Name the directory in which the system's .dist-info directories lie, such as /usr/lib/python3/dist-packages.");
  return found;
}
