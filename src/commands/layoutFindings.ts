/** What a person must know about the distributions themselves, whatever is in their files. */
import { basename } from "node:path";
import { normalisedName } from "../model/distribution.ts";
import { type Finding, finding } from "../model/finding.ts";
import type { Layout } from "../plan/layout.ts";
import { parseRequirement } from "../plan/requirements.ts";
import { classifyLicense } from "../plan/licenses.ts";
import type { Consumer } from "./consumer.ts";
import type { FileResult } from "./fileJob.ts";
import type { Treatment } from "./treatment.ts";

/** `required`: requirement lines of the project. */
export function findingsOf(layouts: readonly Layout[], ours: ReadonlySet<string>, required: readonly string[], treat: (name: string) => Treatment): Finding[] {
  return layouts.flatMap(({ distribution, topLevels }) => {
    const { metadata, leftOut } = distribution;
    const place = { distribution: metadata.name };
    const found: Finding[] = [];
    const [pth, data] = [leftOut.filter((path) => path.endsWith(".pth")), leftOut.filter((path) => !path.endsWith(".pth"))];
    if (pth.length > 0) found.push(finding("path-configuration", `left out: ${pth.join(", ")}`, place));
    if (data.length > 0) found.push(finding("data-not-vendored", `left out: ${data.slice(0, 5).join(", ")}${data.length > 5 ? ` and ${data.length - 5} more` : ""}`, place));
    if (topLevels.moving.length === 0 && topLevels.stubs.length === 0) found.push(finding("nothing-importable", "holds no module: only its metadata is kept", place));
    for (const name of topLevels.topLevels) if (ours.has(name)) found.push(finding("provided-by-project", `'${name}' is relocated, and the project has a '${name}' of its own: the project's imports of it were left`, place));
    const kept = required.filter((line) => normalisedName(parseRequirement(line)?.name ?? "") === normalisedName(metadata.name));
    if (kept.length > 0) found.push(finding("requirement-kept", `the project has a copy, and requires it still: ${kept.join(", ")}`, { ...place, path: "pyproject.toml" }));
    const license = treat(metadata.name).license ?? metadata.licenseExpression;
    const kind = classifyLicense(license);
    // A tree without any metadata is the user's own matter, more often than not.
    if (kind === "copyleft") found.push(finding("copyleft-license", `its licence is copyleft: ${license ?? ""}`, place));
    else if (kind === "unknown" && metadata.version !== null) found.push(finding("unknown-license", license === null ? "its metadata names no licence" : `its licence is not one that is known: ${license.slice(0, 80)}`, place));
    return found;
  });
}

/** Exceptions that nothing needs any more; judged only where every file was looked at. */
export function unusedExceptions({ configuration }: Consumer, results: readonly FileResult[], all: boolean): Finding[] {
  const used = new Set(results.flatMap((result) => result.usedExceptions));
  return all ? (configuration.leave ?? []).flatMap((exception, index) => (used.has(index) ? [] : [finding("unused-exception", `${basename(exception.place)}: no string '${exception.string}' would be rewritten${exception.path === undefined ? "" : ` in ${exception.path}`}`)])) : [];
}
