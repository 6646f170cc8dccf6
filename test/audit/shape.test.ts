/** The first look: the same number before and after relocation, by an independent count; names at every place of a step. */
import { expect, test } from "vitest";
import { mayBeIndexed } from "../../src/audit/indexFile.ts";
import { shapeReader } from "../../src/commands/fingerprints.ts";

const shapeOf = shapeReader();
const shape = (text: string): number => shapeOf(Buffer.from(text, "latin1"));

/** As syntax/shape.ts says it, line by line. */
function expected(text: string): number {
  const names = text.replace(/^\u00ef\u00bb\u00bf/, "").split("\n").flatMap((line) => {
    const name = /^(?:def |class |async def )([A-Za-z0-9_\u0080-\u00ff]+)(?!\.)(?![A-Za-z0-9_\u0080-\u00ff])/.exec(line)?.[1];
    return name === undefined ? [] : [name];
  }).slice(0, 8);
  let hash = 0x811c9dc5;
  for (const name of names) for (const character of `${name}\0`) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  return names.length === 0 ? 0 : hash >>> 0 || 1;
}

test("names are found at every offset, and nothing else is", () => {
  for (let offset = 0; offset < 40; offset++) {
    const text = `${"#".repeat(offset)}\ndef one(a):\n    def inner(): pass\nclass Two:\n    x = 1\nasync def three(): pass\ndefine = 1\nclassy = 2\nclass a.B\n def four(): pass\ndef\tfive(): pass`;
    expect(shape(text), text).toBe(expected(text));
    expect(shape(text)).not.toBe(shape(text.replace("Two", "Too")));
  }
  for (const text of ["", "def", "def ", "\n", "class X", "\u00ef\u00bb\u00bfdef a(): pass\n", "def a(): pass\r\ndef b(): pass\r\n", "x = '''\ndef in_text\n'''\n", `${Array.from({ length: 20 }, (_, n) => `def f${n}(): pass`).join("\n")}\n`]) expect(shape(text), JSON.stringify(text)).toBe(expected(text));
});

test("relocation, in every form that tools write, leaves it", () => {
  const upstream = "import os, herb.leaf\nfrom herb import (\n    a,\n    b,\n)\n\nclass One(herb.leaf.Base): pass\ndef two(): import herb\n";
  const relocated = ["import os; import acme._vendor.herb.leaf; from acme._vendor import herb; del acme\nfrom acme._vendor.herb import (a, b)\n\nclass One(herb.leaf.Base): pass\ndef two(): from acme._vendor import herb\n", upstream.replaceAll("herb", "acme._vendor.herb").replaceAll("\n", "\r\n")];
  for (const text of relocated) expect(shape(text)).toBe(shape(upstream));
});

test("the filter lets through what it knows, and what has no shape", () => {
  const known = Uint32Array.of(3, 9, 4_000_000_000);
  expect([0, 3, 9, 4_000_000_000].map((each) => mayBeIndexed(known, each))).toEqual([true, true, true, true]);
  expect([1, 4, 10, 4_294_967_295].map((each) => mayBeIndexed(known, each))).toEqual([false, false, false, false]);
  expect(mayBeIndexed(new Uint32Array(0), 5)).toBe(false);
});
