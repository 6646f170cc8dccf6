/** What speaks against a string that looks like a name which exists: where it stands, and what the file has to do with the library. */
import { type DottedName, leaf, topLevel } from "../../model/name.ts";
import type { Context } from "../context.ts";

const settings = "(?:\\w*_)?(?:settings|config|configuration|conf|environ|preferences)";
const lookUp = new RegExp(`(?<![\\w])${settings}(?:\\.(?:get|pop|setdefault)\\(|\\[)\\s*$`, "i");
const mapping = new RegExp(`(?<![\\w])${settings}[ \\t]*(?::[^=\\n{]*)?=[ \\t]*$`, "i");

/** `settings["a.b"]`, `registry.settings.get("a.b")`, `settings = {"a.b": 1}`; `before` and `after` are the text around the string. */
export function isKeyOfSettings(before: string, after: string): boolean {
  if (/[([]\s*$/.test(before.slice(-40)) && lookUp.test(before.slice(-100))) return true;
  if (!/^\s*:/.test(after)) return false;
  const opening = openingOf(before);
  return before[opening] === "{" && mapping.test(before.slice(0, opening));
}

/** Where the innermost bracket that is open at the end of a text stands; -1 where none is. */
function openingOf(text: string): number {
  let open = 0;
  for (let at = text.length - 1; at >= 0; at--) {
    const character = text[at] ?? "";
    if (")]}".includes(character)) open++;
    else if ("([{".includes(character) && open-- === 0) return at;
  }
  return -1;
}

const lookingUp = /\w*(?:patch|mock|stub|spy|setattr|import|load|resolve|locate|find)\w*\(\s*\w*$/i;

export const COINCIDENCE = "the file has nothing to do with that library: the words are most likely its own";

/**
 * `"websocket.send"` is a type of messages, whatever a library called `websocket` has: two words, of which the second is a function's or a variable's, in a file
 * of somebody else that neither imports that library nor names a module of it, and not given to a call that may look it up.
 */
export function isCoincidence(name: DottedName, { place, facts, options, source }: Context): boolean {
  const top = topLevel(name);
  const last = leaf(name);
  if (name !== `${top}.${last}` || last !== last.toLowerCase() || options.inventory.isModule(name) || topLevel(place.module ?? "") === top) return false;
  const { relocations } = options;
  const imports = facts.imports.some((statement) => (statement.kind === "from" ? [statement.module] : statement.names.map(({ written }) => written)).some((written) => topLevel(relocations.original(written.name)) === top));
  if (imports) return false;
  // It makes modules that have no files.
  if (options.inventory.source(top)?.source.includes("sys.modules", 0, "latin1")) return false;
  return facts.strings.every(({ opening, end }) => {
    const text = source.toString("latin1", opening, end).replace(/^["']+|["']+$/g, "");
    if (text === name || text === top) return !lookingUp.test(source.toString("latin1", Math.max(0, opening - 80), opening));
    return topLevel(text) !== top || !options.inventory.isModule(text);
  });
}
