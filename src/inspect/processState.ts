/** State that all code in a process shares, and that relocation cannot keep apart (registries, hooks, patched modules): found by what a file calls and assigns. */
import type { FileFacts } from "../model/facts.ts";
import { topLevel } from "../model/name.ts";
import type { LocalObservation } from "../model/observation.ts";
import type { Expression } from "../model/program.ts";
import { resolve } from "../model/scopes.ts";
import { headersAround, isCode } from "../model/blocks.ts";
import { isStandardLibrary } from "./standardLibrary.ts";

interface Kind {
  /** For the finding: what is done, in a few words. */
  readonly what: string;
  /** Words of which the file must have one. */
  readonly words: readonly string[];
  readonly pattern: RegExp;
  /** Only what happens while the module is imported counts. */
  readonly atImport?: true;
  readonly conflicts?: true;
}

const kinds: readonly Kind[] = [
  { what: "adds to protobuf's pool of descriptors", words: ["AddSerializedFile", "descriptor_pool", "FileDescriptor"], pattern: /\bAddSerializedFile\s*\(|\bdescriptor_pool\.Default\(\)\.Add\w*\(|^DESCRIPTOR\s*=\s*\w+\.FileDescriptor\s*\(/gm, conflicts: true },
  { what: "chooses how multiprocessing starts processes", words: ["set_start_method"], pattern: /\bset_start_method\s*\(/gm, conflicts: true },
  { what: "registers codecs", words: ["codecs"], pattern: /\bcodecs\.register(?:_error)?\s*\(|\bfrom\s+codecs\s+import\s[^\n]*\bregister(?:_error)?\b/gm },
  { what: "registers functions to run at exit", words: ["atexit", "register_at_fork"], pattern: /\batexit\.register\b|\bfrom\s+atexit\s+import\b|\bos\.register_at_fork\s*\(/gm },
  { what: "handles signals", words: ["signal"], pattern: /\bsignal\.(?:signal|set_wakeup_fd|setitimer)\s*\(|\bfrom\s+signal\s+import\s[^\n]*\bsignal\b/gm },
  { what: "registers how objects are pickled", words: ["copyreg", "copy_reg"], pattern: /\b(?:copyreg|copy_reg)\.(?:pickle|constructor|add_extension)\s*\(/gm },
  { what: "hooks into imports", words: ["meta_path", "path_hooks"], pattern: /\bsys\.(?:meta_path|path_hooks)\s*(?:\.(?:insert|append|extend|remove)\b|\[[^\]\n]*\]\s*=(?!=)|\+?=(?!=))|\b(?:meta_path|path_hooks)\.(?:insert|append|extend)\s*\(/gm },
  { what: "changes the filters of warnings", words: ["filterwarnings", "simplefilter", "resetwarnings"], pattern: /\b(?:filterwarnings|simplefilter|resetwarnings)\s*\(/gm, atImport: true },
  { what: "changes how logging works", words: ["setLoggerClass", "setLogRecordFactory", "addLevelName", "basicConfig", "captureWarnings"], pattern: /\b(?:setLoggerClass|setLogRecordFactory|addLevelName)\s*\(|\blogging\.(?:basicConfig|captureWarnings)\s*\(/gm },
  { what: "sets the domain of translations or the locale", words: ["textdomain", "bindtextdomain", "setlocale", "install"], pattern: /\b(?:textdomain|bindtextdomain)\s*\(|\bsetlocale\s*\((?!\s*[\w.]+\s*(?:,\s*None\s*)?\))|\bgettext\.install\s*\(/gm },
  { what: "sets a limit or default of the process", words: ["setdefaulttimeout", "setrecursionlimit", "setswitchinterval", "add_type", "umask", "setrlimit"], pattern: /\b(?:setdefaulttimeout|setrecursionlimit|setswitchinterval|setrlimit)\s*\(|\bmimetypes\.add_type\s*\(|\bos\.umask\s*\(/gm },
];

/** Words that make a file worth the look. */
export const stateWords: readonly string[] = [...new Set(kinds.flatMap(({ words }) => words))];

/** `mentions`: the file has one of `stateWords`. May throw what `facts.programAround()` throws. */
export function processState(facts: FileFacts, mentions: boolean, source: Buffer): LocalObservation[] {
  const modules = patchable(facts);
  if (!mentions && modules.size === 0) return [];
  const text = source.toString("latin1");
  const found: LocalObservation[] = mentions ? kinds.flatMap((kind) => find(kind, text)) : [];
  return [...found, ...patches(facts, modules, text)];
}

function find({ what, words, pattern, atImport, conflicts }: Kind, text: string): LocalObservation[] {
  if (!words.some((word) => text.includes(word))) return [];
  for (const match of text.matchAll(pattern)) {
    const headers = headersAround(text, match.index);
    if (atImport && headers.some((header) => /^(?:async\s+)?(?:def|with)\b|__main__/.test(header))) continue;
    if (headers.some((header) => /^if\b.*\b__name__\b/.test(header)) || !isCode(text, match.index)) continue;
    return [{ kind: "process-state", what, conflicts: conflicts === true, offset: match.index }];
  }
  return [];
}

/** Names that the file's imports bind to modules of the standard library, and those modules. */
function patchable({ imports }: FileFacts): Map<string, string> {
  const modules = new Map<string, string>();
  for (const statement of imports) {
    if (statement.kind !== "import") continue;
    for (const { written, alias } of statement.names) {
      const top = topLevel(written.name);
      if (isStandardLibrary(top)) modules.set(alias?.name ?? top, alias ? written.name : top);
    }
  }
  return modules;
}

const assigned = /\.\w[\w.]*[ \t]*=(?!=)/y;

/** `socket.socket = …`, `setattr(ssl, "wrap_socket", …)`. The text is searched first: few files do, and only those are parsed. */
function patches(facts: FileFacts, modules: ReadonlyMap<string, string>, text: string): LocalObservation[] {
  const candidates = [...modules.keys()].flatMap((name) => placesOf(`${name}.`, text).filter((at) => isFirstInLine(text, at) && isAssigned(text, at + name.length)));
  for (const at of modules.size > 0 ? placesOf("setattr(", text) : []) if (modules.has(/^[ \t]*(\w*)/.exec(text.slice(at + 8, at + 100))?.[1] ?? "")) candidates.push(at);
  if (candidates.length === 0) return [];
  const program = facts.programAround(candidates);
  const importedOnly = (expression: Expression): string | undefined => {
    const [root, attributes] = chain(expression);
    if (root?.kind !== "name" || !modules.has(root.name)) return undefined;
    const scope = resolve(root.name, root.scope);
    const bindings = program.bindings.filter((binding) => binding.name === root.name && binding.scope === scope);
    return bindings.length > 0 && bindings.every(({ how }) => how.kind === "import") ? [modules.get(root.name), ...attributes].join(".") : undefined;
  };
  const patched: { readonly name: string; readonly offset: number }[] = [];
  for (const { target } of program.assignments) {
    const name = target.kind === "attribute" ? importedOnly(target) : undefined;
    if (name !== undefined) patched.push({ name, offset: target.start });
  }
  for (const call of program.expressions) {
    if (call.kind !== "call" || call.callee.kind !== "name" || call.callee.name !== "setattr" || !call.positional[0]) continue;
    const name = importedOnly(call.positional[0]);
    if (name !== undefined) patched.push({ name, offset: call.start });
  }
  patched.sort((a, b) => a.offset - b.offset);
  const [first] = patched;
  return first ? [{ kind: "process-state", what: `replaces ${first.name} of the standard library`, conflicts: true, offset: first.offset }] : [];
}

function placesOf(part: string, text: string): number[] {
  const places: number[] = [];
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) places.push(at);
  return places;
}

function isFirstInLine(text: string, at: number): boolean {
  let before = at - 1;
  while (text[before] === " " || text[before] === "\t") before--;
  return before < 0 || text[before] === "\n" || text[before] === "\r";
}

function isAssigned(text: string, at: number): boolean {
  assigned.lastIndex = at;
  return assigned.test(text);
}

function chain(expression: Expression): [root: Expression | undefined, attributes: string[]] {
  const attributes: string[] = [];
  let at = expression;
  for (; at.kind === "attribute"; at = at.object) attributes.unshift(at.name);
  return [at, attributes];
}
