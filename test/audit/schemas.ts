/** The published schemas of the formats, as checks that name what is wrong. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import Ajv2019 from "ajv/dist/2019.js";
import Ajv from "ajv";
import Draft4 from "ajv-draft-04";
import { expect } from "vitest";

const require = createRequire(import.meta.url);
const read = (path: string): object => JSON.parse(readFileSync(path, "utf8"));
// `format` is checked where a document has such values, by expressions of their RFCs.
const formats = {
  "date-time": /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/, uri: /^[A-Za-z][A-Za-z\d+.-]*:[^\s<>"{}|\\^`]*$/, "uri-reference": /^[^\s<>"{}|\\^`]*$/, "iri-reference": /^[^\s<>"{}|\\^`]*$/, email: /^\S+@\S+$/, "idn-email": /^\S+@\S+$/, string: /^/, regex: /^/,
};
const options = { strict: false, formats };

interface Validate {
  (value: unknown): boolean | Promise<unknown>;
  errors?: readonly unknown[] | null;
}

const made = new Map<string, Validate>();

const makers: Readonly<Record<"cyclonedx" | "spdx" | "sarif", () => Validate>> = {
  cyclonedx() {
    const directory = join(dirname(require.resolve("@cyclonedx/cyclonedx-library/package.json")), "res/schema");
    const ajv = new Ajv.default(options);
    for (const name of ["spdx.SNAPSHOT.schema.json", "jsf-0.82.SNAPSHOT.schema.json"]) ajv.addSchema(read(join(directory, name)), `http://cyclonedx.org/schema/${name}`);
    return ajv.compile(read(join(directory, "bom-1.6.SNAPSHOT.schema.json")));
  },
  // Its meta-schema is given with a `#`, which ajv does not know it by.
  spdx: () => new Ajv2019.default(options).compile({ ...read(join(import.meta.dirname, "../../fixtures/audit/schemas/spdx-2.3.schema.json")), $schema: "https://json-schema.org/draft/2019-09/schema" }),
  sarif: () => new Draft4.default({ ...options, unicodeRegExp: false }).compile(read(require.resolve("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"))),
};

export function isValid(format: keyof typeof makers, document: unknown): boolean {
  return validator(format)(document) === true;
}

export function expectValid(format: keyof typeof makers, document: unknown): void {
  const validate = validator(format);
  expect(validate(document), JSON.stringify(validate.errors?.slice(0, 3))).toBe(true);
}

function validator(format: keyof typeof makers): Validate {
  const known = made.get(format) ?? makers[format]();
  made.set(format, known);
  return known;
}
