/** The result of an audit with the keys that scripts were promised; `diffs` and `sboms` besides where there are any. */
import type { AuditResult } from "../../model/audit.ts";

export function auditJson({ database, copies, sboms }: AuditResult): unknown {
  return {
    ...(sboms === undefined ? {} : { sboms }),
    database: database === null ? null : { date: database.date, entries: database.entries },
    copies: copies.map((copy) => ({
      name: copy.name,
      version: copy.version,
      versions: copy.versions,
      path: copy.path,
      chain: copy.chain,
      owner: copy.owner,
      namespace: copy.namespace,
      state: copy.state,
      ...(copy.diffs ? { diffs: copy.diffs.map(({ path, text }) => ({ path, text })) } : {}),
      evidence: copy.evidence.map(({ kind, detail, confidence }) => ({ kind, detail, confidence })),
      advisories: copy.advisories.map(({ id, aliases, fixed, severity, status, why }) => ({ id, aliases, fixed, severity, status, why })),
    })),
  };
}
