/** Each scenario states its plan first. Wheels are made here and served from a folder; pip's own resolver decides. */
import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { enisle, write } from "../vendor/project.ts";
import { makeWheel } from "../vendor/wheel.ts";
import { build, planOf } from "./scenario.ts";

describe("plan", () => {
  test("nothing to do: a version exists that suits both, although each alone has another", () => {
    const world = build({
      wheels: { "alib 1.0": {}, "alib 2.0": {}, "alib 3.0": {} },
      projects: { nova: { dependencies: ["alib>=1"] }, keystone: { dependencies: ["alib<3"] } },
    });
    const { status, plan, moved, shared } = planOf(world);
    expect({ status, moved, shared, satisfiable: plan.satisfiable, minimal: plan.minimal }).toEqual({ status: 0, moved: [], shared: ["alib 2.0"], satisfiable: true, minimal: "proven" });
  });

  test("direct conflict: the smaller of the two copies moves", () => {
    const world = build({
      wheels: { "alib 1.0": {}, "alib 2.0": { files: { "alib/large.py": `TEXT = """${Array.from({ length: 2000 }, (_, index) => index).join(" ")}"""\n` } }, "blib 1.0": {} },
      projects: { nova: { dependencies: ["alib<2", "blib"] }, keystone: { dependencies: ["alib>=2", "blib"] } },
    });
    const { status, plan, moved, shared } = planOf(world);
    expect({ status, moved, shared, minimal: plan.minimal }).toEqual({ status: 0, moved: ["nova alib 1.0"], shared: ["alib 2.0", "blib 1.0"], minimal: "proven" });
    expect(plan.relocations[0]?.because).toEqual(["nova 1.0 → alib<2", "keystone 1.0 → alib>=2"]);
    expect(planOf(world, "--never", "nova:alib").moved).toEqual(["keystone alib 2.0"]);
    expect(planOf(world, "--prefer", "keystone:alib").moved).toEqual(["keystone alib 2.0"]);
    expect(planOf(world, "--always", "alib").moved).toEqual(["nova alib 1.0", "keystone alib 2.0"]);
  });

  test("transitive conflict: the library in between moves too, or the side with one step less does", () => {
    const world = build({
      wheels: { "alib 1.0": {}, "alib 2.0": {}, "middle 1.0": { requires: ["alib<2"] } },
      projects: { nova: { dependencies: ["middle"] }, keystone: { dependencies: ["alib>=2"] } },
    });
    expect(planOf(world).moved).toEqual(["keystone alib 2.0"]);
    const { moved, plan, shared } = planOf(world, "--never", "keystone:alib");
    expect({ moved, shared }).toEqual({ moved: ["nova alib 1.0", "nova middle 1.0"], shared: ["alib 2.0"] });
    expect(plan.relocations[0]?.because).toEqual(["nova 1.0 → middle 1.0 → alib<2", "keystone 1.0 → alib>=2"]);
  });

  test("three services, two camps: the smaller camp moves", () => {
    const world = build({
      wheels: { "alib 1.0": {}, "alib 2.0": {} },
      projects: { nova: { dependencies: ["alib<2"] }, glance: { dependencies: ["alib<2"] }, keystone: { dependencies: ["alib>=2"] } },
    });
    const { moved, shared, plan } = planOf(world);
    expect({ moved, shared, minimal: plan.minimal }).toEqual({ moved: ["keystone alib 2.0"], shared: ["alib 1.0"], minimal: "proven" });
  });

  test("a conflict behind versions: no two lines contradict each other, only the resolver can tell", () => {
    const world = build({
      wheels: { "alib 1.0": {}, "alib 2.0": {}, "left 1.0": { requires: ["alib<2"] }, "left 1.1": { requires: ["alib==1.0"] }, "right 1.0": { requires: ["alib>=2"] }, "other 1.0": {} },
      projects: { nova: { dependencies: ["other", "left"] }, keystone: { dependencies: ["right", "other"] } },
    });
    const { moved, status, plan } = planOf(world);
    expect({ status, minimal: plan.minimal, moved }).toEqual({ status: 0, minimal: "proven", moved: ["nova alib 1.0", "nova left 1.1"] });
    expect(plan.relocations[0]?.because[0]).toBe("nova 1.0 → left 1.1 → alib==1.0");
  });

  test("a diamond: what shows the library's types to the service moves with it", () => {
    const world = build({
      wheels: {
        "alib 1.0": { files: { "alib/base.py": "class Base:\n    pass\n" } }, "alib 2.0": { files: { "alib/base.py": "class Base:\n    pass\n", "alib/more.py": `TEXT = "${"abcdefghij0123456789".repeat(1)}"\n` } },
        "shows 1.0": { requires: ["alib"], files: { "shows/kinds.py": "from alib.base import Base\n\n\nclass Kind(Base):\n    pass\n" } },
        "hides 1.0": { requires: ["alib"], files: { "hides/inner.py": "def run():\n    import alib\n    return alib.VERSION\n" } },
      },
      projects: {
        nova: { dependencies: ["alib<2", "shows", "hides"], files: { "nova/run.py": "import alib\nimport hides.inner\nimport shows.kinds\n" } },
        keystone: { dependencies: ["alib>=2"] },
      },
    });
    expect(planOf(world).moved).toEqual(["keystone alib 2.0"]);
    expect(planOf(world, "--never", "keystone:alib").moved).toEqual(["nova alib 1.0 + shows"]);
    const { findings, moved } = planOf(world, "--never", "keystone:alib", "--never", "shows");
    expect(moved).toEqual(["nova alib 1.0"]);
    expect(findings.map((each) => each.code)).toEqual(["type-boundary"]);
    expect(findings[0]?.message).toContain("shows/kinds.py:4 subclasses alib.base.Base");
  });

  test("a compiled library in the way: the plan goes around it", () => {
    const world = build({
      wheels: { "alib 1.0": { files: { "alib/base.py": "", "alib/_fast.so": "\u007fELF\0alib._fast\0alib.base\0" } }, "alib 2.0": { files: { "alib/large.py": `TEXT = """${Array.from({ length: 2000 }, (_, index) => index).join(" ")}"""\n` } } },
      projects: { nova: { dependencies: ["alib<2"] }, keystone: { dependencies: ["alib>=2"] } },
    });
    expect(planOf(world).moved).toEqual(["keystone alib 2.0"]);
    const { status, plan, findings } = planOf(world, "--never", "keystone:alib");
    expect({ status, plan }).toEqual({ status: 1, plan: { satisfiable: false, minimal: "proven", shared: [], relocations: [], install: "" } });
    expect(findings[0]?.code).toBe("no-plan");
    expect(findings[0]?.message).toContain("alib cannot be relocated into nova: alib/_fast.so: the extension module _fast names 'alib.base', which it may import by that name");
  });

  test("extras and markers: only what holds here counts", () => {
    const world = build({
      wheels: { "alib 1.0": {}, "alib 2.0": {}, "blib 1.0": { requires: ["alib<2; extra == 'old'", "alib<1; python_version < '3'"] } },
      projects: {
        nova: { dependencies: ["blib", "alib<1; sys_platform == 'nowhere'"], toml: '\n[project.optional-dependencies]\nold = ["blib[old]"]\nall = ["nova[old]"]\n' },
        keystone: { dependencies: ["alib>=2"] },
      },
    });
    expect(planOf(world)).toMatchObject({ moved: [], shared: ["alib 2.0", "blib 1.0"] });
    expect(planOf(world, "--extra", "all").moved).toEqual(["keystone alib 2.0"]);
  });

  test("the system pins something: who cannot live with it has its own", () => {
    const world = build({
      wheels: { "alib 2.0": {}, "blib 1.0": {} },
      projects: { nova: { dependencies: ["alib>=2", "blib"] }, keystone: { dependencies: ["alib"] } },
    });
    const { moved, shared, plan } = planOf(build2(world), "--system", "system");
    expect({ moved, shared }).toEqual({ moved: ["nova alib 2.0"], shared: ["alib 1.0", "blib 1.0"] });
    expect(plan.relocations[0]?.because).toEqual(["nova 1.0 → alib>=2", "fixed: alib==1.0"]);
    expect(plan.install).not.toContain("alib==1.0");
  });

  test("known-good pins are kept to", () => {
    const world = build({
      wheels: { "alib 1.0": {}, "alib 2.0": {}, "alib 3.0": {} },
      projects: { nova: { dependencies: ["alib"] }, keystone: { dependencies: ["alib>=3"], files: { "pins.txt": "# known good\nalib===2.0;python_version>='3'\n" } } },
    });
    const { moved, shared } = planOf(world, "-c", "keystone/pins.txt");
    expect({ moved, shared }).toEqual({ moved: ["keystone alib 3.0"], shared: ["alib 2.0"] });
  });

  test("unsolvable: the reason is told", () => {
    const world = build({
      wheels: { "alib 1.0": {}, "alib 2.0": {} },
      projects: { nova: { dependencies: ["alib<2"] }, keystone: { dependencies: ["alib>=2"] } },
    });
    const { status, plan, findings } = planOf(world, "--never", "alib");
    expect({ status, satisfiable: plan.satisfiable }).toEqual({ status: 1, satisfiable: false });
    expect(findings[0]?.message).toContain("nova 1.0 → alib<2; keystone 1.0 → alib>=2; alib cannot be relocated into nova: --never forbids it");
  });
});

describe("plan, for two versions of one service", () => {
  test("a rename: the old version under another name is a project like any other, and gets what the new one cannot share", () => {
    const world = build({ wheels: { "alib 1.0": {}, "alib 2.0": {}, "blib 1.0": {} }, projects: {} });
    const shelf = `${world.root}/services`;
    write(shelf, { ".keep": "" });
    const service = (version: string, limit: string): string => makeWheel(shelf, { "nova/__init__.py": `import alib, blib\n\n\ndef main():\n    print(__name__, "${version}", alib.__name__, alib.VERSION, blib.__name__)\n`, [`nova-${version}.dist-info/entry_points.txt`]: "[console_scripts]\nnova = nova:main\n" }, { name: "nova", version, requires: [`alib${limit}`, "blib"] });
    const [old, fresh] = [service("11.0", "<2"), service("12.0", ">=2")];
    // Under one name they are one project.
    const twice = enisle(["plan", old, fresh, "--no-index", "--find-links", world.folder], { cwd: world.root });
    expect([twice.status, twice.stderr]).toEqual([2, expect.stringMatching(/are the same project, nova[^]*--rename nova=nova_11/)]);
    expect(enisle(["wheel", old, "--rename", "nova=nova_11", "-w", "services"], { cwd: world.root }).status).toBe(0);
    const named = { ...world, projects: ["services/nova_11-11.0-py3-none-any.whl", "services/nova-12.0-py3-none-any.whl"] };
    // The plan: the old one's alib moves (the smaller of two equal choices is the first by name), blib stays common.
    const { status, moved, shared, plan } = planOf(named, "--prefer", "nova-11:alib");
    expect({ status, moved, shared, minimal: plan.minimal }).toEqual({ status: 0, moved: ["nova-11 alib 1.0"], shared: ["alib 2.0", "blib 1.0"], minimal: "proven" });
    const applied = planOf(named, "--prefer", "nova-11:alib", "--apply");
    expect({ status: applied.status, check: applied.plan.check }).toMatchObject({ status: 0, check: { clean: true, together: { projects: [{ namespace: "nova_11._vendor" }, { namespace: "nova" }] } } });
    expect(spawnSync("sh", ["-c", `python3 -m venv --without-pip --system-site-packages env && PATH=env/bin:$PATH && ${applied.plan.install} && nova && nova-11`], { cwd: world.root, encoding: "utf8" }).stdout).toMatch(/\nnova 12\.0 alib 2\.0 blib\nnova_11 11\.0 nova_11\._vendor\.alib 1\.0 blib\n$/);
  }, 180_000);
});

function build2(world: ReturnType<typeof build>): ReturnType<typeof build> {
  write(`${world.root}/system/alib-1.0.dist-info`, { METADATA: "Metadata-Version: 2.1\nName: alib\nVersion: 1.0\n" });
  return world;
}
