/** A PROJECT as its own files describe it, before anything is resolved. */

export interface ProjectDescription {
  /** As typed. */
  readonly asked: string;
  /** What a person calls it: the distribution's name, else the file's or directory's. */
  readonly id: string;
  /** Of the distribution; undefined where only requirements are known. */
  readonly name: string | undefined;
  readonly version: string | undefined;
  /** PEP 508, with `extra` markers for optional ones. */
  readonly requires: readonly string[];
  readonly extras: readonly string[];
  readonly requiresPython: string | undefined;
  /** How it is installed: a source tree, an archive, or by requirement. */
  readonly kind: "tree" | "requirements" | "wheel" | "archive" | "requirement" | "installed";
  /** Absolute, where it lies here. */
  readonly path: string | undefined;
  /** Where its requirements stand, for messages. */
  readonly from: string;
}
