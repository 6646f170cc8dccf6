/** Credentials never reach output, manifest or logs: not those of index URLs, and not those that a requirement's URL carries. */

const url = /([a-z][a-z0-9+.-]*):\/\/([^\s/@"'<>]*)@/gi;
const placeholders = /^\$\{[A-Z0-9_]+\}(?::\$\{[A-Z0-9_]+\})?$/;

/** Text for people: what stands between `://` and `@` goes, except the name of variables (PEP 610) and the bare user of ssh. */
export function redact(text: string): string {
  return text.replace(url, (whole, scheme: string, user: string) => (placeholders.test(user) || (/ssh/i.test(scheme) && !user.includes(":")) ? whole : `${scheme}://`));
}

/** A requirement for the manifest: redacted, and without a URL's query, where signed links carry their secret. */
export function redactRequirement(text: string): string {
  return redact(text).replace(/([a-z][a-z0-9+.-]*:\/\/[^\s?#]*)\?[^\s#]*/gi, "$1");
}
