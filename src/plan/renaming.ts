/** Pure: what a renamed wheel is called: its modules, its distribution (PEP 503, 625), its commands and the files beside them. Everything that two versions of one service would both bring gets another name. */
import { type Distribution, normalisedName } from "../model/distribution.ts";
import { Failure } from "../model/failure.ts";
import { type DottedName, isAtOrBelow, isIdentifier, keywords, leaf, parent, topLevel } from "../model/name.ts";
import type { Relocation } from "../model/relocation.ts";
import { parseRequirement } from "./requirements.ts";
import { findTopLevels } from "./topLevels.ts";

export interface Renaming {
  /** `nova` → `nova_11`. */
  readonly relocations: readonly Relocation[];
  /** What the distribution and its commands get behind their names: `-11`. */
  readonly suffix: string;
  readonly distribution: { readonly from: string; readonly to: string };
}

/** `nova=nova_11` → a relocation. Throws Failure for anything else. */
export function parseRename(text: string): Relocation {
  const [, from = "", to = ""] = /^([^=]+)=([^=]+)$/.exec(text) ?? [];
  if (from === "" || to === "") throw new Failure(`--rename ${text}: is not of the form OLD=NEW`, "Give the package and its new name: --rename nova=nova_11");
  for (const name of [from, to]) {
    const wrong = name.split(".").find((part) => !isIdentifier(part) || keywords.has(part));
    if (wrong !== undefined) throw new Failure(`--rename ${text}: '${wrong}' is no name that Python can import`, "Use letters, digits and underscores: --rename nova=nova_11");
  }
  if (from === to) throw new Failure(`--rename ${text}: both names are the same`, "Give the new name behind the =.");
  if (parent(from) !== parent(to)) throw new Failure(`--rename ${text}: the new name lies elsewhere`, `A part of a package keeps its place: --rename ${from}=${parent(from) === "" ? to.replaceAll(".", "_") : `${parent(from)}.${leaf(to)}`}`);
  return { from, to };
}

/** Decides about all names, or throws Failure where two versions could not be installed side by side afterwards. `file` is for messages. */
export function planRenaming(file: string, renames: readonly Relocation[], distribution: Distribution): Renaming {
  const { name, requires } = distribution.metadata;
  const { moving } = findTopLevels(distribution);
  refuseUnknown(file, renames, moving);
  const targets = renames.map(({ to }) => to);
  const twice = targets.find((to, index) => targets.indexOf(to) !== index);
  if (twice !== undefined) throw new Failure(`--rename: two modules would be called '${twice}'`, "Give each a name of its own.");
  const taken = renames.find(({ to }) => moving.some((each) => isAtOrBelow(each, to) || isAtOrBelow(to, each)) && !renames.some(({ from }) => from === to));
  if (taken) throw new Failure(`${file}: holds a module '${taken.to}' already`, "Choose another name.");
  const chained = renames.find(({ to }) => renames.some(({ from }) => from === to));
  if (chained) throw new Failure(`--rename: '${chained.to}' is renamed itself`, "Choose a name that nothing in the wheel has.");
  const main = mainOf(renames, name);
  const suffix = suffixOf(main);
  const to = `${name}${suffix}`;
  const required = requires.flatMap((line) => parseRequirement(line)?.name ?? []).filter((each) => each !== normalisedName(name));
  const clash = [...renames.map((each) => each.to), to].find((each) => required.includes(normalisedName(topLevel(each))));
  if (clash !== undefined) throw new Failure(`${file}: requires a distribution '${normalisedName(topLevel(clash))}', which '${clash}' would be taken for`, "Choose another name.");
  const rest = moving.filter((each) => !renames.some(({ from }) => from === each));
  if (rest.length > 0) {
    const proposed = [...renames.map((each) => `--rename ${each.from}=${each.to}`), ...rest.map((each) => `--rename ${each}=${each}_${suffix.slice(1).replaceAll("-", "_")}`)];
    throw new Failure(`${file}: ${rest.map((each) => `'${each}'`).join(", ")} would keep ${rest.length === 1 ? "its name" : "their names"}, and two versions side by side would both bring ${rest.length === 1 ? "it" : "them"}`, `Rename all of it: ${proposed.join(" ")}`);
  }
  return { relocations: renames, suffix, distribution: { from: name, to } };
}

function refuseUnknown(file: string, renames: readonly Relocation[], moving: readonly DottedName[]): void {
  for (const { from } of renames) {
    if (moving.includes(from)) continue;
    const inside = moving.find((each) => isAtOrBelow(from, each));
    const below = moving.filter((each) => isAtOrBelow(each, from));
    if (inside !== undefined) throw new Failure(`${file}: '${from}' is a part of '${inside}', which moves as a whole`, `Rename that: --rename ${inside}=${inside}_…`);
    if (below.length > 0) throw new Failure(`${file}: '${from}' is a namespace package, of which others may hold parts too`, `Rename its parts: ${below.map((each) => `--rename ${each}=${each}_…`).join(" ")}`);
    throw new Failure(`${file}: holds no top-level module '${from}'`, moving.length === 0 ? "It holds none that can be imported." : `It holds: ${moving.join(", ")}.`);
  }
  const seen = renames.map(({ from }) => from);
  const again = seen.find((from, index) => seen.indexOf(from) !== index);
  if (again !== undefined) throw new Failure(`--rename: '${again}' is given two names`, "Give it one.");
}

/** The package that is called like the distribution, else the first that was named. */
function mainOf(renames: readonly Relocation[], distribution: string): Relocation {
  const same = renames.find(({ from }) => normalisedName(from) === normalisedName(distribution));
  const main = same ?? renames[0];
  if (!main) throw new Error("invariant: a renaming renames something");
  return main;
}

/** `nova=nova_11` → `-11`; a name that does not go on from the old one stands behind as a whole. */
function suffixOf({ from, to }: Relocation): string {
  const [old, fresh] = [leaf(from), leaf(to)];
  const more = fresh.startsWith(old) ? fresh.slice(old.length) : fresh;
  const suffix = more.replace(/^_+|_+$/g, "").replaceAll(/_+/g, "-");
  if (!/^[A-Za-z\d](?:[A-Za-z\d-]*[A-Za-z\d])?$/.test(suffix)) throw new Failure(`--rename ${from}=${to}: gives no name for distribution and commands, which are written in ASCII`, `Put a version behind: --rename ${from}=${from}_11`);
  return `-${suffix}`;
}

/** A command's new name; an extension stays last: `nova-run.py` → `nova-run-11.py`. */
export function commandName(name: string, { suffix }: Renaming): string {
  const extension = /\.(?:py|pyw|sh|bash|bat|cmd|exe|ps1|pl|rb|csh|fish|zsh)$/i.exec(name)?.[0] ?? "";
  return `${name.slice(0, name.length - extension.length)}${suffix}${extension}`;
}

/** Where a file of the importable part lies afterwards, below site-packages; the same path where it is common to all of a namespace package. */
export function renamedPath(path: string, renaming: Renaming, namespaceInits: ReadonlySet<string>): string {
  for (const { from, to } of renaming.relocations) {
    const [old, fresh] = [from.replaceAll(".", "/"), to.replaceAll(".", "/")];
    if (path.startsWith(`${old}/`)) return fresh + path.slice(old.length);
    if (path.startsWith(`${old}.`) && !path.slice(old.length).includes("/")) return fresh + path.slice(old.length);
    const [top = "", ...rest] = old.split("/");
    const stubs = [`${top}-stubs`, ...rest].join("/");
    if (path.startsWith(`${stubs}/`) || path.startsWith(`${stubs}.`)) return `${[`${topLevel(to)}-stubs`, ...fresh.split("/").slice(1)].join("/")}${path.slice(stubs.length)}`;
  }
  return namespaceInits.has(path) ? path : apart(path, renaming);
}

/** Where a file goes that two versions would both bring: a directory called like the service gets the suffix, else the file itself does. */
export function apart(path: string, renaming: Renaming): string {
  const own = new Set([...renaming.relocations.map(({ from }) => from), renaming.distribution.from].map(normalisedName));
  const parts = path.split("/");
  const file = parts.pop() ?? "";
  const at = parts.findIndex((part) => own.has(normalisedName(part)));
  if (at >= 0) return [...parts.slice(0, at), `${parts[at]}${renaming.suffix}`, ...parts.slice(at + 1), file].join("/");
  const dot = /(?!^)\.\w+(?:\.(?:gz|bz2|xz|in))?$/.exec(file)?.index ?? file.length;
  return [...parts, `${file.slice(0, dot)}${renaming.suffix}${file.slice(dot)}`].join("/");
}
