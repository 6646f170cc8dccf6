/**
 * All or nothing for many files: everything is written into a staging directory first; then a journal says what is to be renamed to where;
 * then the renames are done. Killed before the journal stands, the next run deletes the staging directory: the old tree stands. Killed after it,
 * the next run finishes the renames: the new tree stands.
 */
import { createHash } from "node:crypto";
import { accessSync, constants, existsSync, linkSync, lstatSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, rmdirSync, statSync, unlinkSync, writeFileSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { Failure, fileFailure } from "../model/failure.ts";
import { STAGING_NAME } from "../model/manifest.ts";

const JOURNAL = "journal.json";
const OWNER = "owner.json";
const MOST_PASSES = 1000;
/** Milliseconds that a run may take between making its staging directory and writing its name into it. */
const PATIENCE = 1000;

export interface Move {
  /** Absolute; below the staging directory. Undefined: the target goes. */
  readonly staged?: string;
  /** Absolute; what is there is replaced, a directory as a whole. */
  readonly target: string;
  /** Digest (SHA-256, hex) of the file that is replaced: one that changed since then is not overwritten by a late run. */
  readonly before?: string;
}

interface Owner {
  readonly pid: number;
  /** Start time from /proc, where there is one: a process id alone may have been given to another process. */
  readonly started: string;
}

const open = new Set<Transaction>();

const duties = new Set<() => void>();

/** Registers what a signal asks for besides; returns what takes that back. */
export function atInterrupt(duty: () => void): () => void {
  duties.add(duty);
  return () => void duties.delete(duty);
}

/** Drops what unfinished transactions of this thread have staged: for signal handlers. */
export function interrupt(): void {
  for (const duty of duties) duty();
  for (const transaction of open) transaction.rollback();
}

export class Transaction {
  readonly directory: string;

  private constructor(directory: string) {
    this.directory = directory;
    open.add(this);
  }

  /** Starts one in `root`, after finishing or dropping what a killed run left there. Throws Failure when another run is at work. */
  static begin(root: string): Transaction {
    recover(root);
    const directory = join(root, STAGING_NAME);
    const fresh = `${directory}-${process.pid}`;
    try {
      mkdirSync(fresh, { recursive: true });
      writeFileSync(join(fresh, OWNER), JSON.stringify({ pid: process.pid, started: startOf(process.pid) } satisfies Owner));
      renameSync(fresh, directory); // with its owner in it from the first moment on, or somebody would take it for a dead one's
    } catch (error) {
      rmSync(fresh, { recursive: true, force: true });
      if (["EEXIST", "ENOTEMPTY", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "") && existsSync(directory)) throw busy(root, "another process");
      throw fileFailure(error, directory);
    }
    return new Transaction(directory);
  }

  /** Absolute path below the staging directory. */
  path(name: string): string {
    return join(this.directory, name);
  }

  commit(moves: readonly Move[]): void {
    const device = statSync(this.directory).dev;
    for (const [directory, target] of new Map(moves.map((move) => [dirname(move.target), move.target]))) checkReplaceable(device, directory, target);
    const journal = join(this.directory, JOURNAL);
    try {
      writeFileSync(`${journal}.new`, JSON.stringify(moves));
      renameSync(`${journal}.new`, journal); // from here on the new tree is decided
    } catch (error) {
      throw fileFailure(error, journal);
    }
    try {
      finish(this.directory, moves, true);
    } catch (error) {
      revert(this.directory, moves);
      const { path, dest } = error as NodeJS.ErrnoException & { dest?: string };
      throw fileFailure(error, [dest, path].find((each) => each !== undefined && !each.startsWith(`${this.directory}/`)) ?? this.directory);
    }
    open.delete(this);
  }

  /** Drops what was staged, to stage anew. */
  clear(): void {
    for (const name of readdirSync(this.directory)) if (name !== OWNER) remove(this.path(name));
  }

  rollback(): void {
    open.delete(this);
    remove(this.directory);
  }
}

/** Helper threads may still be staging files: each pass takes directories away from them, and they make no new ones. */
function remove(directory: string): void {
  for (let pass = 1; ; pass++) {
    try {
      return removeTree(directory);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOTEMPTY" || pass === MOST_PASSES) throw fileFailure(error, directory);
    }
  }
}

/** As `rmSync` does, which asks of each file what it is before it removes it: half the time of a commit. Passes over what has gone by itself. */
function removeTree(directory: string): void {
  try {
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) removeTree(path);
      else unlinkSync(path);
    }
    rmdirSync(directory);
  } catch (error) {
    if (["ENOTEMPTY", "EACCES", "EPERM", "EBUSY"].includes((error as NodeJS.ErrnoException).code ?? "")) return rmSync(directory, { recursive: true, force: true });
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    if (existsSync(directory)) rmSync(directory, { recursive: true, force: true });
  }
}

/** Brings a tree that a killed run left behind to its old or its new state. */
export function recover(root: string): "nothing" | "dropped" | "finished" {
  const directory = join(root, STAGING_NAME);
  dropStillborn(root);
  const found = lstatSync(directory, { throwIfNoEntry: false });
  if (!found) return "nothing";
  if (!found.isDirectory()) throw new Failure(`${directory}: is ${found.isSymbolicLink() ? "a symbolic link" : "a file"}, and work in progress needs a directory there`, "Move it out of the way.");
  const owner = readOwner(directory) ?? ownerOfYoung(directory);
  if (owner && owner.pid !== process.pid && isAlive(owner)) throw busy(root, `process ${owner.pid}`);
  const journal = join(directory, JOURNAL);
  if (!existsSync(journal)) {
    // Out of the way first: another run may drop it at the same time, and have one of its own there already.
    const claimed = `${directory}-${process.pid}`;
    try {
      renameSync(directory, claimed);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return "dropped";
      throw fileFailure(error, directory);
    }
    const now = readOwner(claimed);
    if (now && now.pid !== process.pid && isAlive(now)) {
      renameSync(claimed, directory);
      throw busy(root, `process ${now.pid}`);
    }
    remove(claimed);
    return "dropped";
  }
  const moves = JSON.parse(readFileSync(journal, "utf8")) as Move[];
  for (const { staged, target, before } of moves) {
    if (before === undefined || staged === undefined || !existsSync(staged) || !existsSync(target)) continue;
    if (createHash("sha256").update(readFileSync(target)).digest("hex") !== before) {
      throw new Failure(`${target}: was changed after a run was killed that had a new version of it ready`, `Keep yours or take ${staged}, then delete ${directory} and run again.`);
    }
  }
  try {
    finish(directory, moves);
  } catch (error) {
    throw fileFailure(error, directory);
  }
  return "finished";
}

/** Directories of runs that were killed before they began. */
function dropStillborn(root: string): void {
  for (const name of existsSync(root) ? readdirSync(root) : []) {
    if (!name.startsWith(`${STAGING_NAME}-`)) continue;
    const pid = Number(name.slice(STAGING_NAME.length + 1));
    const owner = readOwner(join(root, name));
    if (pid !== process.pid && !(owner ? isAlive(owner) : isRunning(pid))) rmSync(join(root, name), { recursive: true, force: true });
  }
}

/** Throws Failure where a tree that was unpacked holds names that are work in progress here. `shown` is its archive. */
export function refuseStagingNames(root: string, shown: string): void {
  const name = readdirSync(root).find((each) => each.startsWith(STAGING_NAME));
  if (name !== undefined) throw new Failure(`${shown}: holds '${name}', a name that this tool keeps for its own work in progress`, "It was most likely packed while a run was interrupted: build the archive anew.");
}

function busy(root: string, who: string): Failure {
  return new Failure(`${root}: ${who} is vendoring here right now`, `Wait until it has finished; if nothing is running, delete ${join(root, STAGING_NAME)} and run again.`);
}

/** Renames; may be called again after any interruption. `first`: nothing was interrupted, and what is staged is there. */
function finish(directory: string, moves: readonly Move[], first = false): void {
  for (const [index, move] of moves.entries()) if (!first || !replace(`${directory}${sep}old-${index}`, move)) perform(directory, move, index);
  removeTree(directory);
}

/** As `perform` does for a file that another one or nothing stands for, without a look at either: half of a commit were such looks. False: it is something else. */
function replace(old: string, { staged, target }: Move): boolean {
  if (staged === undefined) return false;
  try {
    linkSync(target, old);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") return false; // a directory, or a file system without links
  }
  renameSync(staged, target);
  return true;
}

function perform(directory: string, { staged, target }: Move, index: number): void {
  const old = join(directory, `old-${index}`);
  const found = lstatSync(target, { throwIfNoEntry: false });
  if (staged === undefined) {
    if (found) renameSync(target, old);
    return;
  }
  if (!existsSync(staged)) return; // done before the interruption
  if (found?.isDirectory()) renameSync(target, old);
  else if (found && !existsSync(old)) linkSync(target, old); // kept until all is done; the rename replaces it in one step
  renameSync(staged, target);
}

/** Takes back what `perform` did, after one of the renames failed. */
function revert(directory: string, moves: readonly Move[]): void {
  moves.forEach(({ staged, target }, index) => {
    const old = join(directory, `old-${index}`);
    if (staged === undefined || existsSync(staged)) {
      if (existsSync(old) && !existsSync(target)) renameSync(old, target);
      return;
    }
    renameSync(target, staged);
    if (existsSync(old)) renameSync(old, target);
  });
}

/** Throws before anything is renamed where a rename into `directory` would fail. */
function checkReplaceable(device: number, directory: string, target: string): void {
  let existing = directory;
  while (!existsSync(existing)) existing = dirname(existing);
  try {
    accessSync(existing, constants.W_OK);
    if (statSync(existing).dev !== device) throw Object.assign(new Error("another file system"), { code: "EXDEV" });
  } catch (error) {
    throw fileFailure(error, target);
  }
}

function readOwner(directory: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(join(directory, OWNER), "utf8")) as Owner;
  } catch {
    return undefined; // killed before it was written
  }
}

/** A directory without an owner may be one that a run has made just now. */
function ownerOfYoung(directory: string): Owner | undefined {
  const age = Date.now() - (statSync(directory, { throwIfNoEntry: false })?.mtimeMs ?? 0);
  if (existsSync(join(directory, JOURNAL)) || age < 0 || age > PATIENCE) return undefined;
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PATIENCE - age);
  return readOwner(directory);
}

function isAlive({ pid, started }: Owner): boolean {
  return isRunning(pid) && startOf(pid) === started;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  return true;
}

let ownStart: string | undefined;

function startOf(pid: number): string {
  if (pid === process.pid) return (ownStart ??= readStart(pid));
  return readStart(pid);
}

function readStart(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, "latin1").split(") ").at(-1)?.split(" ")[19] ?? "";
  } catch {
    return "";
  }
}
