/** Pickles of the project, and of a wheel's own package: what they name of the copies is told, and they stay as they are. */
import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { enisle, join, project, readFileSync, temporary, write } from "./project.ts";
import { makeWheel } from "./wheel.ts";

const library = { "alib/__init__.py": "", "alib/core.py": "class Thing: pass\n" };

function pickled(protocol: number, expression: string, site: string): Buffer {
  const run = spawnSync("python3", ["-B", "-c", `import pickle, sys; from alib.core import Thing; sys.stdout.buffer.write(pickle.dumps(${expression}, ${protocol}))`], { cwd: site });
  expect(run.stderr.toString()).toBe("");
  return run.stdout;
}

const site = (): string => write(temporary(), library);
const told = (path: string): unknown[] => ["data-reference", path, "the pickle names classes of 'alib.core', and is loaded by those names: it was left"];
const found = (stdout: string): unknown[] => JSON.parse(stdout).findings.filter(({ code }: { code: string }) => /data-reference|pickled/.test(code)).map(({ code, path, message }: { code: string; path: string; message: string }) => [code, path, message]);

describe("pickles of the project", () => {
  test.each([0, 2, 4, 5])("protocol %d", (protocol) => {
    const [thing, text] = [pickled(protocol, "Thing()", site()), pickled(protocol, "['alib.core', 'alib']", site())];
    const root = project({ "acme/thing.pkl": thing, "tests/old.pickle": thing, "tests/cut.pkl": Buffer.concat([thing, Buffer.from("\xff rest")]), "acme/text.pkl": text, "acme/other.bin": thing });
    const run = enisle(["vendor", "-C", root, "--format", "json", makeWheel(temporary(), library)]);
    expect([run.status, run.stderr]).toEqual([0, ""]);
    expect(found(run.stdout)).toEqual(["acme/thing.pkl", "tests/cut.pkl", "tests/old.pickle"].map(told));
    expect(readFileSync(join(root, "acme/thing.pkl")).equals(thing)).toBe(true);
    const check = enisle(["check", "-C", root, "--format", "json"]);
    expect(check.status).toBe(0);
    expect(found(check.stdout)).toEqual(["acme/thing.pkl", "tests/cut.pkl", "tests/old.pickle"].map(told));
  });

  test("one with the relocated names is nothing to tell, nor is one of a module that the project has itself", () => {
    const thing = pickled(4, "Thing()", site());
    const root = project({ "alib/__init__.py": "", "acme/thing.pkl": thing });
    expect(found(enisle(["vendor", "-C", root, "--namespace", "acme._vendor", "--format", "json", makeWheel(temporary(), library)]).stdout)).toEqual([]);
    const other = project();
    expect(enisle(["vendor", "-q", "-C", other, makeWheel(temporary(), library)]).status).toBe(0);
    const made = spawnSync("python3", ["-B", "-c", "import pickle; from acme._vendor.alib.core import Thing; pickle.dump(Thing(), open('acme/new.pkl', 'wb'))"], { cwd: other });
    expect(made.status).toBe(0);
    expect(found(enisle(["check", "-C", other, "--format", "json"]).stdout)).toEqual([]);
  });
});

test("a wheel's own package", () => {
  const thing = pickled(4, "Thing()", site());
  const host = makeWheel(temporary(), { "acme/__init__.py": "import alib.core\n", "acme/thing.pkl": thing }, { name: "acme" });
  const run = enisle(["wheel", host, "--vendor", makeWheel(temporary(), library), "-w", temporary(), "--format", "json"]);
  expect([run.status, run.stderr]).toEqual([0, ""]);
  expect(found(run.stdout)).toEqual([told("acme/thing.pkl")]);
});
