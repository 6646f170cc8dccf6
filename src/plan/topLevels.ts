/** What a distribution makes importable, and hence which names are relocated. Namespace packages are shared, so only their parts move. */
import type { Distribution } from "../model/distribution.ts";
import { type DottedName, isIdentifier, join, keywords } from "../model/name.ts";

// PEP 3149 and its like: `x.so`, `x.cpython-311-x86_64-linux-gnu.so`, `x.abi3.so`, `x.cp311-win_amd64.pyd`.
const moduleFile = /^(?<name>[^./]+)(?:\.py|\.pyi|\.pyw|(?:\.[\w-]+)?\.(?:so|pyd))$/u;

const extensions = new Set(["py", "pyi", "pyw", "so", "pyd"]);

export interface TopLevels {
  /** First components, sorted: `google`, `attr`, `six`. */
  readonly topLevels: readonly string[];
  /** The names that move as a whole: top-level packages and modules, and the parts of namespace packages. */
  readonly moving: readonly DottedName[];
  /** `<name>-stubs` directories (PEP 561). */
  readonly stubs: readonly string[];
}

interface Directory {
  readonly directories: Map<string, Directory>;
  readonly modules: Set<string>;
}

export function moduleNameOf(fileName: string): string | undefined {
  if (!extensions.has(fileName.slice(fileName.lastIndexOf(".") + 1))) return undefined; // most of what is no module
  const name = moduleFile.exec(fileName)?.groups?.["name"];
  return name !== undefined && isImportable(name) ? name : undefined;
}

const found = new WeakMap<Distribution["files"], { readonly namespaceInits: Distribution["namespaceInits"]; readonly topLevels: TopLevels }>();

/** Finds them from file paths alone; once for a list of files that many projects get. */
export function findTopLevels({ files, namespaceInits }: Pick<Distribution, "files" | "namespaceInits">): TopLevels {
  const before = found.get(files);
  if (before?.namespaceInits === namespaceInits) return before.topLevels;
  const topLevels = find({ files, namespaceInits });
  found.set(files, { namespaceInits, topLevels });
  return topLevels;
}

function find({ files, namespaceInits }: Pick<Distribution, "files" | "namespaceInits">): TopLevels {
  const root: Directory = { directories: new Map(), modules: new Set() };
  for (const { path } of files) {
    const name = moduleNameOf(path.slice(path.lastIndexOf("/") + 1));
    if (name === undefined) continue;
    const parts = path.split("/").slice(0, -1);
    if (!parts.every((part, index) => isImportable(index === 0 ? part.replace(/-stubs$/, "") : part))) continue;
    let directory = root;
    for (const part of parts) {
      let next = directory.directories.get(part);
      if (!next) directory.directories.set(part, (next = { directories: new Map(), modules: new Set() }));
      directory = next;
    }
    if (!namespaceInits.has(path)) directory.modules.add(name);
  }
  const stubs = [...root.directories.keys()].filter((name) => name.endsWith("-stubs"));
  for (const name of stubs) root.directories.delete(name);
  const moving = movingBelow(root, "").sort();
  return { topLevels: [...new Set(moving.map((name) => name.split(".")[0] ?? name))].sort(), moving, stubs: stubs.sort() };
}

function movingBelow(directory: Directory, name: DottedName): DottedName[] {
  const packages = [...directory.directories].flatMap(([child, content]) => {
    const full = join(name, child);
    return content.modules.has("__init__") ? [full] : movingBelow(content, full);
  });
  const modules = [...directory.modules].filter((module) => module !== "__init__" && !directory.directories.get(module)?.modules.has("__init__"));
  return [...new Set([...packages, ...modules.map((module) => join(name, module))])];
}

const known = new Map<string, boolean>();

/** Asked for every component of every path, and they repeat. */
function isImportable(name: string): boolean {
  let answer = known.get(name);
  if (answer === undefined) known.set(name, (answer = isIdentifier(name) && !keywords.has(name)));
  return answer;
}
