/** `__init__.py` files that do nothing but declare a namespace package, in the two styles from before PEP 420. */
import type { SourceFile } from "../model/distribution.ts";

const declares = /__import__\(\s*["'](?:pkgutil|pkg_resources)["']\s*\)|\b(?:extend_path|declare_namespace)\s*\(/;
const MAX_SIZE = 2048;

/** Whether the content of an `__init__.py` is such a file's. */
export function declaresNamespace(content: Buffer): boolean {
  return content.length > 0 && content.length <= MAX_SIZE && declares.test(content.toString("latin1"));
}

/** Paths of such files. `read` is asked for few and small files only: those of top levels, and below them. */
export function namespaceInits(files: readonly SourceFile[], read: (file: SourceFile) => Buffer): ReadonlySet<string> {
  const found = new Set<string>();
  const inits = files.filter((file) => file.path.endsWith("/__init__.py") && file.size <= MAX_SIZE && file.size > 0);
  inits.sort((a, b) => a.path.split("/").length - b.path.split("/").length || (a.path < b.path ? -1 : 1));
  const packages = new Set(files.filter((file) => file.path.endsWith("/__init__.py")).map((file) => file.path.slice(0, -"/__init__.py".length)));
  for (const file of inits) {
    const directory = file.path.slice(0, -"/__init__.py".length);
    const above = directory.includes("/") ? directory.slice(0, directory.lastIndexOf("/")) : "";
    // Below a regular package everything moves with it.
    if (above !== "" && packages.has(above) && !found.has(`${above}/__init__.py`)) continue;
    if (declaresNamespace(read(file))) found.add(file.path);
  }
  return found;
}
