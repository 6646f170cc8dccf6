/** Licence files of what goes inside a wheel, where its own are (PEP 639). A text that several have is there once, in a directory that names them all. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { contentOf } from "../acquire/content.ts";
import { type Distribution, normalisedName } from "../model/distribution.ts";

/** A licence that the distribution keeps in its `.dist-info`: it is found beside the wheel's, and not in the copy. */
export function isInfoLicense({ metadata }: Distribution, path: string): boolean {
  return metadata.licenseFiles.includes(path) && /^[^/]+\.dist-info\//.test(path);
}

/** Writes them below `<info>/licenses`; returns their names there. A text that the wheel has as its own is not repeated. */
export function copyLicenses(info: string, inside: readonly Distribution[]): string[] {
  const own = new Set(ownTexts(info).map(digest));
  const texts = new Map<string, { readonly content: Buffer; readonly name: string; readonly owners: Set<string> }>();
  for (const distribution of inside) {
    for (const file of distribution.files.filter(({ path }) => isInfoLicense(distribution, path))) {
      const content = contentOf(file);
      const key = digest(content);
      const known = texts.get(key) ?? { content, name: file.path.replace(/^[^/]+\.dist-info\/(licenses\/)?/, ""), owners: new Set<string>() };
      if (!own.has(key)) texts.set(key, known);
      known.owners.add(normalisedName(distribution.metadata.name));
    }
  }
  return [...texts.values()].map(({ content, name, owners }) => {
    const path = `vendored/${[...owners].join("+")}/${name}`;
    mkdirSync(dirname(join(info, "licenses", path)), { recursive: true });
    writeFileSync(join(info, "licenses", path), content);
    return path;
  });
}

function ownTexts(info: string): Buffer[] {
  const below = (directory: string, deep: boolean): Buffer[] => existsSync(directory)
    ? readdirSync(directory, { withFileTypes: true }).flatMap((entry) => (entry.isFile() ? [readFileSync(join(directory, entry.name))] : deep ? below(join(directory, entry.name), true) : []))
    : [];
  return [...below(info, false), ...below(join(info, "licenses"), true)];
}

function digest(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
