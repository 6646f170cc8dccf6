/** What builds leave behind in the source tree that they build: setuptools writes beside the sources, and pip builds where they lie. Only what was not there before is taken away. */
import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { RequirementLine } from "./requirementLine.ts";

/** Does `work`, which may build these trees (absolute), and leaves them as they were. */
export async function withoutTraces<T>(trees: readonly string[], work: () => Promise<T>): Promise<T> {
  const before = new Set(trees.flatMap(traces));
  try {
    return await work();
  } finally {
    for (const path of trees.flatMap(traces)) if (!before.has(path)) rmSync(path, { recursive: true, force: true });
  }
}

/** The source trees among the lines: `file:///srv/tree`, `name @ file:///srv/tree`. */
export function localTrees(lines: readonly RequirementLine[]): string[] {
  return lines.flatMap(({ text }) => {
    const url = /(?:^|@\s*)(file:\/\/\/[^\s;#]*)/.exec(text)?.[1];
    if (url === undefined || !URL.canParse(url)) return [];
    const path = fileURLToPath(url);
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() ? [path] : [];
  });
}

/** In the tree, and where its packages may begin (`src`, `lib`). */
function traces(tree: string): string[] {
  const inTree = entries(tree);
  const own = inTree.filter((name) => name === "build" || name === ".eggs" || isTrace(name));
  const inner = inTree.filter((name) => !name.startsWith(".") && statSync(join(tree, name), { throwIfNoEntry: false })?.isDirectory()).flatMap((name) => entries(join(tree, name)).filter(isTrace).map((each) => join(name, each)));
  return [...own, ...inner].map((name) => join(tree, name));
}

function isTrace(name: string): boolean {
  return name === "__pycache__" || name.endsWith(".egg-info");
}

function entries(directory: string): string[] {
  try {
    return existsSync(directory) ? readdirSync(directory) : [];
  } catch {
    return []; // nobody may look, and so nobody wrote there
  }
}
