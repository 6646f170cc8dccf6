/** Pure: where copies go in a wheel that says nothing about it. */
import { type SourceFile, normalisedName } from "../model/distribution.ts";
import { type DottedName, isIdentifier, keywords, topLevel } from "../model/name.ts";

/** Names for the namespace in a package, the first that the package does not have itself. */
export const namespaceNames = ["_vendor", "_vendored", "_relocated"] as const;

const manifest = "vendored.json";

export type HomeFile = Pick<SourceFile, "path" | "size">;

/**
 * The namespace, or why there is none. The package is the one that is called like the distribution, else the only one that is no collection of tests
 * or the like, else the one that its commands start. `files` are those below site-packages, `entryPoints` the text of entry_points.txt.
 */
export function defaultNamespace(files: readonly HomeFile[], distribution: string, entryPoints: string): { readonly namespace: DottedName } | { readonly why: string } {
  const packages = [...new Set(files.flatMap(({ path }) => /^([^/]+)\/__init__\.py$/.exec(path)?.[1] ?? []))].filter((name) => isIdentifier(name) && !keywords.has(name)).sort();
  if (packages.length === 0) return { why: "holds no package for a namespace" };
  const ordinary = packages.filter((name) => !/^(?:tests?|docs?|examples?|scripts|tools|benchmarks)$/.test(name));
  const started = /^[ \t]*\[console_scripts\][^[]*?^[^=\n[]+=\s*([\w.]+)/m.exec(entryPoints)?.[1];
  const own = packages.find((name) => normalisedName(name) === normalisedName(distribution)) ?? (ordinary.length === 1 ? ordinary[0] : undefined) ?? packages.find((name) => started !== undefined && name === topLevel(started));
  if (own === undefined) return { why: `holds several packages (${packages.join(", ")})` };
  const free = namespaceNames.find((name) => isFree(files, `${own}/${name}`));
  return free === undefined ? { why: `has ${namespaceNames.map((name) => `${own}.${name}`).join(", ")} already` } : { namespace: `${own}.${free}` };
}

/** What copies lie in already is free; so is an empty package. */
function isFree(files: readonly HomeFile[], place: string): boolean {
  if (files.some(({ path }) => path === `${place}/${manifest}`)) return true;
  return !files.some(({ path, size }) => (path.startsWith(`${place}/`) && !(path === `${place}/__init__.py` && size === 0)) || path.startsWith(`${place}.`));
}
