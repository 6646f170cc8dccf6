/** What changed between two audits: copies that came, went, or are another version, and advisories that apply anew or no more. */
import type { AdvisoryStatus, AuditResult } from "../../model/audit.ts";
import type { Outcome } from "../../model/outcome.ts";
import { countFindings, formatFindings } from "../findings.ts";
import { visible } from "../terminal.ts";
import type { TextOptions } from "../text.ts";

interface Seen {
  readonly name: string;
  readonly version: string | null;
  readonly path: string;
  readonly state: string;
  readonly advisories: readonly { readonly id: string; readonly status: AdvisoryStatus }[];
}

export interface Changes {
  readonly added: readonly { readonly name: string; readonly version: string | null; readonly path: string }[];
  readonly removed: readonly { readonly name: string; readonly version: string | null; readonly path: string }[];
  readonly changed: readonly { readonly name: string; readonly path: string; readonly from: { readonly version: string | null; readonly state: string }; readonly to: { readonly version: string | null; readonly state: string } }[];
  readonly advisories: readonly { readonly name: string; readonly path: string; readonly id: string; readonly from: AdvisoryStatus | null; readonly to: AdvisoryStatus | null }[];
}

export function changesSince(earlier: { readonly copies: readonly Seen[] }, now: Pick<AuditResult, "copies">): Changes {
  const key = (copy: Seen): string => `${copy.path}\0${copy.name}`;
  const before = new Map(earlier.copies.map((copy) => [key(copy), copy]));
  const after = new Map<string, Seen>(now.copies.map((copy) => [key(copy), copy]));
  const brief = ({ name, version, path }: Seen): Changes["added"][number] => ({ name, version, path });
  const advisories: Changes["advisories"][number][] = [];
  for (const each of new Set([...before.keys(), ...after.keys()])) {
    const [old, fresh] = [before.get(each), after.get(each)];
    const { name, path } = (fresh ?? old) as Seen;
    const status = (copy: Seen | undefined, id: string): AdvisoryStatus | null => copy?.advisories.find((advisory) => advisory.id === id)?.status ?? null;
    for (const id of new Set([...(old?.advisories ?? []), ...(fresh?.advisories ?? [])].map((advisory) => advisory.id))) {
      const [from, to] = [status(old, id), status(fresh, id)];
      if (from !== to && (from === "affected" || to === "affected" || from === "unknown" || to === "unknown")) advisories.push({ name, path, id, from, to });
    }
  }
  return {
    added: [...after].filter(([each]) => !before.has(each)).map(([, copy]) => brief(copy)),
    removed: [...before].filter(([each]) => !after.has(each)).map(([, copy]) => brief(copy)),
    changed: [...after].flatMap(([each, copy]) => {
      const old = before.get(each);
      return old && (old.version !== copy.version || old.state !== copy.state) ? [{ name: copy.name, path: copy.path, from: { version: old.version, state: old.state }, to: { version: copy.version, state: copy.state } }] : [];
    }),
    advisories,
  };
}

export function formatChanges({ added, removed, changed, advisories }: Changes, { findings }: Outcome<AuditResult>, { paint, quiet }: TextOptions): string {
  const errors = findings.filter((finding) => finding.severity === "error");
  if (quiet) return errors.length === 0 ? "" : `${formatFindings(errors, paint).join("\n")}\n`;
  const out: string[] = [];
  const label = (name: string, version: string | null): string => `${visible(name)} ${visible(version ?? "(version unknown)")}`;
  for (const each of added) out.push(paint.added(`+ ${label(each.name, each.version)}  ${visible(each.path)}`));
  for (const each of removed) out.push(paint.removed(`- ${label(each.name, each.version)}  ${visible(each.path)}`));
  for (const each of changed) out.push(`~ ${visible(each.name)} ${visible(each.from.version ?? "?")} (${visible(each.from.state)}) → ${visible(each.to.version ?? "?")} (${visible(each.to.state)})  ${visible(each.path)}`);
  for (const each of advisories) out.push(`${each.to === "affected" ? paint.error("!") : " "} ${visible(each.name)}: ${visible(each.id)} ${each.from ?? "new"} → ${each.to ?? "gone"}  ${visible(each.path)}`);
  if (out.length === 0) out.push("Nothing changed.");
  if (findings.length > 0) out.push("", countFindings(findings));
  return `${out.join("\n")}\n`;
}
