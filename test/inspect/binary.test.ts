/** Which names in an extension module break after relocation, which are only shown, and which are none of ours. */
import { describe, expect, test } from "vitest";
import { inspectBinary } from "../../src/inspect/binary.ts";
import { relocationMap } from "../../src/model/relocation.ts";

const modules = new Set(["alib", "alib._fast", "alib.errors", "_alib_backend", "space.one", "space.one.deep"]);
const relocations = relocationMap([{ from: "alib", to: "acme._vendor.alib" }, { from: "_alib_backend", to: "acme._vendor._alib_backend" }, { from: "space.one", to: "acme._vendor.space.one" }, { from: "absent", to: "acme._vendor.absent", absent: true }]);

function told(own: string, ...texts: readonly string[]): { readonly error: string | undefined; readonly shown: readonly string[] } {
  const content = Buffer.from(`\x7fELF\0\x01${texts.map((text) => `\0${text}\0`).join("\x02\x03")}\0`, "latin1");
  const { findings, observations } = inspectBinary(content, own, relocations, (name) => modules.has(name));
  const [shown] = observations;
  return { error: findings[0]?.message, shown: shown?.kind === "shown-names" ? shown.names : [] };
}

describe("extension modules", () => {
  test("nothing that names the library", () => {
    expect(told("alib._fast", "PyInit__fast", "_fast", "alib2.errors", "xalib.errors", "src/alib", "calib")).toEqual({ error: undefined, shown: [] });
  });

  test("its own name and what lies below it is only shown", () => {
    expect(told("alib._fast", "alib._fast", "alib._fast.Scanner", "alib._fast.c")).toEqual({ error: undefined, shown: ["alib._fast", "alib._fast.Scanner"] });
    expect(told("_alib_backend", "_alib_backend", "_alib_backend.CData")).toEqual({ error: undefined, shown: ["_alib_backend.CData"] });
  });

  test("another module's name is there to be imported", () => {
    expect(told("alib._fast", "alib.errors", "alib.errors.Wrong is no name", "_alib_backend.x").error).toBe("the extension module _fast names 'alib.errors', which it would import by that name");
    expect(told("space.one.deep", "space.one", "space.two").error).toMatch(/names 'space\.one', which/);
  });

  test("a sentence, a path and an attribute of another module are not", () => {
    expect(told("alib._fast", "use alib.errors", "alib.errors failed", "/src/alib.errors", "alib.errors.Wrong", "absent.x").error).toBeUndefined();
  });

  test("a single word is a name only in what Cython makes", () => {
    expect(told("alib._fast", "alib").error).toBeUndefined();
    expect(told("alib._fast", "alib", "__pyx_capi__").error).toMatch(/names 'alib', which it would import/);
  });

  test("Cython enters its modules into sys.modules, also where the linker merged the name into another text", () => {
    const message = /enters itself into sys\.modules as 'alib\._fast'/;
    expect(told("alib._fast", "__pyx_capi__", "alib._fast").error).toMatch(message);
    expect(told("alib._fast", "__pyx_capi__", "init alib._fast", "alib._fast.Scanner.__reduce_cython__").error).toMatch(message);
    expect(told("alib._fast", "__pyx_capi__", "init alib._fast").shown).toEqual([]);
  });
});
