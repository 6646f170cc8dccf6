/** Entry points that copies declare: look-ups in copies and project find them, by where the modules are now, and others' as before. */
import { mkdirSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { enisle, join, project, python, readFileSync, temporary } from "./project.ts";
import { makeWheel } from "./wheel.ts";

const library = {
  "alib/__init__.py": "",
  "alib/plugins/__init__.py": "",
  "alib/plugins/own.py": "class Own: pass\n",
  "alib/find.py": [
    "from importlib import metadata",
    "from importlib.metadata import entry_points",
    "def constant(): return sorted(entry.load().__module__ for entry in entry_points(group='alib.plugins'))",
    "def given(group): return sorted(entry.value for entry in metadata.entry_points(group=group))",
    "def selected(): return sorted(entry.value for entry in entry_points().select(group='alib.plugins'))",
    "def foreign(): return sorted(entry.value for entry in entry_points(group='other.group'))",
    "def walked(): return sorted(entry.value for dist in metadata.distributions() for entry in dist.entry_points if entry.group == 'alib.plugins')",
    "def versions(): return sorted(dist.version for dist in metadata.distributions() if dist.metadata['Name'] == 'alib')",
    "def owner(): return next(iter(entry_points(group='alib.plugins', name='own'))).dist.version",
    "",
  ].join("\n"),
  "alib-1.0.dist-info/entry_points.txt": "[console_scripts]\nalib = alib.main:run\n\n[alib.plugins]\nown = alib.plugins.own:Own\n",
};

/** A third party's plugin, and the library itself as the system has it. */
function installed(root: string): void {
  const site = join(root, "outside");
  for (const [name, text] of [["plug", "[alib.plugins]\nplug = plug:Plug\nmore = alib.plugins:More\n[other.group]\nx = plug:x\n"], ["alib", library["alib-1.0.dist-info/entry_points.txt"]]] as const) {
    mkdirSync(join(site, `${name}-2.0.dist-info`), { recursive: true });
    writeFileSync(join(site, `${name}-2.0.dist-info/METADATA`), `Metadata-Version: 2.1\nName: ${name}\nVersion: 2.0\n`);
    writeFileSync(join(site, `${name}-2.0.dist-info/entry_points.txt`), text);
  }
  writeFileSync(join(site, "plug.py"), "class Plug: pass\n");
}

function vendored(): { readonly root: string; readonly wheel: string } {
  const root = project({ "acme/find.py": "from importlib.metadata import entry_points\nnames = sorted(entry.value for entry in entry_points(group='alib.plugins'))\ndef any(group): return entry_points(group=group)\n" });
  installed(root);
  const wheel = makeWheel(temporary(), library);
  const run = enisle(["vendor", "-C", root, "--format", "json", wheel]);
  expect(run.stderr).toBe("");
  expect(run.status).toBe(0);
  return { root, wheel };
}

const all = "['acme._vendor.alib.plugins.own:Own', 'acme._vendor.alib.plugins:More', 'plug:Plug']";

describe("entry points of copies", () => {
  test("look-ups in a copy find its own where they are now, those of others, and nothing of the library that the system has", () => {
    const asked = [
      ["find.constant()", "['acme._vendor.alib.plugins.own', 'builtins', 'plug']"],
      ["find.given('alib.plugins')", all],
      ["find.selected()", all],
      ["find.foreign()", "['plug:x']"],
      ["[each for each in find.given('console_scripts') if 'alib' in each]", "['alib.main:run']"],
      ["find.walked()", "['acme._vendor.alib.plugins.own:Own', 'alib.plugins:More', 'plug:Plug']"],
      ["find.versions()", "['1.0']"],
      ["find.owner()", "1.0"],
    ] as const;
    const { root } = vendored();
    const { stdout, stderr } = python(`import sys; sys.path.append('outside'); from acme._vendor.alib import find, plugins; plugins.More = object\n${asked.map(([call]) => `print(${call})\n`).join("")}`, root);
    expect(stderr).toBe("");
    expect(stdout.trimEnd().split("\n")).toEqual(asked.map(([, found]) => found));
  });

  test("the project finds them by the group's name; where only running tells it, the look-up stays", () => {
    const { root } = vendored();
    expect(python("import sys; sys.path.append('outside'); from acme import find; print(find.names)", root)).toEqual({ status: 0, stdout: `${all}\n`, stderr: "" });
    expect(readFileSync(join(root, "acme/find.py"), "utf8")).toContain("def any(group): return entry_points(group=group)");
  });

  test("a check finds nothing to do, nor does a second run", () => {
    const { root, wheel } = vendored();
    expect(enisle(["check", join(root, "acme")])).toMatchObject({ status: 0 });
    expect(JSON.parse(enisle(["vendor", "-C", root, "--format", "json", wheel]).stdout).result.changed).toBe(false);
  });

  test("a library that only declares commands asks as before", () => {
    const root = project({});
    const wheel = makeWheel(temporary(), { "alib/__init__.py": "from importlib.metadata import entry_points\ndef f(group): return entry_points(group=group)\n", "alib-1.0.dist-info/entry_points.txt": "[console_scripts]\nalib = alib:f\n" });
    expect(enisle(["vendor", "-C", root, wheel]).status).toBe(0);
    expect(readFileSync(join(root, "acme/_vendor/alib/__init__.py"), "utf8")).toContain("def f(group): return entry_points(group=group)");
  });

  test("pkg_resources, where it is installed", ({ skip }) => {
    const root = project({});
    if (python("import pkg_resources", root).status !== 0) skip("no pkg_resources");
    installed(root);
    const find = "import pkg_resources\ndef f(): return sorted((entry.name, entry.load(), entry.dist.version) for entry in pkg_resources.iter_entry_points('alib.plugins'))\ndef g(group, name): return [entry.module_name for entry in pkg_resources.iter_entry_points(group, name)]\n";
    const wheel = makeWheel(temporary(), { ...library, "alib/find.py": find, "alib/plugins/own.py": "Own = 1\n", "alib/plugins/__init__.py": "More = 2\n" }, { requires: ["absent>=1"] });
    expect(enisle(["vendor", "-C", root, wheel]).status).toBe(0);
    writeFileSync(join(root, "outside/plug.py"), "Plug = 3\n");
    const { stdout, stderr } = python("import sys, warnings; warnings.simplefilter('ignore'); sys.path.append('outside'); from acme._vendor.alib import find; print(find.f(), find.g('other.group', 'x'), find.g('other.group', 'y'))", root);
    expect(stderr).toBe("");
    expect(stdout.trim()).toBe("[('more', 2, '2.0'), ('own', 1, '1.0'), ('plug', 3, '2.0')] ['plug'] []");
  });
});
