/** The content-addressed store of archives, in the user's cache directory (XDG): `archives/<sha256>/<file name>`. */
import { createHash, randomBytes } from "node:crypto";
import { copyFileSync, existsSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { makeDirectory } from "../host/makeDirectory.ts";
import { fileFailure } from "../model/failure.ts";
import type { Host } from "../host/host.ts";
import { digestOfFile } from "./digest.ts";

export interface StoredArchive {
  /** Absolute. */
  readonly path: string;
  /** Hex. */
  readonly sha256: string;
}

export class ArchiveCache {
  readonly directory: string;

  constructor(host: Host) {
    const base = host.variable("XDG_CACHE_HOME");
    this.directory = join(base?.startsWith("/") ? base : join(host.home, ".cache"), "enisle");
  }

  /** Takes a copy of the file; an archive that is there already stays. */
  async store(file: string, name = basename(file)): Promise<StoredArchive> {
    const sha256 = digestOfFile(file);
    const directory = this.#place(sha256);
    const path = join(directory, name);
    if (!existsSync(path)) {
      try {
        makeDirectory(directory);
        const fresh = join(directory, `.${randomBytes(6).toString("hex")}`);
        copyFileSync(file, fresh);
        renameSync(fresh, path); // so that nobody ever finds half an archive
      } catch (error) {
        throw fileFailure(error, path);
      }
    }
    return { path, sha256 };
  }

  /** The archive with that digest, verified; one that rotted is dropped. */
  async find(sha256: string): Promise<StoredArchive | undefined> {
    if (!/^[0-9a-f]{64}$/.test(sha256)) return undefined;
    const directory = this.#place(sha256);
    if (!existsSync(directory)) return undefined;
    const name = readdirSync(directory).find((entry) => !entry.startsWith("."));
    if (name === undefined) return undefined;
    const path = join(directory, name);
    if ((digestOfFile(path)) === sha256) return { path, sha256 };
    rmSync(directory, { recursive: true, force: true });
    return undefined;
  }

  /** Every archive, for an index that pip can read. */
  list(): StoredArchive[] {
    const root = join(this.directory, "archives");
    if (!existsSync(root)) return [];
    return readdirSync(root).filter((name) => /^[0-9a-f]{64}$/.test(name)).sort().flatMap((sha256) =>
      readdirSync(join(root, sha256)).filter((name) => !name.startsWith(".")).map((name) => ({ path: join(root, sha256, name), sha256 })),
    );
  }

  /** The wheel that was built from a source archive on this kind of system, if it is still there. */
  async built(source: string, system: string): Promise<StoredArchive | undefined> {
    try {
      return await this.find(readFileSync(this.#note(source, system), "utf8").trim());
    } catch {
      return undefined;
    }
  }

  rememberBuilt(source: string, system: string, wheel: string): void {
    const note = this.#note(source, system);
    makeDirectory(join(this.directory, "built"));
    writeFileSync(`${note}.new`, `${wheel}\n`);
    renameSync(`${note}.new`, note);
  }

  /** Writes a log that is too long to print; returns its path. */
  log(text: string): string {
    const directory = join(this.directory, "logs");
    makeDirectory(directory);
    const path = join(directory, `${createHash("sha256").update(text).digest("hex").slice(0, 12)}.log`);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  }

  #place(sha256: string): string {
    return join(this.directory, "archives", sha256);
  }

  #note(source: string, system: string): string {
    return join(this.directory, "built", `${source}-${system}`);
  }
}
