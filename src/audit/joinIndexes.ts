/** Several indexes asked as one. A library that more than one has is taken from the first: give your own before the shipped one. */
import { type LibraryEntry, type ReleaseIndex, sortedOnce } from "./indexFile.ts";

export function joinIndexes(indexes: readonly ReleaseIndex[]): ReleaseIndex | undefined {
  if (indexes.length <= 1) return indexes[0];
  const libraries: LibraryEntry[] = [];
  const sources: { readonly index: ReleaseIndex; readonly position: number }[] = [];
  const positions = indexes.map((index) => {
    const known = new Set(libraries.map((entry) => entry.name));
    return index.libraries.map((entry, position) => {
      if (known.has(entry.name)) return undefined;
      libraries.push(entry);
      sources.push({ index, position });
      return libraries.length - 1;
    });
  });
  const sourceOf = (position: number): { readonly index: ReleaseIndex; readonly position: number } => {
    const source = sources[position];
    if (!source) throw new Error(`invariant: no library ${position}`);
    return source;
  };
  return {
    libraries,
    shapes: sortedOnce(Uint32Array.from(indexes.flatMap((index) => [...index.shapes]))),
    lookup: (digest) => indexes.flatMap((index, nth) => index.lookup(digest).flatMap((position) => positions[nth]?.[position] ?? [])),
    library: (position) => sourceOf(position).index.library(sourceOf(position).position),
    complete: (position) => sourceOf(position).index.complete(sourceOf(position).position),
  };
}
