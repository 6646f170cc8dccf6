/** The place where a project declares what it vendors, when a command has to change it. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { requirementLine } from "../acquire/requirementLine.ts";
import { editArray, editRequirements } from "../config/editText.ts";
import type { Consumer } from "./consumer.ts";

/**
 * The files of the project in which the declared requirement `was` becomes `now` (undefined: goes), relative to it; undefined where it is declared
 * and could not be changed, an empty map where it is not declared at all. `texts` are changes that are made already.
 */
export function redeclare({ root, configuration }: Pick<Consumer, "root" | "configuration">, was: string, now: string | undefined, texts: ReadonlyMap<string, Buffer>): ReadonlyMap<string, Buffer> | undefined {
  const read = (path: string): string => (texts.get(path) ?? readFileSync(join(root, path))).toString("utf8");
  const source = (configuration.vendor ?? []).find((each) => each === was || requirementLine(each, root).asked === was);
  if (source !== undefined) {
    const [file, table] = existsSync(join(root, "enisle.toml")) ? ["enisle.toml", undefined] as const : ["pyproject.toml", "tool.enisle"] as const;
    const edited = editArray(read(file), table, "vendor", source, now);
    return edited === undefined ? undefined : new Map([[file, Buffer.from(edited)]]);
  }
  for (const file of configuration.requirements ?? []) {
    if (file.endsWith(".toml")) continue;
    const isIt = (line: string): boolean => line !== "" && !line.startsWith("-") && requirementLine(line, root).asked === was;
    const text = read(file);
    if (!text.split("\n").some((line) => isIt(line.replace(/(^|\s)#.*$/, "").trim()))) continue;
    const edited = editRequirements(text, isIt, now);
    return edited === undefined ? undefined : new Map([[file, Buffer.from(edited)]]);
  }
  return new Map();
}
