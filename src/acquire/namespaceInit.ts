/** `__init__.py` files that do nothing but declare a namespace package, in the two styles from before PEP 420. */
import type { SourceFile } from "../model/distribution.ts";
import { declaresNamespacePackage } from "../model/namespaceDeclaration.ts";

const MAX_SIZE = 2048;

/** Whether an `__init__.py` declares its package as a namespace package, whatever else it does. */
export function declaresNamespace(content: Buffer): boolean {
  return content.length > 0 && content.length <= MAX_SIZE && declaresNamespacePackage(content.toString("latin1"));
}

/**
 * What people would import from the package itself: definitions, public names, names out of the package's own modules (`top` is its first
 * component). Such a package moves as a whole; where nothing but `__version__` and the like is left, others may own parts of it.
 */
function holdsContent(content: Buffer, top: string): boolean {
  const code = content.toString("latin1").replace(/^[ \t]*[rRuU]?("""|''')[^]*?\1/gm, "").replace(/#[^\r\n]*/g, "");
  const own = [...code.matchAll(/^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import\b|import[ \t]+([\w.]+))/gm)].map(([, from, name]) => from ?? name ?? "");
  return /^[ \t]*(?:async[ \t]+def|def|class)\b|^(?!_|version\b)[^\W\d]\w*[ \t]*(?::[^=\r\n]+)?=(?!=)(?!.*\bextend_path\b)/m.test(code) || own.some((name) => name.startsWith(".") || name.split(".")[0] === top);
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
    const content = read(file);
    if (declaresNamespace(content) && !holdsContent(content, file.path.split("/")[0] ?? "")) found.add(file.path);
  }
  return found;
}
