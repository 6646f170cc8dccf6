/** A directory of our own outside every project, and processes of our own: both are gone when this process ends, however it ends. */
import type { ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export class Scratch {
  readonly directory: string;
  readonly #running = new Set<ChildProcess>();
  readonly #onExit = (): void => this.remove();
  #count = 0;

  constructor() {
    this.directory = mkdtempSync(join(realpathSync(tmpdir()), "enisle-check-"));
    process.on("exit", this.#onExit);
  }

  /** A new empty directory. */
  make(name: string): string {
    const path = join(this.directory, `${name}-${this.#count++}`);
    mkdirSync(path);
    return path;
  }

  /** A process that leads a group of its own; it is killed with all of its group. */
  own(child: ChildProcess): void {
    this.#running.add(child);
  }

  kill(child: ChildProcess): void {
    this.#running.delete(child);
    if (child.pid === undefined) return;
    try {
      process.kill(process.platform === "win32" ? child.pid : -child.pid, "SIGKILL");
    } catch {
      // It ended by itself, and left nobody behind.
    }
  }

  remove(): void {
    process.off("exit", this.#onExit);
    for (const child of this.#running) this.kill(child);
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 3 });
  }
}
