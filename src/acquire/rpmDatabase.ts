/**
 * Which package of an RPM system a file belongs to, by rpm's own database: its SQLite form (Fedora, RHEL 9) and its ndb form (SUSE) are read from the
 * file; of the older Berkeley DB only `rpm` itself knows, where it is installed.
 */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { Failure } from "../model/failure.ts";
import { type RandomAccess, ofFile } from "./randomAccess.ts";
import { tableRows } from "./sqliteTable.ts";

/** Where distributions keep it. */
const directories = ["var/lib/rpm", "usr/lib/sysimage/rpm", "usr/share/rpm"];
/** Of Berkeley DB. */
const OLD = "Packages";

/** Tags of a header (rpm's rpmtag.h). */
const [NAME, DIRINDEXES, BASENAMES, DIRNAMES] = [1000, 1116, 1117, 1118];
const MAX_HEADER = 256 * 2 ** 20;

export interface RpmDatabase {
  readonly path: string;
  readonly kind: "sqlite" | "ndb" | "bdb";
}

/** The database of the system whose root directory `base` is. */
export function rpmDatabase(base: string): RpmDatabase | undefined {
  for (const directory of directories) {
    for (const [name, kind] of [["rpmdb.sqlite", "sqlite"], ["Packages.db", "ndb"], [OLD, "bdb"]] as const) {
      const path = join(base, directory, name);
      if (existsSync(path)) return { path, kind };
    }
  }
  return undefined;
}

/** Names of packages by path. `wanted` are paths on the installed system: files, or directories of which a package has something. Throws Failure where the database cannot be read. */
export function rpmOwners({ path, kind }: RpmDatabase, wanted: ReadonlySet<string>): Map<string, string> {
  const found = new Map<string, string>();
  if (kind === "bdb") return found;
  const parents = new Set([...wanted].map((each) => dirname(each)));
  const file = ofFile(path);
  const log = existsSync(`${path}-wal`) ? ofFile(`${path}-wal`) : undefined;
  try {
    for (const header of kind === "sqlite" ? sqliteHeaders(file, log, path) : ndbHeaders(file, path)) note(header, wanted, parents, found);
  } catch (error) {
    if (error instanceof RangeError) throw new Failure(`${path}: the database is damaged or cut off`, "Repair it: rpm --rebuilddb.");
    throw error;
  } finally {
    file.close();
    log?.close();
  }
  return found;
}

function* sqliteHeaders(file: RandomAccess, log: RandomAccess | undefined, path: string): Generator<Buffer> {
  for (const [, blob] of tableRows(file, log, "Packages", path)) if (Buffer.isBuffer(blob)) yield blob;
}

/** Slots of 16 bytes say where a package's header lies, in blocks of 16 bytes. */
function* ndbHeaders(file: RandomAccess, path: string): Generator<Buffer> {
  const head = file.read(0, 32);
  if (head.length < 32 || head.toString("latin1", 0, 4) !== "RpmP" || head.readUInt32LE(4) !== 0) throw new Failure(`${path}: is no package database of rpm`, "Repair it: rpm --rebuilddb.");
  const slots = file.read(0, Math.min(file.size, head.readUInt32LE(12) * 4096));
  for (let at = 32; at + 16 <= slots.length; at += 16) {
    const block = slots.readUInt32LE(at + 8);
    if (slots.toString("latin1", at, at + 4) !== "Slot" || block === 0) continue;
    const blob = file.read(block * 16, 16);
    if (blob.length < 16 || blob.toString("latin1", 0, 4) !== "BlbS" || blob.readUInt32LE(12) > MAX_HEADER) throw new Failure(`${path}: the database is damaged or cut off`, "Repair it: rpm --rebuilddb.");
    yield file.read(block * 16 + 16, Math.min(blob.readUInt32LE(12), file.size));
  }
}

/** A header: two counts, an index of tags (number, type, offset, count), the values. */
function note(header: Buffer, wanted: ReadonlySet<string>, parents: ReadonlySet<string>, found: Map<string, string>): void {
  const data = 8 + 16 * header.readUInt32BE(0);
  const at = new Map<number, readonly [offset: number, count: number]>();
  for (let entry = 8; entry < data; entry += 16) at.set(header.readUInt32BE(entry), [data + header.readUInt32BE(entry + 8), header.readUInt32BE(entry + 12)]);
  const texts = (tag: number): string[] => {
    const [offset, count] = at.get(tag) ?? [0, 0];
    const values: string[] = [];
    for (let from = offset; values.length < count && from < header.length; ) {
      const end = header.indexOf(0, from);
      if (end < 0) break;
      values.push(header.toString("utf8", from, end));
      from = end + 1;
    }
    return values;
  };
  const name = texts(NAME)[0];
  if (name === undefined || !/^[A-Za-z0-9][\w.+-]*$/.test(name)) return;
  const directories = texts(DIRNAMES);
  const take = (path: string): void => {
    if (wanted.has(path) && !found.has(path)) found.set(path, name);
  };
  for (const directory of directories) for (let end = directory.length - 1; end > 0; end = directory.lastIndexOf("/", end - 1)) take(directory.slice(0, end));
  if (!directories.some((directory) => parents.has(directory.slice(0, -1)))) return;
  const [indexAt, count] = at.get(DIRINDEXES) ?? [0, 0];
  texts(BASENAMES).slice(0, count).forEach((base, position) => take(`${directories[header.readUInt32BE(indexAt + 4 * position)] ?? ""}${base}`));
}
