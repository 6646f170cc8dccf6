/** Which files of an installed package belong to its distribution (RECORD, PEP 376): others may install parts into the same package. */
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { parseRecord } from "../acquire/metadata.ts";
import { fileFailure } from "../model/failure.ts";

/** Paths below the directory, with slashes, of the distribution that installed `path` there; undefined where none says so. */
export function filesInstalledWith(directory: string, path: string): ReadonlySet<string> | undefined {
  try {
    for (const info of readdirSync(directory).filter((name) => name.endsWith(".dist-info")).sort()) {
      const record = join(directory, info, "RECORD");
      if (!existsSync(record)) continue;
      const text = readFileSync(record, "utf8");
      if (!text.includes(path)) continue;
      const paths = new Set(parseRecord(text).map((row) => row.path));
      if (paths.has(path)) return paths;
    }
    return undefined;
  } catch (error) {
    throw fileFailure(error, directory);
  }
}

/** The nearest directory above (or at) a path that distributions are installed in; undefined where there is none. */
export function installationAbove(path: string): string | undefined {
  for (let at = path; dirname(at) !== at; at = dirname(at)) {
    if (existsSync(at) && statSync(at).isDirectory() && readdirSync(at).some((name) => name.endsWith(".dist-info"))) return at;
  }
  return undefined;
}

/** Distributions with files at or below `path`: their names, and what they installed. */
export function ownersOf(directory: string, path: string): { readonly name: string; readonly paths: ReadonlySet<string> }[] {
  try {
    return readdirSync(directory).filter((name) => name.endsWith(".dist-info")).sort().flatMap((info) => {
      const record = join(directory, info, "RECORD");
      if (!existsSync(record)) return [];
      const text = readFileSync(record, "utf8");
      if (!text.includes(path)) return [];
      const paths = new Set(parseRecord(text).map((row) => row.path));
      return [...paths].some((each) => each === path || each.startsWith(`${path}/`)) ? [{ name: info.split("-")[0] ?? "", paths }] : [];
    });
  } catch (error) {
    throw fileFailure(error, directory);
  }
}

/** The outermost directories of the package in which the distribution has no file; absolute. */
export function foreignDirectories(root: string, packageDirectory: string, owned: ReadonlySet<string>): string[] {
  const own = new Set<string>();
  for (const path of owned) for (let slash = path.lastIndexOf("/"); slash > 0; slash = path.lastIndexOf("/", slash - 1)) own.add(path.slice(0, slash));
  const below = (directory: string): string[] => readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory() && entry.name !== "__pycache__").flatMap((entry) => {
    const full = join(directory, entry.name);
    return own.has(full.slice(root.length + 1).split(sep).join("/")) ? below(full) : [full];
  });
  return existsSync(packageDirectory) ? below(packageDirectory) : [];
}
