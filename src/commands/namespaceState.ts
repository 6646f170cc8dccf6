/** What lies in the namespace directory now: nothing, what the manifest says, or something that must not be overwritten. */
import { existsSync, lstatSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseManifest } from "../manifest/read.ts";
import { Failure, fileFailure } from "../model/failure.ts";
import { MANIFEST_NAME, type Manifest, SBOM_NAME } from "../model/manifest.ts";
import type { FileJob } from "./fileJob.ts";

export interface NamespaceState {
  readonly manifest: Manifest | undefined;
  readonly manifestText: string | undefined;
  /** The project's own files in the namespace directory; below it, with slashes. */
  readonly protected: readonly string[];
  /** There is no manifest, and an empty `__init__.py`. */
  readonly emptyInit: boolean;
  /** There is an SBOM beside the manifest, which is kept true. */
  readonly sbom?: true;
  /** There was no manifest, and files that are replaced. */
  readonly foreign: readonly string[];
}

export interface NamespaceRules {
  /** Says which files are the project's own. */
  readonly isProtected: (path: string) => boolean;
  /** What another tool left is replaced: its configuration says so. */
  readonly replacesForeign: boolean;
  /** Files that differ from the manifest are no obstacle: somebody wants to know how they differ. */
  readonly tolerant?: boolean;
}

const MOST_NAMED = 10;

/** Throws Failure where files would be lost. `digests` computes the SHA-256 (hex) of each file, in order. */
export async function readNamespace(directory: string, namespace: string, rules: NamespaceRules, digests: (jobs: readonly FileJob[]) => Promise<readonly string[]>): Promise<NamespaceState> {
  const nothing: NamespaceState = { manifest: undefined, manifestText: undefined, protected: [], foreign: [], emptyInit: false };
  refuseModule(directory);
  const found = lstatSync(directory, { throwIfNoEntry: false });
  if (!found) return nothing;
  if (found.isSymbolicLink()) throw new Failure(`${directory}: is a symbolic link, and the namespace is replaced as a whole`, "Put a directory there, or choose another --namespace.");
  if (!found.isDirectory()) throw new Failure(`${directory}: is a file, and the namespace needs a directory there`, "Choose another namespace, or move the file.");
  const everything = list(directory, "");
  const own = everything.filter((path) => rules.isProtected(path));
  const present = everything.filter((path) => !rules.isProtected(path));
  const manifestFile = join(directory, MANIFEST_NAME);
  if (!existsSync(manifestFile)) {
    const foreign = present.filter((path) => !isBytecode(path) && !(path === "__init__.py" && statSync(join(directory, path)).size === 0));
    if (foreign.length === 0 || rules.replacesForeign) return { ...nothing, protected: own, foreign, emptyInit: present.includes("__init__.py") && foreign.length === 0 };
    throw new Failure(`${directory}: was not made by this tool (it has no ${MANIFEST_NAME}) and holds ${name(foreign)}`, "Choose another --namespace, or move these files out of the way.");
  }
  const manifestText = readManifest(manifestFile);
  const manifest = parseManifest(manifestText, manifestFile);
  if (manifest.namespace !== namespace) throw new Failure(`${manifestFile}: is for the namespace ${manifest.namespace}, not ${namespace}`, "Use that namespace, or move the directory out of the way.");
  const state: NamespaceState = { manifest, manifestText, protected: own, foreign: [], emptyInit: false, ...(present.includes(SBOM_NAME) ? { sbom: true } : {}) };
  if (rules.tolerant) return state;
  const known = new Map([...manifest.generated.map((file) => [file.path, file.sha256] as const), ...manifest.distributions.flatMap((each) => each.files.map((file) => [file.path, file.sha256Now] as const))]);
  const added = present.filter((path) => !known.has(path) && path !== MANIFEST_NAME && path !== SBOM_NAME && !isBytecode(path));
  if (added.length > 0) throw changed(directory, "holds files that are not in its manifest", added, "Move files of your own out of the namespace");
  const here = new Set(present);
  const missing = [...known.keys()].filter((path) => !here.has(path));
  if (missing.length > 0) throw changed(directory, "lacks files that its manifest lists", missing, "Restore them from version control");
  const paths = [...known.keys()];
  const actual = await digests(paths.map((path) => digestJob(directory, path)));
  const edited = paths.filter((path, index) => actual[index] !== known.get(path));
  if (edited.length > 0) throw changed(directory, "has files that were changed by hand", edited, "Make a patch of the changes (`enisle patch DIST`), or undo them (`git checkout` brings the files back)");
  return state;
}

/** A package is found before a module of its name: the project's own `_vendor.py` would silently be gone. */
function refuseModule(directory: string): void {
  const file = [".py", ".pyi"].map((suffix) => `${directory}${suffix}`).find((path) => existsSync(path));
  if (file !== undefined) throw new Failure(`${file}: is a module of the project, which a namespace of its name would hide`, "Choose another --namespace, or give the module another name.");
}

function readManifest(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw fileFailure(error, path);
  }
}

function changed(directory: string, what: string, paths: readonly string[], wayOut: string): Failure {
  return new Failure(`${directory}: ${what}: ${name(paths)}`, `${wayOut}; they would be lost, so nothing was written.`);
}

function name(paths: readonly string[]): string {
  const rest = paths.length - MOST_NAMED;
  return paths.slice(0, MOST_NAMED).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}

/** What Python itself leaves in a directory. */
function isBytecode(path: string): boolean {
  return /(^|\/)__pycache__\/|\.py[co]$/.test(path);
}

/** Files below the directory. */
function list(directory: string, prefix: string): string[] {
  return readdirSync(join(directory, prefix), { withFileTypes: true }).flatMap((entry) => {
    const path = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
    return entry.isDirectory() ? list(directory, path) : [path];
  });
}

function digestJob(directory: string, path: string): FileJob {
  return {
    label: path, locator: { kind: "file", path: `${directory}/${path}` }, size: 0, executable: false, record: undefined, sha256: undefined,
    distribution: undefined, place: undefined, map: 0, target: undefined, inPlace: true,
  };
}
