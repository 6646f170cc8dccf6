/** Where what is said of copies and what lies there differ. */
import { normalisedName } from "../model/distribution.ts";
import { type Finding, finding } from "../model/finding.ts";
import type { Claim } from "./claim.ts";
import { type Draft, mainPlace } from "./draft.ts";
import { directoryOf } from "./modules.ts";
import type { Decided } from "./version.ts";

/** Confidence below which a list is too loose to be held to its word. */
const STRICT = 0.6;

export function contradictions(drafts: readonly Draft[], decided: readonly Decided[], unmet: readonly Claim[], shown: (path: string) => string): Finding[] {
  const findings: Finding[] = [];
  drafts.forEach((draft, index) => {
    const decision = decided[index];
    for (const each of decision?.contradicted ?? []) {
      const is = decision?.version ?? decision?.versions.join(" or ");
      findings.push(finding("version-contradiction", `${draft.name} is ${is} here, and ${each.says === "the code" ? "its own code says" : "this says"} ${each.version}`, { path: shown(each.file), ...(each.line === undefined ? {} : { line: each.line, column: 1, endLine: each.line, endColumn: 1 }), distribution: draft.name }));
    }
  });
  // A list that holds for some of its names speaks of this directory, and what it names besides should be here too.
  const met = new Set(drafts.flatMap((draft) => draft.claims.map((claim) => claim.file)));
  const told = new Set<string>();
  for (const claim of unmet) {
    if (!claim.promises || claim.confidence < STRICT || (!met.has(claim.file) && !isFor(claim)) || told.has(`${claim.file}\0${claim.name}`)) continue;
    told.add(`${claim.file}\0${claim.name}`);
    const place = claim.line === undefined ? {} : { line: claim.line, column: 1, endLine: claim.line, endColumn: 1 };
    findings.push(finding("copy-not-found", `${claim.name}${claim.version === null ? "" : ` ${claim.version}`} is listed as vendored, and there is no code of it`, { path: shown(claim.file), ...place, distribution: normalisedName(claim.name) }));
  }
  return [...findings, ...unlisted(drafts, shown)];
}

/** Whether the file is about nothing but this directory. */
function isFor(claim: Claim): boolean {
  return claim.kind === "pin-file" || claim.kind === "manifest" || claim.kind === "sbom" || claim.kind === "dist-info";
}

function unlisted(drafts: readonly Draft[], shown: (path: string) => string): Finding[] {
  const lists = new Map<string, { readonly kind: string; readonly directories: Set<string> }>();
  for (const draft of drafts) {
    for (const claim of draft.claims) {
      if (!["pin-file", "table", "toml-pin", "manifest"].includes(claim.kind)) continue;
      const known = lists.get(claim.file) ?? { kind: claim.kind, directories: new Set<string>() };
      known.directories.add(directoryOf(mainPlace(draft)));
      lists.set(claim.file, known);
    }
  }
  return [...lists].flatMap(([file, { directories }]) =>
    drafts.filter((draft) => directories.has(directoryOf(mainPlace(draft))) && !draft.claims.some((claim) => claim.file === file || ["pin-file", "table", "toml-pin", "manifest"].includes(claim.kind)))
      .map((draft) => finding("copy-not-listed", `${draft.name} lies here, and ${shown(file)} does not list it`, { path: shown(mainPlace(draft)), distribution: draft.name })),
  );
}
