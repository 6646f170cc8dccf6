/** Which files of a distribution go into a copy: globs over upstream paths, and what must stay whatever they say. */
import picomatch from "picomatch";
import type { Distribution } from "../model/distribution.ts";
import { Failure } from "../model/failure.ts";

/** Ready sets of globs. A library whose parts they hit by mistake shows itself: dropping what is imported is a finding. */
export const presets: Readonly<Record<"tests" | "docs", readonly string[]>> = {
  tests: ["**/tests/**", "**/test/**", "**/test_*.py", "**/*_test.py", "**/conftest.py"],
  docs: ["**/docs/**", "**/doc/**", "**/examples/**", "**/*.rst", "**/*.md"],
};

export interface Choice {
  readonly distribution: Distribution;
  /** Upstream paths that were left out, sorted. */
  readonly dropped: readonly string[];
}

/**
 * `patterns` are tried in order, the last one that matches decides; one that starts with `!` keeps. `^…` is a regular expression. A pattern
 * that names a directory stands for all below it. Metadata and licence files always stay: without them a copy is not to be given away.
 */
export function chooseFiles(distribution: Distribution, patterns: readonly string[]): Choice {
  const before = distribution.dropped ?? [];
  if (patterns.length === 0) return { distribution, dropped: before };
  const isDropped = dropper(patterns);
  const stays = new Set(distribution.metadata.licenseFiles);
  const dropped = distribution.files.map((file) => file.path).filter((path) => isDropped(path) && !stays.has(path) && !/^[^/]+\.dist-info\/METADATA$/.test(path));
  if (dropped.length === 0) return { distribution, dropped: before };
  const gone = new Set(dropped);
  return { distribution: { ...distribution, files: distribution.files.filter((file) => !gone.has(file.path)) }, dropped: [...new Set([...before, ...dropped])].sort() };
}

export function dropper(patterns: readonly string[]): (path: string) => boolean {
  const rules = patterns.map((pattern) => {
    const keeps = pattern.startsWith("!");
    return { keeps, matches: matcher(keeps ? pattern.slice(1) : pattern) };
  });
  return (path) => rules.findLast((rule) => rule.matches(path))?.keeps === false;
}

/** A glob, a directory or a file as a predicate on paths; shared with `protected` and `accept`. */
export function matcher(pattern: string): (path: string) => boolean {
  if (pattern.startsWith("^")) {
    const expression = expressionOf(pattern);
    return (path) => expression.test(path);
  }
  // Python's fnmatch, and so `[tool.vendoring]`, negates a set with `!`.
  const bare = pattern.replace(/\/+$/, "").replaceAll("[!", "[^");
  const [exact, below] = [picomatch(bare, { dot: true }), picomatch(`${bare}/**`, { dot: true })];
  return (path) => exact(path) || below(path);
}

function expressionOf(pattern: string): RegExp {
  try {
    return new RegExp(pattern);
  } catch (error) {
    throw new Failure(`the pattern '${pattern}' is no regular expression: ${(error as Error).message.replace(/^.*\/: /, "")}`, "A pattern that begins with ^ is a regular expression; others are globs, such as \"*/tests/**\".");
  }
}
