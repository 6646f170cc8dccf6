/** Wheels (PEP 427): reads the directory and the metadata, checks RECORD against it; contents are read later, file by file. */
import { statSync } from "node:fs";
import { basename } from "node:path";
import type { Distribution, SourceFile } from "../model/distribution.ts";
import { Failure, fileFailure } from "../model/failure.ts";
import { digestOfFile } from "./digest.ts";
import { entryPointGroups } from "./entryPointGroups.ts";
import { licenseFilesOf } from "./licenseFiles.ts";
import { type RecordRow, parseMetadata, parseRecord } from "./metadata.ts";
import { namespaceInits } from "./namespaceInit.ts";
import { type ZipEntry, listZip } from "./zip.ts";
import { ArchiveReader } from "./zipEntry.ts";

const notAWheel = "Name a wheel (.whl) as `pip download` or `pip wheel` makes it, or a directory with importable modules.";

/** `path` is absolute; `requirement` is what the user typed. */
export async function acquireWheel(path: string, requirement: string): Promise<Distribution> {
  let archive: ArchiveReader;
  let size: number;
  try {
    const stats = statSync(path);
    if (!stats.isFile()) throw new Failure(`${path}: is no regular file`, notAWheel);
    size = stats.size;
    archive = new ArchiveReader(path);
  } catch (error) {
    throw fileFailure(error, path);
  }
  try {
    const entries = await listZip(path, size);
    const info = distInfo(path, entries);
    const read = (entry: ZipEntry): Buffer => archive.read(entry.locator, entry.path, entry.size);
    const text = (name: string): string => {
      const entry = entries.find((candidate) => candidate.path === `${info}/${name}`);
      if (!entry) throw new Failure(`${path}: is not a wheel: it has no ${info}/${name}`, notAWheel);
      return read(entry).toString("utf8");
    };
    const metadata = parseMetadata(text("METADATA"));
    if (!metadata.name || !metadata.version) throw new Failure(`${path}: ${info}/METADATA gives no Name and Version`, notAWheel);
    if (!/^[a-z\d](?:[\w.-]*[a-z\d])?$/i.test(metadata.name) || !/^[\x21-\x7e]+$/.test(metadata.version)) {
      throw new Failure(`${path}: ${info}/METADATA gives '${metadata.name}' '${metadata.version}', which are no name and version of a distribution`, notAWheel);
    }
    checkWheelVersion(path, text("WHEEL"));
    const record = checkRecord(path, info, entries, parseRecord(text("RECORD")));
    const { files, leftOut } = place(entries, record, info.replace(/\.dist-info$/, ".data"));
    const points = entries.find((entry) => entry.path === `${info}/entry_points.txt`);
    const licenseFiles = metadata.licenseFiles
      .flatMap((name) => [`${info}/licenses/${name}`, `${info}/${name}`])
      .filter((name) => files.some((file) => file.path === name));
    return {
      metadata: { name: metadata.name, version: metadata.version, requires: metadata.requires, licenseExpression: metadata.licenseExpression, licenseFiles: licenseFilesOf(files, licenseFiles) },
      source: sourceOf(path),
      requirement,
      files,
      ...(points ? { entryPointGroups: entryPointGroups(read(points).toString("utf8")) } : {}),
      leftOut,
      namespaceInits: namespaceInits(files, (file) => (file.locator.kind === "entry" ? archive.read(file.locator, file.path, file.size) : Buffer.alloc(0))),
    };
  } finally {
    archive.close();
  }
}

/** The digest is asked for at the end of a run, but for the next one's look at whether there is anything to do. */
function sourceOf(path: string): Distribution["source"] {
  let sha256: string | undefined;
  return {
    kind: "wheel",
    file: basename(path),
    get sha256() {
      return (sha256 ??= digestOfFile(path));
    },
  };
}

function distInfo(path: string, entries: readonly ZipEntry[]): string {
  const found = new Set(entries.flatMap((entry) => (entry.path.includes(".dist-info/") ? (/^([^/]+\.dist-info)\//.exec(entry.path)?.[1] ?? []) : [])));
  const [info, second] = found;
  if (info === undefined) throw new Failure(`${path}: is not a wheel: it has no .dist-info directory`, notAWheel);
  if (second !== undefined) throw new Failure(`${path}: is not a wheel: it has several .dist-info directories (${[...found].sort().join(", ")})`, notAWheel);
  return info;
}

function checkWheelVersion(path: string, text: string): void {
  const version = /^Wheel-Version:\s*(\d+)\./m.exec(text)?.[1];
  if (version !== "1") throw new Failure(`${path}: has wheel format version ${version ?? "unknown"}; this tool knows version 1`, "Look for a newer release of this tool, or build the wheel with a current pip.");
}

const digests = new Set(["sha256", "sha384", "sha512"]);

/** Every file is listed, with a digest, and every listed file is there; the digests are compared when the files are read. */
function checkRecord(path: string, info: string, entries: readonly ZipEntry[], rows: readonly RecordRow[]): ReadonlyMap<string, RecordRow> {
  const mismatch = (reason: string): Failure => new Failure(`${path}: does not match its RECORD: ${reason}`, "Get the wheel again; one that was changed by hand needs a new RECORD (`wheel unpack`, `wheel pack`).");
  const unlisted = new Set(["RECORD", "RECORD.jws", "RECORD.p7s"].map((name) => `${info}/${name}`));
  const byPath = new Map(rows.map((row) => [row.path, row]));
  const present = new Set(entries.map((entry) => entry.path));
  for (const { path: entry } of entries) {
    const row = byPath.get(entry);
    if (unlisted.has(entry)) continue;
    if (!row) throw mismatch(`'${entry}' is not listed`);
    if (!row.hash) throw mismatch(`'${entry}' has no digest`);
    if (!digests.has(row.hash.algorithm)) throw mismatch(`'${entry}' has a digest of type ${row.hash.algorithm}, which is not allowed`);
  }
  const missing = rows.find((row) => !present.has(row.path) && !row.path.endsWith("/"));
  if (missing) throw mismatch(`'${missing.path}' is listed and missing`);
  return byPath;
}

/** Where an installer puts each entry. Only purelib and platlib are importable content. */
function place(entries: readonly ZipEntry[], record: ReadonlyMap<string, RecordRow>, data: string): { files: SourceFile[]; leftOut: string[] } {
  const files: SourceFile[] = [];
  const leftOut: string[] = [];
  const prefix = `${data}/`;
  for (const entry of entries) {
    const inData = entry.path.startsWith(prefix) ? entry.path.slice(prefix.length) : undefined;
    const library = inData === undefined ? entry.path : /^(?:purelib|platlib)\/(.+)$/.exec(inData)?.[1];
    if (library === undefined || (library.endsWith(".pth") && /^[^/]+\.pth$/.test(library))) leftOut.push(entry.path);
    else files.push({ path: library, size: entry.size, executable: (entry.mode & 0o100) !== 0, locator: entry.locator, record: record.get(entry.path)?.hash });
  }
  return { files, leftOut };
}
