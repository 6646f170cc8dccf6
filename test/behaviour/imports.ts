/** Import statements in every form. Each form returns one simple statement and binds its names in the draft's scope. */
import type { Draft, Form } from "./draft.ts";
import { dottedModules, library, libraryModules, starModules } from "./library.ts";
import type { Meaning } from "./scope.ts";

const aliases = ["lib", "core", "leaf", "area", "alib", "blib"];
const standard: readonly (readonly [string, string])[] = [
  ["os", "os"], ["os.path", "os"], ["json as j", "j"], ["collections.abc", "collections"], ["json.decoder as decoder", "decoder"], ["xml.dom", "xml"],
];

/** Forms of one simple import statement. */
export const importForms: readonly Form<string>[] = [
  { name: "import a", weight: 3, when: (d) => free(d, "alib"), write: (d) => `import ${plain(d, topOf(d))}` },
  { name: "import a.b", weight: 9, when: (d) => free(d, "alib"), write: (d) => `import ${dotted(d)}` },
  { name: "import a as x", weight: 2, write: (d) => `import ${renamed(d, topOf(d))}` },
  { name: "import a.b as x", weight: 4, write: (d) => `import ${renamed(d, d.chance.pick(dottedModules))}` },
  { name: "import several", weight: 5, write: (d) => `import ${several(d).join(", ")}` },
  { name: "import several, continued", weight: 1, write: (d) => `import ${several(d).join(", \\\n        ")}` },
  { name: "import a . b", weight: 1, when: (d) => free(d, "alib"), write: (d) => `import ${dotted(d).replaceAll(".", " . ")}` },
  { name: "import stdlib", weight: 1, write: (d) => `import ${standardClause(d)}` },
  { name: "import lookalike", weight: 1, write: lookalike },
  { name: "from a import name", weight: 4, write: (d) => fromMember(d, (module, names) => `from ${module} import ${names}`) },
  { name: "from a import module", weight: 3, write: fromModule },
  { name: "from a import (lines)", weight: 2, write: (d) => fromMember(d, (module, names) => `from ${module} import (  # ${module}\n  ${names},\n)`) },
  { name: "from a, continued", weight: 1, write: (d) => fromMember(d, (module, names) => `from ${module} \\\n        import ${names}`) },
  { name: "from a import *", weight: 2, when: ({ scope }) => scope.kind === "module", write: star },
  { name: "from own import *", weight: 0.5, when: ({ scope }) => scope.kind === "module", write: ownStar },
  { name: "consumer's own", weight: 3, write: own },
  { name: "consumer's own, relative", weight: 3, when: ({ inHost }) => inHost, write: ownRelative },
];

function free(draft: Draft, ...names: readonly string[]): boolean {
  return names.every((name) => draft.mayBind(name)) && draft.mayBind("blib");
}

function bind(draft: Draft, name: string, meaning: Meaning): void {
  draft.scope.bind(name, meaning);
}

function topOf(draft: Draft): string {
  return draft.chance.odds(0.75) ? "alib" : "blib";
}

function plain(draft: Draft, module: string): string {
  const top = module.split(".")[0] ?? module;
  draft.load(module);
  bind(draft, top, { kind: "module", path: top });
  return module;
}

function dotted(draft: Draft): string {
  return plain(draft, draft.chance.pick(dottedModules));
}

/** A name to bind that does no harm here. */
function alias(draft: Draft): string {
  const possible = [...aliases, draft.own()].filter((name) => draft.mayBind(name));
  return possible.length > 0 ? draft.chance.pick(possible) : draft.fresh("x");
}

function renamed(draft: Draft, module: string): string {
  const name = alias(draft);
  draft.load(module);
  bind(draft, name, { kind: "module", path: module });
  return `${module} as ${name}`;
}

function standardClause(draft: Draft): string {
  const [clause, name] = draft.chance.pick(standard);
  bind(draft, name, { kind: "member", use: "$.__name__" });
  return clause;
}

function several(draft: Draft): readonly string[] {
  return Array.from({ length: 2 + draft.chance.below(3) }, (_, at) => {
    if (draft.chance.odds(0.35)) return standardClause(draft);
    if (at > 0 && draft.chance.odds(0.4)) return renamed(draft, draft.chance.pick(libraryModules));
    return free(draft, "alib") ? plain(draft, draft.chance.pick(libraryModules)) : renamed(draft, draft.chance.pick(libraryModules));
  });
}

function lookalike(draft: Draft): string {
  bind(draft, "alib2", { kind: "member", use: "$.WIDTH" });
  return draft.chance.pick(["import alib2", "import alib2.core"]);
}

function fromMember(draft: Draft, statement: (module: string, names: string) => string): string {
  const module = draft.chance.pick(libraryModules.filter((name) => Object.keys(library[name]?.members ?? {}).length > 0));
  const members = Object.entries(library[module]?.members ?? {}).filter(([member]) => member !== "__name__");
  draft.load(module);
  if (members.length === 0) return statement(module, "__name__ as own_name");
  const names = Array.from({ length: 1 + draft.chance.below(2) }, () => {
    const [member, use] = draft.chance.pick(members);
    const name = draft.chance.odds(0.3) || !draft.mayBind(member) || (member === "host" && draft.heat === 0) ? alias(draft) : member;
    bind(draft, name, { kind: "member", use });
    return name === member ? member : `${member} as ${name}`;
  });
  return statement(module, names.join(draft.chance.odds(0.5) ? ", " : " , "));
}

function fromModule(draft: Draft): string {
  // A function and a string lie in front of these two.
  const module = draft.chance.pick(dottedModules.filter((name) => name !== "alib.shade" && name !== "alib.veil"));
  const at = module.lastIndexOf(".");
  const child = module.slice(at + 1);
  const name = draft.chance.odds(0.4) || !draft.mayBind(child) ? alias(draft) : child;
  draft.load(module);
  bind(draft, name, { kind: "module", path: module });
  return `from ${module.slice(0, at)} import ${child}${name === child ? "" : ` as ${name}`}`;
}

function star(draft: Draft): string {
  const [module, names] = draft.chance.pick(Object.entries(starModules));
  draft.load(module);
  for (const name of names) {
    const use = library[module]?.members[name] ?? "$";
    bind(draft, name, name === "alib" ? { kind: "module", path: "alib" } : { kind: "member", use });
  }
  return `from ${module} import *`;
}

function ownStar(draft: Draft): string {
  draft.load("alib.deep.leaf");
  bind(draft, "alib", { kind: "module", path: "alib" });
  bind(draft, "WORD", { kind: "value" });
  return draft.inHost && draft.chance.odds(0.5) ? "from .shared import *" : "from host.shared import *";
}

function own(draft: Draft): string {
  const name = alias(draft);
  const [statement, bound, use] = draft.chance.pick([
    ["import host", "host", "$.NAME"],
    ["import host.conf", "host", "$.conf.VALUE"],
    [`import host.conf as ${name}`, name, "$.VALUE"],
    [`import host as ${name}`, name, "$.NAME"],
    ["from host import conf", "conf", "$.VALUE"],
    ["from host.conf import VALUE", "VALUE", "$ + 1"],
    ["from host import alib", "alib", "$.OWN"],
    [`from host import alib as ${name}`, name, "$.OWN"],
    [`from host import NAME as ${name}`, name, "$"],
  ] as const);
  return ownEffect(draft, statement, bound, use);
}

function ownRelative(draft: Draft): string {
  const name = alias(draft);
  const [statement, bound, use] = draft.chance.pick([
    ["from . import conf", "conf", "$.VALUE"],
    ["from . import alib", "alib", "$.OWN"],
    [`from . import conf as ${name}`, name, "$.VALUE"],
    [`from .conf import VALUE as ${name}`, name, "$"],
    ["from .alib import OWN", "OWN", "$"],
    [`from .conf import alib as ${name}`, name, "$.core.LIMIT"],
  ] as const);
  return ownEffect(draft, statement, bound, use);
}

function ownEffect(draft: Draft, statement: string, bound: string, use: string): string {
  if (!draft.mayBind(bound) || (bound === "host" && draft.heat === 0)) return "pass";
  if (statement.includes("conf")) draft.load("alib.core");
  bind(draft, bound, { kind: "member", use });
  return statement;
}
