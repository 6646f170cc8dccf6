/** How what was planned is declared in each project, and installed in one go. */
import { basename } from "node:path";
import type { Assignment } from "../model/plan.ts";
import type { PlannedSection } from "../model/planDetails.ts";
import type { KnownService } from "./planServices.ts";

export interface InstallOptions {
  readonly editable: boolean;
  readonly noIndex: boolean;
  readonly offline?: boolean | undefined;
  readonly findLinks?: readonly string[] | undefined;
  readonly python: string | undefined;
}

/** Where archives with copies inside go. */
export const WHEEL_DIRECTORY = "enisle-wheels";

export function sectionOf({ service, description }: KnownService, assignment: Assignment, options: Pick<InstallOptions, "python">): PlannedSection | undefined {
  const vendor = vendored({ service, description }, assignment);
  if (vendor.length === 0) return undefined;
  // What is installed is made anew from the wheel that it came from.
  const asked = description.kind === "installed" ? `${service.id}==${service.version ?? ""}` : description.asked;
  const base = { project: service.id, asked, vendor };
  if (description.kind === "tree") return { ...base, kind: "tree", command: undefined };
  const input = description.kind === "wheel" ? description.asked : `${WHEEL_DIRECTORY}/${service.id.replace(/[-.]+/g, "_")}-${service.version ?? ""}-*.whl`;
  const fetch = description.kind === "wheel" ? "" : `${pythonFor(options)} -m pip wheel --no-deps -w ${WHEEL_DIRECTORY} ${shell(asked)} && `;
  return { ...base, kind: "wheel", command: `${fetch}enisle wheel ${description.kind === "wheel" ? shell(input) : input} ${vendor.map((each) => `--vendor ${shell(each)}`).join(" ")} -w ${WHEEL_DIRECTORY}` };
}

function vendored({ service }: KnownService, assignment: Assignment): string[] {
  return [...(assignment.get(service.id) ?? [])].sort().map((name) => `${service.alone.get(name)?.label ?? name}==${service.alone.get(name)?.version ?? ""}`);
}

/** All pins and projects on one line; pip needs to resolve nothing any more, and metadata of projects that still name what they have inside does not matter. */
export function installLine(known: readonly KnownService[], assignment: Assignment, shared: readonly { readonly name: string; readonly version: string }[], options: InstallOptions): string {
  // Without an index nothing can be fetched to build with: what is installed has to do.
  const builds = known.some(({ description: { kind, name } }) => kind === "tree" && name !== undefined);
  const flags = [...(options.noIndex || options.offline ? ["--no-index", ...(builds ? ["--no-build-isolation"] : [])] : []), ...(options.findLinks ?? []).map((folder) => `--find-links ${shell(folder)}`)];
  const pins = shared.map(({ name, version }) => shell(`${name}==${version}`));
  return [pythonFor(options), "-m pip install --no-deps", ...flags, ...pins, ...known.flatMap((each) => target(each, assignment, options.editable))].join(" ");
}

function pythonFor({ python }: Pick<InstallOptions, "python">): string {
  return python === undefined ? "python3" : /^\d/.test(python) ? `python${python}` : python;
}

function target({ service, description: { kind, asked, name } }: KnownService, assignment: Assignment, editable: boolean): string[] {
  const moved = (assignment.get(service.id)?.size ?? 0) > 0;
  const here = /[/\\]/.test(asked) || asked === "." ? asked : `./${asked}`;
  // Without a name it is no distribution: it runs from where it lies.
  if (kind === "tree") return name === undefined ? [] : [`${editable ? "-e " : ""}${shell(here)}`];
  if (kind === "requirements" || (kind === "installed" && !moved)) return [];
  if (moved) return [kind === "wheel" ? shell(`${WHEEL_DIRECTORY}/${basename(asked)}`) : `${WHEEL_DIRECTORY}/${service.id.replace(/[-.]+/g, "_")}-${service.version ?? ""}-*.whl`];
  return [kind === "requirement" ? shell(`${service.id}==${service.version ?? ""}`) : shell(here)];
}

/** What a shell makes of such a line. */
export function words(line: string): string[] {
  return (line.match(/(?:[^\s'\\]|\\.|'[^']*')+/g) ?? []).map((word) => word.replace(/'([^']*)'|\\(.)/g, "$1$2"));
}

export function shell(text: string): string {
  return /^[\w@%+=:,./~-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
