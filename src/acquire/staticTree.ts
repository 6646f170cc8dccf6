/** What a source tree says of itself without being built: pyproject.toml (PEP 621), setup.cfg of setuptools and of pbr. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readToml } from "../config/read.ts";

export interface StaticTree {
  readonly name: string | undefined;
  readonly version: string | undefined;
  /** Undefined: only a build tells them. */
  readonly requires: readonly string[] | undefined;
  readonly requiresPython: string | undefined;
  /** The file, for messages. */
  readonly from: string;
}

type Table = Record<string, unknown>;

/** Undefined where there is neither file. `read` gives the lines of a requirements file. */
export async function readStaticTree(root: string, read: (file: string) => readonly string[]): Promise<StaticTree | undefined> {
  const pyproject = join(root, "pyproject.toml");
  const toml = existsSync(pyproject) ? await readToml(pyproject) : {};
  const project = table(toml["project"]);
  const setup = existsSync(join(root, "setup.cfg")) ? sectionsOf(readFileSync(join(root, "setup.cfg"), "utf8")) : undefined;
  const dynamic = strings(project["dynamic"]);
  const name = text(project["name"]);
  if (name !== undefined && !dynamic.includes("dependencies") && !dynamic.includes("optional-dependencies")) {
    return { name, version: text(project["version"]), requires: [...strings(project["dependencies"]), ...optional(table(project["optional-dependencies"]))], requiresPython: text(project["requires-python"]), from: "pyproject.toml" };
  }
  const listed = table(table(table(toml["tool"])["setuptools"])["dynamic"]);
  const files = strings(table(listed["dependencies"])["file"]).concat(text(table(listed["dependencies"])["file"]) ?? []);
  if (name !== undefined && files.length > 0 && !dynamic.includes("optional-dependencies")) {
    return { name, version: text(project["version"]), requires: [...files.flatMap((file) => read(join(root, file))), ...optional(table(project["optional-dependencies"]))], requiresPython: text(project["requires-python"]), from: files[0] ?? "pyproject.toml" };
  }
  if (!setup) return name === undefined ? undefined : { name, version: text(project["version"]), requires: undefined, requiresPython: undefined, from: "pyproject.toml" };
  return fromSetup(root, setup, name, read);
}

function fromSetup(root: string, setup: ReadonlyMap<string, ReadonlyMap<string, string>>, name: string | undefined, read: (file: string) => readonly string[]): StaticTree {
  const value = (section: string, key: string): string | undefined => setup.get(section)?.get(key);
  const known = name ?? value("metadata", "name");
  const version = /^\d[\w.!+-]*$/.exec(value("metadata", "version") ?? "")?.[0];
  const requiresPython = value("options", "python_requires") ?? value("metadata", "python_requires") ?? value("metadata", "python-requires");
  const install = value("options", "install_requires");
  const extras = [...(setup.get("options.extras_require") ?? []), ...(setup.get("extras") ?? [])].flatMap(([extra, list]) => lines(list).map((line) => withExtra(pbrMarker(line), extra)));
  const base = { name: known, version, requiresPython };
  if (install?.startsWith("file:")) return { ...base, requires: [...install.slice(5).split(",").flatMap((file) => read(join(root, file.trim()))), ...extras], from: "setup.cfg" };
  if (install !== undefined) return { ...base, requires: [...lines(install), ...extras], from: "setup.cfg" };
  // pbr takes the requirements from their file; setup.py says that it is pbr's.
  const script = existsSync(join(root, "setup.py")) ? readFileSync(join(root, "setup.py"), "utf8") : "";
  if (/\bpbr\s*=\s*True/.test(script) && existsSync(join(root, "requirements.txt"))) return { ...base, requires: [...read(join(root, "requirements.txt")), ...extras], from: "requirements.txt" };
  return { ...base, requires: undefined, from: "setup.cfg" };
}

/** pbr writes `name>=1:(python_version<'3')`. */
function pbrMarker(line: string): string {
  return line.replace(/:\(([^]*)\)\s*$/, ";$1").replace(/\s+#.*$/, "");
}

function optional(extras: Table): string[] {
  return Object.entries(extras).flatMap(([extra, list]) => strings(list).map((line) => withExtra(line, extra)));
}

function withExtra(line: string, extra: string): string {
  const [head = "", marker] = line.split(/;([^]*)/);
  return `${head.trim()}; ${marker === undefined ? "" : `(${marker.trim()}) and `}extra == "${extra}"`;
}

/** The INI dialect of setup.cfg: values go on where a line is indented. */
function sectionsOf(text: string): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const sections = new Map<string, Map<string, string>>();
  let section = new Map<string, string>();
  let key: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    const header = /^\[([^\]]+)\]/.exec(line)?.[1];
    const assignment = /^([\w.-]+)\s*[=:]\s*(.*)$/.exec(line);
    if (/^\s*[#;]/.test(line)) continue;
    if (header !== undefined) {
      sections.set(header.trim(), (section = sections.get(header.trim()) ?? new Map<string, string>()));
      key = undefined;
    } else if (/^\s+\S/.test(line) && key !== undefined) section.set(key, `${section.get(key)}\n${line.trim()}`);
    else if (assignment?.[1]) section.set((key = assignment[1].toLowerCase()), assignment[2] ?? "");
  }
  return sections;
}

function lines(value: string): string[] {
  return value.split("\n").map((line) => line.replace(/(^|\s)#.*$/, "").trim()).filter((line) => line !== "");
}

function table(value: unknown): Table {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Table) : {};
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === "string") : [];
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
