/**
 * The index of releases as one file: a header, a table of digests sorted for binary search, and one compressed section a library, read when it is asked for.
 *
 *     "ENISLEFP" · format (u32) · header length (u32) · header (JSON, Brotli) · padding to 4
 *     rows: high words (u32 each), low words, shapes, libraries (u16 each), padding · sections
 */
import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";
import { Failure } from "../model/failure.ts";
import type { Library, LibraryModule } from "./library.ts";

export const FORMAT = 2;
const MAGIC = "ENISLEFP";
/** Modules with less text say nothing about where they come from. */
export const LIGHTEST = 60;
const MAX_SECTION = 2 ** 28;
/** Bytes of a row. */
const ROW = 14;

export interface LibraryEntry {
  readonly name: string;
  readonly topLevels: readonly string[];
  readonly releases: number;
  readonly offset: number;
  readonly length: number;
}

interface Header {
  readonly rows: number;
  readonly libraries: readonly LibraryEntry[];
}

export interface ReleaseIndex {
  readonly libraries: readonly LibraryEntry[];
  /** Positions in `libraries` of those with a module of this digest (see `Fingerprint.relocated`). */
  lookup(relocated: string): number[];
  /** Modules without their shapes: those are for adding to the index, see `complete`. */
  library(position: number): Library;
  complete(position: number): Library;
  /** What `shapeOf` gives for the modules that can be looked up, sorted, each once: a file of another shape is none of them. */
  readonly shapes: Uint32Array;
}

export function encodeIndex(libraries: readonly Library[]): Buffer {
  const sorted = [...libraries].sort((a, b) => (a.name < b.name ? -1 : 1));
  const rows: { digest: string; shape: number; library: number }[] = [];
  const sections = sorted.map((library, position) => {
    const shapes = new Map(library.modules.flatMap((module) => module.variants.filter((variant) => variant.weight >= LIGHTEST).map((variant) => [variant.relocated, variant.shape])));
    for (const [digest, shape] of shapes) rows.push({ digest, shape, library: position });
    return compress(encodeLibrary(library));
  });
  rows.sort((a, b) => (a.digest < b.digest ? -1 : a.digest > b.digest ? 1 : a.library - b.library));
  let offset = 0;
  const entries = sorted.map(({ name, topLevels, versions }, position) => {
    const length = sections[position]?.length ?? 0;
    offset += length;
    return { name, topLevels, releases: versions.length, offset: offset - length, length };
  });
  const header = compress(JSON.stringify({ rows: rows.length, libraries: entries } satisfies Header));
  const head = Buffer.alloc(aligned(16 + header.length));
  head.write(MAGIC, "latin1");
  head.writeUInt32LE(FORMAT, 8);
  head.writeUInt32LE(header.length, 12);
  header.copy(head, 16);
  const table = Buffer.alloc(aligned(rows.length * ROW));
  rows.forEach(({ digest, shape, library }, row) => {
    table.writeUInt32LE(parseInt(digest.slice(0, 8), 16), row * 4);
    table.writeUInt32LE(parseInt(digest.slice(8), 16), (rows.length + row) * 4);
    table.writeUInt32LE(shape, (rows.length * 2 + row) * 4);
    table.writeUInt16LE(library, rows.length * 12 + row * 2);
  });
  return Buffer.concat([head, table, ...sections]);
}

/** `path` is for messages. Throws Failure where the file is none of ours, of another format, or damaged. */
export function decodeIndex(file: Buffer, path: string): ReleaseIndex {
  const rebuild = "Get the index again, or build it: enisle index add WHEEL….";
  if (file.length < 16 || file.toString("latin1", 0, 8) !== MAGIC) throw new Failure(`${path}: is no index of releases`, rebuild);
  const format = file.readUInt32LE(8);
  if (format !== FORMAT) throw new Failure(`${path}: has format ${format}, and this version of the tool reads format ${FORMAT}`, rebuild);
  const damaged = (): Failure => new Failure(`${path}: the index is damaged or cut off`, rebuild);
  const headerLength = file.readUInt32LE(12);
  let header: Header;
  try {
    header = JSON.parse(decompress(file.subarray(16, 16 + headerLength))) as Header;
  } catch {
    throw damaged();
  }
  const tableAt = aligned(16 + headerLength);
  const sectionsAt = tableAt + aligned(header.rows * ROW);
  const end = header.libraries.reduce((last, entry) => Math.max(last, entry.offset + entry.length), 0);
  if (sectionsAt + end > file.length) throw damaged();
  const own = file.buffer.slice(file.byteOffset + tableAt, file.byteOffset + sectionsAt);
  const high = new Uint32Array(own, 0, header.rows);
  const low = new Uint32Array(own, header.rows * 4, header.rows);
  const shapes = new Uint32Array(own, header.rows * 8, header.rows);
  const libraryOf = new Uint16Array(own, header.rows * 12, header.rows);
  const decoded = new Map<number, Library>();
  const rowsOf = (relocated: string): number[] => {
    const [wantedHigh, wantedLow] = [parseInt(relocated.slice(0, 8), 16), parseInt(relocated.slice(8), 16)];
    const found: number[] = [];
    for (let row = firstAtLeast(high, wantedHigh); high[row] === wantedHigh; row++) if (low[row] === wantedLow) found.push(row);
    return found;
  };
  return {
    libraries: header.libraries,
    shapes: sortedOnce(shapes),
    lookup: (relocated) => rowsOf(relocated).map((row) => libraryOf[row] ?? 0),
    library(position) {
      const known = decoded.get(position);
      if (known) return known;
      const entry = header.libraries[position];
      if (!entry) throw new Error(`invariant: no library ${position} in the index`);
      let library: Library;
      try {
        library = decodeLibrary(decompress(file.subarray(sectionsAt + entry.offset, sectionsAt + entry.offset + entry.length)), entry);
      } catch {
        throw damaged();
      }
      decoded.set(position, library);
      return library;
    },
    complete(position) {
      const shapeOf = (relocated: string): number => shapes[rowsOf(relocated)[0] ?? -1] ?? 0;
      const library = this.library(position);
      return { ...library, modules: library.modules.map(({ path, variants }) => ({ path, variants: variants.map((variant) => ({ ...variant, shape: shapeOf(variant.relocated) })) })) };
    },
  };
}

export function sortedOnce(numbers: Uint32Array): Uint32Array {
  const sorted = numbers.slice().sort();
  return sorted.filter((each, position) => each !== sorted[position - 1]);
}

function aligned(length: number): number {
  return (length + 3) & ~3;
}

/** Whether a file of this shape can be one of the index's modules; one without a shape may be any. */
export function mayBeIndexed(shapes: Uint32Array, shape: number): boolean {
  return shape === 0 || shapes[firstAtLeast(shapes, shape)] === shape;
}

function firstAtLeast(sorted: Uint32Array, wanted: number): number {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((sorted[middle] ?? 0) < wanted) from = middle + 1;
    else to = middle;
  }
  return from;
}

function compress(text: string): Buffer {
  return brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_LGWIN]: 22, [constants.BROTLI_PARAM_SIZE_HINT]: text.length } });
}

function decompress(packed: Buffer): string {
  return brotliDecompressSync(packed, { maxOutputLength: MAX_SECTION }).toString("utf8");
}

// A section, as JSON: numbers that grow are kept as differences, which compress well; digests as text, which Brotli packs to their true size.
type Section = readonly [versions: readonly string[], hashes: string, weights: readonly number[], modules: readonly (readonly [path: string, ...variants: PackedVariant[]])[]];
type PackedVariant = readonly [exact: string, relocated: string, weight: number, versions: readonly number[], parts: readonly number[]];

function encodeLibrary(library: Library): string {
  const hashes = [...library.parts.hashes].map((hash) => hash.toString(16).padStart(8, "0")).join("");
  const modules = library.modules.map(({ path, variants }) => [path, ...variants.map((each) => [each.exact, each.exact === each.relocated ? "" : each.relocated, each.weight, runs(each.versions), differences(each.parts)] as const)] as const);
  return JSON.stringify([library.versions, hashes, [...library.parts.weights], modules] satisfies Section);
}

function decodeLibrary(text: string, { name, topLevels }: LibraryEntry): Library {
  const [versions, hashes, weights, packed] = JSON.parse(text) as Section;
  const modules: LibraryModule[] = packed.map(([path, ...variants]) => ({
    path,
    variants: variants.map(([exact, relocated, weight, runsOf, parts]) => ({ exact, relocated: relocated || exact, shape: 0, weight, versions: fromRuns(runsOf), parts: fromDifferences(parts) })),
  }));
  const count = hashes.length / 8;
  return { name, versions, topLevels, modules, parts: { hashes: Uint32Array.from({ length: count }, (_, i) => parseInt(hashes.slice(i * 8, i * 8 + 8), 16)), weights: Uint32Array.from(weights) } };
}

/** [3,4,5,9] → [3,3,9,1]: start and length of every run. */
function runs(positions: readonly number[]): number[] {
  const found: number[] = [];
  for (const position of positions) {
    const [start, length] = [found.at(-2) ?? 0, found.at(-1) ?? 0];
    if (found.length > 0 && position === start + length) found[found.length - 1] = length + 1;
    else found.push(position, 1);
  }
  return found;
}

function fromRuns(packed: readonly number[]): number[] {
  const positions: number[] = [];
  for (let i = 0; i + 1 < packed.length; i += 2) for (let offset = 0; offset < (packed[i + 1] ?? 0); offset++) positions.push((packed[i] ?? 0) + offset);
  return positions;
}

/** The next position is usually one more: runs of that are kept as one negative number. */
function differences(positions: readonly number[]): number[] {
  const packed: number[] = [];
  let previous = -1;
  for (const position of positions) {
    const last = packed.at(-1) ?? 0;
    if (position === previous + 1 && last < 0) packed[packed.length - 1] = last - 1;
    else packed.push(...(position === previous + 1 ? [-1] : [position]));
    previous = position;
  }
  return packed;
}

function fromDifferences(packed: readonly number[]): number[] {
  const positions: number[] = [];
  let previous = -1;
  for (const each of packed) {
    if (each >= 0) positions.push((previous = each));
    else for (let i = 0; i < -each; i++) positions.push(++previous);
  }
  return positions;
}
