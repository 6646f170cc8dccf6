/** The text formats of a wheel's `.dist-info`, changed line by line: what does not have to change stays as its builder wrote it. */

/** Headers of METADATA. `drop` says which values of Requires-Dist go; `add` come where these were, or last of the headers. */
export function rewriteRequires(text: string, drops: (value: string) => boolean, add: readonly string[], licenseFiles: readonly string[]): string {
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  const lines = text.split(/(?<=\n)/);
  const blank = lines.findIndex((line) => line.trim() === "");
  const [headers, rest] = blank < 0 ? [lines, []] : [lines.slice(0, blank), lines.slice(blank)];
  const kept: string[] = [];
  let [dropping, at] = [false, -1];
  for (const line of headers) {
    if (/^[ \t]/.test(line)) {
      if (!dropping) kept.push(line);
      continue;
    }
    const value = /^requires-dist:\s*(.*?)\s*$/i.exec(line)?.[1];
    dropping = value !== undefined && drops(value);
    if (value !== undefined) at = kept.length + (dropping ? 0 : 1);
    if (!dropping) kept.push(line);
  }
  const version = /^metadata-version:\s*(\d+)\.(\d+)/im.exec(text);
  const knowsLicenseFiles = version !== null && (Number(version[1]) > 2 || Number(version[2]) >= 4);
  const inserted = [...add.map((value) => `Requires-Dist: ${value}${newline}`), ...(knowsLicenseFiles ? licenseFiles.map((file) => `License-File: ${file}${newline}`) : [])];
  const place = at < 0 ? kept.length : at;
  return [...kept.slice(0, place), ...inserted, ...kept.slice(place), ...rest].join("");
}

/** WHEEL with other tags; compiled parts make it a platform's (PEP 427). */
export function rewriteTags(text: string, tags: readonly string[]): string {
  const lines = text.split(/(?<=\n)/).filter((line) => !/^tag:/i.test(line)).map((line) => (/^root-is-purelib:/i.test(line) ? line.replace(/:.*/, ": false") : line));
  const end = lines.findLastIndex((line) => line.trim() !== "") + 1;
  return [...lines.slice(0, end), ...tags.map((tag) => `Tag: ${tag}\n`), ...lines.slice(end)].join("");
}

export function tagsOf(text: string): string[] {
  return [...text.matchAll(/^tag:\s*(\S+)/gim)].flatMap((match) => match[1] ?? []);
}

/** Entry points whose object moved. `apply` gives the relocated name of a module, or undefined. */
export function rewriteEntryPoints(text: string, apply: (module: string) => string | undefined): string {
  return text.replace(/^([^=\n[#;]+=[ \t]*)([\w.]+)/gm, (whole, before: string, module: string) => {
    const moved = apply(module);
    return moved === undefined ? whole : before + moved;
  });
}

/** RECORD (PEP 376): sorted, itself last and without a digest. */
export function formatRecord(files: readonly { readonly path: string; readonly digest: string; readonly size: number }[], record: string): string {
  const field = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return [...files.map(({ path, digest, size }) => `${field(path)},sha256=${digest},${size}\n`), `${field(record)},,\n`].join("");
}
