/** Trees that mean harm, and trees that are damaged: nothing runs, no row is forged, no output leaves its grammar, and what could not be read is said. */
import { existsSync, symlinkSync, mkdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { zip } from "../vendor/wheel.ts";
import { enisle, join, readFileSync, temporary, write } from "../vendor/project.ts";
import { audit, herbIndex, library, placed, run, tar } from "./support.ts";

const index = herbIndex();
const acme = { "pyproject.toml": '[project]\nname = "acme"\n', "acme/__init__.py": "", "acme/_vendor/__init__.py": "" };
const ESC = "\u001b[31m";
const harm = `evil${ESC}\u202e\n"'<script>alert(1)</script>=cmd|' /C calc'!A0,\u0000x`.replace("\u0000", "");

describe("deception", () => {
  const root = (): string => write(temporary(), {
    ...acme, ...placed("acme/_vendor", library("1.0")),
    "acme/_vendor/thyme/__init__.py": "x = 1\n",
    "acme/_vendor/thyme-3.1.dist-info/METADATA": `Name: =thyme"<img src=x onerror=alert(1)>${ESC}\nVersion: 1.0",evil\n`,
    [`acme/_vendor/<b>${ESC}\n=1+1,"x"/__init__.py`]: '__version__ = "6.6.6"\n',
    [`acme/_vendor/-evil/__init__.py`]: '__version__ = "6.6.7"\n',
    "acme/_vendor/vendor.txt": `herblib==1.0\n${harm}==1.0\nsix==1.0\u001b[2J\nforged\u2028row==2\n`,
  });
  const reports = (format: string): string => run([root(), "--index", index, "--format", format]).stdout;

  test("text holds no control character and no line that a name made", () => {
    const { stdout } = run([root(), "--index", index, "-v"]);
    // oxlint-disable-next-line no-control-regex -- they are what it is for
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e]/);
    expect(stdout).toContain("\\u001b");
    expect(stdout.split("\n").filter((line) => line.startsWith("=1+1"))).toEqual([]);
  });
  test("CSV: as many cells in every row, and none that is a formula", () => {
    const rows = csvRows(reports("csv"));
    expect(new Set(rows.map((row) => row.length))).toEqual(new Set([16]));
    for (const cell of rows.flat()) expect(cell).not.toMatch(/^[=+\-@\t\r]/);
    expect(rows.length).toBe(1 + audit(root(), "--index", index).copies.length);
  });
  test("HTML: no markup from names, one script by its digest", () => {
    const page = reports("html");
    expect(page).not.toMatch(/<img|<b>|<script>alert/);
    expect([...page.matchAll(/<script/g)]).toHaveLength(2);
    expect(page).toContain("script-src 'sha256-");
  });
  test("the lines of distributions: their grammar and nothing else", () => {
    for (const line of reports("fedora").split("\n").filter((each) => each !== "")) expect(line).toMatch(/^Provides: bundled\(python3dist\([a-z0-9-]+\)\)(?: = [\w.~^:]+)?$/);
    for (const line of reports("debian").split("\n").filter((each) => each !== "")) expect(line).toMatch(/^(?:[a-z0-9-]+|\t- [\w+.-]+ <unfixed> \((?:modified-)?embed\)|\tNOTE: [\x20-\x7e]+)$/);
  });
  test("JSON, CycloneDX, SPDX and SARIF stay JSON without control characters", () => {
    for (const format of ["json", "cyclonedx", "spdx", "sarif"]) {
      const text = reports(format);
      // oxlint-disable-next-line no-control-regex -- they are what it is for
      expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f]/);
      JSON.parse(text);
    }
  });
  test("a manifest that claims files are pristine while they differ", () => {
    const tampered = String(library("1.0")["herblib/core.py"]).replace("other = 3", "other = evil()");
    const record = Object.keys(library("1.0")).map((path) => `${path},sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\n`).join("");
    const { copies } = audit(write(temporary(), { ...acme, ...placed("acme/_vendor", library("1.0", { "herblib/core.py": tampered })), "acme/_vendor/herblib-1.0.dist-info/METADATA": "Name: herblib\nVersion: 1.0\n", "acme/_vendor/herblib-1.0.dist-info/RECORD": record }), "--index", index);
    expect(copies).toMatchObject([{ name: "herblib", version: "1.0", state: "patched" }]);
  });
  test("nothing that is audited runs", () => {
    const marker = join(temporary(), "ran");
    const code = `open(${JSON.stringify(marker)}, "w").close()\n`;
    audit(write(temporary(), { "setup.py": code, "conftest.py": code, "sitecustomize.py": code, "acme/__init__.py": code, "acme/_vendor/__init__.py": code, "acme/_vendor/x.pth": `import os; ${code}`, "acme/_vendor/vendor.txt": `-e git+file:///x#egg=y; ${code}` }), "--index", index);
    expect(existsSync(marker)).toBe(false);
  });
});

function csvRows(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const match of text.matchAll(/("(?:[^"]|"")*"|[^,"\r\n]*)(,|\r\n|$)/g)) {
    if (match[0] === "") break;
    rows.at(-1)?.push((match[1] ?? "").replace(/^"([^]*)"$/, "$1").replaceAll('""', '"'));
    if (match[2] === "\r\n") rows.push([]);
  }
  rows.pop();
  return rows;
}

describe("damage", () => {
  const files = { ...acme, ...placed("acme/_vendor", library("1.0")) };
  const entries = (names: Record<string, string>) => Object.entries(names).map(([name, content]) => ({ name, content: Buffer.from(content) }));
  test.each([
    ["a file that is no zip", Buffer.from("not a zip"), "x.whl", /is not a zip archive/],
    ["a zip that is cut off", zip(entries({ "a/__init__.py": "x = 1\n".repeat(500) })).subarray(0, 60), "x.whl", /is not a zip archive, or is cut off/],
    ["a tar that is damaged", Buffer.from("x".repeat(2000)), "x.tar", /is not a tar archive/],
    ["gzip that is damaged", Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3]), "x.tar.gz", /damaged or cut off/],
    ["entries that climb out", zip(entries({ "../../evil.py": "x", "/abs.py": "x", "a\\b.py": "x", "ok/__init__.py": "" })), "x.zip", /climbs out/],
    ["a tar that climbs out", tar(entries({ "../evil.py": "x" })), "x.tar", /climbs out/],
    ["a link in a zip", zip([{ name: "link.py", content: Buffer.from("/etc/passwd"), mode: 0o120777 }]), "x.zip", /symbolic link/],
    ["a bomb", zip([{ name: "a.py", content: Buffer.alloc(200 * 2 ** 20) }]), "x.zip", /unpacks to more than 100 times/],
  ])("%s: the audit goes on, and says so", (_, content, name, message) => {
    const found = audit(write(temporary(), { ...files, [name]: content }), "--index", index);
    expect(found.copies.map((copy) => copy.name)).toEqual(["herblib"]);
    expect(found.findings.map(({ code, severity }) => `${code} ${severity}`)).toContain("unreadable error");
    expect(found.findings.map((each) => each.message).join("; ")).toMatch(message);
    expect(found.status).toBe(1);
  });
  test("a damaged entry among sound ones", () => {
    const archive = zip(entries({ "p/__init__.py": "", "p/_vendor/__init__.py": "", ...Object.fromEntries(Object.entries(library("1.0")).map(([path, content]) => [`p/_vendor/${path}`, String(content)])) }));
    const inside = archive.indexOf("herblib/tables.py") + 25;
    archive.writeUInt8((archive[inside] ?? 0) ^ 0xff, inside);
    const found = audit(write(temporary(), { "x.zip": archive }), "--index", index);
    expect(found.copies).toMatchObject([{ name: "herblib", version: "1.0" }]);
    expect(found.findings).toMatchObject([{ code: "unreadable", path: "x.zip/p/_vendor/herblib/tables.py" }]);
  });
  test("loops of links, dangling links, archives in archives without end", () => {
    const root = write(temporary(), files);
    symlinkSync(root, join(root, "acme/loop"));
    symlinkSync("self.py", join(root, "acme/self.py"));
    symlinkSync("/nonexistent/x.py", join(root, "acme/gone.py"));
    let nested = zip(entries({ "a.py": "x" }));
    for (let depth = 0; depth < 7; depth++) nested = zip([{ name: "in.zip", content: nested }]);
    write(root, { "deep.zip": nested });
    const found = audit(root, "--index", index);
    expect(found.copies).toHaveLength(1);
    expect(found.findings.map(({ code, path, message }) => `${code} ${path} ${message}`)).toEqual([expect.stringMatching(/^unreadable acme\/self\.py .*links/), expect.stringMatching(/^unreadable deep\.zip.* lies in more than 4 archives/)]);
  });
  test("nothing found, and something unreadable, are never the same exit code", () => {
    const clean = audit(write(temporary(), { "acme/__init__.py": "" }), "--index", index);
    expect([clean.status, clean.copies, clean.findings]).toEqual([0, [], []]);
    const damaged = audit(write(temporary(), { "acme/__init__.py": "", "x.whl": "broken" }), "--index", index);
    expect([damaged.status, damaged.copies, damaged.findings.map((each) => each.code)]).toEqual([1, [], ["unreadable"]]);
  });
});

describe("bad input", () => {
  test.each([
    ["a root that is not there", ["/nonexistent/tree"], "no such file or directory"], ["a root that holds no modules", [new URL(import.meta.url).pathname], "neither a directory nor an archive"],
    ["a database that is not there", [".", "--db", "/nonexistent/db"], "no such file or directory"], ["a format that is none", [".", "--format", "xml"], "Allowed choices"], ["a date that is none", [".", "--ignore", "CVE-1", "--until", "soon"], "is no date"],
    ["a reason for nothing", [".", "--reason", "because"], "belong to --ignore"], ["a baseline that is none", [".", "--baseline", new URL(import.meta.url).pathname], "is no valid JSON"], ["an index that is none", [".", "--index", new URL(import.meta.url).pathname], "is no index of releases"],
  ])("%s", (_, args, message) => {
    const { status, stderr, stdout } = enisle(["audit", ...args, "--no-cache"], { cwd: write(temporary(), acme), env: { XDG_DATA_HOME: "/nonexistent" } });
    expect(status).toBe(2);
    expect(stderr).toContain(message);
    expect(stdout).toBe("");
  });
  test("an index of another format, and one that is cut off", () => {
    const content = readFileSync(index);
    const root = temporary();
    const other = Buffer.from(content);
    other.writeUInt32LE(99, 8);
    write(root, { "other.idx": other, "cut.idx": content.subarray(0, 200), ...acme });
    for (const [name, message] of [["other.idx", "has format 99"], ["cut.idx", "damaged or cut off"]] as const) {
      const { status, stderr } = run([root, "--index", join(root, name)]);
      expect([status, stderr]).toEqual([2, expect.stringContaining(message)]);
    }
  });
  test("an output that cannot be written", () => {
    const root = write(temporary(), acme);
    mkdirSync(join(root, "out"));
    const { status, stderr } = run([root, "-o", join(root, "out")]);
    expect([status, stderr]).toEqual([2, expect.stringContaining("out: ")]);
  });
});
