/** Fingerprints of a module: of its bytes, of what relocation leaves unchanged, and of its parts, by which a patched module is known again. */
import { createHash, hash } from "node:crypto";
import type { AnyImport } from "../model/facts.ts";
import { importedNames, normalise, showsNamespace } from "./normalise.ts";

export interface Fingerprint {
  /** First 64 bits of the SHA-256 of the bytes, hex. */
  readonly exact: string;
  /** Likewise, of the text without what relocation changes. */
  readonly relocated: string;
  /** What the names of its first functions and classes come to (syntax/shape.ts): the same for all texts that have this digest; 0 where it has none. */
  readonly shape: number;
  /** Characters in `parts`: how much a match of this module says. */
  readonly weight: number;
  readonly parts: readonly Part[];
}

/** A statement of the module's body or of a class's, without blanks and comments. */
export interface Part {
  /** 32 bits; compared within one library only. */
  readonly hash: number;
  readonly weight: number;
}

const DIGITS = 16;
/** Shorter parts (`pass`, `else:`) are in every module. */
const SHORTEST = 8;
// Long bodies and tables are cut where a line's own hash says so: an inserted line moves no later cut.
const MIN_LINES = 8;
const MAX_LINES = 40;

export function exactDigest(source: Buffer): string {
  return hash("sha256", source, "hex").slice(0, DIGITS);
}

/** `imports` are the import statements of the file, by offset; `shape` is the number above; see `normalise` for `namespaces`. */
export function fingerprint(source: Buffer, imports: readonly AnyImport[], shape: number, namespaces: readonly string[] = []): Fingerprint {
  const module = normalise(source, imports, namespaces);
  const relocated = digestOf([Buffer.from(module.text, "latin1")], module.imports);
  const parts = partsOf(module.text);
  return { exact: exactDigest(source), relocated, shape, weight: parts.reduce((sum, part) => sum + part.weight, 0), parts };
}

/**
 * The digest `relocated` of a fingerprint alone, or undefined for a module with too little text to say anything. For the many files that are looked
 * at once: most need nothing but their import statements cut out.
 */
export function relocatedDigest(source: Buffer, imports: readonly AnyImport[], namespaces: readonly string[], lightest = LIGHTEST): string | undefined {
  if (source.length < lightest) return undefined;
  if (!isPlain(source, imports, namespaces)) {
    const module = normalise(source, imports, namespaces);
    return module.text.length < lightest ? undefined : digestOf([Buffer.from(module.text, "latin1")], module.imports);
  }
  const parts: Buffer[] = [];
  let at = source[0] === 0xef && source[1] === 0xbb && source[2] === 0xbf ? 3 : 0;
  for (const statement of imports) {
    if (statement.start < at) continue;
    parts.push(source.subarray(at, statement.start));
    at = statement.end;
  }
  parts.push(source.subarray(at));
  return digestOf(parts, importedNames(imports));
}

/** Modules with less text are not looked up. */
const LIGHTEST = 60;

/** Nothing but import statements is to be cut: no CR, no namespace, no import written as a call, none that is followed by another statement. */
function isPlain(source: Buffer, imports: readonly AnyImport[], namespaces: readonly string[]): boolean {
  if (source.includes(13) || source.includes(0) || source.includes("__import__", 0, "latin1") || namespaces.some((name) => source.includes(name, 0, "latin1")) || showsNamespace(imports)) return false;
  for (const { end } of imports) {
    let next = end;
    while (source[next] === 32 || source[next] === 9) next++;
    if (source[next] === 59) return false;
  }
  return true;
}

function digestOf(parts: readonly Buffer[], imports: readonly string[]): string {
  const digest = createHash("sha256");
  for (const part of parts) digest.update(part);
  return digest.update(`\0${imports.join()}`, "latin1").digest("hex").slice(0, DIGITS);
}

function partsOf(text: string): Part[] {
  const parts: Part[] = [];
  let lines = "";
  let count = 0;
  let decorated = false;
  const flush = (): void => {
    if (lines.length >= SHORTEST) parts.push({ hash: hashOf(lines), weight: lines.length });
    lines = "";
    count = 0;
  };
  for (const line of text.split("\n")) {
    const bare = line.trim();
    if (bare === "" || bare.charCodeAt(0) === 35) continue;
    const top = line.charCodeAt(0) > 32 && !/^[)\]}]/.test(bare);
    const starts = /^(?:@|def |class |async def )/.test(bare);
    if (!decorated && (top || starts)) flush();
    else if (count >= MAX_LINES || (count >= MIN_LINES && hashOf(bare) % 16 === 0)) flush();
    decorated = bare.charCodeAt(0) === 64;
    lines += `${bare.replace(/\s+/g, " ")}\n`;
    count++;
  }
  flush();
  return parts;
}

/** FNV-1a with a final mix (Murmur's). */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
