/** What happens to a file's text besides relocating it: patches, substitutions, imports that are turned back. */
import { readFileSync } from "node:fs";
import type { LocalFinding } from "../model/edit.ts";
import { fileFailure } from "../model/failure.ts";
import type { Relocation } from "../model/relocation.ts";
import { type PatchStep, type StepOutcome, applySteps } from "../patch/steps.ts";
import { applyEdits } from "../rewrite/applyEdits.ts";
import { reverse } from "../rewrite/reverse.ts";
import { type Readers, readFacts } from "../syntax/readFacts.ts";

export interface PatchedFile {
  /** Patches for upstream names, in order. */
  readonly before: readonly PatchStep[];
  /** Patches for relocated names. */
  readonly after: readonly PatchStep[];
}

/** As JavaScript's regular expressions have it. */
export interface Substitution {
  readonly match: string;
  readonly flags: string;
  readonly replace: string;
}

/** Imports of copies that go name the library again. */
export function reverseImports(source: Buffer, relocations: readonly Relocation[], readers: Readers): { readonly content: Buffer; readonly left: readonly LocalFinding[] } {
  const text = source.toString("latin1");
  if (!relocations.some(({ to }) => text.includes(to.slice(0, to.lastIndexOf("."))))) return { content: source, left: [] };
  const result = readFacts(source, readers);
  if (result.kind === "unreadable") return { content: source, left: [] };
  const { edits, left } = reverse(text, result.facts, relocations);
  return { content: edits.length === 0 ? source : Buffer.from(applyEdits(text, edits), "latin1"), left };
}

/** The very same buffer where no patch changes anything. */
export function applyToBytes(source: Buffer, steps: readonly PatchStep[] = []): { readonly content: Buffer; readonly outcomes: readonly StepOutcome[] } {
  if (steps.length === 0) return { content: source, outcomes: [] };
  const text = source.toString("latin1");
  const result = applySteps(text, steps);
  return { content: result.text === text ? source : Buffer.from(result.text, "latin1"), outcomes: result.outcomes };
}

/** The very same buffer where nothing matches. */
export function substituted(source: Buffer, substitutions: readonly Substitution[]): Buffer {
  if (substitutions.length === 0) return source;
  const text = source.toString("latin1");
  const replaced = substitutions.reduce((result, { match, flags, replace }) => result.replace(new RegExp(match, flags), replace), text);
  return replaced === text ? source : Buffer.from(replaced, "latin1");
}

export function readExisting(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw fileFailure(error, path);
  }
}
