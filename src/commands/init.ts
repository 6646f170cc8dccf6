/** `enisle init`: a first configuration, made by looking at the project. */
import { existsSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { listProjectFiles } from "../acquire/project.ts";
import { readSettings } from "../config/read.ts";
import type { Host } from "../host/host.ts";
import { parseManifest } from "../manifest/read.ts";
import { Failure } from "../model/failure.ts";
import { MANIFEST_NAME, type Manifest } from "../model/manifest.ts";
import type { InitResult, Outcome } from "../model/outcome.ts";
import { Transaction } from "../write/transaction.ts";
import { writeFileSync } from "node:fs";
import { findConsumer } from "./consumer.ts";

export interface InitOptions {
  /** Absolute. */
  readonly project: string;
  readonly namespace: string | undefined;
  readonly dryRun: boolean;
  readonly diff: boolean;
}

export async function init(options: InitOptions, host: Host): Promise<Outcome<InitResult>> {
  const settings = await readSettings(options.project);
  if (settings.configuration.present && !settings.configuration.vendoring) throw new Failure(`${options.project}: has a configuration already`, "Edit it; the README lists the keys.");
  const consumer = await findConsumer(options.project, options.namespace, undefined);
  const packages = consumer.packages.map((each) => relative(consumer.root, each.directory).split(sep).join("/"));
  const files = await listProjectFiles(consumer.root, consumer.packages, { present: false }, [consumer.namespaceDirectory], host);
  const include = globsFor(files.map((file) => file.path).filter((path) => !packages.some((each) => path.startsWith(`${each}/`))));
  const manifestFile = join(consumer.namespaceDirectory, MANIFEST_NAME);
  const manifest = existsSync(manifestFile) ? parseManifest(readFileSync(manifestFile, "utf8"), manifestFile) : undefined;
  const inPyproject = existsSync(join(consumer.root, "pyproject.toml"));
  const file = inPyproject ? "pyproject.toml" : "enisle.toml";
  const before = inPyproject ? readFileSync(join(consumer.root, file)) : undefined;
  const table = tableOf(consumer.namespace, include, manifest, consumer.dependencies, settings.configuration.vendoring?.requirements);
  const head = before === undefined ? "" : `${before.toString("utf8").replace(/\n*$/, "\n")}\n[tool.enisle]\n`;
  const after = Buffer.from(head + table);
  if (!options.dryRun && !options.diff) {
    const transaction = Transaction.begin(consumer.root);
    try {
      const staged = transaction.path("configuration");
      writeFileSync(staged, after);
      transaction.commit([{ staged, target: join(consumer.root, file) }]);
    } catch (error) {
      transaction.rollback();
      throw error;
    }
  }
  return {
    command: "init",
    result: { file, namespace: consumer.namespace, dependencies: consumer.dependencies, changed: true },
    findings: [], changes: options.diff ? [{ path: file, before, after, executable: false }] : [], notices: [],
  };
}

/** `tests/**` for files below a directory, their own names for those at the top. */
export function globsFor(paths: readonly string[]): string[] {
  const directories = new Set(paths.filter((path) => path.includes("/")).map((path) => `${path.slice(0, path.indexOf("/"))}/**`));
  return [...[...directories].sort(), ...paths.filter((path) => !path.includes("/")).sort()];
}

function tableOf(namespace: string, include: readonly string[], manifest: Manifest | undefined, dependencies: readonly string[], requirements: string | undefined): string {
  const list = (key: string, values: readonly string[]): string => `${key} = [${values.length > 3 ? `\n${values.map((each) => `  ${JSON.stringify(each)},\n`).join("")}` : values.map((each) => JSON.stringify(each)).join(", ")}]\n`;
  const vendored = (manifest?.distributions ?? []).filter((entry) => !entry.dependency).map((entry) => `  ${JSON.stringify(entry.requirement)},\n`);
  const candidates = dependencies.map((line) => `  # ${JSON.stringify(line)},\n`);
  return [
    `namespace = ${JSON.stringify(namespace)}\n`,
    include.length > 0 ? `# What belongs to the project besides its packages.\n${list("include", include)}` : "",
    "# Requirements, wheels, directories; enisle vendor brings the tree to this list.\n",
    `vendor = [\n${vendored.join("")}${candidates.join("")}]\n`,
    requirements === undefined ? "" : list("requirements", [requirements]),
    manifest?.distributions.some((entry) => entry.dependency) ? "with-deps = true\n" : "# with-deps = true\n",
    '# drop-presets = ["tests", "docs"]\n',
    'license-overview = "LICENSES.md"\n',
  ].join("");
}
