/** The reasons for a row, in words: one sentence an observation, with how much it counts. */
import type { Evidence } from "../model/audit.ts";
import type { Draft } from "./draft.ts";
import type { Judged } from "./state.ts";

export function evidenceOf({ identified, claims, constant, hints }: Draft, judged: Judged, shown: (path: string) => string): Evidence[] {
  const evidence: Evidence[] = [];
  if (identified) {
    const { same, relocated, changed, missing, added } = judged.differences ?? identified.differences;
    const all = same.length + relocated.length + changed.length;
    const parts = [
      `${same.length} of ${all} modules are the release's to the byte`,
      ...(relocated.length > 0 ? [`${relocated.length} but for their imports`] : []),
      ...(changed.length > 0 ? [`${changed.length} changed`] : []),
      ...(missing.length > 0 ? [`${missing.length} missing`] : []),
      ...(added.length > 0 ? [`${added.length} added`] : []),
    ];
    evidence.push({ kind: "fingerprint", detail: `${parts.join(", ")} (${Math.round(100 * Math.min(1, identified.similarity))} % of the text)`, confidence: rounded(Math.min(0.99, 0.5 * identified.similarity + 0.3 * Math.min(1, identified.coverage) + (identified.named ? 0.2 : 0.1))) });
  }
  for (const claim of claims) evidence.push({ kind: claim.kind, detail: `${shown(claim.file)}${claim.line === undefined ? "" : `:${claim.line}`} names ${claim.name}${claim.version === null ? "" : ` ${claim.version}`}`, confidence: claim.confidence });
  if (constant) evidence.push({ kind: "version-constant", detail: `${shown(constant.file)}:${constant.line} says ${constant.how}`, confidence: 0.7 });
  evidence.push(...hints);
  if (!identified && judged.differences) evidence.push({ kind: "dist-info", detail: `${judged.differences.same.length} modules have the digests that its RECORD lists`, confidence: 0.9 });
  return evidence.sort((a, b) => b.confidence - a.confidence || (a.detail < b.detail ? -1 : 1));
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
