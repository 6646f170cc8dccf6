/**
 * Upstream's own tests, before and after relocation: what passed passes again. The tests belong to the project that consumes the library,
 * as a project's tests do: they are rewritten in place, by the rules for a consumer, and stay where they were. Needs the index; where CI is
 * set it is mandatory.
 */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { enisle, project, temporary } from "../vendor/project.ts";

interface Subject {
  /** Pins; the tests are those of the first one's source distribution. */
  readonly pins: readonly string[];
  readonly topLevels: readonly string[];
  readonly arguments?: readonly string[];
  /** What pytest is given; default: `tests`. */
  readonly tests?: readonly string[];
  /** Tests that pass before and not after, and why nothing can be done. */
  readonly limits?: RegExp;
}

const flask = ["Flask==3.1.1", "Werkzeug==3.1.3", "itsdangerous==2.2.0", "blinker==1.9.0", "click==8.2.1", "Jinja2==3.1.6", "MarkupSafe==3.0.2"];

// Tracebacks name the module of an exception's class, and that shows the namespace (`acme._vendor.jinja2.exceptions.TemplateSyntaxError: …`):
// the tests among `limits` compare text of tracebacks.
const subjects: Readonly<Record<string, Subject>> = {
  jinja2: { pins: ["Jinja2==3.1.6", "MarkupSafe==3.0.2"], topLevels: ["jinja2", "markupsafe"], limits: /^tests\/test_debug\.py::TestDebug::test_(?:regular_)?syntax_error$/ },
  flask: { pins: flask, topLevels: ["flask", "werkzeug", "itsdangerous", "blinker", "click", "jinja2", "markupsafe"] },
  // The pager's process and the test race for one file.
  click: { pins: ["click==8.2.1"], topLevels: ["click"], arguments: ["--deselect", "tests/test_utils.py::test_echo_via_pager"] },
  // Twenty thousand comparisons of version numbers tell nothing more.
  packaging: { pins: ["packaging==25.0"], topLevels: ["packaging"], arguments: ["--ignore", "tests/test_version.py", "--ignore", "tests/test_specifiers.py"], limits: /^tests\/test_requirements\.py::TestRequirementParsing::test_error_/ },
  // Error pages are templates that lie in the library as texts, with imports in them.
  mako: { pins: ["Mako==1.3.10", "MarkupSafe==3.0.2"], topLevels: ["mako", "markupsafe"], tests: ["test"] },
  // Locales are pickles that are not called so. One test reads them where they lay.
  babel: { pins: ["babel==2.17.0"], topLevels: ["babel"], tests: ["tests/test_core.py", "tests/test_plural.py", "tests/test_localedata.py", "tests/test_lists.py"], limits: /^tests\/test_core\.py::test_compatible_classes_in_global_and_localedata\[/ },
  // A class keeps the name of the package whose grammars it loads. The tests among `limits` compare names of loggers, and of the package that was loaded from;
  // one hands the library's name to a method of the library, where a single word may be anything.
  lark: { pins: ["lark==1.2.2"], topLevels: ["lark"], tests: ["tests/test_grammar.py", "tests/test_cache.py", "tests/test_tools.py"], limits: /^tests\/(?:test_grammar\.py::TestGrammar::test_list_grammar_imports|test_cache\.py::TestCache::test_recursive_pattern)$/ },
  idna: { pins: ["idna==3.10"], topLevels: ["idna"] },
  itsdangerous: { pins: ["itsdangerous==2.2.0"], topLevels: ["itsdangerous"] },
};

const tools = ["pytest==8.4.1", "pretend==1.0.9", "freezegun==1.5.2", "trio==0.30.0", "flit_core==3.12.0", "setuptools==80.9.0", "wheel==0.45.1"];

let index = true;
let directory = "";
let python = "";

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "enisle-upstream-"));
  const run = (command: string, args: readonly string[], environment = {}): { status: number | null; stdout: string; stderr: string } => spawnSync(command, args, { encoding: "utf8", env: { ...process.env, ...environment } });
  const pip = (args: readonly string[], environment = {}): { status: number | null; stdout: string; stderr: string } => run("python3", ["-m", "pip", ...args, "-q", "--disable-pip-version-check"], environment);
  // An environment of its own: tests start interpreters, and those must not find what the system has.
  python = join(directory, "env", "bin", "python");
  expect(run("python3", ["-m", "venv", "--without-pip", join(directory, "env")]).stderr).toBe("");
  const packages = run(python, ["-c", "import sysconfig; print(sysconfig.get_paths()['purelib'], end='')"]).stdout;
  const pins = [...new Set(Object.values(subjects).flatMap((subject) => subject.pins))];
  const tested = Object.values(subjects).map(({ pins: [first = ""] }) => first);
  const steps = [
    () => pip(["install", "--target", packages, "--no-warn-conflicts", ...tools]),
    () => pip(["download", "--no-deps", "--only-binary", ":all:", "-d", join(directory, "wheels"), ...pins]),
    () => pip(["download", "--no-deps", "--no-build-isolation", "--no-binary", ":all:", "-d", join(directory, "sources"), ...tested], { PYTHONPATH: packages }),
  ];
  for (const step of steps) {
    const { status, stderr } = step();
    if (status === 0) continue;
    index = false;
    if (process.env["CI"]) throw new Error(`the index is mandatory where CI is set: ${stderr}`);
    return;
  }
}, 300_000);

afterAll(() => rmSync(directory, { recursive: true, force: true }));

const fileOf = (pin: string, kind: "wheels" | "sources"): string => {
  const [name = "", version = ""] = pin.toLowerCase().split("==");
  const found = readdirSync(join(directory, kind)).find((file) => file.toLowerCase().replaceAll("_", "-").startsWith(`${name.replaceAll("_", "-")}-${version}`));
  if (found === undefined) throw new Error(`${pin} was not downloaded`);
  return join(directory, kind, found);
};

interface Ends {
  readonly ends: Readonly<Record<string, string>>;
  readonly originals: readonly string[];
}

function runTests(root: string, { topLevels, arguments: given = [], tests = ["tests"] }: Subject): Ends {
  const ends = join(root, "ends.json");
  const environment = { PATH: process.env["PATH"], HOME: process.env["HOME"], PYTHONPATH: `${root}:${import.meta.dirname}`, PYTHONDONTWRITEBYTECODE: "1", PYTHONHASHSEED: "0", ORIGINALS: topLevels.join(","), ENDS: ends };
  const run = spawnSync(python, ["-m", "pytest", "-q", "-p", "ends", "-p", "no:cacheprovider", "-o", "addopts=", ...tests, ...given], { cwd: root, encoding: "utf8", timeout: 200_000, env: environment });
  if (!existsSync(ends)) throw new Error(`pytest did not get to its end:\n${run.stdout}${run.stderr}`);
  return JSON.parse(readFileSync(ends, "utf8"));
}

describe("upstream's tests pass as before", () => {
  test.for(Object.keys(subjects))("%s", { timeout: 300_000 }, (name, { skip }) => {
    if (!index) skip("no index: pip failed");
    const subject = subjects[name];
    if (!subject) throw new Error(name);
    const [tested = ""] = subject.pins;
    const unpacked = temporary();
    expect(spawnSync("tar", ["-xzf", fileOf(tested, "sources"), "--strip-components=1", "-C", unpacked]).status).toBe(0);
    const [before, after] = [temporary(), project()];
    for (const root of [before, after]) {
      for (const part of ["tests", "test", "docs", "pyproject.toml", "setup.cfg", "conftest.py"]) if (existsSync(join(unpacked, part))) cpSync(join(unpacked, part), join(root, part), { recursive: true });
    }
    const wheels = subject.pins.map((pin) => fileOf(pin, "wheels"));
    for (const wheel of wheels) expect(spawnSync("python3", ["-m", "zipfile", "-e", wheel, before]).status).toBe(0);
    const vendored = enisle(["vendor", "-C", after, "--namespace", "acme._vendor", "--target-python", "3.9", "--format", "json", ...wheels]);
    expect(vendored.stderr).toBe("");
    expect(JSON.parse(vendored.stdout).findings.filter((finding: { severity: string }) => finding.severity === "error")).toEqual([]);

    const upstream = runTests(before, subject);
    const relocated = runTests(after, subject);
    // Names of modules among the parameters of a test show in its name.
    const ends = new Map(Object.entries(relocated.ends).map(([id, end]) => [id.replaceAll("acme._vendor.", ""), end]));
    const passed = Object.keys(upstream.ends).filter((id) => upstream.ends[id] === "passed");
    const broken = passed.filter((id) => ends.get(id) !== "passed");
    expect(broken.filter((id) => !subject.limits?.test(id)).map((id) => `${id}: ${ends.get(id) ?? "is not there"}`)).toEqual([]);
    if (subject.limits) expect(broken).not.toEqual([]); // a limit that is none is no limit
    expect([...ends.values()].filter((end) => end === "passed").length).toBe(passed.length - broken.length);
    expect(relocated.originals).toEqual([]);
    expect(passed.length).toBeGreaterThan(20);
  });
});
