/** SBOMs that lie in a tree: CycloneDX and SPDX as JSON, SPDX as tag:value, CycloneDX as XML; among them those of PEP 770. */
import { type Claim, isVendoringName } from "../claim.ts";
import { baseName, directoryOf } from "../modules.ts";

export function isSbom(path: string): boolean {
  const name = baseName(path).toLowerCase();
  return /(?:^|[._-])s?bom(?:[._-][\w.-]*)?\.(?:json|xml|spdx)$|\.cdx\.(?:json|xml)$|\.spdx(?:\.json)?$|^cyclonedx.*\.(?:json|xml)$/.test(name) || /\.dist-info\/sboms\/[^/]+\.(?:json|xml|spdx)$/i.test(path);
}

/** What a distribution installs. */
export interface Installed {
  /** First components of its files; empty where that is not known. */
  readonly topLevels: readonly string[];
  /** What its SBOM names may lie in one. */
  readonly holdsArchives: boolean;
}

const purlPattern = /^pkg:pypi\/([^@?#]+)(?:@([^?#]+))?/i;

/** Undefined where the file is no SBOM that can be read. `installed` is asked, by the path of a `.dist-info`, what the SBOMs in it (PEP 770) speak of. */
export function readSbom(path: string, text: string, installed: (info: string) => Installed): Claim[] | undefined {
  const purls = purlsOf(text);
  if (!purls) return undefined;
  const directory = directoryOf(path);
  const beside = isVendoringName(baseName(directory));
  const pep770 = /^((.*?)[^/]+\.dist-info)\/sboms$/.exec(directory);
  const distribution = pep770 && installed(pep770[1] ?? "");
  const directories = beside ? [directory] : distribution ? placesOf(pep770[2] ?? "", distribution.topLevels) : [directory === "" ? "**" : `${directory}/**`];
  return purls.flatMap(({ purl, license }) => {
    const match = purlPattern.exec(purl);
    if (!match) return [];
    const [name, version] = [decode(match[1] ?? ""), match[2] === undefined ? null : decode(match[2])];
    return [{ kind: "sbom" as const, name, version, file: path, directories, confidence: 0.8, license, promises: beside || distribution?.holdsArchives === false }];
  });
}

function placesOf(site: string, topLevels: readonly string[]): string[] {
  return topLevels.length === 0 ? [`${site}**`] : topLevels.flatMap((top) => (top.endsWith(".py") ? [] : [`${site}${top}/**`]));
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

interface Listed {
  readonly purl: string;
  readonly license: string | null;
}

type Json = Record<string, unknown>;

function purlsOf(text: string): Listed[] | undefined {
  if (/^\s*</.test(text)) return /<bom[\s>]/.test(text) ? [...text.matchAll(/<purl>\s*([^<\s]+)\s*<\/purl>/g)].map((match) => ({ purl: (match[1] ?? "").replaceAll("&amp;", "&"), license: null })) : undefined;
  if (/^SPDXVersion:/m.test(text)) return [...text.matchAll(/^ExternalRef:\s*PACKAGE[-_]MANAGER\s+purl\s+(\S+)/gm)].map((match) => ({ purl: match[1] ?? "", license: null }));
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(document)) return undefined;
  if (document["bomFormat"] === "CycloneDX") return components(document["components"]);
  if (typeof document["spdxVersion"] === "string") {
    const described = new Set([...list(document["documentDescribes"]), ...list(document["relationships"]).filter((each) => isObject(each) && each["relationshipType"] === "DESCRIBES").map((each) => (each as Json)["relatedSpdxElement"])]);
    return list(document["packages"]).filter((each) => isObject(each) && !described.has(each["SPDXID"])).flatMap((each) => list((each as Json)["externalRefs"]).flatMap((ref) => (isObject(ref) && ref["referenceType"] === "purl" ? [{ purl: String(ref["referenceLocator"]), license: licenseText((each as Json)["licenseConcluded"]) }] : [])));
  }
  return undefined;
}

function components(value: unknown): Listed[] {
  return list(value).flatMap((each) => {
    if (!isObject(each)) return [];
    const first = list(each["licenses"])[0];
    const license = isObject(first) ? (first["expression"] ?? (isObject(first["license"]) ? (first["license"]["id"] ?? first["license"]["name"]) : undefined)) : undefined;
    return [...(typeof each["purl"] === "string" ? [{ purl: each["purl"], license: licenseText(license) }] : []), ...components(each["components"])];
  });
}

function licenseText(value: unknown): string | null {
  return typeof value === "string" && value !== "NOASSERTION" && value !== "NONE" && value.length < 200 ? value : null;
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
