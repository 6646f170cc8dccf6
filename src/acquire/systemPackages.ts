/** Which package of the operating system a file belongs to: by the lists of dpkg or rpm, or by what an unpacked package shows of itself. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import type { Host } from "../host/host.ts";
import { Failure } from "../model/failure.ts";
import type { Unreadable } from "../model/tree.ts";
import { type RpmDatabase, rpmDatabase, rpmOwners } from "./rpmDatabase.ts";

export interface SystemOwner {
  readonly package: string;
  readonly update: string;
}

export interface Listener {
  /** Lists that are damaged. */
  problem(unreadable: Unreadable): void;
  /** What is not known for another reason. */
  notice(text: string): void;
}

/** Files that change whenever the lists do which `systemOwners` would look into. */
export function systemLists(root: string): string[] {
  const found: string[] = [];
  for (let base = root; ; base = dirname(base)) {
    const database = rpmDatabase(base);
    found.push(...[join(base, "var/lib/dpkg/status"), ...(database ? [database.path] : [])].filter((path) => existsSync(path)));
    if (dirname(base) === base) return found;
  }
}

/** `paths` are absolute. Lists are read once, and only when there is something to look up. */
export function systemOwners(root: string, paths: readonly string[], host: Pick<Host, "run">, listener: Listener): ReadonlyMap<string, SystemOwner> {
  const found = new Map<string, SystemOwner>();
  if (paths.length === 0) return found;
  for (let base = root; ; base = dirname(base)) {
    const database = rpmDatabase(base);
    if (database) {
      readRpm(database, base, paths, host, listener, found);
      if (found.size > 0) return found;
    }
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

function readRpm(database: RpmDatabase, base: string, paths: readonly string[], host: Pick<Host, "run">, listener: Listener, found: Map<string, SystemOwner>): void {
  const wanted = new Map(paths.map((path) => [`/${relative(base, path)}`, path]));
  const update = rpmUpdate(base);
  const take = (path: string | undefined, name: string): void => {
    if (path !== undefined && /^[A-Za-z0-9][\w.+-]*$/.test(name)) found.set(path, { package: name, update: `${update} ${name}` });
  };
  try {
    for (const [path, name] of rpmOwners(database, new Set(wanted.keys()))) take(wanted.get(path), name);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    listener.problem({ path: database.path, reason: `${error.message.replace(/^.*?: /s, "")}; the packages of its files are not known` });
  }
  if (database.kind !== "bdb") return;
  // Only of the running system: of another one rpm would have to be told its root, for which it needs to be the superuser.
  const run = base === "/" ? host.run("rpm", ["-qf", "--queryformat", "%{NAME}\\n", ...paths], "/") : undefined;
  if (!run) listener.notice(`${database.path} is in Berkeley DB's form, which only rpm reads: what package a copy belongs to is not known`);
  else run.stdout.split("\n").slice(0, paths.length).forEach((name, position) => take(paths[position], name));
}

/** The command that updates a package. */
function rpmUpdate(base: string): string {
  let release = "";
  try {
    release = readFileSync(join(base, "etc/os-release"), "utf8");
  } catch {
    // It is not there: then what is installed tells.
  }
  if (/^ID(?:_LIKE)?=.*suse/m.test(release) || existsSync(join(base, "usr/bin/zypper"))) return "zypper update";
  return existsSync(join(base, "usr/bin/yum")) && !existsSync(join(base, "usr/bin/dnf")) ? "yum update" : "dnf upgrade";
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
