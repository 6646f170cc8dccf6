/** Changes to what a person wrote: one requirement in a configuration or a file of requirements, and not a byte besides. */

/** Puts `now` for the element `was` of the array `key` in the table of ours; undefined: takes it out. Undefined result: it is not there exactly once. */
export function editArray(toml: string, table: string | undefined, key: string, was: string, now: string | undefined): string | undefined {
  const header = table === undefined ? 0 : (new RegExp(`^\\s*\\[\\s*${table.replaceAll(".", "\\s*\\.\\s*")}\\s*\\]`, "m").exec(toml)?.index ?? -1);
  if (header < 0) return undefined;
  const assignment = new RegExp(`^[ \\t]*["']?${key}["']?[ \\t]*=[ \\t]*\\[`, "m").exec(toml.slice(header));
  if (!assignment) return undefined;
  const start = header + assignment.index + assignment[0].length;
  const elements = elementsOf(toml, start).filter((element) => element.value === was);
  const [element, second] = elements;
  if (!element || second) return undefined;
  if (now !== undefined) {
    const quote = toml[element.start] ?? '"';
    if (now.includes(quote) || now.includes("\\")) return `${toml.slice(0, element.start)}${JSON.stringify(now)}${toml.slice(element.end)}`;
    return `${toml.slice(0, element.start)}${quote}${now}${quote}${toml.slice(element.end)}`;
  }
  return removed(toml, element.start, element.end);
}

interface Element {
  readonly start: number;
  readonly end: number;
  readonly value: string;
}

/** The strings of the array that opens before `start`. */
function elementsOf(toml: string, start: number): Element[] {
  const found: Element[] = [];
  const token = /"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|#[^\n]*|\]/g;
  token.lastIndex = start;
  for (let match = token.exec(toml); match && match[0] !== "]"; match = token.exec(toml)) {
    const [text] = match;
    if (text.startsWith("#")) continue;
    found.push({ start: match.index, end: match.index + text.length, value: text.startsWith("'") ? text.slice(1, -1) : unescaped(text) });
  }
  return found;
}

function unescaped(text: string): string {
  try {
    return JSON.parse(text) as string;
  } catch {
    return text.slice(1, -1);
  }
}

/** Without the element, its comma, and the line where it stood alone. */
function removed(toml: string, start: number, end: number): string {
  const comma = /^[ \t]*,/.exec(toml.slice(end))?.[0].length ?? 0;
  const lineStart = toml.lastIndexOf("\n", start - 1) + 1;
  const rest = /^[ \t]*(#[^\n]*)?(\r?\n|$)/.exec(toml.slice(end + comma));
  if (toml.slice(lineStart, start).trim() === "" && rest) return toml.slice(0, lineStart) + toml.slice(end + comma + rest[0].length);
  if (comma > 0) return toml.slice(0, start) + toml.slice(end + comma).replace(/^[ \t]+/, "");
  const before = /,[ \t]*$/.exec(toml.slice(0, start))?.[0].length ?? 0;
  return toml.slice(0, start - before) + toml.slice(end);
}

/** The same for a file of requirements; `isIt` recognises the line, which is given without its comment. */
export function editRequirements(text: string, isIt: (line: string) => boolean, now: string | undefined): string | undefined {
  const lines = text.split(/(?<=\n)/);
  const places = lines.flatMap((line, index) => (isIt(line.replace(/(^|\s)#.*$/s, "").trim()) ? [index] : []));
  const [place, second] = places;
  if (place === undefined || second !== undefined) return undefined;
  const [, indent = "", , rest = ""] = /^(\s*)(.*?)(\s*(?:\s#[^]*)?\r?\n?)$/s.exec(lines[place] ?? "") ?? [];
  lines[place] = now === undefined ? "" : `${indent}${now}${rest}`;
  return lines.join("");
}

/** Adds an element to the array `key` of a table; makes the array, and the table at the end, where they are missing. Undefined: the table is written in a way that is not known. */
export function addToArray(toml: string, table: string, key: string, value: string): string | undefined {
  const header = new RegExp(`^[ \\t]*\\[[ \\t]*${table.split(".").map((part) => `["']?${part.replace(/[^\w-]/g, "\\$&")}["']?`).join("[ \\t]*\\.[ \\t]*")}[ \\t]*\\][ \\t]*(#[^\\n]*)?\\n?`, "m").exec(toml);
  if (!header) {
    const inline = new RegExp(`^[ \\t]*distributions[ \\t]*=|^[ \\t]*${table.split(".").at(-1)?.replace(/[^\w-]/g, "\\$&") ?? ""}[ \\t]*=[ \\t]*\\{`, "m").test(toml);
    return inline ? undefined : `${toml.replace(/\n*$/, "\n")}\n[${table}]\n${key} = [${JSON.stringify(value)}]\n`;
  }
  const start = header.index + header[0].length;
  const end = start + (/^[ \t]*\[/m.exec(toml.slice(start))?.index ?? toml.length - start);
  const body = toml.slice(start, end);
  const assignment = new RegExp(`^[ \\t]*${key}[ \\t]*=[ \\t]*\\[`, "m").exec(body);
  if (!assignment) return `${toml.slice(0, start)}${header[0].endsWith("\n") ? "" : "\n"}${key} = [${JSON.stringify(value)}]\n${toml.slice(start)}`;
  const first = start + assignment.index + assignment[0].length;
  const last = elementsOf(toml, first).at(-1);
  return last ? `${toml.slice(0, last.end)}, ${JSON.stringify(value)}${toml.slice(last.end)}` : `${toml.slice(0, first)}${JSON.stringify(value)}${toml.slice(first)}`;
}

/** Without the line of a key in a table; the text as it is where that is not found. The caller parses the result again. */
export function withoutKey(toml: string, table: string, key: string): string {
  const header = new RegExp(`^[ \\t]*\\[[ \\t]*${table.split(".").map((part) => part.replace(/[^\w-]/g, "\\$&")).join("[ \\t]*\\.[ \\t]*")}[ \\t]*\\][^\\n]*\\n`, "m").exec(toml);
  if (!header) return toml;
  const start = header.index + header[0].length;
  const end = start + (/^[ \t]*\[/m.exec(toml.slice(start))?.index ?? toml.length - start);
  return toml.slice(0, start) + toml.slice(start, end).replace(new RegExp(`^[ \\t]*["']?${key.replace(/[^\w-]/g, "\\$&")}["']?[ \\t]*=[^\\n]*(?:\\n|$)`, "m"), "") + toml.slice(end);
}
