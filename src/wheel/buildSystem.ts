/** `[build-system]` of pyproject.toml (PEP 518, 517): another backend put in front of the project's own. Pure; what else stands in the file stays as it is. */

export interface BuildSystem {
  readonly requires: readonly string[];
  /** `module` or `module:object`. */
  readonly backend: string;
  readonly backendPath: readonly string[];
}

/** What an installer takes where nothing is said. */
const LEGACY: BuildSystem = { requires: ["setuptools>=40.8.0"], backend: "setuptools.build_meta:__legacy__", backendPath: [] };

/** `table` is the parsed `[build-system]`; undefined where there is none. */
export function buildSystemOf(table: Readonly<Record<string, unknown>> | undefined): BuildSystem {
  if (!table) return LEGACY;
  const strings = (value: unknown): string[] => (Array.isArray(value) ? value.filter((each) => typeof each === "string") : []);
  return { requires: strings(table["requires"]), backend: typeof table["build-backend"] === "string" ? table["build-backend"] : LEGACY.backend, backendPath: strings(table["backend-path"]) };
}

/** The text with `backend` from the directories `path`; undefined where the table is written in a way that is not known. The caller parses the result again. */
export function withBackend(text: string, system: BuildSystem, backend: string, path: readonly string[]): string | undefined {
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  const lines = [`build-backend = ${JSON.stringify(backend)}`, `backend-path = [${path.map((each) => JSON.stringify(each)).join(", ")}]`];
  const header = /^[ \t]*\[[ \t]*(?:build-system|"build-system"|'build-system')[ \t]*\][^\n]*(?:\n|$)/m.exec(text);
  if (!header) {
    if (/^[ \t]*["']?build-system["']?[ \t]*[.=]/m.test(text)) return undefined;
    const table = ["[build-system]", `requires = [${system.requires.map((each) => JSON.stringify(each)).join(", ")}]`, ...lines];
    return `${text}${text === "" || text.endsWith("\n") ? "" : newline}${text === "" ? "" : newline}${table.join(newline)}${newline}`; // last: keys before the first table are no part of it
  }
  const start = header.index + header[0].length;
  const end = start + (/^[ \t]*\[/m.exec(text.slice(start))?.index ?? text.length - start);
  const body = text.slice(start, end).replace(/^[ \t]*["']?build-backend["']?[ \t]*=[^\n]*(?:\n|$)/m, "").replace(/^[ \t]*["']?backend-path["']?[ \t]*=[ \t]*\[[^\]]*\][^\n]*(?:\n|$)/m, "");
  return `${text.slice(0, start)}${header[0].endsWith("\n") ? "" : newline}${lines.join(newline)}${newline}${body}${text.slice(end)}`;
}
