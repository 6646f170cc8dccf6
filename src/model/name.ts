/** Dotted module names. Comparison is always by whole components: `testtools` never matches `testtools2`. */

/** `a.b.c`; components are Python identifiers. */
export type DottedName = string;

/** True when `name` is `prefix` or lies below it. */
export function isAtOrBelow(name: DottedName, prefix: DottedName): boolean {
  return name === prefix || (name.length > prefix.length && name.startsWith(prefix) && name[prefix.length] === ".");
}

/** First component: the name that `import a.b.c` binds. */
export function topLevel(name: DottedName): string {
  const dot = name.indexOf(".");
  return dot < 0 ? name : name.slice(0, dot);
}

/** Last component. */
export function leaf(name: DottedName): string {
  return name.slice(name.lastIndexOf(".") + 1);
}

/** All but the last component; "" for a top-level name. */
export function parent(name: DottedName): DottedName {
  const dot = name.lastIndexOf(".");
  return dot < 0 ? "" : name.slice(0, dot);
}

/** Joins the parts that are not empty. */
export function join(...parts: readonly string[]): DottedName {
  return parts.filter((part) => part !== "").join(".");
}

/** The module that the file `fileName` of the package `within` is; undefined where the package is not known. */
export function moduleOfFile(within: DottedName | undefined, fileName: string): DottedName | undefined {
  if (within === undefined) return undefined;
  const stem = fileName.slice(0, fileName.indexOf("."));
  return stem === "__init__" ? within : join(within, stem);
}

// The lexical grammar of identifiers is PEP 3131's; `\p{XID_*}` is the Unicode property that it names.
const identifier = /^[\p{XID_Start}_]\p{XID_Continue}*$/u;

export function isIdentifier(text: string): boolean {
  return identifier.test(text.normalize("NFKC"));
}

/** Reserved words of Python 2.7 to 3.15; none can be a component of a name that an import statement spells. */
export const keywords: ReadonlySet<string> = new Set(
  ("False None True and as assert async await break class continue def del elif else except finally for from global if import in " +
    "is lambda nonlocal not or pass raise return try while with yield").split(" "),
);
