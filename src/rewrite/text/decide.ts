/** What to do with the names in a data file: the catalogue's places are rewritten, other verified names are reported, one finding a file. */
import type { FileRow } from "../../model/fileRow.ts";
import type { Decision, Edit, LocalFinding, Site } from "../../model/edit.ts";
import { type DottedName, topLevel } from "../../model/name.ts";
import type { Relocation } from "../../model/relocation.ts";
import type { ByteString } from "../../model/span.ts";
import type { TextFormat } from "../../model/textFormat.ts";
import type { RewriteOptions } from "../context.ts";
import { readIni } from "./ini.ts";
import { readJson } from "./json.ts";
import type { Scalar } from "./scalar.ts";
import { readToml } from "./toml.ts";
import { readYaml } from "./yaml.ts";

export interface TextPlace {
  readonly format: TextFormat;
  /** Without its directory. */
  readonly fileName: string;
  /** A file of the project, not of a copy. */
  readonly ofProject: boolean;
}

/** A scalar's new text, for whoever verifies the result with a real parser. */
export interface Change {
  readonly scalar: Scalar;
  readonly text: ByteString;
}

const readers = { ini: readIni, json: readJson, toml: readToml, yaml: readYaml } as const;
const MOST_NAMED = 5;
const moduleName = /^[^\W\d][\w\x80-\xff]*(?:\.[^\W\d][\w\x80-\xff]*)*/;

/** True where the file's bytes have the first component of a name that moves. */
export function mentionsRelocated(source: Buffer, { relocations }: Pick<RewriteOptions, "relocations">): boolean {
  return [...new Set(relocations.relocations.map(({ from }) => topLevel(from)))].some((top) => source.includes(top, 0, "latin1"));
}

export function decideText(source: ByteString, place: TextPlace, rows: readonly FileRow[], options: RewriteOptions): Decision & { readonly changes: readonly Change[] } {
  const scalars = readers[place.format](source);
  const own = rows.filter((row) => row.formats.includes(place.format) && (!row.projectOnly || place.ofProject) && (row.file === undefined || matches(row.file, place.fileName)));
  const edits: Edit[] = [];
  const sites: Site[] = [];
  const changes: Change[] = [];
  const reported: { readonly name: string; readonly offset: number }[] = [];
  const findings: LocalFinding[] = [];
  for (const scalar of scalars) {
    if (isOurs(scalar, place)) continue;
    const row = own.find((each) => each.role === scalar.role && applies(each, scalar, scalars));
    const found = row ? nameAt(scalar, row.meaning) : { name: scalar.text, at: 0 };
    if (row?.meaning === "paste-use") {
      const distribution = /^egg:([^#\s]+)/.exec(scalar.text)?.[1];
      const known = distribution === undefined ? undefined : options.inventory.distribution(distribution);
      if (distribution !== undefined && known?.renamed !== undefined && scalar.plain) {
        edits.push({ start: scalar.start + 4, end: scalar.start + 4 + distribution.length, text: known.renamed, rule: "data-file" });
        changes.push({ scalar, text: `egg:${known.renamed}${scalar.text.slice(4 + distribution.length)}` });
        sites.push({ start: scalar.start, end: scalar.end, name: distribution, tier: "proven", rule: "data-file", outcome: "rewritten", why: "an entry point of the distribution, which is called otherwise now" });
        continue;
      }
      if (distribution !== undefined && known) findings.push({ code: "data-reference", message: `'${scalar.text}' asks for an entry point of ${distribution}, which is relocated and registers none; name the object: call:module:name`, offset: scalar.start });
    }
    const named = found && covered(found.name, row?.meaning, options);
    if (!found || !named) continue;
    if (!row) {
      if (scalar.role === "value" && named.name.includes(".") && options.inventory.has(named.name)) reported.push({ name: named.name, offset: scalar.start });
      continue;
    }
    const start = scalar.start + found.at;
    const why = `${scalar.path.join(" > ")} takes it (catalogue of files: ${row.meaning})`;
    if (!scalar.plain) {
      reported.push({ name: named.name, offset: scalar.start });
      continue;
    }
    edits.push({ start, end: start + named.relocation.from.length, text: named.relocation.to, rule: "data-file" });
    changes.push({ scalar, text: scalar.text.slice(0, found.at) + named.relocation.to + scalar.text.slice(found.at + named.relocation.from.length) });
    sites.push({ start: scalar.start, end: scalar.end, name: named.name, tier: "proven", rule: "data-file", outcome: "rewritten", why });
  }
  const [first] = reported;
  if (first) {
    const names = [...new Set(reported.map(({ name }) => name))];
    const rest = names.length - MOST_NAMED;
    findings.push({ code: "data-reference", message: `names what is relocated, and was left: ${names.slice(0, MOST_NAMED).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`, offset: first.offset });
    for (const { name, offset } of reported) sites.push({ start: offset, end: offset + name.length, name, tier: "verified", rule: "data-file", outcome: "reported", why: "the catalogue of files has no row for this place" });
  }
  return { edits, sites, findings, changes };
}

/** Our own configuration names distributions and strings as they are upstream. */
function isOurs({ path }: Scalar, { fileName }: TextPlace): boolean {
  return fileName === "enisle.toml" || (fileName === "pyproject.toml" && path[0] === "tool" && (path[1] === "enisle" || path[1] === "vendoring"));
}

function matches(pattern: string, text: string): boolean {
  return new RegExp(`^(?:${pattern})$`).test(text);
}

/** The last keys of the scalar's path are those of the row; what the row needs beside them is there. */
function applies(row: FileRow, { path }: Scalar, all: readonly Scalar[]): boolean {
  const first = path.length - row.path.length;
  if (first < 0 || (!row.beside && first > 0) || !row.path.every((pattern, index) => matches(pattern, path[first + index] ?? ""))) return false;
  return Object.entries(row.beside ?? {}).every(([key, text]) => hasBeside(all, path.slice(0, first), key, text));
}

/** Numbers are no scalars: a key is enough, where its value is none. */
function hasBeside(all: readonly Scalar[], path: readonly string[], key: string, text: string): boolean {
  const same = ({ path: other }: Scalar): boolean => other.length === path.length + 1 && other.at(-1) === key && path.every((each, index) => other[index] === each);
  const values = all.filter((scalar) => scalar.role === "value" && same(scalar));
  return values.length > 0 ? values.some((scalar) => scalar.text === text) : all.some((scalar) => scalar.role === "key" && same(scalar));
}

/** Where the name begins in the scalar's text. */
function nameAt({ text }: Scalar, meaning: FileRow["meaning"]): { readonly name: string; readonly at: number } | undefined {
  const skipped = meaning === "entry-point" ? /^[^=]*=\s*/.exec(text) : meaning === "paste-use" ? /^call:/.exec(text) : /^/.exec(text);
  return skipped ? { name: text.slice(skipped[0].length), at: skipped[0].length } : undefined;
}

function covered(text: string, meaning: FileRow["meaning"] | undefined, { relocations, inventory }: RewriteOptions): { readonly name: DottedName; readonly relocation: Relocation } | undefined {
  const [name = ""] = moduleName.exec(text) ?? [];
  const relocation = name === "" ? undefined : relocations.covering(name);
  if (!relocation || relocation.absent) return undefined;
  const after = text.slice(name.length);
  const fits = meaning === "logger" || meaning === undefined ? after === "" || (meaning === undefined && /^:[\w.]+$/.test(after)) : /^(?:\s*:\s*[\w.]+)?\s*(?:\[[^\]]*\])?$/.test(after);
  // A single word may be a name of something else, except where an object's module is meant.
  return fits && (meaning !== "object" || after !== "" || name.includes(".") || inventory.isModule(name)) ? { name, relocation } : undefined;
}
