/** Our own manifests as evidence: what they say of each copy, and whether the files bear it out. */
import { createHash } from "node:crypto";
import type { Claim } from "../audit/claim.ts";
import type { Reading } from "../audit/reading.ts";
import { parseManifest } from "../manifest/read.ts";
import { formatSbom, sbomDifferences } from "../manifest/sbom.ts";
import { type Finding, finding } from "../model/finding.ts";
import { Failure } from "../model/failure.ts";
import type { State } from "../model/audit.ts";
import { MANIFEST_NAME, type ManifestDistribution, type ManifestFile, SBOM_NAME } from "../model/manifest.ts";
import { TOOL } from "../version.ts";

export interface ManifestClaims {
  readonly claims: readonly Claim[];
  /** By the claim's name and directory. */
  readonly states: ReadonlyMap<Claim, State>;
  readonly findings: readonly Finding[];
  readonly sboms: readonly SbomBeside[];
}

/** What belongs beside a manifest. */
export interface SbomBeside {
  /** Of the document, from the ROOT. */
  readonly path: string;
  readonly wanted: string;
  readonly isCurrent: boolean;
  /** The copies are not what the manifest says: whatever is written from it would not be true. */
  readonly drifted: boolean;
}

/** `shown` turns a path of the tree into one from the ROOT. */
export function readManifests(reading: Reading, shown: (path: string) => string): ManifestClaims {
  const claims: Claim[] = [];
  const states = new Map<Claim, State>();
  const findings: Finding[] = [];
  const sboms: SbomBeside[] = [];
  for (const path of reading.paths) {
    if (path !== MANIFEST_NAME && !path.endsWith(`/${MANIFEST_NAME}`)) continue;
    const text = reading.text(path);
    if (text === undefined || !/"distributions"/.test(text)) continue;
    const directory = path.slice(0, Math.max(0, path.length - MANIFEST_NAME.length - 1));
    try {
      const manifest = parseManifest(text, shown(path));
      let drifts = false;
      for (const distribution of manifest.distributions) {
        const claim: Claim = {
          kind: "manifest", name: distribution.name, version: distribution.version, file: path, directories: [directory], topLevels: distribution.topLevels.map((top) => top.replaceAll(".", "/")),
          confidence: 0.95, license: distribution.license.expression, promises: true,
        };
        const drifted = driftOf(distribution, directory, reading);
        drifts ||= drifted.length > 0;
        if (drifted.length > 0) findings.push(finding("manifest-drift", `${distribution.name}: ${drifted.slice(0, 3).join("; ")}${drifted.length > 3 ? `; and ${drifted.length - 3} more` : ""}`, { path: shown(path), distribution: distribution.name }));
        claims.push(claim);
        states.set(claim, stateOf(distribution, drifted.length > 0));
      }
      const beside = directory === "" ? SBOM_NAME : `${directory}/${SBOM_NAME}`;
      const here = reading.text(beside);
      const wanted = formatSbom(manifest, TOOL);
      sboms.push({ path: shown(beside), wanted, isCurrent: here === wanted, drifted: drifts });
      for (const difference of here === undefined ? [] : sbomDifferences(manifest, here)) findings.push(finding("sbom-contradicts", difference, { path: shown(beside) }));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      findings.push(finding("unreadable", error.message, { path: shown(path) }));
    }
  }
  return { claims, states, findings, sboms };
}

function stateOf(distribution: ManifestDistribution, drifted: boolean): State {
  if (drifted || (distribution.patches ?? []).length > 0) return "patched";
  if ((distribution.dropped ?? []).length > 0) return "subset";
  return distribution.files.some((file) => file.edits.length > 0) ? "relocated" : "pristine";
}

/** What the files show that the manifest denies. The recorded edits must lead back to the digest of the original: a list of digests alone proves nothing. */
function driftOf({ files }: ManifestDistribution, directory: string, reading: Reading): string[] {
  return files.flatMap((file) => {
    const path = directory === "" ? file.path : `${directory}/${file.path}`;
    const content = reading.bytes(path);
    if (!content) return [`${file.path} is not there`];
    if (sha256(content) !== file.sha256Now) return [`${file.path} was changed`];
    return sha256(undone(content, file)) === file.sha256Upstream ? [] : [`${file.path} does not lead back to the original`];
  });
}

function sha256(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

function undone(content: Buffer, { edits }: ManifestFile): Buffer {
  if (edits.length === 0) return content;
  const text = content.toString("latin1");
  const parts: string[] = [];
  let at = 0;
  for (const [start, length, was] of edits) {
    if (typeof start !== "number" || typeof length !== "number" || start < at || typeof was !== "string") return Buffer.alloc(0);
    parts.push(text.slice(at, start), was);
    at = start + length;
  }
  return Buffer.from([...parts, text.slice(at)].join(""), "latin1");
}
