/** Tar archives (POSIX.1-1988 ustar, pax and GNU long names) for the audit; compressed ones are unpacked into memory, up to a limit. */
import { gunzipSync } from "node:zlib";
import { Failure } from "../model/failure.ts";
import type { TreeFile, Unreadable } from "../model/tree.ts";
import { isUnsafe } from "./zipTree.ts";

const BLOCK = 512;
const MAX_UNPACKED = 1 << 30;
const MAX_RATIO = 200;
const RATIO_SLACK = 64 * 2 ** 20;

/** Programs for compressions that this platform's own library does not know. They read standard input and write standard output only. */
const programs: Readonly<Record<string, readonly string[]>> = { bz2: ["bzip2", "-dc"], xz: ["xz", "-dc"], zst: ["zstd", "-dc"] };

/** Unpacks what is compressed with `compression` ("" for nothing). Throws Failure for damage, bombs, and where the program for it is missing. */
export function decompress(packed: Buffer, compression: string, path: string): Buffer {
  const limit = Math.min(MAX_UNPACKED, packed.length * MAX_RATIO + RATIO_SLACK);
  const bomb = (): Failure => new Failure(`${path}: unpacks to more than ${Math.floor(limit / 2 ** 20)} MiB`, "Look at what made it; unpack it by hand if it is meant to be so large.");
  if (compression === "") return packed;
  if (compression === "gz") {
    try {
      return gunzipSync(packed, { maxOutputLength: limit });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") throw bomb();
      throw new Failure(`${path}: the archive is damaged or cut off`, "Get the archive again.");
    }
  }
  const [program = "", ...args] = programs[compression] ?? [];
  const result = process.getBuiltinModule("node:child_process").spawnSync(program, args, { input: packed, maxBuffer: limit, stdio: ["pipe", "pipe", "ignore"] });
  if ((result.error as NodeJS.ErrnoException | undefined)?.code === "ENOENT") throw new Failure(`${path}: there is no ${program} here to unpack it`, `Install ${program}, or unpack the archive.`);
  if ((result.error as NodeJS.ErrnoException | undefined)?.code === "ENOBUFS") throw bomb();
  if (result.error ?? result.status !== 0) throw new Failure(`${path}: the archive is damaged or cut off`, "Get the archive again.");
  return result.stdout;
}

/** A regular file of a tar archive. */
export interface TarFile extends TreeFile {
  readonly executable: boolean;
}

export interface TarLink {
  /** A symbolic link's starts at its directory, a hard one's at the archive's root. */
  readonly target: string;
  readonly symbolic: boolean;
}

/** `path` is for messages, `problem` is told of every member that is left out and that could hold code; `links`, where it is given, takes every link and what it names as the archive has it. */
export function readTar(tar: Buffer, path: string, problem: (unreadable: Unreadable) => void, links?: Map<string, TarLink>): TarFile[] {
  const files = new Map<string, TarFile>();
  let [longName, longLink, longSize]: [string | undefined, string | undefined, number | undefined] = [undefined, undefined, undefined];
  let at = 0;
  let sound = false;
  while (at + BLOCK <= tar.length) {
    const header = tar.subarray(at, at + BLOCK);
    if (header.every((byte) => byte === 0)) break;
    if (!hasChecksum(header)) throw new Failure(`${path}: ${sound ? "the archive is damaged" : "is not a tar archive"}`, "Get the archive again.");
    sound = true;
    const type = String.fromCharCode(header[156] || 48);
    // Links, devices and directories have no content, whatever size they declare.
    const size = "123456".includes(type) ? 0 : (longSize ?? sizeOf(header));
    longSize = undefined;
    const content = tar.subarray(at + BLOCK, at + BLOCK + size);
    if (content.length < size) throw new Failure(`${path}: the archive is cut off`, "Get the archive again.");
    let start = at + BLOCK;
    // The map of a sparse file (GNU) goes on in blocks of its own.
    if (type === "S" && header[482] === 1) do start += BLOCK; while (tar[start - BLOCK + 504] === 1 && start < tar.length);
    at = start + Math.ceil(size / BLOCK) * BLOCK;
    if (type === "L") longName = field(content, 0, size);
    else if (type === "K") longLink = field(content, 0, size);
    else if (type === "x" || type === "X") {
      const records = paxRecords(content);
      longName = records.get("path") ?? longName;
      longLink = records.get("linkpath") ?? longLink;
      const declared = Number(records.get("size") ?? NaN);
      longSize = Number.isSafeInteger(declared) && declared >= 0 ? declared : undefined;
    }
    else if (type !== "g") {
      const name = (longName ?? fullName(header)).replace(/^(?:\.\/)+/, "").replace(/\/+$/, "");
      const target = longLink ?? field(header, 157, 100);
      [longName, longLink] = [undefined, undefined];
      if (type === "5" || name === "" || name === ".") continue;
      if (isUnsafe(name)) problem({ path: `${path}/${name}`, reason: "has a name that climbs out of the archive" });
      else if (type === "0" || type === "7") files.set(name, { path: name, executable: (parseInt(field(header, 100, 8).trim() || "0", 8) & 0o100) !== 0, read: () => content, peek: () => content });
      else if (links && (type === "1" || type === "2")) links.set(name, { target, symbolic: type === "2" });
      else if (links || /\.(?:py|whl|egg|zip)$/.test(name)) problem({ path: `${path}/${name}`, reason: type === "2" ? "is a symbolic link" : "is no regular file" });
    }
  }
  if (!sound && tar.some((byte) => byte !== 0)) throw new Failure(`${path}: is not a tar archive`, "Get the archive again.");
  return [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function hasChecksum(header: Buffer): boolean {
  let [unsigned, signed] = [8 * 32, 8 * 32]; // some archivers summed signed bytes
  for (let i = 0; i < BLOCK; i++) {
    if (i >= 148 && i < 156) continue;
    unsigned += header[i] ?? 0;
    signed += header.readInt8(i);
  }
  const declared = parseInt(field(header, 148, 8).trim() || "0", 8);
  return declared === unsigned || declared === signed;
}

function field(bytes: Buffer, start: number, length: number): string {
  const end = bytes.indexOf(0, start);
  return bytes.toString("utf8", start, end < 0 || end > start + length ? start + length : end);
}

/** Octal, or base 256 where the first bit is set. */
function sizeOf(header: Buffer): number {
  if (((header[124] ?? 0) & 0x80) !== 0) return Number(header.readBigUInt64BE(128));
  return parseInt(field(header, 124, 12).trim() || "0", 8) || 0;
}

function fullName(header: Buffer): string {
  const prefix = field(header, 257, 5) === "ustar" && header[263] === 48 ? field(header, 345, 155) : "";
  return prefix === "" ? field(header, 0, 100) : `${prefix}/${field(header, 0, 100)}`;
}

/** The records of a pax header: `LENGTH KEY=VALUE\n` each. */
function paxRecords(content: Buffer): Map<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < content.length; ) {
    const blank = content.indexOf(32, at);
    const length = parseInt(content.toString("latin1", at, blank), 10);
    if (blank < 0 || !(length > 0)) break;
    const [key = "", ...value] = content.toString("utf8", blank + 1, at + length - 1).split("=");
    records.set(key, value.join("="));
    at += length;
  }
  return records;
}
