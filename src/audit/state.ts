/** Whether a copy is what was released: by the index where it knows the release, else by the digests that the tree itself gives. */
import { createHash } from "node:crypto";
import type { State } from "../model/audit.ts";
import type { Claim } from "./claim.ts";
import type { Differences } from "./compare.ts";
import type { Draft } from "./draft.ts";
import { isBelow } from "./draft.ts";
import type { Reading } from "./reading.ts";

export interface Judged {
  readonly state: State;
  readonly differences: Differences | undefined;
  /** Why it is judged so. */
  readonly why: string;
}

/** `version` is the decided one. */
export function judge(draft: Draft, version: string | null, versions: readonly string[], reading: Reading, namespaces: readonly string[]): Judged {
  const { identified } = draft;
  const compared = version ?? versions.at(-1) ?? null;
  if (identified && compared !== null && identified.library.versions.includes(compared)) {
    const differences = compared === identified.versions[0] ? identified.differences : identified.differencesFrom(compared);
    return { state: stateOf(differences), differences, why: `by comparison with the release ${compared}` };
  }
  const listed = draft.claims.find((claim) => claim.digests && claim.kind !== "manifest");
  if (listed?.digests) return byDigests(draft, listed, listed.digests, reading, namespaces);
  return { state: "unknown", differences: undefined, why: identified ? "the index does not have this release" : "there is nothing to compare it with" };
}

export function stateOf({ changed, added, missing, relocated }: Omit<Differences, "same">): State {
  if (changed.length > 0 || added.length > 0) return "patched";
  if (missing.length > 0) return "subset";
  return relocated.length > 0 ? "relocated" : "pristine";
}

/** A RECORD inside the tree: what it proves is that the files are those that it was written for. */
function byDigests(draft: Draft, claim: Claim, digests: ReadonlyMap<string, string>, reading: Reading, namespaces: readonly string[]): Judged {
  const differences = { same: [] as string[], relocated: [] as string[], changed: [] as string[], missing: [] as string[], added: [] as string[] };
  let undecided = 0;
  for (const [path, digest] of digests) {
    if (!path.endsWith(".py") || digest === "" || !draft.places.some((place) => isBelow(path, place))) continue;
    const content = reading.bytes(path);
    if (!content) differences.missing.push(path);
    else if (sha256(content) === digest) differences.same.push(path);
    else {
      const undone = namespaces.map((namespace) => withoutNamespace(content, namespace)).find((candidate) => candidate !== undefined && sha256(candidate) === digest);
      if (undone) differences.relocated.push(path);
      else if (namespaces.some((namespace) => content.includes(namespace)) || /^\s*from \.\.+/m.test(content.toString("latin1"))) undecided++;
      else differences.changed.push(path);
    }
  }
  for (const place of draft.places) for (const path of reading.modules.below(place)) if (!digests.has(path)) differences.added.push(path);
  if (differences.same.length + differences.relocated.length === 0) return { state: "unknown", differences: undefined, why: `${claim.file} gives no digest that can be checked` };
  if (undecided > 0 && differences.changed.length === 0) return { state: "unknown", differences: undefined, why: `${undecided} files differ from ${claim.file}, perhaps by their imports alone` };
  return { state: stateOf(differences), differences, why: `by the digests in ${claim.file.replace(/[^/]*$/, "RECORD")}` };
}

function sha256(content: Buffer): string {
  return createHash("sha256").update(content).digest("base64url");
}

/** The text as it was before tools that rewrite line by line relocated it: `from N import a` was `import a`. */
function withoutNamespace(content: Buffer, namespace: string): Buffer | undefined {
  const text = content.toString("latin1");
  if (!text.includes(namespace)) return undefined;
  const escaped = namespace.replaceAll(".", "\\.");
  return Buffer.from(text.replace(new RegExp(`^(\\s*)from ${escaped} import (\\w+)(?=\\s*(?:as |$|#))`, "gm"), "$1import $2").replace(new RegExp(`(?<![\\w.])${escaped}\\.`, "g"), ""), "latin1");
}
