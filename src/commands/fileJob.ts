/** The work on one file and what it gives, as plain data, so that any worker can do it (fileWorker.ts). */
import type { Locator, SourceFile } from "../model/distribution.ts";
import type { Site } from "../model/edit.ts";
import type { CatalogueRow } from "../model/catalogue.ts";
import type { Finding } from "../model/finding.ts";
import type { AnchoredEdit, RecordedEdit } from "../model/manifest.ts";
import type { Observation } from "../model/observation.ts";
import type { Relocation } from "../model/relocation.ts";
import type { TextFormat } from "../model/textFormat.ts";
import type { StepOutcome } from "../patch/steps.ts";
import type { PythonVersion } from "../rewrite/context.ts";
import type { InventoryData } from "./inventory.ts";
import type { PatchedFile, Substitution } from "./preparedText.ts";

export interface FileJob {
  /** For messages and findings: relative to the project. */
  readonly label: string;
  readonly locator: Locator;
  readonly size: number;
  readonly executable: boolean;
  readonly record: SourceFile["record"];
  /** Hex digest the original bytes must have. */
  readonly sha256: string | undefined;
  readonly distribution: string | undefined;
  /** A Python file, and its place; undefined for everything that is copied as it is. */
  readonly place: PlaceData | undefined;
  /** Something else that names of modules may stand in. */
  readonly content?: ContentKind;
  /** Index into `JobSettings.maps`: what is relocated differs between a copy and the project. */
  readonly map: number;
  /** Where the result is staged; undefined: nowhere. */
  readonly target: string | undefined;
  /** Stage only a file that changed, and give it the original's mode and owner. */
  readonly inPlace: boolean;
  /** Patches that change the file before and after it is relocated. */
  readonly patched?: PatchedFile;
}

/** `compiled`: an extension module, and its name before relocation. A pickle that `stays` is the project's, and is never rewritten. */
export type ContentKind = { readonly kind: "compiled"; readonly module: string } | { readonly kind: "pickle"; readonly stays?: true } | { readonly kind: "entry-points" } | { readonly kind: "text"; readonly format: TextFormat };

export interface PlaceData {
  readonly module: string | undefined;
  readonly package: string | undefined;
  readonly stub: boolean;
  readonly siblings: readonly string[];
}

export interface JobSettings {
  readonly maps: readonly (readonly Relocation[])[];
  readonly target: PythonVersion;
  readonly inventory: InventoryData;
  readonly references: ReferenceSettings;
  /** Results carry the bytes before and after of files that changed. */
  readonly keepContents: boolean;
  readonly keepSites: boolean;
  /** The files are what relocation made, looked at once more: nobody asks for observations, nor for what only running tells. */
  readonly again?: true;
  /** Modules that were left out of their copy: importing one is a finding. */
  readonly dropped?: readonly string[];
  /** Relocations that are taken back: the project's own imports of these copies name the library again. */
  readonly reversed?: readonly Relocation[];
  /** Regular expressions and their replacements, done to Python files of copies before they are relocated. */
  readonly substitute?: readonly Substitution[];
}

/** How references that are not import statements are dealt with. */
export interface ReferenceSettings {
  readonly rows: readonly CatalogueRow[];
  readonly verified: "rewrite" | "report";
  readonly helper: string | undefined;
  readonly runtimeMap: boolean;
  /** Look-ups of metadata whose distribution only running tells stay as they are, for the sake of a tree that another tool made so. */
  readonly leavesLookUps?: true;
  readonly leave: readonly { readonly string: string; readonly path?: string }[];
}

export const defaultReferences: ReferenceSettings = { rows: [], verified: "rewrite", helper: undefined, runtimeMap: false, leave: [] };

export interface FileResult {
  /** Edits that call the generated helper are among those of the file. */
  readonly needsHelper: boolean;
  /** Indices of the configuration's exceptions that left something. */
  readonly usedExceptions: readonly number[];
  readonly edits: { readonly proven: number; readonly verified: number };
  /** SHA-256, hex; empty for a source of the project (`inPlace`, with a `place`) that did not change. */
  readonly sha256Upstream: string;
  /** Of the result; as `sha256Upstream` where nothing changed. */
  readonly sha256Now: string;
  /** Of the file that is replaced: it differs from the original where an earlier run rewrote it. Empty as `sha256Upstream` is. */
  readonly sha256Before: string;
  /** For a file in place: its edits, with what they are found by later. */
  readonly anchors: readonly AnchoredEdit[];
  readonly undo: readonly RecordedEdit[];
  readonly findings: readonly Finding[];
  /** Of files of copies. */
  readonly observations: readonly Observation[];
  readonly changed: boolean;
  /** Of the result, in bytes. */
  readonly size: number;
  readonly sites: readonly Site[];
  /** What became of the file's patches. */
  readonly patches: readonly StepOutcome[];
  /** Relocating comes to the same without the patches for upstream names. */
  readonly covered: boolean;
  /** Strings that name what a relocated distribution holds; `left`: why one was not rewritten. */
  readonly verified: readonly { readonly line: number; readonly name: string; readonly left?: string }[];
  readonly before: Uint8Array | undefined;
  readonly after: Uint8Array | undefined;
}

/** Of a file that is taken as it is. `content` where results carry it. */
export function plainResult(sha256: string, size: number, content?: Uint8Array): FileResult {
  return {
    needsHelper: false, usedExceptions: [], edits: { proven: 0, verified: 0 }, sha256Upstream: sha256, sha256Now: sha256, sha256Before: sha256, anchors: [], undo: [], findings: [], observations: [],
    changed: false, size, sites: [], patches: [], covered: false, verified: [], before: content, after: content,
  };
}
