/** RECORD of an installed distribution (PEP 376) after a namespace inside it changed, so that an installer still removes and verifies what is there. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileFailure } from "../model/failure.ts";
import { MANIFEST_NAME, type Manifest } from "../model/manifest.ts";
import type { Consumer } from "./consumer.ts";
import type { ProjectRun } from "./projectRun.ts";

/** `before` is the manifest that RECORD was true for. Rows of other files stay as they are. */
export function rewriteRecord(record: string, { root, namespaceDirectory }: Pick<Consumer, "root" | "namespaceDirectory">, before: Manifest, { manifest }: Pick<ProjectRun, "manifest">): void {
  try {
    const prefix = relative(root, namespaceDirectory).split(sep).join("/");
    const below = (each: Manifest | undefined): string[] => (each ? [...each.generated, ...each.distributions.flatMap((entry) => entry.files)].map((file) => `${prefix}/${file.path}`).concat(`${prefix}/${MANIFEST_NAME}`) : []);
    const projectFiles = [...(before.project ?? []), ...(manifest?.project ?? [])].map((file) => file.path);
    const [old, now] = [new Set(below(before)), new Set(below(manifest))];
    const rewritten = new Set(projectFiles.filter((path) => existsSync(join(root, path))));
    const lines = readFileSync(record, "utf8").split(/(?<=\n)/);
    const kept = lines.filter((line) => !old.has(pathOf(line)) && !isStaleBytecode(pathOf(line), old)).map((line) => (rewritten.has(pathOf(line)) ? row(root, pathOf(line)) : line));
    const rows = [...now].sort().map((path) => row(root, path));
    const own = kept.findIndex((line) => /\.dist-info\/RECORD,/.test(line));
    const merged = own < 0 ? [...kept, ...rows] : [...kept.slice(0, own), ...rows, ...kept.slice(own)];
    writeFileSync(`${record}.new`, merged.join(""));
    renameSync(`${record}.new`, record);
  } catch (error) {
    throw fileFailure(error, record);
  }
}

function pathOf(line: string): string {
  return line.startsWith('"') ? (/^"((?:[^"]|"")*)"/.exec(line)?.[1] ?? "").replaceAll('""', '"') : (line.split(",")[0] ?? "");
}

/** Bytecode of files that went is removed with them. */
function isStaleBytecode(path: string, old: ReadonlySet<string>): boolean {
  const match = /^(.*)\/__pycache__\/([^/]+?)\.[\w-]+\.pyc$/.exec(path);
  return match !== null && old.has(`${match[1] ?? ""}/${match[2] ?? ""}.py`);
}

function row(root: string, path: string): string {
  const content = readFileSync(join(root, path));
  const name = /[",\n]/.test(path) ? `"${path.replaceAll('"', '""')}"` : path;
  return `${name},sha256=${createHash("sha256").update(content).digest("base64url")},${content.length}\n`;
}
