/**
 * Real distributions with their requirements, through a whole life: vendored, the project's tests pass; updated, they pass again; ejected, the
 * project is byte for byte what it was. Needs the index, and minutes: two of them always, all where CI or ENISLE_SLOW is set.
 */
import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { enisle, join, project, readFileSync, snapshot } from "../vendor/project.ts";

/** Name, version, newer version, and code of a project that uses it; `check()` returns true. Templates are not rendered: what engines write for them at run time names the engine. */
const lives: readonly (readonly [name: string, from: string, to: string, code: string])[] = [
  ["python-dateutil", "2.8.2", "2.9.0.post0", "import dateutil.parser, dateutil.tz\nfrom dateutil.relativedelta import relativedelta\n\ndef check():\n    return (dateutil.parser.parse('2020-01-31') + relativedelta(months=1)).day == 29\n"],
  ["markdown-it-py", "2.2.0", "3.0.0", "import markdown_it\nfrom markdown_it import MarkdownIt\n\ndef check():\n    import markdown_it.token as t\n    return MarkdownIt().render('# a').startswith('<h1>') and t.Token is markdown_it.token.Token\n"],
  ["requests", "2.31.0", "2.32.4", "import requests\nimport requests.adapters as adapters\nimport urllib3.util\nfrom urllib3.exceptions import HTTPError\n\ndef check():\n    return requests.Request('GET', 'http://x/', params={'a': 1}).prepare().url == 'http://x/?a=1' and issubclass(urllib3.exceptions.MaxRetryError, HTTPError) and adapters.urllib3_exceptions_ok if hasattr(adapters, 'urllib3_exceptions_ok') else True\n"],
  ["Jinja2", "3.1.4", "3.1.6", "import jinja2.sandbox\nfrom jinja2 import Template\n\ndef check():\n    return Template.__name__ == 'Template' and jinja2.sandbox.SandboxedEnvironment().parse('{{ 1 + 1 }}').body != []\n"],
  ["Flask", "3.0.3", "3.1.1", "import flask\nimport werkzeug.exceptions\n\napp = flask.Flask(__name__)\n\n@app.route('/')\ndef index():\n    return flask.jsonify(a=2)\n\ndef check():\n    return app.test_client().get('/').json == {'a': 2} and app.test_client().get('/no').status_code == werkzeug.exceptions.NotFound.code\n"],
  ["rich", "13.7.1", "14.0.0", "import io\nimport rich.console, rich.table\n\ndef check():\n    out = io.StringIO()\n    table = rich.table.Table('a')\n    table.add_row('[b]x[/b]')\n    rich.console.Console(file=out, width=40).print(table)\n    return 'x' in out.getvalue()\n"],
  ["jsonschema", "4.16.0", "4.17.3", "import jsonschema\nimport jsonschema.validators\n\ndef check():\n    try:\n        jsonschema.validate('x', {'type': 'integer'})\n    except jsonschema.ValidationError as error:\n        return error.validator == 'type'\n"],
  ["httpx", "0.27.0", "0.28.1", "import httpx\nimport httpcore\n\ndef check():\n    transport = httpx.MockTransport(lambda request: httpx.Response(200, json={'a': 1}))\n    with httpx.Client(transport=transport) as client:\n        return client.get('http://x/').json() == {'a': 1} and httpcore.URL('http://x/').host == b'x'\n"],
  ["beautifulsoup4", "4.12.3", "4.13.4", "import bs4\nfrom bs4 import BeautifulSoup\n\ndef check():\n    return BeautifulSoup('<p class=a>x</p>', 'html.parser').select('p.a')[0].text == 'x' and bs4.element.Tag is not None\n"],
  ["requests-oauthlib", "1.3.1", "2.0.0", "from requests_oauthlib import OAuth1\nimport oauthlib.oauth1\nimport requests\n\ndef check():\n    prepared = requests.Request('GET', 'http://x/', auth=OAuth1('k', 's')).prepare()\n    return b'oauth_signature' in prepared.headers['Authorization'] and oauthlib.oauth1.SIGNATURE_HMAC == 'HMAC-SHA1'\n"],
  ["marshmallow", "3.21.0", "3.26.1", "import marshmallow\nfrom marshmallow import fields\n\nclass S(marshmallow.Schema):\n    a = fields.Int()\n\ndef check():\n    return S().load({'a': '1'}) == {'a': 1}\n"],
  ["prettytable", "3.10.0", "3.16.0", "import prettytable\nimport wcwidth\n\ndef check():\n    table = prettytable.PrettyTable(['a'])\n    table.add_row(['\\u4e2d'])\n    return '\\u4e2d' in table.get_string() and wcwidth.wcwidth('\\u4e2d') == 2\n"],
  ["prompt_toolkit", "3.0.43", "3.0.51", "import prompt_toolkit.formatted_text as ft\nfrom prompt_toolkit import HTML\n\ndef check():\n    return ft.to_formatted_text(HTML('<b>x</b>'))[0][1] == 'x'\n"],
  ["importlib_metadata", "7.1.0", "8.7.0", "import importlib_metadata\n\ndef check():\n    return importlib_metadata.PackageNotFoundError is not None and importlib_metadata.EntryPoint('a', 'b:c', 'd').module == 'b'\n"],
  ["docker", "7.0.0", "7.1.0", "import docker\nimport docker.errors\n\ndef check():\n    return issubclass(docker.errors.NotFound, docker.errors.APIError)\n"],
  ["Werkzeug", "3.0.3", "3.1.3", "import werkzeug\nimport werkzeug.routing\nfrom werkzeug.test import Client\n\ndef check():\n    return Client(werkzeug.Response('x')).get('/').text == 'x' and werkzeug.routing.Rule('/').rule == '/'\n"],
  ["WTForms", "3.1.2", "3.2.1", "import wtforms\nfrom wtforms import validators\n\nclass F(wtforms.Form):\n    a = wtforms.StringField(validators=[validators.DataRequired()])\n\ndef check():\n    return not F().validate() and 'input' in str(F().a())\n"],
  ["cattrs", "23.2.3", "24.1.3", "import attr\nimport cattrs\n\n@attr.s(auto_attribs=True)\nclass A:\n    a: int\n\ndef check():\n    return cattrs.structure({'a': '1'}, A).a == 1\n"],
  ["trio", "0.25.1", "0.30.0", "import trio\nimport trio.testing\n\nasync def main():\n    with trio.move_on_after(0.01):\n        await trio.sleep_forever()\n    return True\n\ndef check():\n    return trio.run(main)\n"],
  ["arrow", "1.2.3", "1.3.0", "import arrow\nimport arrow.parser\n\ndef check():\n    return arrow.get('2020-01-31').shift(months=1).day == 29 and arrow.parser.ParserError is not None\n"],
];

const all = Boolean(process.env["CI"] ?? process.env["ENISLE_SLOW"]);
const index = spawnSync("python3", ["-m", "pip", "download", "-q", "--no-deps", "-d", "/dev/null/none", "six==1.17.0"], { encoding: "utf8" }).stderr.includes("No matching distribution") === false;

const ours = `import sys
sys.path.insert(0, ".")
import acme.app
assert acme.app.check() is True
print(sorted(name for name in sys.argv[1:] if name in sys.modules))
`;

/** The project's tests, without site-packages: whoever asks for an original name fails. */
function works(root: string, names: readonly string[]): void {
  const run = spawnSync("python3", ["-B", "-I", "-S", "-c", ours, ...names], { cwd: root, encoding: "utf8" });
  expect(run.stderr.replace(/^.*Warning.*\n.*\n/gm, "")).toBe("");
  expect(run.stdout).toBe("[]\n");
}

function topLevels(root: string): { names: string[]; versions: Record<string, string> } {
  const manifest = JSON.parse(readFileSync(join(root, "acme/_vendor/vendored.json"), "utf8"));
  // A library that is installed here anyway may be imported by the interpreter's own start.
  const names = manifest.distributions.flatMap((each: { topLevels: string[] }) => each.topLevels).filter((name: string) => !["typing_extensions", "_distutils_hack", "pkg_resources"].includes(name));
  return { names, versions: Object.fromEntries(manifest.distributions.map((each: { name: string; version: string }) => [each.name.toLowerCase().replaceAll(/[-_.]+/g, "-"), each.version])) };
}

describe("a life", () => {
  test.for(all ? lives : lives.slice(0, 2))("%s %s, then %s", { timeout: 300_000 }, ([name, from, to, code], { skip }) => {
    if (!index && !process.env["CI"]) skip("no index");
    const root = project({ "acme/app.py": code, "acme/crlf.py": code.replaceAll("\n", "\r\n"), "tests/test_app.py": `from acme import app\n\n\ndef test():\n    assert app.check()\n` });
    const before = snapshot(root);
    const vendored = enisle(["vendor", "-C", root, "--with-deps", `${name}==${from}`]);
    expect([vendored.stderr, vendored.status]).toEqual(["", 0]);
    const first = topLevels(root);
    expect(first.versions[name.toLowerCase().replaceAll(/[-_.]+/g, "-")]).toBe(from);
    works(root, first.names);
    const updated = enisle(["update", "-C", root, `${name}==${to}`]);
    expect([updated.stderr, updated.status]).toEqual(["", 0]);
    const second = topLevels(root);
    expect(second.versions[name.toLowerCase().replaceAll(/[-_.]+/g, "-")]).toBe(to);
    works(root, second.names);
    const ejected = enisle(["eject", "-C", root, "--all"]);
    expect([ejected.stderr, ejected.status]).toEqual(["", 0]);
    expect(snapshot(root)).toEqual(before);
  });
});
