/** The distribution around a root that is a package inside an installation: its metadata lies beside the package, outside the root. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { parseMetadata } from "./metadata.ts";

/** Name of the distribution that installed the outermost package around `root`; undefined where nothing says. */
export function surroundingDistribution(root: string): string | undefined {
  let top = root;
  while (existsSync(join(dirname(top), "__init__.py")) && dirname(top) !== top) top = dirname(top);
  const [site, name] = [dirname(top), basename(top)];
  let entries: string[];
  try {
    entries = readdirSync(site).filter((entry) => /\.(?:dist|egg)-info$/.test(entry)).sort();
  } catch {
    return undefined;
  }
  for (const entry of entries) {
    const text = (file: string): string => {
      try {
        return readFileSync(join(site, entry, file), "utf8");
      } catch {
        return "";
      }
    };
    const lists = text("RECORD").split(/\r?\n/).some((line) => line.startsWith(`${name}/`)) || text("top_level.txt").split(/\s+/).includes(name);
    if (lists) return parseMetadata(text("METADATA") || text("PKG-INFO")).name ?? entry.replace(/-\d.*$/, "");
  }
  return undefined;
}
