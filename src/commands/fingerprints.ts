/** Reads modules for the audit: where the scanner's import statements meet the fingerprints. No code is run, and no file is refused: one that does not parse has a fingerprint too. */
import { fingerprint, type Fingerprint, relocatedDigest } from "../audit/fingerprint.ts";
import { noWords } from "../syntax/words.ts";
import { lexicalBytes } from "../syntax/encoding.ts";
import type { Scanner } from "../syntax/scan.ts";
import { type ShapeOf, loadShapes } from "../syntax/shape.ts";
import { scannerModule, scannerOnly } from "./readers.ts";

export type FingerprintReader = (source: Buffer, namespaces?: readonly string[]) => Fingerprint;

/** The relocation-proof digest alone; undefined for a module that says too little. */
export type DigestReader = (source: Buffer, namespaces: readonly string[], lightest?: number) => string | undefined;

export function digestReader(): DigestReader {
  const { scanner } = scannerOnly();
  return (source, namespaces, lightest) => relocatedDigest(source, importsOf(source, scanner), namespaces, lightest);
}

export function fingerprintReader(): FingerprintReader {
  const { scanner } = scannerOnly();
  const shapeOf = shapeReader();
  return (source, namespaces) => fingerprint(source, importsOf(source, scanner), shapeOf(source), namespaces);
}

export function shapeReader(): ShapeOf {
  return loadShapes(scannerModule());
}

/** The import statements of a module, by offset. */
export type ImportReader = (source: Buffer) => Parameters<typeof fingerprint>[1];

export function importReader(): ImportReader {
  const { scanner } = scannerOnly();
  return (source) => importsOf(source, scanner);
}

/** What the scanner finds up to where it loses its way, which is the same place before and after a relocation. */
function importsOf(source: Buffer, scanner: Scanner): Parameters<typeof fingerprint>[1] {
  const lexical = lexicalBytes(source);
  return "reason" in lexical ? [] : scanner(lexical.bytes, lexical.utf8, noWords).imports;
}
