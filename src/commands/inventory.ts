/** What the relocated distributions hold, for the rules that ask whether a name exists: modules by their files, attributes by the modules' sources. */
import { type Locator, normalisedName } from "../model/distribution.ts";
import type { FileFacts } from "../model/facts.ts";
import { type DottedName, join, parent } from "../model/name.ts";
import type { Inventory } from "../rewrite/context.ts";
import { absolute } from "../rewrite/references/names.ts";
import type { Program } from "../model/program.ts";
import { type Readers, needsGrammar, readFacts } from "../syntax/readFacts.ts";
import { boundNames } from "../syntax/boundNames.ts";

/** Plain data, so that it can be sent to a worker. */
export interface InventoryData {
  /** Names are those of before relocation. `locator` is undefined for modules without Python source. */
  readonly modules: readonly { readonly name: DottedName; readonly package: DottedName; readonly locator: Locator | undefined; readonly size: number }[];
  readonly distributions: readonly { readonly name: string; readonly version: string | null; readonly directory: string | undefined; /** Normalised names of its requirements, extras aside. */ readonly requires: readonly string[]; /** It stays installed, under this name. */ readonly renamed?: string }[];
  /** Groups of entry points that move along. */
  readonly groups?: readonly string[];
}

/** What brings names and modules into a package that are not written in it. */
const madeAtRunTime = /\b(?:__getattr__|globals|setattr|vars|exec|eval|attach|modules|__path__|meta_path|path_hooks)\b|^[ \t]*from\b.*\bimport[ \t]*\(?[ \t]*\*/m;
/** A namespace package's `__path__` leads to parts that lie elsewhere, and from a copy to none. */
const declaration = /^.*\b(?:extend_path|declare_namespace)\b.*$/gm;

export const noInventory: InventoryData = { modules: [], distributions: [] };

interface Contents {
  readonly package: DottedName;
  readonly source: Buffer;
  readonly text: string;
  readonly names: ReadonlySet<string>;
  readonly facts: FileFacts | undefined;
  /** Names may come into being without being written as such. */
  readonly dynamic: boolean;
}

export function inventoryOf(data: InventoryData, read: (locator: Locator, size: number) => Buffer, readers: () => Readers): Inventory {
  // Stubs may stand beside a module of the same name: the source decides.
  const modules = new Map<DottedName, InventoryData["modules"][number]>();
  for (const module of data.modules) if (module.locator || !modules.has(module.name)) modules.set(module.name, module);
  const packages = new Set<DottedName>();
  for (const name of modules.keys()) for (let above = parent(name); above !== ""; above = parent(above)) packages.add(above);
  const distributions = new Map(data.distributions.map((each) => [normalisedName(each.name), each]));
  const known = new Map<DottedName, Contents | undefined>();
  const existing = new Map<DottedName, boolean>();
  const traced = new Map<DottedName, readonly DottedName[]>();

  const isModule = (name: DottedName): boolean => modules.has(name) || packages.has(name);

  function contentsOf(name: DottedName): Contents | undefined {
    if (known.has(name)) return known.get(name);
    const module = modules.get(name);
    let contents: Contents | undefined;
    if (module?.locator) {
      const source = read(module.locator, module.size);
      const result = readFacts(source, { ...readers(), grammar: undefined }, undefined, true);
      const text = source.toString("latin1");
      let names: ReadonlySet<string> | undefined;
      let dynamic: boolean | undefined;
      contents = {
        package: module.package,
        source,
        text,

        facts: result.kind === "facts" ? result.facts : undefined,
        get names() {
          return (names ??= boundNames(text));
        },
        get dynamic() {
          return (dynamic ??= /\b(?:__getattr__|globals|setattr|__all__|vars|attach)\b/.test(text));
        },
      };
    }
    known.set(name, contents);
    return contents;
  }

  /** Not kept: a program is large, and what is learned of it is kept by those who ask. The grammar is not asked, so that it does not matter who has it. */
  function parsed(source: Buffer): Program | undefined {
    const result = readFacts(source, { ...readers(), grammar: undefined }, undefined, true);
    try {
      return result.kind === "facts" ? result.facts.program() : undefined;
    } catch (error) {
      if (error !== needsGrammar) throw error;
      return undefined;
    }
  }

  function binds(module: DottedName, name: string, depth: number): boolean {
    const contents = contentsOf(module);
    if (!contents) return false;
    if (contents.names.has(name)) return true;
    for (const statement of contents.facts?.imports ?? []) {
      if (statement.scope !== "module") continue;
      if (statement.kind === "from" && statement.star) {
        const from = absolute(contents.package, statement.level, statement.module.name);
        if (depth > 0 && from !== undefined && isModule(from) && exportsByStar(contentsOf(from), name) && binds(from, name, depth - 1)) return true;
      } else if (statement.names.some(({ alias, written }) => (alias?.name ?? (statement.kind === "import" ? written.name.split(".")[0] : written.name)) === name)) return true;
    }
    return contents.dynamic && new RegExp(`["']${name}["']`).test(contents.text);
  }

  /** Whether `from x import *` may bring a name: those of `__all__` where it is one list of literals, else all that do not begin with an underscore. */
  function exportsByStar(contents: Contents | undefined, name: string): boolean {
    const mentions = contents?.text.match(/\b__all__\b/g)?.length ?? 0;
    if (mentions === 0) return !name.startsWith("_");
    const listed = mentions === 1 ? /^__all__[ \t]*(?::[^=\n]*)?=[ \t]*(?:\[([^\]]*)\]|\(([^)]*)\))[ \t]*(?:#[^\n]*)?$/m.exec(contents?.text ?? "") : undefined;
    return !listed || new RegExp(`["']${name}["']`).test(listed[1] ?? listed[2] ?? "");
  }

  function split(name: DottedName): { readonly module: DottedName; readonly rest: readonly string[] } | undefined {
    for (let module = name; module !== ""; module = parent(module)) {
      if (isModule(module)) return { module, rest: name.slice(module.length + 1).split(".").filter(Boolean) };
    }
    return undefined;
  }

  function origins(name: DottedName, depth: number): readonly DottedName[] {
    const found = split(name);
    const [attribute, ...deeper] = found?.rest ?? [];
    if (!found || attribute === undefined || depth === 0) return [name];
    const contents = contentsOf(found.module);
    const sources = (contents?.facts?.imports ?? []).flatMap((statement): DottedName[] => {
      const each = statement.names.find(({ alias, written }) => (alias?.name ?? written.name) === attribute);
      if (!each || !contents) return [];
      if (statement.kind === "import") return [each.written.name];
      const from = absolute(contents.package, statement.level, statement.module.name);
      return from === undefined ? [] : [join(from, each.written.name)];
    });
    return sources.length === 0 ? [name] : [...new Set(sources.flatMap((source) => origins(join(source, ...deeper), depth - 1)))];
  }

  function isFunction(name: DottedName): boolean {
    const found = split(name);
    const [attribute, ...deeper] = found?.rest ?? [];
    const text = found && contentsOf(found.module)?.text;
    return attribute !== undefined && deeper.length === 0 && text !== undefined && new RegExp(`^(?:async )?def ${attribute}\\b`, "m").test(text) && !new RegExp(`^(?:class ${attribute}\\b|${attribute}[.\\s=])`, "m").test(text);
  }

  function has(name: DottedName): boolean {
    const found = split(name);
    if (!found) return false;
    const [first, ...deeper] = found.rest;
    if (first === undefined) return true;
    if (!binds(found.module, first, 4)) return false;
    // A function has none that anybody names.
    if (deeper.length > 0 && origins(join(found.module, first), 5).some(isFunction)) return false;
    // Members of a class, or of what is imported: the name must at least be written somewhere in the module.
    return deeper.every((each) => new RegExp(`\\b${each}\\b`).test(contentsOf(found.module)?.text ?? "") || !contentsOf(found.module)?.names.has(first));
  }

  return {
    isModule,
    split(name) {
      const found = split(name);
      return found && [found.module, ...found.rest];
    },
    source(name) {
      const contents = contentsOf(name);
      const { facts, source } = contents ?? {};
      if (!contents || !facts || !source) return undefined;
      return { place: { module: name, package: contents.package, stub: false, siblings: new Set() }, facts, source, program: () => parsed(source) };
    },
    isPackage: (name) => packages.has(name),
    has(name) {
      let exists = existing.get(name);
      if (exists === undefined) existing.set(name, (exists = has(name)));
      return exists;
    },
    lacks(name) {
      const found = split(name);
      const first = found?.rest[0];
      if (!found || first === undefined) return false;
      if (!modules.has(found.module)) return true; // a directory without a file that could make something of it
      const text = contentsOf(found.module)?.text;
      if (text === undefined || madeAtRunTime.test(text.replace(declaration, ""))) return false;
      return !new RegExp(`\\b${first}\\b`).test(text);
    },
    origins(name) {
      let found = traced.get(name);
      if (!found) traced.set(name, (found = origins(name, 5)));
      return found;
    },
    distribution: (name) => distributions.get(normalisedName(name)),
    groups: new Set(data.groups ?? []),
    holdsMetadata: data.distributions.filter(({ directory }) => directory !== undefined).length > 0,
    requires: new Set(data.distributions.flatMap(({ requires }) => requires)),
    distributionNames: data.distributions.map(({ name }) => name),
  };
}
