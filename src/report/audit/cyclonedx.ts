/**
 * CycloneDX 1.6: a component a copy, nested as they lie; what each is by its purl, what was done to it by its pedigree, why we think so by its
 * evidence, and the advisories as vulnerabilities. No clock and no random number: the same audit gives the same document.
 */
import { createHash } from "node:crypto";
import type { AdvisoryMatch, AuditResult, Copy, Evidence } from "../../model/audit.ts";
import type { Outcome } from "../../model/outcome.ts";
import { VERSION } from "../../version.ts";
import { purlOf } from "./purl.ts";

interface Component {
  readonly type: "library" | "application" | "file";
  readonly "bom-ref": string;
  readonly name: string;
  readonly version?: string;
  readonly components?: Component[];
  readonly [more: string]: unknown;
}

export function formatCycloneDx({ result }: Outcome<AuditResult>): string {
  const references = new Map(result.copies.map((copy, position) => [copy, `copy-${position + 1}`]));
  const owners = [...new Set(result.copies.map((copy) => copy.owner))];
  const components = owners.flatMap((owner, position) => {
    const own = nested(result.copies.filter((copy) => copy.owner === owner), references);
    return owner === null ? own : [{ type: "application" as const, "bom-ref": `owner-${position + 1}`, name: text(owner), components: own }];
  });
  const document = {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    serialNumber: `urn:uuid:${uuidOf(JSON.stringify(result))}`,
    version: 1,
    metadata: {
      tools: { components: [{ type: "application", name: "enisle", version: VERSION }] },
      component: { type: "application", "bom-ref": "audited", name: text(result.roots.join(", ")) || "." },
      ...(result.database === null ? {} : { properties: [{ name: "enisle:advisories:entries", value: String(result.database.entries) }, ...(result.database.date === null ? [] : [{ name: "enisle:advisories:date", value: text(result.database.date) }])] }),
    },
    components,
    vulnerabilities: vulnerabilities(result, references),
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

/** A copy stands in the component of the copy that holds it. */
function nested(copies: readonly Copy[], references: ReadonlyMap<Copy, string>): Component[] {
  const holder = (copy: Copy): Copy | undefined => copies.filter((other) => other !== copy && other.root === copy.root && copy.chain.includes(other.path)).sort((a, b) => b.path.length - a.path.length)[0];
  const below = new Map<Copy | undefined, Copy[]>();
  for (const copy of copies) below.set(holder(copy), [...(below.get(holder(copy)) ?? []), copy]);
  const build = (copy: Copy): Component => componentOf(copy, references.get(copy) ?? "", (below.get(copy) ?? []).map(build));
  return (below.get(undefined) ?? []).map(build);
}

function componentOf(copy: Copy, reference: string, components: Component[]): Component {
  const purl = purlOf(copy.name, copy.version);
  const changed = copy.state === "patched" || copy.state === "subset" || copy.state === "relocated";
  return {
    type: "library",
    "bom-ref": reference,
    name: text(copy.name),
    ...(copy.version === null ? {} : { version: text(copy.version) }),
    ...(copy.sha256 === null ? {} : { hashes: [{ alg: "SHA-256", content: copy.sha256 }] }),
    ...(copy.license === null ? {} : { licenses: [{ license: { name: text(copy.license) } }] }),
    purl,
    ...(changed ? { modified: copy.state === "patched", pedigree: pedigreeOf(copy, purl, reference) } : {}),
    evidence: {
      identity: [{ field: "purl", confidence: highest(copy.evidence), concludedValue: purl, methods: copy.evidence.slice(0, 50).map((each) => ({ technique: techniqueOf(each), confidence: each.confidence, value: text(each.detail) })) }],
      occurrences: copy.places.map((place) => ({ location: text(place) })),
    },
    properties: [
      { name: "enisle:state", value: copy.state }, { name: "enisle:namespace", value: text(copy.namespace) },
      ...copy.chain.map((outer) => ({ name: "enisle:chain", value: text(outer) })),
      ...(copy.version === null ? copy.versions.map((version) => ({ name: "enisle:candidate", value: text(version) })) : []),
    ],
    ...(components.length > 0 ? { components } : {}),
  };
}

function pedigreeOf(copy: Copy, purl: string, reference: string): unknown {
  const { changed, added, missing, relocated } = copy.differences ?? { changed: [], added: [], missing: [], relocated: [] };
  const notes = [
    ...(relocated.length > 0 ? [`${relocated.length} modules differ in their imports alone`] : []),
    ...(changed.length > 0 ? [`changed: ${changed.join(", ")}`] : []),
    ...(added.length > 0 ? [`added: ${added.join(", ")}`] : []),
    ...(missing.length > 0 ? [`left out: ${missing.join(", ")}`] : []),
  ];
  return {
    ancestors: [{ type: "library", "bom-ref": `${reference}-upstream`, name: text(copy.name), ...(copy.version === null ? {} : { version: text(copy.version) }), purl }],
    ...(changed.length + added.length > 0 ? { patches: patchesOf(copy) } : {}),
    ...(notes.length > 0 ? { notes: text(notes.join("; ")) } : {}),
  };
}

/** One a module where its text is known. */
function patchesOf({ diffs }: Copy): unknown[] {
  const shown = (diffs ?? []).flatMap(({ text: diff }) => diff ?? []);
  if (shown.length === 0) return [{ type: "unofficial" }];
  return shown.map((diff) => ({ type: "unofficial", diff: { text: { contentType: "text/x-diff", encoding: "base64", content: Buffer.from(diff, "utf8").toString("base64") } } }));
}

function highest(evidence: readonly Evidence[]): number {
  return evidence.reduce((best, each) => Math.max(best, each.confidence), 0);
}

function techniqueOf({ kind }: Evidence): string {
  if (kind === "fingerprint") return "hash-comparison";
  if (kind === "version-constant" || kind === "header-comment") return "source-code-analysis";
  return kind === "directory-version" ? "filename" : "manifest-analysis";
}

/** The same advisory in several copies is one vulnerability with several places. */
function vulnerabilities({ copies }: AuditResult, references: ReadonlyMap<Copy, string>): unknown[] {
  const rows = new Map<string, { readonly advisory: AdvisoryMatch; readonly copies: Copy[] }>();
  for (const copy of copies) {
    for (const advisory of copy.advisories) {
      const key = `${advisory.id}\0${copy.name}\0${advisory.status}\0${advisory.why}`;
      const known = rows.get(key);
      if (known) known.copies.push(copy);
      else rows.set(key, { advisory, copies: [copy] });
    }
  }
  return [...rows.values()].map(({ advisory, copies: hit }, position) => ({
    "bom-ref": `vulnerability-${position + 1}`,
    id: text(advisory.id),
    source: { name: "OSV" },
    ...(advisory.aliases.length === 0 ? {} : { references: advisory.aliases.map((alias) => ({ id: text(alias), source: { name: "OSV" } })) }),
    ratings: [{ severity: advisory.severity }],
    ...(advisory.summary === "" ? {} : { description: text(advisory.summary) }),
    ...(advisory.fixed.length === 0 ? {} : { recommendation: text(`Update to ${advisory.fixed[0]}`) }),
    analysis: { state: advisory.status === "affected" ? "exploitable" : advisory.status === "not_affected" ? "not_affected" : "in_triage", ...(advisory.status === "not_affected" ? { justification: /vulnerable module/.test(advisory.why) ? "code_not_present" : "code_not_reachable" } : {}), detail: text(advisory.why) },
    affects: hit.map((copy) => ({ ref: references.get(copy) ?? "", ...(copy.version === null ? {} : { versions: [{ version: text(copy.version), status: advisory.status === "not_affected" ? "unaffected" : advisory.status }] }) })),
  }));
}

/** Names from the tree may hold what no document should: lone surrogates, control characters. */
function text(value: string): string {
  // oxlint-disable-next-line no-control-regex -- they are what it is for
  return value.toWellFormed().replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, "\ufffd");
}

/** A version 5 UUID in form (RFC 9562), from the document's own content. */
function uuidOf(content: string): string {
  const hex = createHash("sha256").update(content).digest("hex");
  const variant = ((parseInt(hex[16] ?? "0", 16) & 3) | 8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
