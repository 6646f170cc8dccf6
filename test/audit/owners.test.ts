/** Whose package a copy lies in, by rpm's database; fixtures/audit/rpm holds one that rpm 4.18 wrote. */
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { ofBuffer } from "../../src/acquire/randomAccess.ts";
import { tableRows } from "../../src/acquire/sqliteTable.ts";
import { join, temporary, write } from "../vendor/project.ts";
import { audit, has, run } from "./support.ts";

const sqlite = gunzipSync(readFileSync(join(import.meta.dirname, "../../fixtures/audit/rpm/rpmdb.sqlite.gz")));
const HERBS = "usr/lib/python3.11/site-packages/herbs";

/** An unpacked system with two packages' files, and one file that is nobody's. */
function system(database: Record<string, string | Buffer>): string {
  return write(temporary(), {
    [`${HERBS}/__init__.py`]: "", [`${HERBS}/_vendor/__init__.py`]: "", [`${HERBS}/_vendor/thyme/__init__.py`]: '__version__ = "3.1"\n', [`${HERBS}/_vendor/sage.py`]: '__version__ = "2.0"\n',
    "usr/share/other/third_party/mint.py": '__version__ = "1.5"\n', "usr/share/mine/third_party/dill.py": '__version__ = "0.1"\n', ...database,
  });
}

function owners(root: string, ...more: string[]): Record<string, unknown> {
  return Object.fromEntries(audit(root, ...more).copies.map((copy) => [copy.name, copy.owner]));
}

const expected = { thyme: "python3-herbs", sage: "python3-herbs", mint: "other-tool", dill: null };

test.each([["var/lib/rpm"], ["usr/lib/sysimage/rpm"]])("rpm's SQLite database in %s, of the system and of a directory in it", (directory) => {
  const root = system({ [`${directory}/rpmdb.sqlite`]: sqlite });
  expect(owners(root)).toEqual(expected);
  expect(owners(join(root, HERBS))).toEqual({ thyme: "python3-herbs", sage: "python3-herbs" });
});

test("the command that updates it is the system's own", () => {
  const command = (release: string): string => {
    const root = system({ "var/lib/rpm/rpmdb.sqlite": sqlite, "etc/os-release": release, "db/A.json": JSON.stringify({ id: "A-1", modified: "2024-01-01T00:00:00Z", affected: [{ package: { ecosystem: "PyPI", name: "thyme" }, ranges: [{ type: "ECOSYSTEM", events: [{ introduced: "0" }] }] }] }) });
    return run([root, "--db", join(root, "db")]).stdout;
  };
  expect(command('ID=fedora\nID_LIKE="x"\n')).toContain("dnf upgrade python3-herbs");
  expect(command('ID="opensuse-leap"\nID_LIKE="suse opensuse"\n')).toContain("zypper update python3-herbs");
});

test("what a write-ahead log holds counts, and what was not committed does not", () => {
  if (!has("python3")) return;
  const root = system({ "var/lib/rpm/rpmdb.sqlite": sqlite });
  const change = (statements: string): void => {
    const script = `import os, sqlite3, sys\nc = sqlite3.connect(sys.argv[1], isolation_level=None)\nc.execute("pragma wal_autocheckpoint=0")\n${statements}\nos._exit(0)\n`;
    expect(spawnSync("python3", ["-c", script, join(root, "var/lib/rpm/rpmdb.sqlite")]).status).toBe(0);
  };
  change('c.execute("begin")\nc.execute("delete from Packages where hnum = 2")');
  expect(owners(root)).toEqual(expected);
  change('c.execute("delete from Packages where hnum = 2")');
  const now = Object.values(owners(root)).filter((each) => each !== null);
  expect(new Set(now).size).toBe(1);
});

test("rpm's ndb database", () => {
  const headers = [...tableRows(ofBuffer(sqlite), undefined, "Packages", "x")].map(([, blob]) => blob as Buffer);
  const root = system({ "usr/lib/sysimage/rpm/Packages.db": ndb(headers) });
  expect(owners(root)).toEqual(expected);
});

test("Berkeley DB without rpm: not known, and said", () => {
  const root = system({ "var/lib/rpm/Packages": "\0\0\0\0" });
  const { status, stdout } = run([root]);
  expect([status, stdout.replaceAll(/\s+/g, " ")]).toEqual([0, expect.stringContaining("is in Berkeley DB's form")]);
});

test("a damaged database is said, and the audit goes on", () => {
  const whole = system({ "var/lib/rpm/rpmdb.sqlite": sqlite });
  expect(audit(whole).findings).toEqual([]);
  // Every page in turn is overwritten, and the file cut off at many places: nothing hangs, nothing throws.
  const file = join(whole, "var/lib/rpm/rpmdb.sqlite");
  for (const damaged of [Buffer.alloc(0), Buffer.from("SQLite format 3\0"), sqlite.subarray(0, 5000), Buffer.concat([sqlite.subarray(0, 4096), Buffer.alloc(4096, 255), sqlite.subarray(8192)])]) {
    writeFileSync(file, damaged);
    const { status, findings, copies } = audit(whole);
    expect([status, findings.map(({ code }) => code), copies.length]).toEqual([1, ["unreadable"], 4]);
  }
  for (let at = 0; at < sqlite.length; at += 997) {
    const copy = Buffer.from(sqlite);
    copy.fill(at % 256, at, at + 64);
    for (const damaged of [copy, sqlite.subarray(0, at)]) {
      try {
        for (const [, blob] of tableRows(ofBuffer(damaged), undefined, "Packages", "x")) expect(Buffer.isBuffer(blob) ? blob.length : 0).toBeLessThan(2 ** 28);
      } catch (error) {
        expect((error as Error).message).toMatch(/damaged|no table|no SQLite|outside buffer|out of range/);
      }
    }
  }
  rmSync(file);
});

/** The form of rpm's ndb: a page of slots, then the headers in blocks of 16 bytes. */
function ndb(headers: readonly Buffer[]): Buffer {
  const words = (...numbers: number[]): Buffer => Buffer.concat(numbers.map((each) => Buffer.from(Uint32Array.of(each).buffer)));
  const [slots, blobs]: [Buffer[], Buffer[]] = [[], []];
  let block = 256;
  headers.forEach((header, position) => {
    const length = 16 + header.length + 12;
    const blocks = Math.ceil(length / 16);
    slots.push(Buffer.from("Slot"), words(position + 1, block, blocks));
    blobs.push(Buffer.from("BlbS"), words(position + 1, 0, header.length), header, Buffer.alloc(blocks * 16 - length), words(0, header.length), Buffer.from("BlbE"));
    block += blocks;
  });
  const used = Buffer.concat([Buffer.from("RpmP"), words(0, 1, 1, headers.length + 1, 0, 0, 0), ...slots]);
  const free = Array.from({ length: (4096 - used.length) / 16 }, () => Buffer.concat([Buffer.from("Slot"), words(0, 0, 0)]));
  return Buffer.concat([used, ...free, ...blobs]);
}
