/** `isolate-optional`: names that the copies import and that nobody here provides are redirected into the namespace, where they fail as if not installed. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isStandardLibrary } from "../inspect/standardLibrary.ts";
import { Failure } from "../model/failure.ts";
import { type Finding, finding } from "../model/finding.ts";
import { type DottedName, isAtOrBelow, topLevel } from "../model/name.ts";
import { type Relocation, relocationMap } from "../model/relocation.ts";
import type { Layout } from "../plan/layout.ts";
import type { Consumer } from "./consumer.ts";
import { copyJobs } from "./copies.ts";
import type { FileJob, FileResult } from "./fileJob.ts";
import { escapingNames } from "./observed.ts";

export interface Isolation {
  readonly relocations: readonly Relocation[];
  /** What the configuration says and nothing needs, with the key that says it. */
  readonly unused: readonly { readonly key: string; readonly name: string }[];
}

/** `look` runs jobs without writing anything; it is needed where every optional import is to be shut out. */
export async function isolate(consumer: Consumer, layouts: readonly Layout[], look: (jobs: readonly FileJob[]) => Promise<readonly FileResult[]>): Promise<Isolation> {
  const { "isolate-optional": wanted = false, "isolate-optional-except": except = [] } = consumer.configuration;
  if (wanted === false) return { relocations: [], unused: except.map((name) => ({ key: "isolate-optional-except", name })) };
  const moved = relocationMap(layouts.flatMap((layout) => layout.relocations));
  let names: readonly DottedName[];
  if (wanted === true) {
    const jobs = copyJobs(layouts, consumer, undefined);
    names = escapingNames(layouts, jobs, await look(jobs), consumer);
  } else {
    const standard = wanted.find((name) => isStandardLibrary(topLevel(name)));
    if (standard !== undefined) throw new Failure(`${placeOf(consumer, standard).path}: isolate-optional names '${standard}', which is of the standard library`, "Name what may or may not be installed.");
    names = wanted.filter((name) => !moved.covering(name) && !moved.isAncestor(name));
  }
  const isolated = names.filter((name) => !except.some((prefix) => isAtOrBelow(name, prefix)));
  return {
    relocations: isolated.map((name) => ({ from: name, to: `${consumer.namespace}.${name}`, absent: true })),
    unused: except.filter((prefix) => !names.some((name) => isAtOrBelow(name, prefix))).map((name) => ({ key: "isolate-optional-except", name })),
  };
}

/** Findings for names in the configuration that do nothing. `results` are those of the copies. */
export function unusedIsolation(consumer: Consumer, { unused }: Isolation, results: readonly FileResult[]): Finding[] {
  const wanted = consumer.configuration["isolate-optional"];
  const used = results.flatMap(({ observations }) => observations.flatMap((each) => (each.kind === "isolated" ? [each.name] : [])));
  const idle = Array.isArray(wanted) ? wanted.filter((name) => !used.includes(name)).map((name) => ({ key: "isolate-optional", name })) : [];
  return [...idle, ...unused].map(({ key, name }) => finding("unused-exception", `${key} names '${name}', which no copy imports from outside`, placeOf(consumer, name)));
}

function placeOf({ root }: Consumer, name: string): Pick<Finding, "path" | "line" | "column"> {
  const path = existsSync(join(root, "enisle.toml")) ? "enisle.toml" : "pyproject.toml";
  const line = existsSync(join(root, path)) ? readFileSync(join(root, path), "utf8").split("\n").findIndex((each) => new RegExp(`["']${name.replaceAll(".", "\\.")}["']`).test(each)) : -1;
  return line < 0 ? { path } : { path, line: line + 1, column: 1 };
}
