/** Joins what modules show with what files say: one draft a copy; and the claims for which there is no copy. */
import { normalisedName } from "../model/distribution.ts";
import { type Claim, isVendoringName } from "./claim.ts";
import { type Draft, isBelow, mainPlace, overlaps } from "./draft.ts";
import { originOf } from "./evidence/header.ts";
import type { Identified } from "./identify.ts";
import { baseName, directoryOf, stem } from "./modules.ts";
import type { Places } from "./places.ts";
import type { Reading } from "./reading.ts";
import { constantOf } from "./stated.ts";

export interface Fused {
  readonly drafts: readonly Draft[];
  /** Claims for which no code was found. */
  readonly unmet: readonly Claim[];
}

/** `isOwn` says that a place is what its host itself installs, under this name. */
export function fuse(identified: readonly Identified[], claims: readonly Claim[], places: Places, reading: Reading, isOwn: (place: string, name: string) => boolean): Fused {
  const claimed = claims.map((claim) => ({ claim, places: placesOf(claim, places) }));
  const drafts: Draft[] = bestAtPlace(identified, claimed).filter((each) => !isOwn(each.places[0] ?? "", each.name));
  const unmet: Claim[] = [];
  for (const { claim, places: found } of claimed) {
    const name = normalisedName(claim.name);
    const at = drafts.findIndex((draft) => draft.name === name && (draft.places.some((place) => found.some((each) => isBelow(place, each) || isBelow(each, place))) || (found.length === 0 && draft.places.some((place) => places.isAmong(directoryOf(place), claim.directories)))));
    const draft = drafts[at];
    const deeper = found.length === 0 ? drafts.filter((each) => each.name === name && each.places.some((place) => isBelow(place, baseOf(claim)))) : [];
    if (draft) drafts[at] = { ...draft, claims: [...draft.claims, claim], places: merged(draft.places, found, drafts, at) };
    else if (deeper.length > 0) continue; // listed with all that lies below, copies of copies too
    else if (found.length === 0) unmet.push(claim);
    else if (claim.kind === "sbom" && !found.some((place) => isCalledSo(place, name))) unmet.push({ ...claim, promises: false });
    else if (!isOwn(found[0] ?? "", name) && !found.some(isTestMaterial)) {
      const other = drafts.findIndex((each) => overlaps(each.places, found));
      const own = other < 0 ? [] : besidesShared(claim, found, claimed, drafts);
      if (own.length > 0) drafts.push({ name, places: own, identified: undefined, claims: [claim], constant: undefined, hints: [] });
      // The place is another library's by its text: the claim is contradicted, unless the two are one under two names.
      else if (other >= 0) unmet.push(claim);
      else drafts.push({ name, places: [...found].sort(), identified: undefined, claims: [claim], constant: undefined, hints: [] });
    }
  }
  for (const draft of statedOnly(reading, drafts, places, isOwn)) drafts.push(draft);
  for (const draft of versionedDirectories(reading, drafts, isOwn)) drafts.push(draft);
  return { drafts: drafts.map((draft) => withConstant(draft, reading)).sort((a, b) => ((a.places[0] ?? "") < (b.places[0] ?? "") ? -1 : 1)), unmet };
}

/** What is left to a manifest's entry of places that another entry names too: one package may serve several copies. Where it is all they have, they share it. */
function besidesShared(claim: Claim, found: readonly string[], claimed: readonly { readonly claim: Claim; readonly places: readonly string[] }[], drafts: readonly Draft[]): string[] {
  if (claim.kind !== "manifest") return [];
  const others = new Set(claimed.filter((each) => each.claim !== claim && each.claim.kind === "manifest" && each.claim.file === claim.file).flatMap(({ places }) => places));
  const taken = new Set(drafts.flatMap(({ places }) => places));
  if (found.some((place) => taken.has(place) && !others.has(place))) return [];
  const own = found.filter((place) => !taken.has(place));
  return (own.length > 0 ? own : [...found]).sort();
}

/** The directory of the list itself. */
function baseOf({ file }: Claim): string {
  return directoryOf(file);
}

/** An SBOM does not say where a copy lies: outside a directory for copies a place has to bear its whole name (`virtualenv/discovery` is no `python-discovery`). */
function isCalledSo(place: string, name: string): boolean {
  return directoryOf(place).split("/").some(isVendoringName) || normalisedName(stem(place)) === name;
}

/** Packages that tests install, build or read are made for them; only their text could show that they are copies. */
function isTestMaterial(place: string): boolean {
  return directoryOf(place).split("/").some((part) => /^(?:tests?|testing|test[-_]?data|testcases|fixtures?|examples?|samples?|docs?)$/i.test(part));
}

function placesOf(claim: Claim, places: Places): string[] {
  return [...(places.find(claim)[0]?.places ?? [])];
}

/** A claim may know of top levels that the index does not; those that are another copy's stay with it. */
function merged(own: readonly string[], found: readonly string[], drafts: readonly Draft[], at: number): string[] {
  const taken = drafts.flatMap((draft, index) => (index === at ? [] : draft.places));
  const more = found.filter((place) => !own.some((each) => isBelow(place, each) || isBelow(each, place)) && !taken.some((each) => isBelow(place, each) || isBelow(each, place)));
  return [...own, ...more].sort();
}

/** Of libraries that resemble what lies at one place (forks, old and new names), the one that a claim names, else the one it resembles most. */
function bestAtPlace(identified: readonly Identified[], claimed: readonly { readonly claim: Claim; readonly places: readonly string[] }[]): Draft[] {
  const names = new Set(claimed.flatMap(({ claim, places }) => places.map((place) => `${normalisedName(claim.name)}\0${place}`)));
  const score = (each: Identified): number => {
    const told = [...each.placement.values()].some((place) => names.has(`${each.library.name}\0${place}`));
    return each.similarity * (0.5 + 0.5 * each.coverage) * (told ? 1.2 : 1) * (each.named ? 1.02 : 1);
  };
  const taken: Draft[] = [];
  for (const each of [...identified].sort((a, b) => score(b) - score(a) || b.matched - a.matched || (a.library.name < b.library.name ? -1 : 1))) {
    // `six.py` that became `six/__init__.py` is the directory.
    const places = [...each.placement.values()].map((place) => place.replace(/(?<=.)\/__init__\.py$/, "")).sort();
    if (taken.some((draft) => overlaps(draft.places, places))) continue;
    // A part of a copy, looked at alone, resembles the same library: it is the copy, unless it lies deep inside as a copy of its own.
    const depth = (place: string): number => place.split("/").length;
    const around = taken.find((draft) => draft.name === each.library.name && places.every((place) => draft.places.some((own) => isBelow(place, own))));
    if (around && (each.coverage < 0.5 || Math.min(...places.map(depth)) - Math.min(...around.places.map(depth)) < 2)) continue;
    // The package that is called like the library, and not modules of it, is the copy: `extern/configobj/`, not `extern/configobj/configobj.py`.
    const inside = taken.findIndex((draft) => draft.name === each.library.name && draft.places.every((place) => places.some((own) => place !== own && directoryOf(place) === own)));
    if (inside >= 0 && each.named) taken.splice(inside, 1);
    else if (inside >= 0) continue;
    taken.push({ name: each.library.name, places, identified: each, claims: [], constant: undefined, hints: each.hints ?? [] });
  }
  return taken;
}

/** Packages in a directory for copies that state a version of their own, though nothing else tells of them. */
function statedOnly(reading: Reading, drafts: readonly Draft[], places: Places, isOwn: (place: string, name: string) => boolean): Draft[] {
  const found: Draft[] = [];
  const seen = new Set<string>();
  for (const file of reading.modules.files) {
    const parts = file.split("/");
    const at = parts.findIndex((part, index) => index < parts.length - 1 && isVendoringName(part));
    if (at < 0) continue;
    const place = parts.slice(0, at + 2).join("/");
    if (seen.has(place)) continue;
    seen.add(place);
    if (isTestMaterial(place)) continue;
    if (baseName(place) === "__init__.py" || drafts.some((draft) => draft.places.some((each) => isBelow(each, place) || isBelow(place, each)))) continue;
    const constant = constantOf([place], reading);
    const source = reading.text(place.endsWith(".py") ? place : `${place}/__init__.py`);
    const origin = source === undefined ? undefined : originOf(source);
    const isLike = origin !== undefined && normalisedName(origin.name) === normalisedName(stem(place));
    if (!constant && !isLike) continue;
    const called = stem(place).replace(/^_+(?=[a-z])/i, "");
    const name = places.nameOf(called) ?? normalisedName(called);
    if (isOwn(place, name)) continue;
    const hints = origin ? [{ kind: "header-comment" as const, detail: `line ${origin.line}: ${origin.how}`, confidence: 0.4 }] : [];
    const claims: Claim[] = isLike && origin.version !== null ? [{ kind: "header-comment", name, version: origin.version, file: place, line: origin.line, directories: [directoryOf(place)], confidence: 0.5, promises: false }] : [];
    found.push({ name, places: [place], identified: undefined, claims, constant, hints });
  }
  return found;
}

const versioned = /^([A-Za-z][A-Za-z0-9]*(?:[-_.][A-Za-z][A-Za-z0-9]*)*)[-_]v?(\d+(?:[._]\d+)+)$/;

/** `vendor/promise-2.3.0/wandb_promise/`: a directory with a version, in a directory for copies, that holds code which is called like the library. */
function versionedDirectories(reading: Reading, drafts: readonly Draft[], isOwn: (place: string, name: string) => boolean): Draft[] {
  const found = new Map<string, Draft>();
  for (const file of reading.modules.files) {
    const parts = file.split("/");
    const at = parts.findIndex((part, index) => index > 0 && index < parts.length - 1 && versioned.test(part) && isVendoringName(parts[index - 1] ?? ""));
    const [, project = "", digits = ""] = versioned.exec(parts[at] ?? "") ?? [];
    if (at < 0) continue;
    const place = parts.slice(0, at + 2).join("/");
    const name = normalisedName(project);
    const isCalledSo = normalisedName(stem(place)).includes(name) || name.split("-").every((word) => normalisedName(stem(place)).includes(word));
    if (!isCalledSo || found.has(place) || isOwn(place, name) || drafts.some((draft) => draft.places.some((each) => isBelow(each, place) || isBelow(place, each)))) continue;
    const directory = parts.slice(0, at + 1).join("/");
    const claim: Claim = { kind: "directory-version", name, version: digits.replaceAll("_", "."), file: directory, directories: [directory], confidence: 0.4, promises: false };
    found.set(place, { name, places: [place], identified: undefined, claims: [claim], constant: undefined, hints: [] });
  }
  return [...found.values()];
}

function withConstant(draft: Draft, reading: Reading): Draft {
  if (draft.constant) return draft;
  // Other top levels may have versions of their own; where the modules show nothing, theirs is better than none.
  return { ...draft, constant: constantOf([mainPlace(draft)], reading) ?? (draft.identified ? undefined : constantOf(draft.places, reading)) };
}
