/**
 * A relocated file of which only the namespace's name is open. Relocation asks nothing of the namespace but its name, so a file that was relocated
 * once into a namespace that stands in for all others tells how it comes out in each: the stand-in's components are unlike every word of the file, and each is a hole.
 */
import { hash } from "node:crypto";
import type { FileResult } from "./fileJob.ts";

export interface FileTemplate {
  /** For the stand-in namespace; findings are those of the file that it was made from. */
  readonly result: FileResult;
  /** For the stand-in namespace. */
  readonly content: Buffer;
  /** Where its components stand in `content` and which, in order. */
  readonly holes: readonly Hole[];
  /** Components stand in findings or observations too. */
  readonly worded: boolean;
  readonly standIn: readonly string[];
}

type Hole = readonly [at: number, component: number];

export interface FilledFile {
  readonly content: Buffer;
  readonly result: FileResult;
}

// Two, of other lengths and other places in an order of names: what depends on either shows when a template of one is held against the other.
const stems = ["enisle_hole_a", "Zenisle_hole_other"] as const;
const anyStem = /enisle_hole_/i;

/** Components of a namespace that stands in for those with as many. */
export function standIn(components: number, which: 0 | 1): string[] {
  return Array.from({ length: components }, (_, index) => `${stems[which]}${index}${which === 1 ? "_".repeat(index) : ""}z`);
}

/** Undefined where the text has something of a stand-in's name itself. `source` are the file's bytes before relocation, `content` those after it. */
export function templateOf(result: FileResult, source: Buffer, content: Buffer, names: readonly string[]): FileTemplate | undefined {
  if (source.includes("enisle_hole_", 0, "latin1")) return undefined;
  const holes: Hole[] = [];
  const pattern = patternOf(names);
  if (content !== source && content.includes("enisle_hole_", 0, "latin1")) for (const match of content.toString("latin1").matchAll(pattern)) holes.push([match.index, names.indexOf(match[0])]);
  const { before: _before, after: _after, ...plain } = result;
  return { result: { ...plain, before: undefined, after: undefined }, content, holes, standIn: names, worded: anyStem.test(JSON.stringify([result.findings, result.observations, result.verified])) };
}

/** The file in a namespace with these components. `label` is what findings call it. */
export function fill(template: FileTemplate, names: readonly string[], label: string): FilledFile {
  const { result, holes } = template;
  const texts = template.worded ? worded(template, names) : result;
  const findings = texts.findings.length === 0 ? texts.findings : texts.findings.map((each) => ({ ...each, path: label }));
  if (holes.length === 0) return { content: template.content, result: { ...result, ...texts, findings } };
  const content = filledContent(template, names);
  return { content, result: { ...result, ...texts, findings, size: content.length, sha256Now: hash("sha256", content), undo: movedEdits(template, names) } };
}

function filledContent({ content, holes, standIn: from }: FileTemplate, names: readonly string[]): Buffer {
  const text: Buffer[] = [];
  let last = 0;
  for (const [at, component] of holes) {
    text.push(content.subarray(last, at), Buffer.from(names[component] ?? "", "latin1"));
    last = at + (from[component]?.length ?? 0);
  }
  return Buffer.concat([...text, content.subarray(last)]);
}

/** Holes lie inside the edits' new texts: every edit moves by what the holes before it grow, and grows by its own. */
function movedEdits({ result, holes, standIn: from }: FileTemplate, names: readonly string[]): FileResult["undo"] {
  const growth = names.map((name, component) => name.length - (from[component]?.length ?? 0));
  let [next, shift] = [0, 0];
  const until = (end: number): number => {
    for (let hole = holes[next]; hole !== undefined && hole[0] < end; hole = holes[++next]) shift += growth[hole[1]] ?? 0;
    return shift;
  };
  return result.undo.map(([at, length, was]) => {
    const start = at + until(at);
    return [start, at + length + until(at + length) - start, was] as const;
  });
}

function worded({ result: { findings, observations, verified }, standIn: from }: FileTemplate, names: readonly string[]): Pick<FileResult, "findings" | "observations" | "verified"> {
  const text = JSON.stringify({ findings, observations, verified }).replace(patternOf(from), (name) => names[from.indexOf(name)] ?? name);
  return JSON.parse(text) as Pick<FileResult, "findings" | "observations" | "verified">;
}

function patternOf(names: readonly string[]): RegExp {
  return new RegExp(names.join("|"), "g");
}
