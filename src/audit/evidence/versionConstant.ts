/** Versions as code states them: read from the text, never by running it. */
import { isVersion } from "../pep440.ts";

export interface StatedVersion {
  readonly version: string;
  /** 1-based. */
  readonly line: number;
  readonly how: string;
}

/** Below a package, the files that may state its version, the likeliest first. */
export const versionFiles = ["__init__.py", "_version.py", "__version__.py", "version.py", "__about__.py", "_about.py", "about.py", "__meta__.py", "__pkginfo__.py", "_meta.py", "package_data.py", "__main__.py", "VERSION", "VERSION.txt", "version.txt", "_version.txt", "version_info.py", "release.py", "info.py", "meta.py", "pkg_info.py"];

const names = "(?:__version__|__VERSION__|VERSION|version|_version|__versionstr__|version_string|version_str|__version_string__|PACKAGE_VERSION|_VERSION|STRING_VERSION|__release__|release)";
const infoNames = "(?:__version_info__|version_info|VERSION|VERSION_INFO|_version_info|version_tuple|__version_tuple__|__version__|version|__VERSION__|version_details)";
const text = new RegExp(`^[ \\t]*(?:__all__[^\\n]*)?(?:${names}[ \\t]*(?::[ \\t]*[\\w.\\[\\], |"']+?)?[ \\t]*=[ \\t]*)+[rub]?["']([^"'\\n]{1,60})["']`, "m");
const tuple = new RegExp(`^[ \\t]*(?:${infoNames}[ \\t]*(?::[ \\t]*[\\w.\\[\\], |"']+?)?[ \\t]*=[ \\t]*)+(?:\\w+[ \\t]*)?[(\\[]([^()\\[\\]\\n]{1,80})[)\\]]`, "m");
const fields = /\b(?:version_info|VersionInfo|Version)\s*\(\s*major\s*=\s*(\d+)\s*,\s*minor\s*=\s*(\d+)\s*,\s*(?:micro|patch)\s*=\s*(\d+)/;
/** versioneer and others: `"version": "1.2.3"` in a JSON text within the module. */
const json = /^\s*"version":\s*"([^"\n]{1,60})"/m;

/** Longer lines state no version; the limit keeps the expressions below from costing more than the line is worth. */
const LONGEST = 300;
const MOST = 1 << 20;

/** The version that a module states; undefined where it states none, or one that is computed. */
export function statedVersion(source: string): StatedVersion | undefined {
  if (source.length > MOST) return undefined;
  const lines = source.split("\n").flatMap((content, index) => (content.length <= LONGEST && /version|release/i.test(content) ? [{ content, line: index + 1 }] : []));
  for (const pick of [stringIn, fieldsIn, tupleIn, jsonIn]) {
    for (const { content, line } of lines) {
      const found = pick(content);
      if (found !== undefined) return { version: found, line, how: content.trim().replace(/\s+/g, " ").slice(0, 100) };
    }
  }
  return undefined;
}

function stringIn(line: string): string | undefined {
  return clean(text.exec(line)?.[1] ?? "");
}

function fieldsIn(line: string): string | undefined {
  const named = fields.exec(line);
  return named ? `${named[1]}.${named[2]}.${named[3]}` : undefined;
}

function tupleIn(line: string): string | undefined {
  const listed = tuple.exec(line);
  return listed ? ofTuple(listed[1] ?? "") : undefined;
}

function jsonIn(line: string): string | undefined {
  return clean(json.exec(line)?.[1] ?? "");
}

/** The version in a file that holds nothing else, such as `VERSION`. */
export function versionInFile(content: string): StatedVersion | undefined {
  const line = content.trim();
  const version = line.includes("\n") ? undefined : clean(line.replace(/^version\s*[:=]?\s*/i, ""));
  return version === undefined ? undefined : { version, line: 1, how: line };
}

/** Undefined for what is no version of a release: placeholders, formats. */
function clean(candidate: string): string | undefined {
  const version = candidate.trim().replace(/^v(?=\d)/i, "");
  if (!isVersion(version) || !/\d/.test(version) || /^0+(?:[.+]0+)*(?:\+unknown)?$/.test(version)) return undefined;
  return /^\d+$/.test(version) && version.length < 4 ? undefined : version;
}

/** `1, 26, 5`, `1, 0, 0, "final", 0`, `2, 1, 0, "b", 3`, `"1", "2"`. */
function ofTuple(content: string): string | undefined {
  const items = content.split(",").map((item) => item.trim().replace(/^[rub]?["']|["']$/g, "")).filter((item) => item !== "");
  if (items.length < 2) return undefined;
  const numbers: string[] = [];
  let rest: string[] = [];
  for (const [index, item] of items.entries()) {
    if (!/^\d+$/.test(item)) {
      rest = items.slice(index);
      break;
    }
    numbers.push(item);
  }
  if (numbers.length < 2) return undefined;
  const release = numbers.join(".");
  const phase = { alpha: "a", a: "a", beta: "b", b: "b", c: "rc", rc: "rc", candidate: "rc", dev: ".dev", post: ".post" }[(rest[0] ?? "").toLowerCase()];
  if (rest.length === 0 || rest[0] === "final") return clean(release);
  if (phase !== undefined && /^\d*$/.test(rest[1] ?? "")) return clean(`${release}${phase}${rest[1] ?? "0"}`);
  return clean(`${release}${/^(?:\.?(?:dev|post)|a|b|rc)\d+$/.test(rest[0] ?? "") ? `${/^(?:dev|post)/.test(rest[0] ?? "") ? "." : ""}${rest[0]}` : ""}`);
}
