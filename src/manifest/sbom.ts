/** The copies as a CycloneDX document (ECMA-424): the same bytes for the same manifest, so without a clock and without a random serial number. */
import { type ManifestDistribution, type Manifest } from "../model/manifest.ts";

/** `tool` is `name version`. `subject` is the project or wheel that holds the copies. */
export function formatSbom({ distributions }: Pick<Manifest, "distributions">, tool: string, subject?: { readonly name: string; readonly version: string | null }): string {
  const [toolName = "", toolVersion = ""] = tool.split(" ");
  const root = subject && { type: "library", name: subject.name, ...(subject.version === null ? {} : { version: subject.version }), "bom-ref": `pkg:pypi/${subject.name}${subject.version === null ? "" : `@${subject.version}`}` };
  const document = {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: { tools: { components: [{ type: "application", name: toolName, version: toolVersion }] }, ...(root ? { component: root } : {}) },
    components: [...distributions].sort((a, b) => (a.name < b.name ? -1 : 1)).map(component),
    ...(root ? { dependencies: [{ ref: root["bom-ref"], dependsOn: distributions.map((each) => each.purl).sort() }] } : {}),
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

function component({ name, version, purl, source, license, relocations, patches, files }: ManifestDistribution): object {
  return {
    type: "library",
    name,
    ...(version === null ? {} : { version }),
    purl,
    "bom-ref": purl,
    ...(license.expression === null ? {} : { licenses: [/^[\w.+-]+( (AND|OR|WITH) [\w.+-]+)*$/.test(license.expression) ? { expression: license.expression } : { license: { name: license.expression } }] }),
    ...(source.kind === "wheel" ? { hashes: [{ alg: "SHA-256", content: source.sha256 }] } : {}),
    pedigree: {
      ancestors: [{ type: "library", name, ...(version === null ? {} : { version }), purl }],
      ...(patches.length > 0 ? { patches: patches.map(({ file }) => ({ type: "unofficial", diff: { url: file } })) } : {}),
      notes: files.some((file) => file.edits.length > 0) ? "relocated: imports and other references name the namespace" : "as released",
    },
    properties: Object.entries(relocations).map(([from, to]) => ({ name: "enisle:relocation", value: `${from} -> ${to}` })),
  };
}

/** What the document says of the copies that the manifest does not, in words; empty where the two agree. Other parts of the document are its maker's own. */
export function sbomDifferences({ distributions }: Pick<Manifest, "distributions">, text: string): string[] {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return ["is no JSON"];
  }
  const components = isObject(document) && document["bomFormat"] === "CycloneDX" && Array.isArray(document["components"]) ? document["components"].filter(isObject) : undefined;
  if (!components) return ["is no CycloneDX document with components"];
  const listed = new Map(components.map((each) => [String(each["name"]), each]));
  const own = new Map(distributions.map((each) => [each.name, each]));
  const differing = [...own].flatMap(([name, distribution]) => {
    const here = listed.get(name);
    if (!here) return [`${name} is not in it`];
    const wanted = component(distribution) as Json;
    return ["version", "purl", "hashes"].flatMap((key) => (JSON.stringify(here[key]) === JSON.stringify(wanted[key]) ? [] : [`${name}: ${key} is ${shown(here[key])}, and ${shown(wanted[key])} in the manifest`]))
      .concat(patchesOf(here) === patchesOf(wanted) ? [] : [`${name}: its patches are not those of the manifest`]);
  });
  return [...differing, ...[...listed.keys()].filter((name) => !own.has(name)).map((name) => `${name} is not in the manifest`)];
}

type Json = Record<string, unknown>;

function patchesOf(value: Json): string {
  const pedigree = isObject(value["pedigree"]) ? value["pedigree"] : {};
  return JSON.stringify(pedigree["patches"] ?? []);
}

function shown(value: unknown): string {
  const first: unknown = Array.isArray(value) ? value[0] : undefined;
  const text = isObject(first) ? String(first["content"]) : value === undefined ? "not said" : typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
