/** Which copies nothing names. By words, not by syntax: a name in a string or in a configuration file counts as a use, so that none is called unused wrongly. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { normalisedName } from "../model/distribution.ts";
import { leaf } from "../model/name.ts";
import type { ManifestDistribution } from "../model/manifest.ts";
import { parseRequirement } from "../plan/requirements.ts";
import type { OpenNamespace } from "./gather.ts";
import type { OwningProject } from "./owningProject.ts";

const configurationFiles = ["pyproject.toml", "setup.cfg", "entry_points.txt"];

export function findUnused({ directory, manifest, consumerFiles }: OpenNamespace, { consumer, importRoot, owned }: OwningProject): string[] {
  const namespaceWord = word(leaf(manifest.namespace));
  const open = new Map(manifest.distributions.map((entry) => [entry, Object.keys(entry.relocations).map((from) => word(leaf(from)))]));
  const note = (text: string): ManifestDistribution[] => {
    if (open.size === 0 || !namespaceWord.test(text)) return [];
    const found = [...open].filter(([, words]) => words.some((each) => each.test(text))).map(([entry]) => entry);
    for (const entry of found) open.delete(entry);
    return found;
  };
  const points = [...(owned ?? [])].filter((path) => /^[^/]+\.dist-info\/entry_points\.txt$/.test(path)).map((path) => join(importRoot, path));
  const paths = [...points, ...configurationFiles.map((name) => join(consumer.root, name)), ...consumerFiles.map((file) => file.real)];
  let reached: ManifestDistribution[] = [];
  for (const path of paths) {
    if (open.size === 0) break;
    reached.push(...note(read(path)));
  }
  // What a used copy requires or imports is used.
  while (reached.length > 0 && open.size > 0) {
    const next: ManifestDistribution[] = [];
    for (const entry of reached) {
      const names = new Set(entry.requires.flatMap((line) => parseRequirement(line)?.name ?? []));
      for (const other of open.keys()) if (names.has(normalisedName(other.name))) next.push(other);
      for (const other of next) open.delete(other);
      for (const file of entry.files) if (open.size > 0 && file.edits.length > 0) next.push(...note(read(join(directory, file.path))));
    }
    reached = next;
  }
  return [...open.keys()].map((entry) => entry.name);
}

/** Texts are read as bytes, and so is the name. */
function word(name: string): RegExp {
  return new RegExp(`(?<![\\w-])${Buffer.from(name, "utf8").toString("latin1").replace(/[^\w]/g, "\\$&")}(?!\\w)`);
}

function read(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return ""; // not there, or reported by the rule on drift
  }
}
