/** `[tool.enisle]` as a type; schema.json says the same to editors and to the validator. */

import type { CatalogueRow } from "../model/catalogue.ts";

/** A string that is never rewritten, in one file or directory or everywhere. */
export interface Exception {
  readonly string: string;
  readonly path?: string;
  /** Where the configuration has it: `pyproject.toml:12`. */
  readonly place: string;
}

export interface AcceptedFinding {
  readonly code: string;
  readonly distribution?: string;
  readonly path?: string;
  readonly reason: string;
}

export interface DistributionConfiguration {
  readonly drop?: readonly string[];
  readonly keep?: readonly string[];
  readonly patches?: readonly string[];
  readonly "patches-after"?: readonly string[];
  readonly license?: string;
}

export interface Configuration {
  /** True when there is a table or file of ours. */
  readonly present: boolean;
  readonly namespace?: string;
  readonly packages?: readonly string[];
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly "target-python"?: string;
  readonly "isolate-optional"?: boolean | readonly string[];
  readonly "isolate-optional-except"?: readonly string[];
  /** Rows as catalogue/schema.json has them. */
  readonly catalogue?: readonly CatalogueRow[];
  readonly leave?: readonly Exception[];
  readonly vendor?: readonly string[];
  readonly requirements?: readonly string[];
  readonly constraints?: readonly string[];
  readonly "find-links"?: readonly string[];
  readonly engine?: "pip" | "uv";
  readonly "with-deps"?: boolean;
  readonly "only-binary"?: boolean;
  readonly drop?: readonly string[];
  readonly keep?: readonly string[];
  readonly "drop-presets"?: readonly ("tests" | "docs")[];
  readonly protected?: readonly string[];
  readonly "license-overview"?: string;
  readonly sbom?: string;
  readonly stubs?: readonly string[];
  readonly accept?: readonly AcceptedFinding[];
  readonly distributions?: Readonly<Record<string, DistributionConfiguration>>;
  /** From `[tool.vendoring]`, which has what our own table has not. */
  readonly vendoring?: VendoringConfiguration;
  readonly audit?: AuditSettings;
}

export interface VendoringConfiguration {
  /** Relative to the project, with slashes. */
  readonly destination: string;
  readonly requirements: string;
  /** Patch files, relative to the project; paths in them are the project's. */
  readonly patches: readonly string[];
  readonly substitute: readonly { readonly match: string; readonly replace: string }[];
  /** As written: `^…` is a regular expression, with `*?[` a glob, else a path. */
  readonly drop: readonly string[];
  /** Names that get a stub, and the modules that it re-exports. */
  readonly stubs: Readonly<Record<string, readonly string[]>>;
  readonly licenseDirectories: Readonly<Record<string, string>>;
  readonly licenseUrls: Readonly<Record<string, string>>;
}

/** `[tool.enisle.audit]`; paths are relative to the project. */
export interface AuditSettings {
  readonly roots?: readonly string[];
  readonly db?: readonly string[];
  readonly "db-url"?: string;
  readonly index?: readonly string[];
  readonly baseline?: string;
  readonly "fail-on"?: "low" | "medium" | "high" | "critical" | "any" | "unknown";
  readonly ignore?: readonly { readonly id: string; readonly name?: string; readonly until?: string; readonly reason?: string }[];
}
