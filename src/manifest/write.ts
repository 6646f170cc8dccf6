/** Manifest → text. Sorted, one line a file, so that a change of one file is one line of a diff. */
import type { Manifest, ManifestDistribution } from "../model/manifest.ts";

export function formatManifest(manifest: Manifest): string {
  const { distributions, project = [], ...head } = manifest;
  const lines = Object.entries(head).map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  const items = [...distributions].sort((a, b) => (a.name < b.name ? -1 : 1)).map(formatDistribution);
  const files = [...project].sort((a, b) => (a.path < b.path ? -1 : 1)).map((file) => `    ${JSON.stringify(file)}`);
  if (files.length > 0) lines.push(`  "project": [\n${files.join(",\n")}\n  ]`);
  return `{\n${lines.join(",\n")},\n  "distributions": [\n${items.join(",\n")}\n  ]\n}\n`;
}

function formatDistribution({ files, ...head }: ManifestDistribution): string {
  const lines = Object.entries(head).map(([key, value]) => `      ${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  const rows = [...files].sort((a, b) => (a.path < b.path ? -1 : 1)).map((file) => `        ${JSON.stringify(file)}`);
  return `    {\n${lines.join(",\n")},\n      "files": [\n${rows.join(",\n")}\n      ]\n    }`;
}
