/**
 * Whether a module shows types of another library to those who use it. A look at lines, not at scopes: it is asked which libraries belong together,
 * and a line too many costs one relocation more, with its reason printed.
 */
import type { AnyImport } from "../model/facts.ts";
import { type DottedName, join } from "../model/name.ts";

export interface ImportedName {
  readonly module: DottedName;
  /** What the module's own code calls it: `a` of `import a.b`, `c` of `from a.b import d as c`. */
  readonly local: string;
  readonly start: number;
  /** At the margin: not inside a function. */
  readonly outer: boolean;
  readonly from: boolean;
}

export interface PublicUse {
  /** 1-based. */
  readonly line: number;
  /** `subclasses alib.Session`. */
  readonly what: string;
}

/** `module` is the importing module's name, "" outside packages; relative imports are made absolute. */
export function importedModules(imports: readonly AnyImport[], module: DottedName, isPackage: boolean): ImportedName[] {
  return imports.flatMap((statement): ImportedName[] => {
    const outer = statement.scope === "module";
    if (statement.kind === "import") return statement.names.map(({ written, alias, start }) => ({ module: written.name, local: alias?.name ?? written.name.split(".")[0] ?? "", start, outer, from: false }));
    const base = statement.level === 0 ? "" : module.split(".").slice(0, (isPackage ? 1 : 0) - statement.level || undefined).join(".");
    const name = join(base, statement.module.name.replace(/^[.\s]+/, ""));
    if (statement.star) return [{ module: name, local: "*", start: statement.start, outer, from: true }];
    return statement.names.map(({ written, alias, start }) => ({ module: join(name, written.name), local: alias?.name ?? written.name, start, outer, from: true }));
  });
}

const identifier = /^[^\W\d]\w*$/;

/** The first public use of what `bound` names. `isInit`: names that an `__init__.py` imports are its public names. */
export function publicUse(text: string, bound: readonly ImportedName[], isInit: boolean): PublicUse | undefined {
  const lineAt = (offset: number): number => text.slice(0, offset).split("\n").length;
  const all = bound.filter(({ outer }) => outer);
  // Functions and submodules are mostly for the module's own use; what begins with a capital is a class, by PEP 8.
  const listed = /^__all__\s*=\s*[[(]([^\])]*)/m.exec(text)?.[1] ?? "";
  const handed = all.find(({ from, local }) => from && isInit && (/^[A-Z]\w*[a-z]|^\*$/.test(local) || listed.includes(`"${local}"`) || listed.includes(`'${local}'`)));
  if (handed) return { line: lineAt(handed.start), what: `hands ${handed.module} on` };
  const names = all.filter(({ local }) => identifier.test(local));
  if (names.length === 0) return undefined;
  const any = `(?:${[...new Set(names.map(({ local }) => local))].join("|")})`;
  const use = `\\b(${any}(?:\\.\\w+)*)`;
  // An object of a class; what functions give may be anything, most of it harmless.
  const made = `\\b((?:${any}\\.)(?:\\w+\\.)*[A-Z]\\w*|(?=[A-Z])${any})\\(`;
  const forms: readonly (readonly [string, RegExp])[] = [
    ["subclasses", new RegExp(`^class [^_\\W]\\w*\\([^)]*?${use}`, "m")],
    ["raises", new RegExp(`^[ \\t]+raise ${use}`, "m")],
    ["tests for", new RegExp(`\\bis(?:instance|subclass)\\([^()\\n]*(?:\\([^()\\n]*\\)[^()\\n]*)?,[^\\n]*?${use}`, "m")],
    ["has in a signature", new RegExp(`^[ \\t]*(?:async )?def [^_\\W]\\w*\\((?:[^()]|\\([^()]*\\))*?(?:->|:)[^,()\\n=]*?${use}`, "m")],
    ["returns", new RegExp(`^[ \\t]+(?:return|yield) ${made}`, "m")],
    ["makes", new RegExp(`^[^_\\W]\\w*[ \\t]*=[ \\t]*${made}`, "m")],
  ];
  for (const [verb, form] of forms) {
    const match = form.exec(text);
    if (!match?.[1]) continue;
    const [local = "", ...rest] = match[1].split(".");
    const named = names.find((each) => each.local === local);
    return { line: lineAt(match.index + match[0].lastIndexOf(match[1])), what: `${verb} ${named?.from ? join(named.module, ...rest) : match[1]}` };
  }
  return undefined;
}
