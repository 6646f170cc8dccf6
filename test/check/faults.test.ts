/** Fault injection: hundreds of seeded faults in a clean project, one at a time; each one must be reported. */
import { createHash } from "node:crypto";
import { chmodSync, cpSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { describe, expect, test } from "vitest";
import { parseManifest } from "../../src/manifest/read.ts";
import { formatManifest } from "../../src/manifest/write.ts";
import { Failure } from "../../src/model/failure.ts";
import type { Manifest, ManifestFile } from "../../src/model/manifest.ts";
import { type Chance, chance } from "../behaviour/prng.ts";
import { join, temporary } from "../vendor/project.ts";
import { check, cleanProject } from "./project.ts";

const SEEDS = 306;
const MANIFEST = "acme/_vendor/vendored.json";

/** Each damages the project, says how, and gives a code that must be found; undefined: any finding, or a refusal to run. */
type Fault = (root: string, random: Chance) => { readonly what: string; readonly code?: string };

const read = (root: string, path: string): Buffer => readFileSync(join(root, path));
const put = (root: string, path: string, content: Buffer | string): void => writeFileSync(join(root, path), content);
const digest = (content: Buffer | string): string => createHash("sha256").update(content).digest("hex");

function listed(root: string, random: Chance, accepts: (content: Buffer) => boolean = () => true): string {
  const manifest = parseManifest(read(root, MANIFEST).toString("utf8"), "");
  const paths = [...manifest.generated.map((file) => file.path), ...manifest.distributions.flatMap((each) => each.files.map((file) => file.path))].map((path) => `acme/_vendor/${path}`);
  return random.pick(paths.filter((path) => accepts(read(root, path))));
}

function splice(content: Buffer, at: number, remove: number, insert: Buffer): Buffer {
  return Buffer.concat([content.subarray(0, at), insert, content.subarray(at + remove)]);
}

/** Another byte than the one that is there. */
function otherByte(content: Buffer, at: number, random: Chance): Buffer {
  return Buffer.from([((content[at] ?? 0) + 1 + random.below(255)) % 256]);
}

function rewriteManifest(root: string, change: (manifest: Manifest) => Manifest): void {
  put(root, MANIFEST, formatManifest(change(parseManifest(read(root, MANIFEST).toString("utf8"), ""))));
}

function changeEntry(root: string, path: string, change: (file: ManifestFile) => ManifestFile): void {
  rewriteManifest(root, (manifest) => ({ ...manifest, distributions: manifest.distributions.map((each) => ({ ...each, files: each.files.map((file) => (`acme/_vendor/${file.path}` === path ? change(file) : file)) })) }));
}

const imports = ["import alib", "import alib.core", "import os, alib.sub as s", "from alib import core", "from blib.tools import *", "if 1: import blib", "try: import alib.nothing\nexcept ImportError: pass"];

const faults: Readonly<Record<string, Fault>> = {
  "a byte of a copy is another": (root, random) => {
    const path = listed(root, random, (content) => content.length > 0);
    const content = read(root, path);
    const at = random.below(content.length);
    put(root, path, splice(content, at, 1, otherByte(content, at, random)));
    return { what: `${path} at ${at}`, code: "copy-changed" };
  },
  "a byte of a copy is gone": (root, random) => {
    const path = listed(root, random, (content) => content.length > 0);
    const content = read(root, path);
    const at = random.below(content.length);
    put(root, path, splice(content, at, 1, Buffer.alloc(0)));
    return { what: `${path} at ${at}`, code: "copy-changed" };
  },
  "a copy has a byte more": (root, random) => {
    const path = listed(root, random);
    const content = read(root, path);
    const at = random.below(content.length + 1);
    put(root, path, splice(content, at, 0, Buffer.from([random.below(256)])));
    return { what: `${path} at ${at}`, code: "copy-changed" };
  },
  "a copy is truncated": (root, random) => {
    const path = listed(root, random, (content) => content.length > 0);
    const content = read(root, path);
    const length = random.below(content.length);
    put(root, path, content.subarray(0, length));
    return { what: `${path} to ${length}`, code: "copy-changed" };
  },
  "a file is deleted": (root, random) => {
    const path = listed(root, random);
    rmSync(join(root, path));
    return { what: path, code: "copy-missing" };
  },
  "a file is renamed": (root, random) => {
    const path = listed(root, random);
    renameSync(join(root, path), join(root, `${path}${random.pick([".orig", ".py", "~"])}`));
    return { what: path, code: "copy-missing" };
  },
  "a file is added": (root, random) => {
    const path = join(dirname(listed(root, random)), random.pick(["new.py", "README", ".hidden", "data.json"]));
    put(root, path, random.pick(["", "import os\n", "\0"]));
    return { what: path, code: "copy-added" };
  },
  "a file is something else": (root, random) => {
    const path = listed(root, random);
    rmSync(join(root, path));
    if (random.odds(0.5)) symlinkSync(random.pick(["/etc/hostname", "core.py", "nowhere"]), join(root, path));
    else mkdirSync(join(root, path));
    return { what: path, code: "copy-changed" };
  },
  "a mode is another": (root, random) => {
    const path = listed(root, random);
    chmodSync(join(root, path), statSync(join(root, path)).mode ^ 0o111);
    return { what: path, code: "copy-mode" };
  },
  "an import is put back in a copy": (root, random) => {
    const path = listed(root, random, (content) => content.includes("acme._vendor"));
    put(root, path, read(root, path).toString("latin1").replace(/from acme\._vendor import (\w+)/g, "import $1").replaceAll("acme._vendor.", ""));
    return { what: path, code: "leak" };
  },
  "an import is put back in a copy, and the manifest says so": (root, random) => {
    const path = listed(root, random, (content) => content.includes("acme._vendor."));
    const content = Buffer.from(`${random.pick(imports)}\n${read(root, path).toString("latin1")}`, "latin1");
    put(root, path, content);
    changeEntry(root, path, (file) => ({ ...file, sha256Now: digest(content), sha256Upstream: digest(content), edits: [] }));
    return { what: path, code: "leak" };
  },
  "an import is put back in the project": (root, random) => {
    const path = random.pick(["acme/app.py", "acme/more/__init__.py", "acme/__init__.py"]);
    const text = read(root, path).toString("utf8");
    const line = random.pick(imports);
    put(root, path, random.odds(0.5) ? `${line}\n${text}` : `${text}${line}\n`);
    return { what: `${path}: ${line}`, code: "leak" };
  },
  "a copy and its digest are changed, and not its edits": (root, random) => {
    const path = listed(root, random, (content) => content.includes("acme._vendor"));
    const content = Buffer.concat([read(root, path), Buffer.from("# more\n")]);
    put(root, path, content);
    changeEntry(root, path, (file) => ({ ...file, sha256Now: digest(content) }));
    return { what: path, code: "copy-irreversible" };
  },
  "a byte of the manifest is another": (root, random) => {
    const content = read(root, MANIFEST);
    const at = random.below(content.length);
    put(root, MANIFEST, splice(content, at, 1, otherByte(content, at, random)));
    return { what: `at ${at}` };
  },
  "a byte of the manifest is gone": (root, random) => {
    const content = read(root, MANIFEST);
    const at = random.below(content.length);
    put(root, MANIFEST, splice(content, at, 1, Buffer.alloc(0)));
    return { what: `at ${at}` };
  },
  "a line of the manifest is gone, or there twice, or elsewhere": (root, random) => {
    const lines = read(root, MANIFEST).toString("utf8").split("\n");
    const [at, to] = [random.below(lines.length - 1), random.below(lines.length - 1)];
    const kind = random.below(3);
    if (kind === 0) lines.splice(at, 1);
    else if (kind === 1) lines.splice(at, 0, lines[at] ?? "");
    else [lines[at], lines[to]] = [lines[to] ?? "", lines[at] ?? ""];
    const text = lines.join("\n");
    // Two lines that are equal can change places.
    put(root, MANIFEST, text === read(root, MANIFEST).toString("utf8") ? `${text} ` : text);
    return { what: `${["gone", "twice", "exchanged"][kind]} ${at} ${to}` };
  },
  "a value of the manifest is another": (root, random) => {
    const text = read(root, MANIFEST).toString("utf8");
    const values = [...text.matchAll(/"(?:version|name|purl|requirement|tool|targetPython|namespace|file|expression|sha256|sha256Now|sha256Upstream|path)": ?"[^"]+"/g)];
    const match = random.pick(values);
    const at = match.index + match[0].length - 2;
    const was = text[at] ?? "";
    put(root, MANIFEST, text.slice(0, at) + (was === "3" ? "4" : "3") + text.slice(at + 1));
    return { what: match[0] };
  },
};

describe("each fault is reported", () => {
  const names = Object.keys(faults);
  test.for(names)("%s", async (name) => {
    const place = cleanProject();
    expect((await check(place)).findings).toEqual([]);
    const missed: string[] = [];
    for (let seed = names.indexOf(name); seed < SEEDS; seed += names.length) {
      const work = temporary();
      cpSync(place, work, { recursive: true });
      const fault = faults[name] as Fault;
      const { what, code } = fault(work, chance(seed));
      try {
        const { findings } = await check(work);
        const found = findings.filter((each) => each.help !== "" && (code === undefined ? each.severity === "error" : each.code === code));
        if (found.length === 0) missed.push(`seed ${seed}: ${what}: found ${JSON.stringify(findings.map((each) => each.code))}`);
      } catch (error) {
        if (!(error instanceof Failure) || code !== undefined) missed.push(`seed ${seed}: ${what}: ${String(error)}`);
      }
    }
    expect(missed).toEqual([]);
  });
});
