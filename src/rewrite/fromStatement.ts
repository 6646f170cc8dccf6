/** `from a.b import c`: only the module's name changes, except where a namespace package is left and only some of the names move. */
import { type Decision, type Edit, type Rule, type Site, nothing } from "../model/edit.ts";
import type { FromStatement, ImportedName } from "../model/facts.ts";
import { type DottedName, join, leaf, parent } from "../model/name.ts";
import type { Context } from "./context.ts";
import { replaceSpan } from "./keepLines.ts";

export function rewriteFrom(context: Context, statement: FromStatement, lazy: string, isSibling: (name: DottedName) => boolean): Decision {
  const module = absoluteModule(context, statement);
  if (module === undefined) return nothing;
  if (module === escapes) {
    const message = `relative import climbs above the top-level package: from ${".".repeat(statement.level)}${written(statement)} import …`;
    return { edits: [], sites: [], findings: [{ code: "relative-import-escapes", message, offset: statement.module.start }] };
  }
  const { relocations } = context.options;
  if (statement.level === 0 && isSibling(module)) return relocations.covering(module) ? { ...nothing, sites: [leftAsSibling(statement, module)] } : nothing;
  const relocation = relocations.covering(module);
  const fileMoves = context.place.package !== undefined && relocations.covering(context.place.package) !== undefined;
  if (relocation) {
    if (statement.level > 0 && fileMoves) return nothing; // it moves along
    const text = join(relocation.to, module.slice(relocation.from.length + 1));
    const edit = statement.level > 0 ? replaceRelative(context.source, statement, text, "from-import") : replaceModule(context, statement, module, relocation.from, text);
    return { edits: [edit], sites: [site(statement, module, `${relocation.from} is relocated to ${relocation.to}`)], findings: [] };
  }
  const moved = statement.names.filter((name) => relocations.covering(join(module, name.written.name)));
  if (statement.level > 0 && fileMoves) return fromOutside(context, statement, module, moved);
  return moved.length === 0 ? nothing : splitNames(context, statement, module, moved, lazy);
}

const escapes = Symbol("escapes");

function written(statement: FromStatement): DottedName {
  return statement.module.name;
}

/** The module in original names; `escapes` when it climbs too high; undefined when the file's place is not known. */
function absoluteModule({ place }: Context, statement: FromStatement): DottedName | typeof escapes | undefined {
  if (statement.level === 0) return written(statement);
  if (place.package === undefined) return undefined;
  let base = place.package;
  for (let step = 1; step < statement.level; step++) {
    if (base === "") break;
    base = parent(base);
  }
  return base === "" ? escapes : join(base, written(statement));
}

function replaceModule(context: Context, { module }: FromStatement, name: DottedName, from: DottedName, text: DottedName): Edit {
  const kept = name.slice(from.length);
  const prefix = text.endsWith(`.${name}`) ? text.slice(0, text.length - name.length) : undefined;
  if (prefix !== undefined) return { start: module.start, end: module.start, text: prefix, rule: "from-import" };
  const last = module.parts[from.split(".").length - 1] ?? module;
  return replaceSpan(context.source, { start: module.start, end: last.end }, text.slice(0, text.length - kept.length), "from-import");
}

/** `from..import x` needs no blanks; an absolute name does. */
function replaceRelative(source: Buffer, { module }: FromStatement, text: DottedName, rule: Rule): Edit {
  const isWord = (at: number): boolean => /\w/.test(source.toString("latin1", at, at + 1));
  return replaceSpan(source, module, `${isWord(module.start - 1) ? " " : ""}${text}${isWord(module.end) ? " " : ""}`, rule);
}

/** A relative import that leaves the relocated part of a namespace package: what it names stayed behind, so it is named in full. */
function fromOutside(context: Context, statement: FromStatement, module: DottedName, moved: readonly ImportedName[]): Decision {
  if (moved.length === statement.names.length && !statement.star) return nothing;
  const why = "it points outside the relocated part of the namespace package";
  if (moved.length > 0) return { edits: splitNames(context, statement, module, moved, "").edits, sites: [site(statement, module, why)], findings: [] };
  return { edits: [replaceRelative(context.source, statement, module, "relative-outside")], sites: [{ ...site(statement, module, why), rule: "relative-outside" }], findings: [] };
}

/** `from google import protobuf, cloud` → `from N.google import protobuf; from google import cloud`. */
function splitNames(context: Context, statement: FromStatement, module: DottedName, moved: readonly ImportedName[], lazy: string): Decision {
  const { relocations } = context.options;
  const statements = new Map<DottedName, string[]>();
  for (const { written: name, alias } of moved) {
    const to = relocations.apply(join(module, name.name)) ?? "";
    const bound = alias?.name ?? name.name;
    const text = leaf(to) === bound && !alias ? bound : `${leaf(to)} as ${bound}`;
    statements.set(parent(to), [...(statements.get(parent(to)) ?? []), text]);
  }
  const sites = moved.map((name): Site => ({ ...site(statement, join(module, name.written.name), `${name.written.name} is relocated, the namespace package is not`), start: name.start, end: name.end }));
  // A file that moves itself reaches what moves along as it did: by the relative name.
  if (statement.level > 0 && lazy === "" && context.place.package !== undefined && relocations.covering(context.place.package)) {
    const own = context.source.toString("latin1", statement.module.start, statement.module.end);
    const names = moved.map(({ written: name, alias }) => (alias ? `${name.name} as ${alias.name}` : name.name));
    statements.clear();
    statements.set(own, names);
  }
  const texts = [...statements].map(([from, names]) => (from === "" ? names.map((name) => `${lazy}import ${name}`).join("; ") : `${lazy}from ${from} import ${names.join(", ")}`));
  const only = statements.size === 1 && moved.length === statement.names.length ? [...statements.keys()][0] : undefined;
  if (only && moved.every((name) => leaf(relocations.apply(join(module, name.written.name)) ?? "") === name.written.name)) {
    return { edits: [replaceSpan(context.source, statement.module, only, "from-import")], sites, findings: [] };
  }
  if (moved.length === statement.names.length) return { edits: [replaceSpan(context.source, statement, texts.join("; "), "from-import")], sites, findings: [] };
  const bare = source(context, statement.list.start) !== "(";
  const absolute = statement.level > 0 ? [replaceRelative(context.source, statement, module, "relative-outside")] : [];
  if (bare && statements.size === 1) return { edits: inRuns(context, statement, module, moved, [...statements.keys()][0] ?? "", lazy), sites, findings: [] };
  const insertion: Edit = { start: statement.start, end: statement.start, text: `${texts.join("; ")}; `, rule: "from-import" };
  return { edits: [insertion, ...absolute, ...removeNames(context.source, statement, moved)], sites, findings: [] };
}

function source(context: Context, at: number): string {
  return context.source.toString("latin1", at, at + 1);
}

/** Without parentheses: a statement for each run of names that stay or move together, in order. */
function inRuns(context: Context, statement: FromStatement, module: DottedName, moved: readonly ImportedName[], target: DottedName, lazy: string): Edit[] {
  const relative = target.startsWith(".");
  const from = (name: ImportedName): string => (moved.includes(name) ? target : module);
  const edits: Edit[] = [];
  statement.names.forEach((name, index) => {
    const previous = statement.names[index - 1];
    if (!previous) {
      const stays = relative ? moved.includes(name) : !moved.includes(name) && statement.level === 0;
      if (!stays) edits.push(replaceRelative(context.source, statement, from(name), "from-import"));
    } else if (from(previous) !== from(name) && previous.comma !== undefined) {
      edits.push({ start: previous.comma, end: previous.comma + 1, text: ";", rule: "from-import" });
      edits.push({ start: name.start, end: name.start, text: `${lazy}from ${from(name)} import `, rule: "from-import" });
    }
    const renamed = moved.includes(name) ? renaming(context, join(module, name.written.name), name) : undefined;
    if (renamed !== undefined) edits.push({ start: name.written.start, end: name.written.end, text: renamed, rule: "from-import" });
  });
  return edits;
}

/** The new text of an imported name whose last component changes; the name it binds stays. */
function renaming({ options }: Context, full: DottedName, { written: name, alias }: ImportedName): string | undefined {
  const to = leaf(options.relocations.apply(full) ?? full);
  return to === name.name ? undefined : alias ? to : `${to} as ${name.name}`;
}

/** Takes names out of the list, each with one comma; line ends and comments stay. */
function removeNames(source: Buffer, statement: FromStatement, moved: readonly ImportedName[]): Edit[] {
  const lastKept = statement.names.findLastIndex((name) => !moved.includes(name));
  return statement.names.flatMap((name, index): Edit[] => {
    if (!moved.includes(name)) return [];
    const erase = (start: number, end: number): Edit => ({ start, end, text: lineEnds(source, start, end), rule: "from-import" });
    // After the last name that stays, the comma before goes: the one behind may be missing.
    const comma = index > lastKept ? statement.names[index - 1]?.comma : name.comma;
    if (comma === undefined) throw new Error("invariant: names of an import statement have commas between them");
    const blank = index < lastKept && source[comma + 1] === 32 ? 1 : 0;
    return [erase(name.start, name.end), erase(comma, comma + 1 + blank)];
  });
}

function lineEnds(source: Buffer, start: number, end: number): string {
  return source.toString("latin1", start, end).match(/\\?(?:\r\n|\r|\n)/g)?.join("") ?? "";
}

function site(statement: FromStatement, name: DottedName, why: string): Site {
  return { start: statement.module.start, end: statement.module.end, name, tier: "proven", rule: "from-import", outcome: "rewritten", why };
}

function leftAsSibling(statement: FromStatement, name: DottedName): Site {
  return { ...site(statement, name, "in Python 2, without absolute_import, this is the module of that name in the same package"), outcome: "left" };
}
