/** Files of a namespace that the tool makes itself. */
import { createHash } from "node:crypto";
import { normalisedName } from "../model/distribution.ts";
import { Failure } from "../model/failure.ts";
import type { Manifest } from "../model/manifest.ts";
import type { Layout } from "../plan/layout.ts";
import { HELPER_NAME, helperModule } from "../rewrite/helperModule.ts";
import type { Consumer } from "./consumer.ts";
import { inventoryOfCopies } from "./copies.ts";

export const INIT = "# Relocated copies of other projects' libraries; vendored.json says which. Made by enisle: do not edit.\n";

export interface GeneratedFile {
  /** Below the namespace directory. */
  readonly path: string;
  readonly content: Buffer;
}

export const HELPER_FILE = `${HELPER_NAME}.py`;

/** `needsHelper`: some edit calls the helper module. A file that a distribution brings itself is not made. Throws Failure where one has the helper's name. */
export function generatedFiles(consumer: Consumer, layouts: readonly Layout[], needsHelper: boolean): GeneratedFile[] {
  const files = [{ path: "__init__.py", content: Buffer.from(INIT) }];
  if (needsHelper) {
    const rival = layouts.find(({ topLevels }) => topLevels.topLevels.includes(HELPER_NAME));
    if (rival) {
      throw new Failure(`${rival.distribution.requirement}: its module '${HELPER_NAME}' has the name of the module that this tool makes in ${consumer.namespace}, for look-ups at run time`,
        `Leave it out where it is not needed (drop in the configuration, --drop ${rival.placements.some(({ destination }) => destination === HELPER_FILE) ? HELPER_FILE : HELPER_NAME}), or give it a namespace of its own.`);
    }
    const distributions = inventoryOfCopies(layouts).distributions.flatMap(({ name, directory }) => (directory === undefined ? [] : [{ name: normalisedName(name), directory }]));
    const relocations = layouts.flatMap((layout) => layout.relocations);
    files.push({ path: HELPER_FILE, content: Buffer.from(helperModule({ relocations, distributions, namespace: consumer.namespace })) });
  }
  const brought = new Set(layouts.flatMap(({ placements }) => placements.map(({ destination }) => destination)));
  return files.filter(({ path }) => !brought.has(path));
}

export function recorded(files: readonly GeneratedFile[]): Manifest["generated"] {
  return files.map(({ path, content }) => ({ path, sha256: createHash("sha256").update(content).digest("hex") }));
}
