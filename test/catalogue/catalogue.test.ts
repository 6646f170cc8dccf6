/** The catalogue's document is made from its rows, and the rows fit their schema; configurations add rows and exceptions, or are told what is wrong. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
// @ts-expect-error -- a script, without types
import { document } from "../../scripts/catalogue.mjs";
import { builtinRows } from "../../src/catalogue/index.ts";
import { enisle, project, temporary } from "../vendor/project.ts";
import { makeWheel } from "../vendor/wheel.ts";

const schema = JSON.parse(readFileSync("src/catalogue/schema.json", "utf8"));

describe("catalogue", () => {
  test("its document is what `npm run catalogue` writes", () => {
    expect(readFileSync("src/catalogue/README.md", "utf8")).toBe(document(builtinRows));
  });

  test("every row fits the schema, once", () => {
    const validate = new Ajv().compile(schema);
    for (const row of builtinRows) expect(validate(row), JSON.stringify(row)).toBe(true);
    const keys = builtinRows.map(({ callable, argument }) => `${callable} ${argument}`);
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  });
});

describe("a project's own rows and exceptions", () => {
  const library = (): string => makeWheel(temporary(), { "lib/__init__.py": "", "lib/sub.py": "value = 1\n" }, { name: "lib" });

  function configured(configuration: string, source: string): string {
    const root = project();
    writeFileSync(join(root, "pyproject.toml"), `[tool.enisle]\nnamespace = "acme._vendor"\n${configuration}`);
    writeFileSync(join(root, "acme/app.py"), source);
    return root;
  }

  test("a row makes a call of the project's own a reference", () => {
    const root = configured('[[tool.enisle.catalogue]]\ncallable = "acme.load"\nmeaning = "module"\n', 'from acme import load\nload("lib")\nother("lib")\n');
    expect(enisle(["vendor", "-C", root, library()]).status).toBe(0);
    expect(readFileSync(join(root, "acme/app.py"), "utf8")).toBe('from acme import load\nload("acme._vendor.lib")\nother("lib")\n');
  });

  test("a meaning that there is not is an error that names the line", () => {
    const root = configured('[[tool.enisle.catalogue]]\ncallable = "acme.load"\nmeaning = "modul"\n', "");
    const run = enisle(["vendor", "-C", root, library()]);
    expect(run.status).toBe(2);
    expect(run.stderr).toMatch(/pyproject\.toml:4: a row of the catalogue: 'meaning'/);
  });

  test("an exception leaves a string; one that is never used is a finding", () => {
    const root = configured('[[tool.enisle.leave]]\nstring = "lib.sub"\npath = "acme/app.py"\n[[tool.enisle.leave]]\nstring = "lib.gone"\n', 'KEY = "lib.sub"\n');
    writeFileSync(join(root, "acme/more.py"), 'KEY = "lib.sub"\n');
    const run = enisle(["vendor", "-C", root, "--format", "json", library()]);
    expect(readFileSync(join(root, "acme/app.py"), "utf8")).toBe('KEY = "lib.sub"\n');
    expect(readFileSync(join(root, "acme/more.py"), "utf8")).toBe('KEY = "acme._vendor.lib.sub"\n');
    expect(JSON.parse(run.stdout).findings.map((each: { code: string; message: string }) => [each.code, each.message])).toEqual([["unused-exception", "pyproject.toml:7: no string 'lib.gone' would be rewritten"]]);
  });
});
