/** The public API. Everything else may change without notice. */
export { vendor, type VendorOptions } from "./commands/vendor.ts";
export { rewrite, rewriteText, type RewriteOptions } from "./commands/rewrite.ts";
export { check, type CheckOptions } from "./commands/check.ts";
export { explain, type ExplainOptions } from "./commands/explain.ts";
export { audit, type AuditOptions } from "./commands/audit.ts";
export { nodeHost } from "./host/node.ts";
export type { Host } from "./host/host.ts";
export type { CheckResult } from "./model/checkResult.ts";
export type { Finding } from "./model/finding.ts";
export type { ExplainResult, Outcome, RewriteResult, VendorResult, FileChange } from "./model/outcome.ts";
export type { AuditResult, Copy } from "./model/audit.ts";
export { type Manifest, type ManifestDistribution, type ManifestFile, MANIFEST_NAME } from "./model/manifest.ts";
export { parseManifest } from "./manifest/read.ts";
export { Failure } from "./model/failure.ts";
