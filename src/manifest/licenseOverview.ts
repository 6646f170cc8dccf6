/** One page with the licences of all copies, for people and for those who ship the project. */
import type { ManifestDistribution } from "../model/manifest.ts";

export function formatLicenseOverview(distributions: readonly ManifestDistribution[]): string {
  const sorted = [...distributions].sort((a, b) => (a.name < b.name ? -1 : 1));
  const rows = sorted.map(({ name, version, license }) => `| ${name} | ${version ?? ""} | ${(license.expression ?? "unknown").replaceAll("|", "\\|").replace(/\s+/g, " ")} |`);
  const files = sorted.map(({ name, license }) => [`## ${name}`, "", ...(license.files.length > 0 ? license.files.map((file) => `- [${file}](<${file}>)`) : ["No licence file came with it."]), ""].join("\n"));
  return ["# Licences of the copies in this directory", "", "| distribution | version | licence |", "|---|---|---|", ...rows, "", ...files].join("\n");
}
