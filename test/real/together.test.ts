/**
 * The case that this project exists for: two services, written as OpenStack's are, each with its own version of one library, in one
 * interpreter. testtools 1.0.0 and 1.7.1 with their requirements, on Python 2.7 and 3; and two majors of libraries of today. Needs the index;
 * where CI is set it is mandatory.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Finding } from "../../src/model/finding.ts";
import { pythonOf } from "../check/pythons.ts";
import { enisle, join, temporary, write } from "../vendor/project.ts";

let index = true;
let directory = "";

afterAll(() => rmSync(directory, { recursive: true, force: true }));

const pure = ["--only-binary", ":all:", "--platform", "any", "--implementation", "py", "--abi", "none"];

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "enisle-together-"));
  const download = (...args: string[]): { status: number | null; stderr: string } =>
    spawnSync("python3", ["-m", "pip", "download", "-q", "--disable-pip-version-check", "--no-deps", "-d", directory, ...args], { encoding: "utf8" });
  const runs = [
    download(...pure, "testtools==1.7.1", "extras==1.0.0", "python-mimeparse==1.6.0", "unittest2==1.1.0", "traceback2==1.4.0", "linecache2==1.0.0", "six==1.17.0", "argparse==1.4.0"),
    download(...pure, "urllib3==1.26.20", "click==7.1.2"),
    download(...pure, "urllib3==2.5.0", "click==8.1.8"),
    download("--no-binary", ":all:", "testtools==1.0.0"),
  ];
  index = runs.every((run) => run.status === 0);
  if (!index && process.env["CI"]) throw new Error(`the index is mandatory where CI is set: ${runs.map((run) => run.stderr).join("")}`);
  // It was published as a source archive only, of which the package itself is all that is needed.
  if (index) expect(spawnSync("python3", ["-m", "tarfile", "-e", join(directory, "testtools-1.0.0.tar.gz"), directory]).status).toBe(0);
}, 300_000);

function wheel(name: string): string {
  const file = readdirSync(directory).find((each) => each.toLowerCase().startsWith(`${name.toLowerCase()}-`) && each.endsWith(".whl"));
  if (file === undefined) throw new Error(`no wheel of ${name}`);
  return join(directory, file);
}

interface Service {
  readonly name: string;
  readonly code: string;
  readonly sources: readonly string[];
}

function vendored(services: readonly Service[], target: string, ...options: readonly string[]): string {
  const root = temporary();
  for (const { name, code, sources } of services) {
    write(join(root, name), { [`${name}/__init__.py`]: "", [`${name}/service.py`]: code });
    const run = enisle(["vendor", "-q", "-C", join(root, name), "--target-python", target, ...options, ...sources]);
    expect(run.status, run.stdout + run.stderr).toBe(0);
  }
  return root;
}

/** What the services' main() give, in one process, and which modules of the original names it then has. */
function runTogether(python: string, root: string, services: readonly string[], originals: readonly string[]): unknown {
  const program = [
    "import json, sys", `sys.path[:0] = ${JSON.stringify(services.map((name) => join(root, name)))}`,
    ...services.map((name) => `import ${name}.service`),
    `found = [${services.map((name) => `${name}.service.main()`).join(", ")}]`,
    `print(json.dumps([found, sorted(m for m in sys.modules if m.split('.')[0] in ${JSON.stringify(originals)} and sys.modules[m] is not None)]))`,
  ].join("\n");
  const isolated = spawnSync(python, ["-c", "import sys; sys.exit(sys.version_info[0] < 3)"]).status === 0 ? ["-I"] : ["-E", "-s"];
  const run = spawnSync(python, ["-B", ...isolated, "-c", program], { encoding: "utf8", cwd: root });
  expect(run.stderr).toBe("");
  return JSON.parse(run.stdout);
}

function checkTogether(python: string, root: string, services: readonly string[]): { result: { import: { failed: number }; together: { modules: number; projects: { distributions: { name: string; version: string | null; seen: string | null }[] }[] } }; findings: Finding[] } {
  const run = enisle(["check", "--together", ...services, "--python", python, "--format", "json"], { cwd: root });
  expect(run.stderr).toBe("");
  return JSON.parse(run.stdout);
}

const testing = `import testtools
from testtools import matchers
import testtools.matchers
import testtools.tests.matchers
from testtools.content import text_content


class Case(testtools.TestCase):
    def test_sum(self):
        self.addDetail("note", text_content(u"a note"))
        self.assertThat(1 + 1, matchers.Equals(2))
        self.assertThat({"a": 1}, testtools.matchers.Contains("a"))
        self.assertRaises(matchers.MismatchError, self.assertThat, 1, matchers.Equals(2))


def main():
    result = testtools.TestResult()
    Case("test_sum").run(result)
    version = ".".join(str(part) for part in testtools.__version__[:3])
    return [version, testtools.__name__, result.testsRun, result.wasSuccessful()]
`;

describe("testtools 1.0.0 and 1.7.1", () => {
  // unittest2, which both can use, ends with Python 3.9.
  test.for(["2.7", "3.9"])("on Python %s", { timeout: 200_000 }, (version, { skip }) => {
    if (!index) return skip("no index: pip download failed");
    const python = pythonOf(version);
    if (python === undefined) return skip("there is no such interpreter");
    const requirements = ["extras", "python_mimeparse", "unittest2", "traceback2", "linecache2", "six", "argparse"].map(wheel);
    const root = vendored([
      { name: "nova", code: testing, sources: [join(directory, "testtools-1.0.0", "testtools"), ...requirements] },
      { name: "glance", code: testing, sources: [wheel("testtools"), ...requirements] },
    ], version, "--runtime-map"); // extras.try_import() takes names of modules that only running tells
    const [found, originals] = runTogether(python, root, ["nova", "glance"], ["testtools", "extras", "mimeparse", "unittest2", "traceback2", "linecache2"]) as [unknown[], string[]];
    expect(found).toEqual([["1.0.0", "nova._vendor.testtools", 1, true], ["1.7.1", "glance._vendor.testtools", 1, true]]);
    expect(originals).toEqual([]);
    const { result, findings } = checkTogether(python, root, ["nova", "glance"]);
    expect(result.import.failed).toBe(0);
    expect(result.together.modules).toBeGreaterThan(150);
    expect(result.together.projects.map(({ distributions }) => distributions.find((each) => each.name === "testtools")?.seen)).toEqual(["1.0.0.final.0", "1.7.1.final.0"]);
    expect(findings.filter((each) => each.severity === "error")).toEqual([]);
  });
});

const pairs: Readonly<Record<string, { readonly code: string; readonly sources: () => [string[], string[]]; readonly expected: readonly [unknown, unknown]; readonly originals: readonly string[] }>> = {
  urllib3: {
    code: "import urllib3\nfrom urllib3 import util\nimport urllib3.util.retry\n\n\ndef main():\n    return [urllib3.__version__, util.parse_url('http://a/b').path, hasattr(urllib3.util.retry.Retry, 'DEFAULT_METHOD_WHITELIST'), urllib3.PoolManager.__module__]\n",
    sources: () => [[versioned("urllib3", "1.26.20")], [versioned("urllib3", "2.5.0")]],
    expected: [["1.26.20", "/b", true, "nova._vendor.urllib3.poolmanager"], ["2.5.0", "/b", false, "glance._vendor.urllib3.poolmanager"]],
    originals: ["urllib3"],
  },
  click: {
    code: "import click\nfrom click.testing import CliRunner\n\n\n@click.command()\n@click.option('--name', default='x')\ndef hello(name):\n    click.echo('hello ' + name)\n\n\ndef main():\n    run = CliRunner().invoke(hello, ['--name', 'y'])\n    return [click.__version__, run.output, run.exit_code, hasattr(click, 'get_os_args')]\n",
    sources: () => [[versioned("click", "7.1.2")], [versioned("click", "8.1.8")]],
    expected: [["7.1.2", "hello y\n", 0, true], ["8.1.8", "hello y\n", 0, false]],
    originals: ["click"],
  },
};

function versioned(name: string, version: string): string {
  return wheel(`${name}-${version}`);
}

describe("two majors of a library of today", () => {
  test.for(Object.keys(pairs))("%s", { timeout: 200_000 }, (name, { skip }) => {
    const pair = pairs[name];
    if (!index || !pair) return skip("no index: pip download failed");
    const [one, other] = pair.sources();
    const root = vendored([{ name: "nova", code: pair.code, sources: one }, { name: "glance", code: pair.code, sources: other }], "3.9");
    expect(runTogether("python3", root, ["nova", "glance"], pair.originals)).toEqual([pair.expected, []]);
    const { result, findings } = checkTogether("python3", root, ["nova", "glance"]);
    expect(result.import.failed).toBe(0);
    expect(findings.filter((each) => each.severity === "error")).toEqual([]);
    const upstream = enisle(["check", "-C", join(root, "nova"), "--upstream", "--format", "json"]);
    expect(upstream.stderr).toBe("");
    const proof = JSON.parse(upstream.stdout);
    expect(proof.result.upstream.distributions).toBe(1);
    expect(proof.findings.filter((each: Finding) => each.code === "upstream-differs")).toEqual([]);
  });
});
