/** A wheel's `.dist-info` under another name, changed line by line: core metadata, entry points, lists of top-level modules. */

/** Texts and names are byte strings (model/span.ts). */
export interface InfoNames {
  readonly distribution: { readonly from: string; readonly to: string };
  /** The relocated name of a module or of a group called like one; undefined for every other. */
  module(name: string): string | undefined;
  /** The new name of a command. */
  command(name: string): string;
}

const sameName = (a: string, b: string): boolean => a.replace(/[-_.]+/g, "-").toLowerCase() === b.replace(/[-_.]+/g, "-").toLowerCase();

/** METADATA: the name; requirements of itself, which is how extras include one another; import names (PEP 794). */
export function renameMetadata(text: string, { distribution: { from, to }, module }: InfoNames): string {
  const lines = text.split(/(?<=\n)/);
  const end = lines.findIndex((line) => line.trim() === "");
  return lines.map((line, index) => {
    if (end >= 0 && index >= end) return line;
    const [, head = "", value = "", rest = ""] = /^((?:name|requires-dist|import-name|import-namespace):\s*)([\w.-]+)([^]*)$/i.exec(line) ?? [];
    if (/^import-/i.test(head)) return `${head}${module(value) ?? value}${rest}`;
    return head !== "" && sameName(value, from) ? `${head}${to}${rest}` : line;
  }).join("");
}

export interface RenamedEntryPoints {
  readonly text: string;
  readonly commands: readonly { readonly from: string; readonly to: string }[];
  /** Groups called like what moves. */
  readonly groups: readonly string[];
  /** `name [group]` of entries in other groups that keep their names: two versions offer both. */
  readonly shared: readonly string[];
}

/** entry_points.txt: objects follow; commands get their new names; groups and names that are called like what moves follow too. */
export function renameEntryPoints(text: string, { module, command }: InfoNames): RenamedEntryPoints {
  const commands: { from: string; to: string }[] = [];
  const groups: string[] = [];
  const shared: string[] = [];
  let group = "";
  let own = false;
  const lines = text.split(/(?<=\n)/).map((line) => {
    const header = /^(\s*\[\s*)([^\]]*?)(\s*\][^]*)$/.exec(line);
    if (header) {
      group = header[2] ?? "";
      const moved = module(group);
      own = moved !== undefined;
      if (own) groups.push(group);
      return `${header[1]}${moved ?? group}${header[3]}`;
    }
    const [, indent = "", name = "", assigns = "", object = "", rest = ""] = /^(\s*)([^\s=;#[][^=]*?)(\s*=\s*)([\w.]+)([^]*)$/.exec(line) ?? [];
    if (name === "") return line;
    const target = module(object) ?? object;
    if (group === "console_scripts" || group === "gui_scripts") {
      commands.push({ from: name, to: command(name) });
      return `${indent}${command(name)}${assigns}${target}${rest}`;
    }
    const moved = own ? undefined : module(name);
    if (!own && moved === undefined) shared.push(`${name} [${group}]`);
    return `${indent}${moved ?? name}${assigns}${target}${rest}`;
  });
  return { text: lines.join(""), commands, groups, shared };
}

/** top_level.txt and namespace_packages.txt: a name a line. */
export function renameLines(text: string, module: InfoNames["module"]): string {
  return text.replace(/^[^\S\n]*([^\s]+)/gm, (whole, name: string) => whole.replace(name, module(name) ?? name));
}

/** `nova-11.0-py3-none-any.whl` or `nova-11.0.dist-info` with another first part, spelled as PEP 625 asks. */
export function renameFile(fileName: string, to: string): string {
  // The version begins with a digit; a name that was not escaped may have hyphens of its own.
  const dash = fileName.search(/-(?=v?\d)/i);
  return `${to.replace(/[-_.]+/g, "_").toLowerCase()}${dash < 0 ? "" : fileName.slice(dash)}`;
}
