/** Python's `re.sub` patterns, as `[tool.vendoring]` has them, as JavaScript's: over bytes, like everything that touches files here. */
import { Failure } from "../model/failure.ts";
import type { Substitution } from "./preparedText.ts";

/** Throws Failure for syntax that JavaScript does not have. */
export function pythonSubstitutions(rules: readonly { readonly match: string; readonly replace: string }[]): Substitution[] {
  return rules.map(({ match, replace }) => {
    const [, inline = "", rest = match] = /^\(\?([aimsux]+)\)([^]*)$/.exec(match) ?? [];
    const unknown = /\(\?(?![:=!]|<[=!]|P[<=])|\(\?P>|\(\?\(|[*+?}]\+/.exec(rest);
    if (inline.includes("x") || unknown) throw new Failure(`substitution '${match}': uses regular expression syntax that this tool does not know`, "Write it without verbose mode, conditionals, atomic groups and possessive quantifiers.");
    const converted = rest.replace(/\(\?P<(\w+)>/g, "(?<$1>").replace(/\(\?P=(\w+)\)/g, "\\k<$1>").replace(/\\A/g, "(?<![^])").replace(/\\Z/g, "(?![^])");
    const substitution = { match: bytes(converted), flags: `g${[...inline].filter((flag) => "ims".includes(flag)).join("")}`, replace: bytes(replacement(replace)) };
    try {
      new RegExp(substitution.match, substitution.flags);
    } catch (error) {
      throw new Failure(`substitution '${match}': ${(error as Error).message}`, "Mend the regular expression.");
    }
    return substitution;
  });
}

/** `\1`, `\g<1>`, `\g<name>` and escapes → `$1`, `$<name>`. */
function replacement(text: string): string {
  return text.replace(/\$/g, "$$$$").replace(/\\(?:g<(\w+)>|(\d{1,2})|(.))/g, (_, group: string | undefined, digits: string | undefined, escape: string | undefined) => {
    if (digits !== undefined) return `$${digits}`;
    if (group !== undefined) return /^\d+$/.test(group) ? (group === "0" ? "$&" : `$${group}`) : `$<${group}>`;
    return { n: "\n", t: "\t", r: "\r", "\\": "\\" }[escape ?? ""] ?? `\\${escape ?? ""}`;
  });
}

function bytes(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}
