/** Two readers of an archive's directory: what the quick one makes of an archive is what yauzl makes of it, and it leaves everything odd to yauzl. */
import { closeSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { readAnyDirectory } from "../../src/acquire/zipAnyDirectory.ts";
import { type DirectoryEntry, readOrdinaryDirectory } from "../../src/acquire/zipDirectory.ts";
import { temporary } from "./project.ts";
import { zip } from "./wheel.ts";

const archive = zip([
  { name: "herb/__init__.py", content: Buffer.from("import herb.core\n".repeat(40)) }, { name: "herb/core.py", content: Buffer.alloc(0), mode: 0o100755 },
  { name: "herb/data/a b.bin", content: Buffer.alloc(3000, 7) }, { name: "herb-1.dist-info/RECORD", content: Buffer.from("x") },
]);
const END = archive.length - 22;
const directoryStart = archive.readUInt32LE(END + 16);
let file = "";
beforeEach(() => (file = join(temporary(), "a.zip")));

function quick(content: Buffer): DirectoryEntry[] | undefined {
  writeFileSync(file, content);
  const descriptor = openSync(file, "r");
  try {
    return readOrdinaryDirectory(descriptor, content.length);
  } finally {
    closeSync(descriptor);
  }
}

function changed(change: (copy: Buffer) => void): Buffer {
  const copy = Buffer.from(archive);
  change(copy);
  return copy;
}

describe("an archive's directory", () => {
  test("the two readers agree on a sound one", async () => {
    const found = quick(archive);
    expect(found?.map(({ name }) => name)).toEqual(["herb/__init__.py", "herb/core.py", "herb/data/a b.bin", "herb-1.dist-info/RECORD"]);
    expect(found).toEqual(await readAnyDirectory(file));
  });

  test.each<[string, Buffer]>([
    ["a comment", Buffer.concat([changed((copy) => copy.writeUInt16LE(2, END + 20)), Buffer.from("hi")])],
    ["bytes behind the end", Buffer.concat([archive, Buffer.from("hi")])],
    ["bytes before the start", Buffer.concat([Buffer.from("#!/usr/bin/env python3\n"), archive])],
    ["several disks", changed((copy) => copy.writeUInt16LE(1, END + 4))],
    ["Zip64", changed((copy) => copy.writeUInt32LE(0xffffffff, END + 16))],
    ["a number of entries that is too small", changed((copy) => copy.writeUInt32LE(0x00030003, END + 8))],
    ["a number of entries that is too large", changed((copy) => copy.writeUInt32LE(0x00050005, END + 8))],
    ["an encrypted entry", changed((copy) => copy.writeUInt16LE(0x801, directoryStart + 8))],
    ["an extra field", changed((copy) => copy.writeUInt16LE(4, directoryStart + 30))],
    ["a name that is not ASCII", changed((copy) => copy.writeUInt8(0xe9, directoryStart + 46))],
    ["a size of Zip64", changed((copy) => copy.writeUInt32LE(0xffffffff, directoryStart + 24))],
    ["an end that is cut off", archive.subarray(0, -1)],
    ["nothing", Buffer.alloc(0)],
  ])("%s is left to the other one", (_, content) => {
    expect(quick(content)).toBeUndefined();
  });

  test("whatever byte is wrong: they agree, or the quick one leaves it", async () => {
    let taken = 0;
    for (let at = directoryStart; at < archive.length; at++) {
      for (const flip of [0x01, 0x80]) {
        const found = quick(changed((copy) => copy.writeUInt8(copy.readUInt8(at) ^ flip, at)));
        if (!found) continue;
        taken++;
        expect(found, `byte ${at} ^ ${flip}`).toEqual(await readAnyDirectory(file).catch((error: Error) => error.message));
      }
    }
    expect(taken).toBeGreaterThan(100);
  });
});
