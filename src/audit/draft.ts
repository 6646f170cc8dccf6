/** A copy while it is worked out: a place, what its modules show, what others say of it. */
import type { Evidence } from "../model/audit.ts";
import { normalisedName } from "../model/distribution.ts";
import type { Claim } from "./claim.ts";
import type { Identified } from "./identify.ts";
import type { StatedVersion } from "./evidence/versionConstant.ts";

export interface Draft {
  readonly name: string;
  /** Below the tree; never empty, sorted. */
  readonly places: readonly string[];
  readonly identified: Identified | undefined;
  readonly claims: readonly Claim[];
  readonly constant: (StatedVersion & { readonly file: string }) | undefined;
  /** What supports it without saying a version: a header, a directory's name. */
  readonly hints: readonly Evidence[];
}

/** The place it is named after: the one called like the library, else the first package, else the first. */
export function mainPlace({ name, places }: Pick<Draft, "name" | "places">): string {
  const like = (place: string): boolean => normalisedName((place.split("/").at(-1) ?? "").replace(/\.py$/, "").replace(/^_+(?=[a-z])/, "")) === name;
  return places.find(like) ?? places.find((place) => !place.endsWith(".py") && !/\/_/.test(`/${place.split("/").at(-1)}`)) ?? places[0] ?? "";
}

export function isBelow(path: string, place: string): boolean {
  return path === place || path.startsWith(`${place}/`);
}

/** Whether two copies share a place, or one's lies at the other's. */
export function overlaps(a: readonly string[], b: readonly string[]): boolean {
  return a.some((place) => b.includes(place));
}
