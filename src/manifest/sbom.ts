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

function component({ name, version, purl, source, license, relocations, patches }: ManifestDistribution): object {
  return {
    type: "library",
    name,
    ...(version === null ? {} : { version }),
    purl,
    "bom-ref": purl,
    ...(license.expression === null ? {} : { licenses: [/^[\w.+-]+( (AND|OR|WITH) [\w.+-]+)*$/.test(license.expression) ? { expression: license.expression } : { license: { name: license.expression } }] }),
    ...(source.kind === "wheel" ? { hashes: [{ alg: "SHA-256", content: source.sha256 }] } : {}),
    ...(patches.length > 0 ? { pedigree: { patches: patches.map(({ file }) => ({ type: "unofficial", diff: { url: file } })) } } : {}),
    properties: Object.entries(relocations).map(([from, to]) => ({ name: "enisle:relocation", value: `${from} -> ${to}` })),
  };
}
