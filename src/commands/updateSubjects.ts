/** Namespaces below some roots, as projects to update. What is known of one before its turn is little and plain: there may be thousands, and helper threads. */
import { readFileSync, statSync } from "node:fs";
import { relative, resolve } from "node:path";
import { namespacesBelow, projectOf, recordOwning } from "../acquire/copiesBelow.ts";
import { parseManifest } from "../manifest/read.ts";
import { normalisedName } from "../model/distribution.ts";
import { Failure, fileFailure } from "../model/failure.ts";
import type { Manifest } from "../model/manifest.ts";
import { type Consumer, findConsumer, parsePython } from "./consumer.ts";
import type { Target } from "./updateProject.ts";

export interface FoundSubject {
  /** For people. */
  readonly label: string;
  /** Absolute. */
  readonly directory: string;
  readonly manifestFile: string;
  readonly root: string;
  /** An installed package: what lies beside it is not its project. */
  readonly packageOnly: boolean;
  /** Bytes of the manifest: memory that the project takes while it is open grows with them. */
  readonly size: number;
}

export interface Subject {
  /** For people. */
  readonly label: string;
  readonly manifest: Manifest;
  consumer(): Promise<Consumer>;
  /** What an installer knows of the namespace: its RECORD follows. */
  readonly record: string | undefined;
}

export function readManifest(path: string): Manifest {
  try {
    return parseManifest(readFileSync(path, "utf8"), path);
  } catch (error) {
    throw fileFailure(error, path);
  }
}

export function has(manifest: Pick<Manifest, "distributions">, name: string): boolean {
  return manifest.distributions.some((entry) => normalisedName(entry.name) === normalisedName(name));
}

/** Namespaces below the roots that hold one of the targets, or cannot be read; `nowhere`: names of targets that none of those that can be read has. Throws Failure where there is no subject. */
export function findSubjects(roots: readonly string[], targets: readonly Target[], cwd: string): { readonly subjects: readonly FoundSubject[]; readonly nowhere: readonly string[] } {
  const missing = new Set(targets.map(({ name }) => name));
  const subjects = namespacesBelow(roots.map((root) => resolve(cwd, root))).flatMap(({ directory, manifestFile }): FoundSubject[] => {
    const manifest = glance(manifestFile);
    if (manifest) for (const name of missing) if (has(manifest, name)) missing.delete(name);
    if (manifest && targets.length > 0 && !targets.some(({ name }) => has(manifest, name))) return [];
    const { root, packageOnly } = manifest ? projectOf(directory, manifest.namespace, manifest.location) : { root: directory, packageOnly: true };
    return [{ label: relative(cwd, packageOnly ? directory : root) || ".", directory, manifestFile, root, packageOnly, size: statSync(manifestFile, { throwIfNoEntry: false })?.size ?? 0 }];
  });
  if (subjects.length === 0) throw new Failure(`nothing below ${roots.join(", ")} has a copy of ${targets.map(({ name }) => name).join(" or ") || "anything"}`, "Check the roots; copies are found by the vendored.json beside them.");
  return { subjects, nowhere: [...missing] };
}

/** What is needed to tell projects apart, without a look at every file's row. Undefined for a damaged manifest: whoever takes the project up will say so. */
function glance(path: string): Pick<Manifest, "namespace" | "location" | "distributions"> | undefined {
  try {
    const manifest = JSON.parse(readFileSync(path, "utf8")) as Partial<Manifest> | null;
    const { namespace, location, distributions } = manifest ?? {};
    if (typeof namespace !== "string" || (location !== undefined && typeof location !== "string") || !Array.isArray(distributions) || !distributions.every((entry) => typeof entry?.name === "string")) return undefined;
    return { namespace, ...(location === undefined ? {} : { location }), distributions };
  } catch {
    return undefined;
  }
}

/** Throws Failure for a manifest that is damaged or newer. */
export function openSubject({ label, directory, manifestFile, root, packageOnly }: FoundSubject): Subject {
  const manifest = readManifest(manifestFile);
  return {
    label,
    manifest,
    record: packageOnly ? recordOwning(root, manifestFile) : undefined,
    async consumer() {
      const target = parsePython(manifest.targetPython);
      const found = await findConsumer(root, manifest.namespace, target);
      if (!packageOnly) return found;
      // What lies beside an installed package is not its project: only the package itself, and what it once rewrote.
      const own = found.packages.filter((each) => directory.startsWith(`${each.directory}/`));
      return { ...found, installed: true, packages: own, configuration: { ...found.configuration, present: true } };
    },
  };
}
