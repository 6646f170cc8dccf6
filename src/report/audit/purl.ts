/** Package URLs of type `pypi` (the purl specification): names normalised, everything unusual percent-encoded. */

export function purlOf(name: string, version: string | null): string {
  return `pkg:pypi/${encode(name)}${version === null ? "" : `@${encode(version)}`}`;
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
