/** Top-level modules of the standard library, of Python 2.7 and 3.6 to 3.15, on every platform (`sys.stdlib_module_names` where there is one). */
import names from "./standardLibrary.json" with { type: "json" };

const known: ReadonlySet<string> = new Set(names);

export function isStandardLibrary(top: string): boolean {
  return known.has(top);
}
