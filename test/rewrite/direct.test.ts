/** `logging.getLogger("a")` is decided without a parse only where `logging` can be nothing but the module. */
import { expect, test } from "vitest";
import { type Case, run } from "../case.ts";

const given: Omit<Case, "before" | "after"> = { name: "", relocations: [{ from: "alib", to: "acme._vendor.alib" }], path: undefined, siblings: [], target: [3, 9], holds: [], attributes: [], beside: new Map(), versions: new Map(), findings: [] };

function relocated(source: string): string {
  const before = Buffer.from(source);
  return run({ ...given, before, after: before }).content.toString();
}

test.each([
  "import logging\n", "import os, logging\n", "import logging.config\n", "import logging\n'''logging of alib'''\n", "import logging\n# logging = x\n", "import logging\nif logging:\n    pass\n",
])("the module: %j", (head) => {
  expect(relocated(`${head}log = logging.getLogger("alib")\n`)).toBe(`${head}log = logging.getLogger("acme._vendor.alib")\n`);
});

test.each([
  "from ours import logging\n", "import ours as logging\n", "from . import logging\n", "logging = ours\n", "import ours.logging\n", "class logging:\n    pass\n", "for logging in ours:\n    pass\n",
])("something else: %j", (head) => {
  expect(relocated(`${head}log = logging.getLogger("alib")\n`)).toBe(`${head}log = logging.getLogger("alib")\n`);
});

test("what is made of the literal, or put beside it", () => {
  expect(relocated('import logging\nlog = logging.getLogger("alib" + x)\n')).toBe('import logging\nlog = logging.getLogger("alib" + x)\n');
  expect(relocated('import logging\nlog = logging.getLogger("alib." "io")\n')).toBe('import logging\nlog = logging.getLogger("acme._vendor.alib." "io")\n');
});
