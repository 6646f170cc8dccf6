/** What was seen in the files of each copy → findings, one of a kind for each distribution, at the first place where it was seen. */
import { topLevelsOf } from "../acquire/project.ts";
import { normalisedName } from "../model/distribution.ts";
import { type Finding, finding } from "../model/finding.ts";
import type { DottedName } from "../model/name.ts";
import type { Observation } from "../model/observation.ts";
import type { Layout } from "../plan/layout.ts";
import { mayProvide, parseRequirement } from "../plan/requirements.ts";
import type { Consumer } from "./consumer.ts";
import type { FileJob, FileResult } from "./fileJob.ts";

const MOST_NAMED = 8;

type Seen<Kind extends Observation["kind"]> = Extract<Observation, { kind: Kind }> & { readonly path: string };

/** `jobs` and `results` are those of the copies, copy by copy, in order. */
export function observedFindings(layouts: readonly Layout[], jobs: readonly FileJob[], results: readonly FileResult[], consumer: Consumer): Finding[] {
  return perCopy(layouts, jobs, results).flatMap(({ layout, seen }) => {
    const place = (first: { readonly path: string; readonly line: number }): Pick<Finding, "path" | "line" | "column" | "endLine" | "endColumn" | "distribution"> =>
      ({ path: first.path, line: first.line, column: 1, endLine: first.line, endColumn: 1, distribution: layout.distribution.metadata.name });
    const found: Finding[] = [];
    const outside = escapes(layout, seen, consumer);
    const [firstOutside] = outside;
    if (firstOutside) {
      const unmatched = unmatchedRequirements(layout, seen);
      const perhaps = unmatched.length > 0 ? `; perhaps a module of what it requires (${unmatched.join(", ")})` : "";
      found.push(finding("optional-import", `imports what neither it nor the project is known to require: ${listed(outside.map(({ name, path, line }) => `${name} (${path.split("/").at(-1)}:${line})`))}${perhaps}`, place(firstOutside)));
    }
    for (const [code, conflicts] of [["process-wide-conflict", true], ["process-wide-state", false]] as const) {
      const states = distinct(of(seen, "process-state").filter((each) => each.conflicts === conflicts), ({ what }) => what);
      const [first] = states;
      if (first) found.push(finding(code, listed(states.map(({ what, path, line }) => `${what} (${path.split("/").at(-1)}:${line})`)), place(first)));
    }
    const shown = of(seen, "shown-names");
    const [firstShown] = shown;
    if (firstShown) found.push(finding("compiled-name", `extension modules show original names: ${listed([...new Set(shown.flatMap(({ names }) => names))], 4)}`, { ...place(firstShown) }));
    const declared = of(seen, "entry-points");
    const [firstDeclared] = declared;
    if (firstDeclared) found.push(finding("entry-points-lost", `entry points that it declares and that are registered no more: ${listed(declared.flatMap((each) => each.declared))}`, place(firstDeclared)));
    return found;
  });
}

/** Names that the copies import and nobody is known to provide, with the place of the first, sorted. */
function escapes(layout: Layout, seen: readonly (Observation & { readonly path: string })[], consumer: Consumer): Seen<"outside">[] {
  const required = [...layout.distribution.metadata.requires.filter((line) => !/;.*\bextra\b/.test(line)), ...consumer.dependencies].flatMap((line) => parseRequirement(line)?.name ?? []);
  const provides = topLevelsOf(consumer.root, consumer.configuredRoots);
  const unprovided = of(seen, "outside").filter(({ name, written }) => !required.some((requirement) => mayProvide(requirement, written)) && !provides(name.split(".")[0] ?? name));
  return distinct(unprovided, ({ name }) => name)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Everything that any of the copies imports so. */
export function escapingNames(layouts: readonly Layout[], jobs: readonly FileJob[], results: readonly FileResult[], consumer: Consumer): DottedName[] {
  return [...new Set(perCopy(layouts, jobs, results).flatMap(({ layout, seen }) => escapes(layout, seen, consumer).map(({ name }) => name)))].sort();
}

/** Requirements outside the copies of which no import shows the name: their modules are called differently. */
function unmatchedRequirements({ distribution }: Layout, seen: readonly Observation[]): string[] {
  const names = seen.flatMap((each) => (each.kind === "outside" ? [each.written] : []));
  const required = distribution.metadata.requires.filter((line) => !/;.*\bextra\b/.test(line)).flatMap((line) => parseRequirement(line) ?? []);
  return [...new Set(required.filter(({ name }) => !names.some((each) => mayProvide(name, each))).map(({ name }) => name))].slice(0, MOST_NAMED);
}

function perCopy(layouts: readonly Layout[], jobs: readonly FileJob[], results: readonly FileResult[]): { readonly layout: Layout; readonly seen: (Observation & { readonly path: string })[] }[] {
  let first = 0;
  const copies = layouts.map((layout) => {
    const seen = layout.placements.flatMap((_, index) => (results[first + index]?.observations ?? []).map((each) => ({ ...each, path: jobs[first + index]?.label ?? "" })));
    first += layout.placements.length;
    return { layout, seen: [...seen.filter(({ path }) => !isTest(path)), ...seen.filter(({ path }) => isTest(path))] };
  });
  const relocated = new Set(layouts.map(({ distribution }) => normalisedName(distribution.metadata.name)));
  // What is relocated along is no requirement that somebody else must provide.
  return copies.map(({ layout, seen }) => ({ layout: { ...layout, distribution: { ...layout.distribution, metadata: { ...layout.distribution.metadata, requires: layout.distribution.metadata.requires.filter((line) => !relocated.has(parseRequirement(line)?.name ?? "")) } } }, seen }));
}

/** Tests in a copy run only when somebody asks for them: their places are named last. */
function isTest(path: string): boolean {
  return /(?:^|\/)(?:tests?\/|conftest\.py$|test_[^/]*\.py$|[^/]*_test\.py$)/.test(path);
}

function of<Kind extends Observation["kind"]>(seen: readonly (Observation & { readonly path: string })[], kind: Kind): Seen<Kind>[] {
  return seen.filter((each): each is Seen<Kind> => each.kind === kind);
}

function distinct<T>(all: readonly T[], key: (each: T) => string): T[] {
  return [...new Map(all.toReversed().map((each) => [key(each), each])).values()].reverse();
}

function listed(all: readonly string[], most = MOST_NAMED): string {
  const rest = all.length - most;
  return all.slice(0, most).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}
