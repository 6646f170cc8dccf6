/** SPDX 2.3 as JSON: a package a copy, CONTAINS and VARIANT_OF between them, advisories as security references. */
import { createHash } from "node:crypto";
import type { AuditResult, Copy } from "../../model/audit.ts";
import type { Outcome } from "../../model/outcome.ts";
import { VERSION } from "../../version.ts";
import { purlOf } from "./purl.ts";

interface Relationship {
  readonly spdxElementId: string;
  readonly relatedSpdxElement: string;
  readonly relationshipType: "DESCRIBES" | "CONTAINS" | "VARIANT_OF";
}

/** `now` is the time of creation, which the specification requires. */
export function formatSpdx({ result }: Outcome<AuditResult>, now = new Date()): string {
  const root = "SPDXRef-audited";
  const ids = new Map(result.copies.map((copy, position) => [copy, `SPDXRef-copy-${position + 1}`]));
  const holder = (copy: Copy): string => {
    const outer = result.copies.filter((other) => other !== copy && other.root === copy.root && copy.chain.includes(other.path)).sort((a, b) => b.path.length - a.path.length)[0];
    return (outer && ids.get(outer)) ?? root;
  };
  const relationships: Relationship[] = [
    { spdxElementId: "SPDXRef-DOCUMENT", relatedSpdxElement: root, relationshipType: "DESCRIBES" },
    ...result.copies.map((copy) => ({ spdxElementId: holder(copy), relatedSpdxElement: ids.get(copy) ?? "", relationshipType: "CONTAINS" as const })),
  ];
  const document = {
    spdxVersion: "SPDX-2.3",
    dataLicense: "CC0-1.0",
    SPDXID: "SPDXRef-DOCUMENT",
    name: `Vendored copies in ${text(result.roots.join(", ")) || "."}`,
    documentNamespace: `https://spdx.org/spdxdocs/enisle-audit-${createHash("sha256").update(JSON.stringify(result)).digest("hex").slice(0, 32)}`,
    creationInfo: { created: now.toISOString().replace(/\.\d+Z$/, "Z"), creators: [`Tool: enisle-${VERSION}`] },
    packages: [
      { SPDXID: root, name: text(result.roots.join(", ")) || ".", downloadLocation: "NOASSERTION", filesAnalyzed: false },
      ...result.copies.map((copy) => packageOf(copy, ids.get(copy) ?? "")),
    ],
    relationships,
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

function packageOf(copy: Copy, id: string): unknown {
  const affecting = copy.advisories.filter((advisory) => advisory.status !== "not_affected");
  const differs = copy.differences && copy.state === "patched" ? `; changed: ${[...copy.differences.changed, ...copy.differences.added].join(", ")}` : "";
  return {
    SPDXID: id,
    name: text(copy.name),
    ...(copy.version === null ? {} : { versionInfo: text(copy.version) }),
    downloadLocation: "NOASSERTION",
    filesAnalyzed: false,
    licenseConcluded: "NOASSERTION",
    licenseDeclared: "NOASSERTION",
    copyrightText: "NOASSERTION",
    ...(copy.sha256 === null ? {} : { checksums: [{ algorithm: "SHA256", checksumValue: copy.sha256 }] }),
    sourceInfo: text(`at ${copy.places.join(", ")}${copy.owner === null ? "" : `, in ${copy.owner}`}; ${copy.state}${differs}`),
    comment: text(copy.evidence.map((each) => `${each.kind} (${each.confidence}): ${each.detail}`).join("; ")),
    externalRefs: [
      { referenceCategory: "PACKAGE-MANAGER", referenceType: "purl", referenceLocator: purlOf(copy.name, copy.version) },
      ...affecting.map((advisory) => ({ referenceCategory: "SECURITY", referenceType: "advisory", referenceLocator: `https://osv.dev/vulnerability/${encodeURIComponent(advisory.id)}`, comment: text(`${advisory.status}: ${advisory.why}`) })),
    ],
  };
}

function text(value: string): string {
  // oxlint-disable-next-line no-control-regex -- they are what it is for
  return value.toWellFormed().replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, "\ufffd");
}
