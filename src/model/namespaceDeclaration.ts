/** How packages declared themselves namespace packages before PEP 420: with pkgutil, or with pkg_resources. */
const declaration = /__import__\(\s*["'](?:pkgutil|pkg_resources)["']\s*\)|\b(?:extend_path|declare_namespace)\s*\(/;

/** Whether the text of an `__init__.py` does so, whatever else it does. */
export function declaresNamespacePackage(text: string): boolean {
  return declaration.test(text);
}
