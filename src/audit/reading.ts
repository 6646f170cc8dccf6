/** One tree while it is audited: its files by path, its modules, and the text of what is asked for. */
import type { Modules } from "./modules.ts";

export interface Reading {
  readonly modules: Modules;
  /** Paths of all files, sorted. */
  readonly paths: readonly string[];
  has(path: string): boolean;
  /** Undefined where there is no such file, or it cannot be read (which is then reported once). */
  bytes(path: string): Buffer | undefined;
  /** Like `bytes`, valid until the next call. */
  peek(path: string): Buffer | undefined;
  text(path: string): string | undefined;
}
