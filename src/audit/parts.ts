/**
 * Parts of a library that lie where nothing is called like it: a subpackage alone (`urllib3/util` as `acme/net/util`), or single modules. Their text has to be
 * that of one library and no other, and there has to be enough of it.
 */
import type { Placement } from "./compare.ts";
import type { ReleaseIndex } from "./indexFile.ts";
import type { Fingerprint } from "./fingerprint.ts";
import type { Library } from "./library.ts";
import { directoryOf } from "./modules.ts";

/** How much text of a library says that it was copied, in one place. */
export const LEAST_PART = 1500;

export interface PartSearch {
  readonly index: ReleaseIndex;
  /** Of the modules that were looked up, by path. */
  readonly digests: ReadonlyMap<string, string>;
  /** What is part of a copy already. */
  readonly isTaken: (path: string) => boolean;
  /** Whether a path is what the library itself installs. */
  readonly isOwn: (path: string, library: Library) => boolean;
}

interface Hit {
  readonly local: string;
  readonly upstream: string;
}

export interface Part {
  /** Its position in the index. */
  readonly library: number;
  /** The top level around it, where it is there by its name: little of the library, but not beside anything else. */
  readonly around: Placement | undefined;
  /** The directory that holds them all, where they lie in it as upstream. */
  readonly directory: Placement | undefined;
  readonly modules: Placement;
}

export function partsIn({ index, digests, isTaken, isOwn }: PartSearch): Part[] {
  const byLibrary = new Map<number, string[]>();
  for (const [path, digest] of digests) {
    if (isTaken(path)) continue;
    const [library, other] = index.lookup(digest);
    // Text that two libraries have may come from either, or from a third.
    if (library === undefined || other !== undefined) continue;
    const known = byLibrary.get(library);
    if (known) known.push(path);
    else byLibrary.set(library, [path]);
  }
  return [...byLibrary].flatMap(([position, paths]) => {
    const library = index.library(position);
    const upstream = upstreamPaths(library);
    const groups = new Map<string, Hit[]>();
    for (const local of paths) {
      const hit = nearest(local, upstream.get(digests.get(local) ?? "") ?? []);
      if (!hit || isOwn(local, library)) continue;
      const key = `${hit.root}\0${hit.upstreamRoot}`;
      groups.set(key, [...(groups.get(key) ?? []), hit]);
    }
    return [...groups.values()].filter((hits) => hits.reduce((sum, { upstream: path, local }) => sum + weightOf(library, path, digests.get(local) ?? ""), 0) >= LEAST_PART).map((hits) => ({ library: position, around: aroundOf(hits, library), directory: directoryOfAll(hits), modules: new Map(hits.map((hit) => [hit.upstream, hit.local])) }));
  });
}

function upstreamPaths(library: Library): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { path, variants } of library.modules) {
    for (const { relocated } of variants) {
      const known = found.get(relocated);
      if (!known) found.set(relocated, [path]);
      else if (!known.includes(path)) known.push(path);
    }
  }
  return found;
}

/** The upstream path that has most components in common with the local one, from the end; and what is left of both before them. */
function nearest(local: string, candidates: readonly string[]): (Hit & { readonly root: string; readonly upstreamRoot: string }) | undefined {
  let best: (Hit & { readonly root: string; readonly upstreamRoot: string }) | undefined;
  const own = local.split("/");
  let most = -1;
  for (const upstream of candidates) {
    const parts = upstream.split("/");
    let common = 0;
    while (common < parts.length && common < own.length && parts[parts.length - 1 - common] === own[own.length - 1 - common]) common++;
    if (common <= most) continue;
    most = common;
    // A module by another name is placed by itself.
    best = { local, upstream, root: common === 0 ? local : own.slice(0, own.length - common).join("/"), upstreamRoot: common === 0 ? upstream : parts.slice(0, parts.length - common).join("/") };
  }
  return best;
}

function weightOf(library: Library, path: string, relocated: string): number {
  return library.modules.find((module) => module.path === path)?.variants.find((variant) => variant.relocated === relocated)?.weight ?? 0;
}

function aroundOf(hits: readonly Hit[], library: Library): Placement | undefined {
  const [first] = hits;
  const top = library.topLevels.find((each) => first?.upstream.startsWith(`${each}/`));
  if (!first || top === undefined || !hits.every((hit) => hit.upstream.startsWith(`${top}/`) && `/${hit.local}`.endsWith(`/${hit.upstream}`))) return undefined;
  return new Map([[top, first.local.slice(0, first.local.length - first.upstream.length + top.length)]]);
}

function directoryOfAll(hits: readonly Hit[]): Placement | undefined {
  const [first] = hits;
  let [local, upstream] = [directoryOf(first?.local ?? ""), directoryOf(first?.upstream ?? "")];
  while (local !== "" && upstream !== "" && !hits.every((hit) => hit.local.startsWith(`${local}/`) && hit.upstream.startsWith(`${upstream}/`))) [local, upstream] = [directoryOf(local), directoryOf(upstream)];
  const isSame = local !== "" && upstream !== "" && hits.every((hit) => hit.local.slice(local.length) === hit.upstream.slice(upstream.length));
  return isSame ? new Map([[upstream, local]]) : undefined;
}

/** The module of the library with which a text has most in common; undefined where that is too little. */
export function nearestModule({ parts }: Fingerprint, library: Library): string | undefined {
  const own = new Set(parts.map((part) => part.hash));
  const shared = library.parts.hashes.map((hash, position) => (own.has(hash) ? (library.parts.weights[position] ?? 0) : 0));
  let [nearest, most]: [string | undefined, number] = [undefined, LEAST_PART - 1];
  for (const { path, variants } of library.modules) {
    for (const variant of variants) {
      const common = variant.parts.reduce((sum, part) => sum + (shared[part] ?? 0), 0);
      if (common > most) [nearest, most] = [path, common];
    }
  }
  return nearest;
}
