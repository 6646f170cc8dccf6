/** Demands on one distribution that no version can meet together, seen from their specifiers alone (PEP 440): no resolver is needed to know that. */
import { valid } from "@renovatebot/pep440";
import { meets } from "../model/specifier.ts";
import type { Line } from "../model/plan.ts";

const clause = /^(===|~=|==|!=|<=|>=|<|>)(.+)$/;

/**
 * The greatest sets of lines that some version could meet; one set that holds them all where they agree. A line whose specifier says nothing
 * certain is in each: the resolver decides. Every possible version lies at, just below or just above one that a specifier names.
 */
export function agreeing(lines: readonly Line[]): (readonly Line[])[] {
  const texts = [...new Set(lines.map((line) => line.demand.specifier ?? ""))].sort();
  if (texts.length < 2) return [lines];
  const key = texts.join(" ");
  let greatest = known.get(key);
  if (!greatest) known.set(key, (greatest = greatestSets(texts)));
  return greatest.map((set) => (set.size === texts.length ? lines : lines.filter((line) => set.has(line.demand.specifier ?? ""))));
}

/** A search asks the same again and again. */
const known = new Map<string, readonly ReadonlySet<string>[]>();

function greatestSets(texts: readonly string[]): readonly ReadonlySet<string>[] {
  const met = new Map(texts.map((text) => [text, asks(text)]));
  const sets = new Map<string, ReadonlySet<string>>();
  for (const point of texts.flatMap(points)) {
    const set = texts.filter((text) => met.get(text)?.(point));
    if (set.length === texts.length) return [new Set(texts)];
    sets.set(set.join(" "), new Set(set));
  }
  const all = [...sets.values()];
  if (all.length === 0) return [new Set(texts)];
  return all.filter((set) => !all.some((other) => other !== set && other.size > set.size && [...set].every((text) => other.has(text))));
}

const answers = new Map<string, (point: string) => boolean>();

function asks(specifier: string): (point: string) => boolean {
  let answer = answers.get(specifier);
  if (!answer) {
    // `===` compares letters, so it admits no more than `==` does.
    const parts = specifier.split(",").map((part) => part.trim().replace(/^===/, "==")).filter((part) => part !== "");
    const certain = parts.every((part) => sound(part));
    const found = new Map<string, boolean>();
    answer = (point) => {
      if (!certain) return true;
      let value = found.get(point);
      if (value === undefined) found.set(point, (value = parts.every((part) => meets(point, part) === true)));
      return value;
    };
    if (parts.length === 0) answer = () => true;
    answers.set(specifier, answer);
  }
  return answer;
}

function sound(part: string): boolean {
  const [, operator = "", version = ""] = clause.exec(part) ?? [];
  // Bounds at post- and development releases have rules of their own, and unusual spellings (`2.0a.0`) their own readers: the resolver knows them.
  return operator !== "" && /^v?(?:\d+!)?\d+(?:\.\d+)*(?:(?:a|b|rc)\d+)?(?:\+[a-z\d.]+)?(?:\.\*)?$/i.test(version.trim());
}

/** Versions at, below and above every one that a specifier names. */
function points(specifier: string): string[] {
  return specifier.split(",").flatMap((part) => {
    const version = (clause.exec(part.trim())?.[2] ?? "").trim().replace(/\.\*$/, "");
    if (valid(version) === null) return [];
    const release = (/^v?(?:\d+!)?(\d+(?:\.\d+)*)/.exec(version)?.[1] ?? "0").split(".").map(Number);
    const epoch = /^v?(\d+!)/.exec(version)?.[1] ?? "";
    const before = below(release);
    return [version, `${epoch}${release.join(".")}`, `${version.replace(/\+.*$/, "").replace(/^v/, "")}.post1`, `${epoch}${[...release, 0, 1].join(".")}`, `${epoch}${next(release)}`, ...(before === undefined ? [] : [`${epoch}${before}`])].filter((each) => valid(each) !== null);
  });
}

/** `1.4.0` → `1.3.999999`. */
function below(release: readonly number[]): string | undefined {
  const last = release.findLastIndex((part) => part > 0);
  if (last < 0) return undefined;
  return [...release.slice(0, last), (release[last] ?? 1) - 1, 999999].join(".");
}

/** `1.4` → `1.5`: where `==1.4.*` ends. And `~=1.4` ends at 2, which is what `1.999999` and others stand for. */
function next(release: readonly number[]): string {
  return [...release.slice(0, -1), (release.at(-1) ?? 0) + 1].join(".");
}
