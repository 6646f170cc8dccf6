/** One data file: bytes → decision → bytes. What a real parser reads must differ in nothing but the names that were changed. */
import { fileRows } from "../catalogue/files.ts";
import type { Decision } from "../model/edit.ts";
import type { RecordedEdit } from "../model/manifest.ts";
import { applyEdits, undoable } from "../rewrite/applyEdits.ts";
import { applyExceptions } from "../rewrite/exceptions.ts";
import type { RewriteOptions } from "../rewrite/context.ts";
import { type Change, type TextPlace, decideText, mentionsRelocated } from "../rewrite/text/decide.ts";
import type { TextFormat } from "../model/textFormat.ts";

export interface RelocatedText {
  /** The very same buffer when nothing changed. */
  readonly content: Buffer;
  readonly undo: readonly RecordedEdit[];
  readonly decision: Decision;
  readonly facts?: undefined;
}

/** Parsers to verify with, where there is one for the format; they throw on what they cannot read. */
export type Parsers = Partial<Record<TextFormat, (text: string) => unknown>>;

/** `path` is relative to the project, for the configuration's exceptions. */
export function relocateText(source: Buffer, place: TextPlace, path: string, options: RewriteOptions, parsers: Parsers): RelocatedText {
  const unchanged = { content: source, undo: [], decision: { edits: [], sites: [], findings: [] } };
  if (!mentionsRelocated(source, options)) return unchanged;
  const text = source.toString("latin1");
  const { changes: planned, ...wanted } = decideText(text, place, fileRows, options);
  const decision = applyExceptions({ options, place: { module: undefined, package: undefined, stub: false, siblings: new Set(), path }, source }, wanted);
  const changes = planned.filter(({ scalar }) => decision.edits.some(({ start, end }) => scalar.start <= start && end <= scalar.end));
  if (decision.edits.length === 0) return { ...unchanged, decision };
  const edits = decision.edits.toSorted((a, b) => a.start - b.start);
  const content = Buffer.from(applyEdits(text, edits), "latin1");
  const parse = parsers[place.format];
  if (parse && !differsOnlyBy(source, content, changes, parse)) {
    const [first] = edits;
    const message = `names what is relocated, in a way that cannot be changed safely: ${decision.sites.map(({ name }) => name).join(", ")}`;
    return { ...unchanged, decision: { edits: [], sites: decision.sites.map((site) => ({ ...site, outcome: "reported" })), findings: [...decision.findings, { code: "data-reference", message, offset: first?.start ?? 0 }] } };
  }
  return { content, undo: undoable(text, edits), decision: { ...decision, edits } };
}

/** Compares leaf by leaf; keys that are renamed are compared as values are. */
function differsOnlyBy(before: Buffer, after: Buffer, changes: readonly Change[], parse: (text: string) => unknown): boolean {
  const characters = (bytes: string): string => Buffer.from(bytes, "latin1").toString("utf8");
  const count = (leaves: readonly string[]): Map<string, number> => leaves.reduce((counts, leaf) => counts.set(leaf, (counts.get(leaf) ?? 0) + 1), new Map<string, number>());
  try {
    const [was, is] = [leavesOf(parse(before.toString("utf8")), []), leavesOf(parse(after.toString("utf8")), [])];
    const expected = was.map(({ path, value }): { readonly path: readonly string[]; readonly value: string } => {
      let [newPath, newValue] = [path, value];
      for (const { scalar, text } of changes) {
        const own = scalar.path.map(characters);
        if (!own.every((key, index) => path[index] === key)) continue;
        if (scalar.role === "key") newPath = newPath.map((key, index) => (index === own.length - 1 ? characters(text) : key));
        else if (path.length === own.length && value === JSON.stringify(characters(scalar.text))) newValue = JSON.stringify(characters(text));
      }
      return { path: newPath, value: newValue };
    });
    const [wanted, found] = [expected, is].map((leaves) => count(leaves.map(({ path, value }) => JSON.stringify([path, value]))));
    return JSON.stringify([...(wanted ?? [])].sort()) === JSON.stringify([...(found ?? [])].sort()) && JSON.stringify(was) !== JSON.stringify(is);
  } catch {
    return false;
  }
}

/** Values with their keys; items of lists have the path of their list, as scalars have. */
function leavesOf(value: unknown, path: readonly string[]): { readonly path: readonly string[]; readonly value: string }[] {
  if (Array.isArray(value)) return value.length === 0 ? [{ path, value: "[]" }] : value.flatMap((each) => leavesOf(each, path));
  if (typeof value === "object" && value !== null && !(value instanceof Date)) {
    const entries = Object.entries(value);
    return entries.length === 0 ? [{ path, value: "{}" }] : entries.flatMap(([key, each]) => leavesOf(each, [...path, key]));
  }
  return [{ path, value: typeof value === "string" ? JSON.stringify(value) : String(value) }];
}
