/** What lies below a ROOT: its files, and the archives in it as trees of their own. Links to directories are not followed; nothing is run. */
import { type Dirent, closeSync, openSync, readFileSync, readSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { Failure, fileFailure } from "../model/failure.ts";
import type { Tree, TreeFile, Unreadable } from "../model/tree.ts";
import { type RandomAccess, ofBuffer, ofFile } from "./randomAccess.ts";
import { decompress, readTar } from "./tarTree.ts";
import { MAX_ENTRY, readZip } from "./zipTree.ts";

const skippedDirectories = new Set(["__pycache__", ".git", ".hg", ".svn", "node_modules", ".enisle-staging", ".tox", ".nox", ".mypy_cache", ".pytest_cache", ".ruff_cache"]);
const zipName = /\.(?:whl|egg|zip|pyz|pex|par)$/i;
const tarName = /\.(?:tar|tgz|tbz2?|txz|tar\.(gz|bz2|xz|zst))$/i;
const debName = /\.deb$/i;
/** Archives in archives in archives: a wheel in an sdist in a zip is real, more is not. */
const MAX_DEPTH = 4;
const MAX_PATH = 4096;
/** Files of a directory for which it is worth to prepare while it is still listed. */
const MANY = 2000;

/** Is told of everything that could not be read. */
export type Problem = (unreadable: Unreadable) => void;

/**
 * The trees below `root` (absolute), outermost first. A tree's files can be read until the next one is asked for: archives are closed then, so that
 * any number of them takes no more memory than the largest. `many` is called, once or more, while a large directory is listed. Throws Failure when `root` does not exist, or is a file that is no archive.
 */
export function* walkTree(root: string, problem: Problem, many: () => void = () => undefined): Generator<Tree> {
  let isDirectory: boolean;
  try {
    isDirectory = statSync(root).isDirectory();
  } catch (error) {
    throw fileFailure(error, root);
  }
  const name = basename(root);
  if (isDirectory) {
    const files: TreeFile[] = [];
    walkDirectory(root, "", files, problem, many, true);
    const tree: Tree = { kind: "directory", prefix: "", chain: [], name, files: files.sort((a, b) => (a.path < b.path ? -1 : 1)) };
    yield tree;
    yield* archivesIn(tree, 0, problem);
  } else if (isArchive(name)) {
    yield* openArchive(name, () => ofFile(root), { prefix: "", chain: [name], name }, 0, problem);
  } else if (name.endsWith(".py")) yield { kind: "directory", prefix: "", chain: [], name: "", files: [new FileOnDisk(dirname(root), name)] };
  else throw new Failure(`${root}: is neither a directory nor an archive that can hold modules`, "Name a directory, a wheel, an egg, an sdist or a .deb.");
}

function walkDirectory(root: string, below: string, files: TreeFile[], problem: Problem, many: () => void, isRoot: boolean): void {
  const directory = below === "" ? root : join(root, below);
  let entries: readonly Entry[];
  try {
    entries = entriesOf(directory);
  } catch (error) {
    if (isRoot) throw fileFailure(error, directory);
    problem({ path: below, reason: reasonOf(error) });
    return;
  }
  const before = files.length;
  for (const entry of entries) {
    const { name } = entry;
    const path = below === "" ? name : `${below}/${name}`;
    if (entry.isBroken) problem({ path, reason: "its name is no UTF-8" });
    else if (entry.isDirectory()) {
      if (skippedDirectories.has(name)) continue;
      if (path.length > MAX_PATH) problem({ path, reason: "the path is too long" });
      else walkDirectory(root, path, files, problem, many, false);
    } else if (entry.isFile()) files.push(new FileOnDisk(root, path));
    else if (entry.isSymbolicLink() && name.endsWith(".py")) followFile(root, path, files, problem);
  }
  if (before < MANY && files.length >= MANY) many();
}

interface Entry extends Pick<Dirent, "name" | "isDirectory" | "isFile" | "isSymbolicLink"> {
  /** The name is no UTF-8, and shown one character a byte. */
  readonly isBroken?: boolean;
}

/** Names as text, which is faster; only where one may not be UTF-8 as bytes. */
function entriesOf(directory: string): readonly Entry[] {
  const entries = readdirSync(directory, { withFileTypes: true });
  if (!entries.some((entry) => entry.name.includes("\ufffd"))) return entries;
  return readdirSync(directory, { withFileTypes: true, encoding: "buffer" }).map((entry) => {
    const name = entry.name.toString("utf8");
    const isBroken = Buffer.compare(Buffer.from(name), entry.name) !== 0;
    return { name: isBroken ? entry.name.toString("latin1") : name, isBroken, isDirectory: () => entry.isDirectory(), isFile: () => entry.isFile(), isSymbolicLink: () => entry.isSymbolicLink() };
  });
}

/** A link to a module is one (Debian links between packages); a link to a directory is walked where the directory lies. */
function followFile(root: string, path: string, files: TreeFile[], problem: Problem): void {
  try {
    if (statSync(join(root, path)).isFile()) files.push(new FileOnDisk(root, path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") problem({ path, reason: reasonOf(error) }); // dangling: it leads out of what is audited
  }
}

/** A class, since a system has very many of them. */
class FileOnDisk implements TreeFile {
  readonly path: string;
  readonly #root: string;

  /** `root` is absolute, `path` below it. */
  constructor(root: string, path: string) {
    this.#root = root;
    this.path = path;
  }

  get absolute(): string {
    return `${this.#root}/${this.path}`;
  }

  read(): Buffer {
    try {
      return readFileSync(this.absolute);
    } catch (error) {
      throw fileFailure(error, this.absolute);
    }
  }

  peek(): Buffer {
    return peekFile(this.absolute);
  }
}

let shared = Buffer.allocUnsafeSlow(1 << 20);

/** Without a call for the size and without memory of its own, which cost more than reading a small file does: valid until the next call. */
export function peekFile(path: string): Buffer {
  try {
    const descriptor = openSync(path, "r");
    try {
      // A regular file gives less than was asked for at its end alone.
      let filled = readSync(descriptor, shared, 0, shared.length, null);
      while (filled === shared.length) {
        if (filled > MAX_ENTRY) throw new Failure(`${path}: is more than ${MAX_ENTRY / 2 ** 20} MiB large`, "");
        shared = Buffer.concat([shared, Buffer.allocUnsafeSlow(shared.length)]);
        filled += readSync(descriptor, shared, filled, shared.length - filled, null);
      }
      return shared.subarray(0, filled);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw fileFailure(error, path);
  }
}

/** The reason of a Failure stands after the path in its message. */
export function reasonOf(error: unknown): string {
  const failure = fileFailure(error, "");
  if (!(failure instanceof Failure)) throw error;
  return failure.message.replace(/^.*?: /s, "");
}

export function isArchive(path: string): boolean {
  return zipName.test(path) || tarName.test(path) || debName.test(path);
}

/** The archives among the files of `tree`, and those in them. */
function* archivesIn(tree: Tree, depth: number, problem: Problem): Generator<Tree> {
  for (const file of tree.files) {
    if (!isArchive(file.path)) continue;
    const place = tree.prefix === "" ? file.path : `${tree.prefix}/${file.path}`;
    if (depth >= MAX_DEPTH) problem({ path: place, reason: `lies in more than ${MAX_DEPTH} archives` });
    else yield* openArchive(file.path, () => (file.absolute === undefined ? ofBuffer(file.read()) : ofFile(file.absolute)), { prefix: place, chain: [...tree.chain, place], name: basename(file.path) }, depth + 1, problem);
  }
}

function* openArchive(file: string, open: () => RandomAccess, place: Pick<Tree, "prefix" | "chain" | "name">, depth: number, problem: Problem): Generator<Tree> {
  const path = place.prefix === "" ? place.name : place.prefix;
  let archive: RandomAccess | undefined;
  let tree: Tree;
  try {
    archive = open();
    if (archive.size > 4 * MAX_ENTRY) throw new Failure(`${path}: is ${Math.floor(archive.size / 2 ** 20)} MiB large`, "");
    tree = { kind: zipName.test(file) ? "zip" : "tar", ...place, files: filesOf(archive, file, path, problem) };
  } catch (error) {
    archive?.close();
    problem({ path, reason: reasonOf(error) });
    return;
  }
  try {
    yield tree;
    yield* archivesIn(tree, depth, problem);
  } finally {
    archive.close();
  }
}

function filesOf(archive: RandomAccess, file: string, path: string, problem: Problem): TreeFile[] {
  if (zipName.test(file)) return readZip(archive, path, problem);
  if (debName.test(file)) return readDeb(archive, path, problem);
  return readTar(decompress(archive.read(0, archive.size), compressionOf(file), path), path, problem);
}

function compressionOf(file: string): string {
  const named = tarName.exec(file)?.[1]?.toLowerCase();
  return named ?? (/\.tgz$/i.test(file) ? "gz" : /\.tbz2?$/i.test(file) ? "bz2" : /\.txz$/i.test(file) ? "xz" : "");
}

/** A Debian package (deb(5)): an `ar` archive with the files in `data.tar.*` and the control files in `control.tar.*`, which are shown below `DEBIAN/`. */
function readDeb(archive: RandomAccess, path: string, problem: Problem): TreeFile[] {
  const whole = archive.read(0, archive.size);
  if (whole.toString("latin1", 0, 8) !== "!<arch>\n") throw new Failure(`${path}: is no Debian package`, "");
  const files: TreeFile[] = [];
  for (let at = 8; at + 60 <= whole.length; ) {
    const name = whole.toString("latin1", at, at + 16).trim().replace(/\/$/, "");
    const size = parseInt(whole.toString("latin1", at + 48, at + 58), 10);
    if (!(size >= 0) || at + 60 + size > whole.length) throw new Failure(`${path}: the archive is damaged or cut off`, "");
    const member = /^(control|data)\.tar(?:\.(gz|bz2|xz|zst))?$/.exec(name);
    if (member) {
      const inside = readTar(decompress(whole.subarray(at + 60, at + 60 + size), member[2] ?? "", path), path, problem);
      files.push(...(member[1] === "data" ? inside : inside.map((file) => ({ ...file, path: `DEBIAN/${file.path}` }))));
    }
    at += 60 + size + (size % 2);
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}
