/** A wheel or an sdist → the release that the index keeps: its name, its version, the fingerprints of its modules. */
import { basename } from "node:path";
import { parseMetadata } from "../acquire/metadata.ts";
import { declaresNamespace } from "../acquire/namespaceInit.ts";
import { walkTree } from "../acquire/tree.ts";
import { type Release, type ReleaseModule, installedPaths, isKeptModule } from "../audit/release.ts";
import { normalisedName } from "../model/distribution.ts";
import { Failure } from "../model/failure.ts";
import type { Tree } from "../model/tree.ts";
import type { FingerprintReader } from "./fingerprints.ts";

/** `path` is absolute. Throws Failure where it is no wheel and no sdist, or cannot be read. */
export function readRelease(path: string, read: FingerprintReader): Release {
  const notOne = "Name a wheel or an sdist, as `pip download --no-deps` gets it.";
  for (const tree of walkTree(path, ({ path: where, reason }) => {
    throw new Failure(`${where}: ${reason}`, "Get the archive again.");
  })) {
    if (tree.kind === "directory") throw new Failure(`${path}: is neither a wheel nor an sdist`, notOne);
    const info = metadataOf(tree);
    if (!info?.name || !info.version) throw new Failure(`${path}: holds no METADATA and no PKG-INFO that gives a name and a version`, notOne);
    const modules = modulesOf(tree, info.name, read);
    if (modules.length === 0) throw new Failure(`${path}: holds no Python modules to index`, "Extension modules have no source to recognise.");
    return { name: normalisedName(info.name), version: info.version, modules };
  }
  throw new Failure(`${path}: cannot be read`, notOne);
}

function metadataOf(tree: Tree): { readonly name: string | undefined; readonly version: string | undefined } | undefined {
  const file = tree.files.find((each) => /^[^/]+\.dist-info\/METADATA$/.test(each.path)) ?? tree.files.find((each) => /^[^/]+\/PKG-INFO$/.test(each.path)) ?? tree.files.find((each) => /^EGG-INFO\/PKG-INFO$/.test(each.path));
  return file && parseMetadata(file.read().toString("utf8"));
}

/** Modules of an archive by the path that installing gives them, as far as `wanted` names them. Throws Failure where it cannot be read. */
export function readModules(path: string, name: string, wanted: Pick<ReadonlySet<string>, "has">): Map<string, Buffer> {
  for (const tree of walkTree(path, () => undefined)) {
    const places = placesOf(tree, name);
    return new Map(tree.files.flatMap((file) => {
      const installed = places.get(file.path);
      return installed !== undefined && wanted.has(installed) ? [[installed, file.read()] as const] : [];
    }));
  }
  throw new Failure(`${path}: cannot be read`, "Get the archive again.");
}

function modulesOf(tree: Tree, name: string, read: FingerprintReader): ReleaseModule[] {
  const places = placesOf(tree, name);
  return tree.files
    .flatMap((file) => {
      const path = places.get(file.path);
      return path !== undefined && isKeptModule(path) ? [{ path, content: file.read() }] : [];
    })
    .filter(({ path, content }) => !(basename(path) === "__init__.py" && declaresNamespace(content)))
    .map(({ path, content }) => ({ path, fingerprint: read(content) }));
}

/** By the path in the archive, where installing puts a module. */
function placesOf(tree: Tree, name: string): ReadonlyMap<string, string> {
  const paths = tree.files.map((file) => file.path);
  if (paths.some((path) => /^[^/]+\.dist-info\//.test(path))) return new Map(paths.map((path) => [path, path.replace(/^[^/]+\.data\/(?:purelib|platlib)\//, "")]));
  if (paths.some((path) => path.startsWith("EGG-INFO/"))) return new Map(paths.map((path) => [path, path]));
  const listed = tree.files.find((file) => /^[^/]+\/(?:[^/]+\/)?[^/]+\.egg-info\/top_level\.txt$/.test(file.path));
  return installedPaths(paths, name, listed ? listed.read().toString("utf8").split(/\s+/).filter((each) => /^\w+$/.test(each)) : []);
}
