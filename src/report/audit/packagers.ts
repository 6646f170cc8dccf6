/** Lines that distributions keep of bundled libraries: Fedora's Provides in a spec file, Debian's list of embedded code copies. */
import type { AuditResult, Copy } from "../../model/audit.ts";
import type { Outcome } from "../../model/outcome.ts";

/** `Provides: bundled(python3dist(requests)) = 2.28.2` (Fedora's packaging guidelines, and its Python ones for the name and the version). */
export function formatFedora({ result }: Outcome<AuditResult>): string {
  const lines = result.copies.filter((copy) => isName(copy.name)).map((copy) => `Provides: bundled(python3dist(${copy.name}))${copy.version !== null && rpmVersion(copy.version) !== undefined ? ` = ${rpmVersion(copy.version)}` : ""}`);
  return [...new Set(lines)].sort().map((line) => `${line}\n`).join("");
}

/** A version as Fedora's generator of Python provides writes it: `1.0~rc1`, `1.0^post1`, no trailing zeros. Undefined where it cannot be one. */
function rpmVersion(version: string): string | undefined {
  const match = /^(?:(\d+)!)?(\d+(?:\.\d+)*)(?:[-_.]?(a|b|rc|alpha|beta|c)[-_.]?(\d*))?(?:[-_.]?(post|rev|r)[-_.]?(\d*))?(?:[-_.]?dev[-_.]?(\d*))?(?:\+[\w.]+)?$/i.exec(version);
  if (!match) return undefined;
  const [, epoch, release = "", phase, phaseNumber, post, postNumber, dev] = match;
  const short = release.replace(/(?:\.0+)+$/, "");
  return `${epoch === undefined ? "" : `${epoch}:`}${short}${phase === undefined ? "" : `~${phase.toLowerCase()}${phaseNumber || 0}`}${post === undefined ? "" : `^post${postNumber || 0}`}${dev === undefined ? "" : `~~dev${dev || 0}`}`;
}

/** A block a library in the form of the security tracker's `embedded-code-copies`: the library, below it who embeds it, and where. */
export function formatDebian({ result }: Outcome<AuditResult>): string {
  const byName = new Map<string, Copy[]>();
  for (const copy of result.copies) if (isName(copy.name)) byName.set(copy.name, [...(byName.get(copy.name) ?? []), copy]);
  return [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, copies]) => `${name}\n${[...new Set(copies.map(embedder))].sort().map((line) => `\t- ${line}\n`).join("")}`).join("\n");
}

function embedder(copy: Copy): string {
  const owner = (copy.owner ?? "unknown").replace(/[^A-Za-z0-9+.-]/g, "_");
  const kind = copy.state === "patched" ? "modified-embed" : "embed";
  const note = [copy.version ?? (copy.versions.length > 0 ? copy.versions.join(" or ") : "version unknown"), plain(copy.path)].join("; ");
  return `${owner} <unfixed> (${kind})\n\tNOTE: ${plain(note)}`;
}

/** One line of printable characters. */
function plain(value: string): string {
  return value.toWellFormed().replace(/[^\x20-\x7e]/g, "?");
}

function isName(name: string): boolean {
  return /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(name);
}
