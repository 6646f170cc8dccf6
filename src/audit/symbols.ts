/** Whether the module of a vulnerable function is in a copy: `urllib3.contrib.socks.SOCKSConnection` is in `urllib3/contrib/socks.py`. */
import type { Copy } from "../model/audit.ts";

type Holds = (symbol: string) => { readonly module: string; readonly present: boolean } | undefined;

/** Only a copy that was compared with its release can say what is missing. */
export function holdsSymbol({ differences }: Pick<Copy, "differences">): Holds {
  return (symbol) => {
    if (!differences) return undefined;
    const path = symbol.replaceAll(".", "/");
    for (let prefix = path; prefix !== ""; prefix = prefix.slice(0, Math.max(0, prefix.lastIndexOf("/")))) {
      const module = differences.missing.find((missing) => missing === `${prefix}.py` || missing === `${prefix}/__init__.py`);
      if (module !== undefined) return { module, present: false };
    }
    return { module: path, present: true };
  };
}

/** Whether the file that an advisory's text names was left out; undefined where it is no module of this library, or more than one could be meant. */
export function leavesOutFile({ differences, places }: Pick<Copy, "differences" | "places">): (file: string) => boolean | undefined {
  return (file) => {
    if (!differences) return undefined;
    const ends = (path: string): boolean => path === file || path.endsWith(`/${file}`);
    const missing = differences.missing.filter(ends);
    const present = [...differences.relocated, ...differences.changed, ...differences.added, ...differences.same].some(ends) || places.some(ends);
    if (present) return false;
    return missing.length === 1 ? true : undefined;
  };
}
