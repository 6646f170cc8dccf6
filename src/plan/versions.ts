/** Versions and what requirements say of them (PEP 440, 508). */
import { gt, rcompare, valid } from "@renovatebot/pep440";
import { meets, newestMeeting } from "../model/specifier.ts";
import { parseRequirement } from "./requirements.ts";

/** The part of a requirement that limits the version; "" for none, undefined for what is no requirement (a file, a URL). */
export function specifierOf(requirement: string): string | undefined {
  if (/^\S*\.(whl|zip|tgz|tar\.\w+)$|:\/\/|@/.test(requirement)) return undefined;
  const parsed = parseRequirement(requirement);
  return parsed && parsed.text.replace(/^[A-Za-z0-9._-]+\s*(\[[^\]]*\])?\s*/, "").trim();
}

/** Undefined where it cannot be said: no version, or no specifier of PEP 440. */
export function admits(specifier: string, version: string | null): boolean | undefined {
  if (version === null || valid(version) === null) return undefined;
  return meets(version, specifier);
}

/** Newest first; what is no version is left out. */
export function sortVersions(versions: readonly string[]): string[] {
  return versions.filter((version) => valid(version) !== null).sort(rcompare);
}

/** The newest that the specifier admits; pre-releases only where it asks for them. */
export function newestAdmitted(versions: readonly string[], specifier: string): string | undefined {
  return newestMeeting(sortVersions(versions), specifier);
}

export function isNewer(version: string, than: string | null): boolean {
  return than === null || (valid(version) !== null && valid(than) !== null && gt(version, than));
}

/** `==2.8.1` and the like: nothing but one version. */
export function isPin(specifier: string): boolean {
  return /^={2,3}\s*[^,*]+$/.test(specifier);
}
