/** Licence files by their names, wherever authors put them: metadata lists them only since PEP 639, and not always. */
import type { SourceFile } from "../model/distribution.ts";

const named = /^(un)?(licen[cs]es?|copying|copyright|notice|authors)([-._].*)?$/i;
const code = /\.(py|pyi|pyc|so|pyd)$/i;

/** True for `LICENSE`, `COPYING.txt`, `NOTICE` and the like. */
export function isLicenseName(name: string): boolean {
  return named.test(name) && !code.test(name);
}

/** Paths of licence files: those that metadata lists, those in `.dist-info`, and those at the top of a package. Sorted. */
export function licenseFilesOf(files: readonly SourceFile[], listed: readonly string[]): string[] {
  const found = files.map((file) => file.path).filter((path) => {
    const parts = path.split("/");
    const name = parts.at(-1) ?? "";
    if (/^[^/]+\.dist-info\/(licenses|license_files)\/./.test(path)) return true;
    return parts.length <= 2 && isLicenseName(name);
  });
  return [...new Set([...listed, ...found])].sort();
}
