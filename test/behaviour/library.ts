/** What generated programs may ask of the library in `world/`: its modules, and expressions over their members. */

interface LibraryModule {
  /** Member → how to use it; `$` is where the member's expression goes. */
  readonly members: Readonly<Record<string, string>>;
  /** The modules that importing this one also imports. */
  readonly loads: readonly string[];
}

const core = ["alib", "alib.core", "alib.shade"];
const ring = [...core, "alib.ring", "alib.ring.left", "alib.ring.right"];
const leaf = [...core, "alib.deep", "alib.deep.leaf"];
const most = [...leaf, "alib.deep.er", "alib.deep.er.most"];
const blib = [...core, "blib"];

/** By dotted name, every module that a program may import without an error. */
export const library: Readonly<Record<string, LibraryModule>> = {
  alib: { members: { VERSION: "$", area: "$(3)", shade: "$()", veil: "$", __name__: "$" }, loads: core },
  "alib.core": {
    members: {
      LIMIT: "$ + 1", area: "$(4)", Thing: "$(2).twice()", AlibError: "$('x').args", where: "$()",
      host_of: "$(host='h')", mark: "$.__name__",
    },
    loads: core,
  },
  "alib.shade": { members: {}, loads: core },
  "alib.veil": { members: { __name__: "$" }, loads: [...core, "alib.veil"] },
  "alib.hosts": { members: { host: "$.upper()", port: "$ + 1" }, loads: [...core, "alib.hosts"] },
  "alib.net": { members: { dial: "$(host=1)", redial: "$()", host: "$", port: "$" }, loads: [...ring, "alib.net", "alib.hosts"] },
  "alib.slow": { members: { SPEED: "$" }, loads: [...core, "alib.slow"] },
  "alib.optional": { members: { absent: "$", speed: "$.SPEED", turbo: "$" }, loads: [...most, "alib.slow", "alib.optional"] },
  "alib.blib": { members: { NAME: "$" }, loads: [...leaf, ...ring, "blib", "blib.core", "alib.blib"] },
  "alib.deep": { members: { late: "$.SLEEP", __name__: "$" }, loads: [...core, "alib.deep"] },
  "alib.deep.leaf": { members: { reach: "$(2)", Twig: "$().both()", graft: "$()", host: "$" }, loads: leaf },
  "alib.deep.er": { members: { bottom: "$(2)" }, loads: most },
  "alib.deep.er.most": { members: { bottom: "$(3)", leaf: "$.host" }, loads: most },
  "alib.ring": { members: { __name__: "$" }, loads: [...core, "alib.ring"] },
  "alib.ring.left": { members: { turn: "$(3)" }, loads: ring },
  "alib.ring.right": { members: { back: "$(3)", same: "$.turn(1)" }, loads: ring },
  blib: { members: { NAME: "$", alib_core: "$.LIMIT" }, loads: blib },
  "blib.core": { members: { NAME: "$", area: "$(2)" }, loads: [...blib, ...leaf, ...ring, "blib.core"] },
  "blib.alib": { members: { LIMIT: "$" }, loads: [...blib, "blib.alib"] },
  "blib.tools": { members: { __name__: "$" }, loads: [...blib, "blib.tools", "blib.tools.saw"] },
  "blib.tools.saw": { members: { cut: "$(2)" }, loads: [...blib, "blib.tools", "blib.tools.saw"] },
};

export const libraryModules: readonly string[] = Object.keys(library);
export const dottedModules: readonly string[] = libraryModules.filter((name) => name.includes("."));

/** Modules that a program may star-import, and what that binds (only the names that programs then use). */
export const starModules: Readonly<Record<string, readonly string[]>> = {
  "alib.stars": ["star_one", "STAR_TWO"],
  "alib.hosts": ["host", "port"],
  "alib.core": ["alib", "area", "LIMIT"],
  alib: ["alib", "area", "VERSION"],
  blib: ["alib", "NAME"],
};

/**
 * Expressions that are valid over a bound module, given what was imported so far.
 * @param written how the program spells the module: its dotted name, or the name it is bound to
 * @param path the module's own dotted name
 */
export function expressions(written: string, path: string, imported: ReadonlySet<string>): readonly string[] {
  const own = Object.entries(library[path]?.members ?? {}).map(([member, use]) => use.replace("$", `${written}.${member}`));
  const children = [...imported].filter((name) => name.startsWith(`${path}.`) && !name.slice(path.length + 1).includes("."));
  return [...own, ...children.flatMap((child) => expressions(written + child.slice(path.length), child, imported))];
}
