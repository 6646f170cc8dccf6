/** The tool's name and version; the build puts package.json's in. */
declare const ENISLE_VERSION: string | undefined;

export const VERSION = typeof ENISLE_VERSION === "string" ? ENISLE_VERSION : "0.0.0-source";
export const TOOL = `enisle ${VERSION}`;
