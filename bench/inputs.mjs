// What is measured on: wheels from the index, kept in the user's cache and never in the repository.
import { cpSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, relative } from "node:path";
import { run } from "./measure.mjs";

export const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "enisle-bench");

/** A middling library, and one of over 200 MB of Python; both import themselves by their full names. */
export const inputs = [
  { title: "Django 5.2", requirement: "django==5.2", module: "django" },
  { title: "OCI 2.189.0", requirement: "oci==2.189.0", module: "oci" },
];

/** Path of the wheel; downloads it where the cache has none. */
export function wheelOf({ requirement }) {
  const directory = join(cache, requirement.replace("==", "-"));
  mkdirSync(directory, { recursive: true });
  const found = () => readdirSync(directory).find((name) => name.endsWith(".whl"));
  if (!found()) run(["python3", "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", "--dest", directory, requirement]);
  return join(directory, found());
}

/** A project with one package and nothing in it. */
export function newProject(root) {
  mkdirSync(join(root, "acme"), { recursive: true });
  writeFileSync(join(root, "acme", "__init__.py"), "");
  return root;
}

/** Number of files below `root`, those that are Python, and the bytes of these. */
export function census(root) {
  const sum = { files: 0, python: 0, bytes: 0 };
  for (const entry of readdirSync(root, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    sum.files++;
    if (!entry.name.endsWith(".py")) continue;
    sum.python++;
    sum.bytes += statSync(join(entry.parentPath ?? entry.path, entry.name)).size;
  }
  return sum;
}

/** Copies subpackages of a tree, in order of their names, until a share of its Python is there; returns the bytes of Python. */
export function copyShare(tree, module, target, share) {
  const from = join(tree, module);
  const wanted = census(from).bytes * share;
  const subpackages = readdirSync(from, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort();
  const chosen = new Set();
  for (let bytes = 0; bytes < wanted && chosen.size < subpackages.length; ) {
    const next = subpackages[chosen.size];
    bytes += census(join(from, next)).bytes;
    chosen.add(next);
  }
  const first = (path) => relative(from, path).split("/")[0];
  cpSync(from, join(target, module), { recursive: true, filter: (path) => !subpackages.includes(first(path)) || chosen.has(first(path)) });
  return census(target).bytes;
}
