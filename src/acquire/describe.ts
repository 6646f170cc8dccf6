/** PROJECTs as the user types them → what they are called and what they require. Source trees that say it in their files are read, and never built. */
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Failure, fileFailure } from "../model/failure.ts";
import type { ProjectDescription } from "../model/project.ts";
import { normalisedName } from "../model/distribution.ts";
import type { Answers, Provided } from "./answers.ts";
import { withoutTraces } from "./buildTraces.ts";
import { parseMetadata } from "./metadata.ts";
import { isRequirement, readRequirements, requirementLine } from "./requirementLine.ts";
import { readStaticTree } from "./staticTree.ts";
import { listZip } from "./zip.ts";
import { ArchiveReader } from "./zipEntry.ts";

const wayOut = "Name a source tree, a wheel or source archive, a file of requirements, a .dist-info directory, or a requirement such as nova==11.0.";

/** A bare name is what is installed under it (`system`, else where pip installs to), or else a requirement. Throws Failure for what is no project, and where pip cannot tell its metadata. */
export async function describeProject(asked: string, base: string, extras: readonly string[], answers: Answers, system: readonly Provided[] = []): Promise<ProjectDescription> {
  const path = resolve(base, asked);
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats) {
    const here: Provided | undefined = /^[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?$/.test(asked) ? (system.find(({ name }) => normalisedName(name) === normalisedName(asked)) ?? (await answers.installed(asked))) : undefined;
    if (here) {
      const { name, version, requires } = here;
      return { asked, id: name, name, version, requires, extras, requiresPython: here.requiresPython, kind: "installed", path: here.path, from: `the installed ${name} ${version}` };
    }
    if (!isRequirement(asked)) throw new Failure(`${asked}: no such file or directory`, wayOut);
    return fromResolver(asked, requirementLine(asked, base).text, "requirement", undefined, [...extras, ...extrasIn(asked)], answers);
  }
  if (stats.isDirectory()) {
    const installed = installedIn(path);
    if (installed) return fromMetadata(readFileSync(installed, "utf8"), { asked, kind: "installed", path, from: `${asked}/METADATA`, extras }, asked);
    return tree(asked, path, extras, answers);
  }
  if (/\.whl$/i.test(asked)) return fromMetadata(await metadataOfWheel(path, asked), { asked, kind: "wheel", path, from: asked, extras }, asked);
  if (/\.(tar\.(gz|bz2|xz)|tgz|zip)$/i.test(asked)) return fromResolver(asked, requirementLine(path, base).text, "archive", path, extras, answers);
  if (/\.(txt|in)$/i.test(asked)) {
    const id = basename(path).replace(/\.\w+$/, "");
    return { asked, id, name: undefined, version: undefined, requires: linesOf(path), extras, requiresPython: undefined, kind: "requirements", path, from: asked };
  }
  throw new Failure(`${asked}: is no project`, wayOut);
}

async function tree(asked: string, path: string, extras: readonly string[], answers: Answers): Promise<ProjectDescription> {
  const known = await readStaticTree(path, (file) => linesOf(file));
  const id = known?.name ?? basename(path);
  if (known?.requires) return { asked, id, name: known.name, version: known.version, requires: known.requires, extras, requiresPython: known.requiresPython, kind: "tree", path, from: `${asked}/${known.from}` };
  if (["pyproject.toml", "setup.py", "setup.cfg"].some((name) => existsSync(join(path, name)))) return withoutTraces([path], () => fromResolver(asked, requirementLine(path, path).text, "tree", path, extras, answers));
  const file = ["requirements.txt", "requirements.in", "requirements/base.txt"].find((name) => existsSync(join(path, name)));
  if (file === undefined) throw new Failure(`${asked}: says nowhere what it requires: it has no pyproject.toml, setup.cfg, setup.py or requirements.txt`, wayOut);
  return { asked, id, name: undefined, version: undefined, requires: linesOf(join(path, file)), extras, requiresPython: undefined, kind: "tree", path, from: `${asked}/${file}` };
}

/** The requirements of a file, as PEP 508 has them. */
function linesOf(file: string): string[] {
  const set = readRequirements(file, resolve(file, ".."));
  return set.lines.map((line) => {
    const text = line.text.replace(/\s+--[a-z].*$/, "");
    if (line.name === undefined) throw new Failure(`${file}: '${line.asked}' has no name that can be known beforehand`, `Write it as NAME @ URL.`);
    return /^[a-z][a-z0-9+]*:\/\//i.test(text) ? `${line.name} @ ${text}` : text;
  });
}

function extrasIn(requirement: string): string[] {
  return (/^[^[;@]*\[([^\]]*)\]/.exec(requirement)?.[1] ?? "").split(",").map((extra) => extra.trim()).filter((extra) => extra !== "");
}

/** The METADATA or PKG-INFO of a directory that is, or holds, one installed distribution. */
function installedIn(path: string): string | undefined {
  for (const name of ["METADATA", "PKG-INFO"]) if (/\.(dist|egg)-info$/.test(path) && existsSync(join(path, name))) return join(path, name);
  const infos = readdirSync(path).filter((name) => name.endsWith(".dist-info") && existsSync(join(path, name, "METADATA")));
  return infos.length === 1 ? join(path, infos[0] ?? "", "METADATA") : undefined;
}

async function metadataOfWheel(path: string, asked: string): Promise<string> {
  const archive = new ArchiveReader(path);
  try {
    const entry = (await listZip(path, statSync(path).size)).find((each) => /^[^/]+\.dist-info\/METADATA$/.test(each.path));
    if (!entry) throw new Failure(`${asked}: is not a wheel: it has no .dist-info/METADATA`, wayOut);
    return archive.read(entry.locator, entry.path, entry.size).toString("utf8");
  } catch (error) {
    throw fileFailure(error, path);
  } finally {
    archive.close();
  }
}

function fromMetadata(text: string, given: Pick<ProjectDescription, "asked" | "kind" | "path" | "from" | "extras">, asked: string): ProjectDescription {
  const { name, version, requires } = parseMetadata(text);
  if (name === undefined || version === undefined) throw new Failure(`${asked}: its metadata gives no Name and Version`, wayOut);
  return { ...given, id: name, name, version, requires, requiresPython: /^Requires-Python:\s*(.*)$/im.exec(text.split(/\r?\n\r?\n/)[0] ?? "")?.[1]?.trim() };
}

/** What only pip can tell: it fetches or builds the metadata. */
async function fromResolver(asked: string, line: string, kind: "tree" | "archive" | "requirement", path: string | undefined, extras: readonly string[], answers: Answers): Promise<ProjectDescription> {
  const answer = await answers.resolve([line], [], ["--no-deps"]);
  if (answer.kind === "conflict") throw new Failure(`${asked}: pip finds no such distribution: ${answer.words}`, "Check name and version, and that the index of your pip configuration, or --find-links, has it.");
  const [item] = answer.items;
  if (!item) throw new Failure(`${asked}: its marker does not hold here, so there is nothing to install`, "Leave it out.");
  const here = path ?? (item.url?.startsWith("file:") && kind === "requirement" ? fileURLToPath(item.url) : undefined);
  return { asked, id: item.label, name: item.label, version: item.version, requires: item.requires, extras, requiresPython: undefined, kind, path: here, from: asked };
}
