/** Who may import whom: the table of src/README.md, enforced. */
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import fastGlob from "fast-glob";
import { describe, expect, test } from "vitest";

const allowed: Readonly<Record<string, readonly string[]>> = {
  diagnostics: [],
  model: ["diagnostics"],
  syntax: ["model"],
  rewrite: ["model"],
  catalogue: ["model"],
  plan: ["model"],
  conflicts: ["model"],
  manifest: ["model"],
  patch: ["model"],
  wheel: ["model"],
  inspect: ["model"],
  host: ["model"],
  config: ["model", "catalogue"],
  write: ["model"],
  acquire: ["model", "host", "config"],
  check: ["model", "diagnostics"],
  interpreter: ["model"],
  report: ["model", "diagnostics"],
  audit: ["model"],
  commands: ["model", "diagnostics", "syntax", "catalogue", "rewrite", "inspect", "plan", "conflicts", "manifest", "patch", "wheel", "host", "config", "write", "acquire", "check", "interpreter", "audit"],
};
// Long on purpose, as their headers say: a state machine whose parts share a dozen variables, and a walk whose steps share its lists.
const long = new Map([["src/syntax/scanner/index.ts", 660], ["src/syntax/program.ts", 400], ["src/main.ts", 400]]);
// The scanner is AssemblyScript, a world of its own.
const files = fastGlob.sync("src/**/*.ts", { ignore: ["src/syntax/scanner/**"] });
const importsOf = (file: string): string[] => [...readFileSync(file, "utf8").matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map((match) => match[1] ?? "");

describe("architecture", () => {
  test.each(files)("%s imports only what its layer may", (file) => {
    const layer = relative("src", file).split("/")[0] ?? "";
    const may = allowed[layer];
    if (!may) return; // entry points join everything
    for (const name of importsOf(file)) {
      if (!name.startsWith(".")) continue;
      const target = relative("src", join(dirname(file), name)).split("/")[0] ?? "";
      if (target !== layer && target !== "version.ts") expect(may, `${file} imports ${name}`).toContain(target);
    }
  });

  test("only syntax/ knows tree-sitter, only the outside knows the process", () => {
    for (const file of files) {
      if (!file.startsWith("src/syntax/")) expect(importsOf(file), file).not.toContain("web-tree-sitter");
      if (/^src\/(model|syntax|rewrite|plan|conflicts|manifest|patch|wheel|check|report|audit)\//.test(file)) {
        const outside = importsOf(file).filter((name) => /^node:(child_process|fs|fs\/promises|os|process|worker_threads)$/.test(name));
        expect(outside, file).toEqual([]);
        expect(readFileSync(file, "utf8"), file).not.toMatch(/\bprocess\.|\bconsole\./);
      }
    }
  });

  test("files stay small", () => {
    for (const file of fastGlob.sync("src/**/*.ts")) {
      const length = readFileSync(file, "utf8").split("\n").length;
      expect(length, file).toBeLessThan(long.get(file) ?? 300);
    }
  });
});
