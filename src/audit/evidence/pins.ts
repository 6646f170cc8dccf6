/** Lists of what was vendored: requirement files, TOML, and tables, lists and sections in Markdown, reST and docstrings. */
import { parse } from "smol-toml";
import { type Claim, isVendoringName } from "../claim.ts";
import { baseName, directoryOf } from "../modules.ts";

const pinFileName = /^(?:_?vendor(?:ed|ing|s)?(?:[-_]?(?:versions?|requirements|packages|libs?))?|patched|requirements[-_.]vendor(?:ed)?|vendor[-_.]requirements|bundled)\.(?:txt|in|pip|lock)$/i;
const requirementsName = /^(?:requirements.*|versions?|constraints|packages|modules)\.(?:txt|in)$/i;
const tomlName = /^(?:_?vendor(?:ed|ing|ize|ise)?|vendors)\.toml$/i;
const proseName = /^(?:_?vendor(?:ed|ing)?|readme|third[-_ ]?party|bundled|versions?|copies|sources?|notice|about|contents?|licen[cs]es?)[\w.-]*$/i;

const requirement = /^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?\s*===?\s*([A-Za-z0-9][\w.!+-]*)/;

/** Whether a file of this name can list copies. */
export function listsCopies(path: string): boolean {
  const name = baseName(path);
  const inside = isVendoringName(baseName(directoryOf(path)));
  if (pinFileName.test(name) || tomlName.test(name) || name === "pyproject.toml") return true;
  if (inside && (requirementsName.test(name) || name === "__init__.py" || (proseName.test(name) && /\.(?:md|rst|txt|markdown)$|^[^.]+$/i.test(name)))) return true;
  return /^_?vendor(?:ed|ing)?[\w.-]*\.(?:md|rst|markdown)$/i.test(name);
}

/** Reads any file of which `listsCopies` is true. Throws nothing: what cannot be read as a list says nothing. */
export function readLists(path: string, text: string): Claim[] {
  const name = baseName(path);
  if (name.endsWith(".toml")) return tomlPins(path, text);
  if (/\.(?:txt|in|pip|lock)$/i.test(name)) {
    const pins = requirementPins(path, text);
    return pins.length > 0 ? pins : prosePins(path, text);
  }
  if (name === "__init__.py") {
    const docstring = docstringOf(text);
    return docstring === undefined ? [] : prosePins(path, docstring);
  }
  return prosePins(path, text);
}

function claimOf(kind: Claim["kind"], path: string, line: number, name: string, version: string | null, directories: readonly string[] = placesOf(path)): Claim {
  return { kind, name, version, file: path, line, directories, confidence: kind === "table" ? 0.7 : 0.85, promises: true };
}

/** The directory of the list, and those below it that are called like places for copies: the list may lie beside them. "*" stands for any such. */
function placesOf(path: string): string[] {
  const directory = directoryOf(path);
  return isVendoringName(baseName(directory)) ? [directory] : [`${directory}/*`, directory];
}

function requirementPins(path: string, text: string): Claim[] {
  return text.split(/\r\n|\n|\r/).flatMap((line, index) => {
    const bare = line.trim().replace(/\s+#.*$/, "");
    const pin = requirement.exec(bare);
    // With a marker (`; python_version < "3.8"`) it may rightly not be there.
    if (pin) return [{ ...claimOf("pin-file", path, index + 1, pin[1] ?? "", pin[2] ?? null), promises: !/;\s*[\w'"(]/.test(bare) }];
    // `git+https://github.com/x/delegator.py.git@v0.1#egg=delegator.py`, `foo @ https://…/foo-1.0.tar.gz`, `git+https://github.com/x/foo.git@1.0`
    const egg = /[#&]egg=([A-Za-z0-9][\w.-]*)/.exec(line)?.[1] ?? /^([A-Za-z0-9][\w.-]*)\s*@\s*\S+:\/\//.exec(bare)?.[1] ?? /^(?:git|hg|svn|bzr)\+[a-z]+:\/\/[^\s#]*?\/([A-Za-z0-9][\w-]*?)(?:\.git)?(?:@[^\s/#]*)?(?:#|$)/.exec(bare)?.[1];
    if (egg === undefined) return [];
    const version = /@v?(\d+(?:\.\d+)+[\w.]*)(?:#|$|\s)/.exec(line)?.[1] ?? new RegExp(`${egg.replace(/[^\w]/g, ".")}-(\\d[\\w.]*?)(?:\\.tar|\\.zip|-py|#|$)`, "i").exec(line)?.[1];
    return [claimOf("pin-file", path, index + 1, egg, version ?? null)];
  });
}

function tomlPins(path: string, text: string): Claim[] {
  let document: Record<string, unknown>;
  try {
    document = parse(text) as Record<string, unknown>;
  } catch {
    return [];
  }
  const tool = isTable(document["tool"]) ? document["tool"] : {};
  const tables = baseName(path) === "pyproject.toml" ? Object.entries(tool).filter(([key, value]) => /vendor|vendy/i.test(key) && isTable(value)).map(([, value]) => value as Record<string, unknown>) : [document];
  return tables.flatMap((table) => {
    const target = ["destination", "target", "directory", "path", "vendor-dir", "vendor_dir"].map((key) => table[key]).find((value) => typeof value === "string" && !value.includes("..") && !value.startsWith("/")) as string | undefined;
    const base = directoryOf(path);
    const join = (...parts: string[]): string => parts.map((part) => part.replace(/^\.?\/+|\/+$/g, "")).filter((part) => part !== "" && part !== ".").join("/");
    const directories = target === undefined ? placesOf(path) : [join(base, target)];
    const pins: Claim[] = [];
    const visit = (value: unknown, key: string | undefined): void => {
      if (typeof value === "string") {
        const pin = requirement.exec(value.trim());
        if (pin) pins.push(claimOf("toml-pin", path, lineOf(text, value), pin[1] ?? "", pin[2] ?? null, directories));
        else if (key !== undefined && /^v?\d+(?:\.\d+)+[\w.!+-]*$/.test(value.trim()) && !/version|python|schema/i.test(key)) pins.push(claimOf("toml-pin", path, lineOf(text, value), key, value.trim().replace(/^[v=]+/, ""), directories));
      } else if (Array.isArray(value)) for (const each of value) visit(each, undefined);
      else if (isTable(value)) {
        const { name, version } = value;
        const named = typeof name === "string" ? name : key;
        if (named !== undefined && typeof version === "string" && /^[A-Za-z0-9][\w.-]*$/.test(named)) pins.push(claimOf("toml-pin", path, lineOf(text, version), named, version.replace(/^[v=\s]+/, ""), directories));
        else for (const [inner, each] of Object.entries(value)) visit(each, inner);
      }
    };
    for (const [key, value] of Object.entries(table)) if (!["transformations", "license", "typing-stubs", "tool"].includes(key)) visit(value, typeof value === "string" ? undefined : key);
    return pins;
  });
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function lineOf(text: string, value: string): number {
  const at = text.indexOf(value);
  return at < 0 ? 1 : text.slice(0, at).split("\n").length;
}

const projectName = /^[A-Za-z][A-Za-z0-9._-]{0,60}$/;
const versionText = /^v?(\d+(?:\.\d+)+(?:[-.]?(?:a|b|rc|post|dev)\.?\d*)?(?:\+[\w.]+)?)$/;

// Lists of copies are short; the limits keep what is no list, or means harm, from costing anything.
const MOST_TEXT = 1 << 16;
const MOST_LINES = 3000;
const LONGEST_LINE = 400;

/** The docstring that a module begins with; undefined where it begins with code. */
function docstringOf(text: string): string | undefined {
  let at = 0;
  for (;;) {
    while (/\s/.test(text[at] ?? "")) at++;
    if (text[at] !== "#") break;
    const end = text.indexOf("\n", at);
    if (end < 0) return undefined;
    at = end;
  }
  const open = /^[rbu]{0,2}("""|''')/i.exec(text.slice(at, at + 5));
  if (!open) return undefined;
  const start = at + open[0].length;
  const end = text.indexOf(open[1] ?? "", start);
  // Line numbers stay those of the file.
  return end < 0 ? undefined : text.slice(0, start).replace(/[^\n]/g, "") + text.slice(start, end);
}

function prosePins(path: string, text: string): Claim[] {
  const lines = text.slice(0, MOST_TEXT).split(/\r\n|\n|\r/, MOST_LINES).map((line) => (line.length > LONGEST_LINE ? "" : line));
  const pins: Claim[] = [];
  const add = (line: number, name: string | undefined, version: string | undefined): void => {
    const [cleanName, cleanVersion] = [cell(name ?? ""), versionText.exec(cell(version ?? ""))?.[1]];
    if (projectName.test(cleanName) && cleanVersion !== undefined) pins.push(claimOf("table", path, line, cleanName, cleanVersion));
  };
  tables(lines, add);
  sections(lines, add);
  for (const [index, line] of lines.entries()) {
    // `- six 1.16.0`, `* attrs: 21.2.0 (MIT)`, `six==1.16.0`, `- [tomli](https://…) v2.0.1`
    const item = /^\s*[-*\u2022]\s+(?:\[)?[`*]{0,2}([A-Za-z][\w.-]*)[`*]{0,2}(?:\]\([^)]*\))?\s*(?:[:=@,\u2013\u2014-]+|==|\(|version)?\s*[`*(]{0,2}(?:version\s+)?v?(\d+(?:\.\d+)+[\w.]*)/i.exec(line) ?? /^\s*([A-Za-z][\w.-]*)\s*==\s*(\d+(?:\.\d+)+[\w.]*)\s*$/.exec(line);
    if (item) add(index + 1, item[1], item[2]?.replace(/\.$/, ""));
  }
  return pins.filter((pin, index) => pins.findIndex((other) => other.name === pin.name && other.version === pin.version) === index);
}

/** Without the markup of Markdown and reST: `[six](https://…)`, `` `six`_ ``, `**six**`. */
function cell(text: string): string {
  return text.trim().replace(/^\[([^\]]*)\].*$/, "$1").replace(/^`+([^`<]*?)\s*(?:<[^>]*>)?`+_*.*$/, "$1").replace(/[*`]/g, "").trim();
}

type Add = (line: number, name: string | undefined, version: string | undefined) => void;

/** Rows between `|`, grid tables of reST among them, and simple tables of reST (columns under `====  ====`). */
function tables(lines: readonly string[], add: Add): void {
  let columns: { name: number; version: number } | undefined;
  let cut: number[] | undefined;
  for (const [index, line] of lines.entries()) {
    const ruled = /^\s*=+(?:\s+=+)+\s*$/.test(line);
    if (ruled) {
      cut = [...line.matchAll(/=+/g)].map((match) => match.index);
      continue;
    }
    const cells = line.includes("|") ? line.trim().replace(/^\||\|$/g, "").split("|") : cut && line.trim() !== "" ? cut.map((start, nth) => line.slice(start, cut?.[nth + 1])) : undefined;
    if (!cells || cells.length < 2) {
      if (line.trim() === "") columns = cut ? columns : undefined;
      else if (!/^\s*[+|:-]/.test(line)) [columns, cut] = [undefined, undefined];
      continue;
    }
    if (cells.every((each) => /^[\s:=+-]*$/.test(each))) continue;
    const name = cells.findIndex((each) => /^\W*(?:packages?|names?|librar(?:y|ies)|projects?|modules?|distributions?|dependenc(?:y|ies)|components?)\W*$/i.test(each));
    const version = cells.findIndex((each) => /version|release|^\W*tag\W*$/i.test(each));
    if (name >= 0 && version >= 0) columns = { name, version };
    else if (columns) add(index + 1, cells[columns.name], cells[columns.version]);
  }
}

/** A heading that is a name, and below it `Version: 1.2` before the next heading. */
function sections(lines: readonly string[], add: Add): void {
  let heading: string | undefined;
  for (const [index, line] of lines.entries()) {
    const underlined = /^([=\-~^"'`#*+])\1{2,}\s*$/.test(lines[index + 1] ?? "") && projectName.test(line.trim()) ? line.trim() : undefined;
    heading = underlined ?? (/^#{1,6}\s+/.test(line) ? cell(line.replace(/^#+\s+/, "")) : heading);
    const version = /^\s*[-*]?\s*\**(?:version|release|tag)\**\s*[:=]\s*\**\s*(\S+)/i.exec(line)?.[1];
    if (version !== undefined && heading !== undefined) add(index + 1, heading, version);
  }
}
