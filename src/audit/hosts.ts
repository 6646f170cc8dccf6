/** What is installed, or is a project of its own: the distributions in which copies may lie, and which themselves are no copies. */
import { normalisedName } from "../model/distribution.ts";
import { declaresNamespacePackage } from "../model/namespaceDeclaration.ts";
import { type Claim, isVendoringName } from "./claim.ts";
import { baseName, directoryOf } from "./modules.ts";
import type { Installed } from "./evidence/sbom.ts";
import type { Reading } from "./reading.ts";
import { topLevelsOf } from "./release.ts";

export interface Host {
  readonly name: string;
  readonly version: string | null;
  readonly kind: "installed" | "project";
  /** Below which its files lie: a site-packages, or the project's root. */
  readonly directory: string;
  /** Its own top levels (`requests`, `six.py`), where it says. */
  readonly topLevels: ReadonlySet<string>;
}

export interface Hosts {
  readonly all: readonly Host[];
  /** The host whose RECORD, or a list like it, names the file; all of an egg is its own. */
  listing(path: string): Host | undefined;
}

export interface Metadata {
  readonly hosts: Hosts;
  readonly claims: readonly Claim[];
}

/** Whether what lies in `directory` lies inside something else, and is no installation of its own. */
export function isInside(directory: string, { modules }: Reading): boolean {
  for (let path = directory; path !== ""; path = directoryOf(path)) {
    if (/^(?:site|dist)-packages$/.test(baseName(path))) return false;
    if (modules.isPackage(path) || isVendoringName(baseName(path))) return true;
  }
  return modules.isPackage("");
}

const infoFile = /^(.*?)([^/]+)\.(dist-info|egg-info)(?:\/([^/]+))?$/;
const projectFiles = /(?:^|\/)(?:PKG-INFO|pyproject\.toml|setup\.cfg|setup\.py)$/;

export function readMetadata(reading: Reading): Metadata {
  const hosts: ListedHost[] = [];
  const claims: Claim[] = [];
  const infos = new Map<string, { base: string; stemmed: string; kind: string; files: Set<string> }>();
  const projects = new Map<string, string[]>();
  for (const path of reading.paths) {
    const egg = /^((?:.*\/)?[^/]+\.egg)\/EGG-INFO\/PKG-INFO$/.exec(path) ?? /^()EGG-INFO\/PKG-INFO$/.exec(path);
    const info = infoFile.exec(path);
    if (egg) noteEgg(path, egg[1] ?? "", reading, hosts, claims);
    else if (info && !(info[1] ?? "").includes(".dist-info/")) {
      const key = `${info[1]}${info[2]}.${info[3]}`;
      const known = infos.get(key) ?? { base: (info[1] ?? "").replace(/\/$/, ""), stemmed: info[2] ?? "", kind: info[3] ?? "", files: new Set<string>() };
      infos.set(key, known);
      if (info[4] !== undefined) known.files.add(info[4]);
    } else if (projectFiles.test(path)) projects.set(directoryOf(path), [...(projects.get(directoryOf(path)) ?? []), path]);
  }
  for (const [path, info] of infos) noteInfo(path, info, reading, hosts, claims);
  for (const [directory, files] of projects) noteProject(directory, files, reading, hosts, claims);
  return { hosts: hostsOf(hosts), claims };
}

interface ListedHost extends Host {
  /** Paths in the tree that it lists, or the directory that is all its own. */
  readonly listed: Iterable<string> | { readonly below: string };
}

function hostsOf(all: readonly ListedHost[]): Hosts {
  const byPath = new Map<string, Host>();
  const eggs: { readonly below: string; readonly host: Host }[] = [];
  for (const host of all) {
    if ("below" in host.listed) eggs.push({ below: host.listed.below, host });
    else for (const path of host.listed) if (!byPath.has(path)) byPath.set(path, host);
  }
  return { all, listing: (path) => byPath.get(path) ?? eggs.find(({ below }) => path.startsWith(below))?.host };
}

interface Named {
  readonly name: string;
  readonly version: string | null;
  readonly license: string | null;
}

/** Name, Version and licence of a METADATA or PKG-INFO text. */
function headers(text: string | undefined): Named | undefined {
  const head = text?.split(/\r?\n\r?\n/, 1)[0] ?? "";
  const field = (name: string): string | undefined => new RegExp(`^${name}:[ \\t]*(\\S[^\\r\\n]{0,200})$`, "im").exec(head)?.[1]?.trim();
  const name = field("Name");
  const license = field("License-Expression") ?? field("License");
  return name === undefined ? undefined : { name, version: field("Version") ?? null, license: license === undefined || license === "UNKNOWN" ? null : license };
}

function noteInfo(path: string, { base, stemmed, kind, files }: { base: string; stemmed: string; kind: string; files: ReadonlySet<string> }, reading: Reading, hosts: ListedHost[], claims: Claim[]): void {
  const file = ["METADATA", "PKG-INFO", "metadata.json"].find((name) => files.has(name));
  // An .egg-info may be a single file; a directory without METADATA still has its name.
  const source = file === undefined ? (kind === "egg-info" && files.size === 0 ? path : undefined) : `${path}/${file}`;
  const fromName = /^(.+?)-(\d[^-]*)(?:-py[\d.]+)?(?:-[\w]+)*$/.exec(stemmed);
  const told = headers(source === undefined ? undefined : reading.text(source));
  const named = { name: told?.name ?? fromName?.[1] ?? stemmed, version: told?.version ?? fromName?.[2] ?? null, license: told?.license ?? null };
  const top = reading.text(`${path}/top_level.txt`)?.split(/\s+/).filter((each) => each !== "" && !each.includes("..")) ?? [];
  const record = recordOf(path, base, files, reading);
  const below = (each: string): string => (base === "" ? each : each.startsWith(`${base}/`) ? each.slice(base.length + 1) : each);
  const topLevels = new Set([...top, ...[...record.keys()].map((each) => below(each).split("/", 1)[0] ?? "")].filter((each) => each !== "" && !/\.(?:dist|egg)-info$|^\.\.$|^__pycache__$/.test(each)).map((each) => each.replace(/\.py$/, "")));
  if (!isInside(base, reading)) {
    // In a source tree `foo.egg-info` is what a build left: it speaks of the project around it.
    const kindOfHost = kind === "egg-info" && (reading.has(joined(base, "setup.py")) || reading.has(joined(base, "pyproject.toml"))) ? "project" : "installed";
    hosts.push({ name: named.name, version: named.version, kind: kindOfHost, directory: base, topLevels, listed: [...record.keys()] });
    return;
  }
  claims.push({
    kind: kind === "dist-info" ? "dist-info" : "egg-info", name: named.name, version: named.version, file: source ?? path, directories: [base], topLevels: record.size > 0 || top.length > 0 ? topsOf(record, top, base, reading) : undefined,
    confidence: source === undefined ? 0.75 : 0.9, license: named.license, digests: record.size > 0 ? record : undefined, promises: true,
  });
}

/** By what RECORD lists. */
export function installedBy(info: string, reading: Reading): Installed {
  const lines = (reading.text(`${info}/RECORD`) ?? "").split(/\r?\n/).map((line) => line.replace(/^"/, ""));
  const tops = new Set(lines.map((line) => line.split(/[/,"]/, 1)[0] ?? ""));
  return { topLevels: [...tops].filter((top) => top !== "" && !/^\.|\.(?:dist-info|egg-info|data)$|^__pycache__$/.test(top)), holdsArchives: lines.some((line) => /\.(?:whl|egg|zip|pyz|tar|tgz|tar\.\w+)[",]/.test(line)) };
}

function joined(directory: string, name: string): string {
  return directory === "" ? name : `${directory}/${name}`;
}

/** Paths in the tree → `sha256` digest (base64url), "" where RECORD has none. */
function recordOf(path: string, base: string, files: ReadonlySet<string>, reading: Reading): Map<string, string> {
  const record = new Map<string, string>();
  if (files.has("RECORD")) {
    for (const line of (reading.text(`${path}/RECORD`) ?? "").split(/\r?\n/)) {
      const match = /^"?([^",][^,"]*)"?,(?:sha256=([\w-]+))?/.exec(line);
      if (match?.[1] !== undefined && !match[1].startsWith("/")) record.set(resolved(base, match[1]), match[2] ?? "");
    }
  } else if (files.has("installed-files.txt")) {
    for (const line of (reading.text(`${path}/installed-files.txt`) ?? "").split(/\r?\n/)) if (line !== "" && !line.startsWith("/")) record.set(resolved(path, line), "");
  }
  return record;
}

function resolved(base: string, relative: string): string {
  if (!relative.includes("./") && !relative.includes("//")) return joined(base, relative); // nearly always
  const parts = base === "" ? [] : base.split("/");
  for (const part of relative.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  return parts.join("/");
}

/** What RECORD lists decides; within a namespace package the claim is on what lies below it: `jaraco/text`. */
function topsOf(record: ReadonlyMap<string, string>, top: readonly string[], base: string, reading: Reading): string[] {
  const below = (path: string): string => (base === "" ? path : path.startsWith(`${base}/`) ? path.slice(base.length + 1) : "");
  const paths = [...record.keys()].map(below).filter((path) => path.endsWith(".py") && !path.startsWith("..")).filter((path) => path !== "" && !(path.endsWith("/__init__.py") && declaresNamespacePackage(reading.text(joined(base, path))?.slice(0, 2048) ?? "")));
  return paths.length > 0 ? topLevelsOf(paths).map((each) => each.replace(/\.py$/, "")) : [...top];
}

function noteEgg(path: string, directory: string, reading: Reading, hosts: ListedHost[], claims: Claim[]): void {
  const named = headers(reading.text(path));
  if (!named) return;
  const prefix = directory === "" ? "" : `${directory}/`;
  if (directory === "" || !isInside(directoryOf(directory), reading)) hosts.push({ name: named.name, version: named.version, kind: "installed", directory, topLevels: new Set(), listed: { below: prefix } });
  else claims.push({ kind: "egg-info", name: named.name, version: named.version, file: path, directories: [directory], confidence: 0.9, license: named.license, promises: true });
}

/** A project's own tree, or one that was copied whole (`third_party/six-1.16.0/`). */
function noteProject(directory: string, files: readonly string[], reading: Reading, hosts: ListedHost[], claims: Claim[]): void {
  const named = files.map((file) => projectOf(file, reading)).find((each) => each !== undefined);
  if (!named) return;
  const file = files.find((each) => projectOf(each, reading) !== undefined) ?? directory;
  // A package may hold a module called setup.py.
  if (directory !== "" && reading.modules.isPackage(directory)) return;
  if (directory.split("/").some(isVendoringName)) {
    claims.push({ kind: "project-file", name: named.name, version: named.version, file, directories: [directory, joined(directory, "src"), joined(directory, "lib")], topLevels: onlyPackage(directory, reading), confidence: 0.8, license: named.license, promises: false });
  } else if (directory === "" || !isInside(directory, reading)) hosts.push({ name: named.name, version: named.version, kind: "project", directory, topLevels: new Set([normalisedName(named.name).replaceAll("-", "_")]), listed: [] });
}

/** What a project that was copied whole holds, by whatever name: `graphql-core-1.1/wandb_graphql`. */
function onlyPackage(directory: string, reading: Reading): string[] | undefined {
  const below = reading.modules.below(directory).map((path) => path.slice(directory.length + 1));
  const packages = new Set(below.filter((path) => /^[^/]+\/__init__\.py$/.test(path)).map((path) => directoryOf(path)).filter((name) => !/^(?:tests?|docs?|examples?|benchmarks?|scripts?|tools)$/i.test(name)));
  return packages.size === 1 ? [...packages] : undefined;
}

function projectOf(path: string, reading: Reading): Named | undefined {
  const text = reading.text(path);
  if (text === undefined) return undefined;
  const name = baseName(path);
  if (name === "PKG-INFO") return headers(text);
  const field = (section: RegExp, key: string, value: string): string | undefined => {
    const start = section.exec(text);
    if (!start) return undefined;
    const body = text.slice(start.index + start[0].length).split(/^\[/m, 1)[0] ?? "";
    return new RegExp(`^\\s*${key}\\s*=\\s*${value}`, "m").exec(body)?.[1];
  };
  const quoted = `["']([^"'\\n]{1,100})["']`;
  let found: [string | undefined, string | undefined];
  if (name === "pyproject.toml") found = [field(/^\[project\]/m, "name", quoted) ?? field(/^\[tool\.poetry\]/m, "name", quoted) ?? field(/^\[tool\.flit\.metadata\]/m, "module", quoted), field(/^\[project\]/m, "version", quoted) ?? field(/^\[tool\.poetry\]/m, "version", quoted)];
  else if (name === "setup.cfg") found = [field(/^\[metadata\]/m, "name", "([\\w.-]+)"), field(/^\[metadata\]/m, "version", "(\\d[\\w.!+-]*)")];
  else found = [new RegExp(`\\bname\\s*=\\s*${quoted}`, "i").exec(text)?.[1], new RegExp(`\\bversion\\s*=\\s*["'](\\d[^"'\\n]{0,60})["']`, "i").exec(text)?.[1]];
  return found[0] === undefined || !/^[A-Za-z0-9][\w.-]*$/.test(found[0]) ? undefined : { name: found[0], version: found[1] ?? null, license: null };
}

/** The distribution to which a path belongs: by its lists, else by its top level, else the project around it. */
export function hostOf(path: string, hosts: Hosts): Host | undefined {
  const listed = hosts.listing(path);
  if (listed) return listed;
  const around = hosts.all.filter((host) => host.directory === "" || path.startsWith(`${host.directory}/`)).sort((a, b) => b.directory.length - a.directory.length);
  const nearest = around.filter((host) => host.directory === around[0]?.directory);
  const top = (path.slice((nearest[0]?.directory ?? "").length).replace(/^\//, "").split("/", 1)[0] ?? "").replace(/\.py$/, "");
  const named = nearest.find((host) => host.topLevels.has(top)) ?? nearest.find((host) => normalisedName(host.name) === normalisedName(top));
  if (named) return named;
  return nearest.find((host) => host.kind === "project") ?? (nearest.length === 1 ? nearest[0] : undefined);
}
