/** Directories as sources: a tree that one would put on `sys.path`, or one package itself; with or without `.dist-info`. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import fastGlob from "fast-glob";
import type { Distribution, SourceFile } from "../model/distribution.ts";
import { Failure, fileFailure } from "../model/failure.ts";
import { licenseFilesOf } from "./licenseFiles.ts";
import { parseMetadata } from "./metadata.ts";
import { namespaceInits } from "./namespaceInit.ts";

const ignored = ["**/__pycache__/**", "**/*.pyc", "**/*.pyo", "**/.git/**", "**/.hg/**", "**/.svn/**", "**/.DS_Store"];
const buildFiles = ["pyproject.toml", "setup.py", "setup.cfg"];

/** `path` is absolute; `requirement` is what the user typed. */
export async function acquireDirectory(path: string, requirement: string): Promise<Distribution> {
  const build = buildFiles.find((name) => existsSync(join(path, name)));
  if (build) {
    throw new Failure(`${requirement}: is a source tree (it has a ${build}), not an importable one`, `Build a wheel first, and name that: pip wheel --no-deps -w DIR ${requirement}`);
  }
  const isPackage = existsSync(join(path, "__init__.py"));
  const root = isPackage ? dirname(path) : path;
  const files = (await list(root, isPackage ? `${fastGlob.escapePath(basename(path))}/**` : "**")).filter((file) => !/^[^/]+\.pth$/.test(file.path));
  const infos = [...new Set(files.flatMap((file) => /^([^/]+\.dist-info)\/METADATA$/.exec(file.path)?.[1] ?? []))];
  if (infos.length > 1) {
    throw new Failure(`${requirement}: holds several distributions (${infos.sort().join(", ")})`, "Name directories with one distribution each, for example made by: pip install --no-deps --target DIR NAME");
  }
  const info = infos[0];
  const metadata = info === undefined ? undefined : parseMetadata(readFileSync(join(root, info, "METADATA"), "utf8"));
  const digests = new Map(files.map((file) => [file.path, createHash("sha256").update(contentOf(file)).digest("hex")]));
  const licenseFiles = (metadata?.licenseFiles ?? []).flatMap((name) => [`${info}/licenses/${name}`, `${info}/${name}`]);
  return {
    metadata: {
      name: metadata?.name ?? basename(path),
      version: metadata?.version ?? null,
      requires: metadata?.requires ?? [],
      licenseExpression: metadata?.licenseExpression ?? null,
      licenseFiles: licenseFilesOf(files, licenseFiles.filter((name) => files.some((file) => file.path === name))),
    },
    source: { kind: "directory", file: basename(path), sha256: digestOf(files, digests) },
    requirement,
    digests,
    files,
    leftOut: [],
    namespaceInits: namespaceInits(files, contentOf),
  };
}

async function list(root: string, pattern: string): Promise<SourceFile[]> {
  let found;
  try {
    found = await fastGlob(pattern, { cwd: root, dot: true, ignore: ignored, followSymbolicLinks: false, onlyFiles: false, stats: true });
  } catch (error) {
    throw fileFailure(error, root);
  }
  const files: SourceFile[] = [];
  for (const { path, stats } of found) {
    if (stats?.isDirectory()) continue;
    if (!stats?.isFile()) throw new Failure(`${join(root, path)}: is ${stats?.isSymbolicLink() ? "a symbolic link" : "no regular file"}`, "Copy the tree with links resolved (cp -rL) and name the copy.");
    files.push({ path, size: stats.size, executable: (stats.mode & 0o100) !== 0, locator: { kind: "file", path: join(root, path) }, record: undefined });
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function contentOf(file: SourceFile): Buffer {
  if (file.locator.kind !== "file") throw new Error("invariant: a directory's files are files");
  try {
    return readFileSync(file.locator.path);
  } catch (error) {
    throw fileFailure(error, file.locator.path);
  }
}

/** One digest for the tree: that of `sha256sum`'s output over its files, sorted by path. */
function digestOf(files: readonly SourceFile[], digests: ReadonlyMap<string, string>): string {
  const hash = createHash("sha256");
  for (const { path } of files) hash.update(`${digests.get(path) ?? ""}  ${path}\n`);
  return hash.digest("hex");
}
