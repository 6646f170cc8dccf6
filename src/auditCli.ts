/** `enisle audit` as the command line has it: configuration and options joined, the formats in one table. */
import { resolve } from "node:path";
import { DEFAULT_URL } from "./acquire/advisoryDownload.ts";
import { type AuditOptions, audit } from "./commands/audit.ts";
import type { FailOn, Ignored } from "./commands/auditGate.ts";
import { earlierAudit, keysOf } from "./commands/earlierAudit.ts";
import type { AuditSettings } from "./config/read.ts";
import { readSettings } from "./config/read.ts";
import type { Host } from "./host/host.ts";
import type { AuditResult } from "./model/audit.ts";
import { Failure } from "./model/failure.ts";
import type { Outcome } from "./model/outcome.ts";
import { auditJson } from "./report/audit/json.ts";
import { formatAudit, formatSummary } from "./report/audit/text.ts";
import type { TextOptions } from "./report/text.ts";

export interface AuditArguments {
  readonly project: string;
  /** False: none. */
  readonly db: readonly string[] | false;
  readonly fetchDb?: boolean;
  readonly dbUrl?: string;
  readonly index: readonly string[];
  readonly archives: readonly string[];
  readonly format: string;
  readonly failOn?: FailOn;
  readonly ignore: readonly string[];
  readonly until?: string;
  readonly reason?: string;
  readonly baseline?: string;
  readonly since?: string;
  readonly output?: string;
  readonly cache: boolean;
  readonly writeSbom?: boolean;
}

interface Printed {
  readonly outcome: Outcome<AuditResult>;
  readonly format: (outcome: Outcome<AuditResult>, options: TextOptions) => string;
  readonly content?: Buffer;
  readonly json?: unknown;
  readonly output?: string;
}

/** Formats that are documents: everything goes to standard output, and nothing else does. */
const documents: Readonly<Record<string, () => Promise<(outcome: Outcome<AuditResult>) => string>>> = {
  cyclonedx: async () => (await import("./report/audit/cyclonedx.ts")).formatCycloneDx,
  spdx: async () => (await import("./report/audit/spdx.ts")).formatSpdx,
  sarif: async () => (await import("./report/audit/sarif.ts")).formatSarif,
  csv: async () => (await import("./report/audit/csv.ts")).formatCsv,
  html: async () => (await import("./report/audit/html.ts")).formatHtml,
  fedora: async () => (await import("./report/audit/packagers.ts")).formatFedora,
  debian: async () => (await import("./report/audit/packagers.ts")).formatDebian,
};

const day = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;

export async function runAudit(roots: readonly string[], options: AuditArguments, host: Host): Promise<Printed> {
  const project = resolve(host.cwd, options.project);
  const settings: AuditSettings = (await readSettings(project)).configuration.audit ?? {};
  if (options.until !== undefined && !day.test(options.until)) throw new Failure(`--until ${options.until}: is no date`, "Write it as 2026-12-31.");
  if ((options.until !== undefined || options.reason !== undefined) && options.ignore.length === 0) throw new Failure("--until and --reason belong to --ignore", "Name the advisory: --ignore CVE-2023-43804.");
  const relative = (path: string): string => resolve(project, path);
  const ignore: Ignored[] = [...options.ignore.map((id) => ({ id, ...(options.until === undefined ? {} : { until: options.until }), ...(options.reason === undefined ? {} : { reason: options.reason }) })), ...(settings.ignore ?? [])];
  const baseline = options.baseline ?? (settings.baseline === undefined ? undefined : relative(settings.baseline));
  const databases = options.db === false ? [] : options.db.length > 0 ? options.db : (settings.db ?? []).map(relative);
  const configured: AuditOptions = {
    roots: roots.length > 0 ? roots : (settings.roots ?? []).map(relative),
    databases,
    download: downloadOf(options, settings, databases),
    indexes: options.index.length > 0 ? options.index : (settings.index ?? []).map(relative),
    archives: options.archives,
    gate: { failOn: options.failOn ?? settings["fail-on"] ?? "any", ignore, today: new Date().toISOString().slice(0, 10), known: baseline === undefined ? undefined : keysOf(earlierAudit(resolve(host.cwd, baseline))) },
    cache: options.cache,
    writeSbom: options.writeSbom === true,
  };
  const earlier = options.since === undefined ? undefined : earlierAudit(resolve(host.cwd, options.since));
  const outcome = await audit(configured, host);
  const output = options.output === undefined ? {} : { output: resolve(host.cwd, options.output) };
  if (earlier) {
    const { changesSince, formatChanges } = await import("./report/audit/since.ts");
    const changes = changesSince(earlier, outcome.result);
    return { outcome, format: (each, text) => formatChanges(changes, each, text), json: { ...(auditJson(outcome.result) as object), since: changes }, ...output };
  }
  const document = documents[options.format];
  if (document) return { outcome, format: formatSummary, content: Buffer.from((await document())(outcome), "utf8"), ...output };
  return { outcome, format: formatAudit, json: auditJson(outcome.result), ...output };
}

function downloadOf({ db, dbUrl, fetchDb }: AuditArguments, settings: AuditSettings, databases: readonly string[]): AuditOptions["download"] {
  const fetch = fetchDb === true || dbUrl !== undefined;
  if (db === false && fetch) throw new Failure("--no-db and --fetch-db contradict each other", "Use one of them.");
  if (db === false || (databases.length > 0 && !fetch)) return undefined;
  const url = dbUrl ?? settings["db-url"];
  return fetch ? { url: url ?? DEFAULT_URL, fetch } : { url, fetch };
}
