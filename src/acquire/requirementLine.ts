/** Requirements as pip takes them: PEP 508 with pip's options, URLs, version control; and the files that list them. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { normalisedName } from "../model/distribution.ts";
import { Failure, fileFailure } from "../model/failure.ts";
import { redactRequirement } from "./redact.ts";

export interface RequirementLine {
  /** For pip: paths are absolute, hashes stand as options behind it. May hold credentials: for a private file only. */
  readonly text: string;
  /** Normalised (PEP 503); undefined where only what is fetched tells it. */
  readonly name: string | undefined;
  /** For people and the manifest: without credentials, hashes and machine paths. */
  readonly asked: string;
}

export interface RequirementSet {
  readonly lines: readonly RequirementLine[];
  /** Options of requirement files, such as `--extra-index-url URL`; for pip, one a line. */
  readonly options: readonly string[];
  /** Absolute paths. */
  readonly constraints: readonly string[];
  /** `name==version` for what is not to move. */
  readonly pins?: readonly string[];
}

const named = /^([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(\[[^\]]*\])?\s*(?:$|[=<>!~;@(]|--hash)/;
const remote = /^(?:(?:git|hg|svn|bzr)\+)?[a-z][a-z0-9+]*:\/\//i;

/** True for what can only be a requirement: a name with or without a version, a URL, a version control reference. */
export function isRequirement(source: string): boolean {
  return remote.test(source) || /^[A-Za-z0-9][\w.-]*\s*(\[[^\]]*\])?\s*@\s*\S/.test(source) || (named.test(source) && !/\.(whl|zip|toml|txt|tgz|tar\.\w+)$/i.test(source) && !/^[^@;[]*[/\\]/.test(source));
}

/** `base` is the directory that relative paths start from. */
export function requirementLine(source: string, base: string): RequirementLine {
  const text = source.trim();
  const shown = redactRequirement(text.replace(/\s+--(?:hash|global-option|config-settings?)[= ]\S+/g, "")).trim();
  const match = remote.test(text) ? null : named.exec(text);
  if (match?.[1] && !existsSync(resolve(base, text))) return { text, name: normalisedName(match[1]), asked: shown };
  const egg = /#(?:.*&)?egg=([\w.-]+)/.exec(text)?.[1];
  if (remote.test(text)) return { text, name: egg === undefined ? wheelName(text) : normalisedName(egg), asked: shown };
  const path = resolve(base, text);
  return { text: pathToFileURL(path).href, name: wheelName(path), asked: text.split(/[/\\]/).filter((part) => part !== "" && part !== ".").at(-1) ?? text };
}

function wheelName(path: string): string | undefined {
  const name = /([^/\\]+)-[^/\\-]+(?:-[^/\\-]+)?-[^/\\-]+-[^/\\-]+-[^/\\-]+\.whl(?:[?#]|$)/.exec(path)?.[1];
  return name === undefined ? undefined : normalisedName(name);
}

/** Reads a requirements file and those it includes; `base` is where paths in them start that do not lie beside the file. Throws Failure for what cannot be read, and for `-e`, which has nothing to copy. */
export function readRequirements(path: string, base: string, seen: ReadonlySet<string> = new Set()): RequirementSet {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw fileFailure(error, path);
  }
  if (text.includes("\0") || text.includes("\ufffd")) throw new Failure(`${path}: is no text in UTF-8`, "Name a file of requirements, one a line, or a pylock.toml.");
  if (seen.has(path)) throw new Failure(`${path}: includes itself`, "Remove one of the -r lines.");
  const [lines, options, constraints]: [RequirementLine[], string[], string[]] = [[], [], []];
  for (const line of logicalLines(text)) {
    const option = /^(-r|--requirement|-c|--constraint|-e|--editable|-f|--find-links)(?:[= ]\s*|(?=[^-\s]))(.*)$/.exec(line);
    if (option) {
      const [, name = "", value = ""] = option;
      const file = /^[a-z]+:\/\//i.test(value) ? value : resolve(dirname(path), value);
      if (name === "-e" || name === "--editable") throw new Failure(`${path}: '${line}': an editable install has nothing to copy`, "Name the project's directory, or a release of it.");
      if (name === "-r" || name === "--requirement") {
        const included = readRequirements(file, base, new Set([...seen, path]));
        lines.push(...included.lines);
        options.push(...included.options);
        constraints.push(...included.constraints);
      } else if (name === "-c" || name === "--constraint") constraints.push(file);
      else options.push(`--find-links ${isAbsolute(file) && !existsSync(file) ? value : file}`);
    } else if (line.startsWith("-")) options.push(line);
    else lines.push(requirementLine(line, existsSync(join(dirname(path), line)) ? dirname(path) : base));
  }
  return { lines, options, constraints };
}

/** Lines without comments, continued ones joined, as pip reads them. */
function logicalLines(text: string): string[] {
  return text.replace(/^\ufeff/, "").replace(/\\\r?\n/g, " ").split(/\r\n|\n|\r/).map((line) => line.replace(/(^|\s)#.*$/, "").trim()).filter((line) => line !== "");
}
