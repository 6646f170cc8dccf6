/** Comments and docstrings that say where a module comes from: "Vendored from requests 2.28.1", "https://pypi.org/project/six/". */

export interface Origin {
  readonly name: string;
  readonly version: string | null;
  readonly line: number;
  readonly how: string;
}

const HEAD = 4000;
/** In nearly every statement of origin; a quick look at bytes, for all files of a system. */
const signs = ["endored ", "opied from", "opy of ", "xtracted from", "aken from"];
const QUICK = 2000;
const verb = "(?:vendored|copied|taken|adapted|extracted|borrowed|backport(?:ed)?|imported|bundled|lifted|ported|derived|forked|originally|verbatim)";
const phrases = [
  new RegExp(`\\b${verb}\\b[^\\n.]{0,60}?\\b(?:from|of)\\s+(?:the\\s+)?(?:https?://(?:www\\.)?(?:github\\.com|gitlab\\.com|bitbucket\\.org)/[\\w.-]+/([\\w.-]+)|(?:https?://pypi\\.(?:org|python\\.org)/(?:project|pypi)/)([\\w.-]+)|["'\`]*([A-Za-z][\\w.-]*)["'\`]*)(?:[^\\n]{0,40}?\\bv?(\\d+(?:\\.\\d+)+(?:[a-z]+\\d*)?))?`, "i"),
  new RegExp(`\\b(?:this (?:file|module|package) is (?:part of|a (?:modified |vendored )?copy of)|copy of|bundled (?:copy|version) of)\\s+(?:the\\s+)?["'\`]*([A-Za-z][\\w.-]*)["'\`]*(?:[^\\n]{0,40}?\\bv?(\\d+(?:\\.\\d+)+(?:[a-z]+\\d*)?))?`, "i"),
];
const words = new Set(["the", "a", "an", "this", "that", "it", "its", "python", "cpython", "stdlib", "standard", "http", "https", "source", "sources", "upstream", "original", "version", "here", "code", "which", "various", "other", "my", "our", "file", "module", "package", "library", "project", "copyright", "pypi", "github", "in", "on", "free", "software"]);

/** Whether the head of a file may say where it comes from. */
export function mayTellOrigin(source: Buffer): boolean {
  const head = source.subarray(0, QUICK);
  return signs.some((sign) => head.includes(sign, 0, "latin1"));
}

/** `source` is the module's text; only its head is looked at. */
export function originOf(source: string): Origin | undefined {
  const head = source.slice(0, HEAD);
  const comments = commentsOf(head);
  for (const phrase of phrases) {
    const match = phrase.exec(comments);
    if (!match) continue;
    const groups = match.slice(1);
    const version = groups.at(-1);
    const name = groups.slice(0, -1).find((group) => group !== undefined)?.replace(/\.git$|[.,;:]+$/g, "");
    if (name === undefined || words.has(name.toLowerCase()) || name.length < 2) continue;
    return { name, version: version ?? null, line: 1 + head.slice(0, Math.max(0, head.indexOf(match[0].split("\n")[0] ?? ""))).split("\n").length - 1, how: match[0].replace(/\s+/g, " ").slice(0, 120) };
  }
  return undefined;
}

/** Comments at line starts, and the docstring; the rest is blank. */
function commentsOf(head: string): string {
  const lines = head.split("\n");
  const code = lines.findIndex((line) => !/^\s*(?:#.*)?$/.test(line));
  const rest = code < 0 ? "" : lines.slice(code).join("\n");
  const quote = /^[ \t]*[rbu]{0,2}("""|''')/i.exec(rest);
  const docstring = quote ? (rest.slice(quote[0].length).split(quote[1] ?? "", 1)[0] ?? "") : "";
  return `${lines.filter((line) => /^\s*#/.test(line)).map((line) => line.replace(/^\s*#+\s?/, "")).join("\n")}\n${docstring}`;
}
