/** SBOMs beside the manifests of copies that the tool made: written where they are missing or stale, and never where the copies are not what the manifest says. */
import { join } from "node:path";
import type { AuditResult } from "../model/audit.ts";
import { writeOutput } from "../write/output.ts";
import type { SbomBeside } from "./auditManifest.ts";

export interface WrittenSboms {
  readonly rows: NonNullable<AuditResult["sboms"]>;
  /** Paths as findings have them. */
  readonly written: ReadonlySet<string>;
  readonly notices: readonly string[];
}

/** `root` is absolute, `label` for people. Throws Failure when one cannot be written. */
export function writeSboms(sboms: readonly (SbomBeside & { readonly root: string; readonly label: string })[]): WrittenSboms {
  const rows = sboms.map(({ label, isCurrent, drifted }) => ({ path: label, state: drifted ? ("refused" as const) : isCurrent ? ("current" as const) : ("written" as const) }));
  sboms.forEach(({ root, path, wanted }, position) => {
    if (rows[position]?.state === "written") writeOutput(join(root, path), wanted);
  });
  const notices = rows.length === 0 ? ["No SBOM was written: nothing here was vendored by this tool"] : rows.map(({ path, state }) => (state === "refused" ? `${path}: not written, since files of the copies are not what the manifest says` : state === "written" ? `${path}: written` : `${path}: is current`));
  return { rows, written: new Set(rows.filter((row) => row.state === "written").map((row) => row.path)), notices };
}
