/** What a look at sources tells of distributions: who imports whom, whose types a library shows, which extension modules cannot move. */
import { fileURLToPath } from "node:url";
import { statSync } from "node:fs";
import { contentOf } from "../acquire/content.ts";
import { type FetchOptions, fetchRequirements } from "../acquire/fetch.ts";
import { requirementLine } from "../acquire/requirementLine.ts";
import { acquireWheel } from "../acquire/wheel.ts";
import { type ImportedName, type PublicUse, importedModules, publicUse } from "../conflicts/publicUse.ts";
import type { Host } from "../host/host.ts";
import type { Distribution, SourceFile } from "../model/distribution.ts";
import { Failure } from "../model/failure.ts";
import { type DottedName, isAtOrBelow, moduleOfFile } from "../model/name.ts";
import type { Resolved } from "../model/plan.ts";
import { inspectBinary } from "../inspect/binary.ts";
import { relocationMap } from "../model/relocation.ts";
import { layOut } from "../plan/layout.ts";
import { findTopLevels } from "../plan/topLevels.ts";
import { type Readers, readFacts } from "../syntax/readFacts.ts";
import { compiledModule, inventoryOfCopies } from "./copies.ts";
import { scannerOnly } from "./readers.ts";

export interface Examined {
  /** Of the archive. */
  readonly bytes: number;
  /** The names that it makes importable. */
  readonly moving: readonly DottedName[];
  /** Why it cannot be relocated. */
  readonly compiled: string | undefined;
  readonly distribution: Distribution;
}

export class Examiner {
  readonly #options: FetchOptions;
  readonly #host: Host;
  readonly #examined = new Map<string, Promise<Examined | Failure>>();
  readonly #imports = new WeakMap<object, ReadonlySet<DottedName>>();
  #readers: Readers | undefined;

  constructor(options: FetchOptions, host: Host) {
    [this.#options, this.#host] = [options, host];
  }

  /** The wheel of a resolved distribution; a Failure, not thrown, where there is none to be had. */
  examine(item: Resolved): Promise<Examined | Failure> {
    const key = `${item.name}==${item.version}`;
    let examined = this.#examined.get(key);
    if (!examined) this.#examined.set(key, (examined = this.#examine(item)));
    return examined;
  }

  async #examine(item: Resolved): Promise<Examined | Failure> {
    try {
      const path = await this.#wheelOf(item);
      const distribution = await acquireWheel(path, item.label);
      const { moving } = findTopLevels(distribution);
      return { bytes: statSync(path).size, moving, compiled: moving.length === 0 ? undefined : compiledPart(distribution, moving), distribution };
    } catch (error) {
      if (error instanceof Failure) return error;
      throw error;
    }
  }

  async #wheelOf(item: Resolved): Promise<string> {
    if (item.url?.startsWith("file:") && item.url.endsWith("-none-any.whl")) return fileURLToPath(item.url);
    const [fetched] = await fetchRequirements({ lines: [requirementLine(`${item.label}==${item.version}`, this.#host.cwd)], options: [], constraints: [] }, { ...this.#options, withDeps: false, allowYanked: true }, this.#host);
    if (!fetched) throw new Failure(`${item.label} ${item.version}: no wheel of it could be had`, "Build one.");
    return fetched.path;
  }

  /** Every module that these files import, absolute. */
  importsOf(owner: object, files: readonly SourceFile[]): ReadonlySet<DottedName> {
    let found = this.#imports.get(owner);
    if (!found) {
      const all = new Set<DottedName>();
      for (const { imports } of this.#facts(files)) for (const { module } of imports) all.add(module);
      this.#imports.set(owner, (found = all));
    }
    return found;
  }

  /** The first place where the library's public modules show something of the names: a base class, an exception, a signature, a value that is returned or handed on. */
  shows(owner: Examined, names: readonly DottedName[]): (PublicUse & { readonly path: string }) | undefined {
    for (const { path, imports, text } of this.#facts(owner.distribution.files)) {
      if (path.split("/").some((part) => /^(tests?|conftest|_tests?)(\.py)?$/.test(part))) continue;
      const bound = imports.filter(({ module }) => names.some((name) => isAtOrBelow(module, name)));
      if (bound.length === 0) continue;
      const use = publicUse(text, bound, path.endsWith("__init__.py"));
      if (use) return { ...use, path };
    }
    return undefined;
  }

  *#facts(files: readonly SourceFile[]): Generator<{ path: string; imports: readonly ImportedName[]; text: string }> {
    this.#readers ??= scannerOnly();
    for (const file of files) {
      if (!file.path.endsWith(".py")) continue;
      const source = contentOf(file);
      const result = readFacts(source, this.#readers, undefined, true);
      if (result.kind !== "facts") continue; // vendor reports such a file
      const parts = file.path.split("/");
      const module = moduleOfFile(parts.slice(0, -1).join("."), parts.at(-1) ?? "") ?? "";
      yield { path: file.path, imports: importedModules(result.facts.imports, module, file.path.endsWith("__init__.py")), text: source.toString("latin1") };
    }
  }
}

/** What vendoring would report as an error: an extension module that names what moves, in a way that it may be imported by. */
function compiledPart(distribution: Distribution, moving: readonly DottedName[]): string | undefined {
  const binaries = distribution.files.filter(({ path }) => /\.(so|pyd)$/.test(path));
  if (binaries.length === 0) return undefined;
  const { modules } = inventoryOfCopies(layOut([distribution], "_", ""));
  const known = new Set(modules.flatMap(({ name, package: within }) => [name, within]));
  const relocations = relocationMap(moving.map((from) => ({ from, to: `_.${from}` })));
  for (const file of binaries) {
    const own = compiledModule(file.path);
    const [found] = own === undefined ? [] : inspectBinary(contentOf(file), own, relocations, (name) => known.has(name)).findings;
    if (found) return `${file.path}: ${found.message}`;
  }
  return undefined;
}
