/** What words of a file are of interest for. */

/** Bits of interest; a file's are those of all its words. */
export const Interest = {
  /** A string begins with a wanted name. */
  wanted: 1,
  /** `__name__`, `__package__`, `__spec__` are taken apart. */
  namespace: 2,
  /** They are compared, or handed on. */
  name: 4,
  /** A call that matters when its first argument is `__name__` or the like. */
  called: 8,
  /** Such a call stands in the file. */
  relative: 16,
  /** A name that matters always: the call may name a module at run time. */
  dynamic: 64,
  /** A call that takes source code. */
  code: 128,
  /** As an attribute the word means something else (`re.compile`). */
  nameOnly: 256,
  /** A look-up of entry points. */
  groups: 1024,
  /** State of the process may be changed (inspect/processState.ts). */
  state: 512,
} as const;

/** A wanted word: what it is of interest for, and a number by which a file's facts tell that it has it; 0: nobody asks. */
export interface WantedWord {
  readonly interest: number;
  readonly number: number;
}
