/**
 * Our parser against the grammar: whatever it understands it must tell in the very same records.
 * ENISLE_PYTHON_FILES: a directory whose Python files are compared too · ENISLE_PYTHON_FILES_EVERY=n: every n-th of them.
 */
import { readFileSync } from "node:fs";
import fastGlob from "fast-glob";
import { beforeAll, describe, expect, test } from "vitest";
import type { AnyImport } from "../../src/model/facts.ts";
import type { Span } from "../../src/model/span.ts";
import { scannerOnly, withGrammar } from "../../src/commands/readers.ts";
import { lexicalBytes } from "../../src/syntax/encoding.ts";
import { parse } from "../../src/syntax/parser/index.ts";
import { readProgram } from "../../src/syntax/program.ts";
import { type Readers, bodiesWithout, readFacts, withoutBodies } from "../../src/syntax/readFacts.ts";
import { noWords } from "../../src/syntax/words.ts";
import { generate as generateProgram } from "../behaviour/generate.ts";
import { readCases } from "../case.ts";
import { described } from "./described.ts";
import { generate } from "./generate.ts";

let readers: Readers;
beforeAll(async () => {
  readers = await withGrammar(scannerOnly());
});

interface Both {
  readonly ours: readonly string[] | undefined;
  /** Undefined where the grammar finds an error. */
  readonly theirs: readonly string[] | undefined;
}

/** What both say about `source`, without the bodies that `choose` leaves out; undefined where it is no text of Python's. */
function both(source: Buffer, choose: (bodies: readonly Span[]) => readonly Span[] | undefined = () => undefined): Both | undefined {
  const lexical = lexicalBytes(source);
  if ("reason" in lexical) return undefined;
  const { bytes } = lexical;
  const scanned = readers.scanner(bytes, lexical.utf8, noWords);
  if (scanned.broken) return undefined;
  const text = bytes.toString("latin1");
  const shown = choose(scanned.bodies);
  const hidden = shown ? bodiesWithout(shown.map(({ start }) => start), scanned.bodies, bytes) : [];
  const imports: readonly AnyImport[] = scanned.imports;
  const tree = parse(bytes, imports, hidden);
  const theirs = readers.grammar?.withTree(withoutBodies(bytes, hidden), scanned.masks, (root) => (root.hasError ? undefined : described(readProgram(root, bytes, imports, hidden), text)));
  return { ours: tree && described(readProgram(tree, bytes, imports, hidden), text), theirs };
}

function expectSame(source: string, choose?: (bodies: readonly Span[]) => readonly Span[] | undefined): void {
  const { ours, theirs } = both(Buffer.from(source, "utf8"), choose) ?? {};
  expect(ours, `understood:\n${source}`).toBeDefined();
  expect(theirs, `the grammar understands:\n${source}`).toBeDefined();
  expect(ours, source).toEqual(theirs);
}

describe("the parser", () => {
  const constructs = readFileSync(`${import.meta.dirname}/constructs.txt`, "utf8").split(/^---\n/m);

  test.each(constructs)("%j", (source) => expectSame(source));

  test("in a function, a class and with CRLF", () => {
    const indented = (source: string): string => source.replaceAll(/^(?=.)/gm, "  ");
    for (const source of constructs) {
      if (/'''|"""|^from __future__|\\$|^$/m.test(source)) continue;
      expectSame(`def f(x):\n  x\n${indented(source)}class C:\n  x\n${indented(source)}`);
      expectSame(source.replaceAll("\n", "\r\n"));
    }
  });

  test("what the specification cases hold", () => {
    const cases = readCases("fixtures/rewrite/**/*.md").flatMap(({ name, before, after }) => [before, after].map((source) => ({ name, ...both(source) }))).filter(({ theirs }) => theirs);
    expect(cases.length).toBeGreaterThan(200);
    for (const { ours, theirs } of cases) if (ours) expect(ours).toEqual(theirs);
    expect([...new Set(cases.filter(({ ours }) => !ours).map(({ name }) => name))]).toEqual(["rewrite/python2/names-that-became-keywords", "rewrite/python315/type-parameter-defaults"]);
  });

  test("programs that the behaviour of imports is tried with", () => {
    for (let number = 0; number < 60; number++) expectSame(generateProgram(7, number, 14).source);
  });

  test("everything inside everything, with bodies left out", () => {
    let compared = 0;
    for (let seed = 1; seed <= 500; seed++) {
      const source = generate(seed);
      const told = both(Buffer.from(source, "utf8"), seed % 2 ? undefined : (bodies) => bodies.filter((_, index) => (index + seed) % 3 === 0));
      if (!told?.theirs || !told.ours) continue;
      compared++;
      expect(told.ours, source).toEqual(told.theirs);
    }
    expect(compared).toBeGreaterThan(350);
  });

  test("steps over bodies, their headers too", () => {
    const source = "def a(x=f('q'), y=1):\n  'doc'\n  x\n\ndef b(x, y=(1, 2)) -> int:\n  def c(): pass\n  y\nclass D:\n  def e(self):\n    # c\n    z = 1\n    # end\n\n  def g(self):\n    global h\n    h = 1\n  i = 2\nx";
    expectSame(source, () => []);
    expectSame(source, (bodies) => bodies.slice(0, 1));
    expectSame(source, (bodies) => bodies.slice(1));
    expectSame("def f():\n  if a:\n    b\n  else:\n    c = (1,\n  2)", () => []);
  });

  test.each(["f(x) = 3", "a b", "x = (", "x = $", "a == not b", "x = 'a", "f'{a'", "if a:\npass", "def f(:\n  pass", "type X[T = int] = T", "match x:\n  case a.b.c as 3: pass", "lambda: (yield", "for 1 in x: pass", "import", "class A[T = int]: pass"])("gives up %j", (source) => {
    const { bytes } = lexicalBytes(Buffer.from(source)) as { bytes: Buffer };
    expect(parse(bytes, [], [])).toBeUndefined();
  });

  // Where the grammar is wrong, and says nothing about it.
  test.each([
    ["return a, *b(c)", "call b(c)"],
    ["type(self).a = 1", "call type(self)"],
    ["x = {*a.b}", "attribute a.b"],
    ["x = r'\\\\'", "string r'\\\\'"],
    ["f'{x:=10}'", "name x"],
    ["(a := b if c else d)", "conditional b if c else d"],
    ["with lambda: 1 as a: pass", "other lambda: 1"],
  ])("knows better about %j", (source, expected) => {
    const bytes = Buffer.from(source);
    const tree = parse(bytes, [], []);
    const program = tree && readProgram(tree, bytes, []);
    expect(program?.expressions.map((each) => `${each.kind} ${source.slice(each.start, each.end)}`)).toContain(expected);
  });

  test("no grammar is needed for what it understands", () => {
    const facts = readFacts(Buffer.from("import a\ndef f():\n  return a.b('c')\n"), scannerOnly());
    expect(facts.kind === "facts" && facts.facts.program().expressions.map(({ kind }) => kind)).toEqual(["other", "call", "attribute", "name", "string"]);
  });

  const directory = process.env["ENISLE_PYTHON_FILES"];
  test.skipIf(directory === undefined)("real files", { timeout: 3_600_000 }, () => {
    const every = Number(process.env["ENISLE_PYTHON_FILES_EVERY"] ?? 1);
    const files = fastGlob.sync(`${directory}/**/*.{py,pyi}`).sort().filter((_, index) => index % every === 0);
    const counts = { compared: 0, "not understood": 0, "only understood by us": 0, different: 0 };
    for (const file of files) {
      const told = both(readFileSync(file), (bodies) => (file.length % 2 ? undefined : bodies.filter((_, index) => index % 5 === 0)));
      if (!told || (!told.ours && !told.theirs)) continue;
      counts.compared++;
      if (!told.ours) counts["not understood"]++;
      else if (!told.theirs) counts["only understood by us"]++;
      else if (told.ours.join("\n") !== told.theirs.join("\n")) {
        counts.different++;
        const line = told.ours.findIndex((each, index) => each !== told.theirs?.[index]);
        console.log(`${file}\n  ${told.ours[line]}\n  ${told.theirs[line]}`);
      }
    }
    console.log(counts);
    expect(counts["not understood"]).toBeLessThanOrEqual(counts.compared * 0.005);
    // See above: where the grammar is wrong.
    expect(counts.different).toBeLessThanOrEqual(counts.compared * 0.005);
  });
});
