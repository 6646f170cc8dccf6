/** Which package of the operating system a file belongs to: by dpkg's own lists, or by what an unpacked package shows of itself. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";

export interface SystemOwner {
  readonly package: string;
  readonly update: string;
}

/** `paths` are absolute. Lists are read once, and only when there is something to look up. */
export function systemOwners(root: string, paths: readonly string[]): ReadonlyMap<string, SystemOwner> {
  const found = new Map<string, SystemOwner>();
  if (paths.length === 0) return found;
  for (let base = root; ; base = dirname(base)) {
    const lists = join(base, "var/lib/dpkg/info");
    if (existsSync(lists)) {
      readLists(lists, base, paths, found);
      if (found.size > 0) return found;
    }
    const unpacked = unpackedPackage(base);
    if (unpacked !== undefined) {
      for (const path of paths) if (!found.has(path)) found.set(path, ownerOf(unpacked));
      return found;
    }
    if (dirname(base) === base) return found;
  }
}

function ownerOf(name: string): SystemOwner {
  return { package: name, update: `apt-get install --only-upgrade ${name}` };
}

function readLists(directory: string, base: string, paths: readonly string[], found: Map<string, SystemOwner>): void {
  const wanted = new Map(paths.map((path) => [`/${relative(base, path)}`, path]));
  let names: string[] = [];
  try {
    names = readdirSync(directory).filter((name) => name.endsWith(".list")).sort();
  } catch {
    return; // not ours to read: the owner is not known then
  }
  for (const name of names) {
    if (found.size === wanted.size) return;
    let text: string;
    try {
      text = readFileSync(join(directory, name), "utf8");
    } catch {
      continue;
    }
    for (const line of text.split("\n")) {
      const path = wanted.get(line);
      if (path !== undefined && !found.has(path)) found.set(path, ownerOf(packageName(name.slice(0, -".list".length))));
    }
  }
}

/** Without the architecture: `libfoo:amd64`. Names of packages are of a small alphabet (Debian policy, 5.6.1). */
function packageName(name: string): string {
  return name.replace(/:.*$/, "").replace(/[^a-z0-9+.-]/gi, "_");
}

/** What `dpkg-deb -x` or `-R` leaves, or a package under construction: its control file, or its only directory in usr/share/doc. */
function unpackedPackage(base: string): string | undefined {
  const control = ["DEBIAN/control", "CONTROL/control"].map((path) => join(base, path)).find((path) => existsSync(path));
  if (control !== undefined) {
    try {
      const name = /^Package:\s*([a-z0-9][a-z0-9+.-]*)\s*$/m.exec(readFileSync(control, "utf8"))?.[1];
      if (name !== undefined) return name;
    } catch {
      return undefined;
    }
  }
  const documents = join(base, "usr/share/doc");
  if (!existsSync(documents) || existsSync(join(base, "var/lib/dpkg"))) return undefined;
  const names = readdirSync(documents, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return names.length === 1 && /^[a-z0-9][a-z0-9+.-]*$/.test(names[0] ?? "") ? names[0] : undefined;
}
