/** What some file of a tree says about a copy; whether it is true is for fuse.ts to find out. */
import type { EvidenceKind } from "../model/audit.ts";

export interface Claim {
  readonly kind: EvidenceKind;
  /** As written. */
  readonly name: string;
  readonly version: string | null;
  /** The file that says so, below the tree. */
  readonly file: string;
  readonly line?: number;
  /** Directories in which the copy may lie, the likeliest first; what lies in none of them is not there. */
  readonly directories: readonly string[];
  /** Top levels below the directory, where they are told. */
  readonly topLevels?: readonly string[] | undefined;
  readonly confidence: number;
  readonly license?: string | null;
  /** SHA-256 of the copy's files as the claim has them (hex, or base64url from a RECORD), by path below the tree. */
  readonly digests?: ReadonlyMap<string, string>;
  /** False: says nothing if the copy is not there (a dependency list, an SBOM of a whole product). */
  readonly promises: boolean;
}

const vendoring = /^_?(?:vendor(?:ed|s|ing|ized)?(?:_packages|_libs)?|third[-_]?party|3rd[-_]?party|externals?|extern|bundled?(?:_packages)?|vendored_packages|embedded|thirdparty_files|patched)$/i;

/** A directory that is called like those in which projects keep copies. */
export function isVendoringName(name: string): boolean {
  return vendoring.test(name);
}
