/** What a licence means for a project that ships a copy: free of conditions on its own code, copyleft, or not known. */

const copyleft = /\b(A?L?GPL|AGPL|LGPL|MPL|EPL|EUPL|CDDL|CPL|OSL|QPL|CC-BY-SA|Sleepycat|CeCILL|RPL|SSPL)|\b(GNU|General Public|Mozilla Public|Eclipse Public|European Union Public|Common Development)\b/i;
const permissive = /\b(MIT|0?BSD|Apache|ASL|ISC|PSFL?|Python Software Foundation|Python-2\.0|CNRI-Python|Zlib|libpng|Unlicense|Public[ -]Domain|CC0|BSL-1\.0|Boost|HPND|Historical Permission|WTFPL|Artistic|ZPL|Zope Public|UPL|X11|NCSA|MIT-0|MIT-CMU|MulanPSL|BlueOak|Expat|W3C|AFL|CC-BY-[34]|PostgreSQL|Beerware|Unicode|TCL|OFL|FTL|Ruby)\b/i;

export type LicenseClass = "permissive" | "copyleft" | "unknown";

/** `expression` is an SPDX expression (PEP 639), or what older metadata says in free text. Of alternatives the freest counts. */
export function classifyLicense(expression: string | null): LicenseClass {
  if (expression === null || expression.trim() === "") return "unknown";
  const all = expression.replace(/[()]/g, " ").split(/\s+OR\s+|\s+or\s+|\//).map((alternative): LicenseClass => {
    const parts = alternative.split(/\s+AND\s+|\s+and\s+|[;,&]/).map((part) => part.replace(/\bWITH\b.*$/i, "")).filter((part) => part.trim() !== "");
    const classes = parts.map((part): LicenseClass => (copyleft.test(part) ? "copyleft" : permissive.test(part) ? "permissive" : "unknown"));
    return classes.includes("copyleft") ? "copyleft" : classes.includes("unknown") ? "unknown" : "permissive";
  });
  return all.includes("permissive") ? "permissive" : all.includes("copyleft") ? "copyleft" : "unknown";
}
