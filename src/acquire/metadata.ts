/** The text formats inside distributions: core metadata (PEP 566, 639) and RECORD (PEP 376, 427). */

export interface CoreMetadata {
  readonly name: string | undefined;
  readonly version: string | undefined;
  readonly requires: readonly string[];
  readonly licenseExpression: string | null;
  /** License-File values: relative to `.dist-info/licenses` (PEP 639) or to `.dist-info` (before). */
  readonly licenseFiles: readonly string[];
}

/** Reads a METADATA or PKG-INFO file; the description after the headers is not needed. */
export function parseMetadata(text: string): CoreMetadata {
  const headers: [string, string][] = [];
  for (const line of text.split(/\r\n|\n|\r/)) {
    if (line === "") break;
    const last = headers.at(-1);
    if (/^[ \t]/.test(line) && last) last[1] += `\n${line.trim()}`;
    else {
      const colon = line.indexOf(":");
      if (colon > 0) headers.push([line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]);
    }
  }
  const all = (name: string): string[] => headers.filter(([key]) => key === name).map(([, value]) => value);
  const first = (name: string): string | undefined => all(name)[0];
  return {
    name: first("name"),
    version: first("version"),
    requires: all("requires-dist"),
    licenseExpression: first("license-expression") ?? oneLine(first("license")) ?? classified(all("classifier")),
    licenseFiles: all("license-file"),
  };
}

/** Older metadata puts a name or the whole text into License; only a name is an answer. */
function oneLine(license: string | undefined): string | null | undefined {
  return license && license.length <= 100 && !license.includes("\n") && license !== "UNKNOWN" ? license : undefined;
}

function classified(classifiers: readonly string[]): string | null {
  const names = classifiers.filter((line) => line.startsWith("License ::")).map((line) => line.split("::").at(-1)?.trim() ?? "");
  return names.length > 0 ? names.join("; ") : null;
}

export interface RecordRow {
  readonly path: string;
  /** `sha256` and the digest in base64url without padding; undefined where RECORD has none. */
  readonly hash: { readonly algorithm: string; readonly digest: string } | undefined;
}

export function parseRecord(text: string): RecordRow[] {
  return text.split(/\r\n|\n|\r/).filter((line) => line !== "").map((line) => {
    const [path = "", hash = ""] = csvFields(line);
    const equals = hash.indexOf("=");
    return { path, hash: equals > 0 ? { algorithm: hash.slice(0, equals).toLowerCase(), digest: hash.endsWith("=") ? hash.slice(equals + 1).replace(/=+$/, "") : hash.slice(equals + 1) } : undefined };
  });
}

/** One line of CSV as Python's csv module writes it. */
function csvFields(line: string): string[] {
  if (!line.includes('"')) return line.split(",");
  return [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map((match) => (match[1] ?? "").replace(/^"([^]*)"$/, "$1").replaceAll('""', '"'));
}
