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
      "pyproject.toml": `[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n\n[project]\nname = "${name}"\nversion = "1.0"\ndependencies = ${JSON.stringify(dependencies)}\n${toml}`,
      "backend.py": backend(name),
      [`${name}/__init__.py`]: "",
      ...files,
    });
  }
  return { root, folder, projects: Object.keys(projects).map((name) => `./${name}`) };
}

/** A build backend (PEP 517, 660) without requirements: no index is asked. */
function backend(name: string): string {
  return `import os
import zipfile


def _write(directory, files):
    with zipfile.ZipFile(os.path.join(directory, "${name}-1.0-py3-none-any.whl"), "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
        for path, text in (("METADATA", "Metadata-Version: 2.1\\nName: ${name}\\nVersion: 1.0\\n"), ("WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"), ("RECORD", "")):
            archive.writestr("${name}-1.0.dist-info/" + path, text)
    return "${name}-1.0-py3-none-any.whl"


def build_wheel(directory, settings=None, metadata=None):
    return _write(directory, {os.path.join(root, name): open(os.path.join(root, name)).read() for root, _, names in os.walk("${name}") for name in names})


def build_editable(directory, settings=None, metadata=None):
    return _write(directory, {"${name}.pth": os.getcwd() + "\\n"})
`;
}

export interface PlanJson {
  readonly satisfiable: boolean;
  readonly minimal: string;
  readonly shared: readonly { readonly name: string; readonly version: string }[];
  readonly relocations: readonly { readonly project: string; readonly distribution: string; readonly version: string; readonly because: readonly string[]; readonly with: readonly string[] }[];
  readonly install: string;
  readonly check?: { readonly clean: boolean; readonly together?: { readonly modules: number; readonly projects: readonly { readonly namespace: string; readonly path: string }[] } };
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
  if (run.stdout === "") console.error(run.stderr);
  if (run.stdout === "") return { status: run.status, stderr: run.stderr, plan: undefined as unknown as PlanJson, findings: [], moved: [], shared: [] };
  const { result, findings } = JSON.parse(run.stdout) as { result: PlanJson; findings: PlanRun["findings"] };
  return {
    status: run.status, stderr: run.stderr, plan: result, findings,
    moved: result.relocations.map((each) => [`${each.project} ${each.distribution} ${each.version}`, ...each.with].join(" + ")),
    shared: result.shared.map(({ name, version }) => `${name} ${version}`),
  };
}
