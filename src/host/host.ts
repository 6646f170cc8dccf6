/** The port to the outside: what commands may ask of the process, so that tests can stand in for it. */

export interface Host {
  /** Absolute path of the current directory. */
  readonly cwd: string;
  /** Draws the progress line; does nothing where nobody looks at a terminal. */
  progress(text: string): void;
  /** Runs a program to its end; undefined when there is no such program. */
  run(command: string, args: readonly string[], cwd: string): { readonly status: number; readonly stdout: string } | undefined;
  readStandardInput(): Buffer;
}
