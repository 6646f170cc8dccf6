/** Source distributions (PEP 625, 643) as trees that are changed and packed again: `{name}-{version}/` with PKG-INFO in a tar archive. */
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { Failure, fileFailure } from "../model/failure.ts";
import { isLicenseName } from "./licenseFiles.ts";
import { type CoreMetadata, parseMetadata } from "./metadata.ts";
import { type TarFile, type TarLink, decompress, readTar } from "./tarTree.ts";

export interface UnpackedSdist {
  /** Absolute; what was the archive's only top-level directory. */
  readonly root: string;
  readonly metadata: CoreMetadata & { readonly name: string; readonly version: string };
  /** PKG-INFO as it stands there. */
  readonly text: string;
  /** Paths below the root, with slashes. */
  readonly executable: ReadonlySet<string>;
}

const MAX_BYTES = 1 << 30;

export function isSdistName(path: string): boolean {
  return /\.(tar\.(gz|bz2|xz)|tgz|zip)$/i.test(path);
}

/** Unpacks into `directory`. `path` is absolute, `shown` is for messages. Throws Failure for what is no source distribution, is damaged, or holds links. */
export function unpackSdist(path: string, shown: string, directory: string): UnpackedSdist {
  if (/\.zip$/i.test(path)) throw new Failure(`${shown}: is a zip archive, and a source distribution is a .tar.gz (PEP 625)`, "Pack it as one; or use --build, which makes a wheel of it first.");
  const files = membersOf(path, shown);
  const [top, ...more] = new Set(files.map((file) => file.path.split("/")[0] ?? ""));
  const information = files.find((file) => file.path === `${top}/PKG-INFO`);
  if (top === undefined || more.length > 0 || !information) throw new Failure(`${shown}: is no source distribution: ${more.length > 0 ? "it has several top-level directories" : "it has no PKG-INFO in its directory"}`, "Name a source distribution as `python -m build --sdist` makes it, or a wheel.");
  const text = information.read().toString("utf8");
  const metadata = parseMetadata(text);
  const { name, version } = metadata;
  if (name === undefined || version === undefined || !/^[a-z\d](?:[\w.-]*[a-z\d])?$/i.test(name) || !/^[\w.!+-]+$/.test(version)) throw new Failure(`${shown}: its PKG-INFO gives no Name and Version`, "Get the archive again, or build it anew.");
  const root = join(directory, top);
  for (const file of files) {
    const target = join(directory, file.path);
    try {
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, file.read(), { mode: file.executable ? 0o755 : 0o644, flag: "wx" });
    } catch (error) {
      throw fileFailure(error, target);
    }
  }
  return { root, metadata: { ...metadata, name, version }, text, executable: new Set(files.filter((file) => file.executable).map((file) => file.path.slice(top.length + 1))) };
}

function membersOf(path: string, shown: string): readonly TarFile[] {
  let packed: Buffer;
  try {
    const { size } = statSync(path);
    if (size > MAX_BYTES) throw new Failure(`${shown}: is larger than a source distribution can be here`, "Take out what is no source, or vendor into its wheel.");
    packed = readFileSync(path);
  } catch (error) {
    throw fileFailure(error, path);
  }
  const compression = /\.(?:tar\.(gz|bz2|xz)|t(gz))$/i.exec(path)?.slice(1).find((each) => each !== undefined)?.toLowerCase() ?? "gz";
  const links = new Map<string, TarLink>();
  const refuse = (member: string, reason: string): never => {
    throw new Failure(`${member}: ${reason}`, "Such an archive cannot be changed and packed again: use --build, or vendor into its wheel.");
  };
  const files = readTar(decompress(packed, compression, shown), shown, ({ path: member, reason }) => refuse(member, reason), links);
  const known = new Map(files.map((file) => [file.path, file]));
  for (const name of links.keys()) known.set(name, { ...(linked(name, links, known) ?? refuse(`${shown}/${name}`, "is a link to something else than a file of the archive")), path: name });
  return [...known.values()];
}

/** The file that a link comes to, however many lie in between; links are packed as copies of it. */
function linked(name: string, links: ReadonlyMap<string, TarLink>, files: ReadonlyMap<string, TarFile>): TarFile | undefined {
  const seen = new Set<string>();
  for (let at = name; !seen.has(at); ) {
    seen.add(at);
    const link = links.get(at);
    if (!link) return files.get(at);
    at = posix.normalize(link.symbolic ? posix.join(posix.dirname(at), link.target) : link.target);
  }
  return undefined;
}

/** Licence files beside the PKG-INFO of an archive, by name; empty where it is none that can be read. */
export function licensesOfSdist(path: string): ReadonlyMap<string, Buffer> {
  try {
    const compression = /\.(?:tar\.(gz|bz2|xz)|t(gz))$/i.exec(path)?.slice(1).find((each) => each !== undefined)?.toLowerCase();
    if (compression === undefined) return new Map();
    const files = readTar(decompress(readFileSync(path), compression, path), path, () => undefined);
    return new Map(files.flatMap((file) => {
      const [, name = "", more] = file.path.split("/");
      return more === undefined && isLicenseName(name) ? [[name, file.read()] as const] : [];
    }));
  } catch {
    return new Map(); // it was built all the same, so that it is no failure
  }
}
