/** Collisions: two things that answer to one name, of which Python finds only one. */
import { type Finding, finding } from "../model/finding.ts";
import { isAtOrBelow, topLevel } from "../model/name.ts";
import { MANIFEST_NAME } from "../model/manifest.ts";
import type { CheckedNamespace, Subject } from "./subject.ts";

export function findCollisions({ namespaces }: Subject): Finding[] {
  return [...twice(namespaces), ...namespaces.flatMap((namespace) => [...shadowed(namespace), ...providedTwice(namespace)])];
}

/** Also one namespace inside another one: the outer one's manifest would have to know the inner one's files. */
function twice(namespaces: readonly CheckedNamespace[]): Finding[] {
  return namespaces.flatMap((namespace, index) => {
    const own = namespace.manifest.namespace;
    const other = namespaces.slice(0, index).find((each) => isAtOrBelow(own, each.manifest.namespace) || isAtOrBelow(each.manifest.namespace, own));
    if (!other) return [];
    const which = other.manifest.namespace === own ? `the namespace ${own} is that of ${other.label} too` : `the namespace ${own} and ${other.manifest.namespace} (${other.label}) lie one inside the other`;
    return [finding("namespace-twice", which, { path: `${namespace.label}/${MANIFEST_NAME}` })];
  });
}

function shadowed({ label, manifest, rivals, hidesStandardLibrary }: CheckedNamespace): Finding[] {
  const found = rivals.map((path) => finding("namespace-shadowed", "is a module beside a package of the same name", { path }));
  if (hidesStandardLibrary) found.push(finding("namespace-shadowed", `the namespace's top-level package '${topLevel(manifest.namespace)}' is called like a module of the standard library`, { path: `${label}/${MANIFEST_NAME}` }));
  return found;
}

function providedTwice({ consumer, provided }: CheckedNamespace): Finding[] {
  return [...provided].flatMap(([name, provider]): Finding[] => {
    for (const { label, sites } of consumer) {
      const site = sites.find((each) => topLevel(each.name) === name);
      if (!site) continue;
      const { line, column, endLine, endColumn } = site;
      const who = provider === "project" ? "the project's own module" : "the one installed beside the project";
      return [finding("name-provided-twice", `'${name}' is relocated, and this imports ${who} of that name`, { path: label, line, column, endLine, endColumn })];
    }
    return [];
  });
}
