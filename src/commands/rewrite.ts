/** `enisle rewrite`: the bare rewriter, on files in place or from standard input to standard output. */
import { type Dirent, existsSync, readdirSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import type { Host } from "../host/host.ts";
import { Failure, fileFailure } from "../model/failure.ts";
import { byPlace, located } from "../model/finding.ts";
import type { FileChange, Outcome, RewriteResult } from "../model/outcome.ts";
import { type Relocation, relocationMap } from "../model/relocation.ts";
import { isAtOrBelow, isIdentifier, keywords } from "../model/name.ts";
import type { PythonVersion } from "../rewrite/context.ts";
import { Transaction } from "../write/transaction.ts";
import { type FileJob, defaultReferences } from "./fileJob.ts";
import { catalogueWith } from "../catalogue/index.ts";
import { emptyInventory } from "../rewrite/context.ts";
import { moduleOfFile } from "../model/name.ts";
import { type InventoryData, noInventory } from "./inventory.ts";
import { siblingsOf } from "../acquire/project.ts";
import { withReaders } from "./readers.ts";
import { relocateSource } from "./relocateSource.ts";
import { type Crew, LARGE_DIRECTORY, hireCrew } from "./runJobs.ts";

export interface RewriteOptions {
  readonly paths: readonly string[];
  readonly relocations: readonly Relocation[];
  readonly targetPython: PythonVersion;
  readonly dryRun: boolean;
  readonly diff: boolean;
  readonly verified: "rewrite" | "report";
}

/** Throws Failure unless `text` is `from=to`. */
export function parseMap(text: string): Relocation {
  const [from = "", to = "", rest] = text.split("=").map((part) => part.trim());
  const valid = (name: string): boolean => name.split(".").every((part) => isIdentifier(part) && !keywords.has(part) && /^[\x20-\x7e]+$/.test(part));
  if (rest !== undefined || !valid(from) || !valid(to)) throw new Failure(`--map ${text}: is not FROM=TO with two dotted names`, "For example: --map testtools=nova._vendor.testtools");
  return { from, to };
}

/** Throws Failure where a second run would rewrite what the first one wrote. */
export function checkMaps(relocations: readonly Relocation[]): void {
  if (relocations.length === 0) throw new Failure("no --map given", "For example: --map testtools=nova._vendor.testtools");
  for (const { from, to } of relocations) {
    const other = relocations.find((candidate) => isAtOrBelow(to, candidate.from));
    if (other) throw new Failure(`--map ${from}=${to}: the new name lies below '${other.from}', which is relocated itself`, "Choose a name outside all relocated ones, so that a second run changes nothing.");
    if (relocations.filter((candidate) => candidate.from === from).length > 1) throw new Failure(`--map ${from}=…: is given twice`, "Give each name one place.");
  }
}

export async function rewrite(options: RewriteOptions, host: Host): Promise<Outcome<RewriteResult>> {
  checkMaps(options.relocations);
  if (options.paths.length === 0) throw new Failure("no PATH given", "Name files or directories, or use --stdin.");
  const roots = options.paths.map((path) => resolve(host.cwd, path));
  const crew = hireCrew(roots.some((root) => statSync(root, { throwIfNoEntry: false })?.isDirectory()) ? LARGE_DIRECTORY : 0);
  try {
    return await rewriteWith(options, roots, crew, host);
  } finally {
    await crew.dismiss();
  }
}

async function rewriteWith(options: RewriteOptions, roots: readonly string[], crew: Crew, host: Host): Promise<Outcome<RewriteResult>> {
  const files = [...new Set(roots.flatMap(listPython))].sort();
  const base = commonDirectory(roots);
  const transaction = options.dryRun || options.diff ? undefined : Transaction.begin(base);
  try {
    const places = new Map<string, readonly string[]>();
    const siblings = (file: string): readonly string[] => {
      if (options.targetPython[0] >= 3) return [];
      const known = places.get(dirname(file)) ?? siblingsOf(file);
      places.set(dirname(file), known);
      return known;
    };
    const packages = new Map<string, string>();
    const labels = new Map<string, string>();
    const jobs = files.map((file, index): FileJob => ({
      label: labelOf(file, host.cwd, labels),
      locator: { kind: "file", path: file },
      size: 0, // unknown, and asked for by archives only
      executable: false,
      record: undefined,
      sha256: undefined,
      distribution: undefined,
      place: { ...placeAt(file, packages), stub: file.endsWith(".pyi"), siblings: siblings(file) },
      map: 0,
      target: transaction?.path(String(index)),
      inPlace: true,
    }));
    const settings = { maps: [options.relocations], target: options.targetPython, inventory: inventoryOfFiles(jobs), references: { ...defaultReferences, verified: options.verified }, keepContents: options.diff, keepSites: false };
    const results = await crew.run(jobs, settings, (done) => host.progress(`Rewriting: ${done} of ${jobs.length} files`));
    const changed = results.flatMap((result, index) => (result.changed ? [index] : []));
    if (transaction && changed.length > 0) {
      transaction.commit(changed.map((index) => ({ staged: transaction.path(String(index)), target: files[index] ?? "", before: results[index]?.sha256Upstream ?? "" })));
    } else transaction?.rollback();
    return {
      command: "rewrite",
      result: summary(options.relocations, files.length, changed.length, results.reduce((sum, result) => sum + result.undo.length, 0)),
      findings: results.flatMap((result) => result.findings).sort(byPlace),
      changes: files.flatMap((file, index): FileChange[] => {
        const { before, after } = results[index] ?? {};
        return before && after ? [{ path: patchPath(host.cwd, base, file), before: Buffer.from(before), after: Buffer.from(after), executable: false }] : [];
      }),
      notices: [],
    };
  } catch (error) {
    transaction?.rollback();
    throw error;
  }
}

/** Rewrites one text; `name` tells a stub from a module, and stands in findings. */
export async function rewriteText(source: Buffer, name: string, options: Pick<RewriteOptions, "relocations" | "targetPython">): Promise<{ readonly content: Buffer; readonly outcome: Outcome<RewriteResult> }> {
  checkMaps(options.relocations);
  const place = { module: undefined, package: undefined, stub: name.endsWith(".pyi"), siblings: new Set<string>() };
  const settings = { ...defaultReferences, relocations: relocationMap(options.relocations), target: options.targetPython, inventory: emptyInventory, catalogue: catalogueWith([]) };
  const relocated = await withReaders((readers) => relocateSource(source, place, settings, readers));
  const { content, decision } = relocated;
  const findings = decision.findings.map((local) => located(local, name, source));
  const changed = content !== source;
  const changes = changed ? [{ path: name, before: source, after: content, executable: false }] : [];
  return { content, outcome: { command: "rewrite", result: summary(options.relocations, 1, changed ? 1 : 0, decision.edits.length), findings, changes, notices: [] } };
}

/** `git apply` takes no `..`: a file outside the current directory is called by its place below the directory that was named. */
function patchPath(cwd: string, base: string, file: string): string {
  const here = relative(cwd, file);
  return (here.startsWith("..") ? relative(base, file) : here).split(sep).join("/");
}

function summary(relocations: readonly Relocation[], files: number, rewritten: number, edits: number): RewriteResult {
  return { relocations: Object.fromEntries(relocations.map(({ from, to }) => [from, to])), files, rewritten, edits: { proven: edits, verified: 0 }, changed: rewritten > 0 };
}

/** A file named is taken as it is; of a directory, the Python files. */
function listPython(path: string): string[] {
  try {
    if (!statSync(path).isDirectory()) {
      if (!statSync(path).isFile()) throw new Failure(`${path}: is neither a file nor a directory`, "Name Python files or directories.");
      return [realpathSync(path)];
    }
  } catch (error) {
    throw fileFailure(error, path);
  }
  const found: string[] = [];
  collectPython(path.endsWith(sep) ? path.slice(0, -1) : path, found);
  return found;
}

function collectPython(directory: string, found: string[]): void {
  let entries: Dirent[];
  try {
    entries = readdirSync(directory === "" ? sep : directory, { withFileTypes: true });
  } catch (error) {
    throw fileFailure(error, directory);
  }
  for (const entry of entries) {
    const { name } = entry;
    if (entry.isDirectory()) {
      if (name !== "__pycache__" && !name.startsWith(".")) collectPython(directory + sep + name, found);
    } else if (entry.isFile() && /\.(py|pyi|pyw)$/.test(name)) found.push(directory + sep + name);
  }
}

function commonDirectory(paths: readonly string[]): string {
  const directories = paths.map((path) => (statSync(path).isDirectory() ? path : dirname(path)));
  let common = directories[0] ?? sep;
  while (!directories.every((directory) => directory === common || directory.startsWith(common === sep ? sep : common + sep))) common = dirname(common);
  return common;
}

/** The file as seen from `cwd`; `known`: its directories, which take longer than the names. */
function labelOf(file: string, cwd: string, known: Map<string, string>): string {
  const directory = dirname(file);
  let label = known.get(directory);
  if (label === undefined) known.set(directory, (label = relative(cwd, directory).split(sep).join("/")));
  return label === "" ? basename(file) : `${label}/${basename(file)}`;
}

/** Package of a directory, by the `__init__.py` files from it upwards; "" for one that is in no package. */
function packageOf(directory: string, known: Map<string, string>): string {
  const cached = known.get(directory);
  if (cached !== undefined) return cached;
  let name = "";
  if (existsSync(join(directory, "__init__.py"))) {
    const above = packageOf(dirname(directory), known);
    name = above === "" ? basename(directory) : `${above}.${basename(directory)}`;
  }
  known.set(directory, name);
  return name;
}

function placeAt(file: string, packages: Map<string, string>): { readonly module: string | undefined; readonly package: string } {
  const within = packageOf(dirname(file), packages);
  return { module: moduleOfFile(within, basename(file)), package: within };
}

/** The files themselves say what exists, where they are the relocated distribution. */
function inventoryOfFiles(jobs: readonly FileJob[]): InventoryData {
  return { ...noInventory, modules: jobs.flatMap(({ place, locator, size }) => (place?.module ? [{ name: place.module, package: place.package ?? "", locator: place.stub ? undefined : locator, size }] : [])) };
}
