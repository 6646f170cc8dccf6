/** Makes wheels for tests, sound ones and ones that are wrong in a chosen way. */
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { crc32, deflateRawSync } from "node:zlib";

export interface RawEntry {
  readonly name: string;
  readonly content: Buffer;
  readonly mode?: number;
  /** Declared instead of the true size. */
  readonly size?: number;
  readonly crc?: number;
}

/** A zip archive; nothing about the names is checked. */
export function zip(entries: readonly RawEntry[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, mode = 0o100644, size = content.length, crc = crc32(content) } of entries) {
    const bytes = Buffer.from(name, "utf8");
    const packed = deflateRawSync(content);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(0x800, 2);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc >>> 0, 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(size, 18);
    common.writeUInt16LE(bytes.length, 22);
    const local = Buffer.concat([Buffer.from("504b0304", "hex"), common, bytes, packed]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE((mode << 16) >>> 0, 6);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from("504b01021403", "hex"), common, tail, bytes]));
    parts.push(local);
    offset += local.length;
  }
  const listing = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(listing.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, listing, end]);
}

export interface WheelOptions {
  readonly name?: string;
  readonly version?: string;
  readonly requires?: readonly string[];
  /** Changes the RECORD text before it is packed. */
  readonly record?: (text: string) => string;
  /** Entries that RECORD knows nothing of. */
  readonly extra?: readonly RawEntry[];
  readonly wheelVersion?: string;
  /** The licence that METADATA names; null: none. */
  readonly license?: string | null;
  readonly tag?: string;
}

/** Writes a wheel with these files into `directory`; returns its path. */
export function makeWheel(directory: string, files: Readonly<Record<string, string | Buffer>>, options: WheelOptions = {}): string {
  const { name = "alib", version = "1.0", requires = [], record = (text: string) => text, extra = [], wheelVersion = "1.0", license = "MIT", tag = "py3-none-any" } = options;
  const info = `${name}-${version}.dist-info`;
  const entries: RawEntry[] = [
    ...Object.entries(files).map(([path, content]) => ({ name: path, content: Buffer.from(content as string) })),
    { name: `${info}/METADATA`, content: Buffer.from(`Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n${requires.flatMap((line) => /extra == '(\w+)'/.exec(line)?.[1] ?? []).map((extra) => `Provides-Extra: ${extra}\n`).join("")}${requires.map((line) => `Requires-Dist: ${line}\n`).join("")}${license === null ? "" : `License: ${license}\n`}\nText.\n`) },
    { name: `${info}/WHEEL`, content: Buffer.from(`Wheel-Version: ${wheelVersion}\nRoot-Is-Purelib: true\nTag: ${tag}\n`) },
  ];
  const rows = entries.map((entry) => `${entry.name},sha256=${createHash("sha256").update(entry.content).digest("base64url")},${entry.content.length}\n`);
  const text = record(`${rows.join("")}${info}/RECORD,,\n`);
  const path = join(directory, `${name}-${version}-${tag}.whl`);
  writeFileSync(path, zip([...entries, { name: `${info}/RECORD`, content: Buffer.from(text) }, ...extra]));
  return path;
}
