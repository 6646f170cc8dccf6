/** What a plan changes in a source tree's own files: what is vendored is declared, and no longer required of the system. Pure but for reading. */
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { findPackages, listProjectFiles, ownPackage } from "../acquire/project.ts";
import { requirementLine } from "../acquire/requirementLine.ts";
import { addToArray, editArray, editRequirements } from "../config/editText.ts";
import { readSettings } from "../config/read.ts";
import type { Host } from "../host/host.ts";
import { normalisedName } from "../model/distribution.ts";
import { Failure } from "../model/failure.ts";
import { MANIFEST_NAME } from "../model/manifest.ts";
import type { Service } from "../model/plan.ts";
import { namespaceNames } from "../plan/home.ts";
import { globsFor } from "./init.ts";
import { withPackageData } from "./packageData.ts";

export interface Declaration {
  /** New texts by file, relative to the tree. */
  readonly texts: ReadonlyMap<string, string>;
  /** Requirements that still stand where they could not be taken out. */
  readonly left: readonly string[];
}

/** A namespace to declare, where the tree has something of its own by the usual name. */
export async function treeNamespace(root: string): Promise<string | undefined> {
  const settings = await readSettings(root);
  if (settings.configuration.namespace !== undefined || settings.configuration.vendoring) return undefined;
  const packages = findPackages(root, settings);
  if (packages.length === 0) return undefined;
  const own = ownPackage(packages, settings.project.name, root);
  const free = namespaceNames.find((name) => isFree(join(own.directory, name)));
  return free === undefined || free === namespaceNames[0] ? undefined : `${own.name}.${free}`;
}

function isFree(directory: string): boolean {
  if (existsSync(join(directory, MANIFEST_NAME))) return true;
  if ([".py", ".pyi"].some((suffix) => existsSync(`${directory}${suffix}`))) return false;
  if (!existsSync(directory)) return true;
  return statSync(directory).isDirectory() && readdirSync(directory).every((name) => name === "__pycache__" || (name === "__init__.py" && statSync(join(directory, name)).size === 0));
}

/** `vendor` are pins, such as `testtools==1.7.1`. Throws Failure where the configuration is written in a way that is not known. */
export async function declarePlan(root: string, asked: string, service: Service, relocated: ReadonlySet<string>, vendor: readonly string[], namespace: string | undefined, host: Host): Promise<Declaration> {
  const settings = await readSettings(root);
  if (settings.configuration.vendoring) throw new Failure(`${asked}: is configured by [tool.vendoring]`, `Add these to its requirements and run enisle vendor there: ${vendor.join(", ")}`);
  const texts = new Map<string, string>();
  const read = (file: string): string => texts.get(file) ?? readFileSync(join(root, file), "utf8");
  const own = existsSync(join(root, "enisle.toml")) || !existsSync(join(root, "pyproject.toml"));
  const file = own ? "enisle.toml" : "pyproject.toml";
  let text = existsSync(join(root, file)) ? read(file) : "";
  if (!settings.configuration.present) {
    // A table of ours says what belongs to the project; what was found without one goes on to.
    const packages = findPackages(root, settings);
    const files = await listProjectFiles(root, packages, { present: false }, [], host);
    const below = packages.map((each) => `${relative(root, each.directory).split(sep).join("/")}/`);
    const include = globsFor(files.map((each) => each.path).filter((path) => !below.some((each) => path.startsWith(each))));
    text = `${text === "" ? "" : `${text.replace(/\n*$/, "\n")}\n`}${own ? "" : "[tool.enisle]\n"}${namespace === undefined ? "" : `namespace = ${JSON.stringify(namespace)}\n`}${include.length > 0 ? `include = [${include.map((each) => JSON.stringify(each)).join(", ")}]\n` : ""}vendor = [${vendor.map((each) => JSON.stringify(each)).join(", ")}]\n`;
  } else {
    if (namespace !== undefined) throw new Failure(`${asked}/${file}: says no namespace, and the usual one is taken`, `Add to it: namespace = ${JSON.stringify(namespace)}`);
    for (const pin of vendor) text = declared(text, own, root, settings.configuration.vendor ?? [], pin) ?? refuse(asked, file, vendor);
  }
  texts.set(file, text);
  const left = requirements(root, service, relocated, texts, read);
  const wanted = namespace ?? settings.configuration.namespace ?? `${ownPackage(findPackages(root, settings), settings.project.name, root).name}._vendor`;
  const data = await withPackageData(root, wanted, read);
  if (data) texts.set(data.file, data.text);
  return { texts, left };
}

function declared(text: string, own: boolean, root: string, vendor: readonly string[], pin: string): string | undefined {
  const table = own ? undefined : "tool.enisle";
  const name = requirementLine(pin, root).name;
  const old = vendor.find((each) => requirementLine(each, root).name === name);
  if (old === pin) return text;
  if (old !== undefined) return editArray(text, table, "vendor", old, pin);
  if (table !== undefined) return addToArray(text, table, "vendor", pin);
  const array = /^[ \t]*vendor[ \t]*=[ \t]*\[/m.exec(text);
  return array ? `${text.slice(0, array.index + array[0].length)}${JSON.stringify(pin)}, ${text.slice(array.index + array[0].length)}` : `vendor = [${JSON.stringify(pin)}]\n${text}`;
}

function refuse(asked: string, file: string, vendor: readonly string[]): never {
  throw new Failure(`${asked}/${file}: the list 'vendor' is written in a way that cannot be edited`, `Add to it by hand: ${vendor.map((each) => JSON.stringify(each)).join(", ")}`);
}

/** Takes the relocated out of the project's requirements, and puts in what those need of the system. Returns what could not be changed. */
function requirements(root: string, service: Service, relocated: ReadonlySet<string>, texts: Map<string, string>, read: (file: string) => string): string[] {
  const going = service.demands.filter((demand) => relocated.has(demand.name));
  const known = new Set(service.demands.map((demand) => demand.name));
  const coming = [...new Map([...relocated].flatMap((name) => service.edges.get(name) ?? []).filter((demand) => !relocated.has(demand.name) && !known.has(demand.name)).map((demand) => [demand.name, demand.text])).values()].sort();
  const inArray = editDependencies(root, going.map((demand) => demand.name), coming, read);
  if (inArray) {
    texts.set("pyproject.toml", inArray);
    return [];
  }
  for (const file of ["requirements.txt", "setup.cfg"]) {
    if (!existsSync(join(root, file))) continue;
    let text = read(file);
    let found = 0;
    for (const { name } of going) {
      const edited = file === "setup.cfg" ? withoutLine(text, name) : editRequirements(text, (line) => line !== "" && !line.startsWith("-") && requirementLine(line, root).name === name, undefined);
      if (edited === undefined) continue;
      text = edited;
      found++;
    }
    if (found === 0) continue;
    if (file === "requirements.txt") text = `${text.replace(/\n*$/, text.trim() === "" ? "" : "\n")}${coming.map((line) => `${line}\n`).join("")}`;
    texts.set(file, text);
    return [...(found === going.length ? [] : going.map((demand) => demand.text)), ...(file === "setup.cfg" ? coming.map((line) => `${line} (to be added)`) : [])];
  }
  return going.map((demand) => demand.text);
}

/** `[project] dependencies`; undefined where they are not there. */
function editDependencies(root: string, going: readonly string[], coming: readonly string[], read: (file: string) => string): string | undefined {
  if (!existsSync(join(root, "pyproject.toml"))) return undefined;
  let text = read("pyproject.toml");
  const header = /^[ \t]*\[[ \t]*project[ \t]*\][^\n]*\n/m.exec(text);
  const body = header && text.slice(header.index + header[0].length).split(/^[ \t]*\[/m)[0];
  if (!body || !/^[ \t]*dependencies[ \t]*=[ \t]*\[/m.test(body)) return undefined;
  const listed = [...body.matchAll(/"((?:[^"\\\n]|\\.)*)"|'([^'\n]*)'/g)].map((match) => match[2] ?? (match[1] ?? "").replace(/\\"/g, '"'));
  for (const line of listed) {
    const name = /^\s*([A-Za-z0-9][\w.-]*)/.exec(line)?.[1];
    if (name === undefined || !going.includes(normalisedName(name))) continue;
    text = editArray(text, "project", "dependencies", line, undefined) ?? text;
  }
  for (const line of coming) text = addToArray(text, "project", "dependencies", line) ?? text;
  return text;
}

/** A requirement on a line of its own, as lists of setup.cfg have them. */
function withoutLine(text: string, name: string): string | undefined {
  const lines = text.split(/(?<=\n)/);
  const at = lines.findIndex((line) => normalisedName(/^\s+([A-Za-z0-9][\w.-]*)/.exec(line)?.[1] ?? "") === name);
  return at < 0 ? undefined : [...lines.slice(0, at), ...lines.slice(at + 1)].join("");
}
