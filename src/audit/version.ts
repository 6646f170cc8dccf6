/** Which version a copy is: what its modules show decides, as far as they show it; then what the code states; then what lists say. */
import type { Draft } from "./draft.ts";
import { publicVersion, sameVersion } from "./pep440.ts";

export interface Decided {
  readonly version: string | null;
  readonly versions: readonly string[];
  /** Statements that the decision contradicts. */
  readonly contradicted: readonly { readonly says: string; readonly version: string; readonly file: string; readonly line: number | undefined }[];
}

/** How much less the stated release may resemble a changed copy than the best one does. */
const TOLERANCE = 0.03;

export function decideVersion(draft: Draft): Decided {
  const { identified, constant } = draft;
  // A constant in a module that is the release's own says what every copy of that release says, rightly or not.
  const constantCounts = constant !== undefined && (!identified || identified.differences.changed.includes(constant.file) || identified.differences.added.includes(constant.file));
  const told = [
    ...(constant && constantCounts ? [{ says: "the code", version: constant.version, file: constant.file, line: constant.line as number | undefined }] : []),
    ...draft.claims.filter((claim) => claim.version !== null).sort((a, b) => b.confidence - a.confidence).map((claim) => ({ says: claim.kind, version: claim.version ?? "", file: claim.file, line: claim.line })),
  ];
  const versions = candidates(draft, told.map((each) => each.version));
  const version = versions.length === 1 ? (versions[0] ?? null) : null;
  return { version, versions, contradicted: told.filter((each) => !versions.some((candidate) => isSame(candidate, each.version))) };
}

function candidates({ identified, constant }: Draft, told: readonly string[]): string[] {
  if (!identified) return told[0] === undefined ? [] : [told[0]];
  const { versions, library, differences, scores } = identified;
  const agreeing = told.map((each) => versions.filter((candidate) => isSame(candidate, each))).find((each) => each.length > 0);
  if (agreeing) return agreeing;
  const unchanged = differences.changed.length === 0 && differences.added.length === 0;
  if (unchanged) return [...versions];
  const best = scores.get(versions[0] ?? "") ?? 0;
  for (const each of told) {
    const known = library.versions.find((candidate) => isSame(candidate, each));
    if (known !== undefined) {
      // The version's own line is part of the text: where it alone says otherwise, it was edited, and is still the better witness.
      if ((scores.get(known) ?? 0) >= best - TOLERANCE || (constant && isSame(constant.version, known) && (scores.get(known) ?? 0) >= best * 0.8)) return [known];
    } else return [each]; // a release that the index does not have
  }
  return [...versions];
}

/** Distributors add local parts to versions. */
function isSame(a: string, b: string): boolean {
  return sameVersion(a, b) || sameVersion(publicVersion(a), publicVersion(b));
}
