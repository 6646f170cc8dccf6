/** A small world for plans: wheels in a folder, projects as source trees, and no index. */
import { join } from "node:path";
import { enisle, temporary, write } from "../vendor/project.ts";
import { makeWheel } from "../vendor/wheel.ts";

export interface World {
  /** `name version` → what it requires, and its files besides `<name>/__init__.py`. */
  readonly wheels: Readonly<Record<string, { readonly requires?: readonly string[]; readonly files?: Readonly<Record<string, string>> }>>;
  readonly projects: Readonly<Record<string, { readonly dependencies: readonly string[]; readonly toml?: string; readonly files?: Readonly<Record<string, string>> }>>;
}

export interface Planned {
  readonly root: string;
  readonly folder: string;
  readonly projects: readonly string[];
}

export function build({ wheels, projects }: World): Planned {
  const root = temporary();
  const folder = join(root, "wheels");
  write(folder, { ".keep": "" });
  for (const [key, { requires = [], files = {} }] of Object.entries(wheels)) {
    const [name = "", version = ""] = key.split(" ");
    makeWheel(folder, { [`${name}/__init__.py`]: `VERSION = "${version}"\n`, ...files }, { name, version, requires });
  }
  for (const [name, { dependencies, toml = "", files = {} }] of Object.entries(projects)) {
    write(join(root, name), {
      "pyproject.toml": `[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n\n[project]\nname = "${name}"\nversion = "1.0"\ndependencies = ${JSON.stringify(dependencies)}\n${toml}`,
      [`${name}/__init__.py`]: "",
      ...files,
    });
  }
  return { root, folder, projects: Object.keys(projects).map((name) => `./${name}`) };
}

export interface PlanJson {
  readonly satisfiable: boolean;
  readonly minimal: string;
  readonly shared: readonly { readonly name: string; readonly version: string }[];
  readonly relocations: readonly { readonly project: string; readonly distribution: string; readonly version: string; readonly because: readonly string[]; readonly with: readonly string[] }[];
  readonly install: string;
}

export interface PlanRun {
  readonly status: number | null;
  readonly stderr: string;
  readonly plan: PlanJson;
  readonly findings: readonly { readonly code: string; readonly message: string }[];
  /** `project distribution version`, with those that move along behind a plus. */
  readonly moved: readonly string[];
  readonly shared: readonly string[];
}

export function planOf({ root, folder, projects }: Planned, ...flags: readonly string[]): PlanRun {
  const run = enisle(["plan", ...projects, "--no-index", "--find-links", folder, "--format", "json", ...flags], { cwd: root });
  if (run.stdout === "") return { status: run.status, stderr: run.stderr, plan: undefined as unknown as PlanJson, findings: [], moved: [], shared: [] };
  const { result, findings } = JSON.parse(run.stdout) as { result: PlanJson; findings: PlanRun["findings"] };
  return {
    status: run.status, stderr: run.stderr, plan: result, findings,
    moved: result.relocations.map((each) => [`${each.project} ${each.distribution} ${each.version}`, ...each.with].join(" + ")),
    shared: result.shared.map(({ name, version }) => `${name} ${version}`),
  };
}
