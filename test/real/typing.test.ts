/**
 * Typed libraries in a small project: mypy and pyright find the same errors, in the same lines, whether the project uses the installed libraries or
 * copies of them; and in the libraries themselves no others than in upstream's sources. Needs the index, and minutes: where ENISLE_SLOW is set.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { relative } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { enisle, join, write } from "../vendor/project.ts";

interface Library {
  readonly name: string;
  readonly requirements: readonly string[];
  /** Uses the library, with mistakes: a checker that knows nothing of its types would find none. */
  readonly code: string;
  readonly mistakes: { readonly mypy: number; readonly pyright: number };
  /** Sources that can be checked as they are, beside the project. */
  readonly inTree: boolean;
  readonly configuration?: string;
}

const lines = (...all: string[]): string => all.map((line) => `${line}\n`).join("");

const libraries: readonly Library[] = [
  { name: "attrs", requirements: ["attrs==24.2.0"], inTree: true, mistakes: { mypy: 6, pyright: 5 },
    code: lines("import attr", "import attrs", "from attrs import define, field, validators", "", "", "@define", "class A:", "    x: int = field(default=1, validator=validators.instance_of(int))", "    y: str = 'a'", "", "", "A(x='no')", "A(1, 2, 3)", "attrs.evolve(A(), x=2).nothing", "ok: int = A().x", "bad: str = A().x", "attr.nothing") },
  { name: "click", requirements: ["click==8.1.7"], inTree: true, mistakes: { mypy: 7, pyright: 3 },
    code: lines("import click", "from click import Context, option, testing", "", "", "@click.group()", "@option('--n', type=int)", "@click.pass_context", "def cli(ctx: Context, n: int) -> None:", "    ctx.nothing", "    click.echo(1, 2, 3, 4, 5, 6)", "", "", "x: int = testing.CliRunner().invoke(cli, []).output") },
  { name: "packaging", requirements: ["packaging==24.0"], inTree: true, mistakes: { mypy: 4, pyright: 4 },
    code: lines("from packaging import version", "from packaging.specifiers import SpecifierSet", "from packaging.requirements import Requirement", "", "v: int = version.Version('1')", "bad: str = SpecifierSet('>1').contains('2')", "Requirement(1).nothing", "req: set[str] = Requirement('a').extras") },
  { name: "jinja2", requirements: ["jinja2==3.1.4"], inTree: true, mistakes: { mypy: 2, pyright: 2 },
    code: lines("from jinja2 import Environment, Template, sandbox", "", "t: int = Environment().get_template('a')", "sandbox.SandboxedEnvironment().nothing", "Template('a').render(a=1).upper()") },
  { name: "rich", requirements: ["rich==13.7.1", "markdown-it-py==3.0.0", "mdurl==0.1.2", "pygments==2.17.2"], inTree: false, mistakes: { mypy: 4, pyright: 4 },
    code: lines("from rich import console, print as p", "from rich.table import Table", "", "c = console.Console()", "c.print(1, nothing=2)", "Table().add_row(1)", "x: str = c.width", "p(1, sep=1)") },
  // Types in a distribution of their own (PEP 561).
  { name: "dateutil", requirements: ["python-dateutil==2.8.2", "types-python-dateutil==2.8.19.14", "six==1.16.0"], inTree: false, mistakes: { mypy: 3, pyright: 3 },
    code: lines("from dateutil import parser", "from dateutil.relativedelta import relativedelta", "", "x: int = parser.parse('2020')", "relativedelta(months='a')", "relativedelta().nothing") },
  // Checkers know typing_extensions by its name: a stub leads them there.
  { name: "httpx", requirements: ["httpx==0.27.0", "httpcore==1.0.5", "h11==0.14.0", "anyio==4.3.0", "sniffio==1.3.1", "idna==3.6", "certifi==2024.2.2", "typing_extensions==4.11.0"], inTree: false, mistakes: { mypy: 5, pyright: 4 }, configuration: 'stubs = ["typing_extensions"]\n',
    code: lines("import anyio", "import httpx", "from typing_extensions import Literal", "", "", "async def f(mode: Literal['a', 'b']) -> None:", "    async with httpx.AsyncClient() as c:", "        r: int = await c.get('x', nothing=1)", "    httpx.get('x').foo", "", "", "f('c')") },
];

const tools = ["mypy==2.4.1", "pyright==1.1.414"];
const slow = Boolean(process.env["ENISLE_SLOW"]);

describe.skipIf(!slow)("type checkers", () => {
  const work = mkdtempSync(join(tmpdir(), "enisle-typing-"));
  const bin = join(work, "tools/bin");
  afterAll(() => rmSync(work, { recursive: true, force: true }));

  function run(program: string, args: readonly string[], cwd = work): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
    const { status, stdout, stderr } = spawnSync(program, args, { cwd, encoding: "utf8", maxBuffer: 2 ** 28, env: { ...process.env, NO_COLOR: "1", PYRIGHT_PYTHON_IGNORE_WARNINGS: "1" } });
    return { status, stdout, stderr };
  }
  function done(program: string, args: readonly string[], cwd = work): string {
    const { status, stdout, stderr } = run(program, args, cwd);
    expect([status === 0 ? "" : stdout + stderr, status]).toEqual(["", 0]);
    return stdout;
  }
  /** In upstream's names. */
  const upstream = (text: string): string => text.replaceAll(/\bacme[./]_vendor[./]/g, "");

  /** Errors as `path:line: message`, sorted. */
  function mypy(root: string, python: string, paths: readonly string[], silent: boolean): string[] {
    const { stdout, stderr } = run(join(bin, "mypy"), ["--no-incremental", "--no-error-summary", "--python-executable", python, ...(silent ? ["--follow-imports=silent"] : []), "--explicit-package-bases", ...paths], root);
    expect(stderr).toBe("");
    return stdout.split("\n").filter((line) => / error: /.test(line)).map(upstream).sort();
  }

  function pyright(root: string, python: string, paths: readonly string[]): string[] {
    writeFileSync(join(root, "pyrightconfig.json"), JSON.stringify({ include: paths, exclude: [] }));
    const { stdout, stderr } = run(join(bin, "pyright"), ["--outputjson", "--pythonpath", python, "-p", root], root);
    expect(stdout, stderr).toMatch(/^\{/);
    const found = JSON.parse(stdout) as { generalDiagnostics: { file: string; severity: string; message: string; range: { start: { line: number } } }[] };
    return found.generalDiagnostics.filter(({ severity }) => severity === "error").map(({ file, message, range }) => upstream(`${relative(root, file)}:${range.start.line + 1}: ${message.split("\n")[0]}`)).sort();
  }

  beforeAll(() => {
    done("python3", ["-m", "venv", join(work, "tools")]);
    done(join(bin, "python"), ["-m", "pip", "install", "-q", ...tools]);
    // What is installed for nobody: requirements that stay shared.
    done("python3", ["-m", "venv", join(work, "shared")]);
    done(join(work, "shared/bin/python"), ["-m", "pip", "install", "-q", "markupsafe==2.1.5"]);
    done(join(bin, "pyright"), ["--version"]); // downloads itself
  }, 600_000);

  test.for(libraries)("$name: the same errors in the project, with the library installed and with a copy", { timeout: 600_000 }, ({ name, requirements, code, mistakes, inTree, configuration = "" }) => {
    const [wheels, environment] = [join(work, name, "wheels"), join(work, name, "environment")];
    done("python3", ["-m", "pip", "download", "-q", "--no-deps", "--only-binary", ":all:", "-d", wheels, ...requirements]);
    const files = readdirSync(wheels).sort().map((file) => join(wheels, file));
    done("python3", ["-m", "venv", environment]);
    done(join(environment, "bin/python"), ["-m", "pip", "install", "-q", "--no-deps", "markupsafe==2.1.5", ...files]);
    const [plain, vendored] = ["plain", "vendored"].map((each) => write(join(work, name, each), { "acme/__init__.py": "", "acme/app.py": code, ...(configuration === "" ? {} : { "enisle.toml": configuration }) })) as [string, string];
    expect(enisle(["vendor", "-C", vendored, ...files]).status).toBe(0);
    const [installed, shared] = [join(environment, "bin/python"), join(work, "shared/bin/python")];
    const app = ["acme/app.py"];
    const [before, after] = [mypy(plain, installed, app, true), mypy(vendored, shared, app, true)];
    expect([after, before.length]).toEqual([before, mistakes.mypy]);
    const [was, is] = [pyright(plain, installed, app), pyright(vendored, shared, app)];
    expect([is, was.length]).toEqual([was, mistakes.pyright]);
    if (!inTree) return;
    for (const file of files) done("unzip", ["-q", "-o", file, "-d", plain]);
    const tops = readdirSync(join(vendored, "acme/_vendor"), { withFileTypes: true }).filter((entry) => entry.isDirectory() && !entry.name.includes(".")).map((entry) => entry.name);
    const own = (prefix: string): string[] => tops.map((top) => `${prefix}${top}`);
    expect(mypy(vendored, shared, [...app, ...own("acme/_vendor/")], false)).toEqual(mypy(plain, shared, [...app, ...own("")], false));
    expect(pyright(vendored, shared, own("acme/_vendor/"))).toEqual(pyright(plain, shared, own("")));
  });
});
