/** A project with copies that is clean in every respect, and the check as a function and as a process. */
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { check as run, type CheckOptions } from "../../src/commands/check.ts";
import { nodeHost } from "../../src/host/node.ts";
import type { CheckResult } from "../../src/model/checkResult.ts";
import type { Finding } from "../../src/model/finding.ts";
import type { Outcome } from "../../src/model/outcome.ts";
import { type Tree, enisle, temporary, write } from "../vendor/project.ts";
import { makeWheel } from "../vendor/wheel.ts";

export const alib: Tree = {
  "alib/__init__.py": "import alib.core\nfrom alib.core import answer\n__version__ = '1.0'\n",
  "alib/core.py": "import os, alib\nfrom blib import tools\n\n\ndef answer():\n    return 42\n",
  "alib/sub/__init__.py": "",
  "alib/sub/deep.py": "# caf\u00e9\r\nfrom alib import core\r\nimport alib.core as c\r\n",
  "alib/data.bin": Buffer.from([0, 1, 2, 255]),
  "alib-1.0.dist-info/licenses/LICENSE": "MIT\n",
};
export const blib: Tree = { "blib/__init__.py": "", "blib/tools.py": "import blib\nfrom . import __name__ as n\n" };
const consumer: Tree = {
  "pyproject.toml": '[project]\nname = "acme"\n[tool.enisle]\nnamespace = "acme._vendor"\n',
  "acme/app.py": "import alib\nfrom alib import answer\nimport alib.core\n\nprint(answer(), alib.core)\n",
  "acme/more/__init__.py": "def late():\n    from alib.sub import deep\n    return deep\n",
};

export function wheels(): string[] {
  const directory = temporary();
  return [makeWheel(directory, alib, { requires: ["blib"] }), makeWheel(directory, blib, { name: "blib" })];
}

const templates = new Map<string, string>();

afterAll(() => {
  for (const directory of templates.values()) rmSync(directory, { recursive: true, force: true });
});

/** Nothing is to be found in it. Vendored once for each set of `files`, and copied. */
export function cleanProject(files: Tree = {}): string {
  const key = JSON.stringify(files);
  let template = templates.get(key);
  if (template === undefined) {
    template = mkdtempSync(join(tmpdir(), "enisle-template-"));
    templates.set(key, template);
    write(template, { "acme/__init__.py": "", ...consumer, ...files });
    const vendored = enisle(["vendor", "-q", "-C", template, ...wheels()]);
    if (vendored.status !== 0) throw new Error(vendored.stderr);
  }
  const root = temporary();
  cpSync(template, root, { recursive: true });
  return root;
}

export async function check(root: string, options: Partial<CheckOptions> = {}): Promise<Outcome<CheckResult>> {
  const host = { ...(await nodeHost({ quiet: true })), cwd: root };
  return run({ project: root, roots: [], pythons: undefined, together: [], upstream: undefined, timeout: 30, ...options }, host);
}

/** `code path` of each finding. */
export function codes(findings: readonly Finding[]): string[] {
  return findings.map((each) => (each.path === undefined ? each.code : `${each.code} ${each.path}`));
}
