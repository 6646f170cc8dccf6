/**
 * Ten real applications, each made self-contained by `enisle wheel` with other versions of the libraries that they share, installed into one environment by pip
 * and by uv: linters find no more in the wheels than in upstream's, the scripts start and do some work, and what they load is the versions inside. Needs the index,
 * and minutes: where ENISLE_SLOW is set. Versions are recorded, so that only our own changes change the result.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { enisle, join, write } from "../vendor/project.ts";

interface Application {
  readonly requirement: string;
  /** The package that holds the copies. */
  readonly module: string;
  readonly vendor: readonly string[];
  /** Scripts with what they must print, in a directory with `files`. */
  readonly commands: readonly (readonly [argv: string, output: RegExp])[];
  readonly files?: Readonly<Record<string, string>>;
}

const applications: readonly Application[] = [
  { requirement: "httpie==3.2.4", module: "httpie", vendor: ["requests==2.31.0", "requests-toolbelt==1.0.0", "urllib3==1.26.18", "rich==13.7.1"], commands: [["http --version", /^3\.2\.4$/m], ["http --ignore-stdin --offline GET http://x.test/ a==1", /^GET \/\?a=1 HTTP\/1\.1/m]] },
  { requirement: "cookiecutter==2.6.0", module: "cookiecutter", vendor: ["click==8.1.7", "jinja2==3.1.4", "requests==2.32.3", "rich==12.6.0"], commands: [["cookiecutter --version", /Cookiecutter 2\.6\.0/], ["cookiecutter --no-input -f -v .", /Writing contents to file|rendered/i]],
    files: { "cookiecutter.json": '{"name": "made"}', "{{cookiecutter.name}}/a.txt": "{{ cookiecutter.name|upper }}\n" } },
  { requirement: "towncrier==21.9.0", module: "towncrier", vendor: ["click==7.1.2", "jinja2==3.0.3", "click-default-group==1.2.4"], commands: [["towncrier --version", /version 21\.9\.0/], ["towncrier --draft --name thing --version 7", /thing 7[^]*A new thing/]],
    files: { "pyproject.toml": '[tool.towncrier]\ndirectory = "news"\n', "news/1.feature": "A new thing\n" } },
  { requirement: "nox==2024.4.15", module: "nox", vendor: ["packaging==24.0", "colorlog==6.8.2", "argcomplete==3.3.0"], commands: [["nox --version", /2024\.4\.15/], ["nox --list", /\* unit -> Runs it\./]], files: { "noxfile.py": 'import nox\n\n\n@nox.session\ndef unit(session):\n    "Runs it."\n' } },
  { requirement: "build==0.10.0", module: "build", vendor: ["packaging==21.3", "pyparsing==3.0.9", "pyproject_hooks==1.0.0", "tomli==2.0.1"], commands: [["pyproject-build --version", /build 0\.10\.0/], ["pyproject-build --no-isolation --wheel .", /Successfully built thing-1-py3-none-any\.whl/]],
    files: { "pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n[project]\nname = "thing"\nversion = "1"\n', "backend.py": 'def build_wheel(directory, config_settings=None, metadata_directory=None):\n    open(directory + "/thing-1-py3-none-any.whl", "wb").close()\n    return "thing-1-py3-none-any.whl"\n' } },
  { requirement: "flake8==6.1.0", module: "flake8", vendor: ["pycodestyle==2.11.1", "pyflakes==3.1.0", "mccabe==0.7.0"], commands: [["flake8 --version", /pycodestyle: 2\.11\.1, pyflakes: 3\.1\.0/], ["flake8 --exit-zero bad.py", /F401 'os' imported but unused[^]*E225/]], files: { "bad.py": "import os\nx=1\n" } },
  { requirement: "commitizen==3.13.0", module: "commitizen", vendor: ["jinja2==3.1.3", "questionary==2.0.1", "prompt_toolkit==3.0.36", "packaging==23.1", "tomlkit==0.12.3"], commands: [["cz version", /3\.13\.0/], ["cz example", /fix: correct minor typos/]] },
  { requirement: "litecli==1.10.0", module: "litecli", vendor: ["click==8.1.6", "sqlparse==0.4.4", "prompt_toolkit==3.0.43"], commands: [["litecli --version", /1\.10\.0/], ["litecli a.db -e select_six", /six/]] },
  { requirement: "twine==4.0.2", module: "twine", vendor: ["requests==2.28.2", "requests-toolbelt==0.10.1", "rich==13.5.3", "urllib3==1.26.15"], commands: [["twine --version", /twine version 4\.0\.2[^]*requests: 2\.28\.2/], ["twine check none.whl", /Cannot find file|InvalidDistribution|ERROR/]] },
  { requirement: "pip-tools==7.3.0", module: "piptools", vendor: ["click==8.1.5", "build==1.0.3", "pyproject_hooks==1.0.0"], commands: [["pip-compile --version", /version 7\.3\.0/], ["pip-compile --help", /--generate-hashes/]] },
];

/** What stays shared, as it was when all of this passed. */
const shared = `argcomplete==3.1.6 arrow==1.4.0 backports.tarfile==1.2.0 binaryornot==0.6.0 certifi==2026.10.19.post1 cffi==2.1.1 charset-normalizer==3.5.3 cli_helpers==2.15.2 colorama==0.4.6
commonmark==0.9.2 configobj==5.0.9 cryptography==50.0.2 decli==0.6.3 defusedxml==0.7.1 distlib==0.4.4 docutils==0.23 filelock==4.3.1 idna==3.20 importlib-metadata==6.11.0 Incremental==24.11.0
jaraco.classes==3.4.0 jaraco.context==6.1.2 jaraco.functools==4.6.0 jeepney==0.9.0 keyring==25.7.0 markdown-it-py==4.3.0 MarkupSafe==3.0.4 mdurl==0.1.2 more-itertools==11.2.1 multidict==7.2.1
nh3==0.3.8 packaging==26.4 pkginfo==2.0 platformdirs==4.14.8 pycparser==3.12 Pygments==2.21.0 PySocks==1.7.1 python-dateutil==4.0.0 python-discovery==1.9.6 python-slugify==9.2.0 PyYAML==6.0.4
readme_renderer==46.0 rfc3986==2.0.0 SecretStorage==3.5.0 tabulate==0.10.0 termcolor==2.5.0 text-unidecode==1.3 tomli==2.5.0 tzdata==2026.6 urllib3==2.8.0 virtualenv==21.15.11 wcwidth==0.9.4 zipp==4.1.2`.split(/\s+/);
const tools = ["twine==7.0.0", "check-wheel-contents==0.6.3", "uv==0.13.9"];

const slow = Boolean(process.env["ENISLE_SLOW"]);

/** Says which modules that were asked for by an original name are loaded, and whether every copy is of the version that was named. */
const probe = `import importlib, json, re, sys
module, pins = sys.argv[1], [pin.split("==") for pin in sys.argv[2:]]
importlib.import_module(module)
base = importlib.import_module(module + "._vendor").__path__[0]
manifest = json.load(open(base + "/vendored.json"))
norm = lambda name: re.sub(r"[-_.]+", "-", name).lower()
by_name = {norm(entry["name"]): entry for entry in manifest["distributions"]}
for name, version in pins:
    entry = by_name[norm(name)]
    assert entry["version"] == version, (name, entry["version"])
    for moved in entry["relocations"].values():
        found = importlib.import_module(moved)
        stated = getattr(found, "__version__", version)
        assert not isinstance(stated, str) or stated == version, (moved, stated)
originals = {old for entry in manifest["distributions"] for old in entry["relocations"]}
print(sorted(name for name in sys.modules if name in originals))
`;

describe.skipIf(!slow)("ten applications in one environment", () => {
  const work = mkdtempSync(join(tmpdir(), "enisle-applications-"));
  const [given, made] = [join(work, "in"), join(work, "out")];
  afterAll(() => rmSync(work, { recursive: true, force: true }));

  function run(program: string, args: readonly string[], cwd = work): { readonly status: number | null; readonly text: string } {
    const { status, stdout, stderr } = spawnSync(program, args, { cwd, encoding: "utf8", env: { ...process.env, NO_COLOR: "1", TERM: "dumb", COLUMNS: "200", HOME: work } });
    return { status, text: `${stdout}${stderr}` };
  }
  function done(program: string, args: readonly string[], cwd = work): string {
    const { status, text } = run(program, args, cwd);
    expect([status === 0 ? "" : text, status]).toEqual(["", 0]);
    return text;
  }
  const wheels = (directory: string): string[] => readdirSync(directory).sort().map((name) => join(directory, name));

  beforeAll(() => {
    done("python3", ["-m", "venv", join(work, "tools")]);
    done(join(work, "tools/bin/python"), ["-m", "pip", "install", "-q", ...tools]);
    done("python3", ["-m", "pip", "download", "-q", "--no-deps", "--only-binary", ":all:", "-d", given, ...applications.map(({ requirement }) => requirement)]);
    writeFileSync(join(work, "constraints.txt"), shared.map((line) => `${line}\n`).join(""));
  }, 600_000);

  test.for(applications)("$requirement is made self-contained", { timeout: 300_000 }, ({ requirement, vendor }) => {
    const stem = requirement.toLowerCase().replaceAll("-", "_").replace("==", "-");
    const wheel = wheels(given).find((path) => path.toLowerCase().includes(`/${stem}-`)) ?? "";
    const { status, stderr } = enisle(["wheel", wheel, ...vendor.flatMap((each) => ["--vendor", each]), "-w", made]);
    expect([stderr, status]).toEqual(["", 0]);
  });

  test("linters have no more to say than of upstream's", { timeout: 300_000 }, () => {
    for (const path of wheels(made)) {
      const before = path.replace(made, given);
      for (const [tool, args] of [["twine", ["check", "--strict"]], ["check-wheel-contents", []]] as const) {
        const said = (wheel: string): string => run(join(work, "tools/bin", tool), [...args, wheel]).text.replaceAll(wheel, "");
        const [was, is] = [said(before), said(path)];
        if (was !== is) expect(is).toMatch(/PASSED|: OK/);
        else expect(is).toBe(was);
      }
    }
  });

  test.for(["pip", "uv"])("installed by %s together, each starts, works, and uses the versions inside", { timeout: 900_000 }, (installer) => {
    const environment = join(work, `environment-${installer}`);
    done("python3", ["-m", "venv", environment]);
    const python = join(environment, "bin/python");
    const source = spawnSync("python3", ["-m", "pip", "config", "list"], { encoding: "utf8" }).stdout;
    // uv does not read pip's configuration.
    const links = [...source.matchAll(/find-links='([^']*)'/g)].flatMap((match) => (match[1] ?? "").split(/\s+/)).flatMap((link) => ["--find-links", link]);
    const index = [...source.matchAll(/\.index-url='([^']*)'/g)].flatMap((match) => ["--index-url", match[1] ?? ""]);
    if (installer === "pip") done(python, ["-m", "pip", "install", "-q", "-c", join(work, "constraints.txt"), ...wheels(made)]);
    else done(join(work, "tools/bin/uv"), ["pip", "install", "-q", "--python", python, "--cache-dir", join(work, "uv"), ...links, ...index, "-c", join(work, "constraints.txt"), ...wheels(made)]);
    done(python, ["-m", "pip", "check"]);
    for (const { requirement, module, vendor, commands, files = {} } of applications) {
      const directory = write(join(work, `${installer}-${module}`), { "here.txt": "", ...files });
      const probed = run(python, ["-c", probe, module, ...vendor], directory);
      expect([requirement, probed.text, probed.status]).toEqual([requirement, "[]\n", 0]);
      for (const [line, output] of commands) {
        const [program = "", ...args] = line.split(" ").map((word) => (word === "select_six" ? "select 'six'" : word));
        expect([line, run(join(environment, "bin", program), args, directory).text]).toEqual([line, expect.stringMatching(output)]);
      }
    }
  });
});
