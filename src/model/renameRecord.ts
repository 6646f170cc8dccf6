/** What `enisle wheel --rename` did to a wheel, kept in its `.dist-info`: what it was called, and how to get the original files back. */
import type { RecordedEdit } from "./manifest.ts";

export const RENAME_RECORD = "enisle-renamed.json";

export interface RenamedFile {
  /** Below site-packages, with slashes. */
  readonly path: string;
  /** Before the renaming. */
  readonly was: string;
  /** Hex digests, before and after. */
  readonly sha256Upstream: string;
  readonly sha256Now: string;
  readonly edits: readonly RecordedEdit[];
}

export interface RenameRecord {
  readonly schema: 1;
  readonly tool: string;
  /** The distribution as it was. */
  readonly name: string;
  readonly version: string;
  readonly targetPython: string;
  /** Top-level names before and after. */
  readonly modules: Readonly<Record<string, string>>;
  /** Commands before and after. */
  readonly commands: Readonly<Record<string, string>>;
  /** Files outside site-packages, as the wheel's `.data` has them, before and after. */
  readonly data: Readonly<Record<string, string>>;
  /** Modules and what lies beside them. */
  readonly files: readonly RenamedFile[];
}
