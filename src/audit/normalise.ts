/**
 * The text of a module without what relocation changes: import statements are cut out, the namespace's prefix is taken off elsewhere, CRLF becomes LF.
 * What relocation does not change stays byte for byte, comments too; so two texts are the same exactly when one may be a relocation of the other.
 */
import type { AnyImport } from "../model/facts.ts";

export interface NormalisedModule {
  /** One UTF-16 unit a byte. */
  readonly text: string;
  /** What the import statements load, each by its last component: no namespace shows in it. Sorted. */
  readonly imports: readonly string[];
}

/** Stands where an import statement stood; no Python file contains it. */
const CUT = "\0";
/** What relocators leave between the statements that one import became: `import N.a.b; from N import a; del nova`. */
const remains = /\0(?:[ \t]*;[ \t]*(?:\0|del [\w]+))*/g;
/** Imports written as calls, as `import a.b.c` may become one. */
const call = /(?:^|(?<=[ \t;\n]))(?:\w+[ \t]*=[ \t]*)?__import__\(\s*["']([\w.]+)["']\s*(?:,\s*fromlist=\["_"\]\s*)?\)(?=[ \t]*(?:;|\n|$))/g;

/** `namespaces` are the dotted prefixes below which the file may have been relocated, such as `pip._vendor`. */
export function normalise(source: Buffer, imports: readonly AnyImport[], namespaces: readonly string[]): NormalisedModule {
  const whole = source.toString("latin1");
  const start = whole.startsWith("\u00ef\u00bb\u00bf") ? 3 : 0;
  const prefixes = [...new Set([...namespaces, ...aliasesBelow(imports, namespaces)].map((name) => `${name}.`))].filter((prefix) => whole.includes(prefix) || whole.includes(`from ${prefix.slice(0, -1)} import `)).sort((a, b) => b.length - a.length);
  const bare = (name: string): string => withoutPrefix(name, prefixes);
  const loaded = new Set<string>();
  const parts: string[] = [];
  let at = start;
  for (const statement of imports) {
    if (statement.start < at) continue;
    parts.push(whole.slice(at, statement.start));
    at = statement.end;
    noteImport(statement, bare, loaded);
  }
  parts.push(whole.slice(at));
  let text = parts.join(CUT);
  if (text.includes("__import__")) {
    text = text.replace(call, (_, name: string) => {
      noteDotted(bare(name), loaded);
      return CUT;
    });
  }
  if (text.includes(CUT)) text = text.replace(remains, "");
  if (text.includes("\r")) text = text.replaceAll("\r\n", "\n");
  // Tools that rewrite line by line do so in docstrings too.
  for (const prefix of prefixes) text = text.replace(new RegExp(`^([ \\t]*(?:>>> )?)from ${prefix.slice(0, -1).replaceAll(".", "\\.")} import (\\w+(?: as \\w+)?)(?=[ \\t]*$)`, "gm"), "$1import $2");
  for (const prefix of prefixes) text = text.replace(new RegExp(`(?<![\\w.])${prefix.replaceAll(".", "\\.")}`, "g"), "");
  return { text, imports: [...loaded].sort() };
}

function withoutPrefix(name: string, prefixes: readonly string[]): string {
  return prefixes.reduce((short, prefix) => (short.startsWith(prefix) ? short.slice(prefix.length) : short), name);
}

/** What some of a file's import statements load, each by its last component, with the namespaces taken off. Sorted. */
export function loadedNames(imports: readonly AnyImport[], namespaces: readonly string[]): string[] {
  const prefixes = [...new Set([...namespaces, ...aliasesIn(imports)])].map((name) => `${name}.`).sort((a, b) => b.length - a.length);
  const loaded = new Set<string>();
  for (const statement of imports) noteImport(statement, (name) => withoutPrefix(name, prefixes), loaded);
  return [...loaded].sort();
}

/** What `normalise` gives as `imports` where no namespace is to be taken off. */
export function importedNames(imports: readonly AnyImport[]): string[] {
  const loaded = new Set<string>();
  for (const statement of imports) noteImport(statement, (name) => name, loaded);
  return [...loaded].sort();
}

/** Whether a namespace shows in the imports themselves. */
export function showsNamespace(imports: readonly AnyImport[]): boolean {
  return imports.some((statement) => (statement.kind === "from" ? alias.test(`${statement.module.name}.`) : statement.names.some(({ written }) => alias.test(written.name))));
}

/** A library that holds copies itself names them by its own name, which a namespace may stand before: `bleach._vendor` in `tensorboard._vendor.bleach._vendor`. */
function aliasesBelow(imports: readonly AnyImport[], namespaces: readonly string[]): string[] {
  return [...aliasesIn(imports)].flatMap((alias) => [alias, ...namespaces.filter((namespace) => alias.startsWith(`${namespace}.`)).map((namespace) => alias.slice(namespace.length + 1))]);
}

/** Namespaces that show in the imports themselves: `setuptools.extern` stands for `setuptools._vendor`. */
function aliasesIn(imports: readonly AnyImport[]): Set<string> {
  const found = new Set<string>();
  const note = (name: string): void => {
    const prefix = alias.exec(name)?.[1];
    if (prefix !== undefined) found.add(prefix);
  };
  for (const statement of imports) {
    if (statement.kind === "from") note(`${statement.module.name}.`);
    else for (const { written } of statement.names) note(written.name);
  }
  return found;
}

const alias = /^([A-Za-z_][\w.]*\.(?:externs?|externals?|_?vendor(?:ed|s)?|_vendoring|third_party|packages))\./;

/** `import a.b.c` binds `a` and loads `c`; after relocation it may be written as two statements that say the same. */
function noteDotted(name: string, loaded: Set<string>): void {
  loaded.add(name.slice(name.lastIndexOf(".") + 1));
  loaded.add(name.split(".", 1)[0] ?? name);
}

function noteImport(statement: AnyImport, bare: (name: string) => string, loaded: Set<string>): void {
  if (statement.kind === "import") {
    for (const { written, alias } of statement.names) {
      const name = bare(written.name);
      if (alias) loaded.add(name.slice(name.lastIndexOf(".") + 1));
      else noteDotted(name, loaded);
    }
  } else if (statement.star) loaded.add(statement.module.name.slice(statement.module.name.lastIndexOf(".") + 1));
  else for (const { written } of statement.names) loaded.add(written.name);
}
