// Writes the catalogue's documentation from its rows: src/catalogue/README.md. A test holds the two together.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const at = (path) => fileURLToPath(new URL(`../src/catalogue/${path}`, import.meta.url));

const meanings = {
  module: "names of modules, rewritten to the relocated name",
  "top-module": "names of modules; the value of the call is the top module unless `fromlist` is given, and stays that",
  object: "dotted names of objects, `a.b.C` or `a.b:C`",
  anchor: "modules whose package's files are meant",
  "module-prefix": "what names of modules begin with, up to a dot",
  "module-regex": "regular expressions that are matched from the beginning of a module's name",
  "namespace-package": "namespace packages to declare",
  version: "names of distributions; the call becomes the literal version of a relocated one",
  metadata: "names of distributions; asked of the generated helper, which knows the kept `.dist-info`",
  requirement: "requirements; for relocated distributions asked of the generated helper, where it has such a function",
  "entry-point-group": "names of groups of entry points: left as they are, however much they look like modules",
  label: "names of something else (a URL, an import that is written into other people's code): left as they are, however much they look like modules",
  logger: "names of loggers, at or below a relocated module",
  "logging-configuration": "dictionaries as `dictConfig` takes them: the keys of `loggers` follow",
  code: "source code, relocated by the rules for statements",
};

/** The document, for rows as python.json has them. */
export function document(rows) {
  const sections = Object.entries(meanings).map(([meaning, text]) => {
    const lines = rows.filter((row) => row.meaning === meaning).map(({ callable, argument, keyword, every }) => {
      const which = every ? "every argument" : argument === 99 ? `\`${keyword}=\`` : `argument ${argument + 1}${keyword ? `, \`${keyword}=\`` : ""}`;
      return `- \`${callable}\`: ${which}`;
    });
    return `## ${meaning}\n\n${text[0].toUpperCase()}${text.slice(1)}.\n\n${lines.join("\n")}\n`;
  });
  return `# The catalogue\n\nCalls that take the name of a module, of an object or of a distribution. Made from [python.json](python.json) by \`npm run catalogue\`; do not edit.\nCallables are resolved through a file's imports and aliases. \`@x.y\` is the method \`y\` of a parameter called \`x\`, as test fixtures are.\n\nA project adds rows in its configuration (the keys are those of [schema.json](schema.json)):\n\n\`\`\`toml\n[[tool.enisle.catalogue]]\ncallable = "acme.loading.load"\nargument = 0\nkeyword = "name"\nmeaning = "module"\n\`\`\`\n\n${sections.join("\n")}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(at("README.md"), document(JSON.parse(readFileSync(at("python.json"), "utf8"))));
