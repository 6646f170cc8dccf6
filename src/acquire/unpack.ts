/** A wheel into a directory, every file verified against RECORD. */
import { createHash } from "node:crypto";
import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Failure } from "../model/failure.ts";
import { parseRecord } from "./metadata.ts";
import { listZip } from "./zip.ts";
import { ArchiveReader } from "./zipEntry.ts";

/** The wheel's own structure was checked before (`acquireWheel`). Returns the paths, with slashes. */
export async function unpackWheel(path: string, directory: string): Promise<{ readonly paths: readonly string[]; readonly executable: ReadonlySet<string> }> {
  const archive = new ArchiveReader(path);
  try {
    const entries = await listZip(path, statSync(path).size);
    const recordEntry = entries.find((entry) => /^[^/]+\.dist-info\/RECORD$/.test(entry.path));
    const rows = new Map(parseRecord(recordEntry ? archive.read(recordEntry.locator, recordEntry.path, recordEntry.size).toString("utf8") : "").map((row) => [row.path, row.hash]));
    for (const entry of entries) {
      const content = archive.read(entry.locator, entry.path, entry.size);
      const expected = rows.get(entry.path);
      if (expected && createHash(expected.algorithm).update(content).digest("base64url") !== expected.digest) {
        throw new Failure(`${path}: does not match its RECORD: '${entry.path}' has another digest`, "Get the wheel again; one that was changed by hand needs a new RECORD (`wheel unpack`, `wheel pack`).");
      }
      const target = join(directory, entry.path);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, content, { mode: (entry.mode & 0o100) !== 0 ? 0o755 : 0o644 });
    }
    return { paths: entries.map((entry) => entry.path), executable: new Set(entries.filter((entry) => (entry.mode & 0o100) !== 0).map((entry) => entry.path)) };
  } finally {
    archive.close();
  }
}
