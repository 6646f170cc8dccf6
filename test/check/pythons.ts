/** Interpreters of other versions, where the machine has them: on the PATH, or installed by a version manager. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** The executable of Python `version` (`2.7`), or undefined. */
export function pythonOf(version: string): string | undefined {
  const managed = join(process.env["PYENV_ROOT"] ?? join(homedir(), ".pyenv"), "versions");
  const candidates = [`python${version}`, ...(existsSync(managed) ? readdirSync(managed).filter((name) => name.startsWith(`${version}.`)).map((name) => join(managed, name, "bin", "python")) : [])];
  return candidates.find((command) => spawnSync(command, ["-c", `import sys; sys.exit(sys.version_info[:2] != (${version.replace(".", ", ")}))`]).status === 0);
}
