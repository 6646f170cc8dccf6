/** The port to the outside: what commands may ask of the process, so that tests can stand in for it. */

export interface Execution {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Host {
  /** Absolute path of the current directory. */
  readonly cwd: string;
  /** Draws the progress line; does nothing where nobody looks at a terminal. */
  progress(text: string): void;
  /** Runs a program to its end; undefined when there is no such program. */
  run(command: string, args: readonly string[], cwd: string): { readonly status: number; readonly stdout: string } | undefined;
  /** Runs a program without holding up the process; undefined when there is no such program. What it prints is captured, whole. It is ended when the run is interrupted. */
  execute(command: string, args: readonly string[], options: { readonly cwd: string; readonly environment?: Readonly<Record<string, string>> }): Promise<Execution | undefined>;
  /** A variable of the environment; an empty one counts as not set. */
  variable(name: string): string | undefined;
  /** A new private directory, which goes with the process at the latest, however that ends but for a kill. */
  temporaryDirectory(prefix: string): string;
  /** Absolute path of the user's home directory. */
  readonly home: string;
  readStandardInput(): Buffer;
}
