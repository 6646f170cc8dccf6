/**
 * Manifest → text. Sorted, one line a file, so that a change of one file is one line of a diff. The head and each distribution carry a digest of
 * themselves, so that a line changed by hand shows; two of them, and not one for all, so that updates of two distributions merge.
 */
import { createHash } from "node:crypto";
import type { Manifest, ManifestDistribution } from "../model/manifest.ts";

const SEAL = "sha256";

export function formatManifest(manifest: Manifest): string {
  const { distributions, project = [], ...head } = manifest;
  const files = [...project].sort((a, b) => (a.path < b.path ? -1 : 1)).map((file) => `    ${JSON.stringify(file)}`);
  const lines = sealed("  ", head, files);
  const items = [...distributions].sort((a, b) => (a.name < b.name ? -1 : 1)).map(formatDistribution);
  if (files.length > 0) lines.push(`  "project": [\n${files.join(",\n")}\n  ]`);
  return `{\n${lines.join(",\n")},\n  "distributions": [\n${items.join(",\n")}\n  ]\n}\n`;
}

function formatDistribution({ files, ...head }: ManifestDistribution): string {
  const rows = [...files].sort((a, b) => (a.path < b.path ? -1 : 1)).map((file) => `        ${JSON.stringify(file)}`);
  return `    {\n${sealed("      ", head, rows).join(",\n")},\n      "files": [\n${rows.join(",\n")}\n      ]\n    }`;
}

/** A line a key, and last the digest (hex) of these lines and of `rest`. A digest that was read with the manifest is computed anew. */
function sealed(indent: string, head: object, rest: readonly string[]): string[] {
  const lines = Object.entries(head).filter(([key]) => key !== SEAL).map(([key, value]) => `${indent}${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  return [...lines, `${indent}${JSON.stringify(SEAL)}: ${JSON.stringify(createHash("sha256").update([...lines, ...rest].join("\n")).digest("hex"))}`];
}
