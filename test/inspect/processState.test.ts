/** Which statements change state that the whole process shares, and which only look like it. */
import { beforeAll, describe, expect, test } from "vitest";
import { scannerOnly, withGrammar } from "../../src/commands/readers.ts";
import { processState } from "../../src/inspect/processState.ts";
import { positionAt } from "../../src/model/span.ts";
import { type Readers, readFacts } from "../../src/syntax/readFacts.ts";

let readers: Readers;

beforeAll(async () => {
  readers = await withGrammar(scannerOnly());
});

/** `line: what`. */
function one(source: string): string[] {
  const bytes = Buffer.from(source);
  const result = readFacts(bytes, readers);
  if (result.kind !== "facts") throw new Error("the case does not parse");
  return processState(result.facts, true, bytes).map((each) => {
    if (each.kind !== "process-state") throw new Error(each.kind);
    return `${positionAt(source, each.offset).line}: ${each.what}${each.conflicts ? " (conflicts)" : ""}`;
  });
}

describe("process-wide state", () => {
  test.each([
    ["import atexit\natexit.register(print)\n", "2: registers functions to run at exit"],
    ["import codecs\ncodecs.register(len)\n", "2: registers codecs"],
    ["import signal\ndef f():\n    signal.signal(1, f)\n", "3: handles signals"],
    ["import copyreg\ncopyreg.pickle(int, f)\n", "2: registers how objects are pickled"],
    ["import sys\nsys.meta_path.insert(0, x)\n", "2: hooks into imports"],
    ["import warnings\nif x:\n    warnings.simplefilter('ignore')\n", "3: changes the filters of warnings"],
    ["import logging\nlogging.setLoggerClass(X)\n", "2: changes how logging works"],
    ["import multiprocessing as m\nm.set_start_method('spawn')\n", "2: chooses how multiprocessing starts processes (conflicts)"],
    ["import gettext\ngettext.textdomain('a')\n", "2: sets the domain of translations or the locale"],
    ["p = _descriptor_pool.Default().AddSerializedFile(b'')\n", "1: adds to protobuf's pool of descriptors (conflicts)"],
    ["import socket as s\ns.socket = object\n", "2: replaces socket.socket of the standard library (conflicts)"],
    ["import ssl\ndef f(): pass\nsetattr(ssl, 'wrap_socket', f)\n", "3: replaces ssl of the standard library (conflicts)"],
  ])("%j", (source, expected) => {
    expect(one(source)).toEqual([expected]);
  });

  test.each([
    ["import warnings\ndef f():\n    warnings.simplefilter('ignore')\n"],
    ["import warnings\nwith warnings.catch_warnings():\n    warnings.simplefilter('ignore')\n"],
    ['"""Use it so::\n\n    atexit.register(f)\n"""\n# signal.signal(1, 2)\n'],
    ["import socket\ndef f(socket):\n    socket.timeout = 1\n"],
    ["class socket:\n    pass\nsocket.x = 1\n"],
    ["import socket\nsocket.x == 1\ny = dict(socket=1)\n"],
    ["import sys\nif __name__ == '__main__':\n    import atexit\n    atexit.register(f)\n"],
  ])("not: %j", (source) => {
    expect(one(source)).toEqual([]);
  });
});
